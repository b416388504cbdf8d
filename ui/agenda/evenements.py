"""streamlit-calendar <-> plain data: what it is given, and what its answers mean. Pure functions, no Streamlit.

Civil times travel as if they were UTC (`timeZone: "UTC"`), so no clock change can move them.
The component cannot be told to go to another date or view once mounted; but its one view, "carnet", is redefined and
its `visibleRange` changed through options, which it obeys. So it keeps one key and is never mounted again.
"""

import calendar as _calendar
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any

from models.lists import ETATS_REUNION_SANS_SUITE, EtatReunion, EtatSeance, TypeReunion
from services.agenda.reunions import ANNEES, ReunionVue
from services.projets.creneaux import SeanceVue
from services.socle.conges import Genre, Periode
from services.socle.temps import jour_long, mois_long
from services.socle.texte import insecables
from settings import ROOT

HAUTEUR = 560
REPERES = ("eventClick", "eventChange", "select")
EVENEMENTS_MAX = 100
PREMIER, DERNIER = date(ANNEES[0], 1, 1), date(ANNEES[1], 12, 31)

# White text on each is at least 5.5:1.
COULEURS: dict[TypeReunion, str] = {
    TypeReunion.CELLULE: "#0b5394",
    TypeReunion.TECHNIQUE: "#0f766e",
    TypeReunion.EXCEPTIONNELLE: "#b42318",
    TypeReunion.PROJET: "#6b3fa0",
    TypeReunion.AUTRE: "#475467",
}
COULEUR_SEANCE = "#8a5a00"
_CSS = (ROOT / "web" / "browser" / "calendrier.css").read_text(encoding="utf-8")
SEANCES = "Séances 13-18"  # as the pills name them, after the kinds of meeting

_MOTS = {
    "allDayText": "Journée",
    "noEventsText": "Aucune réunion dans cette période.",
    "moreLinkText": "en plus",
    "moreLinkHint": "Montrer les autres réunions",
    "weekText": "Sem.",
    "closeHint": "Fermer",
    "timeHint": "Heure",
    "eventHint": "Réunion",
    "buttonText": {
        "today": "Aujourd’hui",
        "month": "Mois",
        "week": "Semaine",
        "day": "Jour",
        "list": "Liste",
        "prev": "Précédent",
        "next": "Suivant",
    },
}


class Vue(StrEnum):
    """The four ways to look at the calendar, by their name on screen."""

    MOIS = "Mois"
    SEMAINE = "Semaine"
    JOUR = "Jour"
    LISTE = "Liste"


# --- where we are --------------------------------------------------------------------------------------------------


def plage(vue: Vue, jour: date) -> tuple[date, date]:
    """The days shown, end excluded: whole weeks for a month."""
    lundi = jour - timedelta(days=jour.weekday())
    if vue is Vue.JOUR:
        return jour, jour + timedelta(days=1)
    if vue is Vue.SEMAINE:
        return lundi, lundi + timedelta(days=7)
    premier = jour.replace(day=1)
    suivant = _mois(premier, 1)
    if vue is Vue.LISTE:
        return premier, suivant
    fin = suivant + timedelta(days=-suivant.weekday() % 7)
    return premier - timedelta(days=premier.weekday()), fin


def minuit(jour: date) -> datetime:
    """The first instant of a day."""
    return datetime(jour.year, jour.month, jour.day)  # noqa: DTZ001 - civil time


def decaler(vue: Vue, jour: date, sens: int) -> date:
    """The same view one step before (-1) or after (1)."""
    if vue is Vue.JOUR:
        return jour + timedelta(days=sens)
    if vue is Vue.SEMAINE:
        return jour + timedelta(days=7 * sens)
    return _mois(jour, sens)


def titre(vue: Vue, jour: date) -> str:
    """What is shown: "novembre 2026", "du 23 au 29 novembre 2026", "lundi 23 novembre 2026"."""
    if vue is Vue.JOUR:
        return jour_long(jour)
    if vue is not Vue.SEMAINE:
        return f"{mois_long(jour)} {jour.year}"
    debut, fin = plage(vue, jour)
    fin -= timedelta(days=1)
    gauche = _quantieme(debut)
    if debut.month != fin.month:
        gauche += f" {mois_long(debut)}"
    if debut.year != fin.year:
        gauche += f" {debut.year}"
    return insecables(f"du {gauche} au {_quantieme(fin)} {mois_long(fin)} {fin.year}")


def _mois(jour: date, n: int) -> date:
    annee, mois = divmod(jour.year * 12 + jour.month - 1 + n, 12)
    return date(annee, mois + 1, min(jour.day, _calendar.monthrange(annee, mois + 1)[1]))


def _quantieme(jour: date) -> str:
    return "1er" if jour.day == 1 else str(jour.day)


