"""The numbers behind the pictures of utility: plain data, no charts. Each says in a sentence what it shows.

Labels are values of the table where a picture needs them: pictures are for the data owner.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import pyarrow as pa

from core.language import translate
from core.problem import Problem
from core.table import SUPPRESSED
from core.table.column import Floats
from core.utility.association import main_association
from core.utility.both import Both, ColumnPair
from core.utility.numbers import Z95, interval_overlap

MOST = 20
"""Bars drawn for one column; further values count together."""

MOST_GROUPS = 40


@dataclass(frozen=True)
class Distribution:
    """Shares of the same groups before and after, 0 to 1. Labels "" and SUPPRESSED stand for missing and suppressed.

    ordered  the groups are bands of numbers, in order (a curve); otherwise categories, commonest first (bars)
    """

    name: str
    labels: tuple[str, ...]
    before: Floats
    after: Floats
    ordered: bool

    @property
    def sentence(self) -> str:
        off = np.abs(self.before - self.after)
        return translate("Shares of “{name}” are off by at most {most:.1f} points.", name=self.name,
                         most=100 * float(off.max(initial=0)))


def distribution(column: ColumnPair) -> Distribution:
    """How the values of one column are distributed, at the release's level of detail, in at most 22 groups."""
    if not len(column.before) or not len(column.after):
        raise Problem("There is nothing to compare.", "Choose files with rows.")
    return _bands(column) if column.numeric else _categories(column.regrouped)


def _bands(column: ColumnPair) -> Distribution:
    """Equal bands over both files' range, so that the picture looks like the distribution."""
    points, _, _ = column.grid
    edges = np.linspace(points[0], points[-1], MOST + 1) if points[0] < points[-1] else np.array([points[0], points[0]])
    shares = []
    for side in (column.before, column.after):
        numbers, counts = side.value_numbers, side.counts().astype(float)
        finite = np.isfinite(numbers)
        band = np.clip(np.searchsorted(edges, numbers[finite], side="right") - 1, 0, len(edges) - 2)
        inside = np.bincount(band, weights=counts[finite], minlength=len(edges) - 1)
        hidden = float(side.suppressed.sum())
        other = len(side) - inside.sum() - hidden
        shares.append(np.append(inside, [hidden, other]) / len(side))
    labels = [f"{a:.6g} – {b:.6g}" for a, b in pairwise(edges)]
    return _without_empty(column.name, [*labels, SUPPRESSED, ""], shares[0], shares[1], True)


def _categories(column: ColumnPair) -> Distribution:
    p, q = column.shares
    names = pa.concat_arrays([column.before.values, column.after.values]).dictionary_encode().dictionary.to_pylist()
    labels = [*names, ""]
    order = np.argsort(-(p + q), kind="stable")
    order = order[(p + q)[order] > 0]
    shown, rest = order[:MOST], order[MOST:]
    found = [labels[i] for i in shown]
    before, after = p[shown], q[shown]
    if len(rest):
        found.append(translate("{count} others", count=len(rest)))
        before, after = np.append(before, p[rest].sum()), np.append(after, q[rest].sum())
    return _without_empty(column.name, found, before, after, False)


def _without_empty(name: str, labels: list[str], before: Floats, after: Floats, ordered: bool) -> Distribution:
    """Bands keep their place; suppressed and missing are left out where there are none."""
    some = (before + after > 0) | np.array([ordered and label not in (SUPPRESSED, "") for label in labels])
    kept = tuple(label for label, s in zip(labels, some, strict=True) if s)
    return Distribution(name, kept, before[some], after[some], ordered)


@dataclass(frozen=True, eq=False)
class AssociationMap:
    """(columns, columns) how strongly every two columns hang together, before and after; nan where nothing fits.

    Pearson for two numbers, Cramér's V for two categories, the correlation ratio for one of each.
    """

    names: tuple[str, ...]
    before: Floats
    after: Floats

    @property
    def sentence(self) -> str:
        moved = np.nan_to_num(np.abs(self.before - self.after))
        if not moved.any():
            return translate("No association moved.")
        i, j = np.unravel_index(int(moved.argmax()), moved.shape)
        return translate("The association of “{first}” and “{second}” moved most, by {by:.2f}.",
                         first=self.names[i], second=self.names[j], by=float(moved[i, j]))


