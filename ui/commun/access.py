"""Who acts: asked inside every command, not only at the top of a page (fragments and callbacks skip that)."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress

import streamlit as st
from sqlmodel import Session

from services.commun import connexions
from services.socle import db
from services.socle.acteur import Acteur, Droit, require
from services.socle.erreurs import BusinessError, Forbidden, Unavailable
from services.socle.horloge import utcnow
from ui.commun import panne

DECONNECTE = "Vous n’êtes plus connecté·e : rien n’a été enregistré. Reconnectez-vous, votre saisie vous attend."


def current_agent() -> Acteur | None:
    """The agent behind this browser session, read from the base now; None once signed out, closed or expired."""
    return _agent(_session_id())


def _session_id() -> str:
    return str(st.user.get("session") or "")


def _agent(session_id: str) -> Acteur | None:
    if not session_id.isdecimal():
        return None
    with reading() as session:
        vu = connexions.acteur(session, session_id=int(session_id), now=utcnow())
    if vu is None:
        return None
    if vu.a_rafraichir and not panne.en_cours():
        with suppress(BusinessError), db.writing() as session:  # a full or locked base must not hide the screen
            connexions.toucher(session, session_id=int(session_id), now=utcnow())
    return vu.acteur


def require_agent(droit: Droit = Droit.LIRE) -> Acteur:
    """The first line of every screen.

    Raises:
        Forbidden: signed out, or the role may not open this screen.
    """
    return _qui_peut(_session_id(), droit)


def _qui_peut(session_id: str, droit: Droit) -> Acteur:
    agent = _agent(session_id)
    if agent is None:
        raise Forbidden(DECONNECTE)
    require(agent, droit)
    return agent


@contextmanager
def reading() -> Iterator[Session]:
    """A session for the queries of a screen. `Unavailable` need not be caught: the page waits and resumes alone."""
    try:
        with db.reading() as session:
            yield session
    except Unavailable as error:
        raise panne.signaler(error) from error


@contextmanager
def writing(droit: Droit = Droit.ECRIRE) -> Iterator[tuple[Session, Acteur]]:
    """A session to write with, and who writes: the only way a screen changes anything. Committed once, at the end."""
    by = require_agent(droit)
    try:
        with db.writing() as session:
            yield session, by
    except Unavailable as error:
        raise panne.signaler(error) from error


def writing_later(droit: Droit) -> Callable[[], AbstractContextManager[tuple[Session, Acteur]]]:
    """`writing`, for what Streamlit runs at a click, out of any screen, where it no longer knows who clicks: the
    session is the one of now; whether it is still open, and what it may, is asked at the click."""
    session_id = _session_id()

    @contextmanager
    def ecrire() -> Iterator[tuple[Session, Acteur]]:
        by = _qui_peut(session_id, droit)
        with db.writing() as session:
            yield session, by

    return ecrire
