"""An iCalendar file as rows of text, one an event; a series is unfolded between two dates.

Runs in the process of `imports/lecteur.py`. What may speak of people (description, guests, organiser, attached files)
is dropped before anything is read.

Tests: tests/services/imports/test_imports_agenda.py.
"""

import re
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Any

from icalendar import Calendar, Component
from icalendar.error import BrokenCalendarProperty
from recurring_ical_events import of as occurrences_of

from settings import get_settings

ENTETE = ["UID", "Titre", "Début", "Fin", "Lieu", "État", "Refus"]
ANNULE = "Annulée"
EVENEMENTS = 3000
LIGNE = 5000  # characters of what is kept: a title, a place, a rule
AVANT, APRES = timedelta(days=366), timedelta(days=731)  # of a series, around today
DUREE_MAX = timedelta(hours=24)

_GARDE = re.compile(
    r"(BEGIN|END|VERSION|PRODID|UID|DTSTART|DTEND|DURATION|RRULE|RDATE|EXDATE|RECURRENCE-ID|SUMMARY|LOCATION|STATUS|CLASS"
    r"|METHOD|TZID|TZOFFSETFROM|TZOFFSETTO|TZNAME)(?=[;:])",
    re.IGNORECASE,
)
_TROP = f"Ce calendrier compte trop d’événements : {EVENEMENTS} au plus. Exportez une période plus courte."
_ABIME = "Ce calendrier est abîmé ou incomplet. Exportez-le de nouveau."
_SANS = "Aucun événement dans ce calendrier. Exportez-le de nouveau, avec ses réunions."
_UTF8 = "Ce calendrier a des lettres que le carnet ne sait pas lire. Exportez-le de nouveau."
_SANS_UID = "\n"  # no identifier begins so: lines are cut there
_PEU = ("DAILY", "WEEKLY", "MONTHLY", "YEARLY")


class Illisible(Exception):
    """Why the whole file is not read: a sentence for the user."""


def rangs(contenu: bytes, *, today: date) -> list[list[str]]:
    """The titles, then one row for each event.

    Raises:
        Illisible: it is no calendar, or it is made to do harm.
    """
    try:
        texte = contenu.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Illisible(_UTF8) from error
    texte = _utile(texte)
    if any(len(ligne) > LIGNE for ligne in texte.split("\r\n")):
        raise Illisible("Ce calendrier contient une ligne démesurée : il n’est pas lu. Exportez-le de nouveau.")
    nombre = len(re.findall(r"^BEGIN:VEVENT\r?$", texte, re.MULTILINE | re.IGNORECASE))
    if not nombre:
        raise Illisible(_SANS)
    if nombre > EVENEMENTS:
        raise Illisible(_TROP)
    try:
        calendriers = Calendar.from_ical(texte, multiple=True)
    except ValueError as error:
        raise Illisible(_ABIME) from error
    series: dict[str, list[Component]] = {}
    for calendrier in calendriers:
        for evenement in calendrier.walk("VEVENT"):
            if str(calendrier.get("METHOD", "")).upper() == "CANCEL":
                evenement["STATUS"] = "CANCELLED"
            uid = str(evenement.get("UID", "")).strip()
            series.setdefault(uid or f"{_SANS_UID}{len(series)}", []).append(evenement)
    lignes = [ENTETE]
    for uid, evenements in series.items():
        lignes += _serie("" if uid.startswith(_SANS_UID) else uid, evenements, today)
        if len(lignes) > EVENEMENTS:
            raise Illisible(_TROP)
    if len(lignes) == 1:
        raise Illisible(_ABIME)
    return lignes


def _utile(texte: str) -> str:
    """The lines that say what, when and where; folded lines are joined first."""
    texte = re.sub(r"\r\n?", "\n", texte)
    texte = re.sub(r"\n[ \t]", "", texte)
    return "\r\n".join(ligne.strip() for ligne in texte.split("\n") if _GARDE.match(ligne)) + "\r\n"


