"""“Average expenditure by district, people over 60”: priced before it is paid, paid once, seen again for nothing."""

from __future__ import annotations

import contextlib
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.browser.person import Person

pytestmark = pytest.mark.browser


def test_average_expenditure_by_district_of_people_over_60(person: Callable[..., Person], axe: None) -> None:
    asha = person(width=1280)
    asha.open()
    asha.press("Try it with sample data")
    asha.sees("rows,")
    number = asha.page.url.partition("project=")[2]
    asha.open(f"/ask?project={number}")
    asha.sees("How strongly are people protected?")
    asha.shot("ask-settle")
    asha.is_accessible()
    asha.choose("Moderate")
    asha.press("Settle this")
    asha.sees("Ask a question")
    asha.answer("What do you want to know?", "Mean")
    asha.answer("Which column of numbers?", "monthly_expenditure")
    asha.press("Add one")
    asha.answer("Which column?", "age")
    asha.answer("How is it compared?", "more than")
    number_field(asha, "With which number?", "60")
    several(asha, "Grouped by which columns?", "district")
    asha.choose("Much (epsilon 1)")
    expect(asha.page.get_by_role("radio", name="Much (epsilon 1)")).to_be_checked()
    asha.press("See the price")
    asha.sees("Mean of monthly_expenditure by district where age more than 60")
    asha.sees("This costs epsilon 1 of the epsilon 3")
    asha.sees("on invented data")
    asha.shot("ask-price")
    asha.is_accessible()
    asha.press("Pay and ask")
    asha.sees("Mean of monthly_expenditure by district where age more than 60")
    asha.sees("67%")
    asha.shot("ask-answer")
    asha.is_accessible()
    asha.reload()
    asha.press("Show again")
    asha.sees("How it was made, in words and as code")
    asha.sees("67%")
    asha.press("See what was spent")
    asha.sees("Questions paid for")
    asha.shot("ask-budget")
    asha.is_accessible()
    asha.kept_to_the_house()
    small = person(width=390, scheme="dark")
    for page, says in (("ask", "Answers already paid for"), ("budget", "Questions paid for")):
        small.open(f"/{page}?project={number}")
        small.sees(says)
        small.shot(f"ask-{page}")
        small.does_not_scroll_sideways()
        small.is_accessible()
    small.kept_to_the_house()


def test_a_page_of_answers_for_a_reader(person: Callable[..., Person], axe: None) -> None:
    """The invented table of staff: settled, a plan suggested, priced, paid once, and a link that opens nothing else."""
    asha = person(width=1280)
    asha.open()
    asha.press("An invented table of staff")
    asha.sees("rows,")
    number = asha.page.url.partition("project=")[2]
    asha.open(f"/ask?project={number}")
    asha.sees("How strongly are people protected?")
    asha.press("Settle this")
    asha.sees("Ask a question")
    asha.press("Answer several questions on one page")
    asha.sees("What do you want to begin with?")
    asha.press("Begin")
    asha.sees("The questions")
    asha.choose("Some (epsilon 0.3)")
    asha.press("See the price")
    asha.sees("All of it costs at most epsilon 0.3 of the epsilon 1")
    asha.shot("plan-price")
    asha.is_accessible()
    asha.press("Pay and answer all")
    asha.sees("Show it to somebody else")
    asha.sees("70%")
    asha.shot("plan-answers")
    asha.is_accessible()
    asha.press("Make the link")
    asha.sees("This is shown this once")
    path = asha.page.locator("code", has_text="/reader/").first.inner_text().strip()
    asha.kept_to_the_house()
    reader = person(width=390, scheme="dark")
    reader.page.goto(reader.address + path)
    expect(reader.page.get_by_role("heading", name="Mean of salary by department")).to_be_visible()
    assert reader.page.locator("svg[role=img]").count() >= 3
    assert reader.page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    reader.is_accessible()
    asha.open(f"/budget?project={number}")
    asha.sees("Who may spend")
    asha.press("Take the link back")
    asha.sees("taken back")
    reader.page.reload()
    expect(reader.page.get_by_text("This link opens nothing")).to_be_visible()


def number_field(window: Person, label: str, number: str) -> None:
    field = window.page.get_by_role("spinbutton", name=label).first
    field.fill(number)
    field.press("Tab")
    window.settled()
    expect(field).to_have_value(number)


def several(window: Person, label: str, option: str) -> None:
    """One option of a list that takes several: chosen, shown as a tag, and the list closed again."""
    tag = window.page.locator("[data-tag]", has_text=option).first
    for _ in range(4):  # a click on a list that is drawn anew just then chooses nothing: a person clicks once more
        window.answer(label, option)
        with contextlib.suppress(AssertionError):
            expect(tag).to_be_visible()
            break
    expect(tag).to_be_visible()
    box, options = window.page.get_by_role("combobox", name=label).first, window.page.get_by_role("option")
    for _ in range(12):  # a page that is drawn anew just then takes the focus away, and the key closes nothing
        window.settled()
        if options.count() == 0:
            break
        box.press("Escape")
        window.page.wait_for_timeout(500)
    expect(options).to_have_count(0)
    window.settled()
