"""The ledger: charged before anything is drawn, never overspent, whatever happens at once or in the middle."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime
from typing import Any

import pytest

from core.problem import Problem
from core.store import Actor, Budget, Store
from core.store.budgets import UNIT

BEN = Actor("ben", "health")
CARA = Actor("cara", "finance")
QUERY = {"query": "count"}


def budget(store: Store, actor: Actor, name: str = "survey", digest: str = "d" * 64, **parts: Any) -> Budget:
    given: dict[str, Any] = {"ground": {"unit": {"kind": "row"}}, "measure": "pure", "epsilon": 1.0, "delta": 0.0,
                             "total": 1.0, "delta_total": 0.0, **parts}
    return store.create_budget(actor, name, digest, **given)


def pay(store: Store, actor: Actor, price: float, name: str | int = "survey", **parts: Any):
    return store.charge(actor, name, {**QUERY, "epsilon": price}, epsilon=price, price=price, **parts)


def test_ten_tenths_are_one_exactly(any_store: Store, asha: Actor) -> None:
    budget(any_store, asha)
    for _ in range(10):
        pay(any_store, asha, 0.1)
    found = any_store.budget(asha, "survey")
    assert (found.spent, found.left, found.lifetime) == (1.0, 0.0, 1.0)
    with pytest.raises(Problem, match="0 is left of the budget") as refused:
        pay(any_store, asha, 1e-12)
    assert "Nothing was charged" in refused.value.what
    assert any_store.budget(asha, "survey").spent == 1.0
    assert len(any_store.charges(asha, "survey")) == 10
    assert [e.what for e in any_store.events(asha)][-2:] == ["budget_charged", "charge_refused"]


@pytest.mark.parametrize("price", [float("nan"), -0.1, float("inf"), 1e30])
def test_a_price_that_is_none_is_refused(store: Store, asha: Actor, price: float) -> None:
    budget(store, asha)
    with pytest.raises(Problem):
        pay(store, asha, price)
    assert store.budget(asha, "survey").spent == 0


def test_a_price_is_rounded_up_and_a_total_down(store: Store, asha: Actor) -> None:
    budget(store, asha, total=1 + 0.6 / UNIT)
    assert pay(store, asha, 0.3 / UNIT).price == 1 / UNIT
    assert store.budget(asha, "survey").total == 1.0


def test_a_table_has_one_ledger_whoever_asks(any_store: Store, asha: Actor) -> None:
    budget(any_store, asha)
    with pytest.raises(Problem, match="already has a budget: “survey”"):
        budget(any_store, asha, name="another")
    with pytest.raises(Problem, match="kept by somebody else") as foreign:
        budget(any_store, CARA, name="mine")
    assert "survey" not in str(foreign.value)
    with pytest.raises(Problem, match="for another table"):
        budget(any_store, asha, digest="e" * 64)
    with pytest.raises(Problem, match="no budget of that name"):
        any_store.budget(BEN, "survey")
    assert any_store.budget_of_table(BEN, "d" * 64) is None
    assert any_store.budget_of_table(asha, "d" * 64).name == "survey"


def test_allowances_bound_a_person_and_a_department(any_store: Store, asha: Actor) -> None:
    budget(any_store, asha)
    any_store.allow(asha, "survey", "user", "ben", "health", 0.2)
    any_store.allow(asha, "survey", "department", "", "finance", 0.3)
    pay(any_store, BEN, 0.2)
    with pytest.raises(Problem, match="0 is left of your allowance"):
        pay(any_store, BEN, 0.1)
    pay(any_store, CARA, 0.2)
    with pytest.raises(Problem, match="left of your department's allowance"):
        pay(any_store, Actor("dev", "finance"), 0.2)
    with pytest.raises(Problem, match="Only its owner"):
        any_store.allow(BEN, "survey", "user", "ben", "health", 9)
    found = any_store.budget(asha, "survey")
    assert found.spent == 0.4  # a refused charge leaves nothing behind
    assert [(a.who, a.spent) for a in found.allowances] == [("ben", 0.2), ("", 0.2)]


def test_an_allowance_given_again_takes_the_place_of_the_first(any_store: Store, asha: Actor) -> None:
    budget(any_store, asha)
    any_store.allow(asha, "survey", "user", "ben", "health", 0.2)
    pay(any_store, BEN, 0.2)
    found = any_store.allow(asha, "survey", "user", "ben", "health", 0.3)
    assert [(a.who, a.total, a.spent) for a in found.allowances] == [("ben", 0.3, 0.2)]
    # The Ben of another department is another person.
    found = any_store.allow(asha, "survey", "user", "ben", "finance", 0.1)
    told = sorted((a.department, a.total, a.spent) for a in found.allowances)
    assert told == [("finance", 0.1, 0), ("health", 0.3, 0.2)]


def test_a_new_period_begins_with_nothing_spent_and_the_lifetime_stays(any_store: Store, asha: Actor) -> None:
    any_store.clock = lambda: datetime(2026, 11, 30, tzinfo=UTC)
    budget(any_store, asha, renews="month")
    any_store.allow(asha, "survey", "user", "ben", "health", 0.5)
    pay(any_store, BEN, 0.5)
    with pytest.raises(Problem):
        pay(any_store, BEN, 0.5)
    any_store.clock = lambda: datetime(2026, 12, 1, tzinfo=UTC)
    assert any_store.budget(asha, "survey").spent == 0
    pay(any_store, BEN, 0.4)
    any_store.clock = lambda: datetime(2026, 11, 1, tzinfo=UTC)  # a clock that goes back renews nothing
    with pytest.raises(Problem):
        pay(any_store, BEN, 0.4)
    found = any_store.budget(asha, "survey")
    assert (found.spent, found.lifetime) == (0.4, 0.9)
    assert (found.allowances[0].spent, found.allowances[0].lifetime) == (0.4, 0.9)


def test_delta_is_spent_too(store: Store, asha: Actor) -> None:
    budget(store, asha, measure="zcdp", delta_total=1e-6)
    pay(store, asha, 0.1, delta_price=1e-6)
    with pytest.raises(Problem, match="delta"):
        pay(store, asha, 0.1, delta_price=1e-9)
    assert (store.budget(asha, "survey").spent, store.budget(asha, "survey").delta_spent) == (0.1, 1e-6)


def test_a_paid_answer_is_found_again(any_store: Store, asha: Actor) -> None:
    budget(any_store, asha)
    first = pay(any_store, asha, 0.1)
    assert any_store.paid(asha, "survey", QUERY, 0.1) is None, "no answer was kept yet"
    any_store.keep_answer(asha, first.id, {"lines": [{"count": 12.0}]})
    any_store.keep_answer(asha, first.id, {"lines": []})  # kept once, never changed
    assert any_store.paid(asha, "survey", {**QUERY, "epsilon": 0.05}, 0.05).answer == {"lines": [{"count": 12.0}]}
    assert any_store.paid(asha, "survey", QUERY, 0.2) is None
    assert any_store.paid(asha, "survey", {"query": "count", "by": ["sex"]}, 0.1) is None


SPENDER = """
import sys
from core.problem import Problem
from core.store import Actor, open_store
store, asks = open_store(), int(sys.argv[1])
for _ in range(asks):
    try:
        store.charge(Actor("asha", "health"), "survey", {"query": "count"}, epsilon=0.01, price=0.01)
        print("paid", flush=True)
    except Problem as problem:
        print("refused" if "left of the budget" in problem.what else f"broken {problem.what}", flush=True)
