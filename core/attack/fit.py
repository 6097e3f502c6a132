"""Fit: how well what is written in a release fits what somebody knows of a person, cell by cell.

A released cell may be the true value, a group or band that holds it (30-39, a region), a number near it (rounded,
averaged), something hidden (`*`, 56**** ), or something else. An attacker knows how values were grouped: hierarchies
are no secret. They are read off the table pair where each value became one group everywhere; a code for each value
(a pseudonym) is no group, and tells such an attacker nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow.compute as pc

from core.attack.clock import Tick, never
from core.attack.nearest import DISTINCT, numbers_of
from core.risk.kernel import Classes, class_sizes
from core.table import SUPPRESSED, Column, Table
from core.utility.both import match

Levels = npt.NDArray[np.uint8]
Singles = npt.NDArray[np.float32]
Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

APART, NEAR, FITS, OPEN = 0, 1, 2, 3
"""A cell that cannot be the person's; a number beside it; the value or a group that holds it; nothing said."""

CLOSE = 0.02
"""A number is near another if at most this share of the people lies between them."""

GROUPED = 0.05
"""How far a group is that holds the value: nearer than any other, farther than the value itself."""

HIDDEN = 0.5
"""How far a hidden cell is: as far as half of all others."""

_AT_ONCE = 8_000_000
_NUMBER = r"(-?\d+(?:\.\d+)?)"
_SPANS = (
    (re.compile(rf"^[\[(]?{_NUMBER}\s*(?:-|–|,|to under|to)\s*{_NUMBER}[\])]?$"), (0, 1)),
    (re.compile(rf"^(?:below|under|<=|<|≤|up to)\s*{_NUMBER}$"), (None, 0)),
    (re.compile(rf"^(?:>=|>|≥|above|over)\s*{_NUMBER}$"), (0, None)),
    (re.compile(rf"^{_NUMBER}\s*(?:\+|or more|and over|and above)$"), (0, None)),
)


def span(text: str) -> tuple[float, float] | None:
    """The limits of “30-39”, “30 to under 40”, “below 20”, “90+” or “50 or more”; None where the text is no band."""
    for pattern, sides in _SPANS:
        if found := pattern.match(text.strip()):
            low, high = (None if s is None else float(found.group(s + 1)) for s in sides)
            low, high = -np.inf if low is None else low, np.inf if high is None else high
            # Whole years: 39.4 is still 39. "Below" and "under" are read a hair too wide, which only widens doubt.
            return (low, high + 1 - 1e-9 if "-" in text[1:] and float(high).is_integer() else high)
    return None


class Place(NamedTuple):
    """(targets, classes) for one stretch of people: the people it holds, and a value for each class of rows."""

    people: slice
    levels: list[Levels]
    apart: Singles


@dataclass(frozen=True, eq=False)
class Reading:
    """One column as an attacker reads it: true values on one side, released ones on the other."""

    truth: Column
    written: Column
    scale: Floats
    group: Ints

    @staticmethod
    def of(people: Column, written: Column, original: Column, pairs: tuple[Ints, Ints] | None) -> Reading:
        """original, pairs: whose released row is whose, from which groups of values are learned."""
        scale = np.sort(numbers_of(original)[np.isfinite(numbers_of(original))])
        numeric = len(np.unique(scale)) > DISTINCT
        return Reading(people, written, scale if numeric else scale[:0], _groups(people, written, original, pairs))

    @cached_property
    def _written(self) -> tuple[list[str], Floats, Floats, npt.NDArray[np.bool_]]:
        texts = self.written.values.to_pylist()
        numbers = amounts(self.written)
        low, high = numbers.copy(), numbers.copy()
        banded = np.zeros(len(texts) + 1, bool)
        for i, text in enumerate(texts):
            if np.isnan(numbers[i]) and (limits := span(text)):
                low[i], high[i] = limits
                banded[i] = True
        return texts, low, high, banded

    def table(self, codes: Ints) -> tuple[Levels, Singles]:
        """(codes, written values + missing) how each released value fits each true one, and how far it is."""
        texts, low, high, banded = self._written
        known = self.truth.values.to_pylist()
        place = {t: i for i, t in enumerate(texts)}
        numbers = amounts(self.truth)[codes]
        levels = np.zeros((len(codes), len(texts) + 1), np.uint8)
        apart = np.ones((len(codes), len(texts) + 1), np.float32)
        if len(self.scale) and np.isfinite(low).any():
            self._near(numbers, low, high, levels, apart)
        inside = banded[None, :] & (numbers[:, None] >= low[None, :]) & (numbers[:, None] <= high[None, :])
        levels[inside], apart[inside] = FITS, GROUPED
        for line, code in enumerate(codes):
            text = known[code] if code >= 0 else None
            if text is not None and self.group[code] >= 0:
                levels[line, self.group[code]], apart[line, self.group[code]] = FITS, GROUPED
            at = len(texts) if text is None else place.get(text, -2)
            if at >= 0:
                levels[line, at], apart[line, at] = FITS, 0.0
            if text is None or text == SUPPRESSED:
                # Of this person nothing is known here: every row is as likely as any other.
                levels[line, levels[line] != FITS], apart[line] = OPEN, HIDDEN
        self._hidden(texts, known, codes, levels, apart)
        return levels, apart

    def _near(self, numbers: Floats, low: Floats, high: Floats, levels: Levels, apart: Singles) -> None:
        rank = np.searchsorted(self.scale, numbers) / len(self.scale)
        bottom, top = (np.searchsorted(self.scale, np.nan_to_num(x)) / len(self.scale) for x in (low, high))
        gap = np.maximum(np.maximum(bottom[None, :] - rank[:, None], rank[:, None] - top[None, :]), 0)
        shown = np.isfinite(numbers)[:, None] & np.isfinite(low + high)[None, :]
        apart[:] = np.where(shown, np.minimum(gap + 2 * GROUPED, 1), 1)
        levels[shown & (gap <= CLOSE)] = NEAR

    def _hidden(self, texts: list[str], known: list[str], codes: Ints, levels: Levels, apart: Singles) -> None:
        """Cells that say nothing, or only part of a value: `*`, missing, 56****."""
        for at, text in enumerate([*texts, None]):
            if text is None or text == SUPPRESSED:
                open_ = levels[:, at] != FITS
                levels[open_, at], apart[open_, at] = OPEN, HIDDEN
            elif SUPPRESSED in text and (shape := re.compile(
                    ".".join(re.escape(part) for part in text.split(SUPPRESSED)) + "$")):
                fits = np.array([c >= 0 and bool(shape.match(known[c])) for c in codes])
                levels[fits, at], apart[fits, at] = FITS, GROUPED


