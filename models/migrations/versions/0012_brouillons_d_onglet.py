"""Which browser tab wrote a field of a draft; a shared draft that was saved is kept a while."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("brouillon", schema=None) as batch_op:
        batch_op.add_column(sa.Column("envoye_le", sa.DateTime(), nullable=True))
        batch_op.add_column(sa.Column("envoye_onglet", sa.String(length=8), server_default="", nullable=False))

    with op.batch_alter_table("champ_brouillon", schema=None) as batch_op:
        batch_op.add_column(sa.Column("onglet", sa.String(length=8), server_default="", nullable=False))


def downgrade() -> None:
    with op.batch_alter_table("champ_brouillon", schema=None) as batch_op:
        batch_op.drop_column("onglet")

    with op.batch_alter_table("brouillon", schema=None) as batch_op:
        batch_op.drop_column("envoye_onglet")
        batch_op.drop_column("envoye_le")
