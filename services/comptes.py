"""Accounts and sign-in sessions."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session

from models import Agent, SessionAgent
from services.acteur import Acteur
from settings import get_settings


@dataclass(frozen=True)
class SessionVue:
    """A live session: who acts, and whether its "last seen" is old enough to be written again."""

    acteur: Acteur
    a_rafraichir: bool


def acteur(session: Session, *, session_id: int, now: datetime) -> SessionVue | None:
    """Who is behind a session row, or None once it is closed, idle or too old, or the account is closed."""
    row = session.get(SessionAgent, session_id)
    if row is None or row.fermee_le is not None:
        return None
    reglages = get_settings()
    if now - row.vue_le > timedelta(minutes=reglages.session_inactive_minutes):
        return None
    if now - row.creee_le > timedelta(hours=reglages.session_max_heures):
        return None
    agent = session.get(Agent, row.agent_id)
    if agent is None or not agent.actif:
        return None
    return SessionVue(
        acteur=Acteur(id=agent.id, nom=agent.nom, role=agent.role),
        a_rafraichir=now - row.vue_le > timedelta(minutes=1),
    )


def toucher(session: Session, *, session_id: int, now: datetime) -> None:
    """Remember that a session was seen now."""
    row = session.get(SessionAgent, session_id)
    if row is not None:
        row.vue_le = now
        session.add(row)
