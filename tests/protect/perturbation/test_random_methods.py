"""Methods that draw: what each promises of the distribution, the same seed the same cells, and nothing else touched."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.problem import Problem
from core.protect import METHODS
from core.protect.method import Method, Run
from core.protect.perturbation.add_noise import AddNoise
from core.protect.perturbation.pram import OwnMatrix, Pram
from core.protect.perturbation.rank_swap import RankSwap, pair_up
from core.protect.perturbation.round_numbers import RoundNumbers
from core.protect.perturbation.shuffle_numbers import ShuffleNumbers
from core.protect.perturbation.swap_records import SwapRecords
from core.protect.perturbation.swap_values import SwapValues
from core.protect.secrets import Secrets
from core.table import Column, Table

ROWS = 4000


def run(seed: int = 7, step: int = 1) -> Run:
    return Run(Secrets("test", seed, {}), step)


def people(rows: int = ROWS, seed: int = 1) -> Table:
    """Income rises with education; some cells are missing or suppressed; districts lie within states."""
    r = np.random.default_rng(seed)
    education = r.integers(0, 5, rows)
    income = np.round(np.exp(8 + 0.4 * education + r.normal(0, 0.5, rows)))
    spending = np.round(income * r.uniform(0.3, 0.9, rows), 2)
    income[r.random(rows) < 0.02] = np.nan
    district = r.choice(12, rows, p=np.arange(12, 0, -1) / 78)
    table = Table.of(
        {
            "education": Column.of([f"level {e}" for e in education], "category"),
            "income": Column.of_numbers(income),
            "spending": Column.of_numbers(spending),
            "state": Column.of([f"state {d // 4}" for d in district], "category"),
            "district": Column.of([f"district {d}" for d in district], "category"),
            "sex": Column.of(["f" if x else "m" for x in r.integers(0, 2, rows)], "category"),
        },
        {"education": "quasi_identifier", "sex": "quasi_identifier", "district": "quasi_identifier"},
    )
    hidden = np.arange(rows) % 97 == 0
    return table.with_columns({"income": table["income"].suppress(hidden), "district": table["district"]})


EVERY: tuple[Method, ...] = (
    RankSwap(columns=("income", "spending")),
    RoundNumbers(columns=("income",), rule="random", base=100),
    RoundNumbers(columns=("income",), rule="controlled", base=100),
    Pram(columns=("education", "sex")),
    AddNoise(columns=("income", "spending")),
    AddNoise(columns=("income", "spending"), noise={"kind": "correlated"}),
    AddNoise(columns=("income", "spending"), noise={"kind": "outliers"}),
    AddNoise(columns=("income", "spending"), noise={"kind": "multiplicative"}),
    ShuffleNumbers(columns=("income", "spending"), given=("education",)),
    SwapValues(columns=("state", "district"), alike=("sex",)),
    SwapValues(columns=("district",), who={"kind": "rare", "k": 5}),
    SwapRecords(geography=("state", "district"), keys=("education", "sex"), k=5),
)


@pytest.mark.parametrize("method", EVERY, ids=lambda m: m.method)
def test_same_seed_same_cells_and_only_named_columns_change(method: Method) -> None:
    table = people(600)
    method.check(table)
    one, two, other = (method.apply(table, run(seed)) for seed in (7, 7, 8))
    assert one.digest() == two.digest()
    assert one.digest() != other.digest()
    named = {*getattr(method, "columns", ()), *getattr(method, "geography", ())}
    for name in table.names:
        assert name in named or one[name].same_cells(table[name]).all()
        assert (one[name].missing == table[name].missing).all()
        if not isinstance(method, SwapValues | SwapRecords):
            assert (one[name].suppressed == table[name].suppressed).all()


def test_each_is_in_the_gallery() -> None:
    assert {type(m) for m in EVERY} <= set(METHODS)


# Rank swapping


@given(st.integers(1, 400), st.floats(0.5, 50), st.integers(0, 99))
@settings(deadline=None)
def test_partners_are_mutual_and_within_reach(rows: int, percent: float, seed: int) -> None:
    reach = int(percent * rows / 100)
    if reach < 1:
        return
    partner = pair_up(rows, reach, np.random.default_rng(seed))
    assert (partner[partner] == np.arange(rows)).all()
    assert (np.abs(partner - np.arange(rows)) <= reach).all()


@pytest.mark.parametrize("percent", [1, 5, 15])
def test_ranks_shift_by_at_most_the_percentage(percent: float) -> None:
    numbers = np.random.default_rng(3).permutation(ROWS).astype(float)
    table = Table.of({"x": Column.of_numbers(numbers)})
    new = RankSwap(columns=("x",), percent=percent).apply(table, run())["x"].numbers
    assert sorted(new) == sorted(numbers)
    shift = np.abs(new - numbers) / ROWS  # the numbers are their own ranks
    assert shift.max() <= percent / 100
    assert shift.max() > 0.9 * percent / 100
    assert (shift > 0).mean() > 0.95


def test_rank_swapping_keeps_the_totals_of_strata() -> None:
    table = people()
    new = RankSwap(columns=("spending",), percent=20, strata=("state",)).apply(table, run())
    for state in range(3):
        rows = table["state"].codes == state
        assert sorted(new["spending"].numbers[rows]) == sorted(table["spending"].numbers[rows])


# Rounding


def test_nearest_rounds_halves_up() -> None:
    table = Table.of({"x": Column.of(["14", "15", "-15", "0", None, "*", "20"], "number")})
    rounded = RoundNumbers(columns=("x",), base=10).apply(table, run())
    assert rounded["x"].texts() == ["10", "20", "-10", "0", None, "*", "20"]


def test_random_rounding_is_right_in_expectation() -> None:
    table = Table.of({"x": Column.of(["12"] * 20_000, "number")})
    new = RoundNumbers(columns=("x",), base=10, rule="random").apply(table, run())["x"].numbers
    assert set(new) == {10.0, 20.0}
    assert abs((new == 20).mean() - 0.2) < 5 * np.sqrt(0.16 / 20_000)


def test_controlled_rounding_keeps_totals_of_strata() -> None:
    table = people()
    method = RoundNumbers(columns=("spending",), base=1000, rule="controlled", strata=("state",))
    old, new = table["spending"].numbers, method.apply(table, run())["spending"].numbers
    assert (np.abs(new - old) < 1000).all()
    assert (new % 1000 == 0).all()
    for state in range(3):
        rows = table["state"].codes == state
        assert abs(new[rows].sum() - old[rows].sum()) < 1000 + 1e-6


# PRAM


def test_invariant_pram_keeps_frequencies_in_expectation_and_changes_the_share_it_says() -> None:
    shares = np.array([0.7, 0.2, 0.08, 0.02])
    column = Column.of(list(np.random.default_rng(2).choice(list("abcd"), 50_000, p=shares)), "category")
    table = Table.of({"x": column})
    new = Pram(columns=("x",), chances={"kind": "invariant", "share": 0.3}).apply(table, run())["x"]
    before, after = Counter(column.texts()), Counter(new.texts())
    for value, count in before.items():
        assert abs(after[value] - count) < 5 * np.sqrt(count)
    t = np.array([before[v] for v in "abcd"]) / 50_000
    expected = 0.3 * (1 - (t**2).sum())
    assert abs((~new.same_cells(column)).mean() - expected) < 5 * np.sqrt(expected / 50_000)


def test_pram_by_an_own_matrix_has_its_chances() -> None:
    chances = ((0.9, 0.1, 0.0), (0.0, 0.5, 0.5), (0.2, 0.0, 0.8))
    column = Column.of(["a"] * 10_000 + ["b"] * 10_000 + [None, "*"], "category")
    matrix = OwnMatrix(values=("a", "b", "c"), chances=chances)
    new = Pram(columns=("x",), chances=matrix).apply(Table.of({"x": column}), run())["x"].texts()
    assert new[-2:] == [None, "*"]
    for start, row in ((0, chances[0]), (10_000, chances[1])):
        counts = Counter(new[start : start + 10_000])
        for value, chance in zip("abc", row, strict=True):
            assert abs(counts[value] - 10_000 * chance) < 5 * np.sqrt(10_000 * max(chance, 1e-4))


def test_pram_refuses_what_is_no_matrix_of_chances_and_values_that_are_not_in_it() -> None:
    data = {"method": "pram", "columns": ["x"]}
    for chances in ([[0.5, 0.6], [0, 1]], [[1.2, -0.2], [0, 1]], [[1, 0]]):
        with pytest.raises(Problem):
            METHODS.build({**data, "chances": {"kind": "matrix", "values": ["a", "b"], "chances": chances}})
    method = Pram(columns=("x",), chances=OwnMatrix(values=("a", "b"), chances=((1, 0), (0, 1))))
    with pytest.raises(Problem, match="not in the matrix"):
        method.check(Table.of({"x": Column.of(["a", "c"], "category")}))


# Noise


def test_independent_noise_has_the_spread_it_says() -> None:
    x = np.random.default_rng(5).normal(100, 20, 20_000)
    table = Table.of({"x": Column.of_numbers(x)})
    noise = AddNoise(columns=("x",), noise={"kind": "independent", "amount": 0.5}).apply(table, run())["x"].numbers - x
    assert abs(noise.mean()) < 5 * 10 / np.sqrt(20_000)
    assert abs(noise.std() / (0.5 * x.std()) - 1) < 5 / np.sqrt(2 * 20_000)
    assert abs(np.corrcoef(noise, x)[0, 1]) < 5 / np.sqrt(20_000)


def test_correlated_noise_keeps_means_variances_and_correlations() -> None:
    r = np.random.default_rng(6)
    x = r.multivariate_normal([500, 80], [[400, 150], [150, 100]], 20_000)
    table = Table.of({"a": Column.of_numbers(x[:, 0]), "b": Column.of_numbers(x[:, 1])})
    new = AddNoise(columns=("a", "b"), noise={"kind": "correlated", "amount": 0.5}).apply(table, run())
    y = np.column_stack([new["a"].numbers, new["b"].numbers])
    assert np.abs(np.cov(y.T) / np.cov(x.T) - 1).max() < 0.05
    assert abs(np.corrcoef(y.T)[0, 1] - np.corrcoef(x.T)[0, 1]) < 0.02
    assert np.corrcoef(x[:, 0], y[:, 0])[0, 1] == pytest.approx(np.sqrt(1 - 0.25), abs=0.02)


def test_outliers_get_more_noise() -> None:
    x = np.random.default_rng(8).normal(1000, 1, 10_000)
    x[:200] = 1500 + np.arange(200)
    table = Table.of({"x": Column.of_numbers(x)})
    method = AddNoise(columns=("x",), noise={"kind": "outliers", "amount": 0.1, "factor": 10})
    moved = np.abs(method.apply(table, run())["x"].numbers - x)
    assert moved[:200].mean() > 7 * moved[200:].mean()


def test_noise_keeps_signs_and_decimals() -> None:
    table = Table.of({"x": Column.of([str(i) for i in range(500)], "number"),
                      "y": Column.of([f"{i}.50" for i in range(-250, 250)], "number")})
    new = AddNoise(columns=("x", "y"), noise={"kind": "independent", "amount": 1}).apply(table, run())
    assert new["x"].numbers.min() >= 0
    assert all("." not in (t or "") for t in new["x"].texts())
    assert all(len((t or "").partition(".")[2]) <= 2 for t in new["y"].texts())
    assert new["y"].numbers.min() < 0


def test_numbers_hidden_in_text_are_not_released_unchanged() -> None:
    table = Table.of({"x": Column.of(["1", "about 7"], "number")})
    for method in (AddNoise(columns=("x",)), RankSwap(columns=("x",)), RoundNumbers(columns=("x",))):
        with pytest.raises(Problem, match="no numbers"):
            method.check(table)


# Shuffling


def test_shuffling_keeps_the_numbers_and_their_relation_to_the_given_columns() -> None:
    table = people()
    new = ShuffleNumbers(columns=("income", "spending"), given=("education",)).apply(table, run())
    level = np.array([int((t or "0")[-1]) for t in table["education"].texts()])
    whole = np.isfinite(table["income"].numbers)
    for name in ("income", "spending"):
        old, moved = table[name].numbers[whole], new[name].numbers[whole]
        assert sorted(old) == sorted(moved)
        was = np.corrcoef(np.argsort(np.argsort(old)), level[whole])[0, 1]
        now = np.corrcoef(np.argsort(np.argsort(moved)), level[whole])[0, 1]
        assert abs(was - now) < 0.06
    # Given education, the released number says nothing of the row's own.
    for e in range(5):
        rows = whole & (level == e)
        r = np.corrcoef(table["income"].numbers[rows], new["income"].numbers[rows])[0, 1]
        assert abs(r) < 5 / np.sqrt(rows.sum())


# Swapping


def test_swapped_values_keep_their_counts_and_their_relation_to_what_partners_share() -> None:
    table = people()
    method = SwapValues(columns=("state", "district"), who={"kind": "any", "share": 0.3}, alike=("sex",))
    new = method.apply(table, run())
    def pairs(t: Table) -> Counter[tuple[str | None, ...]]:
        return Counter(zip(t["state"].texts(), t["district"].texts(), t["sex"].texts(), strict=True))
    assert pairs(new) == pairs(table)
    changed = (~new["district"].same_cells(table["district"])).mean()
    assert 0.2 < changed <= 0.31


def test_rare_rows_are_the_ones_swapped() -> None:
    table = people(800)
    from core.risk.kernel import class_sizes

    keys = ("education", "sex", "district")
    rare = class_sizes([table[n] for n in keys]).fk < 4
    new = SwapValues(columns=("district",), who={"kind": "rare", "keys": keys, "k": 4}).apply(table, run())
    changed = ~new["district"].same_cells(table["district"])
    assert 0 < rare.sum() < 400
    assert changed[rare].all()
    assert changed.sum() <= 2 * rare.sum()


def households(rows: int = 3000) -> Table:
    base = people(rows, seed=4)
    household = np.arange(rows) // 3
    first = household * 3
    return base.with_columns({
        "household": Column.of([str(h) for h in household], "code"),
        "state": base["state"].take(first), "district": base["district"].take(first),
    }).with_roles({"household": "household"})


def test_households_move_as_one_and_areas_keep_their_number_of_households() -> None:
    table = households()
    method = SwapRecords(geography=("state", "district"), keys=("education", "sex"), k=4, share=0.1)
    method.check(table)
    new = method.apply(table, run())
    for household in range(1000):
        rows = slice(3 * household, 3 * household + 3)
        assert len(set(zip(new["state"].texts()[rows], new["district"].texts()[rows], strict=True))) == 1
    where = [list(zip(t["state"].texts(), t["district"].texts(), strict=True))[::3] for t in (table, new)]
    assert Counter(where[0]) == Counter(where[1])
    moved = np.array([a != b for a, b in zip(*where, strict=True)])
    districts = np.array([d for _, d in where[0]])
    for district in set(districts):
        assert moved[districts == district].mean() >= 0.04


def test_households_at_risk_are_swapped() -> None:
    table = households()
    from core.risk.kernel import class_sizes

    method = SwapRecords(geography=("district",), keys=("education", "sex"), k=8, share=0)
    risky = class_sizes([table[n] for n in ("education", "sex", "district")]).fk < 8
    at_risk = np.unique(np.arange(3000)[risky] // 3)
    moved = ~method.apply(table, run())["district"].same_cells(table["district"])
    assert len(at_risk)
    assert moved[at_risk * 3].all()


def test_geography_that_differs_within_a_household_is_refused() -> None:
    table = households(30)
    cells = table["district"].texts()
    cells[1] = "elsewhere"
    with pytest.raises(Problem, match="differs within"):
        SwapRecords(geography=("district",), keys=("sex",)).check(
            table.with_columns({"district": Column.of(cells, "category")})
        )
