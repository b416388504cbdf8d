"""Screens of the agenda: who sees what, the form of a meeting and its refusals, instances and their members."""

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
from sqlmodel import select
from streamlit.testing.v1 import AppTest

from models import Reunion, Siege
from models.lists import EtatReunion, Frequence, TypeReunion
from services.agenda import instances, programmation, reunions, rythmes
from services.partenaires import sieges
from services.socle import db
from services.socle.horloge import aujourdhui
from tests.cast import Cast
from tests.pages.test_conflits import compares
from tests.services.outils_agenda import QUATORZE, Decor, creer_instance, creer_reunion, decor

CALENDRIER = "pages/agenda/calendrier.py"
INSTANCES = "pages/agenda/instances.py"
Ecran = Callable[..., AppTest]


@pytest.fixture
def d(cast_base: Cast) -> Decor:
    with db.writing() as session:
        return decor(session)


def clic(at: AppTest, texte: str) -> AppTest:
    """Press the button of that label."""
    bouton = [b for b in at.button if b.label == texte]
    assert bouton, f"pas de bouton « {texte} » parmi {[b.label for b in at.button]}"
    return bouton[0].click().run()


def champ(elements: Any, label: str) -> Any:
    trouves = [e for e in elements if e.label == label]
    assert trouves, f"pas de champ « {label} » parmi {[e.label for e in elements]}"
    return trouves[0]


def toutes() -> list[reunions.ReunionVue]:
    with db.reading() as session:
        return reunions.entre(session, debut=datetime(2000, 1, 1), fin=datetime(2100, 1, 1))


def textes(at: AppTest) -> str:
    groupes = (at.markdown, at.caption, at.warning, at.error, at.info, at.header, at.title, at.toast)
    return "\n".join(str(e.value) for groupe in groupes for e in groupe).replace("\\", "")


# --- the calendar --------------------------------------------------------------------------------------------------


def test_week_by_default_and_address_obeyed(ecran: Ecran, d: Decor) -> None:
    at = ecran(CALENDRIER)
    assert not at.exception
    assert at.segmented_control[0].value == "Semaine"
    at = ecran(CALENDRIER, vue="Mois", jour="2026-11-24", secteur="Mireuil")
    assert at.segmented_control[0].value == "Mois"
    assert "novembre 2026" in textes(at)
    assert champ(at.selectbox, "Secteur de veille").value == d.mireuil
    assert "Armistice : férié le 11/11" in textes(at)


def test_steps_and_today(ecran: Ecran) -> None:
    at = ecran(CALENDRIER, vue="Semaine", jour="2026-12-30")
    at.button(key="icone.apres").click().run()
    assert at.date_input(key="jour").value == date(2027, 1, 6)
    at.button(key="icone.avant").click().run().button(key="icone.avant").click().run()
    assert at.date_input(key="jour").value == date(2026, 12, 23)
    clic(at, "Aujourd’hui")
    assert at.date_input(key="jour").value == aujourdhui()


def test_beyond_the_known_school_years_it_is_said(ecran: Ecran) -> None:
    assert "Vacances scolaires connues jusqu’au" in textes(ecran(CALENDRIER, jour="2060-03-03"))
    assert "Vacances scolaires connues" not in textes(ecran(CALENDRIER, jour="2026-11-24"))


def test_meeting_created_by_the_form(ecran: Ecran, cast_base: Cast, d: Decor) -> None:
    with db.writing() as session:
        instance = creer_instance(session, cast_base, d, heure_debut=time(9), heure_fin=time(11), jour=1, rang=3)
    at = clic(ecran(CALENDRIER), "Nouvelle réunion")
    instance_du_formulaire = [s for s in at.selectbox if s.label == "Instance"][-1]
    instance_du_formulaire.set_value(instance).run()
    assert champ(at.text_input, "Titre").value == "Cellule de veille Mireuil"
    assert [t.value for t in at.time_input] == [time(9), time(11)]
    jour = champ(at.date_input, "Date").value
    assert (jour.weekday(), 15 <= jour.day <= 21, jour >= aujourdhui()) == (1, True, True)
    champ(at.text_input, "ou un nouveau lieu").set_value("Mairie annexe")
    clic(at, "Créer la réunion")
    assert not at.exception
    [vue] = toutes()
    assert (vue.titre, vue.type, vue.lieu) == ("Cellule de veille Mireuil", TypeReunion.CELLULE, "Mairie annexe")
    assert (vue.debut, vue.fin) == (datetime.combine(jour, time(9)), datetime.combine(jour, time(11)))
    assert not [b for b in at.button if b.label == "Créer la réunion"]  # closed


