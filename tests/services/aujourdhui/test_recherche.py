"""The search everywhere: what it finds, in which order, and for whom."""

from datetime import date, datetime, timedelta

import pytest
from sqlmodel import Session, select

from demo.lignes import inserer
from models import (
    Action,
    Categorie,
    College,
    Etape,
    Fonction,
    Partenaire,
    Participation,
    Personne,
    Point,
    Quartier,
    Reunion,
    Theme,
)
from models.lists import EtatAction, EtatReunion, SensEtape, TypeReunion, Volet
from services.actions import avancement
from services.aujourdhui.recherche import EN_TOUT, PAR_GENRE, Genre, Resultat, partout
from services.partenaires import fiches
from services.socle import pli
from services.socle.acteur import SYSTEME
from services.socle.erreurs import Forbidden
from services.socle.horloge import utcnow
from tests.cast import Cast

OPH = "Office public de l'habitat de l'agglomération de La Rochelle"
DEBUT = datetime(2026, 11, 20, 14, 0)


@pytest.fixture
def carnet(reference: None, session: Session) -> Session:
    return session


def chercher(session: Session, texte: str) -> list[Resultat]:
    return partout(session, texte=texte, by=SYSTEME)


def poser(session: Session, *rows: object) -> None:
    session.add_all(rows)
    session.flush()


def reunion(titre: str, etat: EtatReunion = EtatReunion.TENUE, jours: int = 0) -> Reunion:
    debut = DEBUT + timedelta(days=jours)
    return Reunion(type=TypeReunion.AUTRE, titre=titre, etat=etat, debut=debut, fin=debut + timedelta(hours=1))


def une_categorie(session: Session) -> int:
    return session.exec(select(Categorie.id)).first() or 0


def un_partenaire(session: Session, nom: str) -> int:
    return session.exec(select(Partenaire.id).where(Partenaire.nom == nom)).one()


def test_each_kind_is_found_without_accents(carnet: Session) -> None:
    oph = un_partenaire(carnet, OPH)
    theme = carnet.exec(select(Theme)).first()
    tenue = reunion("Réunion Zébulon")
    personne = Personne(nom="Zébulon", prenom="Éva", recherche="zebulon eva")
    poser(
        carnet,
        tenue,
        personne,
        Partenaire(nom="Zébulon", categorie_id=une_categorie(carnet), recherche="zebulon |  | "),
    )
    etapes = {(e.volet, e.sens): e.id for e in carnet.exec(select(Etape))}
    debut = {f"{v.value}_id": etapes[v, SensEtape.DEBUT] for v in Volet}
    college = carnet.exec(select(College)).first()
    carnet.get(Partenaire, college.partenaire_id).recherche = "college zebulon |  | "
    annees = [Participation(annee=a, college_id=college.partenaire_id, **debut) for a in (2025, 2026)]
    poser(
        carnet,
        Fonction(personne_id=personne.id, partenaire_id=oph, intitule="Gardienne", debut=date(2020, 1, 1)),
        Point(theme_id=theme.id, reunion_id=tenue.id, note="Vu près du ZÉBULON", cree_le=utcnow()),
        Action(quoi="Déplacer le zébulon", pilote_id=oph, echeance=DEBUT.date()),
        *annees,
    )
    trouves = {r.genre: r for r in reversed(chercher(carnet, "zébulon"))}
    assert set(trouves) == set(Genre)
    assert {r.genre: r for r in reversed(chercher(carnet, "ZEBULON"))} == trouves
    assert trouves[Genre.PERSONNE].vers_id == oph
    assert trouves[Genre.POINT].vers_id == trouves[Genre.REUNION].vers_id == tenue.id
    assert trouves[Genre.COLLEGE].vers_id == annees[1].id  # the last school year


def test_exact_beginning_then_active_then_archived(carnet: Session, cast: Cast) -> None:
    noms = ["Zeste d’ici", "Amis du zeste", "Le rezesté", "Zeste archivé"]
    for nom in noms:
        p = Partenaire(nom=nom, categorie_id=une_categorie(carnet), recherche=pli.partenaire(nom, "", "", ""))
        poser(carnet, p)
        if "archivé" in nom:
            fiches.archiver(carnet, id=p.id, version=p.version, now=utcnow(), by=cast.secretaire)
    assert [r.titre for r in chercher(carnet, "zeste")] == [
        "Zeste d’ici",
        "Zeste archivé",
        "Amis du zeste",
        "Le rezesté",
    ]
    assert chercher(carnet, "oph")[0].titre == OPH


