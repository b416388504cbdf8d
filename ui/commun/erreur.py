"""What the user reads when something we did not foresee fails: one sentence and a reference, the rest is in the log."""

import logging
import secrets

import streamlit as st

from services.socle.erreurs import BusinessError
from ui.commun.feedback import md

log = logging.getLogger("carnet.erreur")


def montrer_erreur(error: Exception) -> bool:
    """Called by Streamlit for what no page caught. True: Streamlit shows nothing of its own."""
    if isinstance(error, BusinessError):
        st.error(md(error.phrase), icon=":material/error:")
        return True
    reference = secrets.token_hex(4).upper()
    log.error("Erreur %s", reference, exc_info=error)
    st.error(
        "Un problème imprévu est survenu : votre dernière action n’a peut-être pas été enregistrée. "
        f"Rechargez la page ; si cela recommence, donnez la référence {reference} au service informatique.",
        icon=":material/error:",
    )
    return True
