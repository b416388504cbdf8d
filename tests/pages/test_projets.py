"""Screens of «13-18»: the year and its steps, a collège and its classes and séances, a week; who may what."""

from collections.abc import Callable
from datetime import datetime, time, timedelta
from typing import Any
from uuid import uuid4

import pytest
from sqlmodel import select
from streamlit.testing.v1 import AppTest

from models import BilanCollege, College
from models.lists import EtatSeance, Volet
from services.projets import classes, etapes, participations, seances
from services.projets.creneaux import LigneSeance, SeanceVue
from services.projets.participations import ParticipationVue, annee_scolaire
from services.socle import db
from services.socle.acteur import SYSTEME
from services.socle.horloge import aujourdhui
from services.socle.periodes import nom_annee_scolaire
from tests.cast import Cast
from tests.pages.test_conflits import compares

Ecran = Callable[..., AppTest]
ANNEE_PAGE = "pages/projets/questions_de_justice.py"
COLLEGE = "pages/projets/college_13_18.py"
SEMAINE = "pages/projets/semaine_13_18.py"
ANNEE = annee_scolaire(aujourdhui())


def said(at: AppTest) -> str:
    blocs = [*at.markdown, *at.caption, *at.info, *at.error, *at.warning, *at.toast]
    return "\n".join(str(b.value) for b in blocs).replace("\\", "")


def clic(at: AppTest, texte: str) -> AppTest:
    bouton = [b for b in at.button if b.label.split(" ~~")[0] == texte]
    assert bouton, f"pas de bouton « {texte} » parmi {[b.label for b in at.button]}"
    return bouton[0].click().run()


def champ(elements: Any, label: str) -> Any:
    trouves = [e for e in elements if e.label == label]
    assert trouves, f"pas de champ « {label} » parmi {[e.label for e in elements]}"
    return trouves[0]


pytestmark = pytest.mark.usefixtures("reference")  # the twelve collèges, the steps, the structures


def invites() -> list[ParticipationVue]:
    with db.reading() as session:
        return participations.participations(session, annee=ANNEE, today=aujourdhui())


@pytest.fixture
def missy() -> int:
    """Collège Missy, invited with the others this school year."""
    with db.writing() as session:
        participations.inviter(session, annee=ANNEE, by=SYSTEME)
    return next(p.id for p in invites() if "Missy" in p.college)


def une(id: int) -> ParticipationVue:
    with db.reading() as session:
        return participations.une(session, id=id, today=aujourdhui())


def creer_classe(missy: int, nom: str, effectif: int | None = 28) -> int:
    with db.writing() as session:
        return classes.ajouter(
            session, participation_id=missy, nom=nom, effectif=effectif, jeton=uuid4().hex, by=SYSTEME
        )


def creer_seance(missy: int, classe: int, **autres: Any) -> SeanceVue:
    """A séance of today, at 8."""
    debut = datetime.combine(aujourdhui(), time(8))
    with db.writing() as session:
        lignes = [LigneSeance("s", classe, debut, **autres)]
        seances.creer_semaine(session, participation_id=missy, lignes=lignes, jeton=uuid4().hex, by=SYSTEME)
    return toutes(missy)[-1]


def toutes(missy: int) -> list[SeanceVue]:
    with db.reading() as session:
        return seances.de_la_participation(session, participation_id=missy)


def etape_id(volet: Volet, libelle: str) -> int:
    with db.reading() as session:
        return next(e.id for e in etapes.liste(session)[volet] if e.libelle == libelle)


# --- the year --------------------------------------------------------------------------------------------------------


def test_an_empty_year_says_what_will_stand_there_and_invites_at_once(ecran: Ecran) -> None:
    at = ecran(ANNEE_PAGE)
    assert not at.exception
    assert f"Aucun collège n’est encore invité pour {nom_annee_scolaire(ANNEE)}" in said(at)
    clic(at, "Inviter les 12 collèges")
    assert invites() == []  # asked first
    at.button(key="question.oui").click().run()
    assert len(invites()) == 12
    assert at.metric[0].value == "0 sur 12"
    assert [b.label for b in at.button if b.label.startswith("Inviter")] == []


@pytest.mark.parametrize(("adresse", "annee"), [("2025", 2025), ("20250", ANNEE), ("abc", ANNEE), ("1", ANNEE)])
def test_the_year_is_in_the_address(ecran: Ecran, adresse: str, annee: int) -> None:
    at = ecran(ANNEE_PAGE, annee=adresse)
    assert at.selectbox(key="annee_scolaire").value == annee
    assert nom_annee_scolaire(annee) in said(at)


