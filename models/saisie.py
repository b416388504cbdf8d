"""Text being typed, and the tokens that make each form count once."""

from datetime import datetime

from sqlalchemy import UniqueConstraint
from sqlmodel import Field

from models.base import Base, UtcDateTime


class Brouillon(Base, table=True):
    """A form being filled in. `cle` names it ("saisie:12" shared by all, "partenaire:nouveau:3" of agent 3).

    `jeton` is what a command accepts once; `version_vue` the version of the object shown in the form.
    They live here and not in the browser's session, which a restart of the server forgets.
    A shared draft that was saved stays a while under another name (`envoye_le`, from the tab `envoye_onglet`), for the
    words a colleague was still typing.
    """

    id: int = Field(default=None, primary_key=True)
    cle: str = Field(max_length=80, unique=True)
    jeton: str = Field(max_length=32, unique=True)
    version_vue: int | None = None
    ouvert_le: datetime = Field(sa_type=UtcDateTime)
    envoye_le: datetime | None = Field(default=None, sa_type=UtcDateTime)
    envoye_onglet: str = Field(default="", max_length=8)


class ChampBrouillon(Base, table=True):
    """One field of a draft, versioned by itself, and the browser tab that wrote it last; `valeur` is JSON."""

    __tablename__ = "champ_brouillon"
    __table_args__ = (UniqueConstraint("brouillon_id", "champ"),)

    id: int = Field(default=None, primary_key=True)
    brouillon_id: int = Field(foreign_key="brouillon.id", index=True)
    champ: str = Field(max_length=80)
    valeur: str = Field(max_length=8000)
    version: int = 1
    agent_id: int = Field(foreign_key="agent.id")
    onglet: str = Field(default="", max_length=8)
    modifie_le: datetime = Field(sa_type=UtcDateTime)


class JetonUtilise(Base, table=True):
    """A token that already wrote something: the same form sent again returns that object instead."""

    __tablename__ = "jeton_utilise"

    jeton: str = Field(primary_key=True, max_length=32)
    objet: str = Field(max_length=40)
    objet_id: int
    quand: datetime = Field(sa_type=UtcDateTime)
