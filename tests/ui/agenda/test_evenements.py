"""The component's data both ways: civil time untouched, French everywhere, nothing trusted."""

import json
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from models.lists import EtatReunion, EtatSalle, EtatSeance, TypeReunion
from services.agenda.reunions import ReunionVue
from services.projets.creneaux import SeanceVue
from services.socle.conges import Genre, Periode
from ui.agenda import evenements
from ui.agenda.evenements import Choisir, Deplacer, Ouvrir, OuvrirSeance, Vue

MARDI = date(2026, 11, 24)


def reunion(**change: Any) -> ReunionVue:
    valeurs: dict[str, Any] = {
        "id": 7,
        "type": TypeReunion.CELLULE,
        "titre": "Cellule de veille – Mireuil",
        "instance_id": 1,
        "instance": "Cellule de veille – Mireuil",
        "secteur_id": 1,
        "debut": datetime(2026, 11, 24, 14),
        "fin": datetime(2026, 11, 24, 16),
        "lieu_id": 2,
        "lieu": "Mairie",
        "adresse": "",
        "salle": EtatSalle.A_RESERVER,
        "serie_id": None,
        "sequence": 0,
        "etat": EtatReunion.CONVOQUEE,
        "motif": "",
        "habitants": None,
        "version": 3,
    }
    return ReunionVue(**(valeurs | change))


# --- where we are --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("vue", "debut", "fin"),
    [
        (Vue.JOUR, date(2026, 11, 24), date(2026, 11, 25)),
        (Vue.SEMAINE, date(2026, 11, 23), date(2026, 11, 30)),
        (Vue.MOIS, date(2026, 10, 26), date(2026, 12, 7)),
        (Vue.LISTE, date(2026, 11, 1), date(2026, 12, 1)),
    ],
)
def test_range(vue: Vue, debut: date, fin: date) -> None:
    assert evenements.plage(vue, MARDI) == (debut, fin)


def test_month_of_exact_weeks_has_no_other_day() -> None:
    assert evenements.plage(Vue.MOIS, date(2027, 2, 10)) == (date(2027, 2, 1), date(2027, 3, 1))


@pytest.mark.parametrize("vue", list(Vue))
def test_steps_leave_no_gap(vue: Vue) -> None:
    """Going on from view to view meets every day, over two years."""
    jour = date(2026, 1, 31)
    for _ in range(30):
        fin = evenements.plage(vue, jour)[1]
        jour = evenements.decaler(vue, jour, 1)
        assert evenements.plage(vue, jour)[0] <= fin
    assert evenements.decaler(Vue.MOIS, date(2027, 1, 31), 1) == date(2027, 2, 28)
    assert evenements.decaler(Vue.MOIS, date(2026, 1, 31), -1) == date(2025, 12, 31)


def test_titles() -> None:
    assert evenements.titre(Vue.MOIS, MARDI) == "novembre 2026"
    assert evenements.titre(Vue.SEMAINE, MARDI) == "du 23 au 29\u00a0novembre\u00a02026"
    assert evenements.titre(Vue.SEMAINE, date(2026, 12, 1)) == "du 30\u00a0novembre au 6\u00a0décembre\u00a02026"
    assert (
        evenements.titre(Vue.SEMAINE, date(2027, 1, 1)) == "du 28\u00a0décembre\u00a02026 au 3\u00a0janvier\u00a02027"
    )
    assert evenements.titre(Vue.JOUR, date(2026, 12, 1)) == "mardi 1er\u00a0décembre\u00a02026"


# --- out -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("jour", [date(2026, 10, 24), date(2026, 10, 25), date(2027, 3, 27), date(2027, 3, 28)])
def test_there_and_back_across_clock_changes(jour: date) -> None:
    """What the component sends back for an event it did not move is the event, on both sides of both changes."""
    debut = datetime.combine(jour, datetime.min.time()) + timedelta(hours=14)
    vue = reunion(debut=debut, fin=debut + timedelta(hours=2))
    [evenement] = evenements.evenements([vue], tour=0, modifiable=True)
    rendu = {**evenement, "start": f"{evenement['start']}Z", "end": f"{evenement['end']}Z"}
    assert evenements.lire(changement(rendu)) == Deplacer(7, 3, debut, debut + timedelta(hours=2))


