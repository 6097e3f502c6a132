"""A saved set of questions under one budget, and the token that opens it and nothing else."""

from __future__ import annotations

import numpy as np
import pytest

from core.declare import build
from core.problem import Problem
from core.protect.rows_and_columns.select_rows import Number
from core.query.ask import ask, open_budget, price
from core.query.count import Count
from core.query.dashboard import Needs, Plan, allocate, answer_all, foreseen, whole_price
from core.query.examples import EXAMPLES, example_table, suggested
from core.query.ground import Ground
from core.query.quantile import Quantile
from core.store import Actor, Store
from tests.query.conftest import ground, people

ASHA, BEN = Actor("asha"), Actor("ben")
PLAN = {"title": "People", "group_size": 200, "tiles": [
    {"heading": "How many", "query": {"query": "count"}},
    {"heading": "Incomes", "query": {"query": "mean", "column": "income", "by": ["district"]}},
    {"heading": "Medians", "query": {"query": "quantile", "column": "income"}}]}


@pytest.mark.parametrize("delta", [0.0, 1e-6])
def test_the_budget_goes_where_the_error_is(store: Store, delta: float) -> None:
    budget = open_budget(store, ASHA, "b", people(), ground(), 1.0, delta)
    plan = Plan.from_data(PLAN)
    whole = whole_price(budget, plan, 0.6)
    shared = allocate(Needs(plan, budget), range(3), whole)
    assert shared[0].epsilon < shared[1].epsilon, "a count is cheap"
    assert 0.99 < sum(price(q, budget).amount for q in shared.values()) / whole <= 1.0 + 1e-9


def test_the_allocation_is_the_best_there_is(store: Store) -> None:
    """No other division of the price among two questions has a smaller sum of errors (both measures, by trying)."""
    for number, delta in enumerate((0.0, 1e-6)):
        budget = open_budget(store, ASHA, f"b{number}", people(100 + number), ground(), 1.0, delta)
        plan = Plan.from_data({**PLAN, "tiles": PLAN["tiles"][:2]})
        needs, whole = Needs(plan, budget), whole_price(budget, plan, 1.0)
        fall = 1.0 if delta == 0 else 0.5
        shares = [price(q, budget).amount / whole for q in allocate(needs, range(2), whole).values()]

        def error(share: float, needs: Needs = needs, fall: float = fall) -> float:
            return needs.of(0) / share**fall + needs.of(1) / (1 - share) ** fall

        assert error(shares[0] / sum(shares)) <= min(error(s) for s in np.linspace(0.01, 0.99, 99)) * 1.001


def test_all_is_answered_under_one_budget_or_nothing_charged(store: Store) -> None:
    table = people()
    budget = open_budget(store, ASHA, "b", table, ground(), 1.0)
    content = answer_all(store, ASHA, budget, table, Plan.from_data(PLAN), 0.8)
    assert [t["heading"] for t in content["tiles"]] == ["How many", "Incomes", "Medians"]
    assert 0.79 < store.budget(ASHA, "b").spent <= 0.8
    other = Plan.from_data({**PLAN, "tiles": [{"heading": "x", "query": {"query": "sum", "column": "age"}}]})
    with pytest.raises(Problem, match="Nothing was charged"):
        answer_all(store, ASHA, store.budget(ASHA, "b"), table, other, 0.5)
    assert len(store.charges(ASHA, "b")) == 3
    store.allow(ASHA, "b", "user", "ben", "", 0.05)
    with pytest.raises(Problem, match="is left of the budget"):  # an allowance is looked at before, too
        answer_all(store, BEN, store.budget(BEN, "b"), table, other, 0.1)
    assert len(store.charges(ASHA, "b")) == 3


