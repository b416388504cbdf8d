"""The values that a closed list admits, changed on a table that is there already."""

import re

import sqlalchemy as sa
from alembic import op


def admettre(table: str, colonne: str, contrainte: str, valeurs: tuple[str, ...]) -> None:
    """From now on `colonne` takes these values: its CHECK, named `contrainte`, is written anew."""
    check = f"CHECK ({colonne} IN ({', '.join(repr(v) for v in valeurs)}))"
    connexion = op.get_bind()
    if connexion.dialect.name == "postgresql":
        op.execute(sa.text(f"ALTER TABLE {table} DROP CONSTRAINT {contrainte}, ADD CONSTRAINT {contrainte} {check}"))
        return
    # SQLite changes a CHECK either by a copy of the table, which drops one that others point to, or, as its own
    # documentation says (lang_altertable.html §7), by the text of the schema: no row is touched.
    ancien = connexion.execute(sa.text("SELECT sql FROM sqlite_master WHERE name = :t"), {"t": table}).scalar_one()
    motif = rf"CONSTRAINT {contrainte} CHECK \([^()]+\([^()]*\)\)"
    neuf, n = re.subn(motif, f"CONSTRAINT {contrainte} {check}", ancien)
    if n != 1:
        raise ValueError(f"{contrainte} was not found once in: {ancien}")
    version = connexion.execute(sa.text("PRAGMA schema_version")).scalar_one()
    op.execute(sa.text("PRAGMA writable_schema=ON"))
    connexion.execute(sa.text("UPDATE sqlite_master SET sql = :s WHERE name = :t"), {"s": neuf, "t": table})
    op.execute(sa.text(f"PRAGMA schema_version={version + 1}"))
    op.execute(sa.text("PRAGMA writable_schema=OFF"))
