"""Likeness: a few numbers that say how much a table looks as if a person had been in the data it was made from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import numpy.typing as npt

from core.attack.nearest import Space, numbers_of
from core.table import Table

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

BANDS = 10
"""Bands that numbers are cut into where rows are counted that agree with a person."""

QUERIES = 12
"""Sets of columns of each size, at most."""

NEAREST = 3
"""Of so many nearest rows the mean distance is one of the numbers."""


@dataclass(frozen=True, eq=False)
class Likeness:
    """Some people, and the counting queries that are asked of a table about each of them.

    sets   for each size, sets of columns (by number) on which rows can agree with a person
    edges  per column the limits of its bands; None for categories
    """

    names: tuple[str, ...]
    people: Table
    space: Space
    edges: tuple[Floats | None, ...]
    sets: tuple[tuple[tuple[int, ...], ...], ...]

    @staticmethod
    def of(names: Sequence[str], people: Table, reference: Table) -> Likeness:
        """The queries about these people: one, two, three, half and all columns at a time."""
        edges = []
        for name in names:
            numbers = numbers_of(reference[name])
            finite = numbers[np.isfinite(numbers)]
            many = len(np.unique(finite)) > 2 * BANDS
            edges.append(np.unique(np.quantile(finite, np.arange(1, BANDS) / BANDS)) if many else None)
        wide = len(names)
        sizes = sorted({min(s, wide) for s in (1, 2, 3, max(wide // 2, 1), wide)})
        sets = tuple(_some(wide, size) for size in sizes)
        space = Space.of(names, reference, (people,))
        return Likeness(tuple(names), people, space, tuple(edges), sets)

    def shown(self, table: Table, rows: int) -> Floats:
        """(people, numbers) how much a table looks as if each had been in the data.

        First, for each size of sets, the square root of how many rows agree with the person, on average over the sets,
        as if the table had `rows` rows (of a count, the root varies evenly); then the distance to the nearest row, and
        the mean distance to the three nearest, taken negative.
        """
        mine, theirs = _coded(self, self.people), _coded(self, table)
        scale = rows / max(table.rows, 1)
        found = [np.mean([np.sqrt(scale * _agreeing(mine[:, s], theirs[:, s])) for s in map(list, group)], axis=0)
                 for group in self.sets]
        space = self.space.meeting((table,))
        at, beside = space.place(self.people), space.place(table)
        near = space.several(at, beside, NEAREST)
        apart = np.stack([space.between(at, beside.take(near[:, k])) for k in range(near.shape[1])], axis=1)
        return np.stack([*found, -apart.min(axis=1), -apart.mean(axis=1)], axis=1).astype(float)


def _some(wide: int, size: int) -> tuple[tuple[int, ...], ...]:
    """Sets of columns of one size, spread evenly over all there are."""
    every = list(combinations(range(wide), size)) if wide <= 16 else [
        tuple(sorted((start + i) % wide for i in range(size))) for start in range(wide)]
    step = max(len(every) / QUERIES, 1.0)
    return tuple(every[int(i * step)] for i in range(min(len(every), QUERIES)))


def _coded(likeness: Likeness, table: Table) -> Ints:
    """(rows, columns) bands of numbers and codes of categories; a value that was never met is a code of its own."""
    out = np.zeros((table.rows, len(likeness.names)), np.int64)
    for i, (name, edges) in enumerate(zip(likeness.names, likeness.edges, strict=True)):
        column = table[name]
        if edges is not None:
            numbers = numbers_of(column)
            out[:, i] = np.where(np.isfinite(numbers), 1 + np.searchsorted(edges, numbers, side="right"), 0)
        else:
            words = likeness.space.words[i]
            places = [words.get(v, len(words)) for v in column.values.to_pylist()]
            out[:, i] = 1 + np.array([*places, -1])[column.codes]
    return out


def _agreeing(mine: Ints, theirs: Ints) -> Ints:
    """(people,) how many rows agree with each in all of these columns."""
    both = np.concatenate([mine, theirs])
    key = np.zeros(len(both), np.int64)
    for column in both.T:
        # Numbered anew after each column: no product of sizes ever grows too large.
        _, key = np.unique(key * (column.max(initial=0) + 1) + column, return_inverse=True)
    cut = len(mine)
    return np.bincount(key[cut:], minlength=int(key.max(initial=0)) + 1)[key[:cut]]
