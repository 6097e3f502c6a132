"""Public domains: every column as levels that are known without looking at the data, and levels as cells again.

A level is a value of a stated list, or a small interval between stated bounds. The last level of every column is
“missing”; a value outside the list, or a cell that is no number, counts as missing. Nothing here depends on any row,
but for `place`, which says for each row which level it is in, from that row alone.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from core.problem import Problem
from core.query.ground import Bounds, Categories, Known, Span, as_numbers, is_day
from core.synthesise.marginals import Coded
from core.synthesise.model import Floats, Ints
from core.table import Column, Kind, Table

MOST_DECIMALS = 9


@dataclass(frozen=True)
class Listed:
    """A column of stated values."""

    values: tuple[str, ...]
    kind: Kind
    ordered: bool = False

    @property
    def size(self) -> int:
        return len(self.values) + 1

    def place(self, column: Column) -> Ints:
        """(rows,) the level of each cell."""
        at = {v: i for i, v in enumerate(self.values)}
        found = [at.get(v, len(self.values)) for v in column.values.to_pylist()]
        return np.array([*found, at.get("", len(self.values))], np.int64)[column.codes]

    def column(self, levels: Ints, rng: np.random.Generator) -> Column:  # noqa: ARG002
        """(rows,) cells of levels."""
        # An empty text is how a missing cell is written, so a listed one comes back as missing.
        texts = pa.array([v or None for v in self.values] + [None], pa.string())
        return Column.of(texts.take(pa.array(levels)), self.kind)


@dataclass(frozen=True)
class Steps:
    """A column of numbers or days between bounds, in whole steps: a hundredth, a one, a day.

    low    what step 0 is worth; `last` is the number of the last step; `step` what each is worth
    starts (levels,) the first step of each level but “missing”
    """

    low: float
    last: int
    decimals: int
    starts: tuple[int, ...]
    kind: Kind
    ordered: bool = True

    @property
    def size(self) -> int:
        return len(self.starts) + 1

    def place(self, column: Column) -> Ints:
        """(rows,) the level of each cell; numbers beyond the bounds count as the bound."""
        steps = (self._numbers(column) - self.low) * 10.0**self.decimals
        inside = np.clip(np.rint(np.nan_to_num(steps, nan=0.0, posinf=self.last, neginf=0.0)), 0, self.last)
        level = np.searchsorted(np.array(self.starts), inside, side="right") - 1
        return np.where(np.isnan(steps), len(self.starts), level).astype(np.int64)

    def _numbers(self, column: Column) -> Floats:
        if self.kind != "date":
            return as_numbers(column).numbers
        texts = column.values.to_pylist()
        days = [float(np.datetime64(v[:10], "D").astype(int)) if _real(v) else np.nan for v in texts]
        numbers = np.array([*days, np.nan])[column.codes]
        # A day outside the span is not known to be at its end: it counts as missing.
        return np.where((numbers < self.low) | (numbers > self.low + self.last), np.nan, numbers)

    def column(self, levels: Ints, rng: np.random.Generator) -> Column:
        """(rows,) cells of levels: any step of the level, each as likely."""
        starts = np.array([*self.starts, self.last + 1])
        gone = levels == len(self.starts)
        first = starts[np.where(gone, 0, levels)]
        width = starts[np.where(gone, 0, levels) + 1] - first
        steps = first + np.floor(rng.random(len(levels)) * width)
        if self.kind == "date":
            texts = np.datetime_as_string((steps + self.low).astype("datetime64[D]")).astype(object)
            texts[gone] = None
            return Column.of(list(texts), "date")
        return Column.of_numbers(np.where(gone, np.nan, self.low + steps / 10.0**self.decimals), self.decimals)


Levels = Listed | Steps


@dataclass(frozen=True)
class Domain:
    """The public domain of a table: the levels of each column."""

    levels: Mapping[str, Levels]

    def coded(self, table: Table, total: int | None) -> Coded:
        """The rows as levels."""
        codes = np.column_stack([of.place(table[name]) for name, of in self.levels.items()])
        return Coded(codes, tuple(of.size for of in self.levels.values()),
                     tuple(of.ordered for of in self.levels.values()), total, tuple(self.levels))

    def columns(self, codes: Ints, rng: np.random.Generator) -> dict[str, Column]:
        """Levels of new rows as cells."""
        return {name: of.column(codes[:, i], rng) for i, (name, of) in enumerate(self.levels.items())}


def levels_of(known: Known, kind: Kind, bins: int, decimals: int | None) -> Levels:
    """The levels of a column of which this is public; `bins` at most for numbers and days, and one at each cut."""
    if isinstance(known, Categories):
        return Listed(known.values, kind)
    if isinstance(known, Span):
        first, last = (float(np.datetime64(d, "D").astype(int)) for d in (known.first, known.last))
        return Steps(first, int(last - first), 0, _starts(int(last - first), bins, ()), "date")
    decimals = _decimals(known) if decimals is None else decimals
    last_step = round((known.high - known.low) * 10**decimals)
    if last_step >= 2**53:
        raise Problem("The bounds are too far apart for so many decimals.", "Ask for fewer decimals.")
    cuts = tuple(math.ceil((c - known.low) * 10**decimals - 1e-6) for c in known.cuts)
    return Steps(known.low, last_step, decimals, _starts(last_step, bins, cuts), "number")


def _starts(last: int, bins: int, cuts: tuple[int, ...]) -> tuple[int, ...]:
    width = -(-(last + 1) // bins)
    return tuple(sorted({*range(0, last + 1, width), *(c for c in cuts if 0 < c <= last)}))


def _decimals(known: Bounds) -> int:
    """As many as the bounds and cuts are written with: public, unlike those of the data."""
    for decimals in range(MOST_DECIMALS):
        if all(abs(x * 10**decimals - round(x * 10**decimals)) < 1e-6 for x in (known.low, known.high, *known.cuts)):
            return decimals
    return MOST_DECIMALS


def _real(text: str) -> bool:
    if not is_day(text):
        return False
    try:
        np.datetime64(text[:10], "D")
    except ValueError:  # the 30th of February
        return False
    return True
