"""Who is signed in: passwords, sign-in sessions, refusals of a quarter of an hour.

Tests: tests/services/commun/test_comptes.py.
"""

import hashlib
import secrets
import unicodedata
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlmodel import Session, col, delete, select, update

from models import Agent, SessionAgent
from services.socle import journal
from services.socle.acteur import SYSTEME, Acteur
from services.socle.erreurs import Forbidden
from settings import get_settings

LONGUEUR_MAXIMALE = 200  # hashing costs time: a password is not a file
ECHECS_AVANT_VERROU = 5
VERROU = timedelta(minutes=15)
_SESSIONS_GARDEES = timedelta(days=30)

_HACHEUR = PasswordHasher()

REFUS_CONNEXION = "Identifiant ou mot de passe incorrect. Vérifiez-les, puis recommencez."
REFUS_VERROU = (
    "Trop d’essais avec cet identifiant : attendez un quart d’heure, "
    "ou demandez un nouveau mot de passe à la personne responsable du service."
)


# --- who acts, read at every run -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class SessionVue:
    """A live session: who acts, and whether its "last seen" is old enough to be written again."""

    acteur: Acteur
    a_rafraichir: bool


def _vue(row: SessionAgent, agent: Agent, now: datetime) -> SessionVue | None:
    reglages = get_settings()
    if row.fermee_le is not None or not agent.actif:
        return None
    if now - row.vue_le > timedelta(minutes=reglages.session_inactive_minutes):
        return None
    if now - row.creee_le > timedelta(hours=reglages.session_max_heures):
        return None
    return SessionVue(
        acteur=Acteur(id=agent.id, nom=agent.nom, role=agent.role),
        a_rafraichir=now - row.vue_le > timedelta(minutes=1),
    )


def acteur(session: Session, *, session_id: int, now: datetime) -> SessionVue | None:
    """Who is behind a session row, or None once it is closed, idle or too old, or the account is closed."""
    trouve = session.exec(
        select(SessionAgent, Agent)
        .join(Agent, col(Agent.id) == SessionAgent.agent_id)
        .where(SessionAgent.id == session_id)
    ).first()
    return _vue(*trouve, now) if trouve else None


def toucher(session: Session, *, session_id: int, now: datetime) -> None:
    """Remember that a session was seen now."""
    row = session.get(SessionAgent, session_id)
    if row is not None:
        row.vue_le = now
        session.add(row)


# --- sign-in sessions ----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class SessionOuverte:
    """The live session behind a cookie."""

    id: int
    acteur: Acteur


def empreinte(jeton: str) -> str:
    """What the base keeps of a cookie: it opens nothing."""
    return hashlib.sha256(jeton.encode()).hexdigest()


def session_du_cookie(session: Session, *, jeton: str, now: datetime) -> SessionOuverte | None:
    """The live session of this cookie, or None."""
    trouve = session.exec(
        select(SessionAgent, Agent)
        .join(Agent, col(Agent.id) == SessionAgent.agent_id)
        .where(SessionAgent.empreinte == empreinte(jeton))
    ).first()
    vue = _vue(*trouve, now) if trouve else None
    if trouve is None or vue is None or trouve[0].id is None:
        return None
    return SessionOuverte(id=trouve[0].id, acteur=vue.acteur)


def ouvrir_session(session: Session, *, agent_id: int, now: datetime, hache: str | None = None) -> str:
    """Open a session for an agent whose password was just verified; return the cookie's token, kept nowhere else.

    Args:
        hache: a newer hash of the same password, when the stored one is out of date.

    Raises:
        Forbidden: the account was closed or locked meanwhile (a guess verified beside the one that locked it).
    """
    agent = session.get(Agent, agent_id)
    if agent is None or not agent.actif:
        raise Forbidden(REFUS_CONNEXION)
    if agent.verrouille_jusqua and agent.verrouille_jusqua > now:
        raise Forbidden(REFUS_VERROU)
    valeurs: dict[str, object] = {"echecs": 0, "verrouille_jusqua": None, "derniere_connexion": now}
    sans_version(session, agent_id, **valeurs, **({"mot_de_passe": hache} if hache else {}))
    session.exec(delete(SessionAgent).where(col(SessionAgent.creee_le) < now - _SESSIONS_GARDEES))
    jeton = secrets.token_urlsafe(32)
    session.add(SessionAgent(empreinte=empreinte(jeton), agent_id=agent_id, creee_le=now, vue_le=now))
    by = Acteur(id=agent_id, nom=agent.nom, role=agent.role)
    journal.note(session, by=by, acte="connexion", objet="agent", objet_id=agent_id, resume="Connexion")
    return jeton


