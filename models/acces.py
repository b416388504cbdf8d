"""Who may come in, who is in, and what was done."""

from datetime import datetime

from sqlmodel import Field

from models.base import Base, Cherchable, UtcDateTime, Versioned, choice
from models.lists import Role


class Agent(Base, Versioned, table=True):
    """An account. `identifiant` is stored folded (lower case); `mot_de_passe` is an argon2 hash.

    `recapitulatif`: the digest of each morning is sent to `courriel`.
    """

    id: int = Field(default=None, primary_key=True)
    identifiant: str = Field(max_length=60, unique=True, title="Identifiant")
    nom: str = Field(max_length=120, title="Nom")
    role: Role = Field(sa_type=choice(Role), title="Rôle")
    mot_de_passe: str = Field(max_length=200)
    actif: bool = Field(default=True, title="Compte ouvert")
    echecs: int = 0
    verrouille_jusqua: datetime | None = Field(default=None, sa_type=UtcDateTime)
    derniere_connexion: datetime | None = Field(default=None, sa_type=UtcDateTime)
    courriel: str = Field(default="", max_length=200, title="Courriel")
    recapitulatif: bool = Field(default=False, title="Récapitulatif du matin")


class SessionAgent(Base, table=True):
    """A live sign-in. Only the SHA-256 of the cookie is stored, so a copy of the base opens nothing."""

    __tablename__ = "session_agent"

    id: int = Field(default=None, primary_key=True)
    empreinte: str = Field(max_length=64, unique=True)
    agent_id: int = Field(foreign_key="agent.id", index=True)
    creee_le: datetime = Field(sa_type=UtcDateTime)
    vue_le: datetime = Field(sa_type=UtcDateTime)
    fermee_le: datetime | None = Field(default=None, sa_type=UtcDateTime)


class Journal(Base, Cherchable, table=True):
    """One line per command: who did what to which object, in UTC. `resume`: a French sentence that names no person of
    the directory, then a line for each change, from what to what.
    """

    CHERCHES = ("resume",)

    id: int = Field(default=None, primary_key=True)
    quand: datetime = Field(sa_type=UtcDateTime, index=True)
    agent_id: int | None = Field(default=None, foreign_key="agent.id", index=True)
    acte: str = Field(max_length=60)
    objet: str = Field(max_length=40)
    objet_id: int | None = None
    resume: str = Field(max_length=3000)