def test_a_step_is_changed_in_one_choice_and_counts(ecran: Ecran, missy: int) -> None:
    at = ecran(ANNEE_PAGE)
    at.selectbox(key=f"13-18.etape{missy}.contact").set_value(etape_id(Volet.CONTACT, "Accepté")).run()
    assert une(missy).etapes[Volet.CONTACT].libelle == "Accepté"
    assert at.metric[0].value == "1 sur 12"


def test_a_stale_step_is_refused_and_the_true_one_shown(ecran: Ecran, missy: int) -> None:
    at = ecran(ANNEE_PAGE)
    contacte, accepte = etape_id(Volet.CONTACT, "Contacté"), etape_id(Volet.CONTACT, "Accepté")
    with db.writing() as session:
        participations.changer_etape(session, id=missy, volet=Volet.CONTACT, etape_id=contacte, version=1, by=SYSTEME)
    at.selectbox(key=f"13-18.etape{missy}.contact").set_value(accepte).run()
    assert "Un collègue vient de modifier ce collège" in said(at)
    assert at.selectbox(key=f"13-18.etape{missy}.contact").value == contacte
    at.selectbox(key=f"13-18.etape{missy}.contact").set_value(accepte).run()
    assert une(missy).etapes[Volet.CONTACT].libelle == "Accepté"
    assert "Un collègue" not in said(at)


def test_last_years_figures_stand_beside(ecran: Ecran, missy: int) -> None:
    with db.writing() as session:
        participations.inviter(session, annee=ANNEE + 1, by=SYSTEME)
    at = ecran(ANNEE_PAGE, annee=str(ANNEE + 1))
    assert at.metric[0].delta == f"0 sur 12 en {nom_annee_scolaire(ANNEE)}"
    assert ecran(ANNEE_PAGE).metric[0].delta == f"rien de connu en {nom_annee_scolaire(ANNEE - 1)}"


def test_what_to_look_at(ecran: Ecran, missy: int) -> None:
    creer_classe(missy, "4e A", 31)
    assert "À surveiller (2)" in [e.label for e in ecran(ANNEE_PAGE).expander]
    # For the élu the collège is no link: plain words, which the test can read.
    assert "Aucune séance pour 4e A. 4e A : 31 élèves" in said(ecran(ANNEE_PAGE, role="elu"))


def test_the_elu_looks_and_changes_nothing(ecran: Ecran, missy: int) -> None:
    at = ecran(ANNEE_PAGE, role="elu")
    assert not at.exception
    assert at.metric[0].value == "0 sur 12"
    assert "Collège Missy" in said(at)
    assert [s.key for s in at.selectbox if s.key and "etape" in s.key] == []
    assert "Inviter" not in " ".join(b.label for b in ecran(ANNEE_PAGE, role="elu", annee=str(ANNEE + 1)).button)
    for page in (COLLEGE, SEMAINE):
        with pytest.raises(Exception, match=r"not found|Could not find"):
            ecran(page, role="elu", participation=str(missy))


# --- a collège -------------------------------------------------------------------------------------------------------


def test_without_a_collège_in_the_address_the_way_is_shown(ecran: Ecran) -> None:
    for page in (COLLEGE, SEMAINE):
        at = ecran(page)
        assert not at.exception
        assert "collège dans la liste de l’année scolaire" in said(at)
        assert "Ce collège n’est pas, ou plus, invité" in said(ecran(page, participation="999"))


def test_classes_are_added_one_after_the_other(ecran: Ecran, missy: int) -> None:
    at = ecran(COLLEGE, participation=str(missy))
    at.text_input(key="suite.nom").set_value("4e A")
    at.number_input(key="suite.effectif").set_value(28)
    clic(at, "Ajouter")
    assert (at.text_input(key="suite.nom").value, at.number_input(key="suite.effectif").value) == ("", None)
    at.text_input(key="suite.nom").set_value("4ea")
    at.number_input(key="suite.effectif").set_value(27)
    clic(at, "Ajouter")
    assert "La classe « 4e A » est déjà dans la liste" in said(at)
    assert (at.text_input(key="suite.nom").value, at.number_input(key="suite.effectif").value) == ("4ea", 27)
    at.text_input(key="suite.nom").set_value("4e B")
    at.number_input(key="suite.effectif").set_value(61)
    clic(at, "Ajouter")
    assert "de 0 à 60" in said(at)
    at.number_input(key="suite.effectif").set_value(27)
    clic(at, "Ajouter")
    assert (une(missy).classes, une(missy).eleves) == (2, 55)


