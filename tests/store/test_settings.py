"""Settings come from the environment and survive the way into a child process."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.problem import Problem
from core.store import StoreSettings
from core.store.settings import MASTER_KEY_FILE


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


@pytest.mark.parametrize("name", ["STUDIO_JOBS_AT_ONCE", "STUDIO_JOB_MEMORY", "STUDIO_JOB_HOURS"])
@pytest.mark.parametrize("text", ["many", "-1", "nan", "inf"])
def test_a_wrong_number_is_a_problem_that_names_the_setting(name: str, text: str) -> None:
    with pytest.raises(Problem, match=name):
        StoreSettings.from_environment({name: text})
