"""Who is in function on a day: the one reading of the dates of functions, those to come among them."""

from collections.abc import Mapping
from datetime import date

from sqlalchemy import ColumnElement, and_, or_
from sqlmodel import col

from models import Fonction


def en_cours(le: date) -> ColumnElement[bool]:
    """In function that day."""
    return and_(col(Fonction.debut) <= le, pas_finie(le))


def pas_finie(le: date) -> ColumnElement[bool]:
    """Not over that day; it may not have begun."""
    return or_(col(Fonction.fin).is_(None), col(Fonction.fin) >= le)


def tenant(
    fonction: Fonction | None, *, par_id: Mapping[int, Fonction], suites: Mapping[int, Fonction], le: date
) -> Fonction | None:
    """Who holds on that day what this function held: the one before it that it took over from, itself, or the one that
    takes over (`suites`: id -> the one after). One written down late is taken to have begun already."""
    while fonction and fonction.debut > le and (avant := par_id.get(fonction.remplace_id or 0)):
        fonction = avant
    while fonction and fonction.fin and fonction.fin < le:
        suivante = suites.get(fonction.id)
        if suivante is None or suivante.debut > le:
            return None
        fonction = suivante
    return fonction
