"""Columns cut into few bins, and how strongly binned columns depend on each other."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from core.synthesise.amounts import Numeric
from core.synthesise.cart import FEW_NUMBERS
from core.table import Column
from core.table.column import Floats

Ints = npt.NDArray[np.int64]

MOST_ROWS = 20_000
"""Rows looked at when parents are chosen; the shares themselves come from all."""


@dataclass(frozen=True)
class Bins:
    """A column as bins 0 to size - 1, of which the last is “missing”.

    cuts    upper ends of the bins of a number, the last left out; None: a bin for each category
    amounts the observed amounts in order, to draw from within a bin; `starts` where each bin begins among them
    """

    cells: Column
    numeric: Numeric | None
    cuts: Floats | None
    amounts: Floats | None
    starts: Ints | None
    size: int
    place: dict[str, int]

    @staticmethod
    def of(column: Column, bins: int) -> Bins:
        numeric = Numeric.of(column)
        values = replace(column, codes=column.codes[:0])
        if numeric is None or len(column.values) <= FEW_NUMBERS:
            place = {v: i for i, v in enumerate(column.values.to_pylist())}
            return Bins(values, None, None, None, None, len(column.values) + 1, place)
        ordered = np.sort(numeric.numbers[~numeric.missing])
        cuts = np.unique(np.quantile(ordered, np.arange(1, bins) / bins, method="inverted_cdf"))
        cuts = cuts[cuts < ordered[-1]]
        starts = np.concatenate([[0], np.searchsorted(ordered, cuts, "right"), [len(ordered)]])
        bare = replace(numeric, numbers=numeric.numbers[:0])
        return Bins(values, bare, cuts, ordered, starts, len(cuts) + 2, {})

    def codes(self, column: Column) -> Ints:
        """(rows,) the bin of each cell; a category never met counts as missing."""
        last = self.size - 1
        if self.cuts is None:
            places = [self.place.get(v, last) for v in column.values.to_pylist()]
            return np.array([*places, last], np.int64)[column.codes]
        found = Numeric.of(column)
        if found is None:
            return np.full(len(column), last)
        return np.where(found.missing, last, np.searchsorted(self.cuts, found.numbers, "left"))

    def column(self, codes: Ints, rng: np.random.Generator) -> Column:
        """(rows,) cells drawn within their bins: between two neighbouring observed amounts."""
        last = self.size - 1
        if self.numeric is None or self.amounts is None or self.starts is None:
            plain = np.where(codes == last, -1, codes).astype(np.int32)
            return replace(self.cells, codes=plain)._compact()
        here = np.minimum(codes, last - 1)
        first, end = self.starts[here], self.starts[here + 1]
        at = first + rng.random(len(codes)) * np.maximum(end - 1 - first, 0)
        numbers = np.interp(at, np.arange(len(self.amounts)), self.amounts)
        return replace(self.numeric.column(np.where(codes == last, np.nan, numbers)), labels=self.cells.labels)


def counted(first: Ints, second: Ints, firsts: int, seconds: int) -> Floats:
    """(firsts, seconds) in how many rows each pair of bins occurs."""
    return np.bincount(first * seconds + second, minlength=firsts * seconds).reshape(firsts, seconds).astype(float)


def information(joint: Floats) -> float:
    """Mutual information of a table of counts, in bits, less what chance alone would show (Miller and Madow)."""
    total = joint.sum()
    shares = joint / total
    rows, columns = shares.sum(1, keepdims=True), shares.sum(0, keepdims=True)
    held = shares > 0
    plain = float((shares[held] * np.log2(shares[held] / (rows @ columns)[held])).sum())
    spare = held.sum() - (rows > 0).sum() - (columns > 0).sum() + 1
    return plain - float(spare) / (2 * total * np.log(2))


def best_parents(
    codes: dict[str, Ints], sizes: dict[str, int], name: str, before: list[str], most: int, rng: np.random.Generator
) -> tuple[str, ...]:
    """Up to `most` columns on which `name` depends most, added one by one while each tells more than chance would.

    The combinations of parents stay fewer than a twentieth of the rows, so that each is learned from about 20 people.
    """
    rows = len(codes[name])
    some = np.arange(rows) if rows <= MOST_ROWS else np.sort(rng.choice(rows, MOST_ROWS, replace=False))
    target = codes[name][some]
    chosen: tuple[str, ...] = ()
    packed, known = np.zeros(len(some), np.int64), 0.0
    for _ in range(most):
        found: tuple[float, str, Ints] | None = None
        for other in before:
            if other in chosen:
                continue
            keys, place = np.unique(packed * sizes[other] + codes[other][some], return_inverse=True)
            if len(keys) > max(len(some) / 20, 2):
                continue
            gain = information(counted(place.ravel(), target, len(keys), sizes[name]))
            if found is None or gain > found[0]:
                found = (gain, other, place.ravel().astype(np.int64))
        if found is None or found[0] <= known:
            return chosen
        known, packed = found[0], found[2]
        chosen = (*chosen, found[1])
    return chosen
