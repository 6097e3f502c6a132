"""Counting with missing cells as wildcards, as sdcMicro and mu-Argus do: offered for comparison with their figures.

It is not k-anonymity: someone who knows the true value of a missing or suppressed cell sees which of the "matching"
rows cannot be the one. Strict class size in the file as written (`kernel.class_sizes`) is what this product judges by.

Source: sdcMicro, function freqCalc; Templ, Kowarik and Meindl (2015), doi:10.18637/jss.v067.i04, section 3.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from core.problem import Problem
from core.risk.kernel import class_sizes, count_keys, pack_codes, radix
from core.table import Column
from core.table.column import Floats

Rows = npt.NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Wildcards:
    """fk (rows,) matching rows; wk (rows,) sum of their weights; both real numbers, since alpha may be a fraction."""

    fk: Floats
    wk: Floats


def wildcard_sizes(columns: Sequence[Column], weights: Floats | None = None, alpha: float = 1.0) -> Wildcards:
    """How many rows each row matches where a missing cell matches anything.

    A matching row without missing cells counts 1, one with a missing cell counts alpha; rows with exactly the row's
    own cells count 1, and a row with no cell known counts every row of the file as 1.
    """
    if not 0 <= alpha <= 1:
        raise Problem("Alpha must lie between 0 and 1.", "1 counts a row with missing cells in full, 0 not at all.")
    classes = class_sizes(columns, weights)
    one_each = classes.first_rows
    codes = [np.ascontiguousarray(c.codes[one_each]) for c in columns]
    pattern = sum((codes[j] < 0).astype(np.int64) << j for j in range(len(codes)))
    own = np.stack([classes.sizes.astype(np.float64), classes.weights])
    counted = _match(codes, [radix(c) for c in columns], np.asarray(pattern), own, alpha)
    nothing_known = pattern == (1 << len(codes)) - 1
    counted[:, nothing_known] = own.sum(axis=1, keepdims=True)
    fk, wk = counted[:, classes.class_of]
    return Wildcards(fk, fk if weights is None else wk)


def _match(
    codes: Sequence[npt.NDArray[np.int32]], radices: Sequence[int], pattern: Rows, own: Floats, alpha: float
) -> Floats:
    """(2, classes) matching rows and weights of each combination.

    Combinations with the missing cells P and Q match where they agree outside P or Q. So for each P, all patterns Q
    with the same union U of the two are counted together on the columns outside U.
    """
    worth = np.where(pattern == 0, 1.0, alpha)
    out = own * (1.0 - worth)  # what the rows with exactly these cells count above the alpha they get below
    patterns = np.unique(pattern)
    members = {int(p): np.flatnonzero(pattern == p) for p in patterns}
    for p, rows in members.items():
        by_union: dict[int, list[Rows]] = {}
        for q, others in members.items():
            if q == 0 or alpha > 0:
                by_union.setdefault(p | q, []).append(others)
        for union, sources in by_union.items():
            known = [j for j in range(len(codes)) if not union >> j & 1]
            source = np.concatenate(sources)
            shown, sizes = [codes[j] for j in known], [radices[j] for j in known]
            out[:, rows] += _sum_of_equal(shown, sizes, rows, source, own, worth)
    return out


def _sum_of_equal(
    codes: Sequence[npt.NDArray[np.int32]], radices: Sequence[int], rows: Rows, source: Rows, own: Floats, worth: Floats
) -> Floats:
    """(2, rows) the worth of all source combinations that agree with each of `rows` on these columns."""
    gives = own[:, source] * worth[source]
    if not codes:
        return np.broadcast_to(gives.sum(axis=1, keepdims=True), (2, len(rows)))
    both = np.concatenate([rows, source])
    same = count_keys(*pack_codes([c[both] for c in codes], radices))
    asked, given = same.class_of[: len(rows)], same.class_of[len(rows) :]
    return np.stack([np.bincount(given, g, same.count)[asked] for g in gives])
