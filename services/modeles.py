"""The Word templates that staff uploaded in place of the house's own."""

from sqlmodel import Session, col, select

from models import Modele
from models.lists import GenreModele


def contenu(session: Session, *, genre: GenreModele, instance_id: int | None) -> bytes | None:
    """The template uploaded for this instance, else for all; None: the house's own."""
    rows = session.exec(
        select(Modele.instance_id, Modele.contenu).where(
            Modele.genre == genre, (col(Modele.instance_id) == instance_id) | col(Modele.instance_id).is_(None)
        )
    ).all()
    trouves = dict(rows)
    return trouves.get(instance_id) or trouves.get(None)
