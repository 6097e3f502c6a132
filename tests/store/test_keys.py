"""The master key: made once, private, outside the data; its loss, exchange and rotation."""

from __future__ import annotations

import base64
import multiprocessing
import stat
from dataclasses import replace
from pathlib import Path

import pytest

from core.problem import Problem
from core.store import Actor, Store, StoreSettings, keys, open_store
from core.store.vault import Vault


def test_the_first_use_makes_a_private_key_outside_the_data_folder(store: Store, settings: StoreSettings) -> None:
    path = settings.master_key_file
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    secret = keys.load(path).current.key
    assert len(secret) == 32
    for file in settings.data.rglob("*"):
        if file.is_file():
            data = file.read_bytes()
            assert secret not in data and base64.b64encode(secret) not in data
    assert secret.hex() not in repr(keys.load(path)) and repr(secret) not in repr(keys.load(path))


def test_a_key_inside_the_data_folder_is_refused(settings: StoreSettings) -> None:
    with pytest.raises(Problem, match="inside the data folder"):
        open_store(replace(settings, master_key_file=settings.data / "deeper" / "master.key"))


def test_a_missing_key_says_what_its_loss_means_and_is_never_replaced(store: Store, settings: StoreSettings) -> None:
    project = store.create_project(Actor("asha"), "Survey")
    settings.master_key_file.unlink()
    with pytest.raises(Problem) as missing:
        open_store(settings)
    assert "missing" in missing.value.what and "cannot be read by anyone" in missing.value.do
    assert not settings.master_key_file.exists()
    with pytest.raises(Problem, match="missing"):
        store.project(Actor("asha"), project.id)


def test_another_master_key_is_refused(store: Store, settings: StoreSettings, tmp_path: Path) -> None:
    other = tmp_path / "other.key"
    keys.create(other)
    with pytest.raises(Problem, match="does not belong to the data folder"):
        open_store(replace(settings, master_key_file=other))


@pytest.mark.parametrize("mode", [0o644, 0o640, 0o604, 0o620])
def test_a_key_that_others_can_open_is_refused(store: Store, settings: StoreSettings, mode: int) -> None:
    settings.master_key_file.chmod(mode)
    with pytest.raises(Problem, match="chmod 600"):
        open_store(settings)


def test_a_slip_of_the_pen_in_a_copy_is_noticed(store: Store, settings: StoreSettings) -> None:
    path = settings.master_key_file
    head, line = path.read_text().rsplit("\n", 2)[0], path.read_text().splitlines()[-1]
    name, secret = line.split(" ")
    other = ("B" if secret[0] == "A" else "A") + secret[1:]
    for wrong in (f"{name} {other}", f"{name} {secret[:-4]}", name, "", f"{name} {secret}\nand more"):
        path.write_text(f"{head}\n{wrong}\n")
        with pytest.raises(Problem, match="not a master key file"):
            open_store(settings)
    path.write_text(f"{line}\n")  # without the comment, as written down on paper
    open_store(settings).close()


def test_a_wrapped_key_belongs_to_one_project_and_cannot_be_changed() -> None:
    ring = keys.KeyRing((keys.MasterKey(b"m" * 32),))
    wrapped = ring.wrap("project", b"d" * 32)
    assert ring.unwrap("project", wrapped) == b"d" * 32
    assert b"d" * 32 not in wrapped
    with pytest.raises(Problem, match="damaged"):
        ring.unwrap("another", wrapped)
    for place in range(len(wrapped)):
        changed = bytearray(wrapped)
        changed[place] ^= 1
        with pytest.raises(Problem):
            ring.unwrap("project", bytes(changed))
    with pytest.raises(Problem, match="another master key"):
        keys.KeyRing((keys.MasterKey(b"n" * 32),)).unwrap("project", wrapped)


def test_rotation_keeps_every_project_readable_and_ends_the_old_key(store: Store, settings: StoreSettings) -> None:
    asha = Actor("asha")
    projects = [store.create_project(asha, f"Survey {i}") for i in range(3)]
    for project in projects:
        store.put(asha, project.id, "source", project.id.encode())
    before = keys.load(settings.master_key_file)
    assert store.vault.rotate() == (3, 0)
    after = keys.load(settings.master_key_file)
    assert len(after.keys) == 1 and after.current != before.current
    for project in projects:  # the store that was open all the time follows
        assert store.get(asha, project.id, "source") == project.id.encode()
        with pytest.raises(Problem):
            before.unwrap(project.id, (settings.data / "projects" / project.id / "key").read_bytes())
    open_store(settings).close()


def test_a_damaged_project_does_not_hold_up_a_rotation(store: Store, settings: StoreSettings) -> None:
    asha = Actor("asha")
    whole, broken = (store.create_project(asha, name).id for name in ("Whole", "Broken"))
    key = settings.data / "projects" / broken / "key"
    key.write_bytes(damaged := key.read_bytes()[:-1] + b"x")
    assert store.vault.rotate() == (1, 1)
    assert key.read_bytes() == damaged
    assert store.project(asha, whole).name == "Whole"
    assert {p.name: p.locked for p in store.projects(asha)} == {"Whole": False, "Broken": True}


def test_a_rotation_that_was_cut_off_loses_nothing(
    store: Store, settings: StoreSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    asha = Actor("asha")
    projects = [store.create_project(asha, f"Survey {i}") for i in range(3)]
    for project in projects:
        store.put(asha, project.id, "source", b"Asha Patel")
    wrap, calls = keys.KeyRing.wrap, []

    def cut_off(ring: keys.KeyRing, *rest: object) -> bytes:
        calls.append(1)
        if len(calls) == 2:
            raise KeyboardInterrupt
        return wrap(ring, *rest)

    monkeypatch.setattr(keys.KeyRing, "wrap", cut_off)
    with pytest.raises(KeyboardInterrupt):
        store.vault.rotate()
    again = open_store(settings)
    assert all(again.get(asha, project.id, "source") == b"Asha Patel" for project in projects)
    monkeypatch.setattr(keys.KeyRing, "wrap", wrap)
    again.vault.rotate()
    assert len(keys.load(settings.master_key_file).keys) == 1
    assert all(again.get(asha, project.id, "source") == b"Asha Patel" for project in projects)
    again.close()


def _make(folder: Path) -> None:
    Vault(folder / "data", folder / "keys" / "master.key").create(f"p{multiprocessing.current_process().pid}")


def test_processes_that_begin_at_once_share_one_key(tmp_path: Path) -> None:
    spawn = multiprocessing.get_context("fork")
    processes = [spawn.Process(target=_make, args=(tmp_path,)) for _ in range(6)]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
        assert process.exitcode == 0
    ring = keys.load(tmp_path / "keys" / "master.key")
    folders = list((tmp_path / "data" / "projects").iterdir())
    assert len(folders) == 6
    assert all(len(ring.unwrap(folder.name, (folder / "key").read_bytes())) == 32 for folder in folders)
    assert not list(tmp_path.rglob("*.part"))
