"""The files kept beside a meeting."""

from datetime import datetime

import streamlit as st

from services.acteur import Acteur
from services.reunions import ReunionVue


def montrer(r: ReunionVue, agent: Acteur, now: datetime) -> None:
    """Draw it, inside the meeting's screen."""
    st.caption(f"{r.titre} {agent.nom} {now:%Y}")
