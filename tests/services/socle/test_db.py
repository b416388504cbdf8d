"""Two agents, two processes, a lock, a full disk, a stopped server: nothing is lost, and the refusal is in French."""

import os
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path

import pytest
from sqlalchemy import event, text
from sqlalchemy.exc import DBAPIError
from sqlmodel import select

from models import Agent, Origine, Parametre, Partenaire
from services.socle import db
from services.socle.erreurs import Conflict, Unavailable
from settings import ROOT
from tests.bases import Base, Postgres
from tests.cast import Cast

# One acknowledged line per committed change, as a user sees one notice per saved form.
AJOUTER = """
import sys
from models import Parametre
from services.socle import db
for i in range(int(sys.argv[1])):
    with db.writing() as session:
        compteur = session.get(Parametre, "compteur")
        compteur.valeur = str(int(compteur.valeur) + 1)
        session.add(compteur)
    print(i, flush=True)
"""
VERROUILLER = """
import sys
from sqlalchemy import text
from services.socle import db
with db.writing() as session:
    session.execute(text("SELECT 1"))
    print("tenu", flush=True)
    sys.stdin.readline()
"""


def other_process(code: str, *args: str) -> subprocess.Popen[str]:
    """A second process on the same base (its address is in the environment)."""
    return subprocess.Popen(
        [sys.executable, "-c", code, *args],
        cwd=ROOT,
        env=dict(os.environ),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@contextmanager
def locked_elsewhere() -> Iterator[subprocess.Popen[str]]:
    """Another process is in the middle of a write; a line on its standard input lets it go."""
    autre = other_process(VERROUILLER)
    assert autre.stdout is not None
    try:
        assert autre.stdout.readline() == "tenu\n", autre.communicate()[1]
        yield autre
    finally:
        autre.kill()
        autre.communicate()


@pytest.fixture
def compteur(base: Base) -> None:
    with db.writing() as session:
        session.add(Parametre(nom="compteur", valeur="0"))


def total() -> int:
    with db.reading() as session:
        return int(session.get_one(Parametre, "compteur").valeur)


def add_one() -> None:
    with db.writing() as session:
        row = session.get_one(Parametre, "compteur")
        row.valeur = str(int(row.valeur) + 1)
        session.add(row)


# --- nothing is lost ---------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("compteur")
def test_threads_that_read_then_write_lose_nothing() -> None:
    def twenty_five(_: int) -> None:
        for _ in range(25):
            add_one()

    with ThreadPoolExecutor(12) as threads:
        list(threads.map(twenty_five, range(12)))
    assert total() == 300


@pytest.mark.usefixtures("compteur")
def test_processes_that_read_then_write_lose_nothing() -> None:
    autres = [other_process(AJOUTER, "40") for _ in range(2)]
    sorties = [autre.communicate() for autre in autres]
    assert [autre.returncode for autre in autres] == [0, 0], sorties
    assert total() == 80


@pytest.mark.usefixtures("compteur")
def test_killed_while_writing_keeps_every_acknowledged_change(base: Base) -> None:
    autre = other_process(AJOUTER, "100000")
    assert autre.stdout is not None
    for _ in range(30):
        autre.stdout.readline()
    autre.kill()
    reste, _ = autre.communicate()
    acquittes = 30 + reste.count("\n")
    assert total() in (acquittes, acquittes + 1)  # the last one may be committed and not yet printed
    add_one()
    assert total() in (acquittes + 1, acquittes + 2)
    if base.sgbd == "sqlite":
        with db.reading() as session:
            assert session.execute(text("PRAGMA integrity_check")).scalar_one() == "ok"


@pytest.mark.sqlite
def test_a_new_file_opened_by_many_at_once(tmp_path: Path) -> None:
    """Two connections that switch a new file to WAL together: SQLite refuses one at once, whatever its timeout."""
    for essai in range(5):
        engine = db.make_engine(f"sqlite:///{tmp_path / f'{essai}.db'}")
        depart = threading.Barrier(8)

        def ouvrir(engine=engine, depart=depart) -> str:
            depart.wait()
            with engine.connect() as connection:
                return str(connection.execute(text("PRAGMA journal_mode")).scalar_one())

        with ThreadPoolExecutor(8) as threads:
            assert {f.result() for f in [threads.submit(ouvrir) for _ in range(8)]} == {"wal"}
        engine.dispose()


# --- one transaction, whole or not at all ------------------------------------------------------------------------


@pytest.mark.usefixtures("compteur")
def test_an_exception_takes_everything_back() -> None:
    def raté() -> None:
        with db.writing() as session:
            session.add(Parametre(nom="autre", valeur="1"))
            session.flush()
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        raté()
    with db.reading() as session:
        assert [p.nom for p in session.exec(select(Parametre))] == ["compteur"]


@pytest.mark.usefixtures("compteur")
def test_reading_writes_nothing() -> None:
    with db.reading() as session:
        session.add(Parametre(nom="autre", valeur="1"))
        session.flush()
    with db.reading() as session:
        assert session.get(Parametre, "autre") is None


@pytest.mark.usefixtures("base")
def test_a_bug_is_not_taken_for_a_base_that_is_down() -> None:
    """A wrong statement must reach the log as what it is, not tell the user to try again."""

    def lire() -> None:
        with db.reading() as session:
            session.execute(text("SELECT 1 FROM table_inconnue"))

    def ecrire() -> None:
        with db.writing() as session:
            session.execute(text("SELECT 1 FROM table_inconnue"))

    for faute in (lire, ecrire):
        with pytest.raises(DBAPIError, match="table_inconnue"):
            faute()


# --- colleagues --------------------------------------------------------------------------------------------------


def test_what_a_colleague_changed_is_not_overwritten(base: Base) -> None:
    with db.writing() as session:
        session.add(Origine(libelle="Courrier"))
    with db.reading() as session:
        ancienne = session.exec(select(Origine)).one()
        session.expunge(ancienne)
    with db.writing() as session:
        session.exec(select(Origine)).one().libelle = "Lettre"
    ancienne.libelle = "Missive"

    def ecraser() -> None:
        with db.writing() as session:
            session.add(ancienne)

    with pytest.raises(Conflict, match="collègue"):
        ecraser()
    with db.reading() as session:
        assert session.exec(select(Origine)).one().libelle == "Lettre"


def test_a_rule_of_the_base_is_a_refusal(cast_base: Cast) -> None:
    def doubler() -> None:
        with db.writing() as session:
            session.add(Agent(identifiant="elu", nom="Autre", role=cast_base.elu.role, mot_de_passe="x"))

    with pytest.raises(Conflict):
        doubler()


def test_foreign_keys_are_checked(base: Base) -> None:
    def orphelin() -> None:
        with db.writing() as session:
            session.add(Partenaire(nom="Sans catégorie", recherche="sans categorie", categorie_id=12345))

    with pytest.raises(Conflict):
        orphelin()


# --- a lock held elsewhere ---------------------------------------------------------------------------------------


@pytest.mark.usefixtures("compteur")
def test_reading_goes_on_while_another_process_writes() -> None:
    with locked_elsewhere() as autre:
        assert total() == 0
        assert autre.poll() is None  # it was still in the middle of it


@pytest.mark.usefixtures("compteur")
def test_a_writer_waits_for_a_short_lock() -> None:
    with locked_elsewhere() as autre:
        ecrivain = threading.Thread(target=add_one)
        ecrivain.start()
        ecrivain.join(timeout=0.5)
        assert ecrivain.is_alive()
        assert autre.stdin is not None
        autre.stdin.write("\n")
        autre.stdin.flush()
        ecrivain.join()
    assert total() == 1


@pytest.mark.usefixtures("compteur")
def test_a_writer_gives_up_on_a_long_lock_and_says_so() -> None:
    with locked_elsewhere(), pytest.raises(Unavailable, match="rien n’a été enregistré"):
        add_one()
    add_one()
    assert total() == 1


# --- a disk, a server --------------------------------------------------------------------------------------------


@contextmanager
def every_connection(pragma: str) -> Iterator[None]:
    """SQLite itself refuses, as on a full or read-only disk."""

    def poser(connection, _record) -> None:
        connection.execute(pragma)

    db.engine().dispose()
    event.listen(db.engine(), "connect", poser)
    try:
        yield
    finally:
        event.remove(db.engine(), "connect", poser)
        db.engine().dispose()


@pytest.mark.sqlite
@pytest.mark.usefixtures("compteur")
def test_a_full_disk(base: Base) -> None:
    with closing(sqlite3.connect(base.dossier / "carnet.db")) as connection:
        pages = connection.execute("PRAGMA page_count").fetchone()[0]

    def remplir() -> None:
        with db.writing() as session:
            session.add_all(Parametre(nom=f"p{i}", valeur="x" * 500) for i in range(200))

    with every_connection(f"PRAGMA max_page_count={pages + 4}"), pytest.raises(Unavailable, match="rien n’a été"):
        remplir()
    with db.reading() as session:
        assert [p.nom for p in session.exec(select(Parametre))] == ["compteur"]
    remplir()  # room again: no restart needed


@pytest.mark.sqlite
@pytest.mark.usefixtures("compteur")
def test_a_read_only_file() -> None:
    with every_connection("PRAGMA query_only=ON"):
        with pytest.raises(Unavailable):
            add_one()
        assert total() == 0
    add_one()
    assert total() == 1


@pytest.mark.postgresql
@pytest.mark.usefixtures("compteur")
def test_postgresql_restarted(postgres: Postgres) -> None:
    add_one()
    postgres.stop()
    try:
        with pytest.raises(Unavailable):
            add_one()
        with pytest.raises(Unavailable):
            total()
    finally:
        postgres.start()
    add_one()
    assert total() == 2


@pytest.mark.postgresql
@pytest.mark.usefixtures("compteur")
def test_postgresql_restarted_in_the_middle_of_a_write(postgres: Postgres) -> None:
    def coupe() -> None:
        with db.writing() as session:
            session.get_one(Parametre, "compteur").valeur = "99"
            session.flush()
            postgres.stop()
            postgres.start()

    with pytest.raises(Unavailable):
        coupe()
    add_one()
    assert total() == 1


@pytest.mark.postgresql
@pytest.mark.usefixtures("compteur")
def test_postgresql_read_only_after_a_failover(base: Base) -> None:
    """It answers, reads, and refuses to write: `InternalError`, not `OperationalError`. Writable again: no restart."""
    add_one()
    nom = base.url.rsplit("/", 1)[1]
    regler(base, f"ALTER DATABASE {nom} SET default_transaction_read_only = on")
    db.engine().dispose()
    with pytest.raises(Unavailable):
        add_one()
    assert total() == 1
    assert not db.accepte_ecriture()
    regler(base, f"ALTER DATABASE {nom} RESET default_transaction_read_only")
    assert db.accepte_ecriture()
    add_one()
    assert total() == 2


def regler(base: Base, ordre: str) -> None:
    """As the administrator of the cluster, beside the application."""
    engine = db.make_engine(base.url).execution_options(isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text("SET default_transaction_read_only = off"))
        connection.execute(text(ordre))
    engine.dispose()


@pytest.mark.postgresql
@pytest.mark.usefixtures("compteur")
def test_postgresql_that_hangs(postgres: Postgres) -> None:
    """Its port still accepts; nothing is ever answered, neither to a connection held nor to a new one."""
    add_one()
    with postgres.gele():
        with pytest.raises(Unavailable):
            total()
        with pytest.raises(Unavailable):
            add_one()
    add_one()
    assert total() == 2


@pytest.mark.postgresql
@pytest.mark.usefixtures("compteur")
def test_postgresql_that_hangs_in_the_middle_of_a_statement(postgres: Postgres, monkeypatch) -> None:
    monkeypatch.setattr(db, "REPONSE_S", 1)

    def coupe() -> None:
        with db.writing() as session, postgres.gele():
            session.get_one(Parametre, "compteur").valeur = "99"
            session.flush()

    with pytest.raises(Unavailable):
        coupe()
    add_one()
    assert total() == 1


@pytest.mark.postgresql
@pytest.mark.usefixtures("compteur")
def test_lost_at_commit_nobody_says_that_nothing_was_saved(postgres: Postgres, monkeypatch) -> None:
    monkeypatch.setattr(db, "REPONSE_S", 1)

    def coupe() -> None:
        with db.writing() as session:
            session.get_one(Parametre, "compteur").valeur = "99"
            session.flush()
            gel.enter_context(postgres.gele())

    with ExitStack() as gel, pytest.raises(Unavailable, match="peut-être fait"):
        coupe()
    add_one()
    assert total() in (1, 100)


@pytest.mark.sqlite
@pytest.mark.usefixtures("compteur")
def test_a_file_moved_away_and_back(base: Base) -> None:
    """Missed at once, though it is still open; never made anew; found again without a restart."""
    add_one()
    fichier, ailleurs = base.dossier / "carnet.db", base.dossier / "ailleurs.db"
    fichier.rename(ailleurs)
    with pytest.raises(Unavailable):
        total()
    with pytest.raises(Unavailable):
        add_one()
    assert not db.accepte_ecriture()
    assert not fichier.exists()
    ailleurs.rename(fichier)
    assert db.accepte_ecriture()
    add_one()
    assert total() == 2


@pytest.mark.sqlite
@pytest.mark.usefixtures("compteur")
def test_a_file_replaced_by_a_copy_is_the_one_used(base: Base) -> None:
    add_one()
    db.engine().dispose()
    fichier, copie = base.dossier / "carnet.db", base.dossier / "copie.db"
    copie.write_bytes(fichier.read_bytes())
    add_one()
    db.engine().dispose()
    fichier.unlink()
    copie.rename(fichier)
    assert total() == 1


@pytest.mark.sqlite
@pytest.mark.usefixtures("compteur")
def test_a_file_that_is_no_longer_a_base(base: Base) -> None:
    db.engine().dispose()
    fichier = base.dossier / "carnet.db"
    octets = fichier.read_bytes()
    fichier.write_bytes(b"Ceci n'est pas une base. " * 200)
    with pytest.raises(Unavailable):
        total()
    fichier.write_bytes(octets)
    assert total() == 0


@pytest.mark.usefixtures("compteur")
def test_while_another_writes_the_base_is_not_said_to_be_back() -> None:
    with locked_elsewhere():
        assert not db.accepte_ecriture()
    assert db.accepte_ecriture()
    add_one()
    assert total() == 1
