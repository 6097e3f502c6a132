"""Cells of a table made from the file: which sums and counts would give a contributor away.

Sources: Hundepool et al. (2012), Statistical Disclosure Control, doi:10.1002/9781118348239, chapter 4;
Cox (1981), Linear sensitivity measures in statistical disclosure control, J. Statistical Planning and Inference 5.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import numpy.typing as npt

from core.problem import Problem
from core.risk.kernel import Classes, class_sizes
from core.table import Table
from core.table.column import Floats, Mask


@dataclass(frozen=True, eq=False)
class Cells:
    """The cells of one tabulation that hold at least one row.

    classes  which cell each row stands in
    count    (cells,) rows in the cell
    total    (cells,) sum of contributions; None for a table of counts
    largest  (cells, 3) the three largest contributions, largest first, 0 where there are fewer
    """

    classes: Classes
    count: npt.NDArray[np.int64]
    total: Floats | None
    largest: Floats | None


def tabulate(table: Table, by: Sequence[str], contribution: str | None = None) -> Cells:
    """The cells of the table `by` these columns; with a number column, what each row contributes to its cell.

    Problem where a contribution is negative: dominance rules are for sums of amounts. A missing one counts 0.
    """
    table.require([*by, *([contribution] if contribution else [])])
    classes = class_sizes([table[name] for name in by])
    return cells_of(classes, None if contribution is None else table[contribution].numbers, contribution)


def cells_of(classes: Classes, amounts: Floats | None, name: str | None = None) -> Cells:
    """The cells of classes already counted. amounts: (rows,) of the column called `name`, NaN where missing."""
    count = classes.sizes.astype(np.int64)
    if amounts is None:
        return Cells(classes, count, None, None)
    amount = np.nan_to_num(amounts, nan=0.0)
    if (amount < 0).any():
        raise Problem(
            "{count} amounts in “{column_name}” are below 0: dominance rules are for sums of amounts.",
            "Choose a column without negative numbers, or count rows instead.",
            column=name, count=int((amount < 0).sum()), column_name=name,
        )
    order = np.lexsort((-amount, classes.class_of))
    starts = np.searchsorted(classes.class_of[order], np.arange(classes.count))
    largest = np.zeros((classes.count, 3))
    for place in range(3):
        there = count > place
        largest[there, place] = amount[order[starts[there] + place]]
    total = np.bincount(classes.class_of, amount, classes.count).astype(np.float64)
    return Cells(classes, count, total, largest)


def below_threshold(cells: Cells, n: int) -> Mask:
    """(cells,) True where fewer than n rows contribute."""
    return np.asarray(cells.count < n)


def dominated(cells: Cells, n: int, k: float) -> Mask:
    """(cells,) True where the n (1 to 3) largest contributions pass k percent of the total: the (n, k) rule."""
    total, largest = _amounts(cells)
    return np.asarray(largest[:, :n].sum(axis=1) > k / 100 * total)


def p_percent(cells: Cells, p: float, q: float = 100.0) -> Mask:
    """(cells,) True where the second largest contributor can estimate the largest to within p percent: the p% rule.

    q  percent to which everyone could estimate the others' contributions before the table (p/q rule; 100: not at all)
    """
    total, largest = _amounts(cells)
    rest = total - largest[:, 0] - largest[:, 1]
    return np.asarray((largest[:, 0] > 0) & (rest * q < p * largest[:, 0]))


def _amounts(cells: Cells) -> tuple[Floats, Floats]:
    if cells.total is None or cells.largest is None:
        raise Problem("The dominance rules need amounts.", "Choose the number column that is added up.")
    return cells.total, cells.largest


def unsafe_counts(table: Table, by: Sequence[str], thresholds: Sequence[int]) -> dict[tuple[str, ...], int]:
    """Tabulation -> cells with at least one but too few rows, for all tables of up to len(thresholds) columns.

    thresholds  rows needed in a table of one column, of two columns, and so on
    """
    return {
        chosen: int(below_threshold(tabulate(table, chosen), need).sum())
        for size, need in enumerate(thresholds, start=1)
        for chosen in combinations(by, size)
    }