# --- what the component is given -----------------------------------------------------------------------------------


def evenements(reunions: Sequence[ReunionVue], *, tour: int, modifiable: bool) -> list[dict[str, Any]]:
    """The events of these meetings. `tour` is a counter: raised, it snaps a refused event back to its place."""
    return [
        {
            "id": str(r.id),
            "title": _intitule(r),
            "start": r.debut.isoformat(timespec="seconds"),
            "end": r.fin.isoformat(timespec="seconds"),
            "editable": modifiable and r.mobile,
            "color": COULEURS[r.type],
            "textColor": "#ffffff",
            "display": "block",
            "classNames": _classes(r.type.value, r.etat),
            "extendedProps": {"version": r.version, "tour": tour},
        }
        for r in reunions
    ]


def evenements_seances(seances: Sequence[SeanceVue], *, tour: int) -> list[dict[str, Any]]:
    """The séances of «13-18», to be looked at only: a click leads to their collège."""
    return [
        {
            "id": f"seance-{s.participation_id}-{s.id}",
            "title": _intitule_seance(s),
            "start": s.debut.isoformat(timespec="seconds"),
            "end": s.fin.isoformat(timespec="seconds"),
            "editable": False,
            "color": COULEUR_SEANCE,
            "textColor": "#ffffff",
            "display": "block",
            "classNames": _classes("seance", s.etat),
            "extendedProps": {"tour": tour},
        }
        for s in seances
    ]


def _classes(genre: str, etat: EtatReunion | EtatSeance) -> list[str]:
    sans_suite = etat.value in {e.value for e in ETATS_REUNION_SANS_SUITE}
    return [f"type-{genre}", f"etat-{etat.value}", *(["sans-suite"] if sans_suite else [])]


def _intitule_seance(s: SeanceVue) -> str:
    titre = f"13-18 · {s.college} · {s.classe}"
    return titre if s.etat is EtatSeance.PREVUE else f"({s.etat.libelle.lower()}) {titre}"


def temoin(tour: int) -> dict[str, Any]:
    """An event nobody sees: with a new `tour` the list of events always differs, so `eventsSet` always answers."""
    return {"id": "temoin", "title": "", "start": "1970-01-01", "display": "none", "extendedProps": {"tour": tour}}


def _intitule(r: ReunionVue) -> str:
    """State first where it stops the meeting (a stroke says nothing alone), title, place, else state last."""
    lieu = f" · {r.lieu}" if r.lieu else ""
    etat = r.etat.libelle.lower()
    if r.etat in ETATS_REUNION_SANS_SUITE:
        return f"({etat}) {r.titre}{lieu}"
    return f"{r.titre}{lieu}" + ("" if r.etat is EtatReunion.CONVOQUEE else f" ({etat})")


def fonds(periodes: Sequence[Periode], vue: Vue) -> list[dict[str, Any]]:
    """Background of the days off, with their name. The list shows no background: its caption names them."""
    if vue is Vue.LISTE:
        return []
    heures = "" if vue is Vue.MOIS else "T00:00:00"  # the hour grid has no row for whole days
    return [
        {
            "id": f"conge-{p.genre.value}-{p.debut.isoformat()}",
            "title": p.nom,
            "start": p.debut.isoformat() + heures,
            "end": (p.fin + timedelta(days=1)).isoformat() + heures,
            "allDay": not heures,
            "display": "background",
            "classNames": [f"conge-{p.genre.value}"],
        }
        for p in periodes
    ]


def noms_conges(periodes: Sequence[Periode]) -> str:
    """The days off in words, for the line under the title: "Vacances de Noël (zone A) du 19/12 au 03/01"."""
    morceaux = []
    for p in periodes:
        if p.genre is Genre.FERIE:
            morceaux.append(f"{p.nom} : férié le {p.debut:%d/%m}")
        else:
            morceaux.append(f"{p.nom} (zone A) : du {p.debut:%d/%m} au {p.fin:%d/%m}")
    return " · ".join(morceaux)


