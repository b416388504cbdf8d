"""Each act of the journal is spelt "objet.verbe", those of before too."""

from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("UPDATE journal SET acte = substr(objet || '.' || acte, 1, 60) WHERE acte NOT LIKE '%.%'")


def downgrade() -> None:
    # Of what had no object in its name, the code of before reads these only.
    op.execute("UPDATE journal SET acte = 'verifier' WHERE acte = 'partenaire.verifier'")
    op.execute("UPDATE journal SET acte = 'annuler' WHERE acte = 'operation.annuler'")
    op.execute("UPDATE journal SET acte = 'lot' WHERE acte = 'operation.lot'")
