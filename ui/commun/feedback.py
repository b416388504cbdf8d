"""What a screen says back: notices, refusals beside their field, and user text shown as typed."""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

import streamlit as st

from services.socle.brouillons import trop_long
from services.socle.erreurs import BusinessError, Conflict, Invalid, Unavailable

_SPECIAL = re.compile(r"([\\`*_{}\[\]()#+\-.!|~$:<>&@=\"])")


# Replaced within plain text, after Markdown is read, hence beyond any escape: icons and emoji, bare addresses, arrows
# and dashes. A word joiner (invisible, without width) in their middle leaves them as they were typed.
_REMPLACES = re.compile(r"(:(?=[\w+\-/]+:))|((?:https?|ftp|www)(?=[:.]))|([-<](?=[->=]))|(>(?==))", re.IGNORECASE)


def md(texte: str) -> str:
    """User text made safe for any label or Markdown: no image, link, colour or icon comes out of it."""
    return _SPECIAL.sub(r"\\\1", _REMPLACES.sub("\\g<0>\u2060", texte))


def named(libelle: str, objet: str) -> str:
    """The label of a button, link or fold among others like it: `libelle` is seen, "libelle : objet" is read aloud.

    The object is struck out, and struck words of a label are hidden from the eye (`screens.css`).
    """
    objet = " ".join(objet.split())
    return f"{libelle} ~~: {md(objet)}~~" if objet else libelle


# --- notices, shown by the frame at the next run -----------------------------------------------------------------


def announce(phrase: str, *, icon: str = ":material/check_circle:") -> None:
    """Say `phrase` (plain text) once, at the top of the next run, on whatever page it is."""
    st.session_state.setdefault("annonces", []).append((phrase, icon))


def show_announcements() -> None:
    """Show what was announced. Called by the frame."""
    for phrase, icon in st.session_state.pop("annonces", []):
        st.toast(md(phrase), icon=icon, duration="long")


# --- refusals, kept until the next command of the same form --------------------------------------------------------


@dataclass
class Refus:
    """What a form was refused: one sentence per field ("" for the whole form); a colleague's values, if any, and the
    version that has them."""

    erreurs: dict[str, str] = field(default_factory=dict)
    actuel: Mapping[str, str] = field(default_factory=dict)
    version: int | None = None


@contextmanager
def refusals(form: str) -> Iterator[None]:
    """Around a command in a callback: a refusal is kept for `form` and shown beside its field, nothing is lost.

    Read `st.session_state` BEFORE this block: each access is a point where a run can be cut.
    """
    refus = Refus()
    try:
        yield
    except Invalid as error:
        refus = Refus(erreurs=error.erreurs)
    except Conflict as error:
        refus = Refus(erreurs={error.champ or "": error.phrase}, actuel=error.actuel, version=error.version)
    except BusinessError as error:
        refus = Refus(erreurs={error.champ or "": error.phrase})
    st.session_state.setdefault("refus", {})[form] = refus


def refused(form: str) -> Refus:
    """The last refusal of `form`, empty if its last command went through."""
    refus: Refus = st.session_state.get("refus", {}).get(form, Refus())
    return refus


def forget_refusals(form: str) -> None:
    """Forget what `form` was refused: call it where the form is opened anew."""
    st.session_state.get("refus", {}).pop(form, None)


def field_error(form: str, champ: str) -> None:
    """The sentence that stands under a field, if it was refused, or is too long for the draft to keep it. `champ` "" is
    the whole form."""
    phrase = refused(form).erreurs.get(champ) or trop_long(st.session_state.get(f"{form}.{champ}"))
    with st.container():  # its place is there before it appears: the next field is not made again under the caret
        if phrase and champ:
            st.markdown(f":small[:red[:material/error: {md(phrase)}]]")  # a caption would fade the red below 4.5:1
        elif phrase:
            st.error(md(phrase), icon=":material/error:")


@contextmanager
def shown_errors() -> Iterator[None]:
    """Around queries or a whole page: a refusal becomes one sentence on screen."""
    try:
        yield
    except Unavailable:
        raise  # the page waits for the base; what is on it stays
    except BusinessError as error:
        st.error(md(error.phrase), icon=":material/error:")
