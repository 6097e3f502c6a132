"""Versions of a recipe: nothing is ever lost, undo and redo go any number of steps."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.problem import Problem
from core.store import Actor, Store


@pytest.fixture
def project(any_store: Store, asha: Actor) -> str:
    return any_store.create_project(asha, "Survey").id


def test_before_the_first_recipe_there_is_none(any_store: Store, asha: Actor, project: str) -> None:
    assert any_store.recipe(asha, project) is None
    assert any_store.recipes(asha, project) == ()
    assert any_store.history(asha, project) == ()
    assert any_store.undo(asha, project) is None
    assert any_store.redo(asha, project) is None


def test_undo_and_redo_walk_the_versions(any_store: Store, asha: Actor, project: str) -> None:
    for name in "abc":
        any_store.save_recipe(asha, project, {"steps": [name]}, f"added {name}")
    assert [any_store.undo(asha, project).recipe["steps"] for _ in range(2)] == [["b"], ["a"]]
    assert any_store.undo(asha, project) is None
    assert any_store.recipe(asha, project).note == "added a"
    assert [any_store.redo(asha, project).recipe["steps"] for _ in range(2)] == [["b"], ["c"]]
    assert any_store.redo(asha, project) is None


def test_a_change_after_an_undo_begins_a_branch_and_keeps_both(any_store: Store, asha: Actor, project: str) -> None:
    for name in "abc":
        any_store.save_recipe(asha, project, {"name": name}, name)
    any_store.undo(asha, project)
    any_store.undo(asha, project)
    saved = any_store.save_recipe(asha, project, {"name": "d"}, "d")
    assert (saved.version, saved.parent, saved.next) == (4, 1, None)
    assert any_store.redo(asha, project) is None
    assert any_store.undo(asha, project).recipe == {"name": "a"}
    assert any_store.redo(asha, project).recipe == {"name": "d"}
    assert any_store.recipe(asha, project, 2).note == "b"
    assert [v.note for v in any_store.recipes(asha, project)] == ["a", "b", "c", "d"]
    assert [v.note for v in any_store.history(asha, project)] == ["a", "d"]
    assert any_store.go_to(asha, project, 3).note == "c"
    assert [v.note for v in any_store.history(asha, project)] == ["a", "b", "c"]
    any_store.undo(asha, project), any_store.undo(asha, project)
    assert any_store.redo(asha, project).note == "b"  # along the branch that was walked last
    with pytest.raises(Problem, match="no such version"):
        any_store.go_to(asha, project, 9)
    with pytest.raises(Problem, match="no such version"):
        any_store.recipe(asha, project, 9)


def test_a_recipe_must_be_plain_and_is_not_quoted_where_it_is_not(store: Store, asha: Actor) -> None:
    project = store.create_project(asha, "Survey").id
    with pytest.raises(TypeError) as error:
        store.save_recipe(asha, project, {"value": b"Asha Patel"}, "")
    assert "Asha" not in str(error.value)
    assert store.recipe(asha, project) is None


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.sampled_from(["save", "undo", "redo"]), max_size=12))
def test_walking_is_what_an_editor_does(store: Store, asha: Actor, moves: list[str]) -> None:
    """Against the simplest model: a list with a cursor, cut off behind it on every change."""
    project = store.create_project(asha, "Survey").id
    line: list[int] = []
    at = -1
    for number, move in enumerate(moves):
        if move == "save":
            store.save_recipe(asha, project, {"n": number}, "")
            line, at = [*line[: at + 1], number], at + 1
        elif move == "undo":
            found = store.undo(asha, project)
            assert (found is None) == (at <= 0)
            at = max(at - 1, min(at, 0))
        else:
            found = store.redo(asha, project)
            assert (found is None) == (at == len(line) - 1)
            at = min(at + 1, len(line) - 1)
        current = store.recipe(asha, project)
        assert (current.recipe["n"] if current else None) == (line[at] if at >= 0 else None)
    assert [v.recipe["n"] for v in store.history(asha, project)] == line[: at + 1]
    assert len(store.recipes(asha, project)) == moves.count("save")
