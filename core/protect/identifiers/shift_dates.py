"""Shift dates: all dates of a person by the same secret number of days."""

from __future__ import annotations

import datetime
import hmac
import re
from typing import ClassVar, Literal

import numpy as np
import numpy.typing as npt

from core.declare import column_of, columns_of, param
from core.problem import Problem
from core.protect.identifiers.normalise import ReadAs, country_code_param, digits_only, read_as_param
from core.protect.identifiers.pseudonymise import one_spelling
from core.protect.method import Group, Method, Run
from core.table import SUPPRESSED, Column, Table

_ISO = re.compile(r"\d{4}-\d{2}-\d{2}([ T].*)?", re.ASCII | re.DOTALL)
_DAY = datetime.timedelta(days=1)


class ShiftDates(Method):
    """Move all dates of one person by the same secret number of days, so that the time between them stays as it was.

    At a glance: an illness lasts as long as it did, but nobody knows when it was.

    The offset is computed from the key and the person's identifier: the same person gets the same offset in every file
    made with the same key. It is never zero. The person is recognised by the column named, before or after that column
    is replaced by codes. Without one, each row is a person of its own, and all dates in the row move together.
    Preserved: days between two dates of one person, the time of day; the weekday if whole weeks are moved.
    Lost: the day, and the season when the span is long. A rare pattern of intervals can still be recognised.
    Refuses cells that are no dates.

    - {method: shift_dates, columns: [admitted, discharged], person: patient_id, most_days: 182}

    Source: Hripcsak et al. 2016, doi:10.1093/jamia/ocw001; NIST SP 800-188, 4.3.6.
    """

    method: Literal["shift_dates"] = "shift_dates"
    title: ClassVar[str] = "Shift dates"
    group: ClassVar[Group] = "identifiers"
    columns: columns_of("date") = param(  # type: ignore[valid-type]
        "Which dates?", why="Dates named together move together.", min_length=1
    )
    person: column_of() | None = param(  # type: ignore[valid-type]
        "Which column tells whose dates they are?",
        default=None,
        why="All dates of one person move by the same number of days. None: every row moves on its own.",
    )
    most_days: int = param(
        "By how many days at most?",
        default=182,
        ge=7,
        le=3650,
        unit="days",
        search=(30, 365),
        why="The true date lies that many days before or after the one shown.",
    )
    whole_weeks: bool = param(
        "Keep the weekday?", default=False, advanced=True, why="Moves by whole weeks; there are then fewer offsets."
    )
    read_as: ReadAs = read_as_param()
    country_code: str = country_code_param()
    key: str = param(
        "Which key?",
        why="The same person moves alike in all files made with the same key.",
        default="default",
        min_length=1,
        advanced=True,
    )

    _country_code_is_digits = digits_only("country_code")

    def check(self, table: Table) -> None:
        for name in self.columns:
            odd = sum(not _is_date(v) for v in table[name].values.to_pylist() if v != SUPPRESSED)
            if odd:
                raise Problem(
                    "{count} different values of “{column_name}” are no dates.",
                    "Give the column the kind “date” when the file is read, or suppress these cells.",
                    column=name,
                    column_name=name,
                    count=odd,
                )

    def apply(self, table: Table, run: Run) -> Table:
        days = self._days(table, run)
        return table.with_columns({name: self._shifted(table[name], days) for name in self.columns})

    def _days(self, table: Table, run: Run) -> npt.NDArray[np.int64]:
        """(rows,) by how many days each row's dates move."""
        if self.person is None:
            return self._drawn(run, table.rows)
        person = one_spelling(table[self.person], self.read_as, self.country_code)
        key = run.key(self.key, "shift_dates")
        offsets = [self._offset(key, value) for value in person.values.to_pylist()]
        days = np.array([*offsets, 0], np.int64)[person.codes]
        # Nobody is known to stand behind a missing or suppressed identifier: such rows move each on its own.
        unknown = person.missing | person.suppressed
        days[unknown] = self._drawn(run, table.rows)[unknown]
        return days

    def _steps(self) -> int:
        return self.most_days // 7 if self.whole_weeks else self.most_days

    def _offset(self, key: bytes, person: str) -> int:
        # 128 bits modulo at most 7300 offsets: the bias is below 2**-115.
        drawn = int.from_bytes(hmac.digest(key, person.encode(), "sha256")[:16], "big") % (2 * self._steps())
        return self._in_days(drawn)

    def _in_days(self, drawn: int) -> int:
        """0 ... 2n-1 to -n ... -1, 1 ... n (days or weeks)."""
        steps = drawn - self._steps() + (drawn >= self._steps())
        return steps * (7 if self.whole_weeks else 1)

    def _drawn(self, run: Run, rows: int) -> npt.NDArray[np.int64]:
        each = np.array([self._in_days(d) for d in range(2 * self._steps())], np.int64)
        return each[run.rng().integers(len(each), size=rows)]

    def _shifted(self, column: Column, days: npt.NDArray[np.int64]) -> Column:
        still = column.missing | column.suppressed
        # One new text for each pair of date and offset, not for each row.
        width = 2 * 3650 + 1
        pairs, back = np.unique(column.codes.astype(np.int64) * width + days + 3650, return_inverse=True)
        values = column.values.to_pylist()
        texts = [
            _moved(values[pair // width], int(pair % width) - 3650) if pair >= 0 else None for pair in pairs.tolist()
        ]
        moved = Column.of([texts[i] for i in back.tolist()], "date")
        return (
            Column.of(
                [old if s else new for old, new, s in zip(column.texts(), moved.texts(), still.tolist(), strict=True)],
                "date",
            )
            if still.any()
            else moved
        )


def _is_date(value: str) -> bool:
    """An ISO date, with or without a time after it, that ten years' shift leaves within the calendar."""
    if not _ISO.fullmatch(value):
        return False
    try:
        return 10 < datetime.date.fromisoformat(value[:10]).year < 9980
    except ValueError:
        return False


def _moved(value: str, days: int) -> str:
    if not _is_date(value):
        return value  # a suppressed cell; `check` has refused anything else
    return (datetime.date.fromisoformat(value[:10]) + days * _DAY).isoformat() + value[10:]
