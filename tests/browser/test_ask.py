"""“Average expenditure by district, people over 60”: priced before it is paid, paid once, seen again for nothing."""

from __future__ import annotations

from collections.abc import Callable

import pytest

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
    number_field(asha, "How much of the budget", "1")
    asha.answer("Which column of numbers?", "monthly_expenditure")
    asha.press("Add another")
    asha.answer("Which column?", "age")
    box = asha.page.get_by_role("combobox", name="How is it compared?").first
    box.click()
    box.fill("more")
    box.press("Enter")
    asha.settled()
    number_field(asha, "With which number?", "60")
    asha.answer("Grouped by which columns?", "district")
    asha.page.wait_for_timeout(700)  # a list of choices closes, and is sent, a moment later
    asha.page.keyboard.press("Escape")
    asha.page.wait_for_timeout(700)
    asha.settled()
    asha.press("See the price")
    asha.sees("Mean of monthly_expenditure by district where age more than 60")
    asha.sees("This costs epsilon 1 of the epsilon 3")
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


def number_field(window: Person, label: str, number: str) -> None:
    field = window.page.get_by_role("spinbutton", name=label).first
    field.fill(number)
    field.press("Tab")
    window.page.wait_for_timeout(300)
    window.settled()
