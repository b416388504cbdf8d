"""Bring the schema to its newest version, whole or not at all, on both databases."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, text

MIGRATIONS = Path(__file__).resolve().parent.parent / "models" / "migrations"
_PG_MIGRATION_LOCK = 20260102


def alembic_config(migrations: Path = MIGRATIONS) -> Config:
    """Alembic's own configuration, without an ini file."""
    config = Config()
    config.set_main_option("script_location", str(migrations))
    return config


def migrate(engine: Engine, *, migrations: Path = MIGRATIONS) -> None:
    """Apply the missing migrations in one transaction: an interruption leaves schema, data and version as they were."""
    with engine.connect().execution_options(writer=True) as connection, connection.begin():
        if connection.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:k)").bindparams(k=_PG_MIGRATION_LOCK))
        config = alembic_config(migrations)
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


def version(engine: Engine) -> str | None:
    """The version the base is at, None when it has no schema."""
    with engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def head() -> str | None:
    """The version the code expects."""
    return ScriptDirectory.from_config(alembic_config()).get_current_head()
