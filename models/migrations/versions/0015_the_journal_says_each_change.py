"""A line of the journal holds each change, from what to what."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def _longueur(n: int, avant: int) -> None:
    connexion = op.get_bind()
    if connexion.dialect.name == "postgresql":
        op.execute(sa.text(f"ALTER TABLE journal ALTER COLUMN resume TYPE VARCHAR({n})"))
        return
    # SQLite holds texts of any length: only the words of the schema change (lang_altertable.html §7), no row is copied.
    version = connexion.execute(sa.text("PRAGMA schema_version")).scalar_one()
    op.execute(sa.text("PRAGMA writable_schema=ON"))
    mots = {"avant": f"resume VARCHAR({avant})", "apres": f"resume VARCHAR({n})"}
    connexion.execute(
        sa.text("UPDATE sqlite_master SET sql = replace(sql, :avant, :apres) WHERE name = 'journal'"), mots
    )
    op.execute(sa.text(f"PRAGMA schema_version={version + 1}"))
    op.execute(sa.text("PRAGMA writable_schema=OFF"))


def upgrade() -> None:
    _longueur(3000, 300)


def downgrade() -> None:
    op.execute(sa.text("UPDATE journal SET resume = substr(resume, 1, 300)"))
    _longueur(300, 3000)
