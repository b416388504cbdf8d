"""Actions: created, moved on, late or not, filtered; and who changed what, when, from where."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

import pytest
from sqlmodel import Session, select

from models import Action, Categorie, Instance, Journal, Partenaire, Point, Quartier, Reunion, SecteurVeille, Theme
from models.lists import EtatAction, Frequence, TypeReunion
from services.actions import avancement, suivi
from services.actions.suivi import Filtre
from services.socle.acteur import Acteur
from services.socle.erreurs import Conflict, Forbidden, Invalid, NotFound
from services.socle.horloge import utcnow
from tests.cast import Cast

TODAY = date(2026, 11, 22)


@dataclass
class Decor:
    """A base with one instance in a secteur, a meeting and two pilots, and a hand to create actions."""

    session: Session
    by: Acteur
    instance: int
    secteur: int
    autre_secteur: int
    reunion: int
    police: int
    bailleur: int

    def action(self, quoi: str = "Passer le soir", jours: int = 30, **autres: object) -> int:
        champs: dict = {
            "pilote_id": self.police,
            "echeance": TODAY + timedelta(days=jours),
            "instance_id": self.instance,
            "reunion_id": self.reunion,
        } | autres
        return avancement.creer(self.session, quoi=quoi, today=TODAY, by=self.by, **champs)

    def changer(self, id: int, **champs: object) -> None:
        version = champs.pop("version", None) or self.row(id).version
        champs = {"today": TODAY, "by": self.by} | champs
        avancement.changer(self.session, id=id, version=version, **champs)  # type: ignore[arg-type]

    def row(self, id: int) -> Action:
        self.session.expire_all()
        row = self.session.get(Action, id)
        assert row is not None
        return row

    def liste(self, **filtres: object) -> list[str]:
        return [a.quoi for a in suivi.liste(self.session, today=TODAY, **filtres).lignes]  # type: ignore[arg-type]


@pytest.fixture
def decor(session: Session, cast: Cast) -> Decor:
    categorie = Categorie(nom="Police")
    secteur, autre = SecteurVeille(nom="Nord"), SecteurVeille(nom="Sud")
    session.add_all([categorie, secteur, autre])
    session.flush()
    police = Partenaire(nom="Police municipale", sigle="PM", categorie_id=categorie.id)
    bailleur = Partenaire(nom="Habitat 17", categorie_id=categorie.id)
    instance = Instance(
        nom="Réunion technique – Mireuil",
        type=TypeReunion.TECHNIQUE,
        frequence=Frequence.MENSUELLE,
        secteur_id=secteur.id,
    )
    session.add_all([police, bailleur, instance])
    session.flush()
    reunion = Reunion(
        type=TypeReunion.TECHNIQUE,
        instance_id=instance.id,
        titre="Réunion technique – Mireuil",
        debut=datetime.fromisoformat("2026-11-17T14:00"),
        fin=datetime.fromisoformat("2026-11-17T15:30"),
    )
    session.add(reunion)
    session.flush()
    ids = (instance.id, secteur.id, autre.id, reunion.id, police.id, bailleur.id)
    return Decor(session, cast.secretaire, *(i or 0 for i in ids))


# --- creating --------------------------------------------------------------------------------------------------------


def test_a_new_action_is_to_do_and_its_history_begins(decor: Decor, session: Session) -> None:
    i = decor.action("  Passer le soir\r\npendant deux semaines ")
    (vue,) = suivi.ouvertes(session, instance_id=decor.instance, today=TODAY)
    assert (vue.id, vue.quoi) == (i, "Passer le soir\npendant deux semaines")
    assert (vue.etat, vue.retard_jours, vue.pilote, vue.instance) == (
        EtatAction.A_FAIRE,
        0,
        "PM",
        "Réunion technique – Mireuil",
    )
    (evenement,) = suivi.historique(session, id=i)
    assert (evenement.agent, evenement.reunion, evenement.etat) == (
        decor.by.nom,
        "Réunion technique – Mireuil",
        EtatAction.A_FAIRE,
    )


@pytest.mark.parametrize(
    ("champs", "champ"),
    [
        ({"quoi": "  "}, "quoi"),
        ({"quoi": "x" * 501}, "quoi"),
        ({"pilote_id": None}, "pilote_id"),
        ({"pilote_id": 999}, "pilote_id"),
        ({"echeance": None}, "echeance"),
        ({"echeance": date(206, 12, 1)}, "echeance"),
        ({"echeance": date(2206, 12, 1)}, "echeance"),
    ],
)
def test_what_is_missing_is_said_beside_its_field(decor: Decor, session: Session, champs: dict, champ: str) -> None:
    with pytest.raises(Invalid) as refus:
        decor.action(**champs)
    assert list(refus.value.erreurs) == [champ]
    assert session.exec(select(Action)).all() == []


def test_all_that_is_missing_is_said_at_once(decor: Decor) -> None:
    with pytest.raises(Invalid) as refus:
        decor.action("", pilote_id=None, echeance=None)
    assert set(refus.value.erreurs) == {"quoi", "pilote_id", "echeance"}


# --- moving on -------------------------------------------------------------------------------------------------------


def test_ended_and_open_again(decor: Decor) -> None:
    i = decor.action()
    decor.changer(i, etat=EtatAction.REALISEE)
    assert (decor.row(i).etat, decor.row(i).terminee_le) == (EtatAction.REALISEE, TODAY)
    decor.changer(i, etat=EtatAction.EN_COURS)
    assert (decor.row(i).etat, decor.row(i).terminee_le) == (EtatAction.EN_COURS, None)


def test_an_action_is_abandoned_with_its_reason_only(decor: Decor) -> None:
    i = decor.action()
    with pytest.raises(Invalid) as refus:
        decor.changer(i, etat=EtatAction.ABANDONNEE, motif="  ")
    assert refus.value.erreurs == {"motif": "Écrivez pourquoi l’action est abandonnée."}
    assert decor.row(i).etat is EtatAction.A_FAIRE
    decor.changer(i, etat=EtatAction.ABANDONNEE, motif="Le hall a été fermé")
    assert (decor.row(i).motif, decor.row(i).terminee_le) == ("Le hall a été fermé", TODAY)
    decor.changer(i, echeance=TODAY)  # the date of an abandoned action: its reason stays
    assert decor.row(i).motif == "Le hall a été fermé"
    decor.changer(i, etat=EtatAction.A_FAIRE)
    assert decor.row(i).motif == ""


def test_an_endless_reason_is_refused(decor: Decor) -> None:
    i = decor.action()
    with pytest.raises(Invalid, match="300 caractères au plus, il en compte 301"):
        decor.changer(i, etat=EtatAction.ABANDONNEE, motif="x" * 301)


def test_each_change_is_kept_with_who_when_and_where(decor: Decor, session: Session, cast: Cast) -> None:
    i = decor.action()
    decor.changer(i, etat=EtatAction.EN_COURS, by=cast.collaborateur)
    decor.changer(i, echeance=date(2027, 1, 15), reunion_id=decor.reunion)
    lignes = [
        (e.agent, e.reunion, e.etat, e.echeance, e.quand.tzinfo is not None) for e in suivi.historique(session, id=i)
    ]
    titre = "Réunion technique – Mireuil"
    assert lignes == [
        (decor.by.nom, titre, EtatAction.EN_COURS, date(2027, 1, 15), True),
        (cast.collaborateur.nom, "", EtatAction.EN_COURS, TODAY + timedelta(days=30), True),
        (decor.by.nom, titre, EtatAction.A_FAIRE, TODAY + timedelta(days=30), True),
    ]
    assert len(session.exec(select(Journal)).all()) == 3


def test_the_same_state_again_writes_nothing(decor: Decor, session: Session) -> None:
    i = decor.action()
    decor.changer(i, etat=EtatAction.A_FAIRE, echeance=TODAY + timedelta(days=30))
    assert decor.row(i).version == 1
    assert len(suivi.historique(session, id=i)) == 1


def test_a_stale_change_is_refused_and_says_what_stands_now(decor: Decor) -> None:
    i = decor.action()
    decor.changer(i, etat=EtatAction.EN_COURS)
    with pytest.raises(Conflict) as refus:
        decor.changer(i, etat=EtatAction.REALISEE, version=1)
    assert refus.value.actuel["etat"] == "En cours"
    assert decor.row(i).etat is EtatAction.EN_COURS


def test_a_date_of_the_wrong_century_is_refused(decor: Decor) -> None:
    i = decor.action()
    with pytest.raises(Invalid) as refus:
        decor.changer(i, echeance=date(202, 12, 1))
    assert refus.value.erreurs == {"echeance": "Vérifiez l’année de l’échéance (202)."}


def test_an_old_date_does_not_prevent_ending_the_action(decor: Decor) -> None:
    i = decor.action()
    row = decor.row(i)
    row.echeance = date(2012, 1, 1)
    decor.session.add(row)
    decor.session.flush()
    decor.changer(i, etat=EtatAction.REALISEE)
    assert decor.row(i).etat is EtatAction.REALISEE


def test_an_action_that_does_not_exist_is_said(decor: Decor) -> None:
    with pytest.raises(NotFound):
        decor.changer(99, version=1, etat=EtatAction.EN_COURS)


def test_who_only_consults_changes_nothing(decor: Decor, session: Session, cast: Cast) -> None:
    i = decor.action()
    with pytest.raises(Forbidden):
        decor.changer(i, etat=EtatAction.EN_COURS, by=cast.elu)
    with pytest.raises(Forbidden):
        avancement.creer(
            session, quoi="x", pilote_id=decor.police, echeance=TODAY, instance_id=None, today=TODAY, by=cast.elu
        )
    with pytest.raises(Forbidden):
        avancement.corriger(session, id=i, version=1, quoi="y", pilote_id=decor.police, by=cast.elu)


def test_the_wording_and_the_pilot_are_corrected(decor: Decor, session: Session) -> None:
    i = decor.action()
    avancement.corriger(session, id=i, version=1, quoi="Passer le matin", pilote_id=decor.bailleur, by=decor.by)
    (vue,) = suivi.du_partenaire(session, partenaire_id=decor.bailleur, today=TODAY)
    assert (vue.quoi, vue.pilote) == ("Passer le matin", "Habitat 17")
    with pytest.raises(Conflict):
        avancement.corriger(session, id=i, version=1, quoi="Autre", pilote_id=decor.police, by=decor.by)


# --- lists -----------------------------------------------------------------------------------------------------------


def test_late_is_open_and_past(decor: Decor, session: Session) -> None:
    hier, aujourdhui, finie = decor.action("hier", -1), decor.action("aujourd’hui", 0), decor.action("finie", -9)
    decor.changer(finie, etat=EtatAction.REALISEE)
    retards = {a.id: a.retard_jours for a in suivi.liste(session, today=TODAY, etat="toutes").lignes}
    assert retards == {hier: 1, aujourdhui: 0, finie: 0}
    assert suivi.liste(session, today=TODAY, etat="en_retard").total == 1
    assert suivi.liste(session, today=TODAY + timedelta(days=1), etat="en_retard").total == 2
    assert suivi.nombre_ouvertes(session) == 2


def test_each_state_has_its_list_the_latest_first(decor: Decor) -> None:
    decor.action("a_faire", 5)
    en_cours, realisee, abandonnee = decor.action("en_cours", 2), decor.action("realisee", -3), decor.action("x", 1)
    decor.action("en_retard", -6)
    decor.changer(en_cours, etat=EtatAction.EN_COURS)
    decor.changer(realisee, etat=EtatAction.REALISEE, today=TODAY - timedelta(days=2))
    decor.changer(abandonnee, etat=EtatAction.ABANDONNEE, motif="Sans objet")
    assert decor.liste() == ["en_retard", "en_cours", "a_faire"]
    assert decor.liste(etat=Filtre.EN_RETARD) == ["en_retard"]
    assert decor.liste(etat="a_faire") == ["en_retard", "a_faire"]
    assert decor.liste(etat="en_cours") == ["en_cours"]
    assert decor.liste(etat="realisees") == ["realisee"]
    assert decor.liste(etat="abandonnees") == ["x"]
    assert decor.liste(etat="toutes") == ["en_retard", "en_cours", "a_faire", "x", "realisee"]


def test_filtered_by_pilot_and_instance(decor: Decor) -> None:
    decor.action("police")
    decor.action("bailleur", pilote_id=decor.bailleur)
    decor.action("ailleurs", instance_id=None)
    assert decor.liste(pilote_id=decor.bailleur) == ["bailleur"]
    assert decor.liste(instance_id=decor.instance) == ["police", "bailleur"]
    assert decor.liste(pilote_id=decor.police, instance_id=decor.instance) == ["police"]


def test_the_secteur_is_that_of_the_instance_or_of_the_point(decor: Decor, session: Session, cast: Cast) -> None:
    quartier, theme = (
        Quartier(nom="Tasdon", secteur_id=decor.autre_secteur),
        Theme(libelle="Bruit", rubrique="Bruit", recherche="bruit"),
    )
    session.add_all([quartier, theme])
    session.flush()
    point = Point(theme_id=theme.id, quartier_id=quartier.id, cree_le=utcnow())
    session.add(point)
    session.flush()
    decor.action("instance")
    decor.action("point", instance_id=None, point_id=point.id)
    decor.action("nulle part", instance_id=None)
    assert decor.liste(secteur_id=decor.secteur) == ["instance"]
    assert decor.liste(secteur_id=decor.autre_secteur) == ["point"]


def test_pages_follow_each_other_without_loss(decor: Decor, session: Session) -> None:
    for n in range(7):
        decor.action(f"action {n}", 3)  # the same date: the order must still be one
    pages = [suivi.liste(session, today=TODAY, page=p, par_page=3) for p in (1, 2, 3, 4)]
    assert [len(p.lignes) for p in pages] == [3, 3, 1, 0]
    assert {p.total for p in pages} == {7}
    assert [a.quoi for p in pages for a in p.lignes] == [f"action {n}" for n in range(7)]


def test_rows_on_screen_are_read_again_in_their_order(decor: Decor, session: Session) -> None:
    a, b, c = (decor.action(q) for q in "abc")
    decor.changer(b, etat=EtatAction.REALISEE)
    assert [v.quoi for v in suivi.par_ids(session, ids=[c, b, a], today=TODAY)] == ["c", "b", "a"]
    assert suivi.par_ids(session, ids=[], today=TODAY) == []


def test_the_pilots_of_the_filter_are_those_that_pilot(decor: Decor, session: Session) -> None:
    decor.action()
    assert suivi.pilotes(session) == [(decor.police, "PM – Police municipale")]
