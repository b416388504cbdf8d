"""The small cast that plays in every test: one account per role."""

import hashlib
from dataclasses import dataclass
from functools import cache

from argon2 import PasswordHasher
from sqlmodel import Session

from models import Agent, SessionAgent
from models.lists import Role
from services.socle.acteur import Acteur
from services.socle.horloge import utcnow

MOT_DE_PASSE = "Mot-de-passe-solide-2026"
ROLES = {
    "responsable": (Role.RESPONSABLE, "Rachel Responsable"),
    "collaborateur": (Role.COLLABORATEUR, "Colin Collaborateur"),
    "secretaire": (Role.SECRETAIRE, "Sarah Secrétaire"),
    "elu": (Role.LECTURE, "Élie Élu"),
}


@dataclass(frozen=True)
class Cast:
    responsable: Acteur
    collaborateur: Acteur
    secretaire: Acteur
    elu: Acteur


@cache
def _hash() -> str:
    return PasswordHasher().hash(MOT_DE_PASSE)


def create_cast(session: Session) -> Cast:
    """Add the four accounts. The identifiant of each is the name of its part; the password is MOT_DE_PASSE."""
    agents = [Agent(identifiant=part, nom=nom, role=r, mot_de_passe=_hash()) for part, (r, nom) in ROLES.items()]
    session.add_all(agents)
    session.flush()
    return Cast(**{a.identifiant: Acteur(id=a.id, nom=a.nom, role=a.role) for a in agents})


def open_session(session: Session, acteur: Acteur) -> int:
    """A live sign-in of this account, as the door would have written it; returns its id."""
    now = utcnow()
    empreinte = hashlib.sha256(f"{acteur.nom} {now.isoformat()}".encode()).hexdigest()
    row = SessionAgent(empreinte=empreinte, agent_id=acteur.id, creee_le=now, vue_le=now)
    session.add(row)
    session.flush()
    return row.id
