"""Settings come from the environment and survive the way into a child process."""

from __future__ import annotations

import contextlib
from pathlib import Path

import pytest

from core.problem import Problem
from core.store import Actor, Store, StoreSettings
from core.store.settings import MASTER_KEY_FILE
from tests.store.test_projects import FOREIGN


def test_defaults() -> None:
    settings = StoreSettings.from_environment({})
    assert settings.data == Path.cwd() / "data"
    assert settings.master_key_file == MASTER_KEY_FILE.expanduser()
    assert settings.database_url == ""


def test_settings_survive_the_environment(tmp_path: Path) -> None:
    settings = StoreSettings(tmp_path / "data", tmp_path / "key", "postgresql://h/d", tmp_path / "plain", 3, 1.5, 0.25)
    assert StoreSettings.from_environment(settings.as_environment()) == settings
    assert StoreSettings.from_environment(StoreSettings(tmp_path, tmp_path / "k").as_environment()) == StoreSettings(
        tmp_path, tmp_path / "k")


def test_every_setting_and_every_event_is_documented(store: Store, asha: Actor) -> None:
    text = (Path(__file__).resolve().parents[2] / "docs" / "storage.md").read_text("utf-8")
    project = store.create_project(asha, "Survey").id
    for call in (*FOREIGN.values(), FOREIGN["put_secret"], FOREIGN["destroy_secret"], FOREIGN["put"], FOREIGN["get"]):
        with contextlib.suppress(Problem):
            call(store, asha, project)
            project = store.create_project(asha, "Survey").id if call is FOREIGN["delete"] else project
    noted = {event.what for event in store.events(asha)} - {"looked"}
    assert len(noted) > 11
    assert [name for name in (*store.settings.as_environment(), *noted) if f"`{name}`" not in text] == []


@pytest.mark.parametrize("name", ["STUDIO_JOBS_AT_ONCE", "STUDIO_JOB_MEMORY", "STUDIO_JOB_HOURS"])
@pytest.mark.parametrize("text", ["many", "-1", "nan", "inf"])
def test_a_wrong_number_is_a_problem_that_names_the_setting(name: str, text: str) -> None:
    with pytest.raises(Problem, match=name):
        StoreSettings.from_environment({name: text})
