"""Other numbers and addresses of a person, when a partenaire was last checked, and numbers found by the search."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

# The digits of a number as `services/coordonnees.py` writes it.
CHIFFRES = "replace(replace(replace(telephone, ' ', ''), '-', ''), '+', '')"


def upgrade() -> None:
    op.create_table(
        "coordonnee",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("personne_id", sa.Integer(), nullable=False),
        sa.Column(
            "genre",
            sa.Enum(
                "telephone", "courriel", name="genrecoordonnee", native_enum=False, create_constraint=True, length=30
            ),
            nullable=False,
        ),
        sa.Column("valeur", sa.String(length=200), nullable=False),
        sa.Column("libelle", sa.String(length=40), nullable=False),
        sa.ForeignKeyConstraint(["personne_id"], ["personne.id"], name=op.f("fk_coordonnee_personne_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_coordonnee")),
        sa.UniqueConstraint("personne_id", "genre", "valeur", name=op.f("uq_coordonnee_personne_id_genre_valeur")),
    )
    op.create_index(op.f("ix_coordonnee_personne_id"), "coordonnee", ["personne_id"])
    op.add_column("partenaire", sa.Column("verifie_le", sa.Date(), nullable=True))
    # In one statement each: a row at a time, 50,000 people would keep the start waiting.
    for table, entre, longueur in (("personne", " | ", 400), ("partenaire", " ", 600)):
        op.execute(
            sa.text(
                f"UPDATE {table} SET recherche = substr(recherche || '{entre}' || {CHIFFRES}, 1, {longueur}) "  # noqa: S608
                "WHERE telephone <> ''"
            )
        )


def downgrade() -> None:
    trouve = "instr" if op.get_bind().dialect.name == "sqlite" else "strpos"
    op.execute(
        sa.text(
            f"UPDATE personne SET recherche = substr(recherche, 1, {trouve}(recherche, ' | ') - 1) "  # noqa: S608
            "WHERE recherche LIKE '% | %'"
        )
    )
    op.execute(
        sa.text(
            f"UPDATE partenaire SET recherche = substr(recherche, 1, length(recherche) - length({CHIFFRES}) - 1) "  # noqa: S608
            f"WHERE telephone <> '' AND recherche LIKE '% ' || {CHIFFRES}"
        )
    )
    op.execute(sa.text("ALTER TABLE partenaire DROP COLUMN verifie_le"))
    op.drop_table("coordonnee")
