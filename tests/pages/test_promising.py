"""The page of synthetic rows with a promise: the price and the domain first, then the training, charged once."""

from __future__ import annotations

import pytest

from core import training
from core.query.ask import open_budget
from core.query.ground import Bounds, Categories, Ground
from core.recipe import Recipe
from core.store import Project, Store
from core.table.writing import from_parquet
from tests.pages.conftest import WHO, Here, Wizard

CSV = "name,age,sex\n" + "".join(f"Person {i},{20 + i % 50},{'mf'[i % 2]}\n" for i in range(200))
ROLES = {"name": "direct_identifier", "age": "quasi_identifier", "sex": "sensitive"}
KNOWN = {"age": Bounds(low=0, high=100), "sex": Categories(values=("m", "f"))}


@pytest.fixture
def project(wizard: Wizard, store: Store) -> Project:
    found = wizard.bring(CSV.encode(), recipient="researchers", purpose="a study")
    store.save_recipe(WHO, found.id, Recipe.from_data({"roles": ROLES}).data(), "start")
    return store.project(WHO, found.id)


def private_form(wizard: Wizard, project: Project):
    page = wizard.open("synthesis", project)
    page.radio(key="sort").set_value("promise").run()
    return page


def test_without_a_budget_nothing_can_be_trained(wizard: Wizard, project: Project) -> None:
    page = private_form(wizard, project)
    assert "no budget yet" in " ".join(w.value for w in page.warning)
    assert page.button(key="train-aim").disabled


def test_the_price_and_the_domain_are_said_and_the_ledger_pays_once(
    wizard: Wizard, project: Project, store: Store
) -> None:
    table = from_parquet(store.get(WHO, project.id, "table.parquet"))
    open_budget(store, WHO, "people", table, Ground(known=KNOWN), 3.0, 1e-6)
    page = private_form(wizard, project)
    assert "Training once costs" in wizard.text and "epsilon 1" in wizard.text
    assert "settled with the budget: public" in " ".join(h.proto.body for h in page.get("html"))
    assert not page.button(key="train-aim").disabled and wizard.problems == ""
    assert store.budget(WHO, "people").spent == 0
    training.train(Here(store, WHO, project.id, {"steps": [{"method": "mst"}]}, "here"))
    (charge,) = store.charges(WHO, "people")
    assert charge.query["method"] == "mst"
    (model,) = training.models(store, WHO, project.id)
    assert model["private"] and "privacy_audit" in {a["attack"] for a in model["trial"]["attacks"]}
    wizard.open("synthesis", project)
    assert wizard.problems == "" and "Promised: epsilon 1" in wizard.text
    wizard.open("budget", project)
    assert wizard.problems == ""


def test_a_column_of_which_nothing_is_known_is_named(wizard: Wizard, project: Project, store: Store) -> None:
    table = from_parquet(store.get(WHO, project.id, "table.parquet"))
    open_budget(store, WHO, "people", table, Ground(known={"sex": KNOWN["sex"]}), 3.0, 1e-6)
    page = private_form(wizard, project)
    assert "not known yet: age" in " ".join(w.value for w in page.warning) and wizard.problems == ""
    assert page.button(key="train-aim").disabled
    page.button(key="train-aim-without").click().run()
    assert list(page.multiselect(key="train-aim.leave_out").value) == ["age"]
    assert "Training once costs" in wizard.text and not page.button(key="train-aim").disabled
