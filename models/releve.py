"""The life of a relevé de conclusions, ready phrases, and files kept beside a meeting or an action."""

from datetime import datetime

from sqlalchemy import CheckConstraint, LargeBinary, Text, UniqueConstraint
from sqlmodel import Field

from models.base import Base, UtcDateTime, Versioned, choice
from models.lists import ActeReleve, EtatReleve, GenrePhrase


class Releve(Base, Versioned, table=True):
    """Where the relevé of a meeting stands now; no row is a projet. Once diffusé, its meeting is locked until it is
    reopened: what was sent then stays in VersionReleve, what was done in EvenementReleve.
    """

    reunion_id: int = Field(foreign_key="reunion.id", primary_key=True)
    etat: EtatReleve = Field(default=EtatReleve.PROJET, sa_type=choice(EtatReleve))
    valide_le: datetime | None = Field(default=None, sa_type=UtcDateTime)
    valide_par: int | None = Field(default=None, foreign_key="agent.id")
    diffuse_le: datetime | None = Field(default=None, sa_type=UtcDateTime)
    diffuse_par: int | None = Field(default=None, foreign_key="agent.id")


class VersionReleve(Base, table=True):
    """A relevé as partenaires hold it, never changed once sent; `diffuse_le` None: prepared, and nobody has it yet.

    `document` is its Word file; `contenu` and `public` are what it said, restricted and public, as JSON: a partenaire
    renamed or a correction since does not change them. All three may be missing from what was sent before the tool
    kept them.
    """

    __tablename__ = "version_releve"
    __table_args__ = (UniqueConstraint("reunion_id", "numero"),)

    id: int = Field(default=None, primary_key=True)
    reunion_id: int = Field(foreign_key="reunion.id", index=True)
    numero: int
    contenu: str = Field(default="", sa_type=Text)
    public: str = Field(default="", sa_type=Text)
    document: bytes | None = Field(default=None, sa_type=LargeBinary)
    diffuse_le: datetime | None = Field(default=None, sa_type=UtcDateTime)


class EvenementReleve(Base, table=True):
    """One act on a relevé, on its version `numero`: who, when, and why where a reason is asked. Never changed."""

    __tablename__ = "evenement_releve"

    id: int = Field(default=None, primary_key=True)
    reunion_id: int = Field(foreign_key="reunion.id", index=True)
    numero: int
    acte: ActeReleve = Field(sa_type=choice(ActeReleve))
    quand: datetime = Field(sa_type=UtcDateTime)
    agent_id: int | None = Field(default=None, foreign_key="agent.id")
    motif: str = Field(default="", max_length=200)


class Phrase(Base, Versioned, table=True):
    """A ready phrase, offered where `genre` says."""

    id: int = Field(default=None, primary_key=True)
    genre: GenrePhrase = Field(sa_type=choice(GenrePhrase), title="Où")
    texte: str = Field(max_length=500, title="Texte")
    ordre: int = 0
    archive: bool = False


class PieceJointe(Base, Versioned, table=True):
    """A file beside a meeting or an action. Its bytes are in the data folder, under the name `empreinte` (SHA-256)."""

    __tablename__ = "piece_jointe"
    __table_args__ = (CheckConstraint("(reunion_id IS NULL) <> (action_id IS NULL)", name="un_seul_objet"),)

    id: int = Field(default=None, primary_key=True)
    reunion_id: int | None = Field(default=None, foreign_key="reunion.id", index=True)
    action_id: int | None = Field(default=None, foreign_key="action.id", index=True)
    nom: str = Field(max_length=200, title="Nom")
    type_mime: str = Field(max_length=100)
    taille: int
    empreinte: str = Field(max_length=64, index=True)
    depose_le: datetime = Field(sa_type=UtcDateTime)
    depose_par: int | None = Field(default=None, foreign_key="agent.id")
    retire_le: datetime | None = Field(default=None, sa_type=UtcDateTime, title="Retirée le")
