"""The calendar on screen: the component, the bar above it and its filters, all of them in the address."""

import importlib
from datetime import date
from typing import Any

import streamlit as st
import streamlit_calendar
from streamlit.runtime import get_instance

from services.socle.horloge import aujourdhui
from ui.agenda import evenements
from ui.agenda.evenements import Vue
from ui.commun.adresse import lie, nom, un_jour

_NOM = "streamlit_calendar.calendar"


def calendrier(**arguments: Any) -> Any:
    """`streamlit_calendar.calendar`, with the same arguments.

    The package registers its files when it is imported inside a run of a script only; imported earlier (the server
    warms its imports at start) they are never served. Imported again here, they are.
    """
    if get_instance().component_registry.get_component_path(_NOM) is None:
        importlib.reload(streamlit_calendar)
    return streamlit_calendar.calendar(**arguments)


def etroit() -> bool:
    """Is it a phone? screen.js says so in a cookie."""
    return st.context.cookies.get("etroit") == "1"


def barre() -> tuple[Vue, date]:
    """Previous, today, next, a date, what is shown, and the four views."""
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button("Précédent", icon=":material/chevron_left:", key="icone.avant", on_click=_aller, args=(-1,))
        st.button("Aujourd’hui", key="ce_jour", on_click=_aller, args=(0,))
        st.button("Suivant", icon=":material/chevron_right:", key="icone.apres", on_click=_aller, args=(1,))
        jour = st.date_input(
            "Jour montré",
            value=aujourdhui(),  # of the town; and with a day of its own, the field says any other one in the address
            min_value=evenements.PREMIER,
            max_value=evenements.DERNIER,
            format="DD/MM/YYYY",
            label_visibility="collapsed",
            width=140,
            **lie("jour", juge=un_jour(evenements.PREMIER, evenements.DERNIER)),
        )
        place_titre = st.container(width="stretch")
        choix = st.segmented_control(
            "Vue",
            [v.value for v in Vue],
            default=(Vue.JOUR if etroit() else Vue.SEMAINE).value,
            required=True,
            label_visibility="collapsed",
            **lie("vue", Vue),
        )
    vue, jour = Vue(choix or Vue.SEMAINE), jour or aujourdhui()
    place_titre.markdown(f"**{evenements.titre(vue, jour)}**")
    return vue, jour


def _aller(sens: int) -> None:
    """One step back or forward; 0 is today."""
    vue, jour = Vue(st.session_state[nom("vue")]), st.session_state[nom("jour")] or aujourdhui()
    jour = evenements.decaler(vue, jour, sens) if sens else aujourdhui()
    st.session_state[nom("jour")] = min(max(jour, evenements.PREMIER), evenements.DERNIER)


def filtre(label: str, noms: dict[int, str], court: str, tous: str) -> int | None:
    """A filter of the address: one id, or None for all."""
    choix: int | None = st.selectbox(
        label,
        list(noms),
        index=None,
        format_func=lambda i: noms[i],
        placeholder=tous,
        label_visibility="collapsed",
        filter_mode="contains",
        width=240,
        **lie(court, noms.values()),
    )
    return choix
