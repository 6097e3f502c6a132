"""Every noisy number and every private choice, drawn by OpenDP; nothing else in the project draws noise for a promise.

All data-dependent numbers that reach a mechanism are integers (counts, or sums of numbers rounded to a public grid), so
the sensitivity is exact and no floating-point sum can give the true value away (Mironov 2012,
doi:10.1145/2382196.2382264).
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any, Literal, NamedTuple

import numpy as np
import numpy.typing as npt

Measure = Literal["pure", "zcdp"]
"""How privacy loss adds up: pure differential privacy (epsilon), or zero-concentrated (rho; Bun and Steinke 2016)."""

Integers = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]


class Spend(NamedTuple):
    """What one release may cost: epsilon where the measure is pure, rho where it is zcdp."""

    measure: Measure
    amount: float

    def part(self, share: float) -> Spend:
        return Spend(self.measure, self.amount * share)


class Noise(NamedTuple):
    """The noise of a release: its distribution, its scale and its standard deviation, in integer steps."""

    distribution: Literal["discrete Laplace", "discrete Gaussian"]
    scale: float
    sd: float

    def half_width(self, confidence: float) -> float:
        """Half the width of the central interval that holds the noise at least with this probability: whole steps."""
        if self.distribution == "discrete Laplace":
            # P(|X| > k) = 2 a^(k+1) / (1 + a) with a = exp(-1 / scale).
            a = np.exp(-1 / self.scale)
            return float(max(np.ceil(-self.scale * np.log((1 - confidence) * (1 + a) / 2) - 1), 0))
        if self.scale > 1000:
            from scipy.special import ndtri

            return float(np.ceil(self.scale * ndtri((1 + confidence) / 2)))
        steps = np.arange(int(np.ceil(12 * self.scale)) + 2)
        weights = np.exp(-(steps**2) / (2 * self.scale**2)) * np.where(steps == 0, 1, 2)
        return float(np.searchsorted(np.cumsum(weights) / weights.sum(), confidence))


def noise_for(sensitivity: int, spend: Spend) -> Noise:
    """The least noise OpenDP's own privacy map grants for this sensitivity (L1 for pure, L2 for zcdp) and price."""
    scale = _scale(sensitivity, spend)
    if spend.measure == "pure":
        return Noise("discrete Laplace", scale, float(np.sqrt(2 * np.exp(-1 / scale)) / -np.expm1(-1 / scale)))
    return Noise("discrete Gaussian", scale, scale)


def release(numbers: Integers, sensitivity: int, spend: Spend) -> tuple[Integers, Noise]:
    """A vector of integers with noise.

    sensitivity  how far one protected unit can move the vector: the sum of absolute changes (pure), or the root of
                 the sum of their squares (zcdp); a whole number above 0
    """
    noise = noise_for(sensitivity, spend)
    drawn = _mechanism(spend.measure, noise.scale)(numbers.tolist())
    return np.array(drawn, np.int64), noise


def choose(scores: Integers, sensitivity: int, spend: Spend) -> int:
    """The index of (nearly) the highest score, by OpenDP's noisy maximum.

    Exponential noise on each score (permute-and-flip) where the measure is pure, Gumbel noise (the exponential
    mechanism) where it is zcdp.
    """
    scale = choice_scale(sensitivity, spend)
    return int(_chooser(spend.measure, scale)(scores.tolist()))


@lru_cache(maxsize=256)
def choice_scale(sensitivity: int, spend: Spend) -> float:
    """The least scale of the noise of `choose` that OpenDP's privacy map grants, in steps of the scores."""
    scale = float(opendp().binary_search_param(
        lambda s: _chooser(spend.measure, s), d_in=sensitivity, d_out=spend.amount, T=float
    ))
    if _chooser(spend.measure, scale).map(sensitivity) > spend.amount:
        raise ArithmeticError("OpenDP's privacy map does not grant the price")
    return scale


class Threshold(NamedTuple):
    """How counts of keys that are not public are released: noise of this scale, shown from this threshold on."""

    scale: float
    threshold: int


