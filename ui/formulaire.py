"""A form that counts once. Widget keys carry its token: once it is sent, the next form is empty, and a second click
meets no button any more."""

import re
import secrets
from datetime import date
from typing import Any

import streamlit as st

from services import brouillons
from services.brouillons import Formulaire
from ui.access import reading, require_agent, writing
from ui.feedback import forget_refusals

_ONGLET = "onglet"

# For a date among fields that a button sends. Between bounds, Streamlit keeps the date before in place of the one
# typed, and the button saves it; without them what was typed comes, and the service says what is wrong with it.
# Its value is set in the state, for a date born with one cannot be emptied.
TOUTE_DATE: dict[str, Any] = {"value": None, "min_value": date.min, "max_value": date.max, "format": "DD/MM/YYYY"}


def mark_tab() -> None:
    """Draw the field by which a browser tab is known again after a restart of the server. By the frame, hidden."""
    st.text_input("Onglet", value=secrets.token_hex(4), key=_ONGLET, label_visibility="collapsed")


def _tab() -> str:
    onglet = str(st.session_state.get(_ONGLET, ""))
    return onglet if re.fullmatch(r"[0-9a-f]{8}", onglet) else "?"


def open_form(nom: str, *, objet_id: int | None = None, version: int | None = None, neuf: bool = False) -> Formulaire:
    """The form `nom` of this agent, in this tab, on that object, with its token and the version it was opened on.

    Args:
        neuf: start afresh (a click on "Modifier" or "Ajouter"), forgetting the version shown before.
    """
    agent = require_agent()
    cle = f"{nom}:{objet_id or 'nouveau'}:{agent.id}:{_tab()}"
    if not neuf:
        with reading() as session:
            form = brouillons.lire(session, cle=cle)
        if form:
            return form
    with writing() as (session, _):
        form = brouillons.ouvrir(session, cle=cle, version=version, neuf=neuf)
    if neuf:
        forget_refusals(form.jeton)
    return form


def key(form: Formulaire, champ: str) -> str:
    """The widget key of a field of this form."""
    return f"{form.jeton}.{champ}"


def on_screen() -> dict[str, Any]:
    """What every field of this tab holds now, by widget key. First thing in a callback: a run, and with it the click
    that began it, can be cut at each access to `st.session_state`, but not here."""
    return {str(cle): valeur for cle, valeur in st.session_state.to_dict().items()}


def values(form: Formulaire, *champs: str) -> dict[str, Any]:
    """What the fields of this form hold now, read at once. First thing in a callback."""
    etat = on_screen()
    return {champ: etat.get(key(form, champ)) for champ in champs}
