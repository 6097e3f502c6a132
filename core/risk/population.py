"""How much of the population is unique on the quasi-identifiers: estimators that see only the sample's class sizes.

u classes are seen in n rows, s_j of them with j rows; the population has N people, pi = n / N of them in the file.
An estimator that finds no solution says so: nothing is made up in its place.

Sources: Zayatz (1991), Estimation of the percent of unique population elements on a microdata file using the sample,
US Census Bureau, Statistical Research Division Report RR-91/08. Hoshino (2001), Applying Pitman's sampling formula to
microdata disclosure risk assessment, Journal of Official Statistics 17(4), 499-520. Chen and Keller-McNulty (1998),
Estimation of identification disclosure risk in microdata, Journal of Official Statistics 14(1), 79-95. Dankar, El
Emam, Neisa and Roffey (2012), Estimating the re-identification risk of clinical data sets,
doi:10.1186/1472-6947-12-66. Chao (1987), Estimating the population size for capture-recapture data with unequal
catchability, doi:10.2307/2531532.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Literal

import numpy as np
import numpy.typing as npt

from core.table.column import Floats

Estimator = Literal["zayatz", "pitman", "snb"]


@dataclass(frozen=True)
class Sizes:
    """The class-size distribution of a sample: size[i] rows occur in classes[i] classes; `people` in the population."""

    size: Floats
    classes: Floats
    people: float

    @staticmethod
    def of(sizes: npt.ArrayLike, people: float) -> Sizes:
        size, classes = np.unique(np.asarray(sizes), return_counts=True)
        return Sizes(size.astype(np.float64), classes.astype(np.float64), float(people))

    @property
    def rows(self) -> float:
        return float((self.size * self.classes).sum())

    @property
    def seen(self) -> float:
        """u: classes in the sample."""
        return float(self.classes.sum())

    @property
    def fraction(self) -> float:
        """pi: share of the population in the sample."""
        return self.rows / self.people

    def rows_below(self, k: int) -> int:
        """Rows in classes of fewer than k."""
        return int((self.size * self.classes)[self.size < k].sum())

    def with_size(self, j: int) -> float:
        """s_j: how many classes have j rows."""
        return float(self.classes[self.size == j].sum())


@dataclass(frozen=True)
class Estimate:
    """share: of the population that is unique, 0 to 1, or None where the estimator does not converge, and `why`.

    interval  95%, for another sample of the same size: numbers of classes of each size are taken as Poisson given the
              number of rows, and the estimator as linear around what was seen (delta method, on the logarithm). It
              says nothing of how well the estimator's assumptions fit. None where it cannot be had.
    """

    share: float | None
    why: str = ""
    interval: tuple[float, float] | None = None


def _with_interval(share: float, slopes: Floats, sizes: Sizes) -> Estimate:
    """The estimate with its interval. slopes: (sizes,) its derivative by the number of classes of each size."""
    if not share > 0:
        return Estimate(share)
    s, j = sizes.classes, sizes.size
    # Given the number of rows: what moves the estimate only through the size of the file does not vary.
    variance = float((s * slopes**2).sum() - (s * slopes * j).sum() ** 2 / (s * j**2).sum())
    relative = math.sqrt(max(variance, 0.0)) / share
    wide = math.exp(min(1.96 * relative, 50.0))
    return Estimate(share, interval=(share / wide, min(1.0, share * wide)))


def zayatz(sizes: Sizes) -> Estimate:
    """Uniques of the sample times the chance, by Bayes, that a class seen once holds one person.

    The population's class sizes are taken to be distributed as the sample's.
    """
    n, people = sizes.rows, sizes.people
    if not sizes.with_size(1):
        return Estimate(0.0)
    if people <= n:
        return Estimate(sizes.with_size(1) / n)
    # Hypergeometric: a class of i people is seen exactly once in n draws with the chance
    # i n / N times the product over t < i of (N - n - t + 1) / (N - t).
    t = np.arange(1.0, sizes.size.max())
    with np.errstate(divide="ignore"):
        rest_unseen = np.log(np.maximum(people - n - t + 1, 0.0)) - np.log(people - t)
    chance = np.exp(np.append(0.0, np.cumsum(rest_unseen)))[sizes.size.astype(int) - 1]
    all_seen_once = (sizes.classes * sizes.size * chance).sum()
    share = float(sizes.with_size(1) ** 2 / (all_seen_once * n))
    slopes = -share * sizes.size * (1 / n + chance / all_seen_once)
    slopes[sizes.size == 1] += 2 * share / sizes.with_size(1)
    return _with_interval(share, slopes, sizes)


def pitman(sizes: Sizes) -> Estimate:
    """Pitman's sampling formula fitted by maximum likelihood: Gamma(theta + 1) / Gamma(theta + alpha) N^alpha / N."""
    from scipy.special import expit, gammaln

    if not sizes.with_size(1) or sizes.seen < 2:
        return Estimate(0.0) if not sizes.with_size(1) else Estimate(None, "the file holds a single combination")
    fitted = _fit_pitman(sizes)
    if fitted is None:
        return Estimate(None, "the likelihood has no maximum inside the permitted range")

    def share(at: Floats) -> float:
        alpha, theta = float(expit(at[0])), math.exp(at[1])
        log_uniques = gammaln(theta + 1) - gammaln(theta + alpha) + alpha * math.log(sizes.people)
        return min(1.0, math.exp(log_uniques - math.log(sizes.people)))

    return _with_interval(share(fitted), _pitman_slopes(sizes, fitted, share), sizes)


