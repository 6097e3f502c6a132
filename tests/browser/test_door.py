"""The sign-in page in a browser, and a server that is started again: nothing is lost."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.browser import conftest
from tests.browser.person import Person

pytestmark = pytest.mark.browser
PASSWORD = "a long test password"


def test_sign_in_work_restart_sign_out(person: Callable[..., Person], tmp_path: Path) -> None:
    port = conftest.free_port()
    server = conftest.start(tmp_path / "data", tmp_path / "log", port, STUDIO_PASSWORD=PASSWORD)
    me = person(390, "light", f"http://127.0.0.1:{port}")
    try:
        me.page.goto(me.address)
        assert me.page.url.endswith("/sign-in")
        me.is_accessible()
        me.page.get_by_label("Password").fill("a wrong one")
        me.page.get_by_role("button", name="Sign in").click()
        assert "not the password" in me.page.inner_text("body")
        sign_in(me)
        me.at_step(1)
        me.press("Try it with sample data")
        me.sees("Who will receive the result?")
        me.choose("The public")
        where = me.page.url
        server.terminate()
        server.wait(20)
        server = conftest.start(tmp_path / "data", tmp_path / "log", port, STUDIO_PASSWORD=PASSWORD)
        me.page.goto(where)
        assert me.page.url.endswith("/sign-in"), "a restart ends every session"
        sign_in(me)
        me.open(where.removeprefix(me.address))
        me.sees("sample survey")
        assert me.page.get_by_role("radio", name="The public").is_checked()
        me.page.get_by_role("link", name="Sign out").click()
        me.page.get_by_role("button", name="Sign out").click()
        me.page.goto(where)
        assert me.page.url.endswith("/sign-in")
        assert not me.outside
    finally:
        server.terminate()
        server.wait(20)


def sign_in(me: Person) -> None:
    me.page.get_by_label("Password").fill(PASSWORD)
    me.page.get_by_role("button", name="Sign in").click()
    me.settled()
