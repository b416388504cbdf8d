"""The plan of a series: where the search for dates begins."""

from datetime import date

import pytest

from ui.agenda.planifier import premier_jour


@pytest.mark.parametrize(
    ("today", "voulu", "fin", "debut"),
    [
        (date(2026, 9, 7), date(2026, 7, 1), date(2026, 12, 31), date(2026, 9, 28)),  # time to convene
        (date(2026, 11, 28), date(2026, 7, 1), date(2026, 12, 31), date(2026, 11, 29)),  # then, Christmas alone
        (date(2026, 12, 20), date(2026, 7, 1), date(2026, 12, 31), date(2026, 12, 21)),  # less than three weeks
        (date(2026, 11, 28), date(2027, 1, 1), date(2027, 6, 30), date(2027, 1, 1)),
    ],
)
def test_the_search_begins_where_a_day_is_left(today: date, voulu: date, fin: date, debut: date) -> None:
    assert premier_jour(voulu, fin, today) == debut
