"""The studio as `make run` starts it, on a port and a data folder of its own, and a Chromium."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.browser.person import AXE, Person

PROJECT = Path(__file__).resolve().parents[2]
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


TRIES = 3


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A page that is drawn anew just when it is clicked loses the click, now and then, on a busy machine.

    A person clicks once more; a test of this folder begins once more. What is broken fails every time.
    """
    for item in items:
        if item.path.parent == Path(__file__).parent:
            item.add_marker(pytest.mark.flaky(reruns=TRIES - 1))


class Studio(NamedTuple):
    address: str
    data: Path
    log: Path


def free_port() -> int:
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return int(s.getsockname()[1])


def start(data: Path, log: Path, port: int, **settings: str) -> subprocess.Popen[bytes]:
    """The server, answering."""
    environment = {**os.environ, "STUDIO_DATA": str(data), "STUDIO_MASTER_KEY_FILE": str(data.parent / "master.key")}
    environment.pop("STUDIO_PASSWORD", None)
    environment |= settings
    with log.open("ab") as out:
        server = subprocess.Popen(
            [sys.executable, "-m", "studio.server", "--port", str(port)],
            cwd=PROJECT,
            env=environment,
            stdout=out,
            stderr=out,
        )
    for _ in range(240):
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/api/health", timeout=2):
                return server
        except OSError:
            if server.poll() is not None:
                break
            time.sleep(0.25)
    raise AssertionError("the studio did not start: " + log.read_text("utf-8")[-2000:])


def end_jobs(data: Path) -> None:
    """Stop what still works for a studio that is gone: jobs outlive the server on purpose."""
    from core import jobs
    from core.store import Actor, StoreSettings, open_store

    store, owner = open_store(StoreSettings(data, data.parent / "master.key")), Actor("owner")
    try:
        for project in store.projects(owner):
            for job in jobs.jobs(store, owner, project.id):
                if job.live:
                    jobs.stop(store, owner, job.id)
    finally:
        store.close()


@pytest.fixture(scope="session")
def studio(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Studio]:
    folder = tmp_path_factory.mktemp("studio")
    port = free_port()
    server = start(folder / "data", folder / "log", port)
    yield Studio(f"http://127.0.0.1:{port}", folder / "data", folder / "log")
    server.terminate()
    server.wait(20)
    end_jobs(folder / "data")


@pytest.fixture(scope="session")
def chromium() -> Iterator[object]:
    if CHROMIUM is None:
        pytest.skip("Chromium is not installed here")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def person(studio: Studio, chromium: object) -> Iterator[Callable[..., Person]]:
    """person(width=1280, scheme="light") opens a window."""
    open_windows: list[Person] = []

    def arrive(width: int = 1280, scheme: str = "light", address: str = "") -> Person:
        window = Person(chromium, address or studio.address, width, scheme)  # type: ignore[arg-type]
        open_windows.append(window)
        return window

    yield arrive
    for window in open_windows:
        window.leave()


@pytest.fixture
def axe() -> None:
    """For a test that is nothing without the accessibility checker."""
    if not AXE.exists():
        pytest.skip("axe-core is not installed: run `npm ci` in tests/browser")
