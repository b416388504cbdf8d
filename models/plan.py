"""What the plan stands on: series of meetings, days to avoid, and the steps each kind of meeting brings."""

from datetime import date, datetime

from sqlmodel import Field

from models.base import Base, CivilDateTime, UtcDateTime, Versioned, choice
from models.lists import GenreJourEvite, SensJalon, TypeReunion


class Serie(Base, Versioned, table=True):
    """A rule that meetings were made from (they are stored one by one). `regle` is an RFC 5545 RRULE, from `debut`."""

    id: int = Field(default=None, primary_key=True)
    instance_id: int = Field(foreign_key="instance.id", index=True)
    regle: str = Field(max_length=300, title="Rythme")
    debut: datetime = Field(sa_type=CivilDateTime, title="Première réunion")
    creee_le: datetime = Field(sa_type=UtcDateTime)
    creee_par: int | None = Field(default=None, foreign_key="agent.id")


class JourEvite(Base, Versioned, table=True):
    """Days on which no meeting is proposed, both ends included: the élu is away (for the cellules he or she chairs), or
    the town is at the Francofolies."""

    __tablename__ = "jour_evite"

    id: int = Field(default=None, primary_key=True)
    genre: GenreJourEvite = Field(sa_type=choice(GenreJourEvite), title="Ce que c’est")
    libelle: str = Field(max_length=120, title="Pourquoi")
    debut: date = Field(index=True, title="Du")
    fin: date = Field(title="Au")


class JalonType(Base, Versioned, table=True):
    """A step of the échéancier of a type of meeting, due `jours` days from its date (negative: before)."""

    __tablename__ = "jalon_type"

    id: int = Field(default=None, primary_key=True)
    type: TypeReunion = Field(sa_type=choice(TypeReunion), title="Type de réunion")
    libelle: str = Field(max_length=120, title="Étape")
    jours: int = Field(title="Jours")
    sens: SensJalon = Field(default=SensJalon.MANUEL, sa_type=choice(SensJalon), title="Se coche toute seule")
    ordre: int = 0
    archive: bool = False


class JalonFait(Base, table=True):
    """A step done for a meeting, or (`sans_objet`) not needed by it."""

    __tablename__ = "jalon_fait"

    reunion_id: int = Field(foreign_key="reunion.id", primary_key=True)
    jalon_type_id: int = Field(foreign_key="jalon_type.id", primary_key=True, index=True)
    fait_le: date
    fait_par: int | None = Field(default=None, foreign_key="agent.id")
    sans_objet: bool = False