def test_the_note_in_place_and_its_stale_version(ecran: Ecran, missy: int) -> None:
    at = ecran(COLLEGE, participation=str(missy))
    clic(at, "Ajouter une note")
    at.text_area[0].set_value("Au CDI")
    with db.writing() as session:
        participations.annoter(session, id=missy, note="Salle 12", version=1, by=SYSTEME)
    clic(at, "Enregistrer la note")
    assert "Un collègue vient de modifier ce collège" in said(at)
    assert at.text_area[0].value == "Au CDI"
    assert compares(at) == {"Note": ("Au CDI", "Salle 12")}
    clic(at, "Prendre sa version")
    at.text_area[0].set_value("Salle 12, près du CDI")
    clic(at, "Enregistrer la note")
    assert une(missy).note == "Salle 12, près du CDI"


def test_a_note_that_names_somebody_is_pointed_out(ecran: Ecran, missy: int) -> None:
    with db.writing() as session:
        participations.annoter(session, id=missy, note="Appeler au 06 12 34 56 78", version=1, by=SYSTEME)
    assert "numéro de téléphone" in said(ecran(COLLEGE, participation=str(missy)))


def test_an_invitation_taken_back_leads_to_the_year(ecran: Ecran, missy: int) -> None:
    at = ecran(COLLEGE, participation=str(missy))
    clic(at, "Retirer l’invitation")
    assert not at.exception
    assert at.title[0].value == "13-18, Questions de Justice"
    assert missy not in [p.id for p in invites()]
    clic(at, "Inviter Collège Missy")
    assert len(invites()) == 12


def test_who_came_in_two_operations_and_too_many_asks(ecran: Ecran, missy: int) -> None:
    s = creer_seance(missy, creer_classe(missy, "4e A"), attendus=28)
    at = ecran(COLLEGE, participation=str(missy))
    at.number_input(key=f"seance{s.id}.presents").set_value(29)
    clic(at, "Noter")
    assert "29 présents pour 28 attendus" in said(at)
    assert toutes(missy)[0].etat is EtatSeance.PREVUE
    clic(at, "Noter quand même")
    assert (toutes(missy)[0].etat, toutes(missy)[0].presents) == (EtatSeance.REALISEE, 29)
    assert "Réalisée, 29 présents sur 28" in said(at)


def test_put_off_onto_a_taken_room_asks(ecran: Ecran, missy: int) -> None:
    creer_seance(missy, creer_classe(missy, "4e A"), salle="CDI")
    b = creer_classe(missy, "4e B")
    debut = datetime.combine(aujourdhui(), time(12))
    with db.writing() as session:
        lignes = [LigneSeance("s", b, debut, salle="CDI")]
        seances.creer_semaine(session, participation_id=missy, lignes=lignes, jeton=uuid4().hex, by=SYSTEME)
    at = ecran(COLLEGE, participation=str(missy), modifier=f"seance.reporter-{toutes(missy)[1].id}")
    champ(at.text_input, "Motif").set_value("Grève")
    champ(at.date_input, "Nouvelle date").set_value(aujourdhui())
    champ(at.time_input, "Début").set_value(time(9))
    clic(at, "Reporter")
    assert "Cette salle est déjà prise par 4e A" in said(at)
    clic(at, "Reporter quand même")
    assert len(toutes(missy)) == 3


@pytest.mark.parametrize(
    ("geste", "bouton", "refus"),
    [("reporter", "Reporter", "Écrivez le motif"), ("annuler", "Annuler la séance", "Écrivez le motif")],
)
def test_put_off_or_cancelled_with_its_reason(ecran: Ecran, missy: int, geste: str, bouton: str, refus: str) -> None:
    s = creer_seance(missy, creer_classe(missy, "4e A"))
    at = ecran(COLLEGE, participation=str(missy), modifier=f"seance.{geste}-{s.id}")
    clic(at, bouton)
    assert refus in said(at)
    champ(at.text_input, "Motif").set_value("Grève")
    if geste == "reporter":
        champ(at.date_input, "Nouvelle date").set_value(aujourdhui())
        champ(at.time_input, "Début").set_value(time(16))
    clic(at, bouton)
    assert toutes(missy)[0].motif == "Grève"
    assert "Motif : Grève" in said(at)
    etats = [x.etat for x in toutes(missy)]
    assert etats == ([EtatSeance.REPORTEE, EtatSeance.PREVUE] if geste == "reporter" else [EtatSeance.ANNULEE])