def test_an_instance_chosen_in_the_form_warns_of_nothing(
    ecran: Ecran, cast_base: Cast, d: Decor, caplog: pytest.LogCaptureFixture
) -> None:
    with db.writing() as session:
        instance = creer_instance(session, cast_base, d)
    at = clic(ecran(CALENDRIER), "Nouvelle réunion")
    [s for s in at.selectbox if s.label == "Instance"][-1].set_value(instance).run()
    assert champ(at.text_input, "Titre").value == "Cellule de veille Mireuil"
    assert "Session State API" not in caplog.text


def test_a_date_or_an_hour_emptied_or_out_of_reason_is_refused(ecran: Ecran) -> None:
    at = clic(ecran(CALENDRIER), "Nouvelle réunion")
    champ(at.text_input, "Titre").set_value("Point presse")
    for label, valeur, phrase in (
        ("Date", None, "Choisissez la date"),
        ("Date", date(1850, 1, 1), "Choisissez une date entre 2000 et 2099"),
        ("Date", date(2200, 1, 1), "Choisissez une date entre 2000 et 2099"),
    ):
        champ(at.date_input, label).set_value(valeur)
        clic(at, "Créer la réunion")
        assert phrase in textes(at)
    champ(at.date_input, "Date").set_value(aujourdhui())
    champ(at.time_input, "Début").set_value(None)
    clic(at, "Créer la réunion")
    assert "Donnez l’heure de début" in textes(at)
    assert toutes() == []


def test_refused_form_keeps_what_was_typed(ecran: Ecran) -> None:
    at = clic(ecran(CALENDRIER), "Nouvelle réunion")
    champ(at.text_input, "Titre").set_value("Point presse")
    champ(at.time_input, "Fin").set_value(time(8))
    clic(at, "Créer la réunion")
    assert "La fin doit venir après le début" in textes(at)
    assert champ(at.text_input, "Titre").value == "Point presse"
    assert toutes() == []
    champ(at.time_input, "Fin").set_value(time(15))
    clic(at, "Créer la réunion")
    assert [v.titre for v in toutes()] == ["Point presse"]


def test_overlap_is_asked_then_allowed(ecran: Ecran, cast_base: Cast, d: Decor) -> None:
    jour = aujourdhui() + timedelta(days=3)
    with db.writing() as session:
        instance = creer_instance(session, cast_base, d)
        creer_reunion(
            session,
            cast_base,
            instance_id=instance,
            debut=datetime.combine(jour, time(14)),
            fin=datetime.combine(jour, time(16)),
        )
    at = clic(ecran(CALENDRIER, inst="Cellule de veille Mireuil"), "Nouvelle réunion")
    assert [s for s in at.selectbox if s.label == "Instance"][-1].value == instance  # the filter is proposed
    champ(at.date_input, "Date").set_value(jour)
    champ(at.time_input, "Début").set_value(time(15))
    champ(at.time_input, "Fin").set_value(time(17))
    clic(at, "Créer la réunion")
    assert "a déjà une réunion" in textes(at)
    assert len(toutes()) == 1
    clic(at, "Créer la réunion")  # without the yes: still nothing
    assert len(toutes()) == 1
    at.checkbox[0].check()
    clic(at, "Créer la réunion")
    assert len(toutes()) == 2


def fenetre(at: AppTest, reunion_id: int) -> AppTest:
    """Open a meeting as a click in the component does (the component itself is driven in the browser journeys)."""
    at.session_state["calendrier"] = {"callback": "eventClick", "eventClick": {"event": {"id": str(reunion_id)}}}
    return at.run()


