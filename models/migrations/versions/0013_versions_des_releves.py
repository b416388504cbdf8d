"""The versions of a relevé, kept; what messages said; who came instead of whom.

A relevé already sent becomes a version. One that was reopened before lost its file and its dates: the journal and its
messages tell what they can.
"""

import re
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

AJOUTS = (
    ("envoi", "texte", "TEXT NOT NULL DEFAULT ''"),
    ("envoi", "version_releve", "INTEGER"),
    ("presence", "remplacant", "VARCHAR(160) NOT NULL DEFAULT ''"),
)
_ACTES = ("valider", "corriger", "renoncer", "diffuser", "rouvrir")
_TYPES: dict[str, Any] = {"quand": sa.DateTime(), "diffuse_le": sa.DateTime(), "document": sa.LargeBinary()}
_RELEVE = sa.table(
    "releve",
    *(
        sa.column(c, t)
        for c, t in {
            "reunion_id": sa.Integer,
            "etat": sa.String,
            "valide_le": sa.DateTime,
            "valide_par": sa.Integer,
            "diffuse_le": sa.DateTime,
            "diffuse_par": sa.Integer,
            "document": sa.LargeBinary,
        }.items()
    ),
)
_JOURNAL = sa.table(
    "journal",
    *(
        sa.column(c, t)
        for c, t in {
            "id": sa.Integer,
            "quand": sa.DateTime,
            "agent_id": sa.Integer,
            "acte": sa.String,
            "objet_id": sa.Integer,
            "resume": sa.String,
        }.items()
    ),
)
_ENVOI = sa.table(
    "envoi",
    *(
        sa.column(c, t)
        for c, t in {
            "id": sa.Integer,
            "genre": sa.String,
            "reunion_id": sa.Integer,
            "cree_le": sa.DateTime,
            "version_releve": sa.Integer,
        }.items()
    ),
)