def _pitman_slopes(sizes: Sizes, at: Floats, share: Callable[[Floats], float]) -> Floats:
    """(sizes,) how the share moves with the number of classes of each size: through the fitted parameters alone."""
    step = 1e-5
    around = np.eye(2) * step
    hessian = np.stack([(_pitman(sizes, at + d)[1] - _pitman(sizes, at - d)[1]) / (2 * step) for d in around])
    uphill = np.array([(share(at + d) - share(at - d)) / (2 * step) for d in around])
    slopes = np.empty(len(sizes.size))
    for i in range(len(slopes)):
        more = sizes.classes.copy()
        more[i] += 0.5
        less = sizes.classes.copy()
        less[i] -= 0.5
        pull = _pitman(replace(sizes, classes=more), at)[1] - _pitman(replace(sizes, classes=less), at)[1]
        slopes[i] = -uphill @ np.linalg.lstsq(hessian, pull, rcond=None)[0]
    return slopes


def _pitman(sizes: Sizes, at: Floats) -> tuple[float, Floats]:
    """(minus the log-likelihood, its gradient) at (logit of alpha, logarithm of theta)."""
    from scipy.special import digamma, expit, gammaln

    n, u, j, s = sizes.rows, sizes.seen, sizes.size, sizes.classes
    alpha, theta = float(expit(at[0])), math.exp(at[1])
    ratio = theta / alpha
    # sum of log(theta + i alpha), i < u; minus sum of log(theta + i), i < n; plus s_j sums of log(i - alpha), i < j
    value = (
        (u - 1) * math.log(alpha) + gammaln(ratio + u) - gammaln(ratio + 1)
        - gammaln(theta + n) + gammaln(theta + 1) + (s * (gammaln(j - alpha) - gammaln(1 - alpha))).sum()
    )
    slope = digamma(ratio + u) - digamma(ratio + 1)
    by_alpha = (u - 1) / alpha - slope * ratio / alpha + (s * (digamma(1 - alpha) - digamma(j - alpha))).sum()
    by_theta = slope / alpha - digamma(theta + n) + digamma(theta + 1)
    return -value, -np.array([by_alpha * alpha * (1 - alpha), by_theta * theta])


def _fit_pitman(sizes: Sizes) -> Floats | None:
    """(logit of alpha, logarithm of theta) of the maximum, alpha in (0, 1) and theta > 0; None if it is on the edge."""
    from scipy.optimize import minimize

    u = sizes.seen

    def negative(at: Floats) -> tuple[float, Floats]:
        return _pitman(sizes, at)

    best = None
    for start in ((0.0, math.log(u)), (-2.0, math.log(u) + 2), (2.0, 0.0)):
        bounds = [(-12.0, 12.0), (-7.0, 25.0)]
        found = minimize(negative, start, jac=True, method="L-BFGS-B", bounds=bounds,
                         options={"ftol": 1e-16, "gtol": 1e-9, "maxiter": 2000})
        if best is None or found.fun < best.fun:
            best = found
    assert best is not None  # noqa: S101 - three starts were tried
    if not (-11.5 < best.x[0] < 11.5 and -6.5 < best.x[1] < 24.5):
        return None
    return _newton(negative, best.x)


def _newton(negative, at: Floats) -> Floats:  # type: ignore[no-untyped-def]
    """A few Newton steps on the gradient: the line search above stops a little early where the top is flat."""
    for _ in range(8):
        step = 1e-5
        here = negative(at)[1]
        hessian = np.stack([(negative(at + d)[1] - negative(at - d)[1]) / (2 * step) for d in np.eye(2) * step])
        move = np.linalg.lstsq(hessian, here, rcond=None)[0]
        if not np.isfinite(move).all() or np.abs(move).max() > 1:
            break
        at = at - move
    return at


def snb(sizes: Sizes) -> Estimate:
    """Slide negative binomial: class sizes in the population are 1 + a negative binomial, sampled at rate pi.

    The three parameters are set so that people, classes seen and classes seen once come out as observed.
    """
    n, u, s1, people = sizes.rows, sizes.seen, sizes.with_size(1), sizes.people
    if not s1:
        return Estimate(0.0)
    if sizes.fraction >= 1:
        return Estimate(s1 / n)
    share = _snb_share(n, u, s1, people)
    if share is None:
        return Estimate(None, "no slide negative binomial distribution has these class sizes")
    slopes = _snb_slopes(sizes)
    return Estimate(share) if slopes is None else _with_interval(share, slopes, sizes)


