"""What is settled once for a dataset before anything is asked: who is protected, and what is public."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable
from typing import Annotated, ClassVar, Literal, Self

import numpy as np
from pydantic import Field, field_validator, model_validator

from core.declare import Declared, column_of, param
from core.problem import Problem
from core.protect.rows_and_columns.select_rows import Texts
from core.table import Table
from core.table.column import Codes, Column, Mask
from core.table.numbers import canonical

LARGEST_BOUND, LEAST_SPAN = 1e15, 1e-9

Every = Literal["year", "quarter", "month"]
_DAY = re.compile(r"[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])")


class EachRow(Declared):
    """Each row is a person of its own."""

    title: ClassVar[str] = "Each row is one person"
    kind: Literal["row"] = "row"


class EachPerson(Declared):
    """A person may have several rows; at most so many of them are used, the rest is left out of every answer."""

    title: ClassVar[str] = "A person, with several rows"
    kind: Literal["person"] = "person"
    column: column_of() = param("Which column tells people apart?", why="Rows with the same value are one person.")  # type: ignore[valid-type]
    most: int = param(
        "At most how many rows of one person are used?", default=1, ge=1, le=1000,
        why="The more, the more noise every answer needs; the fewer, the more rows are left out.",
    )


class EachHousehold(Declared):
    """A household is protected as a whole; at most so many of its rows are used."""

    title: ClassVar[str] = "A household, as a whole"
    kind: Literal["household"] = "household"
    column: column_of() = param("Which column tells households apart?", why="Rows with the same value are one.")  # type: ignore[valid-type]
    most: int = param(
        "At most how many members of a household are used?", default=6, ge=1, le=1000,
        why="The more, the more noise every answer needs; the fewer, the more people are left out.",
    )


Unit = Annotated[EachRow | EachPerson | EachHousehold, Field(discriminator="kind")]


class Categories(Declared):
    """The values a column can have, known without looking at the data: the states, the two sexes."""

    title: ClassVar[str] = "A list of values"
    kind: Literal["categories"] = "categories"
    values: Texts = param("Which values can it have?", why="Rows with another value are left out.", min_length=1)
    missing: str = param(
        "Which of them stands for a missing one?", default="", advanced=True, why="Empty: such rows are left out.",
    )

    @field_validator("values")
    @classmethod
    def _once(cls, values: tuple[str, ...]) -> tuple[str, ...]:
        if len(set(values)) < len(values):
            raise ValueError("Each value stands in the list once.")
        return values

    @model_validator(mode="after")
    def _is_listed(self) -> Self:
        if self.missing and self.missing not in self.values:
            raise ValueError("What stands for a missing value is one of the list.")
        return self


class Bounds(Declared):
    """The smallest and largest number a column can have; numbers beyond are counted as the bound itself."""

    title: ClassVar[str] = "Numbers between two bounds"
    kind: Literal["bounds"] = "bounds"
    low: float = param("What is the smallest possible number?", why="Known without looking at the data.")
    high: float = param("What is the largest possible number?", why="Wide bounds need much noise.")
    cuts: tuple[float, ...] = param(
        "Where do groups begin, when answers are grouped by it?", default=(),
        why="18 and 60 make three groups: below 18, 18 to below 60, and from 60.",
    )

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        edges = [self.low, *self.cuts, self.high]
        if not np.isfinite(edges).all() or any(b <= a for a, b in itertools.pairwise(edges)):
            raise ValueError("The bounds and cuts rise from each to the next.")
        # Sums and squares of such numbers, in steps of a 2**20th of their bound, are exact in 64 bits.
        largest = max(abs(self.low), abs(self.high))
        if largest > LARGEST_BOUND or self.high - self.low < LEAST_SPAN * max(largest, 1):
            raise ValueError("Bounds lie between minus and plus 1e15, and at least a billionth of that apart.")
        return self


class Span(Declared):
    """The first and last day a column of dates can have."""

    title: ClassVar[str] = "Dates within a span"
    kind: Literal["span"] = "span"
    first: str = param("What is the first possible day?", why="Known without looking at the data.", unit="YYYY-MM-DD")
    last: str = param("What is the last possible day?", why="Rows outside are left out.", unit="YYYY-MM-DD")
    every: Every = param("Grouped by what?", default="year", why="Each group needs enough people.")

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        try:
            if not (_DAY.fullmatch(self.first) and _DAY.fullmatch(self.last)):
                raise ValueError
            days = np.datetime64(self.first, "D"), np.datetime64(self.last, "D")
        except ValueError:
            raise ValueError("Write days as 2024-03-01.") from None
        if days[1] < days[0] or (days[1] - days[0]).astype(int) > 366 * 200:
            raise ValueError("The span ends after it begins, and lasts at most 200 years.")
        return self

    def periods(self) -> tuple[str, ...]:
        """The names of all periods in the span, in order: 2024, 2024-Q1 or 2024-03."""
        months = np.arange(np.datetime64(self.first[:7], "M"), np.datetime64(self.last[:7], "M") + 1)
        return tuple(dict.fromkeys(period(str(m), self.every) for m in months))


Known = Annotated[Categories | Bounds | Span, Field(discriminator="kind")]


class Ground(Declared):
    """Who is protected, and what may be used without paying for it because it is public anyway."""

    title: ClassVar[str] = "What is settled for this dataset"
    unit: Unit = param("Who is protected?", default=EachRow(), why="The promise holds for one of these at a time.")
    known: dict[str, Known] = param(
        "What is public about each column?", default={},
        why="Never taken from the data in silence: what is taken from it has to be paid for.",
    )
    size_public: bool = param(
        "Is the number of rows public?", default=False, advanced=True,
        why="Then neighbouring tables differ by exchanging one unit, and the number of rows costs nothing.",
    )

    def bounds(self, column: str) -> Bounds:
        """The bounds of a column of numbers, or a Problem that says how to get them."""
        known = self.known.get(column)
        if not isinstance(known, Bounds):
            raise Problem(
                "The bounds of “{column_name}” are not known.",
                "Say between which numbers it lies, or pay for a private estimate of its bounds.",
                column=column, column_name=column,
            )
        return known

    def labels(self, column: str) -> tuple[str, ...]:
        """The names of the groups a column can put rows into, known without looking at the data."""
        known = self.known.get(column)
        if isinstance(known, Categories):
            return known.values
        if isinstance(known, Span):
            return known.periods()
        if isinstance(known, Bounds) and known.cuts:
            return _bands(known)
        raise Problem(
            "The groups of “{column_name}” are not known.",
            "List its values, give cuts (for numbers) or a span (for dates), or pay to have them found privately.",
            column=column, column_name=column,
        )

    def place(self, table: Table, column: str) -> Codes:
        """(rows,) the place of each row's group in `labels`; -1 where it belongs to none."""
        known, labels = self.known.get(column), self.labels(column)
        if isinstance(known, Bounds):
            numbers = as_numbers(table[column]).numbers
            inside = np.searchsorted(np.array(known.cuts), numbers, side="right").astype(np.int32)
            return np.where(np.isnan(numbers), np.int32(-1), inside)
        at = {label: i for i, label in enumerate(labels)}
        named = table[column].values.to_pylist()
        if isinstance(known, Span):
            found = [at.get(period(v, known.every), -1) if is_day(v) and known.first <= v[:10] <= known.last else -1
                     for v in named]
        else:
            found = [at.get(v, -1) for v in named]
        empty = at.get(known.missing, -1) if isinstance(known, Categories) else -1
        return np.array([*found, empty], np.int32)[table[column].codes]

    @property
    def most(self) -> int:
        """How many rows one protected unit can hold."""
        return 1 if isinstance(self.unit, EachRow) else self.unit.most

    def kept(self, table: Table) -> Mask:
        """(rows,) True for the rows that are used: of each unit the first `most`, in the order of the file."""
        if isinstance(self.unit, EachRow):
            return np.ones(table.rows, bool)
        codes = table[self.unit.column].codes
        # A row without an identifier cannot be bounded together with its owner's others, so it is left out.
        order = np.argsort(codes, kind="stable")
        first = np.searchsorted(codes[order], codes[order], side="left")
        kept = np.zeros(table.rows, bool)
        kept[order] = np.arange(table.rows) - first < self.unit.most
        return kept & ~table[self.unit.column].missing & ~table[self.unit.column].suppressed


