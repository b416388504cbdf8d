"""What the screen of accounts shows of each."""

from collections.abc import Callable

import streamlit as st

from services.commun.comptes import CompteVu
from services.socle import temps
from services.socle.horloge import aujourdhui
from ui.commun.feedback import md


def ligne(c: CompteVu, choisir: Callable[[int], None], *, choisi: bool) -> None:
    """A row of the list: who, which role and state, last seen when. A click on the name opens the account."""
    vu = c.derniere_connexion
    derniere = f"connexion {temps.moment(vu, annee_de=aujourdhui())}" if vu else "jamais connecté·e"
    badges = [f":blue-badge[{c.role.libelle}]"]
    badges += [":red-badge[:material/lock: Verrouillé]"] if c.verrouille else []
    badges += [] if c.actif else [":gray-badge[:material/block: Fermé]"]
    icone = "radio_button_checked" if choisi else "person"
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.button(
            md(c.nom), key=f"compte.{c.id}", icon=f":material/{icone}:", type="tertiary", on_click=choisir, args=(c.id,)
        )
        st.markdown(" ".join(badges), width="content")
        st.caption(f"{md(c.identifiant)} · {derniere}", width="content")
