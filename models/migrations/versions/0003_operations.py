"""Large changes undone in one step; how the columns of a file were read."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "colonnes_retenues",
        sa.Column("signature", sa.String(length=64), nullable=False),
        sa.Column("choix", sa.String(), nullable=False),
        sa.Column("quand", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("signature", name=op.f("pk_colonnes_retenues")),
    )
    op.create_table(
        "operation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("quand", sa.DateTime(), nullable=False),
        sa.Column("agent_id", sa.Integer(), nullable=True),
        sa.Column("acte", sa.String(length=60), nullable=False),
        sa.Column("resume", sa.String(length=300), nullable=False),
        sa.Column("annulee_le", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(["agent_id"], ["agent.id"], name=op.f("fk_operation_agent_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_operation")),
    )
    with op.batch_alter_table("operation", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_operation_quand"), ["quand"], unique=False)

    op.create_table(
        "operation_ligne",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("operation_id", sa.Integer(), nullable=False),
        sa.Column("objet", sa.String(length=60), nullable=False),
        sa.Column("avant", sa.String(), nullable=True),
        sa.Column("apres", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["operation_id"], ["operation.id"], name=op.f("fk_operation_ligne_operation_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_operation_ligne")),
    )
    with op.batch_alter_table("operation_ligne", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_operation_ligne_operation_id"), ["operation_id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("operation_ligne", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_operation_ligne_operation_id"))

    op.drop_table("operation_ligne")
    with op.batch_alter_table("operation", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_operation_quand"))

    op.drop_table("operation")
    op.drop_table("colonnes_retenues")
