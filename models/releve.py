"""The life of a relevé de conclusions, ready phrases, and files kept beside a meeting or an action."""

from datetime import datetime

from sqlalchemy import CheckConstraint, LargeBinary
from sqlmodel import Field

from models.base import Base, UtcDateTime, Versioned, choice
from models.lists import EtatReleve, GenrePhrase


class Releve(Base, Versioned, table=True):
    """Where the relevé of a meeting stands; no row is a projet. Once diffusé, its meeting is locked.

    `document` is the Word file as it was sent: a partenaire renamed or a new template since does not change it.
    """

    reunion_id: int = Field(foreign_key="reunion.id", primary_key=True)
    etat: EtatReleve = Field(default=EtatReleve.PROJET, sa_type=choice(EtatReleve))
    valide_le: datetime | None = Field(default=None, sa_type=UtcDateTime)
    valide_par: int | None = Field(default=None, foreign_key="agent.id")
    diffuse_le: datetime | None = Field(default=None, sa_type=UtcDateTime)
    diffuse_par: int | None = Field(default=None, foreign_key="agent.id")
    document: bytes | None = Field(default=None, sa_type=LargeBinary)


class Phrase(Base, Versioned, table=True):
    """A ready phrase, offered where `genre` says."""

    id: int | None = Field(default=None, primary_key=True)
    genre: GenrePhrase = Field(sa_type=choice(GenrePhrase))
    texte: str = Field(max_length=500)
    ordre: int = 0
    archive: bool = False


class PieceJointe(Base, Versioned, table=True):
    """A file beside a meeting or an action. Its bytes are in the data folder, under the name `empreinte` (SHA-256)."""

    __tablename__ = "piece_jointe"
    __table_args__ = (CheckConstraint("(reunion_id IS NULL) <> (action_id IS NULL)", name="un_seul_objet"),)

    id: int | None = Field(default=None, primary_key=True)
    reunion_id: int | None = Field(default=None, foreign_key="reunion.id", index=True)
    action_id: int | None = Field(default=None, foreign_key="action.id", index=True)
    nom: str = Field(max_length=200)
    type_mime: str = Field(max_length=100)
    taille: int
    empreinte: str = Field(max_length=64, index=True)
    depose_le: datetime = Field(sa_type=UtcDateTime)
    depose_par: int | None = Field(default=None, foreign_key="agent.id")
    retire_le: datetime | None = Field(default=None, sa_type=UtcDateTime)