def _snb_slopes(sizes: Sizes) -> Floats | None:
    """(sizes,) how the share moves with the number of classes of each size: it moves n, u and, of size 1, s1."""
    at = np.array([sizes.rows, sizes.seen, sizes.with_size(1)])
    by = []
    for move in np.diag(np.maximum(0.5, 1e-4 * at)):
        more, less = (_snb_share(n, u, s1, sizes.people) for n, u, s1 in (at + move, at - move))
        if more is None or less is None:
            return None
        by.append((more - less) / (2 * move.max()))
    return np.asarray(by[0] * sizes.size + by[1] + by[2] * (sizes.size == 1))


def _snb_share(n: float, u: float, s1: float, people: float) -> float | None:
    """Share of the population that is unique, from rows, classes seen and classes seen once; None without solution."""
    from scipy.optimize import brentq

    pi = n / people
    # F = 1 + NB(alpha, b) has generating function G(z) = z h^alpha, h = (1 - b) / (1 - b z); at z = 1 - pi a class
    # stays unseen. With K classes: K (1 + alpha b / (1 - b)) = N, K (1 - G) = u, K pi G' = s1.
    z = 1 - pi

    def alpha_for(b: float) -> float | None:
        """The alpha for which the classes seen come out right, given b."""
        def missed(log_alpha: float) -> float:
            a = math.exp(log_alpha)
            h = (1 - b) / (1 - b * z)
            return people / (1 + a * b / (1 - b)) * (1 - z * h**a) - u
        low, high = -40.0, 40.0
        if not (missed(low) > 0 > missed(high)):
            return None
        return math.exp(brentq(missed, low, high, xtol=1e-13))

    def surplus(b: float) -> float | None:
        a = alpha_for(b)
        if a is None:
            return None
        h = (1 - b) / (1 - b * z)
        slope = h**a * (1 + z * a * b / (1 - b * z))
        return people / (1 + a * b / (1 - b)) * pi * slope - s1

    grid = 1 - np.geomspace(1 - 1e-9, 1e-9, 400)
    values = [surplus(float(b)) for b in grid]
    points = list(zip(grid, values, strict=True))
    for (b0, v0), (b1, v1) in pairwise(points):
        if v0 is not None and v1 is not None and v0 * v1 < 0:
            b = brentq(lambda b: surplus(b) or 0.0, b0, b1, xtol=1e-15)
            a = alpha_for(b)
            if a is not None:
                return float((1 - b) ** a / (1 + a * b / (1 - b)))
    return None


def dankar(sizes: Sizes) -> tuple[Estimate, Estimator]:
    """The estimate and which estimator the decision rule took.

    Up to a sampling fraction of 0.1 Pitman's; above, the smaller of Zayatz's and the slide negative binomial's. Where
    the wanted one does not converge, Zayatz's, which always does.
    """
    if sizes.fraction <= 0.1:
        wanted = pitman(sizes)
        return (wanted, "pitman") if wanted.share is not None else (zayatz(sizes), "zayatz")
    first, second = zayatz(sizes), snb(sizes)
    if second.share is not None and first.share is not None and second.share < first.share:
        return second, "snb"
    return first, "zayatz"


@dataclass(frozen=True)
class Bounds:
    """Lower bounds on what sample uniques risk, and what share of the population's combinations the file has seen.

    unique      chance that a sample unique is unique in the population, at least; (low, high): 95% interval
    risk        mean of 1/F over the sample uniques, at least; (low, high): 95% interval
    coverage    chance that the next person's combination is already in the file (Good-Turing)
    classes     combinations in the population, at least
    """

    unique: float
    unique_interval: tuple[float, float]
    risk: float
    risk_interval: tuple[float, float]
    coverage: float
    classes: float


def chao_bounds(sizes: Sizes) -> Bounds | None:
    """What follows from uniques and pairs alone, whatever the distribution of class sizes; None without uniques.

    Where everybody is in the sample with chance pi, a sample unique's class has on average r = (1 - pi) / pi 2 s2 / s1
    other members, so by Jensen E(1/F | f = 1) >= 1 / (1 + r). Where class sizes are Poisson around any distribution,
    also P(F = 1 | f = 1) >= exp(-r). The interval is normal for the logarithm of s2 / s1, which are Poisson counts.
    Combinations unseen: Chao and Lin (2012), doi:10.1111/j.1541-0420.2011.01739.x, for sampling without replacement.
    """
    s1, s2, pi = sizes.with_size(1), sizes.with_size(2), min(sizes.fraction, 1.0)
    if not s1:
        return None
    pairs = max(s2, 0.5)  # no pair at all is no proof that nobody shares: half a pair
    wide = math.exp(1.96 * math.sqrt(1 / s1 + 1 / pairs))
    rate = (1 - pi) / pi * 2 / s1
    r, low, high = rate * pairs, rate * pairs / wide, rate * pairs * wide
    unseen = s1**2 / (2 * max(s2, 0.5) * sizes.rows / max(sizes.rows - 1, 1) + s1 * pi / max(1 - pi, 1e-12))
    return Bounds(
        math.exp(-r), (math.exp(-high), math.exp(-low)), 1 / (1 + r), (1 / (1 + high), 1 / (1 + low)),
        1 - s1 / sizes.rows, sizes.seen + unseen,
    )
