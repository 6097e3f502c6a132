"""The kinds of work: reading an upload, running a recipe. Once by the real worker, the rest without its start-up."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest

from core import jobs
from core.jobs import Job, Work
from core.problem import Problem
from core.store import Actor, Store
from core.table.writing import from_parquet
from core.work import KINDS
from tests.jobs.conftest import Wait

CANARY = "Asha-Patel-9876543210"
PEOPLE = "\n".join(
    ["name,pin,age,district", *(f"{CANARY}{i},0{i % 3}1001,{20 + i},{('Pune', 'Nashik')[i % 2]}" for i in range(60))])


RECIPE = {
    "version": 1,
    "kinds": {"age": "category"},
    "roles": {"name": "direct_identifier", "district": "quasi_identifier"},
    "steps": [{"method": "pseudonymise", "columns": ["name"], "key": "survey"}],
}


class Told(Work):
    """Work without a job behind it."""

    def progress(self, share: float, doing: str = "") -> None:
        assert 0 <= share <= 1 and CANARY not in doing


@pytest.fixture
def work(store: Store, asha: Actor, project: str):
    def done(kind: str, **arguments: Any) -> dict[str, Any]:
        return KINDS[kind](Told(store, asha, project, arguments, "no job"))

    return done


def bring(store: Store, asha: Actor, project: str, text: str | bytes, name: str = "people.csv") -> None:
    store.put(asha, project, "source", io.BytesIO(text.encode() if isinstance(text, str) else text))
    store.change_project(asha, project, source_name=name)


def in_vault(store: Store, asha: Actor, project: str) -> set[str]:
    return {file.name for file in store.files(asha, project)}


def kept(store: Store, asha: Actor, project: str, name: str) -> dict[str, Any]:
    return json.loads(store.get(asha, project, name))


def test_the_worker_reads_an_upload_and_runs_a_recipe(store: Store, asha: Actor, project: str, wait: Wait) -> None:
    def by_worker(kind: str, **arguments: Any) -> Job:
        return wait(jobs.start(store, asha, project, kind, arguments), seconds=60)

    bring(store, asha, project, PEOPLE)
    read = by_worker("read", answers={})
    assert (read.state, read.problem) == ("done", None)
    assert (read.result["rows"], read.result["columns"]) == (60, 4)
    assert "no recipe yet" in by_worker("protect").problem_what
    store.save_recipe(asha, project, RECIPE, "tokens for names")
    protect = by_worker("protect", version=1)
    assert (protect.state, protect.problem) == ("done", None)
    assert protect.result == {"version": 1, "rows": 60, "leaks": 0}
    assert list(store.settings.plain_folder.iterdir()) == []
    for file in store.settings.data.rglob("*"):
        assert not file.is_file() or CANARY.encode() not in file.read_bytes()


def test_an_upload_is_read_and_stored(store: Store, asha: Actor, project: str, work) -> None:
    bring(store, asha, project, PEOPLE)
    done = work("read")
    assert (done["rows"], done["columns"]) == (60, 4)
    reading = kept(store, asha, project, "reading.json")
    assert reading["status"].startswith("accepted")
    assert set(reading["proposals"]) == {"name", "pin", "age", "district"}
    table = from_parquet(store.get(asha, project, "table.parquet"))
    assert table["pin"].texts()[0] == "001001" and table["age"].kind == "number"
    assert from_parquet(store.get(asha, project, "as_text.parquet"))["age"].texts()[0] == "20"


def test_a_refused_file_is_a_result_and_takes_the_older_table_along(
    store: Store, asha: Actor, project: str, work
) -> None:
    bring(store, asha, project, PEOPLE)
    work("read")
    bring(store, asha, project, b"\x89PNG\r\n\x1a\n" + bytes(500), "people.png")
    assert work("read", answers={})["status"] == "rejected"
    assert kept(store, asha, project, "reading.json")["findings"]
    assert in_vault(store, asha, project) == {"source", "reading.json"}


def test_a_question_is_answered_and_the_file_read_that_way(store: Store, asha: Actor, project: str, work) -> None:
    rows = "".join(f"{day:02d}/{month:02d}/2024,{i}\n" for i, (day, month) in enumerate(
        (d, m) for d in range(1, 6) for m in range(1, 6)))
    bring(store, asha, project, "visited,marks\n" + rows)
    assert work("read")["status"] == "needs_answer"
    reading = kept(store, asha, project, "reading.json")
    question = next(q for q in reading["questions"] if q["key"] == "date_order")
    assert question["choices"] and question["text"]
    assert "table.parquet" not in in_vault(store, asha, project)
    answer = question["choices"][0]["value"]
    assert work("read", answers={"date_order": answer})["status"].startswith("accepted")
    assert kept(store, asha, project, "reading.json")["answers"]["date_order"] == answer


def test_a_password_is_taken_from_the_vault(store: Store, asha: Actor, project: str, work) -> None:
    import pyzipper

    packed = io.BytesIO()
    with pyzipper.AESZipFile(packed, "w", encryption=pyzipper.WZ_AES) as archive:
        archive.setpassword(b"open sesame")
        archive.writestr("people.csv", PEOPLE)
    bring(store, asha, project, packed.getvalue(), "people.zip")
    assert work("read")["status"] != "accepted"
    store.put_secret(asha, project, "file-password", b"open sesame")
    assert work("read")["rows"] == 60, kept(store, asha, project, "reading.json")["findings"]


def test_a_recipe_is_run_and_its_outcome_kept(store: Store, asha: Actor, project: str, work) -> None:
    bring(store, asha, project, PEOPLE)
    work("read")
    store.save_recipe(asha, project, RECIPE, "tokens for names")
    assert work("protect") == {"version": 1, "rows": 60, "leaks": 0}
    outcome = kept(store, asha, project, "outcome.json")
    released = from_parquet(store.get(asha, project, "released.parquet"))
    assert outcome["digest_out"] == released.digest() and outcome["digest_in"] != outcome["digest_out"]
    assert outcome["log"][0]["method"] == "pseudonymise" and outcome["log"][0]["rows_changed"] == 60
    assert (outcome["version"], outcome["rows"], outcome["columns"], outcome["leaks"]) == (1, 60, 4, [])
    assert released["age"].kind == "category"
    assert not any(CANARY in text for text in released["name"].texts())
    assert CANARY not in json.dumps(outcome)


def test_the_same_recipe_gives_the_same_cells_and_keys_are_drawn_once(
    store: Store, asha: Actor, project: str, work
) -> None:
    bring(store, asha, project, PEOPLE)
    work("read")
    store.save_recipe(asha, project, RECIPE, "")
    work("protect")
    first = kept(store, asha, project, "outcome.json")
    more = {**RECIPE, "steps": [*RECIPE["steps"], {"method": "pseudonymise", "columns": ["pin"], "key": "pins"}]}
    store.save_recipe(asha, project, more, "")
    assert work("protect", version=2)["version"] == 2
    assert work("protect", version=1)["version"] == 1
    again = kept(store, asha, project, "outcome.json")
    assert (again["secrets"], again["digest_out"]) == (first["secrets"], first["digest_out"])


def test_unfinished_work_is_shown_with_what_still_stands(store: Store, asha: Actor, project: str, work) -> None:
    bring(store, asha, project, PEOPLE)
    work("read")
    store.save_recipe(asha, project, {**RECIPE, "steps": []}, "roles")
    assert work("protect")["leaks"] == 1
    leaks = kept(store, asha, project, "outcome.json")["leaks"]
    assert leaks == [{"column": "name", "identifier": "name", "cells": 60}]


def test_a_step_that_does_not_fit_is_a_problem_with_its_number(store: Store, asha: Actor, project: str, work) -> None:
    bring(store, asha, project, PEOPLE)
    work("read")
    store.save_recipe(asha, project, {**RECIPE, "steps": [{"method": "remove", "columns": ["nmae"]}]}, "")
    with pytest.raises(Problem) as problem:
        work("protect")
    assert problem.value.step == 1
    assert CANARY not in str(problem.value)


def test_a_new_upload_forgets_what_was_made_of_the_one_before(store: Store, asha: Actor, project: str, work) -> None:
    bring(store, asha, project, PEOPLE)
    work("read")
    store.save_recipe(asha, project, RECIPE, "")
    work("protect")
    bring(store, asha, project, PEOPLE.replace("Pune", "Satara"))
    work("read")
    assert in_vault(store, asha, project) == {"source", "reading.json", "table.parquet", "as_text.parquet"}


def test_a_key_destroyed_on_purpose_is_not_made_up_again(store: Store, asha: Actor, project: str, work) -> None:
    from core.protect.secrets import Secrets

    bring(store, asha, project, PEOPLE)
    work("read")
    store.save_recipe(asha, project, RECIPE, "")
    work("protect")
    gone = Secrets.from_yaml(store.secret(asha, project, "secrets").decode()).destroy("survey")
    store.put_secret(asha, project, "secrets", gone.to_yaml().encode())
    with pytest.raises(Problem, match="destroyed"):
        work("protect")


def test_nothing_is_read_before_something_was_brought(store: Store, asha: Actor, project: str, work) -> None:
    with pytest.raises(Problem, match="source"):
        work("read")
    with pytest.raises(Problem):
        store.get(asha, project, "reading.json")


def finding(work, **asked: Any) -> None:
    work("read")
    assert work("find", **{"k": 4, "seconds": 2, **asked})["found"] >= 1


FOUND_ON = {"version": 1, "roles": {"name": "direct_identifier", "age": "quasi_identifier",
                                    "district": "quasi_identifier"}}


def test_ways_to_protect_are_found_and_give_what_they_say(store: Store, asha: Actor, project: str, work) -> None:
    bring(store, asha, project, PEOPLE)
    steps = [{"method": "pseudonymise", "columns": ["name"], "key": "survey"},
             {"method": "k_anonymity", "k": 30, "hierarchies": {"age": {"kind": "bands", "widths": [10, 20]}}},
             {"method": "shuffle_rows"}]
    store.save_recipe(asha, project, {**FOUND_ON, "steps": steps}, "")
    finding(work, rank=["age"], seconds=10)  # enough for every sort of way, also on a busy machine
    found = kept(store, asha, project, "candidates.json")
    assert CANARY not in json.dumps(found)
    assert (found["basis"]["before"], found["last"]) == (steps[:1], steps[2:])
    assert (found["k"], found["keys"], found["rows"], found["rank"]) == (4, ["age", "district"], 60, ["age"])
    assert found["found_in_100"] == 100, "before, everyone is the only one of their kind"
    ways = found["candidates"]
    assert [w["lost"] for w in ways] == sorted(w["lost"] for w in ways)
    assert len({w["sort"] for w in ways if w["shown"]}) >= 3
    banded = next(w for w in ways if w["sort"] == "groups")
    assert banded["steps"][0]["hierarchies"]["age"]["widths"] == [10, 20], "bands of the step that is replaced"
    for way in (w for w in ways if w["shown"]):
        recipe = {**FOUND_ON, "steps": [*found["basis"]["before"], *way["steps"], *found["last"]]}
        store.save_recipe(asha, project, recipe, way["title"])
        work("protect")
        released = from_parquet(store.get(asha, project, "released.parquet"))
        rows = list(zip(released["age"].texts(), released["district"].texts(), strict=True))
        assert min(rows.count(row) for row in rows) == way["smallest_class"] >= 4
        assert released.rows == way["rows"]
        assert way["found_in_100"] == pytest.approx(100 * sum(1 / rows.count(row) for row in rows) / len(rows))
        assert sum(row.count("*") for row in rows) == way["cells_suppressed"]


def test_what_the_replaced_steps_asked_for_is_asked_of_every_way(
    store: Store, asha: Actor, project: str, work
) -> None:
    bring(store, asha, project, PEOPLE)
    roles = {**FOUND_ON["roles"], "pin": "sensitive"}
    mixed = {"rule": "distinct_l", "column": "pin", "l": 2}
    steps = [{"method": "k_anonymity", "k": 3, "rules": [mixed]},
             {"method": "drop_risky_rows", "rule": {"rule": "high_risk", "threshold": 0.2}}]
    store.save_recipe(asha, project, {**FOUND_ON, "roles": roles, "steps": steps}, "")
    finding(work, before=[{"method": "remove", "columns": ["name"]}], rules=[{**mixed, "l": 3}])
    found = kept(store, asha, project, "candidates.json")
    assert found["highest_risk"] == 0.2 and len(found["rules"]) == 2
    assert found["basis"]["before"] == [{"method": "remove", "columns": ["name"]}]
    for way in found["candidates"]:
        assert way["highest_individual_risk"] <= 0.2
        assert sum("different values of “pin”" in promise for promise in way["promises"]) == 2


@pytest.mark.parametrize("asked", [{"k": 1}, {"k": "5"}, {"seconds": 0}, {"rank": ["nmae"]}, {"k": 61},
                                   {"rules": [{"rule": "distinct_l", "column": "agee"}]}])
def test_a_target_that_cannot_be_is_a_problem_and_nothing_is_kept(
    store: Store, asha: Actor, project: str, work, asked: dict[str, Any]
) -> None:
    bring(store, asha, project, PEOPLE)
    store.save_recipe(asha, project, {**FOUND_ON, "steps": []}, "")
    with pytest.raises(Problem) as problem:
        finding(work, **asked)
    assert CANARY not in str(problem.value)
    assert "candidates.json" not in in_vault(store, asha, project)


def test_ways_found_for_an_older_upload_are_forgotten(store: Store, asha: Actor, project: str, work) -> None:
    bring(store, asha, project, PEOPLE)
    store.save_recipe(asha, project, {**FOUND_ON, "steps": []}, "")
    finding(work, seconds=1)
    work("read")
    assert "candidates.json" not in in_vault(store, asha, project)
