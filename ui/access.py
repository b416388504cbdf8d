"""Who acts: asked inside every command, not only at the top of a page (fragments and callbacks skip that)."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress

import streamlit as st
from sqlmodel import Session

from services import comptes, db
from services.acteur import Acteur, Droit, require
from services.erreurs import BusinessError, Forbidden
from services.horloge import utcnow

DECONNECTE = "Vous n’êtes plus connecté·e : rien n’a été enregistré. Reconnectez-vous, votre saisie vous attend."


def current_agent() -> Acteur | None:
    """The agent behind this browser session, read from the base now; None once signed out, closed or expired."""
    session_id = str(st.user.get("session") or "")
    if not session_id.isdecimal():
        return None
    with db.reading() as session:
        vu = comptes.acteur(session, session_id=int(session_id), now=utcnow())
    if vu is None:
        return None
    if vu.a_rafraichir:
        with suppress(BusinessError), db.writing() as session:  # a full or locked base must not hide the screen
            comptes.toucher(session, session_id=int(session_id), now=utcnow())
    return vu.acteur


def require_agent(droit: Droit = Droit.LIRE) -> Acteur:
    """The first line of every screen.

    Raises:
        Forbidden: signed out, or the role may not open this screen.
    """
    agent = current_agent()
    if agent is None:
        raise Forbidden(DECONNECTE)
    require(agent, droit)
    return agent


@contextmanager
def reading() -> Iterator[Session]:
    """A session for the queries of a screen."""
    with db.reading() as session:
        yield session


@contextmanager
def writing(droit: Droit = Droit.ECRIRE) -> Iterator[tuple[Session, Acteur]]:
    """A session to write with, and who writes: the only way a screen changes anything. Committed once, at the end."""
    by = require_agent(droit)
    with db.writing() as session:
        yield session, by
