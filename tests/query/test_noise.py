"""Noise of every question: 100,000 draws accept the true scale and refuse it x0.7 and x1.3.

One release over 100,000 empty groups is 100,000 independent draws. Kolmogorov-Smirnov at a level of 1e-7: one run of
this file in 300,000 fails by chance (some 30 tests at that level); a scale that is off by 30% moves the distribution
by more than 0.05 somewhere, against a critical distance of 0.009, and is refused with certainty.
"""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest
from scipy import stats

from core.protect.select_rows import OneOf
from core.query.contrast import Contrast
from core.query.count import Count
from core.query.ground import Bounds, Categories, Ground
from core.query.histogram import Histogram
from core.query.keys import DistinctCount, FindBounds, TopValues
from core.query.mean import Mean
from core.query.noise import Noise, Spend, choose, frequent, noise_for, release
from core.query.proportion import Proportion
from core.query.quantile import Quantile, scores
from core.query.query import View
from core.query.regression import Correlation, Regression
from core.query.spread import Spread
from core.query.total import Sum
from core.table import Table
from core.table.column import Column

DRAWS, LEVEL = 100_000, 1e-7
KNOWN = {"x": Bounds(low=0, high=8), "y": Bounds(low=-1, high=1), "g": Categories(values=("a", "b"))}
EMPTY = Table.of({n: Column.of([], "number") for n in ("x", "y")} | {"g": Column.of([], "category")})

SUMS = {
    "count": Count(), "sum": Sum(column="x", by=("g",)), "mean": Mean(column="x"),
    "proportion": Proportion(which=(OneOf(column="g", values=("a",)),)),
    "contrast": Contrast(of="mean", column="x", between="g", first="a", second="b"),
    "histogram": Histogram(column="x"), "spread": Spread(column="x"),
    "correlation": Correlation(first="x", second="y"), "regression": Regression(target="y", given=("x",)),
}


def fits(drawn: np.ndarray, noise: Noise, times: float) -> bool:
    """Whether integers could come from this noise with its scale taken `times` as large."""
    scale = noise.scale * times
    # Spread within its step, a discrete draw becomes a continuous one whose distribution is known.
    even = (np.arange(len(drawn)) * 0.6180339887 % 1) - 0.5
    model = _model(_laplace(scale) if noise.distribution == "discrete Laplace" else _gaussian(scale))
    return bool(stats.kstest(drawn + even, model).pvalue > LEVEL)


def _model(at):
    """P(X + U <= t) for whole X with P(X <= k) = at(k) and U even within its step."""

    def cdf(t: np.ndarray) -> np.ndarray:
        whole = np.floor(t + 0.5)
        return at(whole - 1) + (at(whole) - at(whole - 1)) * (t + 0.5 - whole)

    return cdf


def _laplace(scale: float):
    a = np.exp(-1 / scale)
    return lambda k: np.where(k < 0, a ** np.abs(k) / (1 + a), 1 - a ** (np.maximum(k, 0) + 1) / (1 + a))


def _gaussian(scale: float):
    if scale > 50:  # the discrete one is the normal one then, far beyond what the test can tell
        return lambda k: stats.norm.cdf(k + 0.5, scale=scale)
    reach = int(12 * scale) + 2
    weights = np.exp(-np.arange(-reach, reach + 1) ** 2 / (2 * scale**2))
    below = np.append(np.cumsum(weights) / weights.sum(), 1.0)
    return lambda k: np.where(k < -reach, 0.0, below[np.clip(k + reach, 0, 2 * reach + 1).astype(int)])


@pytest.mark.parametrize("measure", ["pure", "zcdp"])
@pytest.mark.parametrize("name", SUMS)
def test_the_noise_of_each_sum_has_the_scale_that_is_stated(name: str, measure: str) -> None:
    """Every statistic of every question, on its own measurement: the sensitivity and the share that is spent on it."""
    ground = Ground(known=KNOWN)
    query, spend = SUMS[name], Spend(measure, 0.5)  # type: ignore[arg-type]
    labels = tuple((str(i),) for i in range(DRAWS))
    view = View(ground, EMPTY, np.zeros(0, np.int64), ("i",), labels, spend)
    found = query.statistics(view)
    assert sum(s.share for s in found) == pytest.approx(1.0)
    one = found[-1]
    noise = noise_for(view.sensitivity(one.bound), spend.part(one.share))
    # By hand: Laplace b = sensitivity / epsilon; Gaussian sigma = sensitivity / sqrt(2 rho).
    price = 0.5 * one.share
    by_hand = one.bound / price if measure == "pure" else one.bound / np.sqrt(2 * price)
    assert noise.scale == pytest.approx(by_hand, rel=1e-6)
    drawn = np.rint(view.released((one,))[one.name].numbers / one.step).astype(np.int64)
    assert fits(drawn, noise, 1.0)
    assert not fits(drawn, noise, 0.7)
    assert not fits(drawn, noise, 1.3)


