"""Rhythms: every week, every fortnight, twice a month, a fixed day of the month."""

import sqlalchemy as sa
from alembic import op

from models.migrations.choix import admettre

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

AVANT = ("mensuelle", "bimestrielle", "trimestrielle", "semestrielle", "annuelle", "a_la_demande")
NEUVES = ("hebdomadaire", "quinzaine", "bimensuelle")


def upgrade() -> None:
    admettre("instance", "frequence", "ck_instance_frequence", (*NEUVES, *AVANT))
    op.execute(sa.text("ALTER TABLE instance ADD COLUMN rang_bis INTEGER"))
    op.execute(sa.text("ALTER TABLE instance ADD COLUMN jour_du_mois INTEGER"))


def downgrade() -> None:
    op.execute(sa.text("ALTER TABLE instance DROP COLUMN jour_du_mois"))
    op.execute(sa.text("ALTER TABLE instance DROP COLUMN rang_bis"))
    op.execute(
        sa.text("UPDATE instance SET frequence = 'mensuelle' WHERE frequence IN :neuves").bindparams(
            sa.bindparam("neuves", NEUVES, expanding=True)
        )
    )
    admettre("instance", "frequence", "ck_instance_frequence", AVANT)
