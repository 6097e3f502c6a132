"""A person in front of the studio: presses what is named on the screen, and notes what a page must not do."""

from __future__ import annotations

import contextlib
import json
import re
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Browser, Locator, Page, TimeoutError, expect

SHOTS = Path(__file__).resolve().parents[1] / "screenshots"
AXE = Path(__file__).parent / "node_modules" / "axe-core" / "axe.min.js"
PATIENCE = 120_000


class Person:
    """One browser window. `outside`: requests that left the machine; `broken`: what the console complained of."""

    def __init__(self, browser: Browser, address: str, width: int, scheme: str, patience: int = PATIENCE) -> None:
        self.context = browser.new_context(
            viewport={"width": width, "height": 900},
            color_scheme=scheme,
            accept_downloads=True,  # type: ignore[arg-type]
            has_touch=width < 500,
            is_mobile=False,
            bypass_csp=False,
        )
        self.page: Page = self.context.new_page()
        self.patience = patience
        self.page.set_default_timeout(patience)
        self.address, self.width, self.scheme = address, width, scheme
        self.outside: list[str] = []
        self.broken: list[str] = []
        here = urlsplit(address).netloc
        self.page.on("request", lambda r: self._outside(r.url, here))
        self.page.on("pageerror", lambda e: self.broken.append(type(e).__name__))
        self.page.on("console", lambda m: self._console(m.text) if m.type == "error" else None)

    def _outside(self, url: str, here: str) -> None:
        if not url.startswith(("data:", "blob:")) and urlsplit(url).netloc != here:
            self.outside.append(url)

    def _console(self, text: str) -> None:
        # After F5 on a page Streamlit first looks for its socket under the page's own path.
        if "404" not in text:
            self.broken.append(text)

    def open(self, path: str = "/") -> None:
        self.page.goto(self.address + path)
        self.settled()

    def reload(self) -> None:
        self.page.reload()
        self.settled()

    def settled(self) -> None:
        """Waits until the page has been drawn to its end, or shows work that goes on."""
        self.page.wait_for_function(
            """() => {
                const app = document.querySelector('[data-testid=stApp]');
                if (!app || !document.querySelector('h1, [data-testid=stAlert]')) return false;
                if (document.querySelector('[data-testid=stProgress]')) return true;
                return app.dataset.testScriptState === 'notRunning'
                    && !document.querySelector('[data-testid=stSkeleton], [data-testid=stSpinner]');
            }""",
            timeout=self.patience,
        )
        self.page.wait_for_timeout(250)

    def at_step(self, number: int) -> None:
        expect(self.page.get_by_text(re.compile(rf"^Step {number} of 7"))).to_be_visible(timeout=self.patience)
        self.settled()

    def press(self, name: str, nth: int = 0) -> None:
        self.page.get_by_role("button", name=name).nth(nth).click()
        self.page.wait_for_timeout(300)
        self.settled()

    def choose(self, name: str) -> None:
        """A radio button by its label."""
        self.page.locator("label", has_text=name).first.click()
        self.page.wait_for_timeout(200)
        self.settled()

    def answer(self, label: str, option: str) -> None:
        """One option of a select box."""
        box = self.page.get_by_role("combobox", name=label).first
        box.scroll_into_view_if_needed()
        self.page.wait_for_timeout(500)  # a list that opens while the page still scrolls closes again
        found = self.page.get_by_role("option", name=option).first
        for _ in range(12):  # a page that is drawn anew just then closes the list again: a person clicks once more
            box.click()
            with contextlib.suppress(TimeoutError):
                found.wait_for(state="visible", timeout=8_000)
                break
        found.click()
        self.page.wait_for_timeout(300)
        self.settled()

    def fill(self, label: str, text: str) -> None:
        field = self.page.get_by_role("textbox", name=label).first
        field.fill(text)
        field.press("Tab")
        self.page.wait_for_timeout(200)
        self.settled()

    def upload(self, path: Path | dict[str, Any]) -> None:
        self.page.locator("input[type=file]").first.set_input_files(path)  # type: ignore[arg-type]
        self.page.wait_for_timeout(500)
        self.settled()

    def sees(self, text: str) -> Locator:
        found = self.page.get_by_text(text).first
        expect(found).to_be_visible(timeout=self.patience)
        return found

    def shot(self, name: str) -> None:
        """A screenshot of the whole page."""
        self.settled()
        SHOTS.mkdir(exist_ok=True)
        height = self.page.evaluate("document.querySelector('[data-testid=stMain]').scrollHeight")
        self.page.set_viewport_size({"width": self.width, "height": min(max(900, height + 20), 9000)})
        self.page.mouse.move(0, 0)
        self.page.wait_for_timeout(500)
        self.page.screenshot(path=SHOTS / f"{name}-{self.width}-{self.scheme}.png")
        self.page.set_viewport_size({"width": self.width, "height": 900})

    def does_not_scroll_sideways(self) -> None:
        wide = self.page.evaluate("""() => { const m = document.querySelector('[data-testid=stMain]');
            return [document.documentElement.scrollWidth - innerWidth, m.scrollWidth - m.clientWidth] }""")
        assert max(wide) <= 0, f"the page is {wide} pixels too wide"

    def axe(self) -> list[dict[str, Any]]:
        """Serious and critical findings of the accessibility checker."""
        # evaluate() is not subject to the page's policy, as a script tag would be
        self.page.evaluate(AXE.read_text("utf-8") + "; null")
        found = self.page.evaluate("""async () => (await axe.run(document, {resultTypes: ['violations']})).violations
            .filter(v => ['serious', 'critical'].includes(v.impact))
            .map(v => ({id: v.id, impact: v.impact, nodes: v.nodes.slice(0, 4).map(n => [n.target.join(' '),
                n.html.slice(0, 200), (n.any[0] || n.all[0] || n.none[0] || {}).message])}))""")
        return list(found)

    def is_accessible(self) -> None:
        """No serious or critical finding. Without axe-core one test says that this was left out."""
        if not AXE.exists():
            return
        found = self.axe()
        assert not found, json.dumps(found, indent=1)

    def kept_to_the_house(self) -> None:
        """Nothing went outside and nothing broke in the browser."""
        assert not self.outside, self.outside[:5]
        assert not self.broken, self.broken[:5]

    def leave(self) -> None:
        self.context.close()