def as_numbers(column: Column) -> Column:
    """The column with each cell read as a number by itself, whatever kind the whole column was taken for.

    A kind that is guessed from all cells lets one person's odd cell change how everybody's are read. Cells that are
    no numbers are missing.
    """
    return column if not len(column.values) else column.recode_to(canonical(column.values, "."), "number")


def is_day(text: str) -> bool:
    """Whether a cell begins with a day as 2024-03-01: what does not is in no group, and breaks nothing."""
    return _DAY.match(text) is not None


def period(day: str, every: Every) -> str:
    """The period an ISO day lies in."""
    if every == "year":
        return day[:4]
    return day[:7] if every == "month" else f"{day[:4]}-Q{(int(day[5:7]) + 2) // 3}"


def _bands(known: Bounds) -> tuple[str, ...]:
    edges = written([known.low, *known.cuts, known.high])
    named = [f"{a} to below {b}" for a, b in itertools.pairwise(edges)]
    return (*named[:-1], f"{edges[-2]} to {edges[-1]}")


def written(edges: Iterable[float]) -> list[str]:
    """Rising numbers in as few digits as tell them apart; whole ones in full: no two groups have the same name."""
    edges = [float(e) for e in edges]
    for digits in range(6, 18):
        texts = [f"{e:.0f}" if e.is_integer() and abs(e) < 1e15 else f"{e:.{digits}g}" for e in edges]
        if len(set(texts)) == len(texts):
            return texts
    raise ValueError("numbers that rise differ in 17 digits")