def options(
    vue: Vue,
    jour: date,
    *,
    now: datetime,
    modifiable: bool,
    reunions: Sequence[ReunionVue | SeanceVue] = (),
    liste: bool = False,
) -> dict[str, Any]:
    """Options of the component: French everywhere, civil time, our own toolbar above it.

    Args:
        liste: the days as a list, whatever the view.
    """
    debut, fin = plage(vue, jour)
    base = "list" if liste else {Vue.MOIS: "dayGrid", Vue.LISTE: "list"}.get(vue, "timeGrid")
    ouverture, fermeture = _heures(reunions)
    return {
        "initialView": "carnet",
        "views": {"carnet": {"type": base}},
        "visibleRange": {"start": debut.isoformat(), "end": fin.isoformat()},
        "headerToolbar": False,
        "locale": "fr",
        "firstDay": 1,
        "timeZone": "UTC",
        "now": now.isoformat(timespec="minutes"),
        "nowIndicator": True,
        "height": HAUTEUR,
        "expandRows": True,
        "editable": modifiable,
        "selectable": modifiable,
        "selectMirror": False,  # a mirror would swallow the next click on the same slot
        "eventInteractive": True,
        "longPressDelay": 350,
        "dayMaxEvents": 3,
        "slotMinTime": ouverture,
        "slotMaxTime": fermeture,
        "scrollTime": "08:00:00",
        "slotDuration": "00:30:00",
        "businessHours": {"daysOfWeek": [1, 2, 3, 4, 5], "startTime": "08:00", "endTime": "22:00"},
        "allDaySlot": False,
        "slotLabelFormat": {"hour": "numeric", "minute": "2-digit"},
        "eventTimeFormat": {"hour": "2-digit", "minute": "2-digit"},
        "dayHeaderFormat": {"weekday": "short"} if vue is Vue.MOIS else {"weekday": "short", "day": "numeric"},
        "monthStartFormat": {"day": "numeric", "month": "short"},
        "listDayFormat": {"weekday": "long", "day": "numeric", "month": "long"},
        "listDaySideFormat": False,
        **_MOTS,
    }


def _heures(reunions: Sequence[ReunionVue | SeanceVue]) -> tuple[str, str]:
    """First and last hour of the grid: 8 to 22, or wider when a meeting needs it."""
    ouverture = min([8, *(0 if r.fin.date() > r.debut.date() else r.debut.hour for r in reunions)])
    fermeture = max([22, *(24 if r.fin.date() > r.debut.date() else r.fin.hour + (r.fin.minute > 0) for r in reunions)])
    return f"{ouverture:02d}:00:00", f"{fermeture:02d}:00:00"


def css(jour: date) -> str:
    """The style of the month of that day, with the hue of each kind of meeting."""
    teintes = {t.value: couleur for t, couleur in COULEURS.items()} | {"seance": COULEUR_SEANCE}
    hues = " ".join(f".type-{nom} {{--teinte: {couleur}}}" for nom, couleur in teintes.items())
    return _CSS.replace("$mois", f"{jour:%Y-%m}") + hues


def legende() -> str:
    """Hues of the type pills, which so are the legend: each kind by name, in the order of the list."""
    couleurs = [*(COULEURS[t] for t in TypeReunion), COULEUR_SEANCE]
    hues = (f".st-key-type button:nth-of-type({rang}) {{--teinte: {c}}}" for rang, c in enumerate(couleurs, start=1))
    return f"<style>{' '.join(hues)}</style>"


# --- what it answers -----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Ouvrir:
    """A click on a meeting."""

    id: int


@dataclass(frozen=True)
class OuvrirSeance:
    """A click on a séance of «13-18»."""

    participation_id: int


@dataclass(frozen=True)
class Choisir:
    """A slot selected; `journee`: whole days, no hours (month view)."""

    debut: datetime
    fin: datetime
    journee: bool


@dataclass(frozen=True)
class Deplacer:
    """A meeting dragged or stretched, and the version it was shown with."""

    id: int
    version: int
    debut: datetime
    fin: datetime


Geste = Ouvrir | OuvrirSeance | Choisir | Deplacer


def civil(texte: str) -> datetime:
    """Civil time from the component's text: its "UTC" digits are ours, whatever zone mark it adds."""
    return datetime.fromisoformat(texte.replace("Z", "+00:00")).replace(tzinfo=None, second=0, microsecond=0)


def lire(valeur: Any) -> Geste | None:
    """What the user did, from the component's value; None for anything it should not have sent."""
    try:
        match valeur:
            case {"callback": "eventClick", "eventClick": {"event": {"id": id}}}:
                if (suite := str(id).removeprefix("seance-")) != str(id):
                    return OuvrirSeance(int(suite.split("-")[0]))
                return Ouvrir(int(id))
            case {"callback": "select", "select": {"start": debut, "end": fin, "allDay": journee}}:
                return Choisir(civil(debut), civil(fin), bool(journee))
            case {"callback": "eventChange", "eventChange": {"event": evenement}} if not evenement.get("allDay"):
                debut = civil(evenement["start"])
                # Without an end, FullCalendar means its default length: one hour.
                fin = civil(evenement["end"]) if evenement.get("end") else debut + timedelta(hours=1)
                return Deplacer(int(evenement["id"]), int(evenement["extendedProps"]["version"]), debut, fin)
    except (AttributeError, KeyError, TypeError, ValueError, OverflowError):
        return None
    return None
