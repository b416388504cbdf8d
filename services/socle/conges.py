"""School holidays (zone A) and public holidays, for the background of the calendar. No table: two public data sets."""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from functools import cache

import holidays
from vacances_scolaires_france import SchoolHolidayDates

ZONE = "A"  # académie de Poitiers


class Genre(StrEnum):
    VACANCES = "vacances"
    FERIE = "ferie"


@dataclass(frozen=True)
class Periode:
    """Days off, both ends included."""

    nom: str
    debut: date
    fin: date
    genre: Genre


@cache
def _vacances() -> tuple[Periode, ...]:
    """Every known school holiday of the zone, in order. 30 ms the first time: the data set is one line a day."""
    jours = sorted((j, ligne["nom_vacances"]) for j, ligne in SchoolHolidayDates().data.items() if ligne[_COLONNE])
    periodes: list[Periode] = []
    for jour, nom in jours:
        nom = nom.replace("'", "’")
        if periodes and periodes[-1].nom == nom and jour - periodes[-1].fin == timedelta(days=1):
            periodes[-1] = Periode(nom, periodes[-1].debut, jour, Genre.VACANCES)
        else:
            periodes.append(Periode(nom, jour, jour, Genre.VACANCES))
    return tuple(periodes)


_COLONNE = f"vacances_zone_{ZONE.lower()}"


@cache
def _feries(annee: int) -> tuple[Periode, ...]:
    """The public holidays of that year, in order."""
    jours = holidays.country_holidays("FR", years=annee, language="fr").items()
    return tuple(Periode(nom.replace("'", "’"), jour, jour, Genre.FERIE) for jour, nom in sorted(jours))


def vacances_connues() -> tuple[date, date]:
    """The first and last day the school calendar is known for."""
    return _vacances()[0].debut, _vacances()[-1].fin


def entre(debut: date, fin: date) -> list[Periode]:
    """School holidays and public holidays that touch [debut, fin[, school first. None is guessed beyond the data."""
    scolaires = [p for p in _vacances() if p.debut < fin and p.fin >= debut]
    feries = [p for annee in range(debut.year, fin.year + 1) for p in _feries(annee) if debut <= p.debut < fin]
    return scolaires + feries


def ferie(jour: date) -> bool:
    """Is that day a public holiday?"""
    return any(p.debut == jour for p in _feries(jour.year))


def inconnues_apres(debut: date, fin: date) -> date | None:
    """The last known day of the school calendar when [debut, fin[ goes out of it (None: all known)."""
    premier, dernier = vacances_connues()
    # The data ends with a summer: the days after it are school days nobody has published yet.
    return dernier if fin - timedelta(days=1) > dernier or debut < premier else None


def jour_possible(debut: date, fin: date) -> bool:
    """Has [debut, fin] a working day out of the school holidays?"""
    scolaires = [p for p in entre(debut, fin) if p.genre is Genre.VACANCES]
    jours = (debut + timedelta(days=n) for n in range((fin - debut).days + 1))
    return any(j.weekday() < 5 and not ferie(j) and not any(p.debut <= j <= p.fin for p in scolaires) for j in jours)


def premier_ouvre(jour: date) -> date:
    """That day, or the first one after it that is neither a Saturday, a Sunday nor a public holiday."""
    while jour.weekday() >= 5 or ferie(jour):
        jour += timedelta(days=1)
    return jour