def test_reader_sees_the_meeting_and_no_command(ecran: Ecran, cast_base: Cast, d: Decor) -> None:
    with db.writing() as session:
        id = creer_reunion(session, cast_base, titre="Cellule du 24", debut=QUATORZE)
        programmation.changer_etat(
            session, id=id, etat=EtatReunion.ANNULEE, motif="Motif interne", version=1, by=cast_base.secretaire
        )
    at = fenetre(ecran(CALENDRIER, role="elu"), id)
    assert not at.exception
    assert "mardi 24\u00a0novembre\u00a02026" in textes(at)
    assert "Motif interne" not in textes(at)
    assert {b.label for b in at.button} == {"Précédent", "Aujourd’hui", "Suivant", "Filtres"}
    at = fenetre(ecran(CALENDRIER, role="secretaire"), id)
    assert "Motif interne" in textes(at)
    assert {"Modifier", "Fixer une nouvelle date", "Enregistrer l’état"} <= {b.label for b in at.button}


def test_state_changed_with_its_reason(ecran: Ecran, cast_base: Cast) -> None:
    with db.writing() as session:
        id = creer_reunion(session, cast_base, debut=datetime.combine(aujourdhui() + timedelta(days=9), time(14)))
    at = fenetre(ecran(CALENDRIER), id)
    etats = champ(at.segmented_control, "Changer l’état")
    assert "Tenue" not in etats.options
    assert "N’a pas eu lieu" not in etats.options
    etats.set_value(EtatReunion.REPORTEE)
    clic(at, "Enregistrer l’état")
    assert "Indiquez le motif" in textes(at)
    champ(at.text_input, "Motif (réunion reportée, annulée ou qui n’a pas eu lieu)").set_value("Salle indisponible")
    clic(at, "Enregistrer l’état")
    [vue] = toutes()
    assert (vue.etat, vue.motif) == (EtatReunion.REPORTEE, "Salle indisponible")


def test_put_back_over_another_meeting_is_asked_then_allowed(ecran: Ecran, cast_base: Cast, d: Decor) -> None:
    with db.writing() as session:
        instance = creer_instance(session, cast_base, d)
        id = creer_reunion(session, cast_base, instance_id=instance)
        programmation.changer_etat(
            session, id=id, etat=EtatReunion.ANNULEE, motif="Grève", version=1, by=cast_base.secretaire
        )
        creer_reunion(session, cast_base, instance_id=instance)
    at = fenetre(ecran(CALENDRIER), id)
    champ(at.segmented_control, "Changer l’état").set_value(EtatReunion.BROUILLON)
    clic(at, "Enregistrer l’état")
    assert "a déjà une réunion" in textes(at)
    assert {v.etat for v in toutes()} == {EtatReunion.ANNULEE, EtatReunion.BROUILLON}
    champ(at.checkbox, "Enregistrer malgré ce chevauchement").check()
    clic(at, "Enregistrer l’état")
    assert {v.etat for v in toutes()} == {EtatReunion.BROUILLON}


def test_stale_form_shows_both_texts(ecran: Ecran, cast_base: Cast) -> None:
    with db.writing() as session:
        id = creer_reunion(session, cast_base, titre="Titre d’origine")
    at = clic(fenetre(ecran(CALENDRIER), id), "Modifier")
    with db.writing() as session:
        programmation.deplacer(
            session, id=id, debut=QUATORZE + timedelta(days=7), version=1, by=cast_base.collaborateur
        )
    champ(at.text_input, "Titre").set_value("Mon titre")
    clic(at, "Enregistrer")
    assert "Un collègue vient de modifier cette réunion" in textes(at)
    assert compares(at)["Début"] == ("24/11/2026 14:00", "01/12/2026 14:00")
    assert champ(at.text_input, "Titre").value == "Mon titre"
    assert [(v.titre, v.version) for v in toutes()] == [("Titre d’origine", 2)]
    clic(at, "Prendre sa version")
    assert champ(at.date_input, "Date").value == date(2026, 12, 1)
    champ(at.text_input, "Titre").set_value("Mon titre")
    clic(at, "Enregistrer")
    assert [(v.titre, v.debut) for v in toutes()] == [("Mon titre", QUATORZE + timedelta(days=7))]


