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
from core.risk.kernel import Classes, class_sizes, count_keys, pack_codes, radix
from core.table import Column
from core.table.column import Codes, Floats

Rows = npt.NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Wildcards:
    """fk (rows,) matching rows; wk (rows,) sum of their weights; both real numbers, since alpha may be a fraction."""

    fk: Floats
    wk: Floats


@dataclass(frozen=True, eq=False)
class WildcardClasses:
    """The same for each combination that occurs: rows (classes,) in the file, and fk and wk (classes,) they match."""

    rows: npt.NDArray[np.integer]
    fk: Floats
    wk: Floats


def wildcard_sizes(columns: Sequence[Column], weights: Floats | None = None, alpha: float = 1.0) -> Wildcards:
    """How many rows each row matches where a missing cell matches anything.

    A matching row without missing cells counts 1, one with a missing cell counts alpha; rows with exactly the row's
    own cells count 1, and a row with no cell known counts every row of the file as 1.
    """
    classes = class_sizes(columns, weights)
    counted = wildcard_classes(columns, classes, alpha)
    return Wildcards(counted.fk[classes.class_of], counted.wk[classes.class_of])


def wildcard_classes(columns: Sequence[Column], classes: Classes, alpha: float) -> WildcardClasses:
    """As `wildcard_sizes`, once for each of the classes of these columns."""
    codes = [np.ascontiguousarray(c.codes[classes.first_rows]) for c in columns]
    weights = None if classes.weighted is None else classes.weights
    return match_combinations(codes, [radix(c) for c in columns], classes.sizes, weights, alpha)


def match_combinations(
    codes: Sequence[Codes], radices: Sequence[int], rows: npt.NDArray[np.integer], weights: Floats | None, alpha: float
) -> WildcardClasses:
    """As `wildcard_sizes`, of different combinations: their codes, rows, and sums of weights (None: the rows)."""
    if not 0 <= alpha <= 1:
        raise Problem("Alpha must lie between 0 and 1.", "1 counts a row with missing cells in full, 0 not at all.")
    pattern = np.asarray(sum((codes[j] < 0).astype(np.int64) << j for j in range(len(codes))))
    own = np.stack([rows.astype(np.float64)] + ([] if weights is None else [weights]))
    counted = _match(codes, radices, pattern, own, alpha)
    nothing_known = pattern == (1 << len(codes)) - 1
    counted[:, nothing_known] = own.sum(axis=1, keepdims=True)
    return WildcardClasses(rows, counted[0], counted[-1])


def _match(codes: Sequence[Codes], radices: Sequence[int], pattern: Rows, own: Floats, alpha: float) -> Floats:
    """(1 or 2, classes) matching rows, and weights, of each combination.

    Combinations with the missing cells P and Q match where they agree outside P or Q. So for each union U of two
    patterns, the combinations with no missing cell outside U are numbered once by what they hold outside U.
    """
    worth = np.where(pattern == 0, 1.0, alpha)
    out = own * (1.0 - worth)  # what the rows with exactly these cells count above the alpha they get below
    members = {int(p): np.flatnonzero(pattern == p) for p in np.unique(pattern)}
    sources = [q for q in members if q == 0 or alpha > 0]
    for union in {p | q for p in members for q in sources}:
        # Combinations without missing cells matter only together with the pattern that is all of U.
        inside = [p for p in members if p & ~union == 0 and (p or union in members)]
        rows = np.concatenate([members[p] for p in inside])
        number, count = _number([c[rows] for c in codes], radices, union)
        place = dict(zip(inside, np.split(number, np.cumsum([len(members[p]) for p in inside])[:-1]), strict=True))
        for p in inside:
            fitting = [q for q in inside if p | q == union and q in sources]
            if not fitting:
                continue
            at = np.concatenate([place[q] for q in fitting])
            given = np.concatenate([members[q] for q in fitting])
            for row, mine in zip(out, own, strict=True):
                row[members[p]] += np.bincount(at, mine[given] * worth[given], count)[place[p]]
    return out


def _number(codes: Sequence[Codes], radices: Sequence[int], union: int) -> tuple[Codes, int]:
    """Each combination's number by its cells outside `union`, and how many numbers there are."""
    known = [j for j in range(len(codes)) if not union >> j & 1]
    if not known:
        return np.zeros(len(codes[0]), np.int32), 1
    same = count_keys(*pack_codes([codes[j] for j in known], [radices[j] for j in known]))
    return same.class_of, same.count
