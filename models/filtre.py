"""Filters of a screen that staff keep under a name."""

from sqlalchemy import UniqueConstraint
from sqlmodel import Field

from models.base import Base, Versioned


class FiltreGarde(Base, Versioned, table=True):
    """What a screen's address held ("categorie=Justice&etat=actifs"), kept by an agent, for all if `partage`."""

    __tablename__ = "filtre_garde"
    __table_args__ = (UniqueConstraint("agent_id", "ecran", "nom"),)

    id: int = Field(default=None, primary_key=True)
    nom: str = Field(max_length=60, title="Nom")
    ecran: str = Field(max_length=40)
    parametres: str = Field(max_length=2000, title="Filtre")
    agent_id: int = Field(foreign_key="agent.id")
    partage: bool = Field(default=False, title="Partagé")
