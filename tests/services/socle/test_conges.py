"""Days off in the background of the calendar: zone A, public holidays, and what is not known."""

from datetime import date, timedelta

import pytest

from services.socle import conges
from services.socle.conges import Genre


def _noms(debut: date, fin: date, genre: Genre) -> list[str]:
    return [p.nom for p in conges.entre(debut, fin) if p.genre is genre]


def test_school_holidays_of_the_zone_by_name() -> None:
    hiver = [p for p in conges.entre(date(2027, 2, 1), date(2027, 3, 1)) if p.genre is Genre.VACANCES]
    # Zone A: 13 to 28 February 2027 (arrêté of the school calendar 2026-2027); zone B begins a week later.
    assert [(p.nom, p.debut, p.fin) for p in hiver] == [("Vacances d’hiver", date(2027, 2, 13), date(2027, 2, 28))]


def test_two_summers_are_two_periods() -> None:
    etes = [p for p in conges.entre(date(2026, 1, 1), date(2028, 1, 1)) if p.nom == "Vacances d’été"]
    assert [p.debut.year for p in etes] == [2026, 2027]
    assert all(p.fin - p.debut < timedelta(days=80) for p in etes)


def test_period_half_inside_the_range_is_whole() -> None:
    noel = [p for p in conges.entre(date(2027, 1, 1), date(2027, 1, 2)) if p.genre is Genre.VACANCES]
    assert [(p.debut, p.fin) for p in noel] == [(date(2026, 12, 19), date(2027, 1, 3))]


@pytest.mark.parametrize("annee", [2026, 2035])
def test_eleven_public_holidays_of_metropole_in_french(annee: int) -> None:
    feries = _noms(date(annee, 1, 1), date(annee + 1, 1, 1), Genre.FERIE)
    assert len(feries) == 11
    assert {"Jour de l’an", "Fête nationale", "Toussaint", "Armistice", "Noël"} <= set(feries)


def test_end_of_range_is_excluded() -> None:
    assert _noms(date(2026, 11, 9), date(2026, 11, 11), Genre.FERIE) == []
    assert _noms(date(2026, 11, 9), date(2026, 11, 12), Genre.FERIE) == ["Armistice"]


def test_beyond_the_known_years_nothing_is_guessed_and_it_is_said() -> None:
    _, dernier = conges.vacances_connues()
    loin = dernier + timedelta(days=400)
    assert _noms(loin, loin + timedelta(days=365), Genre.VACANCES) == []
    assert conges.inconnues_apres(loin, loin + timedelta(days=7)) == dernier
    assert conges.inconnues_apres(dernier - timedelta(days=6), dernier + timedelta(days=1)) is None
    assert conges.inconnues_apres(dernier - timedelta(days=6), dernier + timedelta(days=2)) == dernier
