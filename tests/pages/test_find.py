"""Find it for me: a detour of step 5 that tries ways to protect, says what they cost and writes one to the recipe."""

from __future__ import annotations

import json

import pytest
from streamlit.testing.v1 import AppTest

from core import jobs
from core.recipe import Recipe
from core.store import Project, Store
from core.table.writing import from_parquet
from core.work import find
from studio import context, finding
from tests.pages.conftest import WHO, Here, Wizard
from tests.pages.test_last_pages import people, steps

KNOWN = ("age", "sex", "state")
ROLES = {"name": "direct_identifier", **dict.fromkeys(KNOWN, "quasi_identifier"), "income": "sensitive"}


@pytest.fixture
def project(wizard: Wizard, store: Store) -> Project:
    found = wizard.bring(people(240), recipient="researchers", purpose="a study of incomes")
    store.save_recipe(WHO, found.id, Recipe.from_data({"roles": ROLES}).data(), "start")
    return store.project(WHO, found.id)


def search(store: Store, project: Project, **asked: object) -> None:
    """What the job does, without the two seconds its process takes to start."""
    before = [{"method": "remove", "columns": ["name"]}]
    find(Here(store, WHO, project.id, {"k": 5, "seconds": 1, "before": before, **asked}, "here"))


def test_from_step_5_to_a_protected_table_and_back_by_undo(
    wizard: Wizard, project: Project, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(finding, "TIMES", {1: "About 1 second", 60: "About 1 minute"})
    page = wizard.open("protect", project)
    page.radio(key=f"begin-{project.id}").set_value("find").run()
    page.button(key="find").click().run()
    assert "How gently can the people in it be protected?" in wizard.text
    page = wizard.open("find", project)  # a page that another one opened does not stay open here
    assert page.number_input(key="find-k").value == 5, "the target of the recipient"
    assert page.number_input(key="find-risk").value == 5, "what the rules of step 6 ask for"
    assert "so that every way that is found keeps them" in wizard.text
    assert page.multiselect(key="find-rank").options == list(KNOWN)
    page.radio(key="find-seconds").set_value(1)
    page.multiselect(key="find-rank").set_value(["state", "age"]).run()
    page.button(key="find-start").click().run()
    assert wizard.problems == ""
    assert "Trying out ways to protect your table" in wizard.text
    page = wizard.waited(project, "find")
    assert wizard.problems == ""
    assert "at least 4 others" in wizard.text
    assert page.multiselect(key="find-rank").value == ["state", "age"], "what was chosen stays"
    assert page.get("vega_lite_chart")
    assert steps(store, project) == [], "nothing is changed until one is taken"
    page.button(key="take-way").click().run()
    assert wizard.problems == ""
    assert "Step 5 of 7" in wizard.text
    wizard.open("protect", project)
    taken = steps(store, project)
    assert taken[0] == {"method": "remove", "columns": ["name"]}
    wizard.waited(project, "protect")
    released = from_parquet(store.get(WHO, project.id, "released.parquet"))
    assert "name" not in released.names
    rows = list(zip(*(released[n].texts() for n in KNOWN), strict=True))
    assert min(rows.count(r) for r in rows) >= 5
    wizard.page.button(key="undo").click().run()
    assert steps(store, project) == []


def test_another_way_can_be_taken_after_one_and_what_is_taken_is_said(
    wizard: Wizard, project: Project, store: Store
) -> None:
    search(store, project, seconds=20)
    page = wizard.open("find", project)
    assert "This is how the table is protected now." not in wizard.text
    pick(page, 1)
    page.button(key="take-way").click().run()
    second = steps(store, project)
    page = pick(wizard.open("find", project), 1)
    assert "This is how the table is protected now." in wizard.text
    assert not [b for b in page.button if b.key == "take-way"]
    pick(page, 0)
    page.button(key="take-way").click().run()
    assert steps(store, project) != second
    assert [s["method"] for s in steps(store, project)].count("remove") == 1


def pick(page: AppTest, place: int) -> AppTest:
    """The way in this place of the list, least loss first."""
    box = next(b for b in page.selectbox if (b.key or "").startswith("find-way-"))
    return box.set_value(box.options[place] if place else box.options[0]).run()


def test_a_click_on_the_chart_picks_a_way(
    wizard: Wizard, project: Project, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    search(store, project, k=12, seconds=20)  # fewer than 12 look alike at first: ways differ
    wizard.open("find", project)
    tried = json.loads(store.get(WHO, project.id, "candidates.json"))["candidates"]
    assert {way["sort"] for way in tried} <= set(finding.SORTS), "each sort of way is told in words"
    assert len({way["sort"] for way in tried}) >= 4
    monkeypatch.setattr(context, "picked", lambda key, selection: {"id": tried[-1]["name"]})
    said: dict[str, object] = {}
    monkeypatch.setattr(context, "set_value", lambda key, value: said.update({key: value}))
    finding._clicked("way")
    assert said == {"way": tried[-1]["name"]}


def test_mixed_groups_a_highest_risk_and_households_are_asked_for(
    wizard: Wizard, project: Project, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    started: dict[str, object] = {}
    monkeypatch.setattr(finding.waiting, "start", lambda project_id, kind, asked: started.update(asked))
    now = Recipe.from_data(dict(store.recipe(WHO, project.id).recipe)).data()
    roles = {**now["roles"], "name": "household"}
    store.save_recipe(WHO, project.id, {**now, "roles": roles}, "households")
    page = wizard.open("find", project)
    page.number_input(key="find-risk").set_value(12.5).run()
    page.checkbox(key="find-homes").check().run()
    page.button(key="find-rules+").click().run()
    page.selectbox(key="find-rules.0.distinct_l.column").set_value("income").run()
    page.button(key="find-start").click().run()
    assert wizard.problems == ""
    assert started["highest_risk"] == 0.125 and started["households"] is True
    assert started["rules"] == [{"rule": "distinct_l", "column": "income", "l": 3}]


def test_ways_for_columns_that_changed_are_not_offered(wizard: Wizard, project: Project, store: Store) -> None:
    search(store, project)
    store.save_recipe(WHO, project.id, {"version": 1, "roles": {**ROLES, "income": "quasi_identifier"}}, "income too")
    page = wizard.open("find", project)
    assert "Find them again" in wizard.text
    assert not [b for b in page.button if b.key == "take-way"]


def test_what_falls_short_of_the_recipients_target_is_said(wizard: Wizard, project: Project, store: Store) -> None:
    search(store, project, k=3)
    page = wizard.open("find", project)
    assert page.number_input(key="find-k").value == 5
    assert "groups of at least 5 are advised; these ways reach 3" in wizard.text


def test_a_target_nothing_reaches_is_a_problem_and_the_way_back_stands(
    wizard: Wizard, project: Project, store: Store
) -> None:
    page = wizard.open("find", project)
    page.number_input(key="find-k").set_value(241).run()
    page.button(key="find-start").click().run()
    page = wizard.waited(project, "find")
    assert "There is a problem" in wizard.problems
    assert page.number_input(key="find-k").value == 241, "what was typed stays"
    page.button(key="back").click().run()
    assert "Step 5 of 7" in wizard.text


def test_a_stopped_search_leaves_everything_as_it_was(wizard: Wizard, project: Project, store: Store) -> None:
    page = wizard.open("find", project)
    page.radio(key="find-seconds").set_value(300).run()
    page.button(key="find-start").click().run()
    job = jobs.latest(store, WHO, project.id, "find")
    assert job
    page.button(key=f"stop-{job.id}").click().run()
    page = wizard.waited(project, "find")
    assert "You stopped this" in wizard.text
    assert page.button(key="find-start")
    assert steps(store, project) == []


def test_without_columns_someone_could_know_it_says_where_to_mark_them(
    wizard: Wizard, project: Project, store: Store
) -> None:
    store.save_recipe(WHO, project.id, {"version": 1, "roles": {"name": "direct_identifier"}}, "nothing known")
    wizard.open("find", project)
    assert "Who could be recognised" in wizard.problems


def test_points_that_cover_each_other_say_all_their_numbers() -> None:
    points = [(1, "a", 0.059, 0.16), (2, "b", 0.0591, 0.161), (3, "c", 0.07, 0.09), (4, "d", 0.5, 0.1)]
    assert finding.together(points) == {"a": "1·2", "c": "3", "d": "4"}
    assert finding.together([]) == {}
