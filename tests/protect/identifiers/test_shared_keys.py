"""A key of several projects: files made in each join on their tokens, and can be turned back."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.problem import Problem
from core.project import secrets_of
from core.recipe import Recipe, run
from core.recipe.detokenise import detokenise
from core.store import Actor, Store, open_store
from core.table import Column, Table

WHO, OTHER = Actor("asha", "health"), Actor("ravi", "health")
PEOPLE = Table.of({"uid": Column.of(["1001", "1002", "1003"]), "age": Column.of(["30", "40", "50"], "number")})


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Store:
    monkeypatch.setenv("STUDIO_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("STUDIO_MASTER_KEY_FILE", str(tmp_path / "master.key"))
    monkeypatch.delenv("STUDIO_DATABASE_URL", raising=False)
    return open_store()


def recipe(key: str) -> Recipe:
    step = {"method": "pseudonymise", "columns": ["uid"], "read_as": "id", "key": key}
    return Recipe.from_data({"version": 1, "roles": {"uid": "direct_identifier"}, "steps": [step]})


def tokens(store: Store, actor: Actor, project: str, key: str) -> list[str | None]:
    secrets = secrets_of(store, actor, project, recipe(key))
    return run(recipe(key), PEOPLE.with_roles({"uid": "direct_identifier"}), secrets).table["uid"].texts()


def test_two_projects_join_on_a_shared_key_and_on_no_other(store: Store) -> None:
    one, two = store.create_project(WHO, "one").id, store.create_project(OTHER, "two").id
    store.create_domain_key(WHO, "shared-visits", everyone=True)
    assert tokens(store, WHO, one, "shared-visits") == tokens(store, OTHER, two, "shared-visits")
    assert tokens(store, WHO, one, "health") != tokens(store, OTHER, two, "health")
    kept = store.secret(WHO, one, "secrets")
    assert kept is not None and b"shared" not in kept  # it is never copied into a project


def test_a_key_that_may_not_be_used_stops_the_run(store: Store) -> None:
    two = store.create_project(OTHER, "two").id
    store.create_domain_key(WHO, "shared-visits")
    with pytest.raises(Problem, match="no shared key"):
        secrets_of(store, OTHER, two, recipe("shared-visits"))


def test_rotated_and_destroyed(store: Store) -> None:
    one = store.create_project(WHO, "one").id
    store.create_domain_key(WHO, "shared-visits")
    before = tokens(store, WHO, one, "shared-visits")
    store.rotate_domain_key(WHO, "shared-visits")
    assert tokens(store, WHO, one, "shared-visits") != before == tokens(store, WHO, one, "shared-visits.v1")
    release = PEOPLE.with_columns({"uid": Column.of(before)})
    secrets = secrets_of(store, WHO, one, recipe("shared-visits"))
    back = detokenise(recipe("shared-visits"), release, secrets, PEOPLE, versions={"shared-visits": 1})
    assert back.table["uid"].texts() == ["1001", "1002", "1003"]
    store.destroy_domain_key(WHO, "shared-visits", 1)
    with pytest.raises(Problem, match="was destroyed"):
        tokens(store, WHO, one, "shared-visits.v1")
    store.destroy_domain_key(WHO, "shared-visits", 2)
    with pytest.raises(Problem, match="was destroyed"):
        tokens(store, WHO, one, "shared-visits")
