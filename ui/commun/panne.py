"""The base is away: the fields stay on screen with their text, one sentence stands above, the page resumes alone.

Streamlit takes down what a run that ends has not drawn. So a run that cannot read ends by asking for another one, which
leaves everything in place, until the base is back.
"""

import time
from collections.abc import Callable

import streamlit as st
from streamlit.delta_generator import DeltaGenerator
from streamlit.runtime.scriptrunner import RerunData, RerunException, get_script_run_ctx

from services.socle import db
from services.socle.erreurs import Unavailable
from ui.commun.feedback import announce

PAUSE_S = 2.0
NOTICE = (
    "La base ne répond pas : rien n’est enregistré pour le moment, votre texte reste à l’écran. "
    "Vous pouvez continuer d’écrire, la page reprendra seule."
)
# Two notices: Streamlit folds a long one.
DE_RETOUR = ("La base répond de nouveau.", "Un bouton pressé pendant la coupure n’a rien fait : recommencez.")
_PANNE, _SUITE, _REPRISE = "panne", "panne.suite", "panne.reprise"


class Absente(Unavailable, RerunException):
    """What a screen's `reading()` and `writing()` raise when the base is away. Caught, it is `Unavailable`. Caught by
    nobody, in a callback or a fragment, it is to Streamlit the order to run the page again."""

    def __init__(self, phrase: str, suite: RerunData) -> None:
        Unavailable.__init__(self, phrase)
        self.rerun_data = suite


def signaler(error: Unavailable) -> Unavailable:
    """Note that the base is away; the exception to raise in place of `error`."""
    ctx = get_script_run_ctx(suppress_warning=True)
    if ctx is None:  # a file made at a click, out of any screen
        return error
    st.session_state[_PANNE] = True
    return Absente(
        error.phrase,
        RerunData(
            query_string=ctx.query_string,
            page_script_hash=ctx.page_script_hash,
            cached_message_hashes=ctx.cached_message_hashes,
            context_info=ctx.context_info,
        ),
    )


def plus_tard(cle: str, travail: Callable[[], object]) -> None:
    """Have `travail` done as soon as the base can be written, on whatever screen; `cle` names it: the last one given
    for a field is the one done. For what a field holds, never for what a button asks."""
    st.session_state.setdefault(_SUITE, {})[cle] = travail


def en_cours() -> bool:
    """Whether this tab found the base away, and has not yet found it back."""
    return bool(st.session_state.get(_PANNE))


def reprise() -> bool:
    """True during the first run after the base is back: what was dragged meanwhile is not done behind one's back."""
    return bool(st.session_state.get(_REPRISE))


def reprendre() -> None:
    """By the frame, before the page reads anything: if the base is back, what was put off is done."""
    if not en_cours() or not db.accepte_ecriture():
        return
    del st.session_state[_PANNE]
    st.session_state[_REPRISE] = True
    for phrase in DE_RETOUR:
        announce(phrase, icon=":material/cloud_done:")
    for travail in st.session_state.pop(_SUITE, {}).values():
        travail()


def attendre(avis: DeltaGenerator) -> None:
    """By the frame, last: if the base is away, say it in `avis`, then run the page again, a moment later or as soon as
    something is asked of it."""
    if not en_cours():
        st.session_state.pop(_REPRISE, None)
        return
    avis.error(NOTICE, icon=":material/cloud_off:")
    pouls = avis.empty()
    fin = time.monotonic() + PAUSE_S
    while time.monotonic() < fin:
        time.sleep(0.1)
        pouls.empty()  # where Streamlit sees what is asked meanwhile
    st.rerun()
