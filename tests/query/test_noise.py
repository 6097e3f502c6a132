"""Noise of every question: 100,000 draws accept the true scale and refuse it x0.7 and x1.3.

What each question hands to OpenDP is watched while it is answered, so nothing it draws is left out. One release of
100,000 zeros is 100,000 independent draws. Kolmogorov-Smirnov at a level of 1e-7: one run of this file in 200,000 fails
by chance (some 40 tests at that level; the intervals hold far more often than they say). A scale that is off by 30%
moves the distribution by more than 0.05 somewhere, against a critical distance of 0.009, and is refused with certainty.
"""

from __future__ import annotations

import math
import re
from pathlib import Path

import numpy as np
import pytest
from scipy import stats

from core.protect.rows_and_columns.select_rows import OneOf
from core.query import QUERIES
from core.query.contrast import Contrast
from core.query.count import Count
from core.query.ground import Bounds, Categories, Ground
from core.query.histogram import Histogram
from core.query.keys import DistinctCount, FindBounds, TopValues
from core.query.mean import Mean
from core.query.noise import (
    Measure,
    Noise,
    Spend,
    choice_scale,
    choose,
    frequent,
    noise_for,
    release,
    threshold_for,
)
from core.query.proportion import Proportion
from core.query.quantile import Quantile, scores, shift
from core.query.query import GRID, Query, View, placed
from core.query.regression import Correlation, Regression
from core.query.spread import Spread
from core.query.total import Sum
from core.table import Table
from core.table.column import Column
from tests.query.spy import Drawn, permute_and_flip, watched

DRAWS, LEVEL = 100_000, 1e-7
KNOWN = {"x": Bounds(low=0, high=8), "y": Bounds(low=-1, high=1), "g": Categories(values=("a", "b"))}
EMPTY = Table.of({n: Column.of([], "number") for n in ("x", "y")} | {n: Column.of([], "category") for n in ("g", "z")})

QUESTIONS: tuple[Query, ...] = (
    Count(), Sum(column="x"), Sum(column="x", by=("g",)), Mean(column="x"), Quantile(column="x", by=("g",)),
    Quantile(column="x", shares=(0.25, 0.5), interval=False), Proportion(which=(OneOf(column="g", values=("a",)),)),
    *(Contrast(of=of, column="x", between="g", first="a", second="b") for of in ("count", "sum", "mean")),
    Histogram(column="x"), Spread(column="x"), Correlation(first="x", second="y"),
    Regression(target="y", given=("x",)), TopValues(column="g"), TopValues(column="z"), DistinctCount(column="g"),
    FindBounds(column="x"),
)
"""Every question, with each kind of statistic it can ask for; z has no public values."""

MEASURES: tuple[Measure, ...] = ("pure", "zcdp")
UNIT = Ground(known=KNOWN)


def drawn_by(query: Query, measure: Measure) -> list[Drawn]:
    """What the question draws for a price of 0.5."""
    table, group, by, labels = placed(query, EMPTY, UNIT)
    with watched() as calls:
        query.answer(View(UNIT, table, group, by, labels, Spend(measure, 0.5), 1e-6))
    return calls


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


def test_every_question_stands_here() -> None:
    assert {q.query for q in QUESTIONS} == set(QUERIES.by_name)


@pytest.mark.parametrize("measure", MEASURES)
@pytest.mark.parametrize("query", QUESTIONS, ids=lambda q: q.query)
def test_a_question_spends_what_it_is_paid_and_no_more(query: Query, measure: Measure) -> None:
    """The shares of all it draws add up to the price; choices are made in every group, at the price of one."""
    calls = drawn_by(query, measure)
    sums = [c for c in calls if c.kind != "choose"]
    choices = [c for c in calls if c.kind == "choose"]
    groups = max(len(query.by) * 2, 1)
    spent = sum(c.spend.amount for c in sums) + sum(c.spend.amount for c in choices) / groups
    assert spent == pytest.approx(0.5, rel=1e-9)
    assert {c.spend.measure for c in calls} == {measure}


SHARES = {1: (1.0, 0.5, 0.3, 0.2, 0.1, 1 / 6), GRID: (1.0, 0.9, 0.5, 0.4, 0.3, 1 / 6)}
"""By hand: what a count and a sum on the public grid get of the price, in any question. What has the same sensitivity
and price is the same measurement: 24 in all."""


