"""V-MDAV, mixed data, unusual combinations, controlled rounding of tables, settings by column and by strata."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.problem import Problem
from core.protect import METHODS
from core.protect.perturbation.controlled_rounding import rounded_table
from core.protect.perturbation.microaggregate import grouped, grouped_mixed
from core.protect.recoding.cap_together import CapTogether
from core.table import Column, Table
from tests.protect.protecting import read, run

NUMBERS = ("expend", "income", "savings")


def survey() -> Table:
    return read("data/sdcmicro/testdata.csv", numbers=(*NUMBERS, "age"))


def error(points, group) -> float:
    return sum(((points[group == g] - points[group == g].mean(axis=0)) ** 2).sum() for g in np.unique(group))


@settings(max_examples=40, deadline=None)
@given(st.integers(2, 4), st.lists(st.tuples(*[st.integers(-50, 50)] * 2), min_size=4, max_size=50),
       st.sampled_from([0.2, 1.1]))
def test_v_mdav_groups_hold_k_rows(k, points, gain):
    group = grouped(np.array(points, float), k, "v_mdav", gain)
    sizes = np.bincount(group)
    assert sizes.min() >= k
    # Fewer than k rows that are left over at the end may join a full group.
    assert sizes.max() <= 2 * k - 1 + k - 1


def test_v_mdav_lets_a_group_grow_where_rows_lie_together():
    clusters = np.concatenate([c + np.random.default_rng(1).normal(0, 0.01, (n, 2)) for c, n in
                               (([0, 0], 4), ([10, 0], 5), ([0, 10], 3), ([10, 10], 5))])
    group = grouped(clusters, 3, "v_mdav", 1.1)
    truth = np.repeat(np.arange(4), [4, 5, 3, 5])
    assert len(set(zip(group.tolist(), truth.tolist(), strict=True))) == 4
    assert error(clusters, group) < error(clusters, grouped(clusters, 3, "mdav")) / 100


@settings(max_examples=40, deadline=None)
@given(st.integers(2, 4), st.lists(st.tuples(st.integers(0, 90), st.sampled_from("ab"),
                                             st.sampled_from(["x", "y", None])), min_size=4, max_size=40))
def test_k_rows_share_numbers_and_categories(k, rows):
    age, p, q = zip(*rows, strict=True)
    table = Table.of({"age": Column.of_numbers(age), "p": Column.of(p), "q": Column.of(q)})
    step = METHODS.build({"method": "microaggregate", "columns": ["age"], "categories": ["p", "q"], "k": k})
    step.check(table)
    out = step.apply(table, run())
    blank = out["age"].suppressed  # rows with too few others that have the same categories missing
    assert min(Counter(zip(*(out.take(~blank)[n].texts() for n in ("age", "p", "q")), strict=True)).values(),
               default=k) >= k
    assert np.nansum(out["age"].numbers) == pytest.approx(np.sum(np.array(age)[~blank]), abs=0.01 * len(rows))
    assert all(c.holds(out) for c in step.claims(table))


def test_mixed_groups_are_nearer_by_gowers_distance_than_numbers_alone():
    table = survey().take(np.arange(600))
    numbers = np.stack([table[n].numbers for n in NUMBERS], axis=1)
    codes = np.stack([table[n].codes for n in ("roof", "walls", "sex")], axis=1)
    reach = np.ptp(numbers, axis=0)

    def gower(group) -> float:
        total = 0.0
        for g in np.unique(group):
            x, c = numbers[group == g] / reach, codes[group == g]
            total += np.abs(x - x.mean(axis=0)).sum()
            total += sum(len(col) - np.bincount(col).max() for col in c.T)
        return total

    mixed = grouped_mixed(numbers, codes, 3)
    assert np.bincount(mixed).min() >= 3
    assert gower(mixed) < gower(grouped(numbers, 3))


def test_the_most_frequent_category_is_taken():
    table = Table.of({"x": Column.of_numbers([1, 1, 1, 50, 50, 50, 60, 60, 60]),
                      "c": Column.of(["a", "b", "a", "b", "a", "b", None, None, None])})
    out = METHODS.build({"method": "microaggregate", "columns": ["x"], "categories": ["c"], "k": 3}
                        ).apply(table, run())
    assert out["c"].texts() == ["a", "a", "a", "b", "b", "b", None, None, None]


def test_a_category_never_becomes_missing_because_most_of_its_group_are():
    table = Table.of({"x": Column.of_numbers([1, 1, 1, 50, 50, 50]), "c": Column.of(["a", "b", "a", "b", None, None])})
    step = METHODS.build({"method": "microaggregate", "columns": ["x"], "categories": ["c"], "k": 3})
    out = step.apply(table, run())
    assert out["c"].texts()[:4] == ["a", "a", "a", "a"]
    assert out["c"].texts()[4:] == ["*", "*"]
    assert all(c.holds(out) for c in step.claims(table))


def joint(rows=600) -> Table:
    r = np.random.default_rng(4)
    x = r.normal(100, 10, rows)
    y = x + r.normal(0, 2, rows)
    x[:5], y[:5] = 120, 80  # each number is ordinary; together they are not
    return Table.of({"x": Column.of_numbers(np.round(x, 3)), "y": Column.of_numbers(np.round(y, 3)),
                     "z": Column.of(["a", "b"] * (rows // 2))})


def test_unusual_combinations_are_pulled_to_the_border_and_the_rest_stays():
    table, noted = joint(), run()
    step = CapTogether(columns=("x", "y"), percent=99.9)
    step.check(table)
    out = step.apply(table, noted)
    old, new = (np.stack([t[n].numbers for n in "xy"], axis=1) for t in (table, out))
    moved = (old != new).any(axis=1)
    assert moved[:5].all()
    assert moved[5:].mean() < 0.02
    assert noted.notes == [f"Rows beyond the border that were moved: {moved.sum()} of 600."]
    # On a straight line to the middle, no farther than the border (chi-square, .999, 2 degrees: 13.8), judged by the
    # ordinary rows.
    middle, inverse = old[5:].mean(axis=0), np.linalg.inv(np.cov(old[5:], rowvar=False))
    far = np.einsum("ij,jk,ik->i", new - middle, inverse, new - middle)
    assert far[:5].max() < 13.8 * 1.3
    assert np.einsum("ij,jk,ik->i", old - middle, inverse, old - middle)[:5].min() > 100
    assert step.apply(table, run()).digest() == out.digest()


def test_columns_that_repeat_each_other_are_refused():
    table = joint()
    with pytest.raises(Problem, match="depend on each other"):
        CapTogether(columns=("x", "w")).check(table.with_columns({"w": table["x"]}))
    with pytest.raises(Problem, match="depend on each other"):
        CapTogether(columns=("x", "w")).check(
            table.with_columns({"w": Column.of_numbers(np.where(np.arange(600) < 500, 0, 7))}))


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 5), st.integers(1, 5), st.integers(0, 2**31))
def test_every_total_of_a_rounded_table_is_a_neighbour(rows, columns, seed):
    r = np.random.default_rng(seed)
    sums = np.round(r.random((rows, columns)) * 5, 1)
    out = rounded_table(sums, r)
    for before, after in ((sums, out), (sums.sum(0), out.sum(0)), (sums.sum(1), out.sum(1)), (sums.sum(), out.sum())):
        assert (np.abs(after - before) < 1 - 1e-9).all()


def test_rounded_tables_are_right_in_expectation():
    """1,500 draws: the mean of each total is within 4.5 standard errors (0.5 / sqrt(1500)); flakes never, seeded."""
    r = np.random.default_rng(9)
    sums = np.round(r.random((4, 3)) * 3, 2)
    total = sum(rounded_table(sums, r) for _ in range(1500)) / 1500
    assert np.abs(total - sums).max() < 4.5 * 0.5 / np.sqrt(1500)
    assert np.abs(total.sum(axis=1) - sums.sum(axis=1)).max() < 4.5 * 0.5 / np.sqrt(1500)


def test_controlled_rounding_keeps_the_totals_of_the_table_chosen():
    table = survey()
    step = METHODS.build({"method": "round_numbers", "columns": ["income"], "base": 1000, "rule": "controlled",
                          "strata": ["roof", "sex", "urbrur"]})
    step.check(table)
    out = step.apply(table, run())
    old, new = table["income"].numbers, out["income"].numbers
    assert (np.abs(new - old) < 1000).all()
    assert (np.mod(new, 1000) == 0).all()
    exact = np.mod(old, 1000) == 0
    assert (new[exact] == old[exact]).all()
    keys = [np.array(table[n].texts()) for n in ("roof", "sex", "urbrur")]
    others = np.char.add(keys[1], keys[2])
    for group in (np.zeros(len(old)), keys[0], others, np.char.add(keys[0], others)):
        for g in np.unique(group):
            assert abs(new[group == g].sum() - old[group == g].sum()) < 1000


def test_each_column_may_have_a_setting_of_its_own():
    table = survey()
    out = METHODS.build({"method": "round_numbers", "columns": ["income", "expend"], "base": 10,
                         "bases": {"income": 10000}}).apply(table, run())
    assert (np.mod(out["income"].numbers, 10000) == 0).all()
    assert np.mod(out["expend"].numbers, 10000).any()
    out = METHODS.build({"method": "band_number", "columns": ["age", "income"], "cuts": [18, 60],
                         "widths": {"income": 1e6}}).apply(table, run())
    assert len(out["age"].values) == 3
    assert len(out["income"].values) > 50
    noisy = METHODS.build({"method": "add_noise", "columns": ["income", "expend"], "amounts": {"income": 2}})
    out = noisy.apply(table, run())
    spread = [np.std(out[n].numbers - table[n].numbers) / np.std(table[n].numbers) for n in ("income", "expend")]
    assert spread[0] > 5 * spread[1]
    swapped = METHODS.build({"method": "rank_swap", "columns": ["income", "expend"], "percent": 30,
                             "percents": {"income": 1}}).apply(table, run())
    shift = {n: np.abs(np.argsort(np.argsort(swapped[n].numbers)) - np.argsort(np.argsort(table[n].numbers))).max()
             for n in ("income", "expend")}
    assert shift["expend"] > 5 * shift["income"]
    capped = METHODS.build({"method": "top_bottom", "columns": ["income", "expend"], "tops": {"income": 60},
                            "replace_by": "limit"}).apply(table, run())
    assert capped["income"].numbers.max() < np.quantile(table["income"].numbers, 0.65)
    assert capped["expend"].numbers.max() > np.quantile(table["expend"].numbers, 0.95)


@pytest.mark.parametrize("plain", [
    {"method": "add_noise", "columns": ["income"], "amounts": {"expend": 1}},
    {"method": "add_noise", "columns": ["income"], "amounts": {"income": 0}},
    {"method": "rank_swap", "columns": ["income"], "percents": {"income": 101}},
    {"method": "top_bottom", "columns": ["income"], "tops": {"income": 100.5}},
    {"method": "add_noise", "columns": ["income"], "noise": {"kind": "correlated"}, "amounts": {"income": 0.5}},
])
def test_settings_of_their_own_that_do_not_fit_are_refused(plain):
    with pytest.raises(Problem):
        METHODS.build(plain).check(survey())


def test_strata_keep_their_own_totals():
    table = survey()
    for plain in ({"method": "top_bottom", "columns": ["income"], "top": 90, "strata": ["urbrur"]},
                  {"method": "shuffle_numbers", "columns": ["income"], "given": ["age"], "strata": ["urbrur"]}):
        out = METHODS.build(plain).apply(table, run())
        assert not out["income"].same_cells(table["income"]).all()
        for part in table["urbrur"].values.to_pylist():
            rows = np.array(table["urbrur"].texts()) == part
            assert out["income"].numbers[rows].sum() == pytest.approx(table["income"].numbers[rows].sum())