def frequent(counts: dict[str, int], most: int, spend: Spend, delta: float) -> dict[str, int]:
    """Noisy counts of the keys that are frequent enough to be named at all, keys not being public.

    most   how many rows, and so keys, one unit can add
    delta  the chance that a key held by one unit alone is named; part of the price
    Source: stability-based histogram, Korolova et al. (2009), doi:10.1145/1526709.1526733.
    """
    found = threshold_for(most, spend, delta)
    measurement = _naming(spend.measure, found.scale, found.threshold)
    return {str(k): int(v) for k, v in measurement(counts).items()}


@lru_cache(maxsize=64)
def threshold_for(most: int, spend: Spend, delta: float) -> Threshold:
    """The scale that the price pays for, and the least threshold that OpenDP's privacy map grants at this delta."""
    dp, d_in = opendp(), (most, most, most)
    scale = most / spend.amount if spend.measure == "pure" else most / float(np.sqrt(2 * spend.amount))
    scale = float(np.nextafter(scale * (1 + 1e-9), np.inf))
    threshold = int(dp.binary_search(
        lambda t: _naming(spend.measure, scale, t).map(d_in)[1] <= delta, bounds=(most, 2**31 - 1)
    ))
    loss, chance = _naming(spend.measure, scale, threshold).map(d_in)
    if loss > spend.amount or chance > delta:
        raise ArithmeticError("OpenDP's privacy map does not grant the price")
    return Threshold(scale, threshold)


def _naming(measure: Measure, scale: float, threshold: int) -> Any:
    dp = opendp()
    domain, distance = dp.map_domain(dp.atom_domain(T=str), dp.atom_domain(T="i64")), dp.absolute_distance(T="i64")
    if measure == "pure":
        return dp.m.make_laplace_threshold(domain, dp.l01inf_distance(distance), scale=scale, threshold=threshold)
    return dp.m.make_gaussian_threshold(domain, dp.l02inf_distance(distance), scale=scale, threshold=threshold)


@lru_cache(maxsize=256)
def total_rho(epsilon: float, delta: float) -> float:
    """The most rho that OpenDP's conversion grants under (epsilon, delta)."""
    log = float(np.log(1 / delta))
    low = float(np.sqrt(log + epsilon) - np.sqrt(log)) ** 2  # Bun and Steinke (2016), Proposition 1.3: always granted
    high = 2 * low
    while as_epsilon(high, delta) <= epsilon:
        low, high = high, 2 * high
    for _ in range(26):
        middle = (low + high) / 2
        low, high = (middle, high) if as_epsilon(middle, delta) <= epsilon else (low, middle)
    if as_epsilon(low, delta) > epsilon:
        raise ArithmeticError("OpenDP's conversion does not grant the price")
    return low


def as_epsilon(rho: float, delta: float) -> float:
    """The epsilon that holds at delta after spending rho, by OpenDP's conversion."""
    if rho <= 0:
        return 0.0
    dp = opendp()
    gaussian = _mechanism("zcdp", 1 / float(np.sqrt(2 * rho)))
    return float(dp.c.make_zCDP_to_approxDP(gaussian).map(1.0).epsilon(delta))


def opendp() -> Any:
    """OpenDP with its reviewed and its contributed parts; never `idealized-numerics`."""
    import opendp.prelude as dp

    dp.enable_features("contrib")
    return dp


def _chooser(measure: Measure, scale: float) -> Any:
    dp = opendp()
    space = dp.vector_domain(dp.atom_domain(T="i64")), dp.linf_distance(T="i64")
    output = dp.max_divergence() if measure == "pure" else dp.zero_concentrated_divergence()
    return dp.m.make_noisy_max(*space, output, scale=scale)


@lru_cache(maxsize=256)
def _scale(sensitivity: int, spend: Spend) -> float:
    dp = opendp()
    d_in = sensitivity if spend.measure == "pure" else float(sensitivity)
    return float(dp.binary_search_param(
        lambda s: _mechanism(spend.measure, s), d_in=d_in, d_out=spend.amount, T=float
    ))


def _mechanism(measure: Measure, scale: float) -> Any:
    dp = opendp()
    domain = dp.vector_domain(dp.atom_domain(T="i64"))
    if measure == "pure":
        return dp.m.make_laplace(domain, dp.l1_distance(T="i64"), scale=scale)
    return dp.m.make_gaussian(domain, dp.l2_distance(T="f64"), scale=scale)