@dataclass(frozen=True, eq=False)
class Fit:
    """Some people beside the rows of a release, on some columns. Rows that are written alike are looked at once."""

    names: tuple[str, ...]
    readings: tuple[Reading, ...]
    classes: Classes
    people: int
    tick: Tick = never

    @staticmethod
    def of(
        names: Sequence[str], people: Table, released: Table, original: Table, group: bool = True, tick: Tick = never,
    ) -> Fit:
        """group  rows that are written alike become one class; False: each row stands for itself"""
        pairs = match(original, released)
        readings = tuple(Reading.of(people[n], released[n], original[n], pairs) for n in names)
        every = np.arange(released.rows, dtype=np.int32)
        classes = class_sizes([released[n] for n in names]) if group and released.rows else Classes(
            every, np.ones(released.rows, np.int32), released.rows)
        return Fit(tuple(names), readings, classes, people.rows, tick)

    def stretches(self) -> Iterator[Place]:
        """The people in stretches small enough for the memory, each beside every class of rows."""
        count = max(self.classes.count, 1)
        first = self.classes.first_rows
        step = max(1, _AT_ONCE // max(count, *(len(r.written.values) for r in self.readings)))
        written = [r.written.codes[first] for r in self.readings]
        for start in range(0, self.people, step):
            self.tick()
            part = slice(start, min(start + step, self.people))
            apart = np.zeros((part.stop - start, count), np.float32)
            levels = []
            for reading, codes in zip(self.readings, written, strict=True):
                kinds, of = np.unique(reading.truth.codes[part], return_inverse=True)
                level, far = reading.table(kinds.astype(np.int64))
                levels.append(level[:, codes][of])
                apart += far[:, codes][of]
            yield Place(part, levels, apart / np.float32(max(len(self.readings), 1)))


def fitting(levels: Sequence[Levels]) -> npt.NDArray[np.bool_]:
    """(people, classes) True where every cell could be the person's."""
    out = levels[0] >= FITS
    for level in levels[1:]:
        out &= level >= FITS
    return np.asarray(out)


def amounts(column: Column) -> Floats:
    """(values + 1,) the distinct values as numbers whatever their kind, dates as days; NaN where none, and missing."""
    every = Column(np.arange(len(column.values), dtype=np.int32), column.values, column.kind)
    return np.append(numbers_of(every) if column.kind == "date" else column.value_numbers, np.nan)


def _groups(people: Column, written: Column, original: Column, pairs: tuple[Ints, Ints] | None) -> Ints:
    """(people's values + 1,) the released value that each true value is grouped into; -1 where there is none."""
    out = np.full(len(people.values) + 1, -1, np.int64)
    if pairs is None or not len(pairs[0]):
        return out
    before, after = original.codes[pairs[0]].astype(np.int64), written.codes[pairs[1]].astype(np.int64)
    texts = written.values.to_pylist()
    own = pc.index_in(written.values, original.values).fill_null(-1).to_numpy(zero_copy_only=False)
    new = np.append([t != SUPPRESSED and o < 0 and span(t) is None for t, o in zip(texts, own, strict=True)], False)
    shown = (before >= 0) & new.astype(bool)[after]
    met = np.unique(before[shown] * (len(texts) + 1) + after[shown])
    value, group = met // (len(texts) + 1), met % (len(texts) + 1)
    # A grouping: each value in one group, and markedly fewer groups than values. A pseudonym is one to one.
    if not len(value) or len(np.unique(value)) < len(value) or 2 * len(np.unique(group)) > len(value):
        return out
    place = pc.index_in(original.values, people.values).fill_null(-1).to_numpy(zero_copy_only=False)
    became = np.full(len(people.values) + 1, -1, np.int64)
    where = place[value]
    became[where[where >= 0]] = group[where >= 0]
    became[-1] = -1
    return became
