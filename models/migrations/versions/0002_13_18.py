"""«13-18, Questions de Justice»: steps, collèges of a year, classes, séances."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def _choix(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=30)


def upgrade() -> None:
    op.create_table(
        "etape",
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column(
            "volet",
            sa.Enum(
                "contact", "convention", "planning", name="volet", native_enum=False, create_constraint=True, length=30
            ),
            nullable=False,
        ),
        sa.Column("libelle", sa.String(length=80), nullable=False),
        sa.Column(
            "sens",
            sa.Enum(
                "debut",
                "en_cours",
                "abouti",
                "refuse",
                name="sensetape",
                native_enum=False,
                create_constraint=True,
                length=30,
            ),
            nullable=False,
        ),
        sa.Column("ordre", sa.Integer(), nullable=False),
        sa.Column("limite_mois", sa.Integer(), nullable=True),
        sa.Column("limite_jour", sa.Integer(), nullable=True),
        sa.Column("archive", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_etape")),
        sa.UniqueConstraint("volet", "libelle", name=op.f("uq_etape_volet_libelle")),
    )
    op.create_table(
        "participation",
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("annee", sa.Integer(), nullable=False),
        sa.Column("college_id", sa.Integer(), nullable=False),
        sa.Column("contact_id", sa.Integer(), nullable=False),
        sa.Column("convention_id", sa.Integer(), nullable=False),
        sa.Column("planning_id", sa.Integer(), nullable=False),
        sa.Column("note", sa.String(length=1000), nullable=False),
        sa.ForeignKeyConstraint(["college_id"], ["college.partenaire_id"], name=op.f("fk_participation_college_id")),
        sa.ForeignKeyConstraint(["contact_id"], ["etape.id"], name=op.f("fk_participation_contact_id")),
        sa.ForeignKeyConstraint(["convention_id"], ["etape.id"], name=op.f("fk_participation_convention_id")),
        sa.ForeignKeyConstraint(["planning_id"], ["etape.id"], name=op.f("fk_participation_planning_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_participation")),
        sa.UniqueConstraint("annee", "college_id", name=op.f("uq_participation_annee_college_id")),
    )
    with op.batch_alter_table("participation", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_participation_annee"), ["annee"], unique=False)
        batch_op.create_index(batch_op.f("ix_participation_college_id"), ["college_id"], unique=False)

    op.create_table(
        "classe",
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("participation_id", sa.Integer(), nullable=False),
        sa.Column("nom", sa.String(length=40), nullable=False),
        sa.Column("cle", sa.String(length=40), nullable=False),
        sa.Column("effectif", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["participation_id"], ["participation.id"], name=op.f("fk_classe_participation_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_classe")),
        sa.UniqueConstraint("participation_id", "cle", name=op.f("uq_classe_participation_id_cle")),
    )
    with op.batch_alter_table("classe", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_classe_participation_id"), ["participation_id"], unique=False)

    op.create_table(
        "seance",
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("classe_id", sa.Integer(), nullable=False),
        sa.Column("debut", sa.DateTime(), nullable=False),
        sa.Column("fin", sa.DateTime(), nullable=False),
        sa.Column("salle", sa.String(length=80), nullable=False),
        sa.Column("attendus", sa.Integer(), nullable=True),
        sa.Column("presents", sa.Integer(), nullable=True),
        sa.Column(
            "etat",
            sa.Enum(
                "prevue",
                "realisee",
                "reportee",
                "annulee",
                name="etatseance",
                native_enum=False,
                create_constraint=True,
                length=30,
            ),
            nullable=False,
        ),
        sa.Column("motif", sa.String(length=300), nullable=False),
        sa.ForeignKeyConstraint(["classe_id"], ["classe.id"], name=op.f("fk_seance_classe_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_seance")),
    )
    with op.batch_alter_table("seance", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_seance_classe_id"), ["classe_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_seance_debut"), ["debut"], unique=False)
        batch_op.create_index(batch_op.f("ix_seance_etat"), ["etat"], unique=False)

    op.create_table(
        "seance_partenaire",
        sa.Column("seance_id", sa.Integer(), nullable=False),
        sa.Column("partenaire_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["partenaire_id"], ["partenaire.id"], name=op.f("fk_seance_partenaire_partenaire_id")),
        sa.ForeignKeyConstraint(["seance_id"], ["seance.id"], name=op.f("fk_seance_partenaire_seance_id")),
        sa.PrimaryKeyConstraint("seance_id", "partenaire_id", name=op.f("pk_seance_partenaire")),
    )
    with op.batch_alter_table("seance_partenaire", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_seance_partenaire_partenaire_id"), ["partenaire_id"], unique=False)

    with op.batch_alter_table("reunion", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_reunion_etat"))
        batch_op.create_index(
            batch_op.f("ix_reunion_etat_debut_type_instance_id"), ["etat", "debut", "type", "instance_id"], unique=False
        )


def downgrade() -> None:
    with op.batch_alter_table("reunion", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_reunion_etat_debut_type_instance_id"))
        batch_op.create_index(batch_op.f("ix_reunion_etat"), ["etat"], unique=False)

    with op.batch_alter_table("seance_partenaire", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_seance_partenaire_partenaire_id"))

    op.drop_table("seance_partenaire")
    with op.batch_alter_table("seance", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_seance_etat"))
        batch_op.drop_index(batch_op.f("ix_seance_debut"))
        batch_op.drop_index(batch_op.f("ix_seance_classe_id"))

    op.drop_table("seance")
    with op.batch_alter_table("classe", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_classe_participation_id"))

    op.drop_table("classe")
    with op.batch_alter_table("participation", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_participation_college_id"))
        batch_op.drop_index(batch_op.f("ix_participation_annee"))

    op.drop_table("participation")
    op.drop_table("etape")
