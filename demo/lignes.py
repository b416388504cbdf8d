"""Rows in bulk."""

from collections.abc import Sequence
from functools import cache
from typing import Any

from sqlalchemy import insert
from sqlmodel import Session

from models import Base
from models.base import Cherchable
from models.texte import folded


def inserer(session: Session, table: type[Base], rows: Sequence[dict[str, Any]]) -> list[int]:
    """Insert rows in bulk; their ids, in order."""
    if not rows:
        return []
    if issubclass(table, Cherchable):
        plie = cache(folded)  # the same few sentences, thousands of times
        rows = [{"recherche": plie(*(r[c] for c in table.CHERCHES)), **r} for r in rows]
    if "version" in table.model_fields:
        rows = [{"version": 1, **row} for row in rows]
    cle: Any = getattr(table, "id", None)
    if cle is None:
        session.execute(insert(table), list(rows))
        return []
    # One statement for all: without `render_nulls`, each run of rows with the same columns filled is one of its own.
    ordre = insert(table).returning(cle, sort_by_parameter_order=True).execution_options(render_nulls=True)
    return list(session.scalars(ordre, list(rows)).all())
