"""Rules a person can state about every row: ages are not negative, a start is before its end, districts fit states."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, ClassVar, Literal

import numpy as np
from pydantic import Field, model_validator

from core.declare import Declared, column_of, columns_of, param
from core.problem import Problem
from core.synthesise.amounts import amounts
from core.table import Table
from core.table.column import Mask


class Between(Declared):
    """A number or date lies within limits, both included: age is at least 0."""

    rule: Literal["between"] = "between"
    title: ClassVar[str] = "A number stays within limits"
    column: column_of("number") = param(  # type: ignore[valid-type]
        "Which column?", why="Rows in which it lies outside are never made."
    )
    low: float | None = param("Smallest", default=None, why="None: no limit.")
    high: float | None = param("Largest", default=None, why="None: no limit.")

    @model_validator(mode="after")
    def _in_order(self) -> Between:
        if self.low is not None and self.high is not None and self.low > self.high:
            raise ValueError("The smallest must not be above the largest.")
        return self

    @property
    def columns(self) -> tuple[str, ...]:
        return (self.column,)

    def kept(self, table: Table) -> Mask:
        """(rows,) True where the rule is kept; a missing number breaks no rule."""
        at = amounts(table[self.column])
        low, high = (-np.inf if self.low is None else self.low), (np.inf if self.high is None else self.high)
        return np.isnan(at) | ((at >= low) & (at <= high))


class NotAbove(Declared):
    """One number or date is not above another: a child's age below the mother's, a start not after its end."""

    rule: Literal["not_above"] = "not_above"
    title: ClassVar[str] = "One number or date comes before another"
    lower: column_of("number", "date") = param(  # type: ignore[valid-type]
        "Which column is the smaller or earlier?", why="Both must be numbers, or both dates."
    )
    upper: column_of("number", "date") = param(  # type: ignore[valid-type]
        "Which is the larger or later?", why="Both must be numbers, or both dates."
    )
    strict: bool = param("Must they differ?", default=False, why="A child is younger than the mother, never as old.")

    @property
    def columns(self) -> tuple[str, ...]:
        return (self.lower, self.upper)

    def kept(self, table: Table) -> Mask:
        """(rows,) True where the rule is kept; where one of the two is missing it cannot be broken."""
        low, high = amounts(table[self.lower]), amounts(table[self.upper])
        return np.isnan(low) | np.isnan(high) | ((low < high) if self.strict else (low <= high))


class Together(Declared):
    """Only combinations of values that occur in the original are made: a district stays within its state."""

    rule: Literal["together"] = "together"
    title: ClassVar[str] = "Only combinations that occur"
    columns: columns_of() = param(  # type: ignore[valid-type]
        "Which columns belong together?", min_length=2, why="New rows show these columns only as they occur together."
    )

    def kept(self, table: Table) -> Mask:
        """(rows,) True everywhere: a table cannot break its own combinations; joining the columns keeps the rule."""
        return np.ones(table.rows, bool)


Rule = Annotated[Between | NotAbove | Together, Field(discriminator="rule")]


def check(rules: Sequence[Between | NotAbove | Together], table: Table, learned: Sequence[str]) -> None:
    """Stop with a Problem where a rule names a column that is not synthesised, or compares what cannot be compared."""
    seen: set[str] = set()
    for rule in rules:
        for name in rule.columns:
            table.require([name])
            if name not in learned:
                raise Problem(
                    "A rule names “{column_name}”, which is not synthesised.", "Leave the rule out, or the column in.",
                    column=name, column_name=name,
                )
        if isinstance(rule, NotAbove) and table[rule.lower].kind != table[rule.upper].kind:
            raise Problem(
                "“{first}” and “{second}” cannot be compared.", "Choose two numbers, or two dates.",
                column=rule.upper, first=rule.lower, second=rule.upper,
            )
        if isinstance(rule, Together):
            if len(set(rule.columns)) < 2 or seen & set(rule.columns):
                raise Problem(
                    "A column stands twice in the rules about combinations.",
                    "Name all columns that belong together in one rule.",
                )
            seen |= set(rule.columns)


def broken(rules: Sequence[Between | NotAbove | Together], table: Table) -> Mask:
    """(rows,) True where a row breaks a rule."""
    bad = np.zeros(table.rows, bool)
    for rule in rules:
        bad |= ~rule.kept(table)
    return bad
