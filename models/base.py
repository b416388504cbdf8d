"""What every table shares: one registry, named constraints, versions, and the two kinds of time."""

from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, ClassVar

from sqlalchemy import DateTime, Dialect, MetaData, TypeDecorator, event
from sqlalchemy import Enum as SAEnum
from sqlalchemy.orm import declared_attr, registry
from sqlmodel import Field, SQLModel

from models.texte import folded

# Unnamed constraints cannot be altered by Alembic on SQLite.
NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


# A registry of our own: on plain `SQLModel`, Streamlit's hot reload raises "Table already defined".
class Base(SQLModel, registry=registry(metadata=MetaData(naming_convention=NAMING))):
    """Parent of every table."""


def libelles(table: type[SQLModel]) -> dict[str, str]:
    """Column -> what people call it, of those that have a `title`: on screens, in conflicts, merges and the journal."""
    return {nom: champ.title for nom, champ in table.model_fields.items() if champ.title}


class Versioned(SQLModel):
    """Adds a version that each UPDATE checks and raises: a row changed meanwhile raises StaleDataError."""

    version: int = Field(default=None, nullable=False)

    @declared_attr.directive
    def __mapper_args__(cls) -> dict[str, Any]:  # noqa: N805 - SQLAlchemy passes the class
        return {"version_id_col": cls.__table__.c.version}  # type: ignore[attr-defined]


class Cherchable(SQLModel):
    """Adds `recherche`, the texts of CHERCHES folded, kept so at each write (rows written in bulk give it)."""

    CHERCHES: ClassVar[tuple[str, ...]]

    recherche: str = Field(default="", max_length=4000)


@event.listens_for(Cherchable, "before_insert", propagate=True)
@event.listens_for(Cherchable, "before_update", propagate=True)
def _plier(_mapper: Any, _connection: Any, row: Any) -> None:
    row.recherche = folded(*(getattr(row, champ) or "" for champ in row.CHERCHES))[:4000]


class CivilDateTime(TypeDecorator[datetime]):
    """Civil time of the town, naive: 14:00 stays 14:00 across a clock change."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is not None and value.tzinfo is not None:
            raise ValueError(f"civil time is naive, got {value!r}")
        return value


class UtcDateTime(TypeDecorator[datetime]):
    """An instant: aware in Python, stored as naive UTC (SQLite knows no zone)."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"an instant carries its zone, got {value!r}")
        return value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return None if value is None else value.replace(tzinfo=UTC)


def choice(enum: type[StrEnum]) -> Any:
    """Column type of a closed list: stored by value, as text with a CHECK, never a native type."""
    return SAEnum(
        enum,
        native_enum=False,
        create_constraint=True,
        length=30,
        name=enum.__name__.lower(),
        values_callable=lambda members: [m.value for m in members],
    )