def test_every_release_of_every_question_is_one_of_the_measurements_below() -> None:
    for measure in MEASURES:
        found = {(c.sensitivity, round(2 * c.spend.amount, 9)) for q in QUESTIONS for c in drawn_by(q, measure)
                 if c.kind == "release"}
        assert found == {(bound, round(share, 9)) for bound, shares in SHARES.items() for share in shares}


@pytest.mark.parametrize(("sensitivity", "share"), [(b, s) for b, shares in SHARES.items() for s in shares])
@pytest.mark.parametrize("measure", MEASURES)
def test_the_noise_of_every_statistic_has_the_scale_that_is_stated(
    sensitivity: int, share: float, measure: Measure
) -> None:
    """On the measurement itself, as questions use it: its scale by hand, and 100,000 draws."""
    amount = 0.5 * share
    noise = noise_for(sensitivity, Spend(measure, amount))
    # By hand: Laplace b = sensitivity / epsilon; Gaussian sigma = sensitivity / sqrt(2 rho).
    by_hand = sensitivity / amount if measure == "pure" else sensitivity / np.sqrt(2 * amount)
    assert noise.scale == pytest.approx(by_hand, rel=1e-6)
    drawn, stated = release(np.zeros(DRAWS, np.int64), sensitivity, Spend(measure, amount))
    assert stated == noise
    assert [fits(drawn, noise, t) for t in (1.0, 0.7, 1.3)] == [True, False, False]


def test_sensitivities_are_those_of_the_bounds() -> None:
    """By hand: counts move by 1, sums on the public grid by its 2**20 steps; a public size doubles both."""
    for query in QUESTIONS:
        for call in drawn_by(query, "pure"):
            assert call.sensitivity in ((1, GRID) if call.kind == "release" else (1, 3)), query.query
    assert View(Ground(known=KNOWN, size_public=True), EMPTY, np.zeros(0, np.int64), (), ((),),
                Spend("pure", 0.5)).sensitivity(GRID) == 2 * GRID


def test_sums_reach_no_further_from_the_middle_than_the_bounds() -> None:
    """By hand: between 20 and 80 the middle is 50 and no number lies more than 30 from it; more is needless noise."""
    ground = Ground(known={"x": Bounds(low=20, high=80)})
    view = View(ground, EMPTY, np.zeros(0, np.int64), (), ((),), Spend("pure", 0.5))
    assert Mean(column="x").centre(view) == (50, 30)


@pytest.mark.parametrize("measure", MEASURES)
def test_values_that_are_not_public_have_the_noise_and_the_threshold_that_are_stated(measure: Measure) -> None:
    spend, delta = Spend(measure, 0.5), 1e-4
    used = threshold_for(3, spend, delta)
    assert used.scale == pytest.approx(3 / 0.5 if measure == "pure" else 3 / np.sqrt(2 * 0.5), rel=1e-6)
    plenty = frequent({f"k{i}": 10_000 for i in range(DRAWS)}, 3, spend, delta)
    drawn = np.array(list(plenty.values())) - 10_000
    noise = noise_for(3, spend)
    assert len(drawn) == DRAWS
    assert [fits(drawn, noise, t) for t in (1.0, 0.7, 1.3)] == [True, False, False]
    # A key whose true count is the threshold is named where its noise is not below 0.
    times = 20_000
    named = len(frequent({f"k{i}": used.threshold for i in range(times)}, 3, spend, delta))
    chance = (release(np.zeros(times, np.int64), 3, spend)[0] >= 0).mean()
    assert abs(named / times - chance) < 0.03  # six standard errors of the difference


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


IN_CELL = np.array([5, 2, 4])
"""Rows in each of three cells: 11 in all; the median's rank is 5.5, in the second."""


def test_scores_by_hand() -> None:
    assert scores(IN_CELL, 1, 2).tolist() == [-1, 0, -3]  # halves: the first ends at 10, the third begins at 14
    assert scores(IN_CELL, 1, 2, -2).tolist() == [0, -3, -7]  # rank 3.5
    assert scores(IN_CELL, 1, 2, -9).tolist() == [0, -17, -21]  # before the first row: the first cell's
    assert scores(IN_CELL, 1, 2, 9).tolist() == [-19, -15, 0]
    assert scores(np.array([0, 0, 9, 0]), 1, 2).tolist() == [-9, -9, 0, -9]
    assert scores(np.zeros(3, int), 1, 2).tolist() == [0, 0, 0]


