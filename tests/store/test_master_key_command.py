"""`python -m core master-key`."""

from __future__ import annotations

import argparse
import stat
from pathlib import Path

import pytest

from core.commands import master_key
from core.problem import Problem
from core.store import Actor, Store, StoreSettings, keys, open_store


@pytest.fixture
def command(store: Store, monkeypatch: pytest.MonkeyPatch):
    for name, value in store.settings.as_environment().items():
        monkeypatch.setenv(name, value)

    def run(*words: str) -> dict:
        parser = argparse.ArgumentParser()
        master_key.arguments(parser)
        return master_key.run(parser.parse_args(words))

    return run


def test_show_says_where_it_is_and_never_the_key(store: Store, settings: StoreSettings, command) -> None:
    store.create_project(Actor("asha"), "Survey")
    shown = command("show")
    assert shown["projects"] == 1 and shown["master_key_file"] == str(settings.master_key_file)
    secret = keys.load(settings.master_key_file).current
    assert secret.key.hex() not in str(shown) and secret.line() not in master_key.say(shown)
    assert secret.id.hex() in master_key.say(shown)


def test_a_backup_brings_everything_back(store: Store, settings: StoreSettings, command, tmp_path: Path) -> None:
    project = store.create_project(Actor("asha"), "Survey").id
    copy = tmp_path / "copy.key"
    assert "copy.key" in master_key.say(command("backup", "--out", str(copy)))
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600
    with pytest.raises(Problem, match="already"):
        command("backup", "--out", str(copy))
    with pytest.raises(Problem, match="where the copy goes"):
        command("backup")
    settings.master_key_file.unlink()
    copy.rename(settings.master_key_file)
    again = open_store(settings)
    assert again.project(Actor("asha"), project).name == "Survey"
    again.close()


def test_rotate_makes_a_new_key(store: Store, settings: StoreSettings, command) -> None:
    project = store.create_project(Actor("asha"), "Survey").id
    before = command("show")["id"]
    rotated = command("rotate")
    assert rotated["id"] != before and rotated["skipped"] == 0
    assert "copy of it now" in master_key.say(rotated)
    assert store.project(Actor("asha"), project).name == "Survey"


def test_nothing_is_made_where_there_is_no_data(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("STUDIO_DATA", str(tmp_path / "elsewhere"))
    monkeypatch.setenv("STUDIO_MASTER_KEY_FILE", str(tmp_path / "master.key"))
    with pytest.raises(Problem, match="no data"):
        master_key.run(argparse.Namespace(action="rotate", out=None))
    assert list(tmp_path.iterdir()) == []
