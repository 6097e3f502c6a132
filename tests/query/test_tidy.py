"""Post-processing: for nothing, and from the answer alone."""

from __future__ import annotations

import numpy as np
import pytest

from core.declare import dump
from core.problem import Problem
from core.query.ask import ask, open_budget
from core.query.count import Count
from core.query.histogram import Histogram
from core.query.mean import Mean
from core.query.tidy import add_up, adds_up_to, consistent, nearest_from_zero, non_negative
from core.query.total import Sum
from core.store import Actor, Store
from tests.query.conftest import ground, people


def test_counts_are_never_below_zero_and_means_stay() -> None:
    answer = {"estimates": ["count", "mean"], "lines": [
        {"g": "a", "count": -3.0, "count_low": -9.0, "count_high": 2.0, "mean": -5.0, "mean_low": -6.0},
        {"g": "b", "count": None, "count_low": None, "count_high": None, "mean": None, "mean_low": None}]}
    first, second = non_negative(answer)["lines"]
    assert (first["count"], first["count_low"], first["count_high"], first["mean"]) == (0, 0, 2, -5)
    assert second["count"] is None
    assert answer["lines"][0]["count"] == -3.0


def test_parts_and_total_add_up() -> None:
    parts, total = consistent([10.0, 20.0], 1.0, 36.0, 2.0)
    assert sum(parts) == pytest.approx(total)
    assert parts == pytest.approx([11, 21]) and total == pytest.approx(32)  # of a gap of 6: 1, 1 and 4
    assert consistent([1.0], 0.0, 2.0, 0.0) == ([1.0], 2.0)


def test_the_nearest_numbers_from_zero() -> None:
    assert nearest_from_zero([5.0, -1.0], 4.0) == pytest.approx([4.0, 0.0])
    assert nearest_from_zero([3.0, 1.0], 4.0) == pytest.approx([3.0, 1.0])
    assert nearest_from_zero([-3.0, -1.0], 0.0) == pytest.approx([0.0, 0.0])


def line(label: str, count: float) -> dict:
    return {"g": label, "count": count, "count_low": count - 2, "count_high": count + 2}


def test_an_answer_by_group_adds_up_with_the_answer_for_all() -> None:
    parts = {"by": ["g"], "estimates": ["count"], "sd": {"count": 1.0}, "lines": [line("a", 10.0), line("b", 20.0)]}
    total = {"by": [], "estimates": ["count"], "sd": {"count": 2.0},
             "lines": [{"count": 36.0, "count_low": 32.0, "count_high": 40.0}]}
    found = add_up(parts, total)["lines"]
    assert [x["count"] for x in found] == pytest.approx([11, 21])
    assert found[0]["count_high"] - found[0]["count"] == pytest.approx(2 * np.sqrt(1 - 1 / 6))
    assert parts["lines"][0]["count"] == 10.0
    low = {**parts, "lines": [line("a", -9.0), line("b", 40.0)]}
    kept = [x["count"] for x in add_up(low, total, never_negative=True)["lines"]]
    assert min(kept) == 0 and sum(kept) == pytest.approx(sum(x["count"] for x in add_up(low, total)["lines"]))
    with pytest.raises(Problem, match="how much noise"):
        add_up({**parts, "sd": {}}, total)


def test_a_withheld_group_is_not_made_up() -> None:
    parts = {"by": ["h", "g"], "estimates": ["count"], "sd": {"count": 1.0}, "lines": [
        {"h": "x", **line("a", 10.0)}, {"h": "x", "g": "b", "count": None, "count_low": None, "count_high": None},
        {"h": "y", **line("a", 5.0)}]}
    total = {"by": ["h"], "estimates": ["count"], "sd": {"count": 1.0},
             "lines": [{"h": "x", "count": 30.0}, {"h": "y", "count": 7.0}]}
    assert [x["count"] for x in add_up(parts, total)["lines"]] == pytest.approx([10, None, 6])


@pytest.mark.parametrize(("parts", "total", "fit"), [
    (Count(by=("district",)), Count(), True),
    (Count(by=("district", "age")), Count(by=("age",)), True),
    (Count(by=("district",), epsilon=0.5), Count(epsilon=0.1), True),
    (Histogram(column="age"), Count(), True),
    (Sum(column="income", by=("district",)), Sum(column="income"), True),
    (Sum(column="income", by=("district",)), Sum(column="age"), False),
    (Count(by=("district",)), Count(by=("age",)), False),
    (Count(), Count(by=("age",)), False),
    (Count(by=("district",)), Sum(column="age"), False),
    (Mean(column="income", by=("district",)), Mean(column="income"), False),
])
def test_which_answers_add_up(parts, total, fit: bool) -> None:
    assert adds_up_to(dump(parts), dump(total)) is fit


def test_adding_up_makes_answers_better(store: Store) -> None:
    """On 40 pairs of answers: groups asked with little, their total with much (theory: 0.71 of the error is left)."""
    actor, table = Actor("asha"), people(300)
    budget = open_budget(store, actor, "b", table, ground(), 100)
    parts, total = Count(by=("district",), epsilon=0.1, fewest=1), Count(epsilon=2)
    raw, tidy = [], []
    for _ in range(40):
        first, second = (ask(store, actor, budget, table, q, again=True).answer for q in (parts, total))
        for kept, answer in ((raw, first), (tidy, add_up(first, second))):
            kept += [abs(x["count"] - 150) for x in answer["lines"] if x["count"] is not None]
    assert np.sqrt(np.mean(np.square(tidy))) < np.sqrt(np.mean(np.square(raw)))