def test_colour_is_never_alone() -> None:
    """The state is in the text, whatever the colour and the stroke say."""
    assert (
        evenements.evenements([reunion()], tour=0, modifiable=True)[0]["title"]
        == "Cellule de veille – Mireuil · Mairie"
    )
    for etat in EtatReunion:
        if etat is not EtatReunion.CONVOQUEE:
            titre = evenements.evenements([reunion(etat=etat)], tour=0, modifiable=True)[0]["title"]
            assert etat.libelle.lower() in titre
    assert len(set(evenements.COULEURS.values())) == len(TypeReunion)


@pytest.mark.parametrize("couleur", [*evenements.COULEURS.values(), evenements.COULEUR_SEANCE])
def test_white_text_is_readable(couleur: str) -> None:
    def lineaire(c: str) -> float:
        v = int(c, 16) / 255
        return v / 12.92 if v <= 0.03928 else ((v + 0.055) / 1.055) ** 2.4

    luminance = sum(k * lineaire(couleur[i : i + 2]) for k, i in ((0.2126, 1), (0.7152, 3), (0.0722, 5)))
    assert 1.05 / (luminance + 0.05) >= 4.7


@pytest.mark.parametrize("etat", list(EtatReunion))
def test_only_meetings_to_come_can_be_dragged(etat: EtatReunion) -> None:
    [evenement] = evenements.evenements([reunion(etat=etat)], tour=0, modifiable=True)
    assert evenement["editable"] is (etat in (EtatReunion.BROUILLON, EtatReunion.CONVOQUEE, EtatReunion.EN_SEANCE))
    assert evenements.evenements([reunion(etat=etat)], tour=0, modifiable=False)[0]["editable"] is False


def test_no_address_in_an_event() -> None:
    """The component would open an event's `url`, even javascript:."""
    [evenement] = evenements.evenements([reunion(titre="javascript:alert(1)")], tour=0, modifiable=True)
    assert "url" not in evenement
    json.dumps(evenement)  # plain data


def test_reader_gets_a_calendar_that_takes_nothing() -> None:
    options = evenements.options(Vue.SEMAINE, MARDI, now=datetime(2026, 11, 24, 9), modifiable=False)
    assert (options["editable"], options["selectable"]) == (False, False)


@pytest.mark.parametrize("vue", list(Vue))
def test_options_are_plain_french_and_civil(vue: Vue) -> None:
    options = evenements.options(vue, MARDI, now=datetime(2026, 11, 24, 9, 5, 30), modifiable=True)
    json.dumps(options)
    assert (options["locale"], options["firstDay"], options["timeZone"]) == ("fr", 1, "UTC")
    assert options["now"] == "2026-11-24T09:05"
    assert options["initialView"] == "carnet"
    assert "licenseKey" not in json.dumps(options)
    assert not any("resource" in str(v) for v in options["views"]["carnet"].values())


def test_grid_opens_for_an_early_or_late_meeting() -> None:
    def heures(*reunions: ReunionVue) -> tuple[str, str]:
        o = evenements.options(Vue.SEMAINE, MARDI, now=datetime(2026, 11, 24), modifiable=True, reunions=reunions)
        return o["slotMinTime"], o["slotMaxTime"]

    assert heures() == ("08:00:00", "22:00:00")
    assert heures(reunion(debut=datetime(2026, 11, 24, 6, 30))) == ("06:00:00", "22:00:00")
    assert heures(reunion(fin=datetime(2026, 11, 24, 22, 15))) == ("08:00:00", "23:00:00")
    assert heures(reunion(fin=datetime(2026, 11, 25, 1))) == ("00:00:00", "24:00:00")


def test_days_off_behind_with_their_name() -> None:
    noel = Periode("Vacances de Noël", date(2026, 12, 19), date(2027, 1, 3), Genre.VACANCES)
    [fond] = evenements.fonds([noel], Vue.MOIS)
    assert (fond["start"], fond["end"], fond["display"]) == ("2026-12-19", "2027-01-04", "background")
    assert (fond["title"], fond["allDay"]) == ("Vacances de Noël", True)
    [fond] = evenements.fonds([noel], Vue.SEMAINE)
    assert (fond["start"], fond["end"], fond["allDay"]) == ("2026-12-19T00:00:00", "2027-01-04T00:00:00", False)
    assert evenements.fonds([noel], Vue.LISTE) == []
    assert evenements.noms_conges([noel]) == "Vacances de Noël (zone A) : du 19/12 au 03/01"