def test_a_drag_is_done_once_and_a_stale_one_refused(ecran: Ecran, cast_base: Cast) -> None:
    with db.writing() as session:
        id = creer_reunion(session, cast_base)
    at = ecran(CALENDRIER)

    def glisser(jour: int, version: int) -> AppTest:
        evenement = {
            "id": str(id),
            "start": f"2026-11-{jour}T10:00:00Z",
            "end": f"2026-11-{jour}T12:00:00Z",
            "extendedProps": {"version": version},
        }
        at.session_state["calendrier"] = {"callback": "eventChange", "eventChange": {"event": evenement}}
        return at.run()

    glisser(25, 1)
    assert toutes()[0].debut == datetime(2026, 11, 25, 10)
    at.run()  # the component's answer is still there: it is not done again
    assert toutes()[0].version == 2
    tour = at.session_state["agenda_tour"]
    glisser(26, 1)  # the version of before
    assert "Un collègue vient de modifier cette réunion" in textes(at)
    assert at.session_state["agenda_tour"] > tour  # every event is drawn again where the base says
    assert toutes()[0].debut == datetime(2026, 11, 25, 10)
    with db.writing() as session:
        row = session.get(Reunion, id)
        assert row
        row.etat = EtatReunion.TENUE
    glisser(27, 3)
    assert "a déjà son relevé" in textes(at)
    assert toutes()[0].debut == datetime(2026, 11, 25, 10)


def test_reader_drags_nothing(ecran: Ecran, cast_base: Cast) -> None:
    """Even forged: the component is not the guard."""
    with db.writing() as session:
        id = creer_reunion(session, cast_base)
    at = ecran(CALENDRIER, role="elu")
    evenement = {
        "id": str(id),
        "start": "2026-11-25T10:00:00Z",
        "end": "2026-11-25T12:00:00Z",
        "extendedProps": {"version": 1},
    }
    at.session_state["calendrier"] = {"callback": "eventChange", "eventChange": {"event": evenement}}
    at.run()
    choix = {"start": "2026-11-24T14:00:00Z", "end": "2026-11-24T15:00:00Z", "allDay": False}
    at.session_state["calendrier"] = {"callback": "select", "select": choix}
    at.run()
    assert not at.exception
    assert [v.debut for v in toutes()] == [QUATORZE]
    assert "Créer la réunion" not in {b.label for b in at.button}


def test_a_hundred_meetings_at_most(ecran: Ecran, cast_base: Cast) -> None:
    with db.writing() as session:
        for n in range(101):
            debut = QUATORZE - timedelta(days=20) + timedelta(minutes=n)
            creer_reunion(session, cast_base, debut=debut, jeton=f"n{n}")
    at = ecran(CALENDRIER, vue="Mois", jour="2026-11-10")
    assert "Seules les 100 premières réunions sont montrées" in textes(at)


# --- instances -----------------------------------------------------------------------------------------------------


def test_instance_created_then_chosen(ecran: Ecran, d: Decor) -> None:
    at = clic(ecran(INSTANCES), "Nouvelle instance")
    champ(at.text_input, "Nom").set_value("Cellule de veille Mireuil")
    clic(at, "Créer l’instance")
    assert "Choisissez le secteur de veille" in textes(at)
    champ(at.selectbox, "Secteur de veille").set_value(d.mireuil)
    clic(at, "Créer l’instance")
    assert not at.exception
    with db.reading() as session:
        [vue] = instances.liste(session)
    assert at.query_params["instance"] == str(vue.id)
    assert (vue.nom, vue.secteur) == ("Cellule de veille Mireuil", "Mireuil")
    assert "Membres permanents" in textes(at)


