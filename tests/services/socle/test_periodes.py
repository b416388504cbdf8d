"""Periods: the town's three calendars, the period before, the same a year before."""

from datetime import date

import pytest

from services.socle import periodes
from services.socle.periodes import Periode, Preset

TODAY = date(2026, 11, 23)


def p(debut: str, fin: str) -> Periode:
    return Periode(date.fromisoformat(debut), date.fromisoformat(fin))


@pytest.mark.parametrize(
    ("preset", "attendue", "nom"),
    [
        (Preset.SEMESTRE, p("2026-07-01", "2027-01-01"), "2e semestre 2026"),
        (Preset.SEMESTRE_PRECEDENT, p("2026-01-01", "2026-07-01"), "1er semestre 2026"),
        (Preset.ANNEE, p("2026-01-01", "2027-01-01"), "année 2026"),
        (Preset.ANNEE_SCOLAIRE, p("2026-09-01", "2027-09-01"), "année scolaire 2026-2027"),
        (Preset.DOUZE_MOIS, p("2025-11-24", "2026-11-24"), "du 24/11/2025 au 23/11/2026"),
    ],
)
def test_presets(preset: Preset, attendue: Periode, nom: str) -> None:
    assert periodes.du_preset(preset, today=TODAY) == attendue
    assert periodes.nom(attendue) == nom


@pytest.mark.parametrize(
    ("periode", "precedente", "un_an_avant"),
    [
        # A semestre is 181, 182 or 184 days: it stays a semestre.
        (p("2026-07-01", "2027-01-01"), p("2026-01-01", "2026-07-01"), p("2025-07-01", "2026-01-01")),
        (p("2028-01-01", "2028-07-01"), p("2027-07-01", "2028-01-01"), p("2027-01-01", "2027-07-01")),
        (p("2026-09-01", "2027-09-01"), p("2025-09-01", "2026-09-01"), p("2025-09-01", "2026-09-01")),
        # February, leap or not, stays a whole month.
        (p("2029-02-01", "2029-03-01"), p("2029-01-01", "2029-02-01"), p("2028-02-01", "2028-03-01")),
        (p("2028-02-29", "2028-03-01"), p("2028-02-28", "2028-02-29"), p("2027-02-28", "2027-03-01")),
        # Free dates: as many days.
        (p("2026-03-10", "2026-03-21"), p("2026-02-27", "2026-03-10"), p("2025-03-10", "2025-03-21")),
        (p("2025-11-24", "2026-11-24"), p("2024-11-24", "2025-11-24"), p("2024-11-24", "2025-11-24")),
    ],
)
def test_what_it_is_compared_to(periode: Periode, precedente: Periode, un_an_avant: Periode) -> None:
    assert periodes.precedente(periode) == precedente
    assert periodes.un_an_avant(periode) == un_an_avant


def test_whole_months_semestres_and_school_years() -> None:
    douze = p("2025-11-24", "2026-11-24")
    assert periodes.mois_entiers(douze)[0] == date(2025, 11, 1)
    assert len(periodes.mois_entiers(douze)) == 13
    assert periodes.semestres_entiers(douze) == [date(2025, 7, 1), date(2026, 1, 1), date(2026, 7, 1)]
    assert periodes.annees_scolaires(douze) == [2025, 2026]
    # From July to December one school year only: nothing is held in July and August.
    assert periodes.annees_scolaires(p("2026-07-01", "2027-01-01")) == [2026]
    assert periodes.annees_scolaires(p("2026-07-01", "2026-08-01")) == [2025]
