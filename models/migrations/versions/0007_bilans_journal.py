"""Totals of «13-18» for the school years before the tool; the folded text that a search of the journal reads."""

import re
import unicodedata

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_LIGATURES = str.maketrans({"œ": "oe", "Œ": "oe", "æ": "ae", "Æ": "ae", "ß": "ss", "’": " ", "'": " "})


def _plie(texte: str) -> str:
    nu = unicodedata.normalize("NFKD", texte.translate(_LIGATURES))
    return " ".join(re.findall(r"[a-z0-9]+", "".join(c for c in nu if not unicodedata.combining(c)).lower()))[:4000]


def upgrade() -> None:
    op.create_table(
        "bilan_college",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("annee", sa.Integer(), nullable=False),
        sa.Column("college_id", sa.Integer(), nullable=False),
        sa.Column("classes", sa.Integer(), nullable=True),
        sa.Column("eleves", sa.Integer(), nullable=True),
        sa.Column("presents", sa.Integer(), nullable=True),
        sa.Column("seances", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["college_id"], ["college.partenaire_id"], name=op.f("fk_bilan_college_college_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bilan_college")),
        sa.UniqueConstraint("annee", "college_id", name=op.f("uq_bilan_college_annee_college_id")),
    )
    op.create_index(op.f("ix_bilan_college_college_id"), "bilan_college", ["college_id"])
    op.add_column("journal", sa.Column("recherche", sa.String(length=4000), nullable=False, server_default=""))
    journal = sa.table("journal", sa.column("id"), sa.column("recherche"), sa.column("resume"))
    connexion = op.get_bind()
    rows = connexion.execute(sa.select(journal.c.id, journal.c.resume)).all()
    if rows:
        ici = sa.update(journal).where(journal.c.id == sa.bindparam("de"))
        plies = [{"de": id, "texte": _plie(resume)} for id, resume in rows]
        connexion.execute(ici.values(recherche=sa.bindparam("texte")), plies)


def downgrade() -> None:
    op.execute(sa.text("ALTER TABLE journal DROP COLUMN recherche"))
    op.drop_table("bilan_college")