def test_hours_upside_down_are_refused_beside_them(ecran: Ecran, missy: int) -> None:
    s = creer_seance(missy, creer_classe(missy, "4e A"))
    at = ecran(COLLEGE, participation=str(missy), modifier=f"seance.modifier-{s.id}")
    champ(at.time_input, "Fin").set_value(time(7))
    champ(at.text_input, "Salle").set_value("CDI")
    clic(at, "Enregistrer")
    assert "La fin doit venir après le début" in said(at)
    assert champ(at.text_input, "Salle").value == "CDI"
    champ(at.time_input, "Fin").set_value(time(9))
    clic(at, "Enregistrer")
    assert (toutes(missy)[0].fin.time(), toutes(missy)[0].salle) == (time(9), "CDI")


def test_user_text_stays_text(ecran: Ecran, missy: int) -> None:
    creer_classe(missy, "4e ![x](http://dehors)")
    at = ecran(COLLEGE, participation=str(missy))
    assert not any("![x]" in str(m.value) for m in at.markdown)


# --- a week ----------------------------------------------------------------------------------------------------------


def test_a_week_one_row_a_class_without_séance_saved_together(ecran: Ecran, missy: int) -> None:
    a, b, c = (creer_classe(missy, nom) for nom in ("4e A", "4e B", "4e C"))
    creer_seance(missy, c, salle="CDI")
    at = ecran(SEMAINE, participation=str(missy))
    assert [s.label for s in at.segmented_control] == [
        f"{quoi}, {nom}" for nom in ("4e A", "4e B", "autre séance") for quoi in ("Jour", "Demi-journée")
    ]
    assert champ(at.text_input, "Salle, pour toutes").value == "CDI"  # the room used last
    clic(at, "Enregistrer")
    assert "Choisissez le jour d’une séance au moins" in said(at)
    champ(at.segmented_control, "Jour, 4e A").set_value(1).run()
    champ(at.segmented_control, "Jour, 4e B").set_value(1).run()
    champ(at.number_input, "Élèves attendus, 4e B").set_value(61).run()
    clic(at, "Enregistrer 2 séances")
    assert "de 0 à 60" in said(at)
    assert len(toutes(missy)) == 1  # all or none
    champ(at.number_input, "Élèves attendus, 4e B").set_value(20).run()
    clic(at, "Enregistrer 2 séances")
    assert "Cette salle est déjà prise par 4e A" in said(at)
    champ(at.segmented_control, "Demi-journée, 4e B").set_value("Après-midi").run()
    clic(at, "Enregistrer 2 séances")
    ecrites = {s.classe_id: s for s in toutes(missy) if s.classe_id != c}
    assert {i: (s.debut.weekday(), s.debut.time(), s.salle, s.attendus) for i, s in ecrites.items()} == {
        a: (1, time(9), "CDI", 28),
        b: (1, time(14), "CDI", 20),
    }
    assert [s.label for s in at.segmented_control] == ["Jour, autre séance", "Demi-journée, autre séance"]


def test_a_second_séance_of_a_class_takes_the_last_row(ecran: Ecran, missy: int) -> None:
    a = creer_classe(missy, "4e A")
    creer_seance(missy, a)
    at = ecran(SEMAINE, participation=str(missy))
    champ(at.segmented_control, "Jour, autre séance").set_value(2).run()
    clic(at, "Enregistrer 1 séance")
    assert "Choisissez la classe" in said(at)
    champ(at.selectbox, "Classe").set_value(a).run()
    clic(at, "Enregistrer 1 séance")
    assert len(toutes(missy)) == 2


def test_a_taken_room_is_confirmed(ecran: Ecran, missy: int) -> None:
    creer_classe(missy, "4e A")
    creer_classe(missy, "4e B")
    at = ecran(SEMAINE, participation=str(missy))
    champ(at.text_input, "Salle, pour toutes").set_value("CDI").run()
    champ(at.segmented_control, "Jour, 4e A").set_value(0).run()
    champ(at.segmented_control, "Jour, 4e B").set_value(0).run()
    clic(at, "Enregistrer 2 séances")
    clic(at, "Enregistrer quand même")
    assert len(toutes(missy)) == 2


def test_without_class_the_week_waits(ecran: Ecran, missy: int) -> None:
    assert "Ajoutez d’abord les classes" in said(ecran(SEMAINE, participation=str(missy)))


# --- the steps, among the lists --------------------------------------------------------------------------------------


def test_a_step_is_renamed_in_place_and_the_only_first_one_stays(ecran: Ecran) -> None:
    at = ecran("pages/administration/listes.py", liste="Étapes 13-18")
    assert not at.exception
    envoyer = etape_id(Volet.CONVENTION, "À envoyer")
    at.button(key=f"etape{envoyer}.a").click().run()
    assert "est la seule étape par laquelle « Convention » commence" in said(at)
    at.button(key=f"etape{envoyer}.m").click().run()
    at.text_input[[t.value for t in at.text_input].index("À envoyer")].set_value("À préparer")
    clic(at, "Enregistrer")
    assert etape_id(Volet.CONVENTION, "À préparer") == envoyer


