"""When an instance meets: « 3e mardi du mois », « un jeudi sur deux », « le 15 du mois »… One notation (RFC 5545), one
wording, one reckoning of dates, wherever a rhythm is typed, shown, planned or moved."""

import calendar
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Protocol

from dateutil.rrule import rrulestr

from models.lists import JOURS, Frequence

RANG_DERNIER = 5
RANGS = {1: "1er", 2: "2e", 3: "3e", 4: "4e", RANG_DERNIER: "dernier"}
# One meeting in so many weeks, or in so many months; "deux fois par mois" has two ranks; "à la demande" has no rule.
SEMAINES = {Frequence.HEBDOMADAIRE: 1, Frequence.QUINZAINE: 2}
MOIS = {
    Frequence.BIMENSUELLE: 1,
    Frequence.MENSUELLE: 1,
    Frequence.BIMESTRIELLE: 2,
    Frequence.TRIMESTRIELLE: 3,
    Frequence.SEMESTRIELLE: 6,
    Frequence.ANNUELLE: 12,
}
_CODES = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_COURT = 28  # every month has that many days
_TOUS_LES = {
    Frequence.BIMESTRIELLE: ", tous les deux mois",
    Frequence.TRIMESTRIELLE: ", tous les trois mois",
    Frequence.SEMESTRIELLE: ", tous les six mois",
    Frequence.ANNUELLE: ", une fois par an",
}


class Rythmee(Protocol):
    """What carries a rhythm: an instance, as a row or as screens show it."""

    @property
    def frequence(self) -> Frequence: ...
    @property
    def jour(self) -> int | None: ...
    @property
    def rang(self) -> int | None: ...
    @property
    def rang_bis(self) -> int | None: ...
    @property
    def jour_du_mois(self) -> int | None: ...


@dataclass(frozen=True)
class Rythme:
    """`jour` is a weekday 0 to 6, `rang` the week in the month (RANGS), `rang_bis` that of the second meeting of a
    month; `jour_du_mois` stands in place of these. A month too short for it meets on its last day."""

    frequence: Frequence
    jour: int | None = None
    rang: int | None = None
    rang_bis: int | None = None
    jour_du_mois: int | None = None

    @property
    def rangs(self) -> list[int]:
        """The weeks in the month, first one first; the first week when none is said."""
        return sorted({r for r in (self.rang, self.rang_bis) if r}) or [1]

    @property
    def regle(self) -> str | None:
        """As an RFC 5545 rule; None without a frequency or a usual day."""
        if semaines := SEMAINES.get(self.frequence):
            return None if self.jour is None else f"FREQ=WEEKLY;INTERVAL={semaines};BYDAY={_CODES[self.jour]}"
        mois = MOIS.get(self.frequence)
        if mois is None:
            return None
        base = f"FREQ=MONTHLY;INTERVAL={mois}"
        if n := self.jour_du_mois:
            if n <= _COURT:
                return f"{base};BYMONTHDAY={n}"
            return f"{base};BYMONTHDAY={','.join(str(i) for i in range(_COURT, n + 1))};BYSETPOS=-1"
        if self.jour is None:
            return None
        code = _CODES[self.jour]
        jours = ",".join(f"{-1 if r == RANG_DERNIER else r:+d}{code}" for r in self.rangs)
        return f"{base};BYDAY={jours}"

    @property
    def jour_habituel(self) -> str:
        """3e mardi du mois; "" if not set."""
        if self.jour_du_mois:
            return f"le {'1er' if self.jour_du_mois == 1 else self.jour_du_mois} du mois"
        if self.jour is None:
            return ""
        nom = JOURS[self.jour]
        if self.frequence is Frequence.HEBDOMADAIRE:
            return f"tous les {nom}s"
        if self.frequence is Frequence.QUINZAINE:
            return f"un {nom} sur deux"
        if self.rang is None:
            return f"le {nom}"
        return f"{' et '.join(RANGS[r] for r in self.rangs)} {nom} du mois"

    @property
    def phrase(self) -> str:
        """3e mardi du mois, tous les deux mois."""
        return f"{self.jour_habituel}{_TOUS_LES.get(self.frequence, '')}"

    def vers(self, jour: date, *, depuis: date) -> list["Rythme"]:
        """What this rhythm may become when its meeting of `depuis` goes to `jour`, the likeliest first: the rhythm of
        that very day, then (« 3e mardi » moved to a Thursday that is the 4th) that of the same rank."""
        if self.jour_du_mois:
            return [replace(self, jour_du_mois=jour.day)]
        if self.frequence in SEMAINES:
            return [replace(self, jour=jour.weekday())]
        rang = (jour.day - 1) // 7 + 1
        siens = [r for r in (rang, RANG_DERNIER) if r != RANG_DERNIER or jour.day > _jours(jour) - 7]
        quitte = min(self.rangs, key=lambda r: abs((_du_rang(depuis, self.jour or 0, r) - depuis).days))
        if quitte == RANG_DERNIER:
            siens.reverse()
        autre = [r for r in self.rangs if r != quitte]
        choix = [sorted({r, *autre}) for r in [*siens, quitte]]
        possibles = [
            replace(self, jour=jour.weekday(), rang=r[0], rang_bis=r[1] if len(r) > 1 else None)
            for r in choix
            if len(r) == len(self.rangs)
        ]
        return list(dict.fromkeys(possibles))


