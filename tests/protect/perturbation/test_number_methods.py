"""Bands, caps and averages of numbers."""

from __future__ import annotations

import csv

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.problem import Problem
from core.protect.perturbation.microaggregate import Microaggregate, exchanged, grouped
from core.protect.recoding.band_number import BandNumber
from core.protect.recoding.top_bottom import TopBottom
from core.table import Column, Table
from tests.protect.protecting import read, run
from tests.shared import shared


def numbers(cells, weight=None) -> Table:
    table = Table.of({"x": Column.of(cells, "number")})
    if weight is None:
        return table
    return table.with_columns({"w": Column.of(weight, "number")}).with_roles({"w": "weight"})


def test_bands():
    out = BandNumber(columns=("x",), width=10).apply(numbers(["37", "40", "-1", None, "*"]), run())
    assert out["x"].texts() == ["30-39", "40-49", "-10 to -1", None, "*"]
    out = BandNumber(columns=("x",), cuts=(18, 60)).apply(numbers(["17.5", "18", "60"]), run())
    assert out["x"].texts() == ["below 18", "18 to under 60", "60 or more"]


def test_text_among_numbers_is_refused_without_naming_it():
    with pytest.raises(Problem, match="1 different texts") as caught:
        BandNumber(columns=("x",)).check(numbers(["1", "Asha"]))
    assert "Asha" not in str(caught.value)


def test_the_lowest_number_is_in_a_band():
    """sdcMicro's globalRecode makes 98 ages of 0 missing on testdata."""
    table = read("data/sdcmicro/testdata.csv", numbers=("age",))
    out = BandNumber(columns=("age",), width=10).apply(table, run())
    assert not out["age"].missing.any()
    assert out["age"].texts().count("0-9") == sum(0 <= n < 10 for n in table["age"].numbers)


def test_top_coding_with_the_mean_keeps_the_total():
    cells = [str(n) for n in range(1, 101)]
    out = TopBottom(columns=("x",), top=90, replace_by="mean").apply(numbers(cells), run())
    assert out["x"].numbers.sum() == pytest.approx(5050)
    assert out["x"].numbers.max() == pytest.approx(95.5)
    assert out["x"].texts()[:90] == cells[:90]


def test_weighted_top_coding_keeps_the_weighted_total():
    r = np.random.default_rng(2)
    table = numbers([str(n) for n in r.integers(0, 1000, 200)], [str(n) for n in r.integers(1, 9, 200)])
    out = TopBottom(columns=("x",), top=95, bottom=5).apply(table, run())
    w = table["w"].numbers
    assert out["x"].numbers @ w == pytest.approx(table["x"].numbers @ w)


def test_a_single_extreme_is_not_its_own_mean():
    cells = ["1", "2", "3", "4", "1000"]
    out = TopBottom(columns=("x",), limit="value", top=500, least=3).apply(numbers(cells), run())
    assert out["x"].texts()[:2] == ["1", "2"]
    assert len(set(out["x"].texts()[2:])) == 1
    out = TopBottom(columns=("x",), limit="value", top=None, bottom=1.5, least=2).apply(numbers(cells), run())
    assert out["x"].texts() == ["1.5", "1.5", "3", "4", "1000"]


def test_caps_by_value_label_median_and_fence():
    cells = ["1", "2", "70", "80", "90", None, "*"]
    out = TopBottom(columns=("x",), limit="value", top=65, replace_by="label").apply(numbers(cells), run())
    assert out["x"].texts() == ["1", "2", "65 or more", "65 or more", "65 or more", None, "*"]
    out = TopBottom(columns=("x",), limit="value", top=65, replace_by="median").apply(numbers(cells), run())
    assert out["x"].texts() == ["1", "2", "80", "80", "80", None, "*"]
    many = [str(n) for n in range(20)] + ["1000", "2000", "3000"]
    out = TopBottom(columns=("x",), limit="tukey", replace_by="limit").apply(numbers(many), run())
    assert out["x"].numbers.max() < 60
    assert out["x"].texts()[:20] == many[:20]


@pytest.mark.parametrize("wrong", [dict(top=None), dict(top=100), dict(limit="value", bottom=5, top=5)])
def test_limits_that_cannot_be(wrong):
    from core.declare import build

    with pytest.raises(Problem):
        build(TopBottom, {"columns": ["x"], **wrong})


def test_testdata_top_coding_changes_the_rows_sdcmicro_changes():
    table = read("data/sdcmicro/testdata.csv", numbers=("age",))
    out = TopBottom(columns=("age",), limit="value", top=65, replace_by="limit").apply(table, run())
    changed = ~out["age"].same_cells(table["age"])
    # sdcMicro replaced by 70, so the 70-year-olds do not count as changed there.
    assert (changed & (table["age"].numbers != 70)).sum() == 109


