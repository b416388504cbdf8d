"""Who chairs the meetings; a relevé already sent goes on naming nobody."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "presidence",
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("nom", sa.String(length=120), nullable=False),
        sa.Column("qualite", sa.String(length=160), nullable=False),
        sa.Column("agent_id", sa.Integer(), nullable=True),
        sa.Column("secteur_id", sa.Integer(), nullable=True),
        sa.Column("instance_id", sa.Integer(), nullable=True),
        sa.Column("interim", sa.Boolean(), nullable=False),
        sa.Column("debut", sa.Date(), nullable=False),
        sa.Column("fin", sa.Date(), nullable=True),
        sa.CheckConstraint("instance_id IS NULL OR secteur_id IS NULL", name=op.f("ck_presidence_une_portee")),
        sa.ForeignKeyConstraint(["agent_id"], ["agent.id"], name=op.f("fk_presidence_agent_id")),
        sa.ForeignKeyConstraint(["instance_id"], ["instance.id"], name=op.f("fk_presidence_instance_id")),
        sa.ForeignKeyConstraint(["secteur_id"], ["secteur_veille.id"], name=op.f("fk_presidence_secteur_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_presidence")),
    )
    for colonne in ("agent_id", "instance_id", "secteur_id"):
        op.create_index(op.f(f"ix_presidence_{colonne}"), "presidence", [colonne])
    op.add_column("reunion", sa.Column("presidee_par", sa.String(length=300), nullable=True))
    op.execute(
        "UPDATE reunion SET presidee_par = '' WHERE id IN (SELECT reunion_id FROM releve WHERE etat <> 'projet')"
    )


def downgrade() -> None:
    op.drop_column("reunion", "presidee_par")
    for colonne in ("agent_id", "instance_id", "secteur_id"):
        op.drop_index(op.f(f"ix_presidence_{colonne}"), "presidence")
    op.drop_table("presidence")