def association_map(both: Both) -> AssociationMap:
    """The associations of all comparable columns (at most 40), for a heat map before and one after."""
    names = both.comparable[:MOST_GROUPS]
    place = {n: i for i, n in enumerate(names)}
    maps = np.full((2, len(names), len(names)), np.nan)
    for i in range(len(names)):
        maps[:, i, i] = 1.0
    for pair in both.pairs:
        found = main_association(pair) if pair.first.name in place and pair.second.name in place else None
        if found is not None:
            i, j = place[pair.first.name], place[pair.second.name]
            maps[:, i, j] = maps[:, j, i] = found.before, found.after
    return AssociationMap(names, maps[0], maps[1])


@dataclass(frozen=True)
class GroupLoss:
    """What one group of people lost.

    changed, suppressed  share of the group's cells; `interval` the 95% interval of `suppressed`
    kept                 share of the group's rows that are in the release
    """

    label: str
    rows: int
    kept: float
    changed: float
    suppressed: float
    interval: tuple[float, float]


@dataclass(frozen=True)
class Fairness:
    """What each group lost, smallest group first: small groups usually suffer most."""

    name: str
    groups: tuple[GroupLoss, ...]

    @property
    def sentence(self) -> str:
        worst = max(self.groups, key=lambda g: g.suppressed)
        least = min(self.groups, key=lambda g: g.suppressed)
        if worst.suppressed == 0:
            return translate("No group of “{name}” lost a cell to suppression.", name=self.name)
        apart = interval_overlap(worst.interval, least.interval) == 0
        text = ("Groups of “{name}” lost between {least:.1f} and {most:.1f} in 100 of their cells to suppression"
                + ("; that is more than chance." if apart else "; such a difference can be chance."))
        return translate(text, name=self.name, least=100 * least.suppressed, most=100 * worst.suppressed)


def fairness(both: Both, by: str) -> Fairness:
    """What was lost in each group of a column of the original; the 40 largest groups. Needs matched rows."""
    both.original.require([by])
    if both.rows is None:
        raise Problem("Rows of the release belong to no row of the original.",
                      "Choose a release that is no synthetic data.")
    codes = both.original[by].codes.astype(np.int64)
    labels = [*both.original[by].values.to_pylist(), ""]
    codes = np.where(codes < 0, len(labels) - 1, codes)
    size = np.bincount(codes, minlength=len(labels))
    here = codes[both.rows[0]]
    released = np.bincount(here, minlength=len(labels))
    columns = [c for n, c in both.columns.items() if n != by]
    changed, hidden = np.zeros(len(labels)), np.zeros(len(labels))
    for column in columns:
        if column.changed is not None:
            changed += np.bincount(here[column.changed], minlength=len(labels))
        hidden += np.bincount(here[column.after.suppressed[both.rows[1]]], minlength=len(labels))
    order = [i for i in np.argsort(-size, kind="stable")[:MOST_GROUPS] if size[i]][::-1]
    return Fairness(by, tuple(_group(labels[i], int(size[i]), int(released[i]), changed[i], hidden[i], len(columns))
                              for i in order))


def _group(label: str, rows: int, released: int, changed: float, hidden: float, columns: int) -> GroupLoss:
    cells = released * columns
    share = hidden / cells if cells else 0.0
    # Cells of one row are suppressed together, so rows, not cells, are what chance draws.
    return GroupLoss(label, rows, released / rows, changed / cells if cells else 0.0, share, wilson(share, released))


def wilson(share: float, count: int) -> tuple[float, float]:
    """The 95% interval of a share seen in `count` cases (Wilson 1927, doi:10.1080/01621459.1927.10502953).

    >>> tuple(round(x, 3) for x in wilson(0.5, 10))
    (0.237, 0.763)
    """
    if not count:
        return 0.0, 1.0
    z = Z95**2 / count
    middle = (share + z / 2) / (1 + z)
    half = math.sqrt(share * (1 - share) * z + z**2 / 4) / (1 + z)
    return max(middle - half, 0.0), min(middle + half, 1.0)
