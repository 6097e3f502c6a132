"""The numbers behind the pictures of risk: plain data, no charts. Each says in a sentence what it shows.

Labels are values of the table where a picture needs them (a state, an age band): pictures are for the data owner.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from core.language import translate
from core.problem import Problem
from core.risk.kernel import radix
from core.risk.subsets import uniques
from core.risk.suda import Suda
from core.table import Column, Table
from core.table.column import Floats, Mask

MOST = 40
"""Cells of a heat map to each side, at most."""

LARGEST_HOUSEHOLD = 15
"""Households of so many members and more are drawn together."""

BANDS = ((1, 1), (2, 2), (3, 4), (5, 9), (10, 19), (20, 49), (50, 99), (100, 499), (500, None))
"""Class sizes that are drawn together; the thresholds 2, 3 and 5 fall between bands."""


@dataclass(frozen=True, eq=False)
class PairMap:
    """Share of rows, in percent, unique on each pair of columns; single columns on the diagonal. (keys, keys).

    rows  in the whole table
    """

    keys: tuple[str, ...]
    percent: Floats
    rows: int

    @property
    def sentence(self) -> str:
        worst, first, second = max(
            (self.percent[i, j], a, b)
            for i, a in enumerate(self.keys) for j, b in enumerate(self.keys[: i + 1])
        )
        if not worst:
            return translate("Nobody is singled out by one of these columns, or by two of them together.")
        count = round(worst * self.rows / 100)
        if first == second:
            return translate(
                "{first} alone singles out {count:,} of {rows:,} people: no pair of columns singles out more.",
                first=first, count=count, rows=self.rows)
        return translate(
            "{second} and {first} together single out {count:,} of {rows:,} people: no other pair singles out more.",
            first=first, second=second, count=count, rows=self.rows)


def pair_map(table: Table, keys: Sequence[str]) -> PairMap:
    """The heat map of uniqueness for every pair of quasi-identifiers."""
    counted = uniques(table, keys, 2)
    percent = [[100 * counted.share(a, b) for b in counted.keys] for a in counted.keys]
    return PairMap(counted.keys, np.array(percent), table.rows)


@dataclass(frozen=True, eq=False)
class RiskMap:
    """How many rows are at risk, of how many, by two columns.

    rows, columns  labels of the groups, at most MOST each
    at_risk, of    (rows, columns) counts
    row_group, column_group  (table rows,) the group each row of the table falls in, to filter by a click
    """

    row_name: str
    column_name: str
    rows: tuple[str, ...]
    columns: tuple[str, ...]
    at_risk: npt.NDArray[np.int64]
    of: npt.NDArray[np.int64]
    row_group: npt.NDArray[np.int64]
    column_group: npt.NDArray[np.int64]

    @property
    def sentence(self) -> str:
        share = np.divide(self.at_risk, self.of, out=np.zeros(self.of.shape), where=self.of > 0)
        if not self.at_risk.any():
            return translate("No row is at risk.")
        r, c = np.unravel_index(int(np.lexsort((self.at_risk.ravel(), share.ravel()))[-1]), share.shape)
        return translate(
            "At most risk: {row} and {column}, where {at_risk:,} of {of:,} rows are at risk.",
            row=f"{self.row_name} {self.rows[r]}", column=f"{self.column_name} {self.columns[c]}",
            at_risk=int(self.at_risk[r, c]), of=int(self.of[r, c]),
        )


def risk_map(table: Table, row_name: str, column_name: str, at_risk: Mask, only: Mask | None = None) -> RiskMap:
    """Rows at risk by two columns.

    at_risk  (rows,) which rows count as at risk, as `risk.fk < 5` or `risk.individual_risk > 0.1`
    only     (rows,) count these rows only: what a click on another picture chose
    """
    if len(at_risk) != table.rows:
        raise Problem("The risk was measured on another table.", "Measure it again.")
    rows, row_group = groups(table[row_name])
    columns, column_group = groups(table[column_name])
    cell = row_group * len(columns) + column_group
    counted = np.ones(table.rows, bool) if only is None else only
    shape = (len(rows), len(columns))
    of = np.bincount(cell[counted], minlength=shape[0] * shape[1]).reshape(shape)
    risky = np.bincount(cell[counted & at_risk], minlength=shape[0] * shape[1]).reshape(shape)
    return RiskMap(row_name, column_name, rows, columns, risky, of, row_group, column_group)


def groups(column: Column, most: int = MOST) -> tuple[tuple[str, ...], npt.NDArray[np.int64]]:
    """(labels, (rows,) group of each row), at most `most` groups.

    Few values stand for themselves, in their order; many numbers are put into bands; of many other values the most
    frequent stay and the rest is one group.
    """
    numbers = column.value_numbers
    numeric = len(numbers) > 0 and bool(np.isfinite(numbers).all())
    room = most - int(column.missing.any())
    if len(column.values) <= room:
        texts = np.array(column.values.to_pylist(), object)
        order = np.argsort(numbers if numeric else texts, kind="stable")
        labels = [str(t) for t in texts[order]]
        place = np.empty(len(order), np.int64)
        place[order] = np.arange(len(order))
    elif numeric:
        labels, place = _bands(numbers, room)
    else:
        labels, place = _most_frequent(column, room)
    if column.missing.any():
        labels.append(translate("(missing)"))
    return tuple(labels), np.append(place, len(labels) - 1)[column.codes]


def _bands(numbers: Floats, room: int) -> tuple[list[str], npt.NDArray[np.int64]]:
    low, high = float(numbers.min()), float(numbers.max())
    step = 10.0 ** np.floor(np.log10((high - low) / room))
    width = next(step * m for m in (1, 5, 10, 50) if np.floor(high / (step * m)) - np.floor(low / (step * m)) < room)
    first = np.floor(low / width)
    place = (np.floor(numbers / width) - first).astype(np.int64)
    labels = [f"{(first + i) * width:g} to under {(first + i + 1) * width:g}" for i in range(int(place.max()) + 1)]
    return labels, place


def _most_frequent(column: Column, room: int) -> tuple[list[str], npt.NDArray[np.int64]]:
    ranked = np.argsort(-column.counts(), kind="stable")
    kept = np.sort(ranked[: room - 1])
    place = np.full(len(column.values), room - 1, np.int64)
    place[kept] = np.arange(len(kept))
    rest = translate("{count} other values", count=len(column.values) - len(kept))
    return [str(column.values[int(v)].as_py()) for v in kept] + [rest], place


@dataclass(frozen=True)
class SizeBand:
    """Rows and classes whose class size lies between `low` and `high` (None: and more)."""

    low: int
    high: int | None
    rows: int
    classes: int

    @property
    def label(self) -> str:
        if self.high is None:
            return translate("{low} and more", low=self.low)
        return str(self.low) if self.low == self.high else f"{self.low}-{self.high}"


def size_histogram(fk: npt.NDArray[np.integer], k: int | None = None) -> tuple[SizeBand, ...]:
    """How many rows stand in classes of each size; with `k`, no band holds sizes both below and from k on."""
    found = []
    for low, high in _split(k):
        inside = (fk >= low) & (fk <= (high or np.iinfo(np.int32).max))
        found.append(SizeBand(low, high, int(inside.sum()), round(float((1.0 / fk[inside]).sum()))))
    return tuple(found)


def _split(k: int | None) -> list[tuple[int, int | None]]:
    bands: list[tuple[int, int | None]] = []
    for low, high in BANDS:
        cut = k is not None and low < k and (high is None or k <= high)
        bands += [(low, k - 1), (k, high)] if cut and k is not None else [(low, high)]
    return bands


@dataclass(frozen=True, eq=False)
class RiskCurve:
    """How many rows have a risk above each threshold. threshold, rows: (points,)."""

    threshold: Floats
    rows: npt.NDArray[np.int64]

    def above(self, threshold: float) -> int:
        """Rows above the point at or just below this threshold."""
        return int(self.rows[max(int(np.searchsorted(self.threshold, threshold, "right")) - 1, 0)])


def risk_curve(risk: Floats, points: int = 201) -> RiskCurve:
    """Rows above each of `points` thresholds between 0 and 1."""
    threshold = np.linspace(0, 1, points)
    return RiskCurve(threshold, len(risk) - np.searchsorted(np.sort(risk), threshold, "right"))


def rows_above(risk: Floats, threshold: float) -> int:
    """Exactly how many rows have a risk above the threshold."""
    return int((risk > threshold).sum())


@dataclass(frozen=True)
class Share:
    """A column, or a value of it, and the percent of all SUDA scores it takes part in."""

    column: str
    value: str | None
    percent: float


def column_contributions(suda: Suda) -> tuple[Share, ...]:
    """Which columns drive the risk, most first. Sets of several columns count for each: the sum passes 100."""
    return tuple(sorted((Share(c, None, p) for c, p in suda.by_column.items()), key=lambda s: -s.percent))


def value_contributions(suda: Suda, column: str, most: int = 15) -> tuple[Share, ...]:
    """Which values of one column drive its risk, most first; they add up to 100 with those left out."""
    percent, values = suda.by_value[column], suda.column(column).values
    ranked = [int(d) for d in np.argsort(-percent, kind="stable")[:most] if percent[d] > 0]
    return tuple(
        Share(column, translate("(missing)") if d == 0 else values[d - 1].as_py(), float(percent[d])) for d in ranked
    )


@dataclass(frozen=True)
class RiskyColumns:
    """Columns that single out `rows` rows together and not without each other."""

    columns: tuple[str, ...]
    rows: int


def riskiest_combinations(suda: Suda, most: int = 20) -> tuple[RiskyColumns, ...]:
    """Which combinations of columns single out most rows, with counts; never whom."""
    return tuple(RiskyColumns(columns, rows) for columns, rows in list(suda.sets.items())[:most])


@dataclass(frozen=True)
class HouseholdBand:
    """Households of `size` members: how many, and the mean risk of their members alone and as a household."""

    size: int
    households: int
    mean_individual: float
    mean_household: float


def household_view(
    household_of: npt.NDArray[np.integer], individual: Floats, household: Floats, most: int = LARGEST_HOUSEHOLD,
    only: Mask | None = None,
) -> tuple[HouseholdBand, ...]:
    """Risk by size of household; sizes of `most` and more are one band. Rows without a household are left out.

    only  (rows,) count these people, in households as large as they are in the whole file
    """
    known = household_of >= 0
    if not known.any():
        return ()
    members = np.minimum(np.bincount(household_of[known]), most)
    inside = known if only is None else known & only
    whose = household_of[inside]
    found = []
    for size in np.unique(members[whose]):
        here = members[whose] == size
        found.append(HouseholdBand(int(size), len(np.unique(whose[here])), float(individual[inside][here].mean()),
                                   float(household[inside][here].mean())))
    return tuple(found)


def values_at_risk(
    table: Table, column: str, at_risk: Mask, most: int = 15, only: Mask | None = None
) -> tuple[tuple[str, int, int], ...]:
    """(value, rows at risk, rows) of one column, the largest share at risk first among values that have any.

    only  (rows,) count these rows only
    """
    chosen = table[column]
    counted = np.ones(table.rows, bool) if only is None else only
    of = np.bincount(chosen.codes[counted] + 1, minlength=radix(chosen))
    risky = np.bincount(chosen.codes[counted & at_risk] + 1, minlength=radix(chosen))
    share = np.divide(risky, of, out=np.zeros(len(of)), where=of > 0)
    ranked = [int(d) for d in np.lexsort((-risky, -share))[:most] if risky[d] > 0]
    names = [translate("(missing)") if d == 0 else chosen.values[d - 1].as_py() for d in ranked]
    return tuple((n, int(risky[d]), int(of[d])) for n, d in zip(names, ranked, strict=True))
