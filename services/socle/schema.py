"""Bring the schema to its newest version, whole or not at all, on both databases.

Tests: tests/test_migrations.py.
"""

import re
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, Engine, inspect, make_url, text

from services.socle.db import LOCK_WAIT_MS, REPONSE_S
from settings import ROOT

if TYPE_CHECKING:
    from alembic.config import Config

MIGRATIONS = ROOT / "models" / "migrations"
_PG_MIGRATION_LOCK = 20260102


class UnknownSchema(Exception):
    """The base was migrated by a later version of the application."""


def alembic_config(migrations: Path = MIGRATIONS) -> "Config":
    """Alembic's own configuration, without an ini file."""
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(migrations))
    return config


def migrate(engine: Engine, *, migrations: Path = MIGRATIONS) -> None:
    """Apply the missing migrations in one transaction: an interruption leaves schema, data and version as they were.

    Raises:
        UnknownSchema: the base is at a version that this code does not know.
    """
    if engine.dialect.name == "sqlite" and engine.url.database:
        Path(engine.url.database).touch()  # the one place where a base is made
    if version(engine) == head(migrations):
        return  # nearly every start: Alembic, slow to import, is not needed
    with engine.connect().execution_options(writer=True) as connection:
        _patience(connection, 60_000)  # another process that migrates is waited for, however long it takes
        _upgrade(connection, migrations)
        _patience(connection, LOCK_WAIT_MS)


def _patience(connection: Connection, ms: int) -> None:
    if connection.dialect.name == "sqlite":
        connection.connection.cursor().execute(f"PRAGMA busy_timeout={ms}")
    elif brute := connection.connection.driver_connection:
        brute.reponse_s = None if ms > LOCK_WAIT_MS else REPONSE_S


def _upgrade(connection: Connection, migrations: Path) -> None:
    from alembic import command
    from alembic.util import CommandError

    with connection.begin():
        if connection.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:k)").bindparams(k=_PG_MIGRATION_LOCK))
        config = alembic_config(migrations)
        config.attributes["connection"] = connection
        try:
            command.upgrade(config, "head")
        except CommandError as error:
            raise UnknownSchema(str(error)) from error


def existe(url: str) -> bool:
    """False for a SQLite file that no start has made yet."""
    base = make_url(url)
    return base.get_backend_name() != "sqlite" or not base.database or Path(base.database).exists()


def version(engine: Engine) -> str | None:
    """The version the base is at, None when it has no schema."""
    with engine.connect() as connection:
        if not inspect(connection).has_table("alembic_version"):
            return None
        trouvee: str | None = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
        return trouvee


def head(migrations: Path = MIGRATIONS) -> str | None:
    """The version the code expects: that of the last migration, which none follows."""
    suite = {}
    for fichier in (migrations / "versions").glob("*.py"):
        texte = fichier.read_text(encoding="utf-8")
        numero, avant = (re.search(rf"^{nom} = (.+)$", texte, re.MULTILINE) for nom in ("revision", "down_revision"))
        if numero and avant:
            suite[avant[1].strip("\"'")] = numero[1].strip("\"'")
    derniere = None
    while (suivante := suite.get(str(derniere))) is not None:
        derniere = suivante
    return derniere
