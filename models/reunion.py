"""Meetings, who came, and what was said there about places and themes (never about people)."""

from datetime import datetime

from sqlalchemy import Index, UniqueConstraint
from sqlmodel import Field

from models.base import Base, Cherchable, CivilDateTime, UtcDateTime, Versioned, choice
from models.lists import EtatPresence, EtatReunion, EtatSalle, TypeReunion


class Reunion(Base, Versioned, Cherchable, table=True):
    """A meeting. `debut` and `fin` are civil time. `habitants` is a number only, None if not counted.

    `sequence` is that of its iCalendar event, raised by each update sent (RFC 5546 §2.1.4); `uid_externe` is the UID
    it had in the calendar file it came from, "" for a meeting born here. `presidee_par`: who chairs it, as printed (""
    nobody); None: whoever is in charge that day. A meeting written up keeps it: the past is not rewritten.
    """

    CHERCHES = ("titre",)

    # What charts and Accueil count by, without reading the rows.
    __table_args__ = (Index(None, "etat", "debut", "type", "instance_id"),)

    id: int = Field(default=None, primary_key=True)
    type: TypeReunion = Field(sa_type=choice(TypeReunion), title="Type")
    instance_id: int | None = Field(default=None, foreign_key="instance.id", index=True, title="Instance")
    titre: str = Field(max_length=200, title="Titre")
    debut: datetime = Field(sa_type=CivilDateTime, index=True, title="Début")
    fin: datetime = Field(sa_type=CivilDateTime, title="Fin")
    lieu_id: int | None = Field(default=None, foreign_key="lieu.id", index=True, title="Lieu")
    etat: EtatReunion = Field(default=EtatReunion.BROUILLON, sa_type=choice(EtatReunion), title="État")
    motif: str = Field(default="", max_length=300, title="Motif")
    habitants: int | None = Field(default=None, title="Habitants")
    saisie_le: datetime | None = Field(default=None, sa_type=UtcDateTime)
    saisie_par: int | None = Field(default=None, foreign_key="agent.id")
    salle: EtatSalle = Field(default=EtatSalle.A_RESERVER, sa_type=choice(EtatSalle), title="Salle")
    serie_id: int | None = Field(default=None, foreign_key="serie.id", index=True)
    sequence: int = 0
    uid_externe: str = Field(default="", max_length=255, index=True)
    presidee_par: str | None = Field(default=None, max_length=300)


class Presence(Base, Versioned, table=True):
    """One partenaire (with the function called) at one meeting; `remplacant` says who came instead, by function."""

    __table_args__ = (UniqueConstraint("reunion_id", "partenaire_id", "fonction"),)

    id: int = Field(default=None, primary_key=True)
    reunion_id: int = Field(foreign_key="reunion.id", index=True)
    partenaire_id: int = Field(foreign_key="partenaire.id", index=True)
    personne_id: int | None = Field(default=None, foreign_key="personne.id", index=True)
    fonction: str = Field(default="", max_length=160, title="Fonction")
    etat: EtatPresence = Field(sa_type=choice(EtatPresence), title="Présence")
    remplacant: str = Field(default="", max_length=160, title="Remplacé par")
    ordre: int = 0


class Point(Base, Versioned, Cherchable, table=True):
    """A situation raised. `reunion_id` None: noted before any meeting, waits for its instance's next one.

    Restricted by default; `texte_public` is a separate wording, empty until published.
    """

    CHERCHES = ("lieu", "note", "reponse")

    id: int = Field(default=None, primary_key=True)
    instance_id: int | None = Field(default=None, foreign_key="instance.id", index=True, title="Instance")
    reunion_id: int | None = Field(default=None, foreign_key="reunion.id", index=True, title="Réunion")
    ordre: int = 0
    theme_id: int = Field(foreign_key="theme.id", index=True, title="Thème")
    quartier_id: int | None = Field(default=None, foreign_key="quartier.id", index=True, title="Quartier")
    lieu: str = Field(default="", max_length=200, title="Lieu")
    note: str = Field(default="", max_length=2000, title="Constat")
    origine_id: int | None = Field(default=None, foreign_key="origine.id", title="Origine")
    reponse: str = Field(default="", max_length=2000, title="Réponse")
    texte_public: str = Field(default="", max_length=2000, title="Texte public")
    cree_le: datetime = Field(sa_type=UtcDateTime)
    cree_par: int | None = Field(default=None, foreign_key="agent.id")


class PointPartenaire(Base, table=True):
    """A partenaire concerned by a point."""

    __tablename__ = "point_partenaire"

    point_id: int = Field(foreign_key="point.id", primary_key=True)
    partenaire_id: int = Field(foreign_key="partenaire.id", primary_key=True, index=True)
