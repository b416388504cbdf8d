"""Bases to test on: a migrated SQLite file to copy, and one throw-away PostgreSQL cluster for the whole session."""

import hashlib
import os
import shutil
import signal
import socket
import sqlite3
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path
from random import Random
from typing import Any
from uuid import uuid4

from sqlalchemy import Connection, Engine, Select, event, func, text
from sqlmodel import Session

from demo.annee import remplir
from services.imports.reference import charger_reference
from services.releves import phrases
from services.socle import db, schema
from services.socle.acteur import SYSTEME
from services.socle.db import make_engine
from services.socle.horloge import aujourdhui
from settings import get_settings
from tests.cast import create_cast
from tests.sources import sources

SGBD = ("sqlite", "postgresql")


@dataclass(frozen=True)
class Base:
    """A base of its own for a test or a server. `dossier` is its DATA_DIR."""

    sgbd: str
    url: str
    dossier: Path


def _reference(session: Session) -> None:
    charger_reference(session, by=SYSTEME)


def _servie(session: Session) -> None:
    charger_reference(session, by=SYSTEME)
    phrases.semer(session)
    create_cast(session)


# What a test may find in its base from the start. Each is filled once a session, then copied.
MODELES: dict[str, Callable[[Session], None]] = {
    "reference": _reference,  # the public facts of reference/
    "servie": _servie,  # what a first start leaves, and the cast's accounts
    "annee": partial(remplir, today=aujourdhui()),  # the demo year that ends today
    "annee_2026": partial(remplir, today=date(2026, 6, 12)),  # another, for who counts what is in it
}


def remplir_modele(url: str, nom: str) -> None:
    """Fill a migrated base with that model."""
    engine = make_engine(url)
    with engine.connect().execution_options(writer=True) as connection, Session(connection) as session:
        MODELES[nom](session)
        session.commit()
    engine.dispose()


def free_port(voulu: int = 0) -> int:
    """That port if nobody has it, any other otherwise."""
    with socket.socket() as s:
        try:
            s.bind(("127.0.0.1", voulu))
        except OSError:
            s.bind(("127.0.0.1", 0))
        return int(s.getsockname()[1])


def migrated_sqlite(cache: Path) -> Path:
    """A migrated SQLite file to copy, built once for a given set of migrations."""
    key = hashlib.sha256(b"".join(f.read_bytes() for f in sources("models/migrations"))).hexdigest()[:16]
    modele = cache / f"{key}.db"
    if not modele.exists():
        with tempfile.TemporaryDirectory(dir=cache) as folder:
            brut = Path(folder) / "brut.db"
            engine = make_engine(f"sqlite:///{brut}")
            schema.migrate(engine)
            with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
                connection.exec_driver_sql(
                    "COMMIT"
                )  # ends the transaction our "begin" event opened: VACUUM asks for none
                connection.exec_driver_sql(f"VACUUM INTO '{folder}/modele.db'")
                connection.exec_driver_sql("BEGIN")
            engine.dispose()
            os.replace(f"{folder}/modele.db", modele)
    return modele


