"""Files and secrets of a project in the vault."""

from __future__ import annotations

import io
import os
import shutil
import stat
import threading
from dataclasses import replace
from pathlib import Path

import pytest

from core.problem import Problem
from core.store import Actor, Store, open_store, plain

CANARY = b"Asha-Patel-9876543210"


@pytest.fixture
def project(any_store: Store, asha: Actor) -> str:
    return any_store.create_project(asha, "Survey").id


def folder(store: Store, project_id: str) -> Path:
    return store.settings.data / "projects" / project_id


def test_bytes_streams_and_paths_are_stored_and_come_back(
    any_store: Store, asha: Actor, project: str, tmp_path: Path
) -> None:
    (tmp_path / "given").write_bytes(b"path")
    for name, data in {"a": b"bytes", "b": io.BytesIO(b"stream"), "models/c.pt": tmp_path / "given"}.items():
        any_store.put(asha, project, name, data)
    assert [any_store.get(asha, project, n) for n in ("a", "b", "models/c.pt")] == [b"bytes", b"stream", b"path"]
    assert [(f.name, f.bytes) for f in any_store.files(asha, project)] == [("a", 5), ("b", 6), ("models/c.pt", 4)]


def test_a_file_is_replaced_as_a_whole_and_its_readers_finish_undisturbed(
    any_store: Store, asha: Actor, project: str
) -> None:
    first = any_store.put(asha, project, "source", b"old" * 1_000_000)
    with any_store.open(asha, project, "source") as reader:
        assert reader.read(3) == b"old"
        second = any_store.put(asha, project, "source", b"new")
        assert reader.read() == b"old" * 999_999
    assert any_store.get(asha, project, "source") == b"new"
    assert first.stamp != second.stamp
    assert len(list(folder(any_store, project).iterdir())) == 2  # the key and the file


def test_names_are_the_programs_own(store: Store, asha: Actor) -> None:
    project = store.create_project(asha, "Survey").id
    for name in ("", "../key", "/etc/passwd", "Asha Patel.xlsx", "secret/seed", "a" * 200, "नाम"):
        with pytest.raises(ValueError, match="stored file's name"):
            store.put(asha, project, name, b"x")


def test_a_file_that_is_not_there_is_a_problem(any_store: Store, asha: Actor, project: str) -> None:
    for call in (any_store.get, any_store.open, any_store.remove):
        with pytest.raises(Problem, match=r"table\.parquet"):
            call(asha, project, "table.parquet")


def test_nothing_raw_rests_on_the_disk(store: Store, asha: Actor) -> None:
    project = store.create_project(asha, "Survey").id
    store.put(asha, project, "source", CANARY * 1000)
    store.put_secret(asha, project, "seed", CANARY)
    store.change_project(asha, project, source_name=CANARY.decode(), notes={"answers": CANARY.decode()})
    store.save_recipe(asha, project, {"categories": [CANARY.decode()]}, CANARY.decode())
    assert store.recipe(asha, project).note == CANARY.decode()
    for file in store.settings.data.rglob("*"):
        assert not file.is_file() or CANARY not in file.read_bytes()
        assert "source" not in file.name


def test_files_can_be_opened_by_their_owner_only(store: Store, asha: Actor) -> None:
    project = store.create_project(asha, "Survey").id
    store.put(asha, project, "source", b"x")
    for path in [store.settings.data, *store.settings.data.rglob("*")]:
        assert stat.S_IMODE(path.stat().st_mode) & 0o077 == 0, path.name


@pytest.mark.parametrize("how", ["changed", "cut off", "emptied", "gone", "exchanged", "older"])
def test_a_file_touched_outside_the_studio_is_not_read(store: Store, asha: Actor, how: str) -> None:
    project = store.create_project(asha, "Survey").id
    other = store.put(asha, project, "other", b"other data").stamp
    old = folder(store, project) / store.put(asha, project, "source", b"older data").stamp
    kept = old.read_bytes()
    path = folder(store, project) / store.put(asha, project, "source", b"data" * 10).stamp
    whole = path.read_bytes()
    touched = {
        "changed": whole[:-1] + bytes([whole[-1] ^ 1]), "cut off": whole[:-3], "emptied": b"", "gone": None,
        "exchanged": (folder(store, project) / other).read_bytes(), "older": kept,
    }[how]
    path.unlink() if touched is None else path.write_bytes(touched)
    with pytest.raises(Problem, match="damaged"):
        store.get(asha, project, "source")
    assert store.get(asha, project, "other") == b"other data"


def test_a_file_of_one_project_cannot_be_put_into_another(store: Store, asha: Actor) -> None:
    one, two = (store.create_project(asha, n).id for n in "ab")
    stamp = store.put(asha, one, "source", CANARY).stamp
    mine = store.put(asha, two, "source", b"mine").stamp
    shutil.copy(folder(store, one) / stamp, folder(store, two) / mine)
    with pytest.raises(Problem, match="damaged"):
        store.get(asha, two, "source")
    shutil.copy(folder(store, one) / "key", folder(store, two) / "key")
    with pytest.raises(Problem, match="damaged"):
        store.get(asha, two, "source")


