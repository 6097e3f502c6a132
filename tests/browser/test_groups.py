"""Testdata with its weights and households, all the way: groups dragged, only what is at risk protected, gentler ways
tried out, compared and taken away."""

from __future__ import annotations

import contextlib
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, TimeoutError, expect

from tests.browser.person import PATIENCE, Person
from tests.browser.test_journeys import SHARED, csv, smallest_class, take_away

pytestmark = pytest.mark.browser
KEYS = ["urbrur", "roof", "walls", "water", "electcon", "relat", "sex"]
FILE = SHARED / "data" / "sdcmicro" / "testdata.csv"


def drag(page: Page, value: str, group: str) -> None:
    """A chip onto a box, as a mouse does it."""
    chip = page.locator(f'.chip[data-id="{value}"]')
    box = page.locator(f'.box[aria-label="{group}"]')
    chip.scroll_into_view_if_needed()
    chip.drag_to(box)
    page.wait_for_timeout(600)


def bring(me: Person) -> str:
    """The file brought, and every column's role seen; the project's number."""
    me.open("/")
    me.upload(FILE)
    me.sees("4,580 rows")
    number = me.page.url.partition("project=")[2]
    me.open(f"/roles?project={number}")
    me.sees("the only one of their kind")
    me.answer("What is “ori_hid”?", "Says which people live together")
    me.answer("What is “sampling_weight”?", "Sample weight")
    return number


def test_testdata_with_weights_and_households(person: Callable[..., Person]) -> None:
    if not FILE.exists():
        pytest.skip("testdata.csv is not here")
    me = person(width=1280)
    number = bring(me)
    me.open(f"/risk?project={number}")
    me.sees("would be expected to find about")
    groups(me, number)
    me.open(f"/protect?project={number}")
    me.choose("Protect only what is at risk")
    me.press("Protect it like this")
    expect(me.page.get_by_text("Some rows, before and after").first).to_be_visible(timeout=PATIENCE)
    me.page.get_by_text("What two attackers would find in it").first.click()
    me.sees("Someone who knows true values of a person narrows nobody down")
    me.shot("groups-at-risk")
    me.is_accessible()
    me.press("Let gentler ways be tried out")
    me.choose("About 10 seconds")
    me.press("Find ways to protect it")
    me.sees("What was found")
    me.press("Protect it like this")
    me.at_step(5)
    expect(me.page.get_by_text("Some rows, before and after").first).to_be_visible(timeout=PATIENCE)
    undo_and_redo(me)
    me.press("Continue")
    me.at_step(6)
    me.sees("How much safer is it?")
    me.press("Continue")
    me.at_step(7)
    data, passphrase = take_away(me, "CSV in an encrypted ZIP")
    released = csv(data, passphrase)
    assert {"sampling_weight", "ori_hid"} <= set(released.columns)
    assert smallest_class(released, KEYS) >= 5
    me.kept_to_the_house()


def groups(me: Person, number: str) -> None:
    """The groups of one column put together on the board: by dragging, and by keyboard alone."""
    me.open(f"/hierarchy?project={number}")
    me.answer("Column", "relat")
    me.press("Take them over and change them")
    page = me.page
    expect(page.locator(".chip").first).to_be_visible(timeout=PATIENCE)
    page.locator('.box.new input').fill("family")
    drag(page, "3", "New group")
    expect(page.locator('.box[aria-label="family"] .chip[data-id="3"]')).to_be_visible(timeout=PATIENCE)
    drag(page, "4", "family")
    expect(page.locator('.box[aria-label="family"] .chip[data-id="4"]')).to_be_visible(timeout=PATIENCE)
    page.locator('.chip[data-id="5"]').press("Space")
    page.locator('.box[aria-label="family"] .put').press("Enter")
    expect(page.locator('.box[aria-label="family"] .chip[data-id="5"]')).to_be_visible(timeout=PATIENCE)
    page.get_by_role("button", name="Rename: family").press("Enter")
    page.locator(".naming").fill("kin")
    page.locator(".naming").press("Enter")
    expect(page.locator('.box[aria-label="kin"] .chip')).to_have_count(3, timeout=PATIENCE)
    me.settled()
    me.shot("groups-board")
    me.is_accessible()
    me.does_not_scroll_sideways()
    with page.expect_download() as waited:
        page.get_by_role("button", name="Download the groups as a file").click()
    assert b"3;kin" in waited.value.path().read_bytes()


def undo_and_redo(me: Person) -> None:
    """Back to the beginning and forth again, whatever number of steps it is."""
    for what, least in (("Undo:", 6), ("Redo:", 6)):
        presses = tries = 0
        while me.page.get_by_role("button", name=what).count() and tries < 60:
            tries += 1
            # While a table is worked out the page is drawn anew: a button counted just now may be gone.
            with contextlib.suppress(TimeoutError):
                me.page.get_by_role("button", name=what).first.click(timeout=10_000)
                presses += 1
            me.page.wait_for_timeout(300)
            me.settled()
        assert least <= presses < 40
    me.sees("Undo: Found for you")
    expect(me.page.get_by_text("Some rows, before and after").first).to_be_visible(timeout=PATIENCE)