def erreur(r: Rythme) -> str:
    """What is wrong with a rhythm as typed, in one sentence; "" when it stands."""
    if r.jour_du_mois is not None:
        if r.jour_du_mois not in range(1, 32):
            return "Le jour du mois va de 1 à 31."
        if r.jour is not None or r.rang is not None or r.rang_bis is not None:
            return "Choisissez un jour de la semaine ou un jour du mois, pas les deux."
        if r.frequence in SEMAINES or r.frequence is Frequence.BIMENSUELLE:
            return "Ce rythme suit un jour de la semaine : choisissez-le, et videz le jour du mois."
        return ""
    if r.jour is None:
        return "Choisissez aussi le jour de la semaine." if r.rang is not None or r.rang_bis is not None else ""
    if r.jour not in range(7) or any(x is not None and x not in RANGS for x in (r.rang, r.rang_bis)):
        return "Choisissez un jour de la semaine et son rang dans le mois."
    if r.frequence is Frequence.BIMENSUELLE:
        return "" if len(r.rangs) == 2 else "Choisissez deux rangs différents, par exemple 1er et 3e."
    if r.rang_bis is not None:
        return "Deux rangs font deux réunions par mois : choisissez cette fréquence, ou un seul rang."
    if r.frequence in SEMAINES and r.rang is not None:
        return "Ce rythme revient toutes les semaines ou les quinze jours : videz le rang dans le mois."
    return ""


def de(instance: Rythmee) -> Rythme:
    """The rhythm of an instance."""
    return Rythme(Frequence(instance.frequence), instance.jour, instance.rang, instance.rang_bis, instance.jour_du_mois)


def lire(regle: str) -> Rythme | None:
    """The rhythm that a rule kept by `Rythme.regle` says; None for a rule of another form."""
    champs = dict(x.split("=", 1) for x in regle.split(";") if "=" in x)
    n, jours = int(champs.get("INTERVAL", "1")), champs.get("BYDAY", "").split(",")
    if champs.get("FREQ") == "WEEKLY":
        frequence = next((f for f, s in SEMAINES.items() if s == n), None)
        return Rythme(frequence, _CODES.index(jours[0])) if frequence and jours[0] in _CODES else None
    frequence = next((f for f, m in MOIS.items() if m == n and f is not Frequence.BIMENSUELLE), None)
    if champs.get("FREQ") != "MONTHLY" or frequence is None:
        return None
    if "BYMONTHDAY" in champs:
        return Rythme(frequence, jour_du_mois=int(champs["BYMONTHDAY"].split(",")[-1]))
    if len({j[-2:] for j in jours}) != 1 or jours[0][-2:] not in _CODES:
        return None
    rangs = sorted(RANG_DERNIER if j[:-2] == "-1" else int(j[:-2] or "1") for j in jours)
    if len(rangs) == 2:
        frequence = Frequence.BIMENSUELLE
    return Rythme(frequence, _CODES.index(jours[0][-2:]), *rangs[:2])


def dates(rythme: Rythme, *, debut: date, fin: date, depuis: date) -> list[date]:
    """The days of a rhythm from `debut` to `fin`, both included; months and weeks are counted from that of `depuis`."""
    if rythme.regle is None:
        return []
    hebdo = rythme.frequence in SEMAINES
    depart = depuis - timedelta(days=depuis.weekday()) if hebdo else depuis.replace(day=1)
    jours = rrulestr(rythme.regle, dtstart=datetime.combine(depart, time()))
    return [j.date() for j in jours.between(datetime.combine(debut, time()), datetime.combine(fin, time.max), inc=True)]


def prochain(rythme: Rythme, *, apres: date) -> date | None:
    """The next usual day on or after `apres`, whatever the months or the weeks left out between two meetings."""
    if rythme.jour is not None and (rythme.rang is None or rythme.frequence in SEMAINES):
        return apres + timedelta(days=(rythme.jour - apres.weekday()) % 7)
    serre = replace(rythme, frequence=Frequence.BIMENSUELLE)
    return next(iter(dates(serre, debut=apres, fin=apres + timedelta(days=62), depuis=apres)), None)


def _jours(jour: date) -> int:
    """How many days its month has."""
    return calendar.monthrange(jour.year, jour.month)[1]


def _du_rang(mois: date, jour: int, rang: int) -> date:
    """The n-th (or last) such weekday of that month."""
    premier = mois.replace(day=1) + timedelta(days=(jour - mois.replace(day=1).weekday()) % 7)
    if rang < RANG_DERNIER:
        return premier + timedelta(weeks=rang - 1)
    return premier + timedelta(weeks=4 if premier.day + 28 <= _jours(mois) else 3)
