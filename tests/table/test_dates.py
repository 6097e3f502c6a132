"""Years of two digits."""

from __future__ import annotations

import datetime as dt

from core.table.dates import read_date


def test_two_digits_are_the_latest_year_that_is_not_to_come() -> None:
    today = dt.date(2026, 11, 21)
    assert read_date("13/04/26", "dmy", today).iso == "2026-04-13"
    assert read_date("13/04/27", "dmy", today).iso == "1927-04-13"
