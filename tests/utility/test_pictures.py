"""The numbers behind the pictures of utility, on tables small enough to check by hand."""

from __future__ import annotations

import numpy as np
import pytest

from core.problem import Problem
from core.table import Column, Table
from core.utility import Both
from core.utility.both import ColumnPair
from core.utility.pictures import association_map, distribution, fairness, wilson


def both_of(before: dict[str, str], after: dict[str, str], numbers: tuple[str, ...] = ()) -> Both:
    def table(cells: dict[str, str]) -> Table:
        return Table.of({n: Column.of([None if c == "." else c for c in t.split()],
                                      "number" if n in numbers else "category") for n, t in cells.items()})

    return Both.of(table(before), table(after))


def test_bars_of_categories() -> None:
    found = distribution(both_of({"c": "a a b ."}, {"c": "a b b *"}).columns["c"])
    shown = dict(zip(found.labels, zip(found.before, found.after, strict=True), strict=True))
    assert shown == {"a": (0.5, 0.25), "b": (0.25, 0.5), "": (0.25, 0), "*": (0, 0.25)} and not found.ordered
    assert "25.0 points" in found.sentence


def test_bars_stand_at_the_release_s_detail() -> None:
    found = distribution(both_of({"age": "21 22 35 36"}, {"age": "20s 20s 30s 30s"}, ("age",)).columns["age"])
    assert set(found.labels) == {"20s", "30s"} and (found.before == found.after).all()


def test_curve_of_numbers_and_what_is_no_number() -> None:
    found = distribution(both_of({"x": "0 10 100 ."}, {"x": "0 10 * ."}, ("x",)).columns["x"])
    assert found.ordered and len(found.labels) == 22 and found.labels[-2:] == ("*", "")
    assert found.before.sum() == found.after.sum() == 1
    assert (found.before[-2:].tolist(), found.after[-2:].tolist()) == ([0, 0.25], [0.25, 0.25])
    constant = distribution(both_of({"x": "5 5"}, {"x": "5 5"}, ("x",)).columns["x"])
    assert len(constant.labels) == 1 and constant.before[0] == 1


def test_many_values_are_drawn_together() -> None:
    cells = Column.of([f"v{i}" for i in range(50)], "category")
    found = distribution(ColumnPair("c", cells, cells))
    assert len(found.labels) == 21 and found.labels[-1] == "30 others" and found.before.sum() == pytest.approx(1)


def test_association_map() -> None:
    both = both_of({"a": "p p q q", "b": "x x y y", "n": "1 2 3 4"}, {"a": "p p q q", "b": "x y x y", "n": "1 2 3 4"},
                   ("n",))
    found = association_map(both)
    assert found.names == ("a", "b", "n") and (np.diag(found.before) == 1).all()
    assert (found.before[0, 1], found.after[1, 0]) == (1, 0)
    assert "“a” and “b”" in found.sentence
    assert association_map(Both.of(both.original, both.original)).sentence == "No association moved."


def test_small_groups_suffer_most() -> None:
    common = "c " * 38
    before = {"g": common + "r r", "x": "1 " * 40, "y": "1 " * 40}
    after = {"g": common + "r r", "x": "1 " * 38 + "* *", "y": "1 " * 39 + "2"}
    found = fairness(both_of(before, after), "g")
    rare, usual = found.groups
    assert (rare.label, rare.rows, rare.kept) == ("r", 2, 1.0)
    assert (rare.suppressed, rare.changed, usual.suppressed) == (0.5, 0.75, 0)
    assert rare.interval == pytest.approx(wilson(0.5, 2))
    assert "between 0.0 and 50.0 in 100" in found.sentence


def test_fairness_counts_rows_that_were_left_out_and_needs_matched_rows() -> None:
    both = both_of({"g": "a a b b", "x": "1 2 3 4"}, {"g": "a a b b", "x": "1 2 3 4"})
    fewer = Both.of(both.original, both.original.take(np.array([0, 1, 2])))
    assert {g.label: g.kept for g in fairness(fewer, "g").groups} == {"a": 1.0, "b": 0.5}
    assert "No group" in fairness(fewer, "g").sentence
    with pytest.raises(Problem, match="belong to no row"):
        fairness(Both.of(both.original, Table(both.original.columns, {}, None)), "g")


def test_wilson() -> None:
    from scipy.stats import binomtest

    for k, n in ((0, 10), (3, 10), (10, 10), (250, 1000)):
        expected = binomtest(k, n).proportion_ci(method="wilson")
        assert wilson(k / n, n) == pytest.approx((expected.low, expected.high), abs=1e-9)
    assert wilson(0.0, 0) == (0.0, 1.0)
