"""Intervals and certified bounds against published and hand-computed values."""

from __future__ import annotations

import numpy as np
import pytest

from core.attack.certify import from_guesses, from_runs
from core.attack.rate import above, area, difference, share


def test_a_share_has_clopper_and_pearsons_interval() -> None:
    # 10 of 100: the interval printed in every table of exact binomial limits.
    assert share(10, 100) == pytest.approx((0.1, 0.0490, 0.1762), abs=1e-4)
    assert share(0, 10)[1:] == pytest.approx((0.0, 0.3085), abs=1e-4)
    assert share(10, 10)[1:] == pytest.approx((0.6915, 1.0), abs=1e-4)
    assert np.isnan(share(0, 0).value)


def test_a_difference_has_newcombes_interval() -> None:
    # Newcombe (1998), table II, example (a): 56/70 against 48/80, method 10.
    assert difference(56, 70, 48, 80) == pytest.approx((0.2, 0.0524, 0.3339), abs=1e-4)
    # Example (c): 5/56 against 0/29.
    assert difference(5, 56, 0, 29) == pytest.approx((0.0893, -0.0381, 0.1926), abs=1e-4)


def test_the_area_counts_pairs() -> None:
    # Of 3 x 2 pairs: 0.9 beats both, 0.5 beats one and ties one, 0.1 beats none: (2 + 1.5 + 0) / 6.
    found = area(np.array([0.9, 0.5, 0.1]), np.array([0.5, 0.2]))
    assert found.value == pytest.approx(3.5 / 6)
    assert above(found, 0.5).value == pytest.approx(3.5 / 6 - 0.5)


@pytest.mark.parametrize(("apart", "truth"), [(0.0, 0.5), (1.0, 0.76025)])
def test_the_areas_interval_holds_as_often_as_it_says(apart: float, truth: float) -> None:
    """Two normal distributions so far apart have the area Phi(apart / sqrt 2); 95% of 600, three standard errors."""
    rng = np.random.default_rng(5)
    tries = [area(rng.normal(apart, 1, 60), rng.normal(0, 1, 40)) for _ in range(600)]
    held = np.mean([a.low <= truth <= a.high for a in tries])
    assert held > 0.95 - 3 * np.sqrt(0.95 * 0.05 / 600)
    assert np.mean([a.low > truth for a in tries]) < 0.025 + 3 * np.sqrt(0.025 * 0.975 / 600)


def test_complete_separation_is_not_certainty() -> None:
    found = area(np.arange(10.0) + 100, np.arange(10.0))
    assert found.value == found.high == 1.0 and 0.5 < found.low < 1.0


def test_right_guesses_prove_an_epsilon() -> None:
    # 100 of 100 right: epsilon e with (e^e / (1 + e^e))^100 = 0.001, by hand.
    q = 0.001 ** (1 / 100)
    assert from_guesses(100, 100, 100, 0.0) == pytest.approx(np.log(q / (1 - q)), abs=1e-3)
    assert from_guesses(50, 100, 100, 0.0) == 0.0
    assert from_guesses(90, 100, 100, 0.0) > from_guesses(80, 100, 100, 0.0) > 0
    assert from_guesses(100, 100, 100, 1e-5) < from_guesses(100, 100, 100, 0.0)
    with pytest.raises(ValueError, match="more right guesses"):
        from_guesses(3, 2, 10, 0.0)


def test_a_bound_from_guesses_is_above_the_truth_no_more_often_than_it_says() -> None:
    """Randomised response loses exactly epsilon: 2,000 audits of it, at a confidence of 95% so that failures show."""
    rng = np.random.default_rng(3)
    right = rng.binomial(200, np.e / (1 + np.e), 2000)
    bound = {r: from_guesses(r, 200, 200, 0.0, 0.95) for r in np.unique(right).tolist()}
    wrong = np.mean([bound[r] > 1.0 for r in right.tolist()])
    assert 0.01 < wrong < 0.065  # 5%, discrete; three standard errors


def test_a_bound_from_runs_is_clopper_pearsons() -> None:
    assert from_runs(500, 0, 500) == pytest.approx(np.log(0.00025 ** (1 / 500) / (1 - 0.00025 ** (1 / 500))), abs=1e-6)
    assert from_runs(250, 250, 500) == 0.0
    assert from_runs(0, 500, 500) == from_runs(500, 0, 500)
