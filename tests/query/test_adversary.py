"""Somebody tries to learn for nothing, or to spend more than there is."""

from __future__ import annotations

import datetime
import multiprocessing
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from core.declare import build
from core.problem import Problem
from core.query import QUERIES
from core.query.ask import ask, open_budget, price
from core.query.digest import digest
from core.query.ground import Bounds, Categories, Ground
from core.query.noise import release
from core.store import Actor, Store, StoreSettings, open_store
from core.table import Table
from core.table.column import Column
from core.table.reading import read
from tests.query.conftest import ground, people

ASHA = Actor("asha", "health")


@pytest.mark.parametrize("epsilon", [1e-6, 1.0000000000000009e-4, 0.1, 0.3 - 1e-13])
def test_what_is_charged_is_never_less_than_the_noise_is_drawn_for(store: Store, epsilon: float) -> None:
    budget = open_budget(store, ASHA, "b", people(60), ground(), 1.0)
    question = QUERIES.build({"query": "count", "epsilon": epsilon})
    ask(store, ASHA, budget, people(60), question)
    spent = store.budget(ASHA, "b").spent
    assert spent >= price(question, budget).spend.amount
    assert spent == pytest.approx(epsilon, abs=1.1e-12)


def test_so_small_a_price_that_it_rounds_to_nothing_is_charged_a_whole_unit(store: Store) -> None:
    budget = open_budget(store, ASHA, "b", people(60), ground(), 1.0)
    store.charge(ASHA, budget.id, {"query": "count"}, epsilon=1e-15, price=1e-15)
    assert store.budget(ASHA, "b").spent == 1e-12


@pytest.mark.parametrize("epsilon", [1e-7, 0, -1, float("nan"), float("inf"), 1e300])
def test_an_epsilon_that_buys_nothing_or_everything_is_no_question(epsilon: float) -> None:
    with pytest.raises(Problem):
        QUERIES.build({"query": "count", "epsilon": epsilon})


def test_a_price_below_the_ledgers_unit_is_refused_before_it_is_charged(store: Store) -> None:
    budget = open_budget(store, ASHA, "b", people(60), ground(), 1.0, delta=1e-15)
    with pytest.raises(Problem, match="this small"):
        ask(store, ASHA, budget, people(60), QUERIES.build({"query": "count", "epsilon": 2e-6}))
    assert store.budget(ASHA, "b").spent == 0


def test_noise_too_large_to_be_drawn_is_refused_before_it_is_charged(store: Store) -> None:
    settled = ground(unit={"kind": "household", "column": "household", "most": 1000}, size_public=True)
    budget = open_budget(store, ASHA, "b", people(60), settled, 1.0)
    with pytest.raises(Problem, match="So small a price"):
        ask(store, ASHA, budget, people(60), QUERIES.build({"query": "sum", "column": "income", "epsilon": 1e-6}))
    assert store.budget(ASHA, "b").spent == 0


@pytest.mark.parametrize(("low", "high"), [
    (0, 1e300), (-1e307, 1e307), (0, 5e-324), (0, 1e-12), (1e15 - 1, 1e15), (float("-inf"), 0), (0, float("nan")),
])
def test_bounds_whose_sums_are_not_exact_are_refused(low: float, high: float) -> None:
    with pytest.raises(Problem, match=r"bounds and cuts rise|Bounds lie between|number"):
        build(Ground, {"known": {"income": {"kind": "bounds", "low": low, "high": high}}})


@pytest.mark.parametrize(("low", "high"), [(-1e15, 1e15), (0, 1e-9), (1e14, 1.00001e14)])
def test_the_widest_and_the_narrowest_bounds_are_answered(store: Store, low: float, high: float) -> None:
    known = {**ground().known, "income": Bounds(low=low, high=high)}
    budget = open_budget(store, ASHA, "b", people(60), Ground(known=known), 100)
    for name in ("sum", "mean", "spread", "quantile", "histogram"):
        found = ask(store, ASHA, budget, people(60), QUERIES.build({"query": name, "column": "income", "epsilon": 5}))
        labels = [tuple(line[b] for b in found.answer["by"]) for line in found.answer["lines"]]
        assert len(set(labels)) == len(labels)


ODD = ["inf", "-inf", "nan", "NaN", "1e400", "-1e400", "1e308", "∞", "", "*", "12", None]