def upgrade() -> None:
    op.create_table(
        "evenement_releve",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("reunion_id", sa.Integer(), nullable=False),
        sa.Column("numero", sa.Integer(), nullable=False),
        sa.Column(
            "acte",
            sa.Enum(*_ACTES, name="actereleve", native_enum=False, create_constraint=True, length=30),
            nullable=False,
        ),
        sa.Column("quand", sa.DateTime(), nullable=False),
        sa.Column("agent_id", sa.Integer(), nullable=True),
        sa.Column("motif", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(["agent_id"], ["agent.id"], name=op.f("fk_evenement_releve_agent_id")),
        sa.ForeignKeyConstraint(["reunion_id"], ["reunion.id"], name=op.f("fk_evenement_releve_reunion_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evenement_releve")),
    )
    op.create_index(op.f("ix_evenement_releve_reunion_id"), "evenement_releve", ["reunion_id"])
    op.create_table(
        "version_releve",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("reunion_id", sa.Integer(), nullable=False),
        sa.Column("numero", sa.Integer(), nullable=False),
        sa.Column("contenu", sa.Text(), nullable=False),
        sa.Column("public", sa.Text(), nullable=False),
        sa.Column("document", sa.LargeBinary(), nullable=True),
        sa.Column("diffuse_le", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(["reunion_id"], ["reunion.id"], name=op.f("fk_version_releve_reunion_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_version_releve")),
        sa.UniqueConstraint("reunion_id", "numero", name=op.f("uq_version_releve_reunion_id_numero")),
    )
    op.create_index(op.f("ix_version_releve_reunion_id"), "version_releve", ["reunion_id"])
    for table, colonne, genre in AJOUTS:
        op.execute(sa.text(f"ALTER TABLE {table} ADD COLUMN {colonne} {genre}"))
    _remplacants()
    _versions()
    op.execute(sa.text("ALTER TABLE releve DROP COLUMN document"))


def _remplacants() -> None:
    """Who was announced instead, for those noted as represented."""
    la = "d.reunion_id = presence.reunion_id AND d.partenaire_id = presence.partenaire_id"
    op.execute(
        sa.text(
            "UPDATE presence SET remplacant = COALESCE((SELECT d.remplacant FROM destinataire d "  # noqa: S608
            f"WHERE {la} AND d.fonction = presence.fonction AND d.reponse = 'remplace'), '') "
            "WHERE etat = 'represente'"
        )
    )


def _versions() -> None:
    connexion = op.get_bind()
    dits: dict[int, list[Any]] = {}
    lignes = sa.select(_JOURNAL).where(_JOURNAL.c.acte.in_([f"releve.{a}" for a in ("valider", "diffuser", "rouvrir")]))
    for ligne in connexion.execute(lignes.order_by(_JOURNAL.c.id)):
        dits.setdefault(ligne.objet_id, []).append(ligne)
    evenements: list[dict[str, Any]] = []
    versions: list[dict[str, Any]] = []
    for r in connexion.execute(sa.select(_RELEVE).order_by(_RELEVE.c.reunion_id)).all():
        siens = list(_actes(r, dits.get(r.reunion_id, [])))
        envoyees = {e["numero"]: e["quand"] for e in siens if e["acte"] == "diffuser"}
        for numero, le in envoyees.items():
            derniere = numero == max(envoyees) and r.etat == "diffuse"
            document = r.document if derniere else None
            versions.append(_version(r.reunion_id, numero, document, le))
        if r.etat == "valide" and r.document:  # its messages are prepared, and not gone yet
            versions.append(_version(r.reunion_id, max(envoyees, default=0) + 1, r.document, None))
        evenements += siens
        _numeroter(connexion, r.reunion_id, siens)
    for table, rows in (("evenement_releve", evenements), ("version_releve", versions)):
        if rows:
            connexion.execute(sa.insert(sa.table(table, *(sa.column(c, _TYPES.get(c)) for c in rows[0]))), rows)


def _actes(r: Any, journal: list[Any]) -> Iterator[dict[str, Any]]:
    """What was done of a relevé: as the journal tells it if it was reopened, else as its own dates do."""
    numero, envoyee = 1, False

    def acte(nom: str, quand: datetime, agent_id: int | None, motif: str = "") -> dict[str, Any]:
        return {"reunion_id": r.reunion_id, "numero": numero, "acte": nom, "quand": quand, "agent_id": agent_id,
                "motif": motif}  # fmt: skip

    if any(x.acte == "releve.rouvrir" for x in journal):
        for x in journal:
            nom = x.acte.removeprefix("releve.")
            motif = re.match(r"Relevé rouvert \((.*)\) :", x.resume)
            yield acte(nom, x.quand, x.agent_id, motif[1][:200] if motif and nom == "rouvrir" else "")
            if nom == "rouvrir":
                numero, envoyee = numero + 1, False
            envoyee = envoyee or nom == "diffuser"
        if envoyee or r.etat != "diffuse":
            return
    if r.valide_le:
        yield acte("valider", r.valide_le, r.valide_par)
    if r.etat == "diffuse" and r.diffuse_le:
        yield acte("diffuser", r.diffuse_le, r.diffuse_par)


def _version(reunion_id: int, numero: int, document: bytes | None, le: datetime | None) -> dict[str, Any]:
    return {"reunion_id": reunion_id, "numero": numero, "contenu": "", "public": "", "document": document,
            "diffuse_le": le}  # fmt: skip


def _numeroter(connexion: sa.Connection, reunion_id: int, siens: list[dict[str, Any]]) -> None:
    """Each message carried the version that was current when it was written."""
    ouvertures = [e["quand"] for e in siens if e["acte"] == "rouvrir"]
    ici = (_ENVOI.c.genre == "releve") & (_ENVOI.c.reunion_id == reunion_id)
    for numero in range(1, len(ouvertures) + 2):
        cette = ici & _ENVOI.c.version_releve.is_(None)
        if numero <= len(ouvertures):
            cette &= _ENVOI.c.cree_le <= ouvertures[numero - 1]
        connexion.execute(sa.update(_ENVOI).where(cette).values(version_releve=numero))


def downgrade() -> None:
    op.execute(sa.text("ALTER TABLE releve ADD COLUMN document " + str(_octets())))
    op.execute(
        sa.text(
            "UPDATE releve SET document = (SELECT v.document FROM version_releve v WHERE v.reunion_id = "
            "releve.reunion_id ORDER BY v.numero DESC LIMIT 1) WHERE etat <> 'projet'"
        )
    )
    for table, colonne, _ in reversed(AJOUTS):
        op.execute(sa.text(f"ALTER TABLE {table} DROP COLUMN {colonne}"))
    op.drop_table("version_releve")
    op.drop_table("evenement_releve")


def _octets() -> str:
    return "BYTEA" if op.get_bind().dialect.name == "postgresql" else "BLOB"