def test_members_added_several_in_a_row(ecran: Ecran, cast_base: Cast, d: Decor) -> None:
    with db.writing() as session:
        id = creer_instance(session, cast_base, d)
    at = ecran(INSTANCES, instance=str(id))
    for texte, titre in (("oph", "Directrice"), ("police", "")):
        champ(at.text_input, "Ajouter un partenaire").set_value(texte).run()
        pills = [p for p in at.pills if p.label == "Ajouter un partenaire : résultats"]
        pills[0].set_value(d.oph if texte == "oph" else d.police).run()
        champ(at.text_input, "Fonction qui vient").set_value(titre)
        clic(at, "Ajouter")
        assert champ(at.text_input, "Ajouter un partenaire").value == ""
    with db.reading() as session:
        vus = sieges.membres(session, instance_id=id)
    assert [(m.partenaire_id, m.fonction) for m in vus] == [(d.oph, "Directrice"), (d.police, "")]
    at.button(key=f"icone.siege.{vus[1].siege_id}.-1").click().run()
    champ(at.text_input, "Fonction de Police nationale").set_value("Commissaire").run()
    at.button(key=f"icone.siege.{vus[0].siege_id}.retirer").click().run()
    assert not at.exception
    with db.reading() as session:
        assert [(s.partenaire_id, s.fonction) for s in session.exec(select(Siege)).all()] == [(d.police, "Commissaire")]


def test_stale_instance_form_shows_both(ecran: Ecran, cast_base: Cast, d: Decor) -> None:
    with db.writing() as session:
        id = creer_instance(session, cast_base, d)
    at = ecran(INSTANCES, instance=str(id))
    with db.writing() as session:
        instances.modifier(
            session,
            id=id,
            saisie=instances.Saisie(
                "Nom du collègue", TypeReunion.CELLULE, instances.get(session, id=id).frequence, d.mireuil
            ),
            version=1,
            by=cast_base.collaborateur,
        )
    champ(at.text_input, "Nom").set_value("Mon nom")
    clic(at, "Enregistrer")
    assert compares(at)["Nom"] == ("Mon nom", "Nom du collègue")
    assert champ(at.text_input, "Nom").value == "Mon nom"
    clic(at, "Prendre sa version")
    assert champ(at.text_input, "Nom").value == "Nom du collègue"
    clic(at, "Enregistrer")
    with db.reading() as session:
        assert instances.get(session, id=id).version == 3


def test_rhythms_as_people_say_them(ecran: Ecran, cast_base: Cast, d: Decor) -> None:
    """« 1er et 3e mardi », « tous les quinze jours », « le 15 du mois », from the form to the assistant."""
    with db.writing() as session:
        id = creer_instance(session, cast_base, d)

    def rythme() -> rythmes.Rythme:
        with db.reading() as session:
            return rythmes.de(instances.get(session, id=id))

    def regler(at: AppTest, **champs: Any) -> None:
        for nom, valeur in champs.items():
            champ(at.selectbox, nom).set_value(valeur)
        clic(at, "Enregistrer")

    def assistant() -> str:
        at = ecran("pages/agenda/planifier.py", instances=str(id))
        champ(at.segmented_control, "Comment choisir les dates").set_value("Selon le rythme de chacune").run()
        return textes(at)

    at = ecran(INSTANCES, instance=str(id))
    champ(at.selectbox, "Fréquence").set_value(Frequence.BIMENSUELLE).run()
    regler(at, **{"Rang dans le mois": 1, "et": 1, "Jour habituel": 1})
    assert "Choisissez deux rangs différents" in textes(at)
    regler(at, et=3)
    assert rythme() == rythmes.Rythme(Frequence.BIMENSUELLE, 1, 1, 3)
    assert "1er et 3e mardi du mois" in assistant()
    at = ecran(INSTANCES, instance=str(id))
    champ(at.selectbox, "Fréquence").set_value(Frequence.QUINZAINE).run()
    regler(at, **{"Jour habituel": 3})
    assert rythme() == rythmes.Rythme(Frequence.QUINZAINE, 3)
    assert "un jeudi sur deux" in assistant()
    at = ecran(INSTANCES, instance=str(id))
    champ(at.selectbox, "Fréquence").set_value(Frequence.BIMESTRIELLE).run()
    champ(at.selectbox, "Rang dans le mois").set_value(0).run()
    champ(at.number_input, "Jour du mois").set_value(15)
    clic(at, "Enregistrer")
    assert rythme() == rythmes.Rythme(Frequence.BIMESTRIELLE, jour_du_mois=15)
    assert "le 15 du mois, tous les deux mois" in assistant()


