"""The engine and the two ways to use it: `reading()` and `writing()`. Services never commit; `writing()` does, once."""

import logging
import os
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache, partial
from typing import Any
from urllib.parse import quote

import psycopg
from psycopg import errors as pg
from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.exc import DBAPIError, DisconnectionError, IntegrityError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm.exc import StaleDataError
from sqlmodel import Session

from services.socle.erreurs import Conflict, Unavailable
from settings import get_settings

log = logging.getLogger("carnet.db")

LOCK_WAIT_MS = 8000
_POOL_WAIT_S = 10
_PING_S, REPONSE_S = 3, 30  # a server that hangs answers nothing, not even that it does
_PG_WRITER_LOCK = 20260101  # any constant: the one advisory lock writers take in turn

CONFLIT = "Un collègue vient de modifier cette fiche : rien n’a été écrasé. Relisez-la, puis recommencez."
INDISPONIBLE = (
    "La base ne répond pas pour le moment : rien n’a été enregistré, votre texte reste à l’écran. "
    "Réessayez dans quelques instants."
)
INCERTAIN = (
    "La base a cessé de répondre pendant l’enregistrement : il est peut-être fait. "
    "Vérifiez dans quelques instants, avant de recommencer."
)
_FICHIER_PERDU = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)


class _ConnexionPg(psycopg.Connection[Any]):
    """Psycopg waits for ever on a server that hangs; this one gives up, and the connection with it."""

    reponse_s: float | None = REPONSE_S

    def wait(self, gen: Any, interval: float = 0.1, timeout: float | None = None) -> Any:
        limite = timeout or self.reponse_s
        fin = time.monotonic() + limite if limite else None
        try:
            return super().wait(gen, interval, limite)
        except pg.OperationalError:
            if timeout is None and fin and time.monotonic() >= fin:
                self.pgconn.finish()
            raise


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
    engine = create_engine(
        url,
        pool_pre_ping=True,
        pool_size=5,
        max_overflow=25,
        pool_timeout=_POOL_WAIT_S,
        connect_args={"connect_timeout": 5, "tcp_user_timeout": _PING_S * 1000},
    )
    event.listen(engine, "do_connect", lambda _dialect, _record, args, kwargs: _ConnexionPg.connect(*args, **kwargs))
    event.listen(engine, "checkin", lambda connection, _record: _attendre(connection, _PING_S))
    event.listen(engine, "checkout", lambda connection, _record, _proxy: _attendre(connection, REPONSE_S))
    return engine


def _attendre(connection: _ConnexionPg | None, secondes: float) -> None:
    if connection is not None:
        connection.reponse_s = secondes


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
    """The application's own. A SQLite file that was moved away is missed, never made anew nor written where it went."""
    engine = make_engine(get_settings().url)
    if engine.dialect.name == "sqlite" and engine.url.database:
        fichier = os.path.abspath(engine.url.database)
        event.listen(engine, "do_connect", partial(_ouvrir, fichier))
        event.listen(engine, "checkout", partial(_verifier, fichier))
    return engine


def _ouvrir(fichier: str, _dialect: Any, record: Any, _args: Any, kwargs: Any) -> sqlite3.Connection:
    record.info["inode"] = _inode(fichier)
    connection: sqlite3.Connection = sqlite3.connect(f"file:{quote(fichier)}?mode=rw", uri=True, **kwargs)
    return connection


def _verifier(fichier: str, _connection: Any, record: Any, _proxy: Any) -> None:
    if record.info.get("inode") != _inode(fichier):
        raise DisconnectionError(f"{fichier} is not the file that was opened")


def _inode(fichier: str) -> int | None:
    try:
        return os.stat(fichier).st_ino
    except OSError:
        return None


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
            try:
                session.commit()
            except DBAPIError as error:
                if error.connection_invalidated:  # nobody knows whether it was heard
                    log.warning("base lost at commit: %s", error)
                    raise Unavailable(INCERTAIN) from error
                raise
    except (StaleDataError, IntegrityError) as error:
        log.info("write refused: %s", error)
        raise Conflict(CONFLIT) from error
    except (DBAPIError, PoolTimeout) as error:
        _raise_if_unavailable(error)
        raise


def accepte_ecriture() -> bool:
    """Whether a command would go through now. Never waits behind a writer: then the answer is no, for now."""
    try:
        with engine().connect() as connection:
            _patienter(connection, 0)
            try:
                if connection.dialect.name == "postgresql":
                    prendre = text("SELECT pg_try_advisory_xact_lock(:k)").bindparams(k=_PG_WRITER_LOCK)
                    if not connection.scalar(prendre):
                        return False
                connection.execute(text("UPDATE alembic_version SET version_num = version_num"))
                connection.rollback()
            finally:
                _patienter(connection, LOCK_WAIT_MS)
            return True
    except (DBAPIError, PoolTimeout) as error:
        log.info("base not back yet: %s", error)
        engine().dispose()
        return False


def _patienter(connection: Connection, ms: int) -> None:
    if connection.dialect.name == "sqlite":
        connection.connection.cursor().execute(f"PRAGMA busy_timeout={ms}")


def _raise_if_unavailable(error: DBAPIError | PoolTimeout) -> None:
    """Raise Unavailable when the base cannot be used for now; any other error is a bug of ours and stays itself."""
    if isinstance(error, DBAPIError):
        code = getattr(error.orig, "sqlite_errorcode", None)
        absente = (
            isinstance(error, OperationalError)
            or error.connection_invalidated
            or isinstance(error.orig, pg.ReadOnlySqlTransaction)  # after a failover, the other server is read only
            or code in _FICHIER_PERDU
        )
        if code == sqlite3.SQLITE_ERROR or not absente:  # "no such table" and the like
            return
        engine().dispose()  # what was opened on it stays read only, or on a file that is gone, when the base is back
    log.warning("base unavailable: %s", error)
    raise Unavailable(INDISPONIBLE) from error