@pytest.mark.parametrize("plain", [
    {"query": name, "column": "income", "by": by} for name in ("sum", "mean", "spread", "quantile", "histogram")
    for by in ([], ["district"])
] + [{"query": "find_bounds", "column": "income"}, {"query": "correlation", "first": "income", "second": "age"}],
    ids=lambda p: p["query"] + ("-by" if p.get("by") else ""))  # fmt: skip
def test_odd_cells_move_an_answer_by_no_more_than_any_cell(plain: dict, monkeypatch: pytest.MonkeyPatch) -> None:
    """One row of whatever an attacker writes, more or less: every sum that gets noise moves by its bound at most."""
    from core.query import keys, noise, query
    from core.query.ask import answered
    from core.query.ask import plain as by_cell

    seen: list[tuple[np.ndarray, int]] = []

    def exact(numbers: np.ndarray, sensitivity: int, spend: noise.Spend) -> tuple[np.ndarray, noise.Noise]:
        seen.append((numbers.copy(), sensitivity))
        return release(numbers, sensitivity, spend)

    monkeypatch.setattr(query, "release", exact)
    monkeypatch.setattr(keys, "release", exact)
    question, settled = QUERIES.build({**plain, "epsilon": 5}), ground()
    table = people(24)

    def sums(kept: Table) -> list[tuple[np.ndarray, int]]:
        seen.clear()
        answered(question, by_cell(kept, settled), settled, price_of(question))
        return list(seen)

    whole = sums(table)
    for odd in ODD:
        more = {n: Column.of([*c.texts(), {"income": odd, "district": "A", "age": "30"}.get(n, "x")], c.kind)
                for n, c in table.columns.items()}
        for (before, bound), (after, _) in zip(whole, sums(Table.of(more)), strict=True):
            assert np.abs(after - before).sum() <= bound


def price_of(question: object) -> object:
    from core.query.ask import Price

    return Price(question.epsilon, "pure", question.epsilon, 0.0)  # type: ignore[attr-defined]


@pytest.mark.parametrize("plain", [
    {"query": "count", "by": ["district", "district"]},
    {"query": "histogram", "column": "age", "by": ["age"]},
    {"query": "contrast", "of": "count", "between": "district", "first": "A", "second": "B", "by": ["district"]},
    {"query": "quantile", "column": "age", "shares": [0.5, 0.5]},
    {"query": "quantile", "column": "age", "shares": [0.0004]},
    {"query": "quantile", "column": "age", "shares": [0.9999]},
])  # fmt: skip
def test_a_question_that_says_two_things_at_once_is_refused(store: Store, plain: dict) -> None:
    budget = open_budget(store, ASHA, "b", people(60), ground(), 1.0)
    with pytest.raises(Problem, match=r"twice|0\.001"):
        ask(store, ASHA, budget, people(60), QUERIES.build(plain))
    assert store.budget(ASHA, "b").spent == 0


@pytest.mark.parametrize("where", [
    {"test": "one_of", "column": "district", "values": ["nobody has this"]},
    {"test": "one_of", "column": "id", "values": ["p7"]},
    {"test": "dates", "column": "district", "first": "2020-01-01"},
    {"test": "number", "column": "id", "compare": "more_than", "value": 3},
])  # fmt: skip
def test_a_condition_is_neither_refused_nor_cheaper_for_what_the_table_holds(store: Store, where: dict) -> None:
    question = QUERIES.build({"query": "count", "where": [where], "epsilon": 0.25})
    for name, table in (("b", people(60)), ("c", people(60).take(np.arange(0, 60, 7)))):
        budget = open_budget(store, ASHA, name, table, ground(), 1.0)
        assert len(ask(store, ASHA, budget, table, question).answer["lines"]) == 1
        assert store.budget(ASHA, name).spent == 0.25


def test_how_many_lines_come_back_depends_on_what_is_public_alone(store: Store) -> None:
    full, bare = people(60), people(60).take(np.arange(0, 60, 2))  # nobody of district B is left
    for plain in ({"query": "count", "by": ["district"]}, {"query": "top_values", "column": "district"},
                  {"query": "mean", "column": "income", "by": ["district", "age"]}):
        question = QUERIES.build({**plain, "epsilon": 0.2})
        lines = []
        for name, table in (("f", full), ("g", bare)):
            budget = open_budget(store, ASHA, name + plain["query"] + str(len(plain)), table, ground(), 1.0) \
                if store.budget_of_table(ASHA, digest(table)) is None else store.budget_of_table(ASHA, digest(table))
            lines.append(len(ask(store, ASHA, budget, table, question).answer["lines"]))
        assert lines[0] == lines[1]


