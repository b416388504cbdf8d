"""The plan, the assistant it leads to, and the preparation of a meeting."""

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
from sqlmodel import col, select
from streamlit.testing.v1 import AppTest

from models import Categorie, Instance, JalonFait, JourEvite, Lieu, Partenaire, Reunion, SecteurVeille, Serie, Siege
from models.lists import EtatReunion, EtatSalle, Frequence, GenreJourEvite, TypeReunion
from services.agenda import jalons_types, rythmes
from services.socle import db
from services.socle.horloge import aujourdhui, utcnow
from services.socle.periodes import plus_mois, semestre
from tests.cast import Cast

Ecran = Callable[..., AppTest]
PLAN, PLANIFIER, REUNION = "pages/agenda/plan.py", "pages/agenda/planifier.py", "pages/agenda/reunion.py"


def said(at: AppTest) -> str:
    ecran = at.main
    blocs = [*ecran.title, *ecran.header, *ecran.markdown, *ecran.caption, *ecran.info, *ecran.error, *ecran.warning]
    return "\n".join(str(b.value) for b in blocs).replace("\\", "")


def dit(at: AppTest) -> str:
    return "\n".join(str(b.value) for b in at.main.success)


def presser(at: AppTest, debut: str) -> AppTest:
    """Press the button whose label begins so."""
    boutons = [b for b in at.button if b.label.startswith(debut)]
    assert boutons, f"pas de bouton « {debut} » parmi {[b.label for b in at.button]}"
    return boutons[0].click().run()


@pytest.fixture
def cellules(cast_base: Cast) -> list[int]:
    """Three secteurs with their cellule, in one room; a réunion technique with its rhythm."""
    with db.writing() as session:
        jalons_types.amorcer(session)
        salle = Lieu(nom="Mairie", contact="Accueil", telephone="05 36 49 00 00", courriel="salles@example.org")
        secteurs = [SecteurVeille(nom=n) for n in ("Nord", "Sud", "Ouest")]
        session.add_all([salle, *secteurs])
        session.flush()
        commun: dict[str, Any] = {"type": TypeReunion.CELLULE, "frequence": Frequence.SEMESTRIELLE, "lieu_id": salle.id}
        rows = [Instance(nom=f"Cellule de veille – {s.nom}", secteur_id=s.id, **commun) for s in secteurs]
        technique = {"type": TypeReunion.TECHNIQUE, "frequence": Frequence.MENSUELLE, "jour": 1, "rang": 3}
        rows.append(Instance(nom="Réunion technique – Gabut", **technique))
        session.add_all(rows)
        session.flush()
        return [r.id for r in rows]


def reunions() -> list[Reunion]:
    with db.reading() as session:
        rows = session.exec(select(Reunion).order_by(col(Reunion.debut))).all()
        session.expunge_all()
        return list(rows)


def suivant() -> tuple[date, date]:
    """The first and last day of the semestre after this one."""
    p = semestre(plus_mois(semestre(aujourdhui()).debut, 6))
    return p.debut, p.dernier


def test_from_the_board_to_three_cellules(ecran: Ecran, cellules: list[int]) -> None:
    at = ecran(PLAN)
    assert "0 sur 3 tenues ou prévues" in said(at)
    debut, fin = suivant()
    at.button(key=f"plan.{debut}").click().run()
    assert not at.exception
    assert set(at.multiselect[0].value) == set(cellules[:3])
    assert "3 dates proposées" in said(at)
    at = presser(at, "Créer 3 réunions")
    assert not at.exception
    creees = reunions()
    assert {r.instance_id for r in creees} == set(cellules[:3])
    assert all(debut <= r.debut.date() <= fin and r.debut.hour == 18 for r in creees)
    assert "3 sur 3 tenues ou prévues" in said(at)  # back on the board


def test_a_line_unticked_and_a_date_changed_by_hand(ecran: Ecran, cellules: list[int]) -> None:
    debut, fin = suivant()
    at = ecran(PLANIFIER, instances=",".join(map(str, cellules[:3])), debut=f"{debut}", fin=f"{fin}")
    dates = [d for d in at.date_input if d.label.startswith("Date de")]
    at.checkbox[0].uncheck().run()
    dates = [d for d in at.date_input if d.label.startswith("Date de")]
    samedi = next(d for n in range(7) if (d := fin - timedelta(days=20 - n)).weekday() == 5)
    dates[1].set_value(samedi).run()
    next(t for t in at.time_input if t.label == dates[1].label.replace("Date", "Heure")).set_value(time(9, 30)).run()
    assert "9 h 30 – 11 h 30" in said(at).replace("\xa0", " ")
    presser(at, "Créer 2 réunions")
    creees = reunions()
    assert len(creees) == 2
    assert datetime.combine(samedi, time(9, 30)) in {r.debut for r in creees}


