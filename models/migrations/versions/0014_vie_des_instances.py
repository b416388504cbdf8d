"""When an instance was made and archived; the journal tells it of those made on a screen."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

_DIT = (
    "UPDATE instance SET {colonne} = (SELECT max(quand) FROM journal WHERE objet = 'instance' "
    "AND objet_id = instance.id AND acte = '{acte}')"
)


def upgrade() -> None:
    op.add_column("instance", sa.Column("cree_le", sa.DateTime(), nullable=True))
    op.add_column("instance", sa.Column("archive_le", sa.DateTime(), nullable=True))
    op.execute(sa.text(_DIT.format(colonne="cree_le", acte="instance.creer")))
    op.execute(sa.text(_DIT.format(colonne="archive_le", acte="instance.archiver") + " WHERE archive"))


def downgrade() -> None:
    for colonne in ("archive_le", "cree_le"):
        op.execute(sa.text(f"ALTER TABLE instance DROP COLUMN {colonne}"))