@pytest.mark.parametrize(("name", "columns", "k"), [
    ("CASC", None, 3), ("CASC", None, 10), ("testdata", ("expend", "income", "savings"), 3),
    ("testdata", ("expend", "income", "savings"), 10),
])
def test_mdav_makes_sdcmicros_groups(name, columns, k):
    place = "CASCrefmicrodata" if name == "CASC" else name
    table = read(f"data/sdcmicro/{place}.csv")
    columns = columns or tuple(n for n in table.names if n != "AFNLWGT")
    table = Table.of({n: table[n].with_kind("number") for n in columns})
    out = Microaggregate(columns=columns, k=k, decimals=9).apply(table, run())
    with shared(f"oracle/sdcmicro/mdav_{name}_k{k}.csv").open() as source:
        rows = list(csv.DictReader(source))
    same = np.ones(table.rows, bool)
    ours = peers = 0.0
    for n in columns:
        peer, x = np.array([float(row[n]) for row in rows]), table[n].numbers
        same &= np.isclose(out[n].numbers, peer, rtol=1e-9, atol=1e-6)
        ours += (((out[n].numbers - x) / x.std()) ** 2).sum()
        peers += (((peer - x) / x.std()) ** 2).sum()
    assert same.mean() >= 0.997
    assert ours == pytest.approx(peers, rel=1e-3)


@settings(max_examples=40, deadline=None)
@given(st.integers(2, 5), st.lists(st.tuples(*[st.one_of(st.none(), st.integers(-9, 9).map(str))] * 2,
                                             st.sampled_from("ab")), min_size=5, max_size=60))
@pytest.mark.parametrize("how", [{}, {"search": "neighbours"}, {"together": "columns"}], ids=str)
def test_every_mean_is_shared_by_k_rows_and_totals_stay(how, k, rows):
    x, y, z = zip(*rows, strict=True)
    table = Table.of({"x": Column.of(x, "number"), "y": Column.of(y, "number"), "z": Column.of(z)})
    step = Microaggregate(columns=("x", "y"), k=k, within=("z",), decimals=10, **how)
    step.check(table)
    out = step.apply(table, run())
    assert all(claim.holds(out) for claim in step.claims(table))
    for name in ("x", "y"):
        kept = ~out[name].suppressed
        assert (out[name].missing == table[name].missing).all()
        assert np.nansum(out[name].numbers[kept]) == pytest.approx(np.nansum(table[name].numbers[kept]), abs=1e-6)


def test_microaggregation_keeps_weighted_totals():
    r = np.random.default_rng(4)
    table = numbers([str(n) for n in r.integers(0, 10**6, 300)], [str(n) for n in r.integers(1, 50, 300)])
    out = Microaggregate(columns=("x",), k=4, decimals=8).apply(table, run())
    w = table["w"].numbers
    assert out["x"].numbers @ w == pytest.approx(table["x"].numbers @ w, rel=1e-9)


def test_groups_hold_k_to_under_two_k_rows():
    sizes = np.bincount(grouped(np.random.default_rng(5).normal(size=(1001, 3)), 4))
    assert sizes.min() >= 4
    assert sizes.max() < 8


def squared_error(points, group) -> float:
    means = np.stack([np.bincount(group, x) / np.bincount(group) for x in points.T], axis=1)
    return float(((points - means[group]) ** 2).sum())


@pytest.mark.parametrize("k", [3, 10])
def test_neighbours_lose_less_than_mdav(k):
    points = np.exp(np.random.default_rng(6).normal(size=(6000, 4)))
    points = (points - points.mean(axis=0)) / points.std(axis=0)
    group = exchanged(points, k)
    sizes = np.bincount(group)
    assert sizes.min() >= k
    assert sizes.max() < 2 * k
    assert squared_error(points, group) < squared_error(points, grouped(points, k, "mdav"))


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(0, 50), min_size=4, max_size=11))
def test_one_column_is_grouped_optimally(values):
    points = np.array(values, float)[:, None]
    order, n = np.argsort(points[:, 0], kind="stable"), len(values)
    best = np.inf
    for cuts in range(2 ** (n - 1)):  # every way to cut the sorted values into runs of at least 2
        ends = [i + 1 for i in range(n - 1) if cuts >> i & 1] + [n]
        runs = np.split(points[order, 0], ends[:-1])
        if min(map(len, runs)) >= 2:
            best = min(best, sum(((r - r.mean()) ** 2).sum() for r in runs))
    group = grouped(points, 2)
    assert np.bincount(group).min() >= 2
    assert squared_error(points, group) == pytest.approx(best, abs=1e-9)
