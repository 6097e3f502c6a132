"""Success rates with their 95% intervals: small, cited statistics that return (value, low, high)."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

CONFIDENCE = 0.95
_Z = 1.959963984540054

Floats = npt.NDArray[np.float64]


class Rate(NamedTuple):
    """An estimate and the interval that holds the true value with 95%."""

    value: float
    low: float
    high: float


def share(hits: int, tries: int) -> Rate:
    """A share with its exact interval (Clopper and Pearson 1934, doi:10.1093/biomet/26.4.404)."""
    from scipy.stats import beta

    if not tries:
        return Rate(float("nan"), 0.0, 1.0)
    tail = (1 - CONFIDENCE) / 2
    low = float(beta.ppf(tail, hits, tries - hits + 1)) if hits else 0.0
    high = float(beta.ppf(1 - tail, hits + 1, tries - hits)) if hits < tries else 1.0
    return Rate(hits / tries, low, high)


def difference(hits: int, tries: int, others: int, of_others: int) -> Rate:
    """How much larger the first share is than the second (Newcombe 1998, method 10).

    doi:10.1002/(SICI)1097-0258(19980430)17:8<873::AID-SIM779>3.0.CO;2-I
    """
    if not tries or not of_others:
        return Rate(float("nan"), -1.0, 1.0)
    a, b = _wilson(hits, tries), _wilson(others, of_others)
    value = a.value - b.value
    low = value - float(np.hypot(a.value - a.low, b.high - b.value))
    high = value + float(np.hypot(a.high - a.value, b.value - b.low))
    return Rate(value, low, high)


def paired(only_first: int, only_second: int, both: int, tries: int) -> Rate:
    """How much larger the first share is than the second, where both were tried on the same people.

    only_first, only_second, both  how many tries succeeded the first way alone, the second alone, and both ways
    Newcombe 1998, method 10 for paired data, doi:10.1002/(SICI)1097-0258(19981130)17:22<2635::AID-SIM954>3.0.CO;2-C
    """
    if not tries:
        return Rate(float("nan"), -1.0, 1.0)
    a, b = _wilson(only_first + both, tries), _wilson(only_second + both, tries)
    neither = tries - only_first - only_second - both
    first, second = both + only_first, both + only_second
    under = np.sqrt(float(first) * (tries - first) * second * (tries - second))
    together = both * neither - only_first * only_second
    # Newcombe's continuity correction, for positive association only.
    phi = (max(together - tries / 2, 0) if together > 0 else together) / under if under else 0.0
    down, up = (a.value - a.low, b.high - b.value), (a.high - a.value, b.value - b.low)
    low, high = (float(np.sqrt(max(x * x - 2 * phi * x * y + y * y, 0))) for x, y in (down, up))
    value = a.value - b.value
    return Rate(value, value - low, value + high)


def beyond(rate: Rate, other: Rate) -> Rate:
    """How much larger one rate is than another, independent one, from their intervals (Newcombe's square and add).

    Zou and Donner 2008, doi:10.1002/sim.3095 (any two estimates with intervals of their own).
    """
    value = rate.value - other.value
    low = value - float(np.hypot(rate.value - rate.low, other.high - other.value))
    high = value + float(np.hypot(rate.high - rate.value, other.value - other.low))
    return Rate(value, low, high)


def above(rate: Rate, fixed: float) -> Rate:
    """How much larger a rate is than a number known without error."""
    return Rate(rate.value - fixed, rate.low - fixed, rate.high - fixed)


def area(members: Floats, others: Floats) -> Rate:
    """The chance that a member scores higher than somebody else, ties counting half: the area under the ROC curve.

    Interval: the variance of DeLong, DeLong and Clarke-Pearson (1988), doi:10.2307/2531595, on the logit scale, which
    keeps its level near 0 and 1 (Pepe 2003, The statistical evaluation of medical tests, section 5.2.5).
    """
    m, n = len(members), len(others)
    ranks = _midranks(np.concatenate([members, others]))
    of_member = (ranks[:m] - _midranks(members)) / n
    of_other = 1 - (ranks[m:] - _midranks(others)) / m
    value = float(of_member.mean())
    variance = of_member.var(ddof=1) / m + of_other.var(ddof=1) / n if min(m, n) > 1 else 0.25
    if value in (0.0, 1.0):
        # Complete separation has no variance. As many disjoint pairs as the smaller side has agree with area^pairs.
        edge = ((1 - CONFIDENCE) / 2) ** (1 / min(m, n))
        return Rate(value, edge, 1.0) if value else Rate(value, 0.0, 1 - edge)
    half = _Z * float(np.sqrt(variance)) / (value * (1 - value))
    centre = float(np.log(value / (1 - value)))
    low, high = (float(1 / (1 + np.exp(-(centre + sign * half)))) for sign in (-1, 1))
    return Rate(value, low, high)


def _wilson(hits: int, tries: int) -> Rate:
    p, z = hits / tries, _Z
    centre = (p + z * z / (2 * tries)) / (1 + z * z / tries)
    half = z / (1 + z * z / tries) * float(np.sqrt(p * (1 - p) / tries + z * z / (4 * tries * tries)))
    return Rate(p, max(centre - half, 0.0), min(centre + half, 1.0))


def _midranks(scores: Floats) -> Floats:
    """(n,) ranks from 1; equal scores share the mean of theirs."""
    _, place, count = np.unique(scores, return_inverse=True, return_counts=True)
    last = np.cumsum(count)
    return np.asarray((last - (count - 1) / 2)[place])