@pytest.mark.parametrize("measure", MEASURES)
def test_a_cell_is_chosen_with_the_stated_chances(measure: Measure) -> None:
    """Its chances written out by hand, against which half and twice the scale are refused; chi-square at 1e-7.

    Pure: permute-and-flip with exp(score / scale), scale 2 / epsilon. zCDP: the exponential mechanism, whose range is
    bounded by 2 / scale, so that rho = (2 / scale)**2 / 8 (Cesar and Rogers 2021, arXiv:2004.07223).
    """
    spend, times = Spend(measure, 1.0), 8_000
    scale = choice_scale(1, spend)
    assert scale == pytest.approx(2.0 if measure == "pure" else 1 / np.sqrt(2), rel=1e-6)
    found = scores(IN_CELL, 1, 2)
    chosen = np.bincount([choose(found, 1, spend) for _ in range(times)], minlength=3)
    chances = permute_and_flip if measure == "pure" else lambda flip: flip
    assert [_refused(chosen, chances(np.exp(found / scale) ** t), times) for t in (1, 0.5, 2)] == [False, True, True]


@pytest.mark.parametrize("measure", MEASURES)
def test_a_quantile_and_its_ends_are_chosen_from_these_scores(measure: Measure) -> None:
    """By the calls themselves: scores, sensitivity and price of the point, the lower and the upper end."""
    numbers = Column.of_numbers(np.repeat([0.0, 4.0, 8.0], IN_CELL))
    table = Table.of({"x": numbers})
    view = View(UNIT, table, np.zeros(11, np.int64), (), ((),), Spend(measure, 1.0))
    with watched() as calls:
        Quantile(column="x", candidates=3).answer(view)
    off = shift(3, 2, 1, Spend(measure, 0.25))
    # The chance of a wrong end, by hand: two wrong cells at most, each at least 2 off steps behind the best.
    assert 2 * np.exp(-2 * off / choice_scale(1, Spend(measure, 0.25))) <= 0.025
    assert [(c.exact.tolist(), c.sensitivity, c.spend.amount) for c in calls] == [
        (scores(IN_CELL, 1, 2, o).tolist(), 1, a) for o, a in ((0, 0.5), (-off, 0.25), (off, 0.25))]


@pytest.mark.parametrize(("numbers", "bounds"), [
    (np.arange(2000) % 61 + 20.0, (0, 110)),  # ages
    (np.repeat([10.0, 20, 30, 1000], [500, 900, 550, 50]), (0, 5000)),  # most rows share a value
    (np.repeat([3.0, 77.0], [501, 500]), (0, 100)),  # a hole in the middle
    (np.arange(7.0), (0, 100)),  # far too few rows
])
@pytest.mark.parametrize("measure", MEASURES)
def test_an_interval_holds_the_quantile_of_the_file(numbers: np.ndarray, bounds: tuple, measure: Measure) -> None:
    """At least 95% by construction. Of 120 intervals 104 or more must hold (a true 95% fails once in 10,000 runs)."""
    settled = Ground(known={"x": Bounds(low=bounds[0], high=bounds[1])})
    view = View(settled, Table.of({"x": Column.of_numbers(numbers)}), np.zeros(len(numbers), np.int64), (), ((),),
                Spend(measure, 0.5))
    truth = np.sort(numbers)[[math.ceil(len(numbers) * s) - 1 for s in (0.5, 0.9)]]
    held = np.zeros(2)
    for _ in range(120):
        found = Quantile(column="x", shares=(0.5, 0.9), candidates=200).answer(view).estimates
        held += [e.low[0] <= t <= e.high[0] for e, t in zip(found, truth, strict=True)]
        assert all(e.low[0] <= e.values[0] <= e.high[0] for e in found)
    assert held.min() >= 104


def test_an_interval_too_narrow_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ends drawn for the quantile's own rank hold it far less often than they say."""
    monkeypatch.setattr("core.query.quantile.shift", lambda *_: 0)
    numbers, held = np.arange(2000) * 0.05, 0
    view = View(Ground(known={"x": Bounds(low=0, high=100)}), Table.of({"x": Column.of_numbers(numbers)}),
                np.zeros(2000, np.int64), (), ((),), Spend("pure", 0.5))
    for _ in range(120):
        (found,) = Quantile(column="x", candidates=1000).answer(view).estimates
        held += bool(found.low[0] <= 49.95 <= found.high[0])
    assert held < 104


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