class Postgres:
    """A cluster in a temporary folder, without fsync, with one migrated base to copy."""

    def __init__(self) -> None:
        bins = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda p: int(p.parent.parent.name))
        if not bins:
            raise FileNotFoundError("PostgreSQL n’est pas installé (apt-get install postgresql)")
        self.bin = bins[-1].parent
        self.dossier = Path(tempfile.mkdtemp(prefix="carnet-pg-"))
        self.port = free_port()
        self._qui = {"user": "postgres", "group": "postgres", "extra_groups": []} if os.geteuid() == 0 else {}
        if self._qui:
            shutil.chown(self.dossier, "postgres", "postgres")
        self._run("initdb", "-D", str(self.dossier / "d"), "-U", "postgres", "-A", "trust", "-E", "UTF8",
                  "--locale=C.UTF-8", "--no-sync")  # fmt: skip
        self.start()
        self.create("modele")
        engine = make_engine(self.url("modele"))
        schema.migrate(engine)
        engine.dispose()

    def _run(self, programme: str, *args: str) -> None:
        out = subprocess.run(
            [self.bin / programme, *args],
            env={"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", "HOME": str(self.dossier)},
            cwd=self.dossier,
            stdin=subprocess.DEVNULL,
            stdout=(log := open(os.devnull, "w")),  # noqa: SIM115 - pg_ctl's child keeps a pipe open for ever
            stderr=subprocess.STDOUT,
            check=False,
            timeout=60,
            **self._qui,  # type: ignore[call-overload]
        )
        log.close()
        if out.returncode:
            journal = self.dossier / "log"
            raise RuntimeError(f"{programme}: {journal.read_text()[-2000:] if journal.exists() else out.returncode}")

    def start(self) -> None:
        options = (
            f"-c port={self.port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={self.dossier} "
            "-c fsync=off -c full_page_writes=off -c max_connections=120 "
            "-c shared_buffers=32MB"
        )
        self._run(
            "pg_ctl", "-D", str(self.dossier / "d"), "-l", str(self.dossier / "log"), "-w", "-o", options, "start"
        )

    def stop(self) -> None:
        self._run("pg_ctl", "-D", str(self.dossier / "d"), "-m", "immediate", "-w", "stop")

    @contextmanager
    def gele(self) -> Iterator[None]:
        """It hangs: every process of the cluster is stopped, none is ended."""
        chef = int((self.dossier / "d" / "postmaster.pid").read_text().splitlines()[0])
        enfants = Path(f"/proc/{chef}/task/{chef}/children").read_text().split()
        tous = [chef, *map(int, enfants)]
        for processus in tous:
            os.kill(processus, signal.SIGSTOP)
        try:
            yield
        finally:
            for processus in tous:
                os.kill(processus, signal.SIGCONT)

    def url(self, nom: str) -> str:
        return f"postgresql+psycopg://postgres@127.0.0.1:{self.port}/{nom}"

    def _sql(self, ordre: str) -> None:
        engine = make_engine(self.url("postgres")).execution_options(isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.execute(text(ordre))
        engine.dispose()

    def create(self, nom: str, *, modele: str = "template1") -> str:
        """A new base, empty or a copy of `modele`; returns its address."""
        self._sql(f"CREATE DATABASE {nom} TEMPLATE {modele}")
        return self.url(nom)

    def checkpoint(self) -> None:
        """Without it, a power cut gives the sequences of a copied base back the values that its model had."""
        self._sql("CHECKPOINT")

    def drop(self, url: str) -> None:
        self._sql(f"DROP DATABASE IF EXISTS {url.rsplit('/', 1)[1]} WITH (FORCE)")

    def close(self) -> None:
        self.stop()
        shutil.rmtree(self.dossier, ignore_errors=True)


def melanger(graine: int) -> None:
    """From now on a query gives in another order each time the rows that it does not put in one itself."""
    hasard = Random(graine)  # noqa: S311

    @event.listens_for(Engine, "connect")
    def _semer(connection: Any, _record: Any) -> None:
        if isinstance(connection, sqlite3.Connection):
            connection.create_function("random", 0, lambda: hasard.getrandbits(62))
        else:
            connection.execute("SELECT setseed(%s)", [hasard.random()])
            connection.rollback()

    @event.listens_for(Engine, "before_execute", retval=True)
    def _trier(connection: Connection, requete: Any, multiparams: Any, params: Any, _options: Any) -> Any:
        # PostgreSQL orders what is distinct by its own columns only.
        if isinstance(requete, Select) and not (requete._distinct and connection.dialect.name == "postgresql"):
            requete = requete.order_by(func.random())
        return requete, multiparams, params


def unique_name() -> str:
    return f"t{uuid4().hex[:12]}"


def oublier_la_base() -> None:
    """Make `services.socle.db` and the settings read the environment again."""
    if db.engine.cache_info().currsize:
        db.engine().dispose()
    db.engine.cache_clear()
    get_settings.cache_clear()
