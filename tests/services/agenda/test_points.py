"""Points noted before any meeting: they wait, are changed, are withdrawn; and leave once a meeting has them."""

from dataclasses import dataclass
from datetime import datetime
from uuid import uuid4

import pytest
from sqlmodel import Session, col, select

from models import (
    Categorie,
    Instance,
    Journal,
    Origine,
    Partenaire,
    Point,
    PointPartenaire,
    Quartier,
    Reunion,
    SecteurVeille,
    Theme,
)
from models.lists import Frequence, TypeReunion
from services.agenda import points
from services.socle.erreurs import Conflict, Forbidden, Invalid, NotFound
from services.socle.horloge import utcnow
from tests.cast import Cast


@dataclass
class Decor:
    """An instance, a theme, a quartier and an origin, and a hand to note points."""

    session: Session
    cast: Cast
    instance: int
    autre_instance: int
    theme: int
    autre_theme: int
    quartier: int
    origine: int

    def champs(self, **autres: object) -> dict:
        return {
            "instance_id": self.instance,
            "theme_id": self.theme,
            "quartier_id": self.quartier,
            "lieu": "Place des Cordeliers",
            "note": "Bruit le soir",
            "origine_id": self.origine,
        } | autres

    def noter(self, **autres: object) -> int:
        champs = {"jeton": uuid4().hex, "by": self.cast.secretaire} | self.champs(**autres)
        return points.noter(self.session, **champs)


@pytest.fixture
def decor(session: Session, cast: Cast) -> Decor:
    secteur = SecteurVeille(nom="Nord")
    theme = Theme(libelle="Tapage", rubrique="Bruit", recherche="tapage bruit")
    autre_theme = Theme(libelle="Rodéo", rubrique="Circulation", recherche="rodeo circulation")
    origine = Origine(libelle="Appel d’habitant")
    session.add_all([secteur, theme, autre_theme, origine])
    session.flush()
    quartier = Quartier(nom="Mireuil", secteur_id=secteur.id)
    instances = [
        Instance(nom=nom, type=TypeReunion.TECHNIQUE, frequence=Frequence.MENSUELLE, secteur_id=secteur.id)
        for nom in ("RT Mireuil", "RT Centre")
    ]
    session.add_all([quartier, *instances])
    session.flush()
    ids = (instances[0].id, instances[1].id, theme.id, autre_theme.id, quartier.id, origine.id)
    return Decor(session, cast, *(i or 0 for i in ids))


def test_a_point_noted_waits_for_its_instance(decor: Decor, session: Session) -> None:
    i = decor.noter(note=" Bruit\r\nle soir ", lieu=" Place  des Cordeliers ")
    (vu,) = points.a_inscrire(session)
    assert (vu.id, vu.instance, vu.theme, vu.quartier, vu.origine) == (
        i,
        "RT Mireuil",
        "Tapage",
        "Mireuil",
        "Appel d’habitant",
    )
    assert (vu.lieu, vu.note, vu.texte_public, vu.cree_par) == (
        "Place des Cordeliers",
        "Bruit\nle soir",
        "",
        decor.cast.secretaire.nom,
    )
    assert points.nombre_a_inscrire(session) == 1
    assert points.a_inscrire(session, instance_id=decor.autre_instance) == []


def test_only_instance_and_theme_are_asked(decor: Decor, session: Session) -> None:
    decor.noter(quartier_id=None, origine_id=None, lieu="", note="")
    (vu,) = points.a_inscrire(session)
    assert (vu.quartier, vu.origine, vu.lieu, vu.note) == ("", "", "", "")


def test_the_journal_says_the_theme_never_the_note(decor: Decor, session: Session) -> None:
    decor.noter(note="Texte restreint")
    assert session.exec(select(Journal.resume)).all() == ["Point « Tapage » noté pour « RT Mireuil »"]


@pytest.mark.parametrize(
    ("champs", "champ"),
    [
        ({"instance_id": None}, "instance_id"),
        ({"instance_id": 99}, "instance_id"),
        ({"theme_id": None}, "theme_id"),
        ({"theme_id": 99}, "theme_id"),
        ({"quartier_id": 99}, "quartier_id"),
        ({"origine_id": 99}, "origine_id"),
        ({"lieu": "x" * 201}, "lieu"),
        ({"note": "x" * 2001}, "note"),
    ],
)
def test_what_is_missing_or_wrong_is_said_beside_its_field(
    decor: Decor, session: Session, champs: dict, champ: str
) -> None:
    with pytest.raises(Invalid) as refus:
        decor.noter(**champs)
    assert list(refus.value.erreurs) == [champ]
    assert points.a_inscrire(session) == []