def _serie(uid: str, evenements: list[Component], today: date) -> Iterator[list[str]]:
    if len(evenements) == 1 and not evenements[0].get("RRULE") and not evenements[0].get("RDATE"):
        yield _ligne(_cle(uid, evenements[0], "RECURRENCE-ID"), evenements[0])
        return
    faux = next((x for e in evenements if (x := _date_fausse(e) or _regle_fausse(e))), "")
    if faux:
        yield _refus(uid, evenements[0], faux)
        return
    calendrier = Calendar()
    for evenement in evenements:
        calendrier.add_component(evenement)
    debut, fin = (datetime.combine(d, time()) for d in (today - AVANT, today + APRES))
    try:
        occurrences = occurrences_of(calendrier).between(debut, fin)
    except (ValueError, TypeError, KeyError, OverflowError):
        yield _refus(uid, evenements[0], "Sa répétition n’est pas comprise : créez cette série dans le carnet.")
        return
    if not occurrences:
        yield _refus(uid, evenements[0], "Cette série n’a aucune date dans l’année passée ni les deux à venir.")
    for o in occurrences:
        yield _ligne(_cle(uid, o, "RECURRENCE-ID", "DTSTART"), o)


def _cle(uid: str, e: Component, *champs: str) -> str:
    """What an event is known by: one date of a series, by the hour at which the series had it first."""
    origine = next((d for c in champs if isinstance(d := _dt(e, c), date)), None)
    return f"{uid}/{_civil(origine):%Y%m%dT%H%M}" if uid and origine else uid


def _date_fausse(e: Component) -> str:
    if not isinstance(_dt(e, "DTSTART"), date):  # a datetime is a date
        return "Sa date de début manque ou n’est pas comprise."
    if e.get("DTEND") is not None and not isinstance(_dt(e, "DTEND"), date):
        return "Sa date de fin n’est pas comprise."
    return ""


def _dt(e: Component, champ: str) -> Any:
    """The value of a date or a length; None when it is missing or broken."""
    try:
        return getattr(e.get(champ), "dt", None)
    except BrokenCalendarProperty:
        return None


def _regle_fausse(e: Component) -> str:
    """A rule that no meeting follows, and that would take for ever to unfold."""
    regles: Any = e.get("RRULE")
    for regle in regles if isinstance(regles, list) else [regles] if regles else []:
        frequence = str((regle.get("FREQ") or [""])[0]).upper()
        if frequence not in _PEU or any(regle.get(x) for x in ("BYHOUR", "BYMINUTE", "BYSECOND")):
            return "Il se répète plusieurs fois par jour : ce n’est pas une réunion."
        if _dt(e, "DTSTART").year < 1990:
            return "Sa répétition commence avant 1990 : créez cette série dans le carnet."
    return ""


def _ligne(uid: str, e: Component) -> list[str]:
    if faux := _date_fausse(e):
        return _refus(uid, e, faux)
    if str(e.get("CLASS", "PUBLIC")).upper() in {"PRIVATE", "CONFIDENTIAL"}:
        return [uid, "Événement privé", "", "", "", "", "Il est marqué privé : il n’est pas importé."]
    debut, fin = _dt(e, "DTSTART"), _fin(e)
    duree = _civil(fin) - _civil(debut)
    if duree > DUREE_MAX:
        return _refus(uid, e, "Il dure plusieurs jours : ce n’est pas une réunion.")
    if duree < timedelta():
        return _refus(uid, e, "Sa fin vient avant son début.")
    etat = ANNULE if str(e.get("STATUS", "")).upper() == "CANCELLED" else ""
    journee = not isinstance(debut, datetime)
    return [
        uid,
        _texte(e, "SUMMARY"),
        _ecrit(debut),
        "" if journee or not duree else _ecrit(fin),
        _texte(e, "LOCATION"),
        etat,
        "",
    ]


def _fin(e: Component) -> date:
    debut: date = _dt(e, "DTSTART")
    fin, duree = _dt(e, "DTEND"), _dt(e, "DURATION")
    if isinstance(fin, date):
        return fin
    return debut + duree if isinstance(duree, timedelta) else debut


def _refus(uid: str, e: Component, motif: str) -> list[str]:
    debut = _dt(e, "DTSTART")
    return [uid, _texte(e, "SUMMARY"), _ecrit(debut) if isinstance(debut, date) else "", "", "", "", motif]


def _civil(moment: date) -> datetime:
    """Town time; an event without a zone is in town time already."""
    if not isinstance(moment, datetime):
        return datetime.combine(moment, time())
    return moment.astimezone(get_settings().zone).replace(tzinfo=None) if moment.tzinfo else moment


def _ecrit(moment: date) -> str:
    return f"{_civil(moment):%d/%m/%Y %H:%M}" if isinstance(moment, datetime) else f"{moment:%d/%m/%Y}"


def _texte(e: Any, champ: str) -> str:
    return " ".join(str(e.get(champ, "")).split())
