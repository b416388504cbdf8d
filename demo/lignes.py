"""Rows in bulk."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import insert
from sqlmodel import Session

from models import Base


def inserer(session: Session, table: type[Base], rows: Sequence[dict[str, Any]]) -> list[int]:
    """Insert rows in bulk; their ids, in order."""
    if not rows:
        return []
    if "version" in table.model_fields:
        rows = [{"version": 1, **row} for row in rows]
    cle: Any = getattr(table, "id", None)
    if cle is None:
        session.execute(insert(table), list(rows))
        return []
    return list(session.scalars(insert(table).returning(cle, sort_by_parameter_order=True), list(rows)).all())
