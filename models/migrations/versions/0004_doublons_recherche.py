"""Merges, pairs set aside, and the folded texts that the search everywhere reads."""

import re
import unicodedata

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

# Table -> the columns folded, as the models did when this was written.
CHERCHES = {"reunion": ("titre",), "point": ("lieu", "note", "reponse"), "action": ("quoi",)}
_LIGATURES = str.maketrans({"œ": "oe", "Œ": "oe", "æ": "ae", "Æ": "ae", "ß": "ss", "’": " ", "'": " "})


def _plie(texte: str) -> str:
    nu = unicodedata.normalize("NFKD", texte.translate(_LIGATURES))
    return " ".join(re.findall(r"[a-z0-9]+", "".join(c for c in nu if not unicodedata.combining(c)).lower()))[:4000]


def upgrade() -> None:
    op.create_table(
        "fusion",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("famille", sa.String(length=40), nullable=False),
        sa.Column("quand", sa.DateTime(), nullable=False),
        sa.Column("agent_id", sa.Integer(), nullable=True),
        sa.Column("garde_id", sa.Integer(), nullable=False),
        sa.Column("absorbe_id", sa.Integer(), nullable=False),
        sa.Column("garde", sa.String(length=250), nullable=False),
        sa.Column("absorbe", sa.String(length=250), nullable=False),
        sa.Column("operations", sa.String(), nullable=False),
        sa.Column("empreintes", sa.String(), nullable=False),
        sa.Column("annulee_le", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(["agent_id"], ["agent.id"], name=op.f("fk_fusion_agent_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fusion")),
    )
    op.create_table(
        "paire_ecartee",
        sa.Column("famille", sa.String(length=40), nullable=False),
        sa.Column("a_id", sa.Integer(), nullable=False),
        sa.Column("b_id", sa.Integer(), nullable=False),
        sa.Column("agent_id", sa.Integer(), nullable=True),
        sa.Column("quand", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["agent_id"], ["agent.id"], name=op.f("fk_paire_ecartee_agent_id")),
        sa.PrimaryKeyConstraint("famille", "a_id", "b_id", name=op.f("pk_paire_ecartee")),
    )
    op.create_index(op.f("ix_paire_ecartee_b_id"), "paire_ecartee", ["b_id"])
    connexion = op.get_bind()
    for nom, champs in CHERCHES.items():
        op.add_column(nom, sa.Column("recherche", sa.String(length=4000), nullable=False, server_default=""))
        table = sa.table(nom, *(sa.column(c) for c in ("id", "recherche", *champs)))
        rows = connexion.execute(sa.select(table.c.id, *(table.c[c] for c in champs))).all()
        if rows:
            plies = [{"de": id, "texte": _plie(" ".join(t or "" for t in textes))} for id, *textes in rows]
            ici = sa.update(table).where(table.c.id == sa.bindparam("de"))
            connexion.execute(ici.values(recherche=sa.bindparam("texte")), plies)


def downgrade() -> None:
    # Not `batch_alter_table`, which on SQLite drops the table that others point to and writes it anew.
    for nom in CHERCHES:
        op.execute(sa.text(f"ALTER TABLE {nom} DROP COLUMN recherche"))
    op.drop_table("paire_ecartee")
    op.drop_table("fusion")
