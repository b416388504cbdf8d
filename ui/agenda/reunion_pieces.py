"""The files kept beside a meeting."""

from datetime import datetime

import streamlit as st

from services.agenda.reunions import ReunionVue
from services.socle.acteur import Acteur, Droit
from ui.commun.pieces import panneau


def montrer(r: ReunionVue, agent: Acteur, now: datetime) -> None:
    """Draw it, inside the meeting's screen."""
    st.header("Pièces jointes", anchor=False)
    st.caption(
        "Diffusion restreinte : seuls les agents du service les ouvrent. Ni plainte, ni document qui nomme un habitant."
    )
    vide = "Aucune pièce. Joignez ici ce qui sert à la réunion : plan, photo d’un lieu, tableau d’un partenaire."
    panneau(reunion_id=r.id, modifiable=agent.peut(Droit.ECRIRE), vide=vide)