def test_an_interrupted_dashboard_goes_on_and_is_not_paid_twice(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    table = people()
    budget = open_budget(store, ASHA, "b", table, ground(), 1.0)

    def dies(self: object, view: object) -> None:
        raise SystemExit

    monkeypatch.setattr(Quantile, "answer", dies)
    with pytest.raises(SystemExit):
        answer_all(store, ASHA, budget, table, Plan.from_data(PLAN), 0.5)
    monkeypatch.undo()
    paid = [c.query["query"] for c in store.charges(ASHA, "b") if c.answer is not None]
    answer_all(store, ASHA, budget, table, Plan.from_data(PLAN), 0.5)
    after = [c.query["query"] for c in store.charges(ASHA, "b") if c.answer is not None]
    assert sorted(after) == ["count", "mean", "quantile"], f"before the end there were {paid}"


def test_counts_that_are_paid_tell_how_large_groups_are(store: Store) -> None:
    """A plan that guesses 10 rows in a group: once a count is answered, the rest is weighed by 300 in each district."""
    table = people()
    budget = open_budget(store, ASHA, "b", table, ground(), 5.0)
    plan = Plan.from_data({**PLAN, "group_size": 10, "tiles": [
        {"heading": "n", "query": {"query": "count", "by": ["district"]}}, *PLAN["tiles"][1:],
        {"heading": "h", "query": {"query": "histogram", "column": "age", "bins": 20}}]})
    needs = Needs(plan, budget)
    answer = ask(store, ASHA, budget, table, Count(by=("district",), epsilon=2)).answer
    before = needs.of(1)
    needs.learn(Count(by=("district",)), answer)
    assert needs.sizes[1] == pytest.approx(300, abs=10)
    assert needs.sizes[2] == pytest.approx(600, abs=20)
    assert needs.sizes[3] == pytest.approx(30, abs=2), "twenty bins"
    assert needs.of(1) < before / 5
    needs.learn(Count(by=("district",), where=(Number(column="age", compare="more_than", value=70),)),
                {**answer, "lines": []})
    assert needs.sizes[1] == pytest.approx(300, abs=10), "a condition tells nothing of the others"


def test_a_plan_is_what_its_file_says_and_can_be_foreseen(store: Store) -> None:
    plan = Plan.from_data(PLAN)
    assert Plan.from_data(plan.data()) == plan
    budget = open_budget(store, ASHA, "b", people(), ground(), 1.0)
    found = foreseen(budget, plan, 0.5)
    assert [tile.heading for tile, _error in found] == ["How many", "Incomes", "Medians"]
    assert sum(tile.query.epsilon for tile, _error in found) == pytest.approx(0.5, rel=1e-3)
    assert all(0 < error < 5 for _tile, error in found)
    assert store.budget(ASHA, "b").spent == 0


def test_a_correlation_does_not_take_it_all(store: Store) -> None:
    """Invented columns have nothing to do with each other: an error in 100 of their correlation says nothing."""
    budget = open_budget(store, ASHA, "b", people(), ground(), 1.0)
    plan = suggested(ground())
    assert plan is not None
    shares = {tile.query.query: tile.query.epsilon for tile, _error in foreseen(budget, plan, 1.0)}
    assert shares["correlation"] < 0.4 and shares["regression"] < 0.5
    assert shares["histogram"] > 0.02


def test_a_plan_is_suggested_from_what_is_public(store: Store) -> None:
    plan = suggested(ground(), "People")
    assert plan is not None
    asked = {tile.query.query for tile in plan.tiles}
    assert {"count", "mean", "histogram", "correlation", "regression"} <= asked
    assert any(tile.query.by == ("day",) for tile in plan.tiles), "a trend"
    table = people()
    budget = open_budget(store, ASHA, "b", table, ground(), 3.0, 1e-6)
    content = answer_all(store, ASHA, budget, table, plan, 3.0)
    assert len(content["tiles"]) == len(plan.tiles)
    assert suggested(Ground()) is None


def test_a_token_opens_its_dashboard_until_it_is_taken_back(store: Store) -> None:
    open_budget(store, ASHA, "b", people(), ground(), 1.0)
    token, other = (store.create_dashboard(ASHA, "b", {"title": t, "tiles": []}) for t in ("one", "two"))
    assert store.read_dashboard(token)["title"] == "one"
    assert store.read_dashboard(token[:-1]) is None
    newest = store.dashboards(ASHA, "b")[0]
    with pytest.raises(Problem, match="no such dashboard"):
        store.revoke_dashboard(BEN, newest.id)
    store.revoke_dashboard(ASHA, newest.id)
    assert store.read_dashboard(other) is None
    assert store.read_dashboard(token) is not None
    with store.database.reading() as session:
        from sqlalchemy import text

        assert token not in str(session.execute(text("SELECT * FROM dashboards")).all())
        assert token not in str(session.execute(text("SELECT * FROM events")).all())


@pytest.mark.parametrize("broken", [
    [], {"tiles": []}, {"tiles": [{"heading": "x"}]}, {"tiles": [{"query": {"query": "cuont"}}]},
    {"tiles": [{"query": {"query": "count"}, "weight": -1}]}, {"titel": "x", "tiles": [{"query": {"query": "count"}}]}])
def test_a_plan_with_a_mistake_is_a_problem(broken: object) -> None:
    with pytest.raises(Problem):
        Plan.from_data(broken)


@pytest.mark.parametrize("name", EXAMPLES)
def test_examples_are_answered(store: Store, name: str) -> None:
    settled, tiles = EXAMPLES[name]
    table = example_table(name)
    budget = open_budget(store, ASHA, name, table, build(Ground, settled), 20.0)
    content = answer_all(store, ASHA, budget, table, Plan.from_data({"title": name, "tiles": list(tiles)}), 20.0)
    assert len(content["tiles"]) == len(tiles)
    first = content["tiles"][0]["answer"]["lines"]
    if name == "students":
        marks = {line["school"]: line["mean"] for line in first}
        assert marks == pytest.approx({"North": 62, "South": 66, "East": 70}, abs=8)
    else:
        assert [line["count"] for line in first] == pytest.approx([750] * 4, abs=60)
        (note,) = content["tiles"][3]["answer"]["notes"]
        assert "R squared" in note
