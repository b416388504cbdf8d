"""Who is called to a meeting, what they answered, what was sent."""

from datetime import datetime

import streamlit as st

from services.acteur import Acteur
from services.reunions import ReunionVue


def montrer(r: ReunionVue, agent: Acteur, now: datetime) -> None:
    """Draw it, inside the meeting's screen."""
    st.caption(f"{r.titre} {agent.nom} {now:%Y}")