"""


def spender(store: Store, asks: int) -> subprocess.Popen[str]:
    return subprocess.Popen([sys.executable, "-c", SPENDER, str(asks)], stdout=subprocess.PIPE, text=True,
                            env={**os.environ, **store.settings.as_environment()})


def test_eight_processes_never_exceed_the_total(any_store: Store, asha: Actor) -> None:
    """200 asks at 0.01 against 1.0: exactly 100 are paid, 100 are refused and say what is left."""
    budget(any_store, asha)
    running = [spender(any_store, 25) for _ in range(8)]
    said = [line for p in running for line in p.communicate(timeout=120)[0].split("\n") if line]
    assert sorted(set(said)) == ["paid", "refused"]
    assert (said.count("paid"), len(said)) == (100, 200)
    assert any_store.budget(asha, "survey").spent == 1.0
    assert len(any_store.charges(asha, "survey")) == 100


def test_killed_in_the_middle_the_ledger_is_whole(any_store: Store, asha: Actor) -> None:
    """Whatever was said to be paid is in the ledger, and the ledger's sum is that of its charges."""
    budget(any_store, asha, total=100.0)
    said = 0
    for _ in range(3):
        process = spender(any_store, 10_000)
        assert process.stdout is not None
        process.stdout.readline()
        time.sleep(random.uniform(0.02, 0.3))
        os.kill(process.pid, signal.SIGKILL)
        said += 1 + process.communicate()[0].count("paid\n")
    found, charges = any_store.budget(asha, "survey"), any_store.charges(asha, "survey")
    assert round(found.spent * 100) == len(charges) >= said
    assert abs(found.spent - 0.01 * len(charges)) < 1e-9
    pay(any_store, asha, 0.01)
