"""Projects: whose they are, what a change keeps, and that deleting is for good."""

from __future__ import annotations

import base64
import threading

import pytest

from core.problem import Problem
from core.store import Actor, Project, Store, StoreSettings, keys, open_store

CANARY = "Asha-Patel-9876543210"


def test_a_project_comes_back_as_it_was_made(any_store: Store, asha: Actor) -> None:
    made = any_store.create_project(asha, "Survey", recipient="researchers", purpose="district plan")
    assert any_store.project(asha, made.id) == made
    assert (made.name, made.recipient, made.purpose, made.step, made.notes) == (
        "Survey", "researchers", "district plan", 1, {})
    assert (made.owner, made.department) == (asha.user, asha.department)
    assert made.created.tzinfo is not None


def test_ids_hold_128_random_bits(store: Store, asha: Actor) -> None:
    ids = {store.create_project(asha, "Survey").id for _ in range(5)}
    assert len(ids) == 5
    assert all(len(base64.urlsafe_b64decode(id_ + "==")) == 16 for id_ in ids)


def test_projects_are_listed_newest_change_first_and_only_ones_own(any_store: Store, asha: Actor) -> None:
    first, second = (any_store.create_project(asha, name) for name in ("First", "Second"))
    for stranger in (Actor("ben", "health"), Actor("asha", "tax")):
        any_store.create_project(stranger, "Foreign")
    assert [p.name for p in any_store.projects(asha)] == ["Second", "First"]
    any_store.change_project(asha, first.id, step=3)
    assert [p.id for p in any_store.projects(asha)] == [first.id, second.id]


FOREIGN = {
    "project": lambda s, a, p: s.project(a, p),
    "change": lambda s, a, p: s.change_project(a, p, name="Mine"),
    "delete": lambda s, a, p: s.delete_project(a, p),
    "put": lambda s, a, p: s.put(a, p, "source", b"x"),
    "get": lambda s, a, p: s.get(a, p, "source"),
    "open": lambda s, a, p: s.open(a, p, "source"),
    "plain_copy": lambda s, a, p: s.plain_copy(a, p, "source").__enter__(),
    "files": lambda s, a, p: s.files(a, p),
    "remove": lambda s, a, p: s.remove(a, p, "source"),
    "put_secret": lambda s, a, p: s.put_secret(a, p, "seed", b"x"),
    "change_secret": lambda s, a, p: s.change_secret(a, p, "seed", lambda before: before or b"x"),
    "secret": lambda s, a, p: s.secret(a, p, "seed"),
    "destroy_secret": lambda s, a, p: s.destroy_secret(a, p, "seed"),
    "save_recipe": lambda s, a, p: s.save_recipe(a, p, {}, ""),
    "recipe": lambda s, a, p: s.recipe(a, p),
    "recipes": lambda s, a, p: s.recipes(a, p),
    "history": lambda s, a, p: s.history(a, p),
    "undo": lambda s, a, p: s.undo(a, p),
    "redo": lambda s, a, p: s.redo(a, p),
    "go_to": lambda s, a, p: s.go_to(a, p, 1),
    "register": lambda s, a, p: s.register_release(
        a, p, recipe_version=1, digest_in="", digest_out="", figures={}, format="xlsx"),
    "releases": lambda s, a, p: s.releases(a, p),
    "note_event": lambda s, a, p: s.note_event(a, p, "looked"),
    "events": lambda s, a, p: s.events(a, p),
}


@pytest.mark.parametrize("call", FOREIGN.values(), ids=FOREIGN)
def test_unknown_foreign_and_deleted_projects_are_one_and_the_same_problem(store: Store, asha: Actor, call) -> None:
    mine, gone = store.create_project(asha, "Survey"), store.create_project(asha, "Gone")
    store.put(asha, mine.id, "source", b"data")
    store.save_recipe(asha, mine.id, {"version": 1}, "")
    store.delete_project(asha, gone.id)
    before = store.project(asha, mine.id), store.files(asha, mine.id), store.events(asha, mine.id)
    said = []
    for actor, project_id in (
        (Actor("ben", "health"), mine.id), (Actor("asha", "tax"), mine.id), (asha, "nothing"), (asha, "../../etc"),
        (asha, ""), (asha, gone.id),
    ):
        with pytest.raises(Problem) as problem:
            call(store, actor, project_id)
        said.append(problem.value.as_dict())
    assert all(one == said[0] for one in said)
    assert (store.project(asha, mine.id), store.files(asha, mine.id), store.events(asha, mine.id)) == before


def test_every_call_on_a_project_is_in_the_list_above() -> None:
    taken = {"create_project", "projects", "close", "seal", "unseal", "owned", "note"}
    # These belong to a table's budget, not to a project: tests/store/test_budgets.py.
    taken |= {"create_budget", "budgets", "budget", "budget_of_table", "allow", "charge", "charges", "keep_answer"}
    taken |= {"paid", "extend_ground", "create_dashboard", "dashboards", "revoke_dashboard", "read_dashboard"}
    # These belong to a key that several files share: tests/store/test_domain_keys.py.
    taken |= {"create_domain_key", "domain_keys", "domain_key_material", "share_domain_key", "rotate_domain_key"}
    taken |= {"destroy_domain_key"}
    public = {name for name in dir(Store) if not name.startswith("_") and callable(getattr(Store, name))} - taken
    names = {"change": "change_project", "delete": "delete_project", "register": "register_release"}
    assert public == {names.get(name, name) for name in FOREIGN}