def test_a_date_in_the_way_is_said_before_and_refused_when_taken_meanwhile(ecran: Ecran, cellules: list[int]) -> None:
    debut, fin = suivant()
    at = ecran(PLANIFIER, instances=f"{cellules[0]}", debut=f"{debut}", fin=f"{fin}")
    (choisie,) = [d for d in at.date_input if d.label.startswith("Date de")]
    jour: date = choisie.value
    with db.writing() as session:
        lieu = session.exec(select(Lieu.id)).one()
        quand = datetime.combine(jour, time(18))
        session.add(
            Reunion(type=TypeReunion.AUTRE, titre="Jury", debut=quand, fin=quand + timedelta(hours=2), lieu_id=lieu)
        )
    presser(at, "Créer 1 réunion")
    assert "Mairie : lieu déjà pris par « Jury »" in said(at)
    assert [r.titre for r in reunions()] == ["Jury"]


def test_bad_input_keeps_what_was_chosen(ecran: Ecran, cellules: list[int]) -> None:
    debut, fin = suivant()
    at = ecran(PLANIFIER, instances=f"{cellules[0]}", debut=f"{debut}", fin=f"{fin}")
    du, au = at.date_input[0], at.date_input[1]
    au.set_value(debut - timedelta(days=3)).run()
    assert "La fin de la période doit venir après son début" in said(at)
    assert not [b for b in at.button if b.label.startswith("Créer")]
    assert du.value == debut
    at.date_input[1].set_value(fin).run()
    jours = next(p for p in at.pills if p.label == "Jours")
    jours.set_value([]).run()
    assert "Choisissez au moins un jour de la semaine" in said(at)


def test_what_is_chosen_is_there_again_in_a_page_loaded_anew(ecran: Ecran, cellules: list[int]) -> None:
    """And asked for from elsewhere, it is not what was chosen here."""
    debut, fin = suivant()
    adresse = {"instances": ",".join(map(str, cellules[:3])), "debut": f"{debut}", "fin": f"{fin}"}
    at = ecran(PLANIFIER, **adresse)
    plus_tard = debut + timedelta(days=14)
    at.date_input[0].set_value(plus_tard).run()
    next(p for p in at.pills if p.label == "Jours").set_value(["mercredi"]).run()
    at.checkbox[0].uncheck().run()
    at = ecran(PLANIFIER, **adresse)
    assert at.date_input[0].value == plus_tard
    assert next(p for p in at.pills if p.label == "Jours").value == ["mercredi"]
    assert [c.value for c in at.checkbox].count(False) == 1
    assert "est repris" in said(at)
    at = ecran(PLANIFIER, **{**adresse, "instances": f"{cellules[0]}"})
    assert at.date_input[0].value == debut


def test_an_empty_window_explains_itself(ecran: Ecran, cellules: list[int]) -> None:
    debut, fin = suivant()
    with db.writing() as session:
        session.add(JourEvite(genre=GenreJourEvite.EVENEMENT, libelle="Festival", debut=debut, fin=fin))
    at = ecran(PLANIFIER, instances=f"{cellules[0]}", debut=f"{debut}", fin=f"{fin}")
    assert "aucun jour possible dans cette période" in said(at)
    assert "Festival" in said(at)


def test_the_assistant_alone_asks_first(ecran: Ecran, cellules: list[int]) -> None:
    at = ecran(PLANIFIER)
    assert "Les dates proposées viendront ici" in said(at)
    assert not at.error


def test_the_elu_sees_the_board_without_its_buttons(ecran: Ecran, cellules: list[int]) -> None:
    at = ecran(PLAN, role="elu")
    assert not at.exception
    assert not [b for b in at.button if b.label.startswith("Planifier")]
    assert "À planifier" in said(at)


# --- the preparation of a meeting -------------------------------------------------------------------------------------


@pytest.fixture
def reunion(cellules: list[int]) -> int:
    """A cellule in 20 days, in the room."""
    with db.writing() as session:
        debut = datetime.combine(aujourdhui() + timedelta(days=20), time(18))
        lieu = session.exec(select(Lieu.id)).one()
        row = Reunion(
            type=TypeReunion.CELLULE, instance_id=cellules[0], titre="Cellule de veille – Nord", debut=debut,
            fin=debut + timedelta(hours=2), lieu_id=lieu,
        )  # fmt: skip
        session.add(row)
        session.flush()
        return row.id


