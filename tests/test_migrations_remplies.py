"""Rows in every table, written at any version, come to the newest whole; and so with the migration one generates."""

import re
import shutil
import subprocess
import sys
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

from alembic import command
from sqlalchemy import Column, Connection, Engine, MetaData, Table, inspect, select, text

from services.socle import schema
from settings import ROOT
from tests.sources import sources
from tests.test_migrations import differences, downgrade

VERSIONS = [f.name[:4] for f in sources("models/migrations/versions", motif="0*.py")]
VALEURS: dict[type, Any] = {
    date: date(2026, 3, 10), datetime: datetime(2026, 3, 10, 14), time: time(14), int: 1, bool: True, bytes: b"octets",
}  # fmt: skip
# One of the two columns only.
UN_SEUL = {"piece_jointe": ("reunion_id", "action_id"), "presidence": ("instance_id", "secteur_id")}
# What a later version writes otherwise, and why; tests/test_migrations.py follows each.
REECRITS = {
    "partenaire.recherche": "0005 adds the digits of its number",
    "personne.recherche": "0005 adds the digits of its numbers",
    "releve.document": "0013 makes it a version of the relevé",
    "siege.charte_signee_le": "0016 gives the signature to who signed",
    "journal.acte": "0017 spells each act with its object",
}
Ligne = dict[str, Any]


def remplir(connection: Connection, n: int) -> list[tuple[Table, Ligne]]:
    """Rows `n` and `n + 1` in each table: one has a value in every column, the other only where it must."""
    meta = MetaData()
    meta.reflect(connection)
    meta.remove(meta.tables["alembic_version"])
    ecrites: list[tuple[Table, Ligne]] = []
    for table in meta.sorted_tables:
        permises = {
            colonne.name: re.findall(r"'([^']*)'", c["sqltext"])
            for c in inspect(connection).get_check_constraints(table.name)
            for colonne in table.c
            if re.search(rf"\b{colonne.name}\b", c["sqltext"].split("'")[0])
        }
        pleine = {c.name: _valeur(c, n, permises.get(c.name, [])) for c in table.c}
        vide = {c.name: _valeur(c, n + 1, permises.get(c.name, [])) for c in table.c if not c.nullable}
        if deux := UN_SEUL.get(table.name):
            pleine[deux[0]], vide[deux[1]] = None, n + 1
        for row in (pleine, vide):
            connection.execute(table.insert().values(row))
            ecrites.append((table, row))
    return ecrites


def _valeur(colonne: Column[Any], n: int, permises: list[str]) -> Any:
    """What row `n` holds there: the row `n` that it points to, a value of its closed list, or one of its type."""
    sorte = colonne.type.python_type
    if colonne.foreign_keys or (colonne.primary_key and sorte is int):
        return n
    if permises:
        return permises[n % len(permises)]
    return f"{n}{colonne.name}"[: colonne.type.length] if sorte is str else VALEURS[sorte]  # type: ignore[attr-defined]


def changees(engine: Engine, ecrites: list[tuple[Table, Ligne]]) -> set[str]:
    """What is no longer as it was written, and is not known to be."""
    with engine.connect() as connection:
        la = MetaData()
        la.reflect(connection)
        fautes = set()
        for table, row in ecrites:
            t = la.tables[table.name]
            ici = connection.execute(select(t).where(*(t.c[c.name] == row[c.name] for c in table.primary_key)))
            lue: Ligne = dict(ici.mappings().one())
            fautes |= {f"{t.name}.{c}" for c, v in row.items() if lue.get(c) != v}
    return fautes - set(REECRITS)


def test_rows_of_every_version_come_to_the_newest(vide: Engine) -> None:
    """At each version more rows are written in every table it has: they live through all the versions after it."""
    ecrites: list[tuple[Table, Ligne]] = []
    for rang, version in enumerate(VERSIONS, 1):
        with vide.connect().execution_options(writer=True) as connection, connection.begin():
            config = schema.alembic_config()
            config.attributes["connection"] = connection
            command.upgrade(config, version)
            ecrites += remplir(connection, 100 * rang)  # migrations write rows of their own in between
    assert schema.version(vide) == schema.head()
    assert differences(vide) == []
    assert changees(vide, ecrites) == set()


def test_the_migration_it_writes_fits_a_filled_base(vide: Engine, tmp_path: Path) -> None:
    """README's recipe, on a copy: the rows there already hold the defaults of the model, and go back as they were."""
    for nom in ("models", "services", "settings.py", "pyproject.toml"):
        copier = shutil.copytree if (ROOT / nom).is_dir() else shutil.copyfile
        copier(ROOT / nom, tmp_path / nom)
    modele = tmp_path / "models" / "partenaire.py"
    nouvelles = """
    horaires: str = Field(default="", max_length=200)
    ouvert: bool = True
    niveau: int = 3
    depuis: date | None = Field(default=None, index=True)
"""
    avant = "    note: str"
    modele.write_text(modele.read_text(encoding="utf-8").replace(avant, nouvelles[1:] + avant, 1), encoding="utf-8")
    ecrire = [sys.executable, "-m", "models.migrations.nouvelle", "hours of a partenaire"]
    subprocess.run(ecrire, cwd=tmp_path, check=True)
    versions = tmp_path / "models" / "migrations" / "versions"
    for verifier in (["check"], ["format", "--check"]):
        subprocess.run([sys.executable, "-m", "ruff", *verifier, versions], cwd=tmp_path, check=True)

    schema.migrate(vide)
    with vide.connect().execution_options(writer=True) as connection, connection.begin():
        ecrites = remplir(connection, 1)
    schema.migrate(vide, migrations=versions.parent)
    assert changees(vide, ecrites) == set()
    with vide.connect() as connection:
        neuves = connection.execute(text("SELECT horaires, ouvert, niveau, depuis FROM partenaire")).all()
    assert [tuple(n) for n in neuves] == [("", True, 3, None)] * 2
    downgrade(vide, VERSIONS[-1], migrations=versions.parent)
    assert differences(vide) == []
    assert changees(vide, ecrites) == set()
