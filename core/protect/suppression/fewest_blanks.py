"""The fewest blanks there can be (strict k), proved by integer programming; for small tables."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from core.problem import Problem
from core.risk.kernel import class_sizes, count_keys, pack_codes
from core.table import Column

Floats = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]

MOST = 20_000
"""Choices (combination of values x set of columns to blank) beyond which no proof is tried."""


class _Choice(NamedTuple):
    """An item may be written with these columns blanked, and stands in that cell of the released table then."""

    item: int
    blanked: tuple[int, ...]
    cell: int


def fewest(columns: Sequence[Column], k: int, price: Floats, upper: float, seconds: float = 60) -> Mask:
    """(columns, rows) True where a cell is to be blanked: at least cost, every written combination in k rows.

    price  (columns,) what a blank costs; `upper` the cost of a way already known
    A Problem where the table is too large, or the proof is not finished within the time.

    Written combinations (cells) are used or not (y); rows of each item go to cells (x). Each used cell holds k rows:
    sum of x over its items >= k y, and x <= rows of the item * y. What is minimised is the cost of all blanks.
    """
    from scipy.optimize import Bounds, LinearConstraint, milp
    from scipy.sparse import coo_array, vstack

    classes = class_sizes(columns)
    choices, cells = _choices(columns, classes.first_rows, classes.sizes.astype(np.int64), k)
    rows = classes.sizes.astype(float)
    n, items = len(choices), len(rows)
    item = np.array([c.item for c in choices])
    cell = np.array([c.cell for c in choices])
    cost = np.array([price[list(c.blanked)].sum() for c in choices])
    at, one = np.arange(n), np.ones(n)
    placed = coo_array((one, (item, at)), (items, n + cells))
    filled = coo_array((np.concatenate([one, np.full(cells, -float(k))]),
                        (np.concatenate([cell, np.arange(cells)]), np.concatenate([at, n + np.arange(cells)]))),
                       (cells, n + cells))
    only_used = coo_array((np.concatenate([one, -rows[item]]),
                           (np.concatenate([at, at]), np.concatenate([at, n + cell]))), (n, n + cells))
    known = coo_array((cost, (np.zeros(n, int), at)), (1, n + cells))
    whole = vstack([placed, filled, only_used, known]).tocsr()
    low = np.concatenate([rows, np.zeros(cells), np.full(n, -np.inf), [-np.inf]])
    high = np.concatenate([rows, np.full(cells, np.inf), np.zeros(n), [upper + 1e-6]])
    found = milp(
        np.concatenate([cost, np.zeros(cells)]), integrality=np.ones(n + cells),
        bounds=Bounds(np.zeros(n + cells), np.concatenate([rows[item], np.ones(cells)])),
        constraints=LinearConstraint(whole, low, high), options={"time_limit": seconds, "mip_rel_gap": 0.0},
    )
    if found.status != 0 or found.x is None:
        raise Problem("The fewest blanks could not be proved in {seconds:g} seconds.",
                      "Use the fast search, fewer columns, or a part of the table.", seconds=seconds)
    return _written(np.rint(found.x[:n]).astype(int), choices, classes.class_of, len(columns))


def _choices(
    columns: Sequence[Column], first: npt.NDArray[np.int64], rows: npt.NDArray[np.int64], k: int
) -> tuple[list[_Choice], int]:
    """Every way an item may be written that k rows could share, and how many different cells these are.

    A cell that is `*` already costs nothing and is written like one that is blanked now.
    """
    m = len(columns)
    if len(first) * 2.0**m > 50 * MOST:
        raise _too_large()
    codes = [c.codes[first] for c in columns]
    before = np.stack([c.suppressed[first] for c in columns])
    found: list[_Choice] = []
    cells = 0
    for size in range(m + 1):
        for blanked in itertools.combinations(range(m), size):
            rest = [c for c in range(m) if c not in blanked]
            may = np.asarray(~before[rest].any(axis=0), bool)
            group = np.zeros(len(first), np.int64)
            if rest:
                group = count_keys(*pack_codes([codes[c] for c in rest], [len(columns[c].values) + 1 for c in rest]),
                                   ).class_of.astype(np.int64)
            enough = np.bincount(group, rows * may) >= k
            number = np.cumsum(enough) - 1 + cells
            found += [_Choice(i, tuple(c for c in blanked if not before[c, i]), int(number[g]))
                      for i, g in enumerate(group.tolist()) if may[i] and enough[g]]
            cells += int(enough.sum())
            if len(found) > MOST:
                raise _too_large()
    return found, cells


def _too_large() -> Problem:
    return Problem("The table is too large to prove the fewest blanks.",
                   "Use the fast search, fewer columns, or a part of the table.")


def _written(
    chosen: npt.NDArray[np.int_], choices: list[_Choice], class_of: npt.NDArray[np.int32], columns: int
) -> Mask:
    out = np.zeros((columns, len(class_of)), bool)
    order = np.argsort(class_of, kind="stable")
    at = np.searchsorted(class_of[order], np.arange(int(class_of.max()) + 1))
    for many, choice in zip(chosen.tolist(), choices, strict=True):
        rows = order[at[choice.item] : at[choice.item] + many]
        at[choice.item] += many
        for c in choice.blanked:
            out[c, rows] = True
    return out
