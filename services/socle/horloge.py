"""The only place that reads a clock. Services take "today" and "now" as arguments; the journal is UTC.

Tests: tests/services/agenda/test_reunions.py.
"""

from datetime import UTC, date, datetime

from settings import get_settings


def utcnow() -> datetime:
    """This instant, aware, in UTC: for the journal, sessions and drafts."""
    return datetime.now(UTC)


def maintenant() -> datetime:
    """Civil time of the town, naive: what screens pass to services as `now`."""
    return datetime.now(get_settings().zone).replace(tzinfo=None)


def aujourdhui() -> date:
    """Civil date of the town: what screens pass to services as `today`."""
    return maintenant().date()


def civil(instant: datetime) -> datetime:
    """An aware instant as civil time of the town, naive: what screens show."""
    return instant.astimezone(get_settings().zone).replace(tzinfo=None)