def test_the_room_in_one_click_does_its_steps(ecran: Ecran, reunion: int) -> None:
    at = ecran(REUNION, id=f"{reunion}")
    assert "05 36 49 00 00" in said(at)
    assert "0 sur 8" in said(at)
    salle = next(s for s in at.segmented_control if s.label == "État de la salle")
    salle.set_value(EtatSalle.CONFIRMEE).run()
    assert reunions()[0].salle is EtatSalle.CONFIRMEE
    assert "2 sur 8" in said(at)


def test_a_room_too_small_for_those_to_convene_is_said(ecran: Ecran, reunion: int, cellules: list[int]) -> None:
    with db.writing() as session:
        session.exec(select(Lieu)).one().capacite = 1
        categorie = Categorie(nom="Ville")
        session.add(categorie)
        session.flush()
        for nom in ("PM", "Bailleur"):
            partenaire = Partenaire(nom=nom, recherche="", categorie_id=categorie.id)
            session.add(partenaire)
            session.flush()
            session.add(Siege(instance_id=cellules[0], partenaire_id=partenaire.id))
    assert "2 destinataires à convoquer : trop petit" in said(ecran(REUNION, id=f"{reunion}"))
    with db.writing() as session:
        session.exec(select(Lieu)).one().capacite = 2
    assert "trop petit" not in said(ecran(REUNION, id=f"{reunion}"))


def test_steps_ticked_not_needed_and_opened_again(ecran: Ecran, reunion: int) -> None:
    at = ecran(REUNION, id=f"{reunion}")
    assert "en retard de 40\u00a0jours" in said(at)
    at = presser(at, "Fait")
    assert "1 sur 8" in said(at)
    at = presser(at, "Sans objet")
    assert "2 sur 8" in said(at)
    at = presser(at, "Rouvrir")
    assert "1 sur 8" in said(at)
    with db.reading() as session:
        assert len(session.exec(select(JalonFait)).all()) == 1


def test_a_late_preparation_is_on_accueil(ecran: Ecran, reunion: int) -> None:
    at = ecran("pages/aujourdhui/accueil.py")
    assert "À préparer : 1 réunion en retard" in said(at)
    assert "À préparer" not in said(ecran("pages/aujourdhui/accueil.py", role="elu"))


def test_the_rest_of_a_series_from_one_meeting_on(ecran: Ecran, cellules: list[int]) -> None:
    debut, _ = suivant()
    lundi = debut + timedelta(days=(7 - debut.weekday()) % 7 + 7)
    with db.writing() as session:
        row = Serie(
            instance_id=cellules[3], regle="FREQ=MONTHLY;BYDAY=+3TU", debut=datetime.combine(lundi, time(14)),
            creee_le=datetime.now().astimezone(),
        )  # fmt: skip
        session.add(row)
        session.flush()
        for semaine in (0, 5):
            quand = datetime.combine(lundi + timedelta(weeks=semaine), time(14))
            session.add(
                Reunion(
                    type=TypeReunion.TECHNIQUE,
                    instance_id=cellules[3],
                    titre="RT",
                    debut=quand,
                    fin=quand + timedelta(hours=2),
                    serie_id=row.id,
                )
            )
    premiere = reunions()[0]
    at = ecran(REUNION, id=f"{premiere.id}")
    assert "La suite de la série : 2 réunions" in said(at)
    geste = next(s for s in at.segmented_control if s.label == "Pour toutes ces réunions")
    geste.set_value("Déplacer").run()
    for label, heure in (("Début", 9), ("Fin", 11)):
        next(t for t in at.time_input if t.label == label).set_value(time(heure)).run()
    at = presser(at, "Déplacer 2 réunions")
    assert [r.debut.hour for r in reunions()] == [9, 9]
    geste = next(s for s in at.segmented_control if s.label == "Pour toutes ces réunions")
    geste.set_value("Annuler").run()
    presser(at, "Annuler 2 réunions")
    assert "Indiquez le motif" in said(at)
    next(t for t in at.text_input if t.label == "Motif").set_value("Travaux")
    presser(at, "Annuler 2 réunions")
    assert {r.etat for r in reunions()} == {EtatReunion.ANNULEE}


