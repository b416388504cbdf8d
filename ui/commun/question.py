"""A question before an act that touches many records, or cannot be taken back: how many, what follows, yes or no.

Everyday acts ask nothing.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import streamlit as st

from ui.commun import adresse
from ui.commun.feedback import md, named

BEAUCOUP = 3  # an act on more records than that asks first
DANS_LE_JOURNAL = "Cela s’annule d’un clic, ici ou dans le Journal, tant que rien n’a changé depuis."
_CLE = "question"


@dataclass
class Question:
    """What is asked. `suite` says how it is undone, or why it cannot be; `oui` does it."""

    titre: str
    suite: str
    oui: str
    faire: Callable[..., None]
    args: tuple[Any, ...] = ()


def poser(titre: str, suite: str, oui: str, faire: Callable[..., None], args: tuple[Any, ...] = ()) -> None:
    """In a callback: ask, then do it on a yes. Plain texts."""
    adresse.poser(_CLE, Question(titre, suite, oui, faire, args))


def bouton(
    libelle: str,
    titre: str,
    suite: str,
    faire: Callable[..., None],
    args: tuple[Any, ...] = (),
    *,
    objet: str = "",
    si: bool = True,
    **forme: Any,
) -> None:
    """A button whose act is asked about first (`si`: when it is worth a question); `objet`: of which of several."""
    if si:
        st.button(named(libelle, objet), on_click=poser, args=(titre, suite, libelle, faire, args), **forme)
    else:
        st.button(named(libelle, objet), on_click=faire, args=args, **forme)


def ouverte() -> Question | None:
    """What is asked now."""
    question: Question | None = adresse.posee(_CLE)
    return question


def montrer() -> None:
    """Draw what is asked, if anything. By the frame, before the screen."""
    question = ouverte()
    if question is None:
        return

    @st.dialog(md(question.titre), width="small", on_dismiss=_fermer)
    def dialogue() -> None:
        if ouverte() is not question:
            st.rerun()
        st.markdown(md(question.suite))
        with st.container(horizontal=True):
            st.button(question.oui, type="primary", key=f"{_CLE}.oui", on_click=_oui, args=(question,))
            st.button("Ne rien faire", key=f"{_CLE}.non", on_click=_fermer)

    dialogue()


def _fermer() -> None:
    adresse.poser(_CLE, None)


def _oui(question: Question) -> None:
    _fermer()
    question.faire(*question.args)
