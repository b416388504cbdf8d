"""«13-18, Questions de Justice»: a school year, its collèges, their classes of 4e, séances. Numbers, never pupils."""

from datetime import datetime

from sqlalchemy import UniqueConstraint
from sqlmodel import Field

from models.base import Base, CivilDateTime, Versioned, choice
from models.lists import EtatSeance, SensEtape, Volet


class Etape(Base, Versioned, table=True):
    """A step of one of the three things followed for each collège, in `ordre`. Staff change them; `sens` tells the
    rules what a step means. `limite_*`: the day of the school year by which it is left behind, else it is late."""

    __table_args__ = (UniqueConstraint("volet", "libelle"),)

    id: int = Field(default=None, primary_key=True)
    volet: Volet = Field(sa_type=choice(Volet), title="Volet")
    libelle: str = Field(max_length=80, title="Nom")
    sens: SensEtape = Field(sa_type=choice(SensEtape), title="Ce qu’elle veut dire")
    ordre: int = 0
    limite_mois: int | None = Field(default=None, title="Limite, mois")
    limite_jour: int | None = Field(default=None, title="Limite, jour")
    archive: bool = False


class Participation(Base, Versioned, table=True):
    """A collège invited for a school year. `annee` is the year it begins: 2026 for 2026-2027."""

    __table_args__ = (UniqueConstraint("annee", "college_id"),)

    id: int = Field(default=None, primary_key=True)
    annee: int = Field(index=True)
    college_id: int = Field(foreign_key="college.partenaire_id", index=True)
    contact_id: int = Field(foreign_key="etape.id", title="Contact")
    convention_id: int = Field(foreign_key="etape.id", title="Convention")
    planning_id: int = Field(foreign_key="etape.id", title="Planning")
    note: str = Field(default="", max_length=1000, title="Note")


class Classe(Base, Versioned, table=True):
    """A class of 4e that takes part. `cle` is its name folded: "4e A" and "4eA" are one class."""

    __table_args__ = (UniqueConstraint("participation_id", "cle"),)

    id: int = Field(default=None, primary_key=True)
    participation_id: int = Field(foreign_key="participation.id", index=True)
    nom: str = Field(max_length=40, title="Nom")
    cle: str = Field(max_length=40)
    effectif: int | None = Field(default=None, title="Effectif")


class Seance(Base, Versioned, table=True):
    """A séance of a class, in civil time. `attendus` and `presents` are numbers of pupils."""

    id: int = Field(default=None, primary_key=True)
    classe_id: int = Field(foreign_key="classe.id", index=True)
    debut: datetime = Field(sa_type=CivilDateTime, index=True, title="Début")
    fin: datetime = Field(sa_type=CivilDateTime, title="Fin")
    salle: str = Field(default="", max_length=80, title="Salle")
    attendus: int | None = Field(default=None, title="Élèves attendus")
    presents: int | None = Field(default=None, title="Élèves présents")
    etat: EtatSeance = Field(default=EtatSeance.PREVUE, sa_type=choice(EtatSeance), index=True, title="État")
    motif: str = Field(default="", max_length=300, title="Motif")


class SeancePartenaire(Base, table=True):
    """A structure that animates a séance."""

    __tablename__ = "seance_partenaire"

    seance_id: int = Field(foreign_key="seance.id", primary_key=True)
    partenaire_id: int = Field(foreign_key="partenaire.id", primary_key=True, index=True)


class BilanCollege(Base, table=True):
    """The totals of a collège in a school year that the tool did not see: no class, no séance. None: not told."""

    __tablename__ = "bilan_college"
    __table_args__ = (UniqueConstraint("annee", "college_id"),)

    id: int = Field(default=None, primary_key=True)
    annee: int
    college_id: int = Field(foreign_key="college.partenaire_id", index=True)
    classes: int | None = Field(default=None, title="Classes")
    eleves: int | None = Field(default=None, title="Élèves")
    presents: int | None = Field(default=None, title="Élèves présents")
    seances: int | None = Field(default=None, title="Séances")
