"""Releases kept on step 6, measured alike, advised on; the rules they are judged by; the reason a breach asks for."""

from __future__ import annotations

import io
import json

import pytest

from core import others, weighing
from core.recipe import Recipe
from core.store import Project, Store
from core.weighing import weigh
from core.work import protect
from tests.pages.conftest import WHO, Here, Wizard
from tests.pages.test_last_pages import people

ROLES = {"name": "drop", "age": "quasi_identifier", "sex": "quasi_identifier", "state": "quasi_identifier",
         "income": "quasi_identifier"}


@pytest.fixture
def project(wizard: Wizard, store: Store) -> Project:
    found = wizard.bring(people(240), recipient="public", purpose="a study of incomes")
    made(store, found)
    return store.project(WHO, found.id)


def made(store: Store, project: Project, *steps: dict[str, object]) -> None:
    """The table protected by these steps, without the job's start-up."""
    store.save_recipe(WHO, project.id, Recipe.from_data({"roles": ROLES, "steps": list(steps)}).data(), "steps")
    protect(Here(store, WHO, project.id, {}, "here"))


def test_keep_two_measure_them_and_take_the_advised_one(wizard: Wizard, project: Project, store: Store) -> None:
    page = wizard.open("compare", project)
    assert wizard.problems == ""
    assert "✗ **broken:**" in wizard.text and "El Emam" in wizard.text, "the policy is judged, with its source"
    page.button(key="keep").click().run()
    assert "kept as **A**" in wizard.text
    made(store, project, {"method": "k_anonymity", "k": 5})
    page = wizard.open("compare", project)
    page.button(key="keep").click().run()
    assert [k.name for k in weighing.kept(store, WHO, project.id)] == ["A", "B"]
    weigh(Here(store, WHO, project.id, {"attacks": "quick", "policy": "scientific_use", "target": None}, "here"))
    page = wizard.open("weigh", project)
    assert wizard.problems == ""
    for said in ("★ marks the best of a row", "What attackers gain", "A closer look at one", "Rows kept, in 100",
                 "Rows in groups of fewer than 5"):
        assert said in wizard.text, said
    assert page.get("vega_lite_chart")
    kinds = [r["kind"] for r in json.loads(store.get(WHO, project.id, weighing.WEIGHED))["rows"]]
    for kind, says in (("risk", "finds the row"), ("attack", "The attacker holds"), ("utility", "Source")):
        page.selectbox(key="drill").set_value(kinds.index(kind)).run()
        assert wizard.problems == "" and says in wizard.text, kind
    page.button(key="take-A").click().run()
    assert wizard.problems == ""
    assert Recipe.from_data(dict(store.recipe(WHO, project.id).recipe)).steps == ()  # type: ignore[union-attr]
    page = wizard.open("weigh", project)
    page.button(key="discard-A").click().run()
    assert [k.name for k in weighing.kept(store, WHO, project.id)] == ["B"]
    assert "Measure them again" in wizard.text


def test_without_anything_kept_the_page_says_where_to_begin(wizard: Wizard, project: Project) -> None:
    page = wizard.open("weigh", project)
    assert wizard.problems == "" and "No release is kept yet" in wizard.text
    assert page.button(key="keep-now").label == "Keep this release"
    page.button(key="keep-now").click().run()
    assert page.button(key="measure")


def test_another_policy_is_kept_with_the_project(wizard: Wizard, project: Project, store: Store) -> None:
    page = wizard.open("compare", project)
    assert page.selectbox(key="policy").value == "public_use"
    page.selectbox(key="policy").set_value("").run()
    assert wizard.problems == "" and "Rule by rule" not in wizard.text
    assert store.project(WHO, project.id).notes["policy"] == ""
    page = wizard.open("compare", project)
    page.selectbox(key="policy").set_value("clinical_trial").run()
    assert "0.09" in wizard.text


def test_a_broken_rule_asks_for_a_reason_before_anything_goes_out(
    wizard: Wizard, project: Project, store: Store
) -> None:
    page = wizard.open("take_away", project)
    assert page.text_area(key="reason").label == "Why should it go out all the same?"
    page.button(key="make").click().run()
    assert "breaks a rule" in wizard.problems
    page = wizard.open("take_away", project)
    page.text_area(key="reason").set_value("The director decided so.").run()
    assert store.project(WHO, project.id).notes["reason"] == "The director decided so."
    assert wizard.problems == ""


def test_a_kept_rule_asks_for_none(wizard: Wizard, project: Project, store: Store) -> None:
    store.change_project(WHO, project.id, notes={"policy": ""})
    assert not wizard.open("take_away", project).text_area


def test_a_list_of_people_and_tables_of_counts_are_brought_used_and_forgotten(
    wizard: Wizard, project: Project, store: Store
) -> None:
    made(store, project)
    weighing.keep(store, WHO, project.id)
    lines = store.get(WHO, project.id, "source").decode().splitlines()
    rows = [lines[0].replace("age", "Age").replace("state", "home"), *lines[1:51]]
    for what, text in (("register", "\n".join(rows)),
                       ("table", "sex,count\nf,*\nm,100\nTotal,240\n")):
        others.put(store, WHO, project.id, what, io.BytesIO(text.encode()))
        others.read_other(Here(store, WHO, project.id, {"what": what, "suffix": ".csv"}, "here"))
    page = wizard.open("weigh", project)
    assert wizard.problems == "" and "It has 50 rows" in wizard.text
    assert page.selectbox(key="register-as-age").value == "Age"
    assert page.selectbox(key="register-as-state").value == ""
    page.selectbox(key="register-as-state").set_value("home").run()
    weigh(Here(store, WHO, project.id, {"attacks": "quick", "minutes": 1, "metrics": [
        {"metric": "regression_overlap", "target": "income", "predictors": ["age"]}],
        "register": {"age": "Age", "sex": "sex", "state": "home", "income": "income"}}, "here"))
    others.subtract(Here(store, WHO, project.id, {"counts": "count"}, "here"))
    page = wizard.open("weigh", project)
    assert wizard.problems == ""
    for said in ("by the list you brought", "Ambiguous", "What was left out", "worked out by subtraction: 1 of 1",
                 "Overlap of a regression"):
        assert said in wizard.text or any(said in e.label for e in page.expander), said
    assert not page.get("selectbox") or "register-as-age" not in {s.key for s in page.selectbox}
    page.multiselect(key="analyses").set_value(["regression_overlap"]).run()
    page.button(key="measure").click().run()
    assert "regression" in wizard.problems, "a regression without a target is asked for again"
