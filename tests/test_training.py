"""Synthesizers trained as jobs: models kept sealed with the project, tested, reused and deleted."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from core import jobs, training
from core.jobs import Work
from core.problem import Problem
from core.store import Actor, Store
from core.table import Column
from core.table.writing import from_parquet, to_parquet
from core.work import KINDS
from tests.jobs.conftest import Wait, project, store, wait
from tests.synthesise.people import workers

__all__ = ["project", "store", "wait"]
ASHA = Actor("asha", "health")
TREES = {"method": "sequential_trees"}
CANARY = "Vrindavan-Canary"


@pytest.fixture
def asha() -> Actor:
    return ASHA


class Told(Work):
    def progress(self, share: float, doing: str = "") -> None:
        assert 0 <= share <= 1 and CANARY not in doing
        SAID.append((share, doing))


SAID: list[tuple[float, str]] = []
Do = Callable[..., dict[str, Any]]


@pytest.fixture
def do(store: Store, project: str) -> Do:
    table = workers(400)
    table = table.with_columns({"state": table["state"].recode(lambda v: CANARY if v == "Goa" else v)})
    store.put(ASHA, project, "table.parquet", to_parquet(table))
    store.put(ASHA, project, "as_text.parquet", to_parquet(table))
    store.save_recipe(ASHA, project, {"version": 1, "roles": dict(table.roles), "steps": []}, "start")

    def done(kind: str, **arguments: Any) -> dict[str, Any]:
        return dict(KINDS[kind](Told(store, ASHA, project, arguments, "no job")) or {})

    return done


def in_vault(store: Store, project: str) -> set[str]:
    return {file.name for file in store.files(ASHA, project)}


def test_a_model_is_trained_tested_listed_used_and_deleted(store: Store, project: str, do: Do) -> None:
    before = in_vault(store, project)
    assert do("train", steps=[TREES]) == {"trained": 1, "asked": 1, "failed": []}
    (model,) = training.models(store, ASHA, project)
    assert model["step"] == TREES and model["trial"]["rows"] == 400
    assert model["trial"]["control"] + model["trial"]["learned_from"] == 400
    assert 0 < model["trial"]["new"]["two_way"] < 0.5 and model["trial"]["real"]["two_way"] > 0
    # The model used: no second training, and the very table that was tested.
    recipe = training.with_synthesizer(_recipe(store, project), _step(TREES))
    store.save_recipe(ASHA, project, recipe.data(), "used")
    kept = in_vault(store, project)
    SAID.clear()
    do("protect")
    assert in_vault(store, project) - kept == {"released.parquet", "outcome.json", "control.json"}
    assert not [doing for _share, doing in SAID if doing == "school"], "columns were learned again"
    released = from_parquet(store.get(ASHA, project, "released.parquet"))
    assert released.rows == 400 and "name" not in released.names
    held = json.loads(store.get(ASHA, project, "control.json"))
    assert len(held) == model["trial"]["control"]
    training.delete(store, ASHA, project, model["key"])
    assert not training.models(store, ASHA, project)
    assert in_vault(store, project) == before | {"released.parquet", "outcome.json", "control.json"}
    with pytest.raises(Problem, match="no such model"):
        training.delete(store, ASHA, project, model["key"])


def _recipe(store: Store, project: str) -> Any:
    from core.recipe import Recipe

    return Recipe.from_data(dict(store.recipe(ASHA, project).recipe))


def _step(data: dict[str, Any]) -> Any:
    from core.recipe.steps import STEPS

    return STEPS.build(data)


def test_nothing_of_a_model_lies_in_plain_text(store: Store, project: str, do: Do) -> None:
    do("train", steps=[TREES])
    for file in store.settings.data.rglob("*"):
        assert not file.is_file() or CANARY.encode() not in file.read_bytes()
    assert CANARY not in json.dumps(training.models(store, ASHA, project))


def test_what_is_trained_again_is_found(store: Store, project: str, do: Do) -> None:
    do("train", steps=[TREES])
    (first,) = training.models(store, ASHA, project)
    do("train", steps=[TREES, {**TREES, "leaf": 40}])
    found = training.models(store, ASHA, project)
    assert len(found) == 2 and first["trained"] in {m["trained"] for m in found if m["step"] == TREES}


def test_one_that_fails_leaves_the_project_as_it_was(store: Store, project: str, do: Do) -> None:
    before = in_vault(store, project)
    for step in ({**TREES, "leave_out": ["nothing"]}, {**TREES, "rules": [{"rule": "between", "column": "age",
                                                                          "low": 500}]}):  # fmt: skip
        with pytest.raises(Problem):
            do("train", steps=[step])
        assert in_vault(store, project) == before
    # Among several, the others are trained; what failed is said.
    told = do("train", steps=[{**TREES, "leave_out": ["nothing"]}, TREES])
    assert told["trained"] == 1 and "no column" in told["failed"][0]["what"]


def test_a_damaged_or_foreign_model_is_trained_anew(store: Store, project: str, do: Do) -> None:
    do("train", steps=[TREES])
    (name,) = [n for n in in_vault(store, project) if n.endswith(".bin")]
    store.put(ASHA, project, name, b"no pickle at all")
    do("train", steps=[TREES])
    assert len(store.get(ASHA, project, name)) > 1000


def test_a_new_file_forgets_the_models(store: Store, project: str, do: Do) -> None:
    do("train", steps=[TREES])
    store.put(ASHA, project, "source", b"a,b\n1,2\n3,4\n")
    store.change_project(ASHA, project, source_name="x.csv")
    do("read", answers={})
    assert not [n for n in in_vault(store, project) if n.startswith("models/")]


def test_time_is_kept(store: Store, project: str, do: Do) -> None:
    told = do("train", steps=[TREES, {**TREES, "leaf": 30}, {**TREES, "leaf": 60}], seconds=0.001)
    assert told["trained"] == 1 and told["asked"] == 3


def test_a_stopped_training_leaves_nothing(store: Store, project: str, do: Do, wait: Wait) -> None:
    before = in_vault(store, project)
    rng = np.random.default_rng(1)
    big = workers(60_000)
    for i in range(6):
        big = big.with_columns({f"n{i}": Column.of_numbers(rng.normal(0, 1, big.rows), 3)})
    store.put(ASHA, project, "table.parquet", to_parquet(big))
    job = jobs.start(store, ASHA, project, "train", {"steps": [{**TREES, "leaf": 2}]})
    job = wait(job, lambda now: now.state == "running" and now.progress > 0.05)
    begun = time.monotonic()
    jobs.stop(store, ASHA, job.id)
    assert time.monotonic() - begun < 1
    assert jobs.job(store, ASHA, job.id).state == "stopped"
    assert in_vault(store, project) == before and not list(store.settings.plain_folder.iterdir())


def test_two_linked_tables_become_two_new_projects(store: Store, project: str, do: Do) -> None:
    from tests.synthesise.test_linked import schools

    parents, children = schools()
    second = store.create_project(ASHA, "pupils").id
    for where, table in ((project, parents), (second, children)):
        for name in ("table.parquet", "as_text.parquet"):
            store.put(ASHA, where, name, to_parquet(table))
        store.save_recipe(ASHA, where, {"version": 1, "roles": dict(table.roles)}, "start")
    told = do("linked", other=second, key="school", child_key="at", step={"method": "sequential_trees"})
    first, other = (from_parquet(store.get(ASHA, one, "table.parquet")) for one in told["projects"])
    assert first.rows == told["rows"] == 200 and other.rows == told["child_rows"]
    assert set(other["at"].texts()) <= set(first["school"].texts()) and "head" not in first.names
    before = len(store.projects(ASHA))
    with pytest.raises(Problem):
        do("linked", other=second, key="sort", child_key="at", step={"method": "sequential_trees"})
    assert len(store.projects(ASHA)) == before
