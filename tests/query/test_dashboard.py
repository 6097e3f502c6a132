"""A saved set of questions under one budget, and the token that opens it and nothing else."""

from __future__ import annotations

import numpy as np
import pytest

from core.declare import build
from core.problem import Problem
from core.query.ask import open_budget, price
from core.query.dashboard import EXAMPLES, Plan, allocate, answer_all
from core.query.ground import Ground
from core.store import Actor, Store
from core.table import Table
from core.table.column import Column
from tests.query.conftest import ground, people

ASHA, BEN = Actor("asha"), Actor("ben")
PLAN = {"title": "People", "group_size": 200, "tiles": [
    {"heading": "How many", "query": {"query": "count"}},
    {"heading": "Incomes", "query": {"query": "mean", "column": "income", "by": ["district"]}},
    {"heading": "Medians", "query": {"query": "quantile", "column": "income"}}]}


@pytest.mark.parametrize("delta", [0.0, 1e-6])
def test_the_budget_goes_where_the_error_is(store: Store, delta: float) -> None:
    budget = open_budget(store, ASHA, "b", people(), ground(), 1.0, delta)
    count, mean, median = allocate(Plan.from_data(PLAN), budget, 0.6)
    assert count.epsilon < mean.epsilon, "a count is cheap"
    paid = sum(price(q, budget).amount for q in (count, mean, median))
    assert 0.9 < paid / price(count.model_copy(update={"epsilon": 0.6}), budget).amount <= 1.0 + 1e-9


def test_all_is_answered_under_one_budget_or_nothing_charged(store: Store) -> None:
    table = people()
    budget = open_budget(store, ASHA, "b", table, ground(), 1.0)
    content = answer_all(store, ASHA, budget, table, Plan.from_data(PLAN), 0.8)
    assert [t["heading"] for t in content["tiles"]] == ["How many", "Incomes", "Medians"]
    assert 0.79 < store.budget(ASHA, "b").spent <= 0.8
    with pytest.raises(Problem, match="Nothing was charged"):
        answer_all(store, ASHA, store.budget(ASHA, "b"), table, Plan.from_data(PLAN), 0.5)
    assert len(store.charges(ASHA, "b")) == 3


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


def example_table(name: str) -> Table:
    at = np.arange(900)
    if name == "students":
        return Table.of({"student": Column.of([f"s{i // 3}" for i in at], "code"),
                         "school": Column.of([("North", "South", "East")[i // 3 % 3] for i in at], "category"),
                         "subject": Column.of([("Hindi", "Mathematics", "Science")[i % 3] for i in at], "category"),
                         "marks": Column.of_numbers(40 + at % 41)})
    years = at % 41
    departments = ("Finance", "Health", "Roads", "Schools")
    return Table.of({"department": Column.of([departments[i % 4] for i in at], "category"),
                     "sex": Column.of([("Female", "Male")[i % 2] for i in at], "category"),
                     "salary": Column.of_numbers(40_000 + 2_000 * years), "years": Column.of_numbers(years)})


@pytest.mark.parametrize("name", EXAMPLES)
def test_examples_are_answered(store: Store, name: str) -> None:
    settled, tiles = EXAMPLES[name]
    table = example_table(name)
    budget = open_budget(store, ASHA, name, table, build(Ground, settled), 20.0)
    content = answer_all(store, ASHA, budget, table, Plan.from_data({"title": name, "tiles": list(tiles)}), 20.0)
    first = content["tiles"][0]["answer"]["lines"]
    if name == "students":
        marks = {line["school"]: line["mean"] for line in first}
        assert marks == pytest.approx(dict.fromkeys(("North", "South", "East"), 60), abs=12)
    else:
        assert [line["count"] for line in first] == pytest.approx([225] * 4, abs=200)
        (note,) = content["tiles"][3]["answer"]["notes"]
        assert "R squared" in note or "hidden by the noise" in note
