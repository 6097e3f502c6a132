"""A million rows from the upload to the risk page in a real browser: seconds for each step, and whether anything froze.

    python benchmarks/million_in_browser.py [FILE.csv]

Without a file the sample survey with 250,000 households is made first. While a step goes on, the page's own clock and
`/api/health` are asked again and again: the longest silence of each is printed.
"""

from __future__ import annotations

import sys
import tempfile
import threading
import time
import urllib.request
from pathlib import Path

from playwright.sync_api import sync_playwright

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tests.browser.conftest import CHROMIUM, FLAGS, free_port, start
from tests.browser.person import Person

PATIENCE = 900_000


class Pulse(threading.Thread):
    """Asks the server for its health five times a second; `longest` is the slowest answer in seconds."""

    def __init__(self, address: str) -> None:
        super().__init__(daemon=True)
        self.address, self.longest, self.over = address, 0.0, False

    def run(self) -> None:
        while not self.over:
            asked = time.perf_counter()
            with urllib.request.urlopen(f"{self.address}/api/health", timeout=120):  # noqa: S310 -- our own server
                self.longest = max(self.longest, time.perf_counter() - asked)
            time.sleep(0.2)


def make(path: Path) -> None:
    from core.sample import sample
    from core.table.writing import write_csv

    table = sample(households=250_000)
    write_csv(table.without(["name", "phone", "aadhaar", "address", "date_of_birth", "relation_to_head"]), path)


def walk(me: Person, path: Path) -> list[tuple[str, float]]:
    steps: list[tuple[str, float]] = []
    began = time.perf_counter()

    def lap(name: str) -> None:
        nonlocal began
        steps.append((name, time.perf_counter() - began))
        began = time.perf_counter()

    me.upload(path)
    me.sees("Who will receive the result?")
    lap("uploaded and encrypted")
    me.choose("Researchers under contract")
    me.fill("What will they use it for?", "A benchmark")
    me.page.get_by_text("rows,").first.wait_for(timeout=PATIENCE)
    lap("read and stored (in its own process)")
    me.press("Continue")
    me.sees("hold something personal")
    me.settled()
    lap("columns looked at")
    me.press("Continue")
    me.at_step(3)
    me.sees("the only one of their kind")
    lap("roles")
    me.press("Continue")
    me.at_step(4)
    me.sees("Was this all you wanted to know?")
    me.settled()
    lap("risk page complete")
    return steps


def main() -> None:
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        path = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(folder) / "million.csv"
        if not path.exists():
            make(path)
        port = free_port()
        server = start(Path(folder) / "data", Path(folder) / "log", port)
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        me = Person(browser, f"http://127.0.0.1:{port}", 1280, "light", patience=PATIENCE)
        pulse = Pulse(me.address)
        try:
            me.open("/")
            me.page.evaluate(
                "() => { window.gap = 0; let last = performance.now();"
                " setInterval(() => { const now = performance.now(); window.gap = Math.max(window.gap, now - last);"
                " last = now }, 50) }"
            )
            pulse.start()
            print(f"{path.stat().st_size / 2**20:.0f} MiB")
            for name, seconds in walk(me, path):
                print(f"{seconds:8.1f} s  {name}")
            print(f"{me.page.evaluate('window.gap') / 1000:8.1f} s  longest silence of the page")
            print(f"{pulse.longest:8.1f} s  longest silence of the server")
        finally:
            pulse.over = True
            browser.close()
            server.terminate()
            server.wait(20)


if __name__ == "__main__":
    main()
