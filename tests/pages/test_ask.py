"""Statistics instead of rows: settled once, priced before it is paid, paid once, shown again for nothing."""

from __future__ import annotations

import json

import pytest
from streamlit.testing.v1 import AppTest

from core.store import Project, Store
from tests.pages.conftest import WHO, Wizard


def people(rows: int = 400) -> bytes:
    lines = [f"P{i},{20 + i % 60},{('Goa', 'Kerala')[i % 2]},{9000 + 10 * (i % 60)}" for i in range(rows)]
    return ("id,age,state,income\n" + "\n".join(lines) + "\n").encode()


@pytest.fixture
def project(wizard: Wizard) -> Project:
    return wizard.bring(people())


def settle(wizard: Wizard, project: Project) -> None:
    """Names what is public and takes the strength that is suggested, as a person does."""
    page = wizard.open("ask", project)
    assert "cannot be undone" in wizard.text
    page.multiselect(key="ground.known").set_value(["state", "income"]).run()
    page.radio(key="ground.known.income@").set_value("bounds").run()
    page.text_area(key="ground.known.state.categories.values").set_value("Goa\nKerala").run()
    page.number_input(key="ground.known.income.bounds.low").set_value(0.0)
    page.number_input(key="ground.known.income.bounds.high").set_value(20000.0).run()
    page.button(key="settle").click().run()
    assert wizard.problems == ""


def spend(page: AppTest, epsilon: float) -> None:
    """A named price, or another amount."""
    if epsilon in (0.03, 0.1, 0.3, 1.0):
        page.radio(key="paying").set_value(epsilon).run()
        return
    page.radio(key="paying").set_value(0.0).run()
    page.number_input(key="paying-epsilon").set_value(epsilon).run()


def asked(wizard: Wizard, question: str, epsilon: float, **settings: object) -> None:
    """A question asked and paid for; settings by the widget's key."""
    page = wizard.page
    page.selectbox(key="question").set_value(question).run()
    for name, given in settings.items():
        box = page.multiselect if isinstance(given, list) else page.selectbox
        box(key=f"ask-{question}.{name}").set_value(given).run()
    spend(page, epsilon)
    page.button(key="price").click().run()
    page.button(key="pay").click().run()
    assert wizard.problems == ""


def test_prices_are_named_and_explained(wizard: Wizard, project: Project) -> None:
    settle(wizard, project)
    options, captions = wizard.page.radio(key="paying").options, wizard.page.radio(key="paying").proto.captions
    assert options == ["Very little (epsilon 0.03)", "A little (epsilon 0.1)", "Some (epsilon 0.3)",
                       "Much (epsilon 1)", "Another amount"]
    assert captions[2] == (
        "30% of what is left. By this answer alone, who is 50% sure of somebody can be at most 57.5% sure.")


def test_counts_add_up_with_their_total_for_nothing(wizard: Wizard, project: Project, store: Store) -> None:
    settle(wizard, project)
    asked(wizard, "count", 0.3)
    assert not [c for c in wizard.page.checkbox if c.key.startswith("adds-")], "a total has no total"
    asked(wizard, "count", 0.1, by=["state"])
    (box,) = [c for c in wizard.page.checkbox if c.key.startswith("adds-")]
    assert "Make it add up with “Count”" in box.label
    before, spent = wizard.text, store.budgets(WHO)[0].spent
    box.check().run()
    assert wizard.problems == ""
    assert wizard.text != before
    assert store.budgets(WHO)[0].spent == spent


def test_bounds_that_were_paid_for_serve_later_questions(wizard: Wizard, project: Project, store: Store) -> None:
    settle(wizard, project)
    asked(wizard, "find_bounds", 0.5, column="age")
    (use,) = [b for b in wizard.page.button if b.key.startswith("learn-")]
    use.click().run()
    assert wizard.problems == ""
    known = store.budgets(WHO)[0].ground["known"]["age"]
    assert known["low"] <= 16 and known["high"] >= 128  # in one run of 100 an empty bin passes
    asked(wizard, "sum", 0.1, column="age")
    assert not [b for b in wizard.page.button if b.key.startswith("learn-")], "what is known is not offered again"