def test_the_same_rows_in_any_format_meet_the_same_ledger(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    born = pd.date_range("1950-01-03", periods=40, freq="123D")
    frame = pd.DataFrame({
        "code": [f"{i:05d}" for i in range(40)], "age": rng.integers(0, 90, 40),
        "income": np.round(rng.lognormal(9, 1, 40), 2), "born": born.strftime("%Y-%m-%d"),
        "district": rng.choice(["पुणे", "Nashik"], 40), "note": [None if i % 7 == 0 else "ok" for i in range(40)],
    })  # fmt: skip
    dated = frame.assign(born=born)
    frame.to_csv(tmp_path / "a.csv", index=False)
    frame.sample(frac=1, random_state=1)[frame.columns[::-1]].to_csv(tmp_path / "other name.csv", index=False)
    frame.to_csv(tmp_path / "german.csv", index=False, sep=";", decimal=",", encoding="utf-16")
    frame.assign(born=born.strftime("%d/%m/%Y"), age=frame.age.astype(float)).to_csv(tmp_path / "days.csv", index=False)
    dated.to_excel(tmp_path / "a.xlsx", index=False)
    dated.to_parquet(tmp_path / "a.parquet")
    dated.to_stata(tmp_path / "a.dta", write_index=False, version=118)
    frame.to_json(tmp_path / "a.jsonl", orient="records", lines=True, force_ascii=False)
    found = {path.name: digest(read(path).required()) for path in tmp_path.iterdir()}
    assert len(found) == 8 and len(set(found.values())) == 1


def _asks(folder: str, key: str, number: int) -> int:
    with_store = open_store(StoreSettings(Path(folder), Path(key)))
    from core.query.dashboard import Plan, answer_all

    budget, paid = with_store.budget(ASHA, "b"), 0
    plan = Plan.from_data({"title": "t", "group_size": 100 + number, "tiles": [
        {"heading": "a", "query": {"query": "count"}},
        {"heading": "b", "query": {"query": "count", "by": ["district"]}},
        {"heading": "c", "query": {"query": "mean", "column": "income", "fewest": number + 1}}]})
    try:
        answer_all(with_store, ASHA, budget, people(60), plan, 0.4)
        paid = 1
    except Problem:
        pass
    with_store.close()
    return paid


def test_dashboards_at_once_never_spend_more_than_there_is(store: Store) -> None:
    open_budget(store, ASHA, "b", people(60), ground(), 1.0)
    settings = store.settings
    with multiprocessing.get_context("spawn").Pool(3) as pool:
        done = pool.starmap(_asks, [(str(settings.data), str(settings.master_key_file), n) for n in range(5)])
    budget = store.budget(ASHA, "b")
    assert budget.spent <= 1.0 and sum(done) >= 2
    assert budget.spent == pytest.approx(sum(c.price for c in store.charges(ASHA, "b")), abs=1e-9)


def test_a_clock_that_goes_back_renews_nothing(store: Store) -> None:
    budget = open_budget(store, ASHA, "b", people(60), ground(), 1.0, renews="month")
    ask(store, ASHA, budget, people(60), QUERIES.build({"query": "count", "epsilon": 1.0}))
    now = store.clock()
    store.clock = lambda: now - datetime.timedelta(days=400)
    with pytest.raises(Problem, match="0 is left"):
        ask(store, ASHA, budget, people(60), QUERIES.build({"query": "count", "epsilon": 0.1}), again=True)


def test_groups_of_large_numbers_have_names_of_their_own() -> None:
    known = Bounds(low=0, high=2_000_001, cuts=(1_234_567, 1_234_568))
    labels = Ground(known={"x": known}).labels("x")
    assert labels == ("0 to below 1234567", "1234567 to below 1234568", "1234568 to 2000001")
    fine = Bounds(low=0, high=1, cuts=(0.12345678, 0.12345679))
    assert len(set(Ground(known={"x": fine}).labels("x"))) == 3
    assert Ground(known={"d": Categories(values=("a",))}).labels("d") == ("a",)
