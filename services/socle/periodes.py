"""Periods of the town's three calendars (semestre, civil year, school year), as [debut, fin[ in whole days."""

from calendar import monthrange
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import TypeVar

from services.socle.temps import MOIS_COURTS

RENTREE = 9  # the school year begins on 1 September


class Preset(StrEnum):
    """The periods a screen proposes; the value is what it shows and what the address holds."""

    SEMESTRE = "Semestre en cours"
    SEMESTRE_PRECEDENT = "Semestre précédent"
    ANNEE = "Année civile"
    ANNEE_SCOLAIRE = "Année scolaire"
    DOUZE_MOIS = "12 derniers mois"
    LIBRE = "Dates libres"


@dataclass(frozen=True)
class Periode:
    """Whole days; `fin` is excluded."""

    debut: date
    fin: date

    @property
    def dernier(self) -> date:
        """The last day included."""
        return self.fin - timedelta(days=1)

    @property
    def civile(self) -> tuple[datetime, datetime]:
        """Its two midnights, in civil time."""
        return datetime.combine(self.debut, time()), datetime.combine(self.fin, time())


P = TypeVar("P", bound=Periode)


def plus_mois(jour: date, n: int) -> date:
    """The same day `n` months later (earlier if negative); the last day of the month where there is no such day."""
    annee, mois = divmod(jour.year * 12 + jour.month - 1 + n, 12)
    return date(annee, mois + 1, min(jour.day, monthrange(annee, mois + 1)[1]))


def semestre(jour: date) -> Periode:
    """January to June, or July to December."""
    debut = date(jour.year, 1 if jour.month <= 6 else 7, 1)
    return Periode(debut, plus_mois(debut, 6))


def annee_scolaire(jour: date) -> Periode:
    """September to August."""
    debut = date(jour.year if jour.month >= RENTREE else jour.year - 1, RENTREE, 1)
    return Periode(debut, plus_mois(debut, 12))


def du_preset(preset: Preset, *, today: date) -> Periode:
    """The period a preset stands for today; free dates begin as the semestre in progress."""
    if preset is Preset.SEMESTRE_PRECEDENT:
        return precedente(semestre(today))
    if preset is Preset.ANNEE:
        return Periode(date(today.year, 1, 1), date(today.year + 1, 1, 1))
    if preset is Preset.ANNEE_SCOLAIRE:
        return annee_scolaire(today)
    if preset is Preset.DOUZE_MOIS:
        demain = today + timedelta(days=1)
        return Periode(plus_mois(demain, -12), demain)
    return semestre(today)


def precedente(p: P) -> P:
    """The period of the same length just before: as many whole months if it is made of them, else as many days."""
    if p.debut.day == p.fin.day:
        mois = (p.fin.year - p.debut.year) * 12 + p.fin.month - p.debut.month
        return replace(p, debut=plus_mois(p.debut, -mois), fin=p.debut)
    return replace(p, debut=p.debut - (p.fin - p.debut), fin=p.debut)


def un_an_avant(p: P) -> P:
    """The same days a year earlier; whole months stay whole, 29 February or not."""
    fin = plus_mois(p.fin, -12) if p.debut.day == p.fin.day else plus_mois(p.dernier, -12) + timedelta(days=1)
    return replace(p, debut=plus_mois(p.debut, -12), fin=fin)


def a_ce_jour(p: Periode, avant: P, *, today: date) -> P:
    """Of `avant`, as many days as `p` has had until today: a period in progress is not compared to a whole one."""
    demain = today + timedelta(days=1)
    if not p.debut < demain < p.fin:
        return avant
    mois = (p.debut.year - avant.debut.year) * 12 + p.debut.month - avant.debut.month
    memes = plus_mois(p.debut, -mois) == avant.debut
    fin = plus_mois(demain, -mois) if memes else demain - (p.debut - avant.debut)
    return replace(avant, fin=min(fin, avant.fin))


def mois_entiers(p: Periode) -> list[date]:
    """The first day of each month that the period touches."""
    mois = [p.debut.replace(day=1)]
    while (suivant := plus_mois(mois[-1], 1)) < p.fin:
        mois.append(suivant)
    return mois


def semestres_entiers(p: Periode) -> list[date]:
    """The first day of each semestre that the period touches."""
    debuts = [semestre(p.debut).debut]
    while (suivant := plus_mois(debuts[-1], 6)) < p.fin:
        debuts.append(suivant)
    return debuts


def annees_scolaires(p: Periode) -> list[int]:
    """The school years (2026 is 2026-2027) that the period touches by a day of school: July and August do not count,
    or the semestre from July to December would show two of them."""
    annees = {m.year if m.month >= RENTREE else m.year - 1 for m in mois_entiers(p) if m.month not in (7, 8)}
    return sorted(annees) or [annee_scolaire(p.debut).debut.year]


# --- as screens print them -----------------------------------------------------------------------------------------


def nom_mois(debut: date) -> str:
    """nov. 2026."""
    return f"{MOIS_COURTS[debut.month - 1]} {debut.year}"


def nom_semestre(debut: date) -> str:
    """2e semestre 2026."""
    return f"{'1er' if debut.month == 1 else '2e'} semestre {debut.year}"


def nom_annee_scolaire(annee: int) -> str:
    """2026-2027."""
    return f"{annee}-{annee + 1}"


def nom(p: Periode) -> str:
    """2e semestre 2026; année 2026; année scolaire 2026-2027; else du 3/02/2026 au 5/03/2026."""
    if p.debut == semestre(p.debut).debut and p.fin == semestre(p.debut).fin:
        return nom_semestre(p.debut)
    if (p.debut, p.fin) == (date(p.debut.year, 1, 1), date(p.debut.year + 1, 1, 1)):
        return f"année {p.debut.year}"
    if p.debut == annee_scolaire(p.debut).debut and p.fin == annee_scolaire(p.debut).fin:
        return f"année scolaire {nom_annee_scolaire(p.debut.year)}"
    return f"du {p.debut:%d/%m/%Y} au {p.dernier:%d/%m/%Y}"