def test_members_do_not_make_the_form_stale(ecran: Ecran, cast_base: Cast, d: Decor) -> None:
    with db.writing() as session:
        id = creer_instance(session, cast_base, d)
    at = ecran(INSTANCES, instance=str(id))
    champ(at.text_input, "Nom").set_value("Cellule de Mireuil").run()
    with db.writing() as session:
        sieges.ajouter_membre(session, instance_id=id, partenaire_id=d.oph, jeton="m", by=cast_base.collaborateur)
    clic(at, "Enregistrer")
    with db.reading() as session:
        assert instances.get(session, id=id).nom == "Cellule de Mireuil"


def test_archive_restore_search(ecran: Ecran, cast_base: Cast, d: Decor) -> None:
    with db.writing() as session:
        id = creer_instance(session, cast_base, d)
        creer_instance(session, cast_base, d, nom="Bilan annuel")
    at = clic(ecran(INSTANCES, instance=str(id)), "Archiver")
    assert "Archivée" in textes(at) or "Restaurer" in {b.label for b in at.button}
    with db.reading() as session:
        assert [i.nom for i in instances.liste(session)] == ["Bilan annuel"]
    clic(at, "Restaurer")
    at.text_input(key="inst.recherche").set_value("bil").run()
    assert [b.label.split(" ~~")[0] for b in at.button if b.key and b.key[5:].isdecimal()] == ["Bilan annuel"]


def test_unknown_instance_in_the_address(ecran: Ecran, d: Decor) -> None:
    for adresse in ("999999", "abc", "-1", "9" * 30):
        at = ecran(INSTANCES, instance=adresse)
        assert not at.exception
        assert "Choisissez une instance" in textes(at)


def test_instances_are_not_for_readers(ecran: Ecran, cast_base: Cast, d: Decor) -> None:
    with pytest.raises(ValueError, match=r"instances\.py"):
        ecran(INSTANCES, role="elu")


# --- writing up: only what began ------------------------------------------------------------------------------------


@pytest.mark.parametrize("etat", [EtatReunion.CONVOQUEE, EtatReunion.ANNULEE, EtatReunion.REPORTEE])
@pytest.mark.parametrize(
    ("script", "nom"),
    [("agenda/reunion", "id"), ("aujourdhui/releve", "reunion"), ("aujourdhui/en_seance", "reunion")],
)
def test_no_screen_leads_to_the_entry_of_a_meeting_that_cannot_be_written_up(
    ecran: Ecran, cast_base: Cast, script: str, nom: str, etat: EtatReunion
) -> None:
    """To come, cancelled or put off: nothing leads there, and something leads elsewhere."""
    debut = datetime.combine(aujourdhui() + timedelta(days=20), time(14))
    with db.writing() as session:
        id = creer_reunion(session, cast_base, debut=debut)
        session.get_one(Reunion, id).etat = etat
    at = ecran(f"pages/{script}.py", **{nom: str(id)})
    assert not at.exception
    cibles = [lien.proto.page for lien in at.main.get("page_link")]
    assert not [c for c in cibles if c.endswith("saisie")], cibles
    assert cibles or at.segmented_control


def test_a_meeting_that_began_leads_to_its_entry(ecran: Ecran, cast_base: Cast) -> None:
    debut = datetime.combine(aujourdhui() - timedelta(days=2), time(14))
    with db.writing() as session:
        id = creer_reunion(session, cast_base, debut=debut)
        session.get_one(Reunion, id).etat = EtatReunion.CONVOQUEE
    for script, nom in (("agenda/reunion", "id"), ("aujourdhui/releve", "reunion")):
        at = ecran(f"pages/{script}.py", **{nom: str(id)})
        assert [lien for lien in at.main.get("page_link") if lien.proto.page.endswith("saisie")], script