# --- totals from before the tool -------------------------------------------------------------------------------------


@pytest.fixture
def bilan_de_missy() -> None:
    """Last year and the one before, by their totals."""
    with db.writing() as session:
        college = session.exec(select(College.partenaire_id).where(College.uai == "0170088D")).one()
        session.add(BilanCollege(annee=ANNEE - 1, college_id=college, classes=4, eleves=101, presents=97, seances=8))
        session.add(BilanCollege(annee=ANNEE - 2, college_id=college, seances=5))


def chiffre(at: AppTest, libelle: str) -> tuple[str, str]:
    return next((str(m.value), str(m.delta)) for m in at.metric if m.label == libelle)


def test_imported_totals_are_compared_and_say_so(ecran: Ecran, missy: int, bilan_de_missy: None) -> None:
    at = ecran(ANNEE_PAGE)
    assert chiffre(at, "Élèves de ces classes")[1] == f"101 en {nom_annee_scolaire(ANNEE - 1)}"
    assert "d’après le bilan importé" in said(at)
    at = ecran(ANNEE_PAGE, annee=str(ANNEE - 1))
    assert chiffre(at, "Séances réalisées") == ("8", f"5 en {nom_annee_scolaire(ANNEE - 2)}")
    assert chiffre(at, "Classes")[1].startswith("inconnu")
    assert "4 classes · 101 élèves · 97 présents · 8 séances" in said(at)
    clic(at, "Retirer")
    assert "97 présents" not in said(at)


def test_the_elue_reads_imported_totals_and_removes_none(ecran: Ecran, bilan_de_missy: None) -> None:
    at = ecran(ANNEE_PAGE, role="elu", annee=str(ANNEE - 1))
    assert "97 présents" in said(at)
    assert not [b for b in at.button if b.label.startswith("Retirer")]


def test_a_week_being_filled_in_is_there_again_in_a_page_loaded_anew(ecran: Ecran, missy: int, cast_base: Cast) -> None:
    with db.writing() as session:
        classes.ajouter(
            session, participation_id=missy, nom="4e A", effectif=25, jeton=uuid4().hex, by=cast_base.secretaire
        )
    at = ecran(SEMAINE, participation=str(missy))
    champ(at.segmented_control, "Jour, 4e A").set_value(2).run()
    champ(at.segmented_control, "Demi-journée, 4e A").set_value("Après-midi").run()
    champ(at.time_input, "Début, 4e A").set_value(time(15)).run()
    at = ecran(SEMAINE, participation=str(missy))
    assert champ(at.segmented_control, "Jour, 4e A").value == 2
    assert champ(at.segmented_control, "Demi-journée, 4e A").value == "Après-midi"
    assert champ(at.time_input, "Début, 4e A").value == time(15)


# --- a week moved ----------------------------------------------------------------------------------------------------


def test_a_week_moves_in_one_gesture_and_is_undone_there(ecran: Ecran, missy: int, cast_base: Cast) -> None:
    jour = datetime.combine(aujourdhui(), time(9))
    lundi = jour - timedelta(days=jour.weekday())
    with db.writing() as session:
        for n, nom in enumerate(("4e A", "4e B")):
            classe = classes.ajouter(
                session, participation_id=missy, nom=nom, effectif=25, jeton=uuid4().hex, by=cast_base.secretaire
            )
            ligne = LigneSeance("s", classe, lundi + timedelta(days=n))
            seances.creer_semaine(
                session, participation_id=missy, lignes=[ligne], jeton=uuid4().hex, by=cast_base.secretaire
            )

    def debuts() -> list[datetime]:
        with db.reading() as session:
            return [s.debut for s in seances.de_la_participation(session, participation_id=missy)]

    avant = debuts()
    at = ecran(SEMAINE, participation=str(missy), semaine=lundi.date().isoformat())
    vers = lundi.date() + timedelta(days=7)
    champ(at.date_input, "Un jour de la nouvelle semaine").set_value(vers)
    clic(at, "Déplacer 2 séances")
    if any(b.label == "Déplacer quand même" for b in at.button):  # the school holidays, on some days of the year
        clic(at, "Déplacer quand même")
    assert not at.exception
    assert debuts() == [d + timedelta(days=7) for d in avant]
    assert champ(at.date_input, "Un jour de la semaine").value == vers
    annuler = next(b for b in at.button if b.label.startswith("Annuler"))
    annuler.click().run()
    assert debuts() == avant
