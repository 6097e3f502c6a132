"""The register of releases, and events noted by others."""

from __future__ import annotations

import re

import pytest

from core.store import Actor, Store, releases


def register(store: Store, asha: Actor, project: str, k: int = 5):
    return store.register_release(
        asha, project, recipe_version=3, digest_in="in", digest_out="out", figures={"k": k, "risk": 0.2}, format="xlsx")


def test_a_release_is_registered_under_a_reference_that_can_be_read_aloud(any_store: Store, asha: Actor) -> None:
    project = any_store.create_project(asha, "Survey").id
    first, second = register(any_store, asha, project), register(any_store, asha, project, 7)
    assert re.fullmatch(r"AS-20\d\d-[2-9A-HJ-NP-TV-Z]{6}", first.reference)
    assert any_store.releases(asha, project) == (second, first)
    assert (first.recipe_version, first.digest_in, first.figures) == (3, "in", {"k": 5, "risk": 0.2})
    assert (first.user, first.department) == (asha.user, asha.department)
    event = any_store.events(asha, project)[-1]
    assert (event.what, event.facts["reference"]) == ("released", second.reference)


def test_a_reference_is_never_given_twice(store: Store, asha: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    project = store.create_project(asha, "Survey").id
    signs = iter("AAAAAA" "AAAAAA" "BBBBBB")
    monkeypatch.setattr(releases.secrets, "choice", lambda _: next(signs))
    assert [register(store, asha, project).reference[-6:] for _ in range(2)] == ["AAAAAA", "BBBBBB"]


def test_events_take_small_plain_facts_only(store: Store, asha: Actor) -> None:
    project = store.create_project(asha, "Survey").id
    store.note_event(asha, project, "values_shown", columns=["age", "sex"], rows=5, share=0.5, note="x" * 900)
    store.note_event(asha, None, "signed_in")
    event = store.events(asha, project)[-1]
    assert event.facts == {"columns": ["age", "sex"], "rows": 5, "share": 0.5, "note": "x" * 200}
    assert [e.what for e in store.events(asha)][-1] == "signed_in"
    assert store.events(Actor("ben")) == ()
    for fact in (b"bytes", {"a": 1}, object()):
        with pytest.raises(TypeError):
            store.note_event(asha, project, "looked", fact=fact)
