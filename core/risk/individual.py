"""Individual risk: the chance that a given record is correctly matched to its person in the population.

With sample weights the population frequency F of a combination seen f times in the sample is unknown. Given f it is
modelled as negative binomial with success probability p = f / (sum of weights), and the risk is E(1/F).

Source: Franconi and Polettini (2004), Individual risk estimation in mu-Argus, doi:10.1007/978-3-540-25955-8_20;
Benedetti and Franconi (1998); Polettini (2003), Some remarks on the individual risk methodology.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Literal

import numpy as np
import numpy.typing as npt

from core.table.column import Floats

Formula = Literal["approximate", "exact"]


def individual_risk(fk: npt.ArrayLike, wk: npt.ArrayLike | None = None, formula: Formula = "approximate") -> Floats:
    """(rows,) the risk of each record, from its class size and, for a sample, the sum of weights in its class.

    fk  (rows,) rows in the record's class, at least 1
    wk  (rows,) sum of sample weights in the class: the estimated number of people; None: the file is the population
    A class cannot hold fewer people than rows: where the weights add up to less than fk, fk stands in their place
    (unguarded, the formula passes 1: f = 1, F = 0.5 gives 1.386). With wk None or equal to fk the risk is 1 / fk.
    """
    f = np.asarray(fk, np.float64)
    if wk is None:
        return 1.0 / f
    p = f / np.maximum(np.asarray(wk, np.float64), f)
    return _exact(f, p) if formula == "exact" else _approximate(f, p)


def _approximate(f: Floats, p: Floats) -> Floats:
    q = 1.0 - p
    risk = p / (f - q)  # f > 2; at p = 1 it is 1 / f for every f
    one, two = (f == 1) & (q > 0), (f == 2) & (q > 0)
    risk[one] = p[one] * _log_ratio(q[one], 1)
    # p/q - (p/q)^2 ln(1/p), rearranged so that nothing cancels when q is small.
    risk[two] = p[two] * (1.0 - p[two] * _log_ratio(q[two], 2))
    return risk


def _log_ratio(q: Floats, order: int) -> Floats:
    """order 1: -ln(1-q)/q; order 2: (-ln(1-q) - q)/q^2. By their series 1/order + q/(order+1) + ... for small q."""
    out = np.empty_like(q)
    small = q < 0.05
    out[small] = sum(q[small] ** j / (j + order) for j in range(14))
    log = -np.log1p(-q[~small])
    out[~small] = log / q[~small] if order == 1 else (log - q[~small]) / q[~small] ** 2
    return out


def _exact(f: Floats, p: Floats) -> Floats:
    # E(1/F) = p * integral over (0, 1) of u^(f-1) / (1 - q (1-u)) du = (p/f) 2F1(1, 1; f+1; q): all terms positive.
    from scipy.special import hyp2f1

    pairs, place = np.unique(np.stack([f, p], axis=1), axis=0, return_inverse=True)
    f, p = pairs[:, 0], pairs[:, 1]
    large = f > 40
    series = np.empty_like(f)
    series[~large] = hyp2f1(1.0, 1.0, f[~large] + 1.0, 1.0 - p[~large])
    series[large] = _series(f[large], 1.0 - p[large])  # scipy overflows there; the plain sum needs 80 terms
    return np.asarray(p / f * series)[place.ravel()]


def _series(f: Floats, q: Floats) -> Floats:
    """2F1(1, 1; f+1; q) term by term: each is the one before times (n+1) q / (f+1+n)."""
    term, total = np.ones_like(f), np.ones_like(f)
    for n in range(80):
        term = term * (n + 1) * q / (f + 1 + n)
        total += term
    return total


def household_risk(risk: Floats, household_of: npt.NDArray[np.integer]) -> Floats:
    """(rows,) the chance that at least one member of the record's household is matched: 1 - product of (1 - risk).

    household_of  (rows,) number of the household, from 0; -1 (unknown) is a household of its own
    """
    with np.errstate(divide="ignore"):
        safe = np.log1p(-np.minimum(risk, 1.0))
    known = household_of >= 0
    whole = np.bincount(household_of[known], safe[known], int(household_of.max(initial=-1)) + 1)
    out = risk.copy()
    out[known] = -np.expm1(whole[household_of[known]])
    return out


def threshold_for(risk: Floats, global_risk: float) -> float | None:
    """The individual risk above which rows must be protected for the mean risk to be at most `global_risk`.

    The rows above the threshold are counted as if brought down to it, so the mean is a safe bound. None where the
    mean is low enough already; 0 where no threshold is.
    Source: Franconi and Polettini (2004), section 4.
    """
    if not len(risk) or risk.mean() <= global_risk:
        return None
    ordered = np.sort(risk)
    below = np.cumsum(ordered)
    bound = (below + ordered * np.arange(len(ordered) - 1, -1, -1)) / len(ordered)
    kept = bound <= global_risk
    return float(ordered[kept][-1]) if kept.any() else 0.0


def threshold_by_counting(
    risks: Callable[[], Iterable[tuple[Floats, npt.NDArray[np.integer]]]], global_risk: float
) -> float | None:
    """As `threshold_for`, of more risks than fit in memory.

    risks  hands out, each time it is called, the same (different risks, rows that have each) in parts

    The bits of numbers above 0 are in the order of the numbers: four passes find the last risk that keeps the bound,
    16 bits at a time, from how many risks lie in each of 65,536 bins, their sum and the least.
    """
    rows, total = (sum(f(r, n) for r, n in risks()) for f in (lambda _r, n: int(n.sum()), lambda r, n: float(r @ n)))
    if not rows or total / rows <= global_risk:
        return None
    prefix, below, under, found = 0, 0, 0.0, 0.0
    for shift in (48, 32, 16, 0):
        count, added, least = np.zeros(1 << 16, np.int64), np.zeros(1 << 16), np.full(1 << 16, np.inf)
        for risk, times in risks():
            bits = np.ascontiguousarray(risk).view(np.uint64) >> np.uint64(shift)
            inside = bits >> np.uint64(16) == prefix
            place = (bits[inside] & np.uint64(0xFFFF)).astype(np.int64)
            count += np.bincount(place, times[inside], 1 << 16).astype(np.int64)
            added += np.bincount(place, (risk * times)[inside], 1 << 16)
            np.minimum.at(least, place, risk[inside])
        before, sums = below + np.cumsum(count) - count, under + np.cumsum(added) - added
        with np.errstate(invalid="ignore"):
            kept = (count > 0) & (sums + least * (rows - before) <= global_risk * rows)
        if not kept.any():
            return 0.0
        last = int(np.flatnonzero(kept)[-1])
        prefix, below, under, found = prefix << 16 | last, int(before[last]), float(sums[last]), float(least[last])
    return found
