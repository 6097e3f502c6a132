"""Find it for me, on the sample survey: asked, tried out, one taken, and the table protected by it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.browser.person import Person

pytestmark = pytest.mark.browser


def click_another_point(me: Person, first: str) -> str:
    """Clicks the numbered points one after the other until another way than the first is looked at; its heading."""
    heading = me.page.locator("[class*=st-key-card-way] h3")
    points = me.page.locator("[data-testid=stVegaLiteChart] path[aria-roledescription=point]")
    for number in range(points.count()):
        points.nth(number).click(force=True)
        me.page.wait_for_timeout(800)
        me.settled()
        if heading.inner_text() != first:
            break
    return heading.inner_text()


def test_find_it_for_me(person: Callable[..., Person]) -> None:
    asha = person(width=1280)
    asha.open()
    asha.press("Try it with sample data")
    asha.sees("rows,")
    number = asha.page.url.partition("project=")[2]
    asha.open(f"/roles?project={number}")
    asha.sees("the only one of their kind")
    asha.open(f"/protect?project={number}")
    asha.choose("Let several ways be tried out")
    asha.press("Say what matters to me")
    asha.sees("How gently can the people in it be protected?")
    asha.answer("Which columns matter most to you?", "age")
    asha.page.keyboard.press("Escape")
    asha.choose("About 10 seconds")
    asha.shot("find-ask")
    asha.is_accessible()
    asha.press("Find ways to protect it")
    expect(asha.page.get_by_role("button", name="Stop")).to_be_visible(timeout=30_000)
    asha.shot("find-waiting")
    asha.sees("What was found")
    asha.settled()
    asha.shot("find-found")
    asha.is_accessible()
    asha.does_not_scroll_sideways()
    first = asha.page.locator("[class*=st-key-card-way] h3").inner_text()
    clicked = click_another_point(asha, first)
    asha.shot("find-clicked")
    points = asha.page.locator("[data-testid=stVegaLiteChart] path[aria-roledescription=point]").count()
    assert clicked != first or points == 1, "a click on a point looks at that way; a slow machine may find only one"
    small = person(width=390, scheme="dark")
    small.open(f"/find?project={number}")
    small.sees("What was found")
    small.shot("find-found")
    small.is_accessible()
    small.does_not_scroll_sideways()
    small.kept_to_the_house()
    asha.press("Protect it like this")
    asha.at_step(5)
    expect(asha.page.get_by_text("Some rows, before and after").first).to_be_visible(timeout=120_000)
    asha.shot("find-taken")
    asha.kept_to_the_house()
