"""Filters kept under a name."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "filtre_garde",
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("nom", sa.String(length=60), nullable=False),
        sa.Column("ecran", sa.String(length=40), nullable=False),
        sa.Column("parametres", sa.String(length=2000), nullable=False),
        sa.Column("agent_id", sa.Integer(), nullable=False),
        sa.Column("partage", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["agent_id"], ["agent.id"], name=op.f("fk_filtre_garde_agent_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_filtre_garde")),
        sa.UniqueConstraint("agent_id", "ecran", "nom", name=op.f("uq_filtre_garde_agent_id_ecran_nom")),
    )


def downgrade() -> None:
    op.drop_table("filtre_garde")
