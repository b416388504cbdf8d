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
    acteurs = {}
    for part, (role, nom) in ROLES.items():
        agent = Agent(identifiant=part, nom=nom, role=role, mot_de_passe=_hash())
        session.add(agent)
        session.flush()
        acteurs[part] = Acteur(id=agent.id, nom=nom, role=role)
    return Cast(**acteurs)


def open_session(session: Session, acteur: Acteur) -> int:
    """A live sign-in of this account, as the door would have written it; returns its id."""
    now = utcnow()
    empreinte = hashlib.sha256(f"{acteur.nom} {now.isoformat()}".encode()).hexdigest()
    row = SessionAgent(empreinte=empreinte, agent_id=acteur.id, creee_le=now, vue_le=now)
    session.add(row)
    session.flush()
    return row.id
