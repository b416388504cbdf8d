"""The words that an agent added to a message, kept in its log."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("envoi") as batch_op:
        batch_op.add_column(sa.Column("mot", sa.String(length=1000), nullable=False, server_default=""))


def downgrade() -> None:
    with op.batch_alter_table("envoi") as batch_op:
        batch_op.drop_column("mot")