def test_at_most_five_a_kind_and_twenty_in_all(carnet: Session) -> None:
    oph = un_partenaire(carnet, OPH)
    theme = carnet.exec(select(Theme)).first()
    for i in range(8):
        personne = Personne(nom=f"Zeste {i}", recherche=f"zeste {i}")
        autre = Partenaire(nom=f"Zeste {i}", categorie_id=une_categorie(carnet), recherche=f"zeste {i} |  | ")
        poser(carnet, personne, autre, reunion(f"Zeste {i}", jours=i))
        poser(
            carnet,
            Fonction(personne_id=personne.id, partenaire_id=oph, intitule="x", debut=DEBUT.date()),
            Point(theme_id=theme.id, note="Un zeste", cree_le=utcnow()),
            Action(quoi="Zeste à faire", pilote_id=oph, echeance=DEBUT.date()),
        )
    trouves = chercher(carnet, "zeste")
    assert len(trouves) == EN_TOUT
    assert max(sum(r.genre is g for r in trouves) for g in Genre) == PAR_GENRE
    assert next(r.jour for r in trouves if r.genre is Genre.REUNION) == (DEBUT + timedelta(days=7)).date()
    assert [r.genre for r in trouves] == sorted((r.genre for r in trouves), key=list(Genre).index)


def test_a_point_is_found_by_its_theme_and_quartier(carnet: Session) -> None:
    theme = carnet.exec(select(Theme).where(Theme.libelle == "Rodéo motorisé")).one()
    quartier = carnet.exec(select(Quartier).where(Quartier.nom == "Mireuil")).one()
    poser(carnet, Point(theme_id=theme.id, quartier_id=quartier.id, lieu="parking", cree_le=utcnow()))
    assert [r.genre for r in chercher(carnet, "rodeo mireuil parking")] == [Genre.POINT]
    assert chercher(carnet, "rodeo lafond parking") == []


def test_meetings_held_before_those_cancelled_and_points_of_the_latest_first(carnet: Session) -> None:
    poser(
        carnet,
        tenue := reunion("Bilan du marché"),
        reunion("Bilan du marché", EtatReunion.ANNULEE, jours=9),
        recente := reunion("Autre", jours=5),
    )
    assert [r.suite for r in chercher(carnet, "bilan marché")] == ["Tenue", "Annulée"]
    theme = carnet.exec(select(Theme)).first()
    assert theme is not None
    points = [
        Point(theme_id=theme.id, lieu="Place du Four", reunion_id=i, cree_le=utcnow())
        for i in (recente.id, None, tenue.id)
    ]
    poser(carnet, *points)
    jours = [r.jour for r in chercher(carnet, "place four") if r.genre is Genre.POINT]
    assert jours == [None, recente.debut.date(), tenue.debut.date()]


def test_open_actions_before_ended_ones_and_a_change_is_found(carnet: Session, cast: Cast) -> None:
    oph = un_partenaire(carnet, OPH)
    finie = Action(quoi="Zeste posé", pilote_id=oph, echeance=DEBUT.date(), etat=EtatAction.REALISEE)
    ouverte = Action(quoi="Zeste à poser", pilote_id=oph, echeance=DEBUT.date() - timedelta(days=9))
    poser(carnet, finie, ouverte)
    assert [r.id for r in chercher(carnet, "zeste")] == [ouverte.id, finie.id]
    avancement.corriger(
        carnet, id=ouverte.id, version=ouverte.version, quoi="Citron", pilote_id=oph, by=cast.secretaire
    )
    assert [r.id for r in chercher(carnet, "citron")] == [ouverte.id]
    assert [r.id for r in chercher(carnet, "zeste")] == [finie.id]


def test_rows_in_bulk_are_found(carnet: Session) -> None:
    une = {"type": TypeReunion.AUTRE, "titre": "Éclair", "debut": DEBUT, "fin": DEBUT, "motif": ""}
    inserer(carnet, Reunion, [une | {"etat": EtatReunion.CONVOQUEE}])
    (r,) = chercher(carnet, "eclair")
    assert (r.genre, r.vers_id, r.jour) == (Genre.REUNION, None, DEBUT.date())


@pytest.mark.parametrize("texte", ["", "a", "%", "%%", "é'"])
def test_one_letter_says_nothing(carnet: Session, texte: str) -> None:
    assert chercher(carnet, texte) == []


def test_the_elu_may_not(carnet: Session, cast: Cast) -> None:
    with pytest.raises(Forbidden):
        partout(carnet, texte="oph", by=cast.elu)
