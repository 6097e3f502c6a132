"""Step 5's first question, and the page of synthetic rows: train, see what it gives away, use, delete, stop."""

from __future__ import annotations

import pytest

from core import jobs, training
from core.recipe import Recipe
from core.store import Project, Store
from core.table.writing import from_parquet
from core.work import find
from tests.pages.conftest import WHO, Here, Wizard
from tests.pages.test_last_pages import people, steps

ROLES = {"name": "direct_identifier", "age": "quasi_identifier", "sex": "quasi_identifier",
         "state": "quasi_identifier", "income": "sensitive"}  # fmt: skip
TREES = {"method": "sequential_trees"}


@pytest.fixture
def project(wizard: Wizard, store: Store) -> Project:
    found = wizard.bring(people(240), recipient="researchers", purpose="a study of incomes")
    store.save_recipe(WHO, found.id, Recipe.from_data({"roles": ROLES}).data(), "start")
    return store.project(WHO, found.id)


def trained(store: Store, project: Project, *some: dict) -> None:
    training.train(Here(store, WHO, project.id, {"steps": list(some or (TREES,))}, "here"))


def test_step_5_opens_with_one_question_and_each_answer_says_when_it_is_right(
    wizard: Wizard, project: Project
) -> None:
    page = wizard.open("protect", project)
    question = page.radio(key="give-rows")
    assert question.label == "What do you want to give out?" and question.value == "rows"
    captions = " ".join(question.proto.captions)
    assert "followed over time" in captions and "never existed" in captions and "known beforehand" in captions
    question.set_value("synthetic").run()
    assert "Which new people should be made?" in wizard.text and wizard.problems == ""
    page = wizard.open("protect", project)
    page.radio(key="give-rows").set_value("statistics").run()
    assert "Which new people" not in wizard.text and "What do you want to give out" not in str(page.radio)


def test_a_synthesizer_is_trained_used_and_the_whole_way_taken(
    wizard: Wizard, project: Project, store: Store
) -> None:
    page = wizard.open("synthesis", project)
    assert "is not privacy" in wizard.text
    page.button(key="train-sequential_trees").click().run()
    assert wizard.problems == "" and "Learning the patterns" in wizard.text
    page = wizard.waited(project, "train")
    assert wizard.problems == "" and "What was trained" in wizard.text
    assert "real people" in wizard.text and "held back" in wizard.text
    assert steps(store, project) == [], "nothing is changed until one is used"
    page.button(key="use-1").click().run()
    assert wizard.problems == "" and steps(store, project) == [TREES]
    wizard.open("protect", project)
    page = wizard.waited(project, "protect")
    assert wizard.problems == "" and page.radio(key="give-synthetic").value == "synthetic"
    released = from_parquet(store.get(WHO, project.id, "released.parquet"))
    assert released.rows == 240 and "name" not in released.names and released.row_ids is None
    page = wizard.open("compare", project)
    assert wizard.problems == ""
    page = wizard.open("protect", project)
    page.radio(key="give-synthetic").set_value("rows").run()
    assert steps(store, project) == []


def test_models_are_listed_and_deleted(wizard: Wizard, project: Project, store: Store) -> None:
    trained(store, project, TREES, {**TREES, "leaf": 30})
    page = wizard.open("synthesis", project)
    assert "We would take number" in wizard.text and page.get("vega_lite_chart")
    page.button(key="delete-1").click().run()
    assert wizard.problems == "" and len(training.models(store, WHO, project.id)) == 1
    page.button(key="delete-1").click().run()
    assert "What was trained" not in wizard.text


def test_models_stand_beside_ways_to_protect_rows(wizard: Wizard, project: Project, store: Store) -> None:
    find(Here(store, WHO, project.id, {"k": 5, "seconds": 1, "before": [{"method": "remove", "columns": ["name"]}]},
              "here"))  # fmt: skip
    trained(store, project)
    wizard.open("synthesis", project)
    assert "Small rings are the ways to protect rows" in wizard.text and wizard.problems == ""


def test_models_of_other_columns_are_not_offered(wizard: Wizard, project: Project, store: Store) -> None:
    trained(store, project)
    store.save_recipe(WHO, project.id, {"version": 1, "roles": {**ROLES, "income": "drop"}}, "income goes")
    wizard.open("synthesis", project)
    assert "What was trained" not in wizard.text


def test_what_cannot_be_learned_is_said_and_the_project_stays(wizard: Wizard, store: Store) -> None:
    few = wizard.bring(people(3), "few.csv")
    store.save_recipe(WHO, few.id, Recipe.from_data({"roles": ROLES}).data(), "start")
    before = {f.name for f in store.files(WHO, few.id)}
    page = wizard.open("synthesis", few)
    page.button(key="train-sequential_trees").click().run()
    assert "has 3 rows" in wizard.problems
    assert jobs.latest(store, WHO, few.id, "train") is None
    page = wizard.open("synthesis", few)
    page.button(key="choose").click().run()
    page = wizard.waited(few, "train")
    assert "could learn from this table" in wizard.problems
    assert {f.name for f in store.files(WHO, few.id)} == before and steps(store, few) == []


def test_training_is_stopped(wizard: Wizard, project: Project, store: Store) -> None:
    page = wizard.open("synthesis", project)
    page.button(key="choose").click().run()
    job = jobs.latest(store, WHO, project.id, "train")
    assert job
    page.button(key=f"stop-{job.id}").click().run()
    wizard.waited(project, "train")
    assert "You stopped this" in wizard.text and steps(store, project) == []


def test_a_linked_table_is_made_new_with_this_one(wizard: Wizard, project: Project, store: Store) -> None:
    page = wizard.open("synthesis", project)
    assert "There is no other table yet" in wizard.text
    visits = "person,place\n" + "\n".join(f"{30 + i % 7},{'ab'[i % 2]}" for i in range(90)) + "\n"
    other = wizard.bring(visits.encode(), "visits.csv")
    store.save_recipe(WHO, other.id, Recipe.from_data({"roles": {"place": "keep"}}).data(), "start")
    page = wizard.open("synthesis", project)
    page.button(key="linked-start").click().run()
    assert "not chosen yet" in wizard.problems
    page.selectbox(key="linked-other").set_value(other.id).run()
    page.selectbox(key="linked-key").set_value("name").run()
    page.selectbox(key="linked-child-key").set_value("person").run()
    page.button(key="linked-start").click().run()
    wizard.waited(project, "linked")
    assert "belongs to a row" in wizard.problems or "stands twice" in wizard.problems
    assert len(store.projects(WHO)) == 2