def fermer_session(session: Session, *, jeton: str, now: datetime) -> None:
    """Sign out: the cookie, replayed, opens nothing any more. Closing a closed session is not an error."""
    row = session.exec(select(SessionAgent).where(SessionAgent.empreinte == empreinte(jeton))).first()
    if row is None or row.fermee_le is not None:
        return
    row.fermee_le = now
    session.add(row)
    agent = session.get(Agent, row.agent_id)
    by = Acteur(id=agent.id, nom=agent.nom, role=agent.role) if agent else SYSTEME
    journal.note(session, by=by, acte="deconnexion", objet="agent", objet_id=by.id, resume="Déconnexion")


def fermer_sessions(session: Session, agent_id: int, now: datetime, sauf: int | None = None) -> None:
    ouvertes = update(SessionAgent).where(col(SessionAgent.agent_id) == agent_id, col(SessionAgent.fermee_le).is_(None))
    if sauf is not None:
        ouvertes = ouvertes.where(col(SessionAgent.id) != sauf)
    session.exec(ouvertes.values(fermee_le=now))


# --- passwords: read, verify outside any transaction, then write what came of it -----------------------------------


@dataclass(frozen=True)
class Candidat:
    """Who tries to sign in. `agent_id` None: nobody of that name may, but the answer must not say so."""

    agent_id: int | None
    hache: str
    echecs: int = 0
    verrouille: bool = False


@cache
def _hache_de_personne() -> str:
    """A hash to verify against when the identifier is unknown, so that the answer takes as long."""
    return _HACHEUR.hash(secrets.token_urlsafe(16))


def plier_identifiant(texte: str | None) -> str:
    """An identifier as stored: lower case, without accents or outer blanks."""
    nu = unicodedata.normalize("NFKD", texte or "")
    return "".join(c for c in nu if not unicodedata.combining(c)).strip().lower()


def candidat(session: Session, *, identifiant: str, now: datetime) -> Candidat:
    """What is needed to verify a password; never fails, so that unknown identifiers are answered alike."""
    agent = session.exec(select(Agent).where(Agent.identifiant == plier_identifiant(identifiant))).first()
    return _candidat(agent, now)


def candidat_de(session: Session, *, id: int, now: datetime) -> Candidat:
    """The same for an agent who is in already and gives the present password again."""
    return _candidat(session.get(Agent, id), now)


def _candidat(agent: Agent | None, now: datetime) -> Candidat:
    if agent is None or not agent.actif:
        return Candidat(agent_id=None, hache=_hache_de_personne())
    return Candidat(
        agent_id=agent.id,
        hache=agent.mot_de_passe,
        echecs=agent.echecs,
        verrouille=bool(agent.verrouille_jusqua and agent.verrouille_jusqua > now),
    )


def verifier(mot_de_passe: str, hache: str) -> bool:
    """True when the password is the one behind the hash. Slow on purpose: call it outside any transaction."""
    try:
        return _HACHEUR.verify(hache, mot_de_passe[: LONGUEUR_MAXIMALE + 1])
    except (VerificationError, InvalidHashError):
        return False


def a_rehacher(hache: str) -> bool:
    """True when the stored hash was made with weaker parameters than today's."""
    return _HACHEUR.check_needs_rehash(hache)


def hacher(mot_de_passe: str) -> str:
    return _HACHEUR.hash(mot_de_passe)


def noter_echec(session: Session, *, agent_id: int, now: datetime) -> bool:
    """Count a wrong password; True when this one locks the account (journaled)."""
    agent = session.get(Agent, agent_id)
    if agent is None:
        return False
    echecs = agent.echecs + 1
    verrou = echecs >= ECHECS_AVANT_VERROU
    if verrou:
        sans_version(session, agent_id, echecs=0, verrouille_jusqua=now + VERROU)
        noter_verrou(session, agent_id=agent_id)
    else:
        sans_version(session, agent_id, echecs=echecs)
    return verrou


def noter_verrou(session: Session, *, agent_id: int | None) -> None:
    """Journal that an identifier is refused for a while. What was typed is never kept: it may be a password."""
    agent = session.get(Agent, agent_id) if agent_id else None
    qui = f"le compte de {agent.nom}" if agent else "un identifiant inconnu"
    resume = f"{ECHECS_AVANT_VERROU} mots de passe refusés de suite pour {qui} : verrouillé un quart d’heure"
    journal.note(session, by=SYSTEME, acte="verrouiller", objet="agent", objet_id=agent_id, resume=resume)


def sans_version(session: Session, agent_id: int, **valeurs: object) -> None:
    """Change what sign-in remembers without raising the version: an account form open meanwhile stays valid."""
    session.exec(update(Agent.__table__).where(Agent.__table__.c.id == agent_id).values(**valeurs))  # type: ignore[attr-defined]
    agent = session.get(Agent, agent_id)
    if agent is not None:
        session.refresh(agent)