def test_an_archived_theme_is_refused_unless_the_point_had_it(decor: Decor, session: Session) -> None:
    i = decor.noter()
    theme = session.get(Theme, decor.theme)
    assert theme is not None
    theme.archive = True
    session.add(theme)
    session.flush()
    with pytest.raises(Invalid):
        decor.noter()
    points.modifier(session, id=i, version=1, **decor.champs(note="Bruit le matin"), by=decor.cast.secretaire)
    assert points.a_inscrire(session)[0].note == "Bruit le matin"


def test_the_same_form_sent_twice_notes_once(decor: Decor, session: Session) -> None:
    jeton = uuid4().hex
    assert decor.noter(jeton=jeton) == decor.noter(jeton=jeton)
    assert points.nombre_a_inscrire(session) == 1


def test_a_stale_change_is_refused_and_shows_the_other_text(decor: Decor, session: Session) -> None:
    i = decor.noter()
    points.modifier(session, id=i, version=1, **decor.champs(note="Premier"), by=decor.cast.secretaire)
    with pytest.raises(Conflict) as refus:
        points.modifier(session, id=i, version=1, **decor.champs(note="Second"), by=decor.cast.collaborateur)
    assert refus.value.actuel["note"] == "Premier"
    with pytest.raises(Conflict):
        points.retirer(session, id=i, version=1, by=decor.cast.collaborateur)
    assert points.a_inscrire(session)[0].note == "Premier"


def test_a_withdrawn_point_is_gone_with_what_hung_on_it(decor: Decor, session: Session) -> None:
    i = decor.noter()
    categorie = Categorie(nom="Police")
    session.add(categorie)
    session.flush()
    partenaire = Partenaire(nom="PM", categorie_id=categorie.id)
    session.add(partenaire)
    session.flush()
    session.add(PointPartenaire(point_id=i, partenaire_id=partenaire.id))
    session.flush()
    points.retirer(session, id=i, version=1, by=decor.cast.secretaire)
    assert session.exec(select(Point)).all() == []
    assert session.exec(select(PointPartenaire)).all() == []
    dit = session.exec(select(Journal.resume).order_by(col(Journal.id))).all()[-1].split("\n")
    assert dit[0] == "Point « Tapage » retiré pour « RT Mireuil »"
    with pytest.raises(NotFound):
        points.retirer(session, id=i, version=1, by=decor.cast.secretaire)


def test_a_point_that_a_meeting_has_is_no_longer_changed_here(decor: Decor, session: Session) -> None:
    i = decor.noter()
    reunion = Reunion(
        type=TypeReunion.TECHNIQUE,
        titre="RT",
        debut=datetime.fromisoformat("2026-11-17T14:00"),
        fin=datetime.fromisoformat("2026-11-17T15:00"),
        instance_id=decor.instance,
    )
    session.add(reunion)
    session.flush()
    point = session.get(Point, i)
    assert point is not None
    point.reunion_id = reunion.id
    session.add(point)
    session.flush()
    assert points.a_inscrire(session) == []
    with pytest.raises(Conflict, match="déjà inscrit"):
        points.retirer(session, id=i, version=2, by=decor.cast.secretaire)
    assert session.get(Point, i) is not None


def test_who_only_consults_notes_nothing(decor: Decor, session: Session) -> None:
    i = decor.noter()
    with pytest.raises(Forbidden):
        decor.noter(by=decor.cast.elu)
    with pytest.raises(Forbidden):
        points.retirer(session, id=i, version=1, by=decor.cast.elu)
    assert points.nombre_a_inscrire(session) == 1


def test_likely_themes_are_those_of_the_instance_then_of_the_town(decor: Decor, session: Session) -> None:
    assert points.themes_vraisemblables(session, instance_id=decor.instance) == []
    session.add_all(
        [Point(instance_id=decor.autre_instance, theme_id=decor.autre_theme, cree_le=utcnow()) for _ in range(3)]
        + [Point(instance_id=decor.instance, theme_id=decor.theme, cree_le=utcnow())]
    )
    session.flush()
    assert points.themes_vraisemblables(session, instance_id=decor.instance) == [decor.theme, decor.autre_theme]
    assert points.themes_vraisemblables(session, instance_id=None) == [decor.autre_theme, decor.theme]
    assert points.themes_vraisemblables(session, instance_id=decor.instance, limite=1) == [decor.theme]
