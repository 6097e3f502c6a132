"""Releases kept and weighed: measured alike, the safe and useful one advised, never one that leaks."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from core.jobs import Work
from core.problem import Problem
from core.store import Actor, Store
from core.weighing import KEPT, WEIGHED, discard, keep, kept, promise_of
from core.work import KINDS
from tests.jobs.conftest import asha, project, store  # noqa: F401  # fixtures

ROLES = {"age": "quasi_identifier", "sex": "quasi_identifier", "town": "quasi_identifier", "ill": "sensitive"}


class Silent(Work):
    def progress(self, share: float, doing: str = "") -> None:
        assert 0 <= share <= 1.0001, doing


@pytest.fixture
def done(store: Store, asha: Actor, project: str) -> Callable[..., dict[str, Any]]:  # noqa: F811
    rng = np.random.default_rng(3)
    rows = [f"{rng.integers(18, 80)},{'fm'[rng.integers(2)]},{'ABCD'[rng.integers(4)]},{'yn'[rng.integers(2)]}"
            for _ in range(400)]
    store.put(asha, project, "source", io.BytesIO(("age,sex,town,ill\n" + "\n".join(rows)).encode()))
    store.change_project(asha, project, source_name="people.csv")

    def do(kind: str, **arguments: Any) -> dict[str, Any]:
        return dict(KINDS[kind](Silent(store, asha, project, arguments, "no job")) or {})

    do("read")
    return do


def recipe(store: Store, who: Actor, project: str, *steps: dict[str, Any]) -> None:  # noqa: F811
    store.save_recipe(who, project, {"version": 1, "roles": ROLES, "steps": list(steps)}, "a step")


def test_kept_measured_and_advised(store: Store, asha: Actor, project: str, done) -> None:  # noqa: F811
    recipe(store, asha, project)
    done("protect")
    first = keep(store, asha, project)
    recipe(store, asha, project, {"method": "k_anonymity", "k": 5})
    done("protect")
    second = keep(store, asha, project)
    assert (first.name, second.name) == ("A", "B") and second.version == 2 and second.rows == 400
    assert done("weigh", attacks="quick", policy="public_use") == {"releases": 2}
    found = json.loads(store.get(asha, project, WEIGHED))
    a, b = found["releases"]
    assert a["verdict"]["passed"] is False and b["risk"]["after"]["smallest_class"] >= 5
    assert {r["kind"] for r in found["rows"]} == {"risk", "attack", "utility"}
    uniques = next(r for r in found["rows"] if r["name"] == "violations_5")
    assert uniques["winners"] == ["B"] and uniques["values"]["B"] == 0 < uniques["values"]["A"]
    assert found["advised"]["name"] != "A" and found["advised"]["reasons"]
    assert set(found["front"]) <= {"A", "B"} and set(found["points"]) == {"A", "B"}


def test_the_same_release_is_not_kept_twice_and_one_can_be_discarded(
    store: Store, asha: Actor, project: str, done,  # noqa: F811
) -> None:
    with pytest.raises(Problem, match="no release to keep"):
        keep(store, asha, project)
    recipe(store, asha, project)
    with pytest.raises(Problem, match="No release is kept"):
        done("weigh")
    done("protect")
    keep(store, asha, project)
    with pytest.raises(Problem, match="kept already, as A"):
        keep(store, asha, project)
    discard(store, asha, project, "A")
    assert kept(store, asha, project) == () and "kept/A.parquet" not in {f.name for f in store.files(asha, project)}
    with pytest.raises(Problem, match="no such release"):
        discard(store, asha, project, "A")
    keep(store, asha, project)
    done("read")
    assert KEPT not in {f.name for f in store.files(asha, project)}, "another file: what was kept is not its release"


def test_a_synthetic_release_is_weighed_against_its_control_group(
    store: Store, asha: Actor, project: str, done,  # noqa: F811
) -> None:
    recipe(store, asha, project, {"method": "sequential_trees"})
    done("protect")
    one = keep(store, asha, project)
    assert one.synthetic and one.held and not one.promise
    done("weigh", attacks="quick", target="ill")
    found = json.loads(store.get(asha, project, WEIGHED))["releases"][0]
    assert any(a["control"] is not None for a in found["attacks"]) and found["verdict"] is None
    assert any(name.startswith("trained_on_release") for name in found["table"])


def test_a_promise_is_named_only_where_nothing_before_it_breaks_it() -> None:
    from core.recipe import Recipe

    private = {"method": "private_columns", "epsilon": 2.0}
    assert "epsilon 2" in promise_of(Recipe.from_data({"steps": [private]}))
    assert promise_of(Recipe.from_data({"steps": [{"method": "k_anonymity"}, private]})) == ""
    assert promise_of(Recipe.from_data({"steps": [{"method": "k_anonymity"}]})) == ""