@pytest.mark.parametrize("measure", ["pure", "zcdp"])
def test_distinct_counts_have_the_noise_of_counts(measure: str) -> None:
    ground = Ground(known=KNOWN, size_public=True)
    view = View(ground, EMPTY, np.zeros(0, np.int64), ("i",), tuple((str(i),) for i in range(DRAWS)),
                Spend(measure, 0.5))  # type: ignore[arg-type]
    drawn = DistinctCount(column="g").answer(view).estimates[0].values
    noise = noise_for(2, Spend(measure, 0.5))  # type: ignore[arg-type]
    assert [fits(drawn, noise, t) for t in (1.0, 0.7, 1.3)] == [True, False, False]


@pytest.mark.parametrize("spend", [Spend("pure", 3.0), Spend("pure", 0.2), Spend("zcdp", 0.5), Spend("zcdp", 1e-3)])
def test_intervals_hold_as_often_as_they_say(spend: Spend) -> None:
    """At least so often, and no whole step narrower would (20,000 draws; five standard errors)."""
    drawn, noise = release(np.zeros(20_000, np.int64), 1, spend)
    for confidence in (0.5, 0.95, 0.99):
        half = noise.half_width(confidence)
        error = 5 * np.sqrt(confidence * (1 - confidence) / len(drawn))
        assert (np.abs(drawn) <= half).mean() > confidence - error
        if half > 0:
            assert (np.abs(drawn) <= half - 1).mean() < confidence + error


def test_the_median_is_chosen_with_the_stated_chances() -> None:
    """Permute-and-flip over three candidates, its chances written out by hand; chi-square at 1e-7."""
    epsilon, ordered = 1.0, np.array([0.0] * 5 + [1.0] * 2 + [2.0] * 4)
    found = scores(ordered, np.array([0.0, 1.0, 2.0]), 1, 2)
    assert found.tolist() == [-6, -1, -7]
    times = 8_000
    chosen = np.bincount([choose(found, 1, Spend("pure", epsilon)) for _ in range(times)], minlength=3)
    flip = np.exp(epsilon / 2 * (found - found.max()))
    assert _refused(chosen, _permute_and_flip(flip), times) is False
    assert _refused(chosen, _permute_and_flip(flip**0.5), times) is True
    assert _refused(chosen, _permute_and_flip(flip**2), times) is True


def _permute_and_flip(flip: np.ndarray) -> np.ndarray:
    """In random order each candidate is taken with its chance, until one is (McKenna and Sheldon 2020, Algorithm 1)."""
    from itertools import permutations

    chance = np.zeros(3)
    for order in permutations(range(3)):
        left = 1 / 6
        for i in order:
            chance[i] += left * flip[i]
            left *= 1 - flip[i]
    return chance


def _refused(chosen: np.ndarray, chances: np.ndarray, times: int) -> bool:
    return bool(stats.chisquare(chosen, chances / chances.sum() * times).pvalue < LEVEL)


def test_a_value_of_one_person_is_hardly_ever_named() -> None:
    """The threshold of unknown values: of 2,000 singletons at delta 1e-3 at most 20 are named (expected below 2)."""
    singles = {f"only-{i}": 1 for i in range(2_000)}
    found = frequent({**singles, "many": 500}, 1, Spend("zcdp", 0.5), 1e-3)
    assert "many" in found
    assert len(found) <= 21
    assert len(frequent(singles, 1, Spend("zcdp", 0.5), 0.5)) > 100, "a threshold that hides nothing would not do this"


def test_all_noise_comes_from_opendp() -> None:
    for path in (Path(__file__).resolve().parents[2] / "core" / "query").glob("*.py"):
        text = path.read_text("utf-8")
        assert not re.search(r"(np|numpy)\.random|import random|from random|default_rng|secrets\.", text), path.name
        assert "idealized-numerics" not in text.replace("never `idealized-numerics`", ""), path.name


def test_every_question_stands_here() -> None:
    from core.query import QUERIES

    elsewhere = {"quantile", "distinct_count", "top_values", "find_bounds"}
    assert set(QUERIES.by_name) == set(SUMS) | elsewhere
    assert {Quantile, DistinctCount, TopValues, FindBounds} == {QUERIES.by_name[n] for n in elsewhere}
