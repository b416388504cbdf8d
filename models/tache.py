"""What runs by itself, once however many processes there are."""

from datetime import datetime

from sqlmodel import Field

from models.base import Base, UtcDateTime


class Tache(Base, table=True):
    """A scheduled task. The process that wrote `bail_par` runs it, alone, until `bail_jusqua`."""

    nom: str = Field(primary_key=True, max_length=40)
    prochaine: datetime = Field(sa_type=UtcDateTime)
    bail_par: str = Field(default="", max_length=64)
    bail_jusqua: datetime | None = Field(default=None, sa_type=UtcDateTime)
    commencee_le: datetime | None = Field(default=None, sa_type=UtcDateTime)
    finie_le: datetime | None = Field(default=None, sa_type=UtcDateTime)
    resultat: str = Field(default="", max_length=300)
    erreur: str = Field(default="", max_length=300)