def test_a_full_disk_leaves_the_file_before(store: Store, asha: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    project = store.create_project(asha, "Survey").id
    store.put(asha, project, "source", b"old")

    class Full(io.RawIOBase):
        def read(self, size: int = -1) -> bytes:
            raise OSError(28, "No space left on device")

    with pytest.raises(Problem, match="could not be stored"):
        store.put(asha, project, "source", Full())
    assert store.get(asha, project, "source") == b"old"
    assert len(list(folder(store, project).iterdir())) == 2


def test_an_upload_interrupted_in_the_database_leaves_no_file(
    store: Store, asha: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    project = store.create_project(asha, "Survey").id

    def fail(*_: object) -> None:
        raise RuntimeError

    monkeypatch.setattr(store, "note", fail)
    with pytest.raises(RuntimeError):
        store.put(asha, project, "source", b"x")
    assert [p.name for p in folder(store, project).iterdir()] == ["key"]
    assert store.files(asha, project) == ()


def test_a_plain_copy_is_private_and_wiped(any_store: Store, asha: Actor, project: str) -> None:
    any_store.put(asha, project, "source", CANARY)
    with any_store.plain_copy(asha, project, "source", suffix=".csv") as path:
        assert path.read_bytes() == CANARY
        assert path.suffix == ".csv"
        assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
        assert not path.is_relative_to(any_store.settings.data)
        (path.parent / "more").mkdir()
        (path.parent / "more" / "left").write_bytes(CANARY)
    assert not path.parent.exists()
    with pytest.raises(RuntimeError), any_store.plain_copy(asha, project, "source") as path:
        raise RuntimeError
    assert not path.parent.exists()


def test_what_a_crash_left_in_plain_text_is_wiped_on_opening(store: Store, asha: Actor, tmp_path: Path) -> None:
    place = tmp_path / "plain"
    place.mkdir()
    settings = replace(store.settings, plain_folder=place)
    alive = plain.private_folder(place)
    child = os.fork()
    if child == 0:  # a process that dies without tidying up
        (plain.private_folder(place) / "left.csv").write_bytes(CANARY)
        os._exit(0)
    os.waitpid(child, 0)
    assert len(list(place.iterdir())) == 2
    open_store(settings).close()
    assert list(place.iterdir()) == [alive]
    plain.wipe(alive)


def test_secrets_come_back_are_not_listed_and_can_be_destroyed(any_store: Store, asha: Actor, project: str) -> None:
    assert any_store.secret(asha, project, "seed") is None
    assert any_store.destroy_secret(asha, project, "seed") is False
    any_store.put_secret(asha, project, "seed", b"one")
    any_store.put_secret(asha, project, "seed", b"two")
    assert any_store.secret(asha, project, "seed") == b"two"
    assert any_store.files(asha, project) == ()
    with pytest.raises(ValueError, match="stored file's name"):
        any_store.get(asha, project, "secret/seed")
    assert any_store.destroy_secret(asha, project, "seed") is True
    assert any_store.secret(asha, project, "seed") is None
    assert [p.name for p in folder(any_store, project).iterdir()] == ["key"]


def test_a_secret_changed_by_several_at_once_keeps_every_change(store: Store, asha: Actor) -> None:
    project = store.create_project(asha, "Survey").id
    threads = [
        threading.Thread(target=store.change_secret, args=(asha, project, "keys", lambda old, i=i: (old or b"") + i))
        for i in (b"0", b"1", b"2", b"3", b"4", b"5")
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(store.secret(asha, project, "keys")) == list(b"012345")


def test_the_file_of_a_destroyed_secret_is_overwritten(store: Store, asha: Actor) -> None:
    project = store.create_project(asha, "Survey").id
    store.put_secret(asha, project, "seed", CANARY)
    path = next(p for p in folder(store, project).iterdir() if p.name != "key")
    os.link(path, store.settings.data / "still-there")  # the same blocks on the disk under another name
    store.destroy_secret(asha, project, "seed")
    assert set((store.settings.data / "still-there").read_bytes()) == {0}


def test_what_is_read_changed_or_removed_leaves_an_event(any_store: Store, asha: Actor, project: str) -> None:
    any_store.put(asha, project, "source", b"four")
    any_store.get(asha, project, "source")
    with any_store.plain_copy(asha, project, "source"):
        pass
    any_store.put_secret(asha, project, "seed", b"1")
    any_store.secret(asha, project, "seed")
    any_store.destroy_secret(asha, project, "seed")
    any_store.remove(asha, project, "source")
    events = any_store.events(asha, project)
    assert [(e.what, dict(e.facts)) for e in events] == [
        ("project_created", {}), ("file_stored", {"file": "source", "bytes": 4}), ("file_read", {"file": "source"}),
        ("file_read", {"file": "source"}), ("secret_stored", {"secret": "seed"}), ("secret_used", {"secret": "seed"}),
        ("secret_destroyed", {"secret": "seed"}), ("file_removed", {"file": "source"}),
    ]
    assert all((e.user, e.department, e.project_id) == (asha.user, asha.department, project) for e in events)
    assert all(e.at.utcoffset().total_seconds() == 0 for e in events)
