"""Step 5: how it begins, what each step says it touched, what two attackers find, and what chance made of a column."""

from __future__ import annotations

import pytest

from core.recipe import Recipe
from core.store import Project, Store
from core.table.writing import from_parquet
from tests.pages.conftest import WHO, Wizard
from tests.pages.test_last_pages import people, steps

ROLES = {"name": "direct_identifier", "age": "quasi_identifier", "sex": "quasi_identifier",
         "state": "quasi_identifier", "income": "sensitive"}
KNOWN = ("age", "sex", "state")


@pytest.fixture
def project(wizard: Wizard, store: Store) -> Project:
    found = wizard.bring(people(200), recipient="researchers", purpose="a study")
    store.save_recipe(WHO, found.id, Recipe.from_data({"roles": ROLES}).data(), "start")
    return store.project(WHO, found.id)


def protected(wizard: Wizard, project: Project, store: Store, *done: dict[str, object]) -> None:
    now = store.recipe(WHO, project.id)
    assert now
    whole = [{"method": "remove", "columns": ["name"]}, *done]
    store.save_recipe(WHO, project.id, {**now.recipe, "steps": whole}, "protected")
    wizard.protect(project)
    wizard.open("protect", project)


def test_only_what_is_at_risk_is_one_choice(wizard: Wizard, project: Project, store: Store) -> None:
    page = wizard.open("protect", project)
    assert not [b for b in page.selectbox if b.key == "group"], "the gallery is not there before it is asked for"
    page.radio(key=f"begin-{project.id}").set_value("at_risk").run()
    page.button(key="suggested").click().run()
    assert wizard.problems == ""
    assert [s["method"] for s in steps(store, project)] == ["remove", "protect_at_risk"]
    wizard.protect(project)
    wizard.open("protect", project)
    released = from_parquet(store.get(WHO, project.id, "released.parquet"))
    rows = list(zip(*(released[n].texts() for n in KNOWN), strict=True))
    assert min(rows.count(r) for r in rows) >= 5
    assert "narrows nobody down to fewer than 5 rows" in wizard.text


def test_each_step_says_what_it_touched(wizard: Wizard, project: Project, store: Store) -> None:
    protected(wizard, project, store, {"method": "local_suppression", "k": 5})
    released = from_parquet(store.get(WHO, project.id, "released.parquet"))
    blanked = sum(int(released[n].suppressed.sum()) for n in KNOWN)
    assert "1 column removed" in wizard.text
    assert f"{blanked:,} blanked" in wizard.text


def test_an_attacker_who_knows_true_values_is_said_beside_the_wildcard_count(
    wizard: Wizard, project: Project, store: Store
) -> None:
    protected(wizard, project, store, {"method": "local_suppression", "k": 5, "counting": "wildcard"})
    assert "Someone who knows true values narrows" in wizard.text
    assert "narrows nobody" not in wizard.text
    assert "Someone who treats blanks as wildcards" in wizard.text


def test_what_chance_made_of_a_column_is_shown(wizard: Wizard, project: Project, store: Store) -> None:
    chances = {"kind": "invariant", "share": 0.5}
    protected(wizard, project, store, {"method": "pram", "columns": ["state"], "chances": chances})
    assert any("by chance" in e.label for e in wizard.page.expander)
    assert "of the cells read differently now" in wizard.text
