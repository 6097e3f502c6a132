"""The wizard without a browser: Streamlit's AppTest on a data folder of its own, with real jobs."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from core import jobs
from core.jobs import Work
from core.store import Actor, Project, Store, open_store
from core.work import protect, read

APP = Path(__file__).resolve().parents[2] / "studio" / "app.py"
WHO = Actor("owner")


@pytest.fixture(autouse=True)
def own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("STUDIO_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("STUDIO_MASTER_KEY_FILE", str(tmp_path / "master.key"))
    monkeypatch.delenv("STUDIO_PASSWORD", raising=False)
    monkeypatch.delenv("STUDIO_DATABASE_URL", raising=False)
    st.cache_resource.clear()
    yield
    st.cache_resource.clear()


@pytest.fixture
def store() -> Iterator[Store]:
    opened = open_store()
    yield opened
    opened.close()


class Here(Work):
    """A job's function called in this process."""

    def progress(self, share: float, doing: str = "") -> None:
        assert 0 <= share <= 1


class Wizard:
    """One person's tab: the open page, and the project in its address."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.page = AppTest.from_file(str(APP), default_timeout=60)

    def bring(self, data: bytes, name: str = "people.csv", **about: str) -> Project:
        """A project with this file, read as the wizard reads it."""
        project = self.store.create_project(WHO, name.split(".")[0], **about)
        self.store.put(WHO, project.id, "source", data)
        self.store.change_project(WHO, project.id, source_name=name)
        read(Here(self.store, WHO, project.id, {"answers": {}}, "here"))
        return self.store.project(WHO, project.id)

    def protect(self, project: Project) -> None:
        """What the job does, without the two seconds its process takes to start."""
        protect(Here(self.store, WHO, project.id, {}, "here"))

    def until(self, done: Callable[[], object]) -> None:
        for _ in range(600):
            if done():
                return
            time.sleep(0.1)
        raise AssertionError("it took more than a minute")

    def open(self, name: str, project: Project | None = None) -> AppTest:
        """A page, as after F5: nothing is known but the address."""
        self.page = AppTest.from_file(str(APP), default_timeout=60)
        if project:
            self.page.query_params["project"] = project.id
        self.page.switch_page(f"../pages/{name}.py")
        self.page.run()
        assert not self.page.exception
        return self.page

    def waited(self, project: Project, kind: str) -> AppTest:
        """Runs the page again when its job has ended."""
        self.until(lambda: (job := jobs.latest(self.store, WHO, project.id, kind)) and not job.live)
        return self.page.run()

    @property
    def problems(self) -> str:
        return " ".join(e.value for e in self.page.error).replace("\\", "")

    @property
    def text(self) -> str:
        """Everything the page says, as plain text."""
        kinds = (
            self.page.markdown,
            self.page.caption,
            self.page.title,
            self.page.header,
            self.page.success,
            self.page.warning,
            self.page.info,
            self.page.get("html"),
        )
        return " ".join(
            str(getattr(e, "value", None) or getattr(e.proto, "body", "")) for k in kinds for e in k
        ).replace("\\", "")


@pytest.fixture
def wizard(store: Store) -> Wizard:
    return Wizard(store)
