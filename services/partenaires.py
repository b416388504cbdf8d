"""Partner organisations: search, page of one, create, change, archive, probable duplicates."""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, case, literal, or_
from sqlmodel import Session, col, select

from models import Partenaire
from services.texte import folded, like_patterns


@dataclass(frozen=True)
class ChoixPartenaire:
    """What a picker shows."""

    id: int
    nom: str
    sigle: str


def _correspond(texte: str) -> ColumnElement[bool]:
    """Every word of `texte` stands in the folded column, in any order."""
    return and_(True, *(col(Partenaire.recherche).like(motif) for motif in like_patterns(texte)))


def _rang(texte: str) -> ColumnElement[int]:
    """Most useful first: the exact acronym, a name that begins so, words that begin so, then the rest."""
    plie = folded(texte)
    if not plie:
        return literal(0)
    recherche = col(Partenaire.recherche)
    debuts = [or_(recherche.like(f"{mot}%"), recherche.like(f"% {mot}%")) for mot in plie.split()]
    return case(
        (recherche.like(f"%| {plie} |%"), 0),
        (recherche.like(f"{plie}%"), 1),
        (and_(True, *debuts), 2),
        else_=3,
    )


def choix(session: Session, *, texte: str = "", limite: int = 20, exclus: Iterable[int] = ()) -> list[ChoixPartenaire]:
    """At most `limite` active partenaires that match, most useful first; without text, the first by name."""
    rows = session.exec(
        select(Partenaire.id, Partenaire.nom, Partenaire.sigle)
        .where(col(Partenaire.archive_le).is_(None), _correspond(texte), col(Partenaire.id).not_in(list(exclus)))
        .order_by(_rang(texte), col(Partenaire.recherche), col(Partenaire.id))
        .limit(limite)
    ).all()
    return [ChoixPartenaire(id=i or 0, nom=nom, sigle=sigle) for i, nom, sigle in rows]


def noms(session: Session, *, ids: Iterable[int]) -> dict[int, str]:
    """Names by id, archived ones too."""
    rows = session.exec(select(Partenaire.id, Partenaire.nom).where(col(Partenaire.id).in_(set(ids)))).all()
    return {i: nom for i, nom in rows if i is not None}