def test_a_raised_counter_changes_every_event() -> None:
    avant, apres = (evenements.evenements([reunion()], tour=t, modifiable=True) for t in (1, 2))
    assert avant != apres
    assert evenements.temoin(1) != evenements.temoin(2)


# --- back ----------------------------------------------------------------------------------------------------------


def changement(evenement: dict[str, Any]) -> dict[str, Any]:
    return {"callback": "eventChange", "eventChange": {"event": evenement}}


def test_click_selection_and_move() -> None:
    assert evenements.lire({"callback": "eventClick", "eventClick": {"event": {"id": "7"}}}) == Ouvrir(7)
    choix = {"start": "2026-11-24T14:00:00.000Z", "end": "2026-11-24T15:30:00.000Z", "allDay": False}
    assert evenements.lire({"callback": "select", "select": choix}) == Choisir(
        datetime(2026, 11, 24, 14), datetime(2026, 11, 24, 15, 30), False
    )
    evenement = {"id": "7", "start": "2026-11-24T10:00:00Z", "extendedProps": {"version": 3}}
    assert evenements.lire(changement(evenement)) == Deplacer(
        7, 3, datetime(2026, 11, 24, 10), datetime(2026, 11, 24, 11)
    )


@pytest.mark.parametrize("marque", [".000Z", "Z", "", "+00:00"])
def test_civil_digits_whatever_the_zone_mark(marque: str) -> None:
    lu = evenements.civil(f"2026-11-24T14:00:00{marque}")
    assert (lu, lu.tzinfo) == (datetime(2026, 11, 24, 14), None)


@pytest.mark.parametrize(
    "valeur",
    [
        None,
        {},
        "select",
        {"callback": "eventsSet", "eventsSet": {"events": []}},
        {"callback": "eventClick", "eventClick": {"event": {"id": "conge-ferie-2026-11-11"}}},
        {"callback": "eventClick", "eventClick": {}},
        {"callback": "select", "select": {"start": "demain", "end": "après", "allDay": False}},
        {"callback": "select", "select": {"start": None, "end": None, "allDay": False}},
        changement({"id": "7", "start": "2026-11-24", "allDay": True, "extendedProps": {"version": 3}}),
        changement({"id": "7", "start": "2026-11-24T14:00:00Z", "extendedProps": {}}),
        changement({"id": "7", "start": "9999-12-31T23:30:00Z", "extendedProps": {"version": 3}}),
    ],
)
def test_anything_else_is_nothing(valeur: Any) -> None:
    assert evenements.lire(valeur) is None


# --- séances of «13-18» --------------------------------------------------------------------------------------------


def seance(etat: EtatSeance = EtatSeance.PREVUE) -> SeanceVue:
    debut = datetime(2026, 11, 24, 9)
    fin = debut + timedelta(hours=2)
    return SeanceVue(31, 5, 2026, "Collège Missy", 8, "4e A", debut, fin, "CDI", 28, None, etat, "", {}, 2)


def test_a_séance_is_only_looked_at_and_leads_to_its_collège() -> None:
    [evenement] = evenements.evenements_seances([seance()], tour=0)
    assert (evenement["title"], evenement["editable"]) == ("13-18 · Collège Missy · 4e A", False)
    assert evenement["color"] not in evenements.COULEURS.values()
    assert evenements.lire({"callback": "eventClick", "eventClick": {"event": evenement}}) == OuvrirSeance(5)
    [faite] = evenements.evenements_seances([seance(EtatSeance.REALISEE)], tour=0)
    assert faite["title"] == "(réalisée) 13-18 · Collège Missy · 4e A"


@pytest.mark.parametrize("id", ["seance-", "seance-x-1", "temoin"])
def test_a_click_on_no_séance_is_nothing(id: str) -> None:
    assert evenements.lire({"callback": "eventClick", "eventClick": {"event": {"id": id}}}) is None