def test_a_change_leaves_what_it_does_not_name(any_store: Store, asha: Actor) -> None:
    made = any_store.create_project(asha, "Survey", purpose="plan")
    any_store.change_project(asha, made.id, notes={"a": 1, "b": {"c": [2]}}, source_name="survey.csv")
    now = any_store.change_project(asha, made.id, name="Census", notes={"a": None, "d": "e"}, step=4)
    assert (now.name, now.purpose, now.source_name, now.step) == ("Census", "plan", "survey.csv", 4)
    assert now.notes == {"b": {"c": [2]}, "d": "e"}
    assert any_store.project(asha, made.id) == now


def test_a_stale_window_does_not_overwrite_another(any_store: Store, asha: Actor) -> None:
    made = any_store.create_project(asha, "Survey")
    any_store.change_project(asha, made.id, name="Census", expected=made.version)
    with pytest.raises(Problem, match="another window"):
        any_store.change_project(asha, made.id, name="Register", expected=made.version)
    assert any_store.project(asha, made.id).name == "Census"


def test_notes_written_at_once_are_all_kept(any_store: Store, asha: Actor) -> None:
    made = any_store.create_project(asha, "Survey")
    threads = [
        threading.Thread(target=any_store.change_project, args=(asha, made.id), kwargs={"notes": {f"n{i}": i}})
        for i in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    now = any_store.project(asha, made.id)
    assert now.notes == {f"n{i}": i for i in range(8)}
    assert now.version == made.version + 8


def test_deleting_is_for_good(any_store: Store, asha: Actor) -> None:
    made = any_store.create_project(asha, CANARY, purpose=CANARY)
    any_store.put(asha, made.id, "source", CANARY.encode())
    any_store.put_secret(asha, made.id, "seed", b"1")
    any_store.save_recipe(asha, made.id, {"keep": CANARY}, CANARY)
    any_store.register_release(
        asha, made.id, recipe_version=1, digest_in="i", digest_out="o", figures={"k": 5}, format="xlsx")
    any_store.delete_project(asha, made.id)
    assert any_store.projects(asha) == ()
    assert not list((any_store.settings.data / "projects").iterdir())
    assert [r.digest_out for r in any_store.releases(asha)] == ["o"]  # the register outlives the project
    assert "project_deleted" in [e.what for e in any_store.events(asha)]


def test_nothing_of_a_deleted_project_is_left_on_the_disk(store: Store, asha: Actor) -> None:
    made = store.create_project(asha, CANARY, purpose=CANARY)
    store.change_project(asha, made.id, source_name=CANARY, notes={CANARY: CANARY})
    store.delete_project(asha, made.id)
    for file in store.settings.data.rglob("*"):
        assert CANARY not in file.name
        assert not file.is_file() or CANARY.encode() not in file.read_bytes()


def test_a_deletion_that_fails_half_way_can_be_repeated(
    store: Store, asha: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = store.create_project(asha, "Survey")
    store.put(asha, made.id, "source", b"data")

    def fail(_: str) -> None:
        raise OSError

    with monkeypatch.context() as patch:
        patch.setattr(store.vault, "destroy", fail)
        with pytest.raises(OSError):  # noqa: PT011
            store.delete_project(asha, made.id)
    assert store.get(asha, made.id, "source") == b"data"
    store.delete_project(asha, made.id)
    assert store.projects(asha) == ()


def test_a_project_whose_key_is_gone_is_listed_as_locked_and_can_be_deleted(store: Store, asha: Actor) -> None:
    locked, whole = (store.create_project(asha, name) for name in ("Locked", "Whole"))
    (store.settings.data / "projects" / locked.id / "key").unlink()
    assert {p.name: p.locked for p in store.projects(asha)} == {"Locked": True, "Whole": False}
    with pytest.raises(Problem, match="key is gone"):
        store.project(asha, locked.id)
    store.delete_project(asha, locked.id)
    assert [p.id for p in store.projects(asha)] == [whole.id]


def test_a_restart_loses_nothing(settings: StoreSettings, asha: Actor) -> None:
    first = open_store(settings)
    made: Project = first.create_project(asha, "Survey")
    first.put(asha, made.id, "source", b"data")
    first.save_recipe(asha, made.id, {"version": 1}, "first")
    first.close()
    second = open_store(settings)
    assert second.project(asha, made.id).name == "Survey"
    assert second.get(asha, made.id, "source") == b"data"
    assert second.recipe(asha, made.id).recipe == {"version": 1}
    assert len(keys.load(settings.master_key_file).keys) == 1
    second.close()


def test_texts_that_are_too_long_are_refused_without_quoting_them(store: Store, asha: Actor) -> None:
    with pytest.raises(Problem) as problem:
        store.create_project(asha, CANARY * 100)
    assert CANARY not in str(problem.value)
    assert store.projects(asha) == ()
    assert not list((store.settings.data / "projects").iterdir())
