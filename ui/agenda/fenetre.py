"""Which window is open over the calendar, and the counter that redraws its events."""

from dataclasses import dataclass, replace
from datetime import datetime, time

import streamlit as st
from sqlmodel import Session

from services.agenda import instances
from services.agenda.reunions import ReunionVue
from services.convocation import convocations
from services.socle.brouillons import Formulaire
from services.socle.horloge import aujourdhui, maintenant
from ui.commun import adresse
from ui.commun.access import reading
from ui.commun.feedback import announce, forget_refusals
from ui.commun.formulaire import open_form


@dataclass(frozen=True)
class Fenetre:
    """What is open over the calendar. `mode`: voir, creer, modifier, deplacer."""

    mode: str
    reunion_id: int | None = None
    debut: datetime | None = None
    fin: datetime | None = None
    jour_choisi: bool = False  # by the slot: an instance's usual day does not replace it
    heures_choisies: bool = False  # the same for its usual hours
    instance_id: int | None = None
    version: int = 0
    avertis: tuple[str, ...] = ()
    form: Formulaire | None = None  # this tab's own: another tab of the same agent opens another


def fenetre() -> Fenetre | None:
    """What is open now."""
    ouverte: Fenetre | None = adresse.posee("agenda.fenetre")
    return ouverte


def poser(ouverte: Fenetre | None) -> None:
    """Open this one, or none."""
    adresse.poser("agenda.fenetre", ouverte)


def tour() -> int:
    """The counter sent with every event; raised, it redraws them where the base says, and what was clicked before is a
    new answer: so on arrival too."""
    if not adresse.posee("agenda.ici"):
        adresse.poser("agenda.ici", True)
        redessiner()
    return int(st.session_state.get("agenda_tour", 0))


def redessiner() -> None:
    st.session_state["agenda_tour"] = int(st.session_state.get("agenda_tour", 0)) + 1


def fermer() -> None:
    """Close what is open; the next click on the same meeting or slot is then a new answer."""
    poser(None)
    redessiner()


def retour_a_effacer() -> bool:
    """The component still holds the slot of a closed window: ask it to answer something else (`eventsSet`)."""
    vu = st.session_state.get("agenda_vu") or {}
    return fenetre() is None and vu.get("callback") == "select"


def alerte(session: Session, reunion_id: int) -> str:
    """What those who were convened now hold that is no longer so; "" if nothing."""
    return convocations.situation(session, reunion_id=reunion_id, now=maintenant()).alerte


def alerter(reunion_id: int) -> None:
    """Say at once what those who were convened now hold that is no longer so."""
    with reading() as session:
        if phrase := alerte(session, reunion_id):
            announce(phrase, icon=":material/campaign:")


def ouvrir(id: int) -> None:
    forget_refusals(etat_key(id))
    poser(Fenetre("voir", id))


def proposer(*, debut: datetime | None = None, fin: datetime | None = None, instance_id: int | None = None) -> None:
    """Open the form of a new meeting: on that slot, that day (no `fin`), or the usual day of the instance."""
    form = open_form("reunion", neuf=True)
    if debut is None and instance_id is not None:
        with reading() as session:
            vue = instances.get(session, id=instance_id)
        habituel = instances.prochain_jour(vue, apres=aujourdhui())
        debut = datetime.combine(habituel, time()) if habituel else None
    poser(
        Fenetre(
            "creer",
            debut=debut or datetime.combine(aujourdhui(), time()),
            fin=fin,
            jour_choisi=debut is not None,
            heures_choisies=fin is not None,
            instance_id=instance_id,
            form=form,
        )
    )


# --- a meeting -------------------------------------------------------------------------------------------------------


def etat_key(id: int) -> str:
    return f"agenda.etat.{id}"


def rouvrir(ouverte: Fenetre, vue: ReunionVue | None) -> None:
    """The same window, on an empty form."""
    version = vue.version if vue else None
    poser(replace(ouverte, form=open_form("reunion", objet_id=ouverte.reunion_id, version=version)))


def modifier(vue: ReunionVue) -> None:
    form = open_form("reunion", objet_id=vue.id, version=vue.version, neuf=True)
    poser(Fenetre("modifier", vue.id, form=form))
