"""The web of dependencies: parents found, relations kept, what was kept holds no row; and columns on their own."""

from __future__ import annotations

import numpy as np
import pytest

from core.synthesise.bayesian_network import BayesianNetwork
from core.synthesise.bins import Bins, counted, information
from core.synthesise.independent_columns import IndependentColumns
from core.table import Column, Table
from tests.synthesise.people import families, run, workers


def test_information_of_what_is_the_same_and_of_what_is_independent() -> None:
    rng = np.random.default_rng(1)
    coin, other = rng.integers(0, 2, 5000), rng.integers(0, 2, 5000)
    assert information(counted(coin, coin, 2, 2)) == pytest.approx(1, abs=0.01)
    assert information(counted(coin, other, 2, 2)) == pytest.approx(0, abs=0.001)


def test_a_column_finds_what_it_depends_on() -> None:
    model = BayesianNetwork().train(workers(1500), np.random.default_rng(1), lambda *_: None).model
    parents = {node.name: node.parents for node in model.nodes}
    assert parents["state"] == () and parents["district"][0] == "state"
    assert parents["pin"][0] == "district" and "school" in parents["income"] and "age" in parents["first_work"]


def test_shares_follow_the_parents() -> None:
    real, new = workers(2000), BayesianNetwork().apply(workers(2000), run())
    for school in ("none", "school", "college"):
        means = [np.nanmean(t["income"].numbers[np.array(t["school"].texts()) == school]) for t in (real, new)]
        assert abs(means[1] / means[0] - 1) < 0.15


def test_numbers_are_drawn_between_those_of_their_bin() -> None:
    column = Column.of_numbers([*range(1, 41), np.nan])
    bins = Bins.of(column, 4)
    codes = bins.codes(column)
    assert bins.size == 5 and np.bincount(codes).tolist() == [10, 10, 10, 10, 1]
    back = bins.column(codes, np.random.default_rng(1))
    assert np.array_equal(bins.codes(back), codes)


def test_a_combination_never_met_draws_from_all() -> None:
    table = Table.of({"a": Column.of(["x", "y"] * 200, "category"), "b": Column.of(["p", "q"] * 200, "category")})
    step = BayesianNetwork(keep=("a",))
    kept = step.train(table, np.random.default_rng(1), lambda *_: None)
    known = Table({"a": Column.of(["z"] * 500, "category")})
    assert set(kept.model.draw(500, np.random.default_rng(2), known)["b"].texts()) == {"p", "q"}


def test_households_and_hybrid_tables() -> None:
    real = families()
    new = BayesianNetwork().apply(real, run())
    relation = np.array(new["relation"].texts())
    homes = np.array(new["hid"].texts())
    heads = [int((relation[homes == h] == "head").sum()) for h in set(homes)]
    assert np.mean(np.array(heads) == 1) > 0.9
    hybrid = BayesianNetwork(keep=("village", "sex")).apply(real, run())
    assert hybrid["village"].same_cells(real["village"]).all() and hybrid.rows == real.rows


def test_columns_on_their_own_keep_no_relation() -> None:
    new = IndependentColumns().apply(workers(2000), run())
    means = [np.nanmean(new["income"].numbers[np.array(new["school"].texts()) == s]) for s in ("none", "college")]
    assert abs(means[0] / means[1] - 1) < 0.15
