"""The engine and the two ways to use it: `reading()` and `writing()`. Services never commit; `writing()` does, once."""

import logging
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

from sqlalchemy import Engine, create_engine, event, text
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm.exc import StaleDataError
from sqlmodel import Session

from services.erreurs import Conflict, Unavailable
from settings import get_settings

log = logging.getLogger("carnet.db")

LOCK_WAIT_MS = 8000
_POOL_WAIT_S = 10
_PG_WRITER_LOCK = 20260101  # any constant: the one advisory lock writers take in turn

CONFLIT = "Un collègue vient de modifier cette fiche : rien n’a été écrasé. Relisez-la, puis recommencez."
INDISPONIBLE = (
    "La base ne répond pas pour le moment : rien n’a été enregistré, votre texte reste à l’écran. "
    "Réessayez dans quelques instants."
)


def make_engine(url: str) -> Engine:
    """An engine with the rules that both databases need (WAL, foreign keys, explicit BEGIN on SQLite)."""
    if url.startswith("sqlite"):
        engine = create_engine(
            url, pool_size=5, max_overflow=25, pool_timeout=_POOL_WAIT_S, connect_args={"timeout": LOCK_WAIT_MS / 1000}
        )

        @event.listens_for(engine, "connect")
        def _pragmas(connection: Any, _record: Any) -> None:
            connection.isolation_level = None  # the driver's own implicit BEGIN is deferred: ours is not
            cursor = connection.cursor()
            _set_wal(cursor)
            cursor.execute("PRAGMA synchronous=FULL")
            cursor.execute("PRAGMA foreign_keys=ON")
            cursor.close()

        @event.listens_for(engine, "begin")
        def _begin(connection: Any) -> None:
            # A deferred transaction that reads then writes loses updates or fails on lock.
            mode = "IMMEDIATE" if connection.get_execution_options().get("writer") else "DEFERRED"
            connection.exec_driver_sql(f"BEGIN {mode}")

        return engine
    return create_engine(
        url,
        pool_pre_ping=True,
        pool_size=5,
        max_overflow=25,
        pool_timeout=_POOL_WAIT_S,
        connect_args={"connect_timeout": 5},
    )


def _set_wal(cursor: Any) -> None:
    # Already so in every base but a new one; there SQLite refuses at once, whatever the timeout, when two connections
    # switch together.
    end = time.monotonic() + LOCK_WAIT_MS / 1000
    while True:
        try:
            cursor.execute("PRAGMA journal_mode=WAL")
        except sqlite3.OperationalError as error:
            if "locked" not in str(error) or time.monotonic() > end:
                raise
            time.sleep(0.02)
        else:
            return


@cache
def engine() -> Engine:
    return make_engine(get_settings().url)


@contextmanager
def reading() -> Iterator[Session]:
    """A session for queries only. Never waits behind a writer; what it changed is thrown away.

    Raises:
        Unavailable: the base does not answer.
    """
    try:
        with Session(engine()) as session:
            yield session
            session.rollback()
    except (DBAPIError, PoolTimeout) as error:
        _raise_if_unavailable(error)
        raise


@contextmanager
def writing() -> Iterator[Session]:
    """A session committed once, at the end. Writers come one after the other, on both databases.

    Raises:
        Conflict: a row changed since it was read, or a rule of the base refused it.
        Unavailable: the base does not answer, is locked, full or read-only.
    """
    try:
        with engine().connect() as connection, Session(connection.execution_options(writer=True)) as session:
            if connection.dialect.name == "postgresql":
                session.execute(text(f"SET LOCAL lock_timeout = {LOCK_WAIT_MS}"))
                session.execute(text("SELECT pg_advisory_xact_lock(:k)").bindparams(k=_PG_WRITER_LOCK))
            yield session
            session.commit()
    except (StaleDataError, IntegrityError) as error:
        log.info("write refused: %s", error)
        raise Conflict(CONFLIT) from error
    except (DBAPIError, PoolTimeout) as error:
        _raise_if_unavailable(error)
        raise


def _raise_if_unavailable(error: DBAPIError | PoolTimeout) -> None:
    """Raise Unavailable when the base cannot be used for now; any other error is a bug of ours and stays itself."""
    if isinstance(error, DBAPIError):
        sql_fault = (
            getattr(error.orig, "sqlite_errorcode", None) == sqlite3.SQLITE_ERROR
        )  # "no such table" and the like
        if sql_fault or not (isinstance(error, OperationalError) or error.connection_invalidated):
            return
    log.warning("base unavailable: %s", error)
    raise Unavailable(INDISPONIBLE) from error