def test_a_preview_is_of_invented_data(wizard: Wizard, project: Project, store: Store) -> None:
    settle(wizard, project)
    page = wizard.page
    page.selectbox(key="question").set_value("count").run()
    page.multiselect(key="ask-count.by").set_value(["state"]).run()
    page.button(key="price").click().run()
    assert "It says nothing of your table" in wizard.text
    assert page.get("vega_lite_chart")
    assert store.budgets(WHO)[0].spent == 0


def test_from_settling_to_the_answer_and_again_for_nothing(wizard: Wizard, project: Project, store: Store) -> None:
    settle(wizard, project)
    (budget,) = store.budgets(WHO)
    assert (budget.epsilon, budget.spent) == (1.0, 0.0)
    assert budget.ground["known"]["state"]["values"] == ["Goa", "Kerala"]
    page = wizard.page
    page.selectbox(key="question").set_value("mean").run()
    page.selectbox(key="ask-mean.column").set_value("income")
    page.multiselect(key="ask-mean.by").set_value(["state"])
    spend(page, 0.5)
    page.button(key="price").click().run()
    assert "This costs epsilon 0.5 of the epsilon 1 that is left; epsilon 0.5 will remain." in wizard.text
    assert "on invented data" in wizard.text
    page.button(key="not-now").click().run()
    assert page.number_input(key="paying-epsilon").value == 0.5, "going back loses nothing"
    assert page.multiselect(key="ask-mean.by").value == ["state"]
    page.button(key="price").click().run()
    assert store.budget(WHO, budget.id).spent == 0, "seeing the price costs nothing"
    page.button(key="pay").click().run()
    assert wizard.problems == ""
    assert store.budget(WHO, budget.id).spent == 0.5
    assert "**50%** of the budget is left" in wizard.text
    assert "Kerala" in wizard.text
    assert page.get("vega_lite_chart")
    again = wizard.open("ask", project)  # F5
    (charge,) = store.charges(WHO, budget.id)
    again.button(key=f"again-{charge.id}").click().run()
    assert "Kerala" in wizard.text
    assert store.budget(WHO, budget.id).spent == 0.5
    wizard.open("budget", project)
    assert "Mean of income by state" in wizard.text
    assert "at most 62.3% sure" in wizard.text


def test_a_question_too_dear_is_refused_and_nothing_is_charged(wizard: Wizard, project: Project, store: Store) -> None:
    settle(wizard, project)
    page = wizard.page
    spend(page, 2.0)
    page.button(key="price").click().run()
    page.button(key="pay").click().run()
    assert "1 is left of the budget" in wizard.problems
    assert "Nothing was charged" in wizard.problems
    assert store.budgets(WHO)[0].spent == 0


def test_the_same_table_in_another_project_meets_the_same_ledger(
    wizard: Wizard, project: Project, store: Store
) -> None:
    settle(wizard, project)
    rows = people().decode().splitlines()
    other = wizard.bring("\n".join([rows[0], *reversed(rows[1:])]).encode(), "other.csv")
    page = wizard.open("ask", other)
    assert page.selectbox(key="question").value == "count", "settled already"
    assert len(store.budgets(WHO)) == 1


def test_no_cell_stands_on_the_pages_before_the_answer(wizard: Wizard, project: Project) -> None:
    settle(wizard, project)
    wizard.open("ask", project)
    assert "P17" not in wizard.text
    assert "P17" not in json.dumps([str(s.options) for s in wizard.page.selectbox])


def test_a_newer_file_gets_a_budget_of_its_own_and_is_told_of_the_first(wizard: Wizard, project: Project) -> None:
    settle(wizard, project)
    asked(wizard, "count", 0.3)
    page = wizard.open("bring", project)
    page.file_uploader(key="newer").set_value(("february.csv", people(401), "text/csv")).run()
    wizard.waited(project, "read")
    settle(wizard, project)
    assert len(wizard.store.budgets(WHO)) == 2
    assert sorted(b.spent for b in wizard.store.budgets(WHO)) == [0.0, 0.3]


def test_an_earlier_files_budget_is_said_before_another_is_settled(wizard: Wizard, project: Project) -> None:
    settle(wizard, project)
    asked(wizard, "count", 0.3)
    page = wizard.open("bring", project)
    page.file_uploader(key="newer").set_value(("february.csv", people(401), "text/csv")).run()
    wizard.waited(project, "read")
    wizard.open("ask", project)
    assert "of which epsilon 0.3 was spent" in wizard.text
