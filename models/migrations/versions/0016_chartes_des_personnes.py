"""A signature of the charte goes with who signed it; functions know whom they follow."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from alembic import op

from models.texte import folded

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "charte_signee",
        sa.Column("personne_id", sa.Integer(), nullable=False),
        sa.Column("instance_id", sa.Integer(), nullable=False),
        sa.Column("signee_le", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(["instance_id"], ["instance.id"], name=op.f("fk_charte_signee_instance_id")),
        sa.ForeignKeyConstraint(["personne_id"], ["personne.id"], name=op.f("fk_charte_signee_personne_id")),
        sa.PrimaryKeyConstraint("personne_id", "instance_id", name=op.f("pk_charte_signee")),
    )
    op.create_index(op.f("ix_charte_signee_instance_id"), "charte_signee", ["instance_id"])
    op.execute(
        sa.text(
            "ALTER TABLE fonction ADD COLUMN remplace_id INTEGER "
            "CONSTRAINT fk_fonction_remplace_id REFERENCES fonction (id)"
        )
    )
    op.create_index(op.f("ix_fonction_remplace_id"), "fonction", ["remplace_id"])
    _rendre_les_signatures()


def downgrade() -> None:
    """Who holds a seat now takes the signature back to it, as before."""
    op.execute(
        sa.text(
            "UPDATE siege SET charte_signee_le = (SELECT c.signee_le FROM charte_signee c JOIN fonction f ON "
            "f.personne_id = c.personne_id WHERE f.id = siege.fonction_id AND c.instance_id = siege.instance_id) "
            "WHERE charte_signee_le IS NULL"
        )
    )
    op.drop_index(op.f("ix_fonction_remplace_id"), "fonction")
    op.execute(sa.text("ALTER TABLE fonction DROP COLUMN remplace_id"))
    op.drop_table("charte_signee")


def _rendre_les_signatures() -> None:
    """To the person, where the journal or the dates say whose it is; it stays on the seat, to be looked at, where
    they do not."""
    base = op.get_bind()
    sieges = sa.table("siege", *(sa.column(c) for c in _SIEGE), sa.column("charte_signee_le", sa.Date()))
    fonctions = sa.table("fonction", *(sa.column(c) for c in _FONCTION), *(sa.column(c, sa.Date()) for c in _DATES))
    lues = base.execute(sa.select(fonctions)).all()
    noms: dict[int, str] = dict(base.execute(sa.text("SELECT id, nom FROM partenaire")).tuples().all())
    lignes = base.execute(_JOURNAL).all()
    signees: dict[tuple[int, int], date] = {}
    for siege in base.execute(sa.select(sieges).where(sieges.c.charte_signee_le.is_not(None))).all():
        qui = _signataire(siege, lues, lignes, noms[siege.partenaire_id])
        if qui is None:
            continue
        cle = (qui, siege.instance_id)
        signees[cle] = min(signees.get(cle, siege.charte_signee_le), siege.charte_signee_le)
        base.execute(sieges.update().where(sieges.c.id == siege.id).values(charte_signee_le=None))
    if signees:
        colonnes: tuple[Any, ...] = (
            sa.column("personne_id"),
            sa.column("instance_id"),
            sa.column("signee_le", sa.Date()),
        )
        neuves = [{"personne_id": p, "instance_id": i, "signee_le": le} for (p, i), le in signees.items()]
        base.execute(sa.table("charte_signee", *colonnes).insert(), neuves)


_SIEGE = ("id", "instance_id", "partenaire_id", "fonction", "fonction_id")
_FONCTION, _DATES = ("id", "personne_id", "partenaire_id", "intitule"), ("debut", "fin")
_JOURNAL = sa.text(
    "SELECT quand, acte, objet_id, resume FROM journal WHERE acte IN ('remplacer', 'instance.membre.regler')"
).columns(quand=sa.DateTime())


def _signataire(siege: Any, fonctions: Sequence[Any], lignes: Sequence[Any], nom: str) -> int | None:
    """The person who signed; None when nothing tells."""
    le: date = siege.charte_signee_le
    chez = [f for f in fonctions if f.partenaire_id == siege.partenaire_id]
    tenue = next((f for f in chez if f.id == siege.fonction_id), None)
    notee = _quand(
        x
        for x in lignes
        if x.acte == "instance.membre.regler"
        and x.objet_id == siege.instance_id
        and f"charte signée le {le:%d/%m/%Y}" in x.resume
        and nom in x.resume
    )
    if tenue is None:
        return _seul(f for f in chez if siege.fonction and folded(f.intitule) == folded(siege.fonction) and _la(f, le))
    venue = _quand(x for x in lignes if x.acte == "remplacer" and x.objet_id == tenue.id)
    avant = [f for f in chez if f.fin in (tenue.debut - timedelta(days=1), tenue.debut) and f.id != tenue.id]
    avant = [f for f in avant if folded(f.intitule) == folded(tenue.intitule)] or avant
    if notee and venue:  # who was on screen when it was written down
        return tenue.personne_id if notee > venue else _seul(avant)
    if tenue.debut <= le and (venue is None or le > venue.date()):
        return int(tenue.personne_id)
    if (tenue.debut > le and notee is None) or (notee and notee.date() < tenue.debut):
        titres = {folded(tenue.intitule), folded(siege.fonction)}
        return _seul(f for f in chez if f.id != tenue.id and folded(f.intitule) in titres and _la(f, le))
    return None


def _la(f: Any, le: date) -> bool:
    return bool(f.debut <= le and (f.fin is None or f.fin >= le))


def _seul(fonctions: Any) -> int | None:
    qui = {f.personne_id for f in fonctions}
    return qui.pop() if len(qui) == 1 else None


def _quand(lignes: Any) -> datetime | None:
    """When the first of these lines was written: a later one may only repeat the date."""
    return min((x.quand for x in lignes), default=None)
