"""What makes a large change undoable in one step, and how the columns of a file were read last time."""

from datetime import datetime

from sqlmodel import Field

from models.base import Base, UtcDateTime


class Operation(Base, table=True):
    """A change of many rows at once (an import, a merge), undone as one step. `resume` is its journal line."""

    id: int = Field(default=None, primary_key=True)
    quand: datetime = Field(sa_type=UtcDateTime, index=True)
    agent_id: int | None = Field(default=None, foreign_key="agent.id")
    acte: str = Field(max_length=60)
    resume: str = Field(max_length=300)
    annulee_le: datetime | None = Field(default=None, sa_type=UtcDateTime)


class OperationLigne(Base, table=True):
    """One row that an operation touched. `avant` and `apres` are its columns, in JSON; None: it did not exist."""

    __tablename__ = "operation_ligne"

    id: int = Field(default=None, primary_key=True)
    operation_id: int = Field(foreign_key="operation.id", index=True)
    objet: str = Field(max_length=60)
    avant: str | None = None
    apres: str | None = None


class ColonnesRetenues(Base, table=True):
    """How the columns of a file were read: `signature` is that of its header, `choix` is JSON."""

    __tablename__ = "colonnes_retenues"

    signature: str = Field(primary_key=True, max_length=64)
    choix: str
    quand: datetime = Field(sa_type=UtcDateTime)