def test_a_series_goes_from_tuesdays_to_thursdays(ecran: Ecran, cellules: list[int]) -> None:
    """The rhythm asked, each date shown by the new rule, the usual day of the instance only if one says so; undone."""
    debut = plus_mois(aujourdhui().replace(day=1), 2)
    mardi, jeudi = (rythmes.Rythme(Frequence.MENSUELLE, jour, 3) for jour in (1, 3))
    jours = rythmes.dates(mardi, debut=debut, fin=plus_mois(debut, 8), depuis=debut)
    with db.writing() as session:
        serie = Serie(
            instance_id=cellules[3],
            regle=mardi.regle or "",
            debut=datetime.combine(jours[0], time(14)),
            creee_le=utcnow(),
        )
        session.add(serie)
        session.flush()
        session.add_all(
            Reunion(
                type=TypeReunion.TECHNIQUE,
                instance_id=cellules[3],
                titre="RT",
                debut=datetime.combine(j, time(14)),
                fin=datetime.combine(j, time(16)),
                serie_id=serie.id,
            )
            for j in jours
        )
    at = ecran(REUNION, id=f"{reunions()[0].id}")
    assert "3e mardi du mois" in said(at)
    next(s for s in at.segmented_control if s.label == "Pour toutes ces réunions").set_value("Déplacer").run()
    vers = rythmes.dates(jeudi, debut=debut, fin=plus_mois(debut, 1), depuis=debut)[0]
    next(d for d in at.date_input if d.label == "Nouvelle date de celle-ci").set_value(vers).run()
    assert next(s for s in at.segmented_control if s.label == "Désormais").value == "3e jeudi du mois"
    assert [c.label for c in at.checkbox] == [
        "C’est aussi le nouveau jour habituel de l’instance (aujourd’hui : 3e mardi du mois)"
    ]
    assert "Elles suivront désormais le 3e jeudi du mois" in said(at)
    at = presser(at, "Déplacer ")
    with db.reading() as session:
        (regle,) = session.exec(select(Serie.regle)).all()
        assert rythmes.lire(regle) == jeudi
        assert rythmes.de(session.get_one(Instance, cellules[3])) == mardi
    assert {r.debut.weekday() for r in reunions() if r.debut.month not in (7, 8)} == {3}  # no Thursday is free then
    assert "C’est fait. Série déplacée" in dit(at)
    presser(at, "Annuler")
    assert [r.debut.date() for r in reunions()] == jours


def test_many_meetings_are_asked_first(ecran: Ecran, cellules: list[int]) -> None:
    """Above a few, how many, for how many instances and until when; and undone from the plan."""
    debut, fin = suivant()
    with db.writing() as session:
        technique = session.get_one(Instance, cellules[3])
        technique.frequence, technique.rang = Frequence.HEBDOMADAIRE, None
    at = ecran(PLANIFIER, instances=f"{cellules[3]}", debut=f"{debut}", fin=f"{fin}")
    at = presser(at, "Créer ")
    assert reunions() == []
    assert "Pour 1 instance, du " in "".join(str(m.value) for m in at.markdown)
    at = at.button(key="question.oui").click().run()
    assert len(reunions()) > 12
    assert "C’est fait." in dit(at)
    presser(at, "Annuler")
    assert reunions() == []


# --- lists ------------------------------------------------------------------------------------------------------------


def test_steps_and_days_to_avoid_in_the_lists(ecran: Ecran, cellules: list[int]) -> None:
    at = ecran("pages/administration/listes.py", liste="Étapes des réunions")
    assert "Convocation envoyée :gray-badge[15 jours avant]" in said(at)
    next(t for t in at.text_input if t.label == "Étape").set_value("Affiches posées")
    next(n for n in at.number_input if n.label == "Jours").set_value(7)
    presser(at, "Ajouter")
    assert "Affiches posées :gray-badge[7 jours avant]" in said(at)
    at = ecran("pages/administration/listes.py", liste="Jours à éviter")
    assert "Aucun jour à éviter" in said(at)
    presser(at, "Ajouter")
    assert "Dites pourquoi" in said(at)
    next(t for t in at.text_input if t.label == "Pourquoi").set_value("Festival")
    for label, jour in (("Du", 9), ("Au (compris)", 14)):
        next(d for d in at.date_input if d.label == label).set_value(date(2027, 7, jour))
    presser(at, "Ajouter")
    assert "Festival" in said(at)
    assert "du ven.\u00a09\u00a0juil." in said(at)
