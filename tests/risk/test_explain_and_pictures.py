"""Explaining a row, and the numbers behind the pictures."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.problem import Problem
from core.risk import assess, pictures
from core.risk.explain import Hiding, explain
from core.risk.kernel import class_sizes
from core.risk.suda import suda2
from core.table import Table
from tests.risk.oracles import K7, adult, sdc_testdata, small


def test_a_row_by_hand() -> None:
    table = small(sex=["f", "f", "m", "m"], age=[30, 31, 30, 30], town=["x", "x", "x", "y"])
    table = table.with_columns({"age": table["age"].with_kind("number")})
    found = explain(table, 1, ["sex", "age", "town"])
    assert found.fk == 1
    assert [(c.columns, c.rows) for c in found.combinations] == [(("age",), 1)]
    assert found.hidings == (Hiding(("age",), 2, 1.0),)
    assert [(w.column, w.by, w.rows) for w in found.widenings] == [("age", 1.0, 2)]
    assert found.sentence == "Only 1 row(s) have these values of age. Hiding age would leave 2 rows that fit."
    other = explain(table, 3, ["sex", "age", "town"], importance={"town": 5})
    assert [c.columns for c in other.combinations] == [("town",)]
    assert other.hidings[0] == Hiding(("town",), 2, 5.0)


def test_a_row_that_does_not_stand_out() -> None:
    found = explain(small(a=["x", "x"]), 0, ["a"])
    assert (found.combinations, found.hidings, found.widenings) == ((), (), ())
    assert "does not stand out" in found.sentence


cells = st.lists(st.tuples(*[st.sampled_from([None, "1", "2"])] * 4), min_size=1, max_size=15)


@given(cells, st.integers(2, 4))
def test_combinations_and_cures_by_counting_every_set(rows: list[tuple[str | None, ...]], k: int) -> None:
    table = small(**dict(zip("abcd", zip(*rows, strict=True), strict=True)))
    found = explain(table, 0, "abcd", k, most=1000)

    def shared_by(names: tuple[str, ...]) -> int:
        return int(class_sizes([table[n] for n in names]).fk[0]) if names else table.rows

    sets = [s for n in range(5) for s in combinations("abcd", n)]
    few = {s for s in sets if shared_by(s) < k}
    minimal = {s for s in few if not any(set(t) < set(s) for t in few)}
    assert {c.columns for c in found.combinations} == minimal
    assert all(c.rows == shared_by(c.columns) for c in found.combinations)
    for cure in found.hidings:
        left = tuple(n for n in "abcd" if n not in cure.columns)
        assert shared_by(left) == cure.rows >= k
        for name in cure.columns:
            assert shared_by(tuple(n for n in "abcd" if n in left or n == name)) < k
    costs = [h.cost for h in found.hidings]
    assert costs == sorted(costs)
    if few and shared_by(()) >= k:
        cheapest = min(len(set("abcd") - set(s)) for s in sets if shared_by(s) >= k)
        assert costs[0] == cheapest


def test_rows_and_keys_that_are_not_there_are_problems() -> None:
    table = small(a=["x"])
    wide = small(**{f"c{i}": ["x"] for i in range(21)})
    for arguments, word in [((table, 1, ["a"]), "no row 2"), ((table, 0, []), "No quasi"),
                            ((table, 0, ["b"]), "no column"), ((wide, 0, wide.names), "too many")]:
        with pytest.raises(Problem, match=word):
            explain(*arguments)


def test_heat_map_of_pairs() -> None:
    table = small(a=["x", "x", "y", "y"], b=["1", "2", "1", "1"])
    drawn = pictures.pair_map(table, ["a", "b"])
    assert drawn.percent.tolist() == [[0, 50], [50, 25]]
    assert drawn.sentence == "a and b together single out 2 of 4 people: no other pair singles out more."
    assert pictures.pair_map(table, ["b"]).sentence == \
        "b alone singles out 1 of 4 people: no pair of columns singles out more."
    assert pictures.pair_map(table, ["a"]).sentence.startswith("Nobody is singled out")


def test_heat_map_of_two_columns_counts_everybody_once() -> None:
    table = adult()
    table = table.with_columns({"age": table["age"].with_kind("number")})
    risk = assess(table, ["sex", "age", "race", "education"])
    drawn = pictures.risk_map(table, "age", "native-country", risk.fk < 5)
    assert drawn.of.shape == (len(drawn.rows), len(drawn.columns))
    assert max(drawn.of.shape) <= 40
    assert drawn.of.sum() == table.rows
    assert drawn.at_risk.sum() == (risk.fk < 5).sum()
    assert (drawn.at_risk <= drawn.of).all()
    assert drawn.rows[0] == "15 to under 20"
    assert "other values" in drawn.columns[-1]
    picked = (drawn.row_group == 3) & (drawn.column_group == 0)
    again = pictures.risk_map(table, "age", "native-country", risk.fk < 5, only=picked)
    assert again.of.sum() == drawn.of[3, 0]
    assert again.at_risk.sum() == drawn.at_risk[3, 0] < drawn.at_risk.sum()


def test_groups_keep_missing_apart_and_small_columns_whole() -> None:
    labels, group = pictures.groups(small(a=["b", None, "a", "b"])["a"])
    assert labels == ("a", "b", "(missing)")
    assert group.tolist() == [1, 2, 0, 1]
    labels, group = pictures.groups(small(a=[2, 10, 1])["a"])
    assert labels == ("1", "2", "10")


@given(st.lists(st.floats(-1e6, 1e6).map(lambda f: round(f, 2)), min_size=41, max_size=200))
def test_bands_of_numbers_are_few_and_hold_their_numbers(numbers: list[float]) -> None:
    column = small(a=numbers)["a"]
    labels, group = pictures.groups(column)
    assert len(labels) <= 40
    if len(column.values) > 40:
        lows = [float(label.split(" ")[0]) for label in labels]
        for number, g in zip(numbers, group, strict=True):
            assert lows[g] <= number + 1e-6 * abs(number) + 1e-6


def test_curve_and_histogram() -> None:
    risk = np.array([0.1, 0.2, 0.2, 1.0])
    curve = pictures.risk_curve(risk, points=11)
    assert curve.rows.tolist()[:3] == [4, 3, 1]
    assert curve.above(0.15) == 3
    assert pictures.rows_above(risk, 0.15) == 3
    bands = pictures.size_histogram(np.array([1, 2, 2, 3, 3, 3]))
    assert [(b.label, b.rows, b.classes) for b in bands[:3]] == [("1", 1, 1), ("2", 2, 1), ("3-4", 3, 1)]
    assert bands[-1].label == "500 and more"


def test_what_drives_the_risk() -> None:
    table = sdc_testdata()
    suda = suda2(table, K7)
    columns = pictures.column_contributions(suda)
    assert columns[0].column == "relat"
    assert columns[0].percent == pytest.approx(92.5971370143149)
    values = pictures.value_contributions(suda, "relat", 3)
    assert [v.value for v in values] == ["7", "2", "8"]
    risky = pictures.riskiest_combinations(suda, 3)
    assert risky[0].columns == ("roof", "water", "relat")
    assert risky[0].rows >= risky[1].rows >= risky[2].rows > 0


def test_households_and_values_at_risk() -> None:
    households, alone, together = np.array([0, 0, 1, -1]), np.array([0.5, 0.5, 0.2, 1]), np.array([0.75, 0.75, 0.2, 1])
    bands = pictures.household_view(households, alone, together)
    found = [(b.size, b.households, b.mean_individual, b.mean_household) for b in bands]
    assert found == [(1, 1, 0.2, 0.2), (2, 1, 0.5, 0.75)]
    table: Table = small(a=["x", "x", "y", None])
    assert pictures.values_at_risk(table, "a", np.array([True, False, True, False])) == (("y", 1, 1), ("x", 1, 2))
