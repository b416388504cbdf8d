"""A long list shown a part at a time: what is not shown is counted, and one click leads to it."""

import streamlit as st

from services.socle.texte import accord

PAS = 25


def montres(cle: str, n: int) -> int:
    """How many rows of that list to show: `n`, then more each time it was asked. A search has a key of its own."""
    return int(st.session_state.get(f"suite.{cle}", n))


def autres(cle: str, shown: int, total: int, *, mot: str = "autre") -> None:
    """Under the list, if it is cut: how many more there are, and the button that shows them."""
    reste = total - shown
    if reste <= 0:
        return
    libelle = f"Voir {'les ' if reste > 1 else 'l’'}{accord(reste, mot) if reste > 1 else mot}"
    if reste > PAS:
        libelle = f"Voir {PAS} de plus, sur {accord(reste, mot)}"
    st.button(libelle, key=f"suite.{cle}.plus", icon=":material/expand_more:", type="tertiary",
              on_click=_voir, args=(cle, shown + min(reste, PAS)))  # fmt: skip


def precisez(reste: int) -> None:
    """Beside the first answers of a search made while one writes: how many it does not show."""
    if reste > 0:
        st.caption(f"Et {accord(reste, 'autre')} : précisez.")


def _voir(cle: str, n: int) -> None:
    st.session_state[f"suite.{cle}"] = n
