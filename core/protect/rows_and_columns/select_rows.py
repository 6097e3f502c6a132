"""Keep the rows that meet conditions."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

import numpy as np
from pydantic import BeforeValidator, Field, field_validator

from core.declare import Declared, column_of, param
from core.problem import Problem
from core.protect.method import Group, Method, Run
from core.table import Table
from core.table.column import Mask

Compare = Literal["more_than", "at_least", "less_than", "at_most", "equal_to", "not_equal_to"]
_COMPARE = {
    "more_than": np.greater,
    "at_least": np.greater_equal,
    "less_than": np.less,
    "at_most": np.less_equal,
    "equal_to": np.equal,
    "not_equal_to": np.not_equal,
}
_LABELS = {
    "more_than": "more than",
    "at_least": "at least",
    "less_than": "less than",
    "at_most": "at most",
    "equal_to": "equal to",
    "not_equal_to": "not equal to",
}


def _texts(values: object) -> object:
    # YAML reads 18 as a number; its text is not in doubt.
    if not isinstance(values, (list, tuple)):
        return values
    return tuple(str(v) if isinstance(v, int) and not isinstance(v, bool) else v for v in values)


Texts = Annotated[tuple[str, ...], BeforeValidator(_texts)]


class Condition(Declared):
    """Something a row meets or does not meet. A missing or suppressed cell meets no condition but `missing`."""

    def met(self, table: Table) -> Mask:  # noqa: ARG002
        """(rows,) True where the row meets it."""
        raise TypeError(f"{type(self).__name__} does not say when it is met")


class Number(Condition):
    """A number compared with a limit: income more than 20000."""

    test: Literal["number"] = "number"
    title: ClassVar[str] = "A number is …"
    column: column_of("number") = param("Which column?", why="The condition looks at one column.")  # type: ignore[valid-type]
    compare: Compare = param("How is it compared?", why="Both ends can be set with two conditions.", labels=_LABELS)
    value: float = param("With which number?", why="Rows on the right side of it are kept.")

    def met(self, table: Table) -> Mask:
        numbers = table[self.column].numbers
        return np.asarray(_COMPARE[self.compare](numbers, self.value) & ~np.isnan(numbers))


class OneOf(Condition):
    """A cell is one of these values: state is Kerala or Goa."""

    test: Literal["one_of"] = "one_of"
    title: ClassVar[str] = "A value is one of …"
    column: column_of() = param("Which column?", why="The condition looks at one column.")  # type: ignore[valid-type]
    values: Texts = param("Which values?", why="Rows with one of them are kept.", min_length=1)
    otherwise: bool = param("Turn it round: none of them?", why="Keeps the rows with any other value.", default=False)

    def met(self, table: Table) -> Mask:
        column = table[self.column]
        among = np.array([v in self.values for v in column.values.to_pylist()] + [False])[column.codes]
        filled = ~column.missing & ~column.suppressed
        return np.asarray((~among if self.otherwise else among) & filled)


class Dates(Condition):
    """A date within a span, both days included."""

    test: Literal["dates"] = "dates"
    title: ClassVar[str] = "A date lies between …"
    column: column_of("date") = param("Which column?", why="The condition looks at one column.")  # type: ignore[valid-type]
    first: str = param("From which day on?", why="Empty: no limit.", default="", unit="YYYY-MM-DD")
    last: str = param("Up to which day?", why="Empty: no limit.", default="", unit="YYYY-MM-DD")

    @field_validator("first", "last")
    @classmethod
    def _a_day(cls, day: str) -> str:
        try:
            if day:
                np.datetime64(day, "D")
        except ValueError:
            raise ValueError("Write the day as 2024-03-01.") from None
        return day

    def met(self, table: Table) -> Mask:
        column = table[self.column]
        # ISO dates sort as texts; a time after the day belongs to that day.
        inside = [
            v[:10] >= self.first and (not self.last or v[:10] <= self.last) and v[:1].isdigit()
            for v in column.values.to_pylist()
        ]
        return np.array([*inside, False])[column.codes]


class Missing(Condition):
    """A cell is empty, or is filled."""

    test: Literal["missing"] = "missing"
    title: ClassVar[str] = "A value is missing"
    column: column_of() = param("Which column?", why="The condition looks at one column.")  # type: ignore[valid-type]
    otherwise: bool = param("Turn it round: it is filled?", why="Keeps the rows that have an answer.", default=False)

    def met(self, table: Table) -> Mask:
        missing = table[self.column].missing
        return ~missing if self.otherwise else missing


Simple = Annotated[Number | OneOf | Dates | Missing, Field(discriminator="test")]


class Several(Condition):
    """Several conditions in one: any of them, or all of them."""

    test: Literal["group"] = "group"
    title: ClassVar[str] = "Several conditions together"
    join: Literal["any", "all"] = param(
        "Must any or all of them be met?",
        why="any: one is enough; all: each one.",
        default="any",
        labels={"any": "any of them", "all": "all of them"},
    )
    where: tuple[Simple, ...] = param("Which conditions?", why="They count together as one.", min_length=1)

    def met(self, table: Table) -> Mask:
        return _joined(self.where, self.join, table)


Where = Annotated[Number | OneOf | Dates | Missing | Several, Field(discriminator="test")]


class SelectRows(Method):
    """Keep only the rows that meet conditions: income more than 20000, state is Kerala.

    At a glance: what the condition says is then known of everybody in the release: a table of one district is as
    telling as the district's column.

    Conditions are joined by `all` (and) or `any` (or); a `group` inside counts as one condition and has its own join.
    A row whose cell is missing or suppressed does not meet a condition on it, except `missing`.
    Preserved: the kept rows as they are, in order. Lost: the other rows. Refuses when no row is left.

    - method: select_rows
      where:
        - {test: number, column: income, compare: more_than, value: 20000}
        - {test: one_of, column: state, values: [Kerala, Goa]}

    Source: GDPR Article 5(1)(c), data minimisation.
    """

    method: Literal["select_rows"] = "select_rows"
    title: ClassVar[str] = "Keep only some rows"
    group: ClassVar[Group] = "select"
    where: tuple[Where, ...] = param(
        "Which rows does the recipient need?", why="Share only what is needed.", min_length=1
    )
    join: Literal["all", "any"] = param(
        "Must a row meet all or any of the conditions?",
        why="all: each one; any: one is enough.",
        default="all",
        labels={"all": "all of them", "any": "any of them"},
    )

    def apply(self, table: Table, run: Run) -> Table:  # noqa: ARG002
        kept = _joined(self.where, self.join, table)
        if not kept.any():
            raise Problem("No row meets the conditions.", "Check the values and limits, or loosen a condition.")
        return table.take(kept)


def _joined(conditions: tuple[Condition, ...], join: str, table: Table) -> Mask:
    met = np.array([c.met(table) for c in conditions])
    return np.asarray(met.all(axis=0) if join == "all" else met.any(axis=0))
