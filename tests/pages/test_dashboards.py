"""Several questions on one page: pointed at, their price shared out, paid once, a link for a reader; and allowances."""

from __future__ import annotations

import pytest

from core.query.examples import EXAMPLES, example_table
from core.store import Actor, Project, Store
from core.table.writing import write_csv
from studio.reader import page as reader_page
from tests.pages.conftest import WHO, Wizard
from tests.pages.test_ask import people, settle


@pytest.fixture
def project(wizard: Wizard) -> Project:
    return wizard.bring(people())


def test_a_page_of_answers_from_the_suggestion_to_the_reader(wizard: Wizard, project: Project, store: Store) -> None:
    settle(wizard, project)
    page = wizard.open("dashboards", project)
    page.button(key="begin").click().run()
    assert wizard.problems == ""
    headings = [t.value for t in page.text_input if t.key.endswith("-heading") and t.key.startswith("tile")]
    assert headings == ["People by state", "Mean of income by state", "How income is spread"]
    page.button(key="tile-2-3-off").click().run()
    page.selectbox(key="plan-question").set_value("quantile").run()
    page.selectbox(key="plan-quantile.column").set_value("income").run()
    page.text_input(key="plan-heading").set_value("Median income").run()
    page.button(key="plan-add").click().run()
    assert wizard.problems == ""
    again = wizard.open("dashboards", project)  # F5: the plan is kept
    assert [t.value for t in again.text_input if t.key.startswith("tile")] == [*headings[:2], "Median income"]
    again.selectbox(key="tile-0-3-weight").set_value(3.0).run()
    again.radio(key="plan-paying").set_value(0.3).run()
    again.button(key="price-plan").click().run()
    assert wizard.problems == ""
    assert "All of it costs at most epsilon 0.3 of the epsilon 1 that is left; epsilon 0.7 will remain." in wizard.text
    assert "Median income" in wizard.text
    assert store.budgets(WHO)[0].spent == 0
    again.button(key="pay-plan").click().run()
    assert wizard.problems == ""
    assert 0.29 < store.budgets(WHO)[0].spent <= 0.3
    assert len(again.get("vega_lite_chart")) >= 2
    again.button(key="link-plan").click().run()
    (token,) = [c.value.removeprefix("/reader/") for c in again.get("code") if c.value.startswith("/reader/")]
    content = store.read_dashboard(token)
    assert content is not None
    assert [t["heading"] for t in content["tiles"]] == [*headings[:2], "Median income"]
    shown = reader_page(content)
    assert "Median income" in shown and "<svg" in shown and "P17" not in shown
    later = wizard.open("dashboards", project)
    assert "Mean of income by state" in wizard.text, "seen again for nothing"
    assert 0.29 < store.budgets(WHO)[0].spent <= 0.3
    (made,) = store.dashboards(WHO, store.budgets(WHO)[0].id)
    later.button(key=f"revoke-{made.id}").click().run()
    assert store.read_dashboard(token) is None


def test_a_page_too_dear_is_refused_and_nothing_is_charged(wizard: Wizard, project: Project, store: Store) -> None:
    settle(wizard, project)
    page = wizard.open("dashboards", project)
    page.radio(key="begin-plan").set_value("hr").run()
    page.button(key="begin").click().run()
    assert "department" in wizard.problems, "the example speaks of columns that this table does not have"
    page.radio(key="begin-plan").set_value("empty").run()
    page.button(key="begin").click().run()
    page.radio(key="plan-paying").set_value(0.0).run()
    page.number_input(key="plan-paying-epsilon").set_value(5.0).run()
    page.button(key="price-plan").click().run()
    page.button(key="pay-plan").click().run()
    assert "Nothing was charged" in wizard.problems
    assert store.budgets(WHO)[0].spent == 0


@pytest.mark.parametrize("name", EXAMPLES)
def test_an_example_is_settled_and_answered_in_the_wizard(wizard: Wizard, store: Store, tmp_path, name: str) -> None:
    """The invented table of an example, brought as a file: what is public is proposed, the plan is there."""
    file = tmp_path / f"{name}.csv"
    with file.open("wb") as out:
        write_csv(example_table(name), out)
    project = wizard.bring(file.read_bytes(), f"example {name}.csv")
    page = wizard.open("ask", project)
    page.button(key="settle").click().run()
    assert wizard.problems == ""
    page = wizard.open("dashboards", project)
    page.radio(key="begin-plan").set_value(name).run()
    page.button(key="begin").click().run()
    spend_all(page)
    assert wizard.problems == ""
    assert EXAMPLES[name][1][0]["heading"] in wizard.text
    assert len(store.charges(WHO, store.budgets(WHO)[0].id)) == len(EXAMPLES[name][1])


def spend_all(page) -> None:
    page.radio(key="plan-paying").set_value(1.0).run()
    page.button(key="price-plan").click().run()
    page.button(key="pay-plan").click().run()


def test_the_owner_lets_others_spend_and_sees_who_did(wizard: Wizard, project: Project, store: Store) -> None:
    settle(wizard, project)
    page = wizard.open("budget", project)
    page.button(key="allow").click().run()
    assert "not said who" in wizard.problems
    page.text_input(key="allow-who").set_value("ben")
    page.text_input(key="allow-department").set_value("health")
    page.number_input(key="allow-most").set_value(0.25).run()
    page.button(key="allow").click().run()
    assert wizard.problems == ""
    budget = store.budget(Actor("ben", "health"), store.budgets(WHO)[0].id)
    store.charge(Actor("ben", "health"), budget.id, {"query": "count"}, epsilon=0.2, price=0.2)
    store.charge(WHO, budget.id, {"query": "count"}, epsilon=0.1, price=0.1)
    wizard.open("budget", project)
    assert "health" in wizard.text and "0.25" in wizard.text and "Spent by whom" in wizard.text


def test_more_can_be_said_to_be_public_but_not_changed(wizard: Wizard, project: Project, store: Store) -> None:
    settle(wizard, project)
    page = wizard.open("budget", project)
    assert "income" not in page.multiselect(key="more.known").options
    page.multiselect(key="more.known").set_value(["age"]).run()
    page.radio(key="more.known.age@").set_value("bounds").run()
    page.number_input(key="more.known.age.bounds.low").set_value(0.0)
    page.number_input(key="more.known.age.bounds.high").set_value(110.0).run()
    page.button(key="more-add").click().run()
    assert wizard.problems == ""
    assert store.budgets(WHO)[0].ground["known"]["age"]["high"] == 110
    assert store.budgets(WHO)[0].ground["known"]["income"]["high"] == 20000
