"""Keys that several projects share: by who may, in versions, destroyed for good, and never in plain text on disk."""

from __future__ import annotations

import pytest

from core.problem import Problem
from core.store import Actor, Store

ASHA, RAVI, UMA = Actor("asha", "health"), Actor("ravi", "health"), Actor("uma", "finance")


def test_a_key_is_used_by_its_owner_and_by_those_named(store: Store) -> None:
    made = store.create_domain_key(ASHA, "shared-visits")
    assert (made.owner, made.version, made.everyone, made.people) == ("asha", 1, False, ())
    with pytest.raises(Problem, match="no shared key"):
        store.domain_key_material(RAVI, "shared-visits")
    store.share_domain_key(ASHA, "shared-visits", ["ravi"], everyone=False)
    hers, his = (store.domain_key_material(who, "shared-visits").keys for who in (ASHA, RAVI))
    assert hers == his
    assert [k.name for k in store.domain_keys(RAVI)] == ["shared-visits"]
    store.share_domain_key(ASHA, "shared-visits", [], everyone=False)
    assert store.domain_keys(RAVI) == ()


def test_another_department_never_sees_it(store: Store) -> None:
    store.create_domain_key(ASHA, "shared-visits", everyone=True)
    assert len(store.domain_keys(RAVI)) == 1 and store.domain_keys(UMA) == ()
    with pytest.raises(Problem, match="no shared key"):
        store.domain_key_material(UMA, "shared-visits")
    assert store.create_domain_key(UMA, "shared-visits").owner == "uma"  # a name is taken in one department only
    theirs, hers = (store.domain_key_material(who, "shared-visits").keys for who in (UMA, ASHA))
    assert theirs != hers


def test_only_the_owner_changes_it(store: Store) -> None:
    store.create_domain_key(ASHA, "shared-visits", everyone=True)
    for change in (
        lambda: store.rotate_domain_key(RAVI, "shared-visits"),
        lambda: store.destroy_domain_key(RAVI, "shared-visits", 1),
        lambda: store.share_domain_key(RAVI, "shared-visits", [], everyone=False),
    ):
        with pytest.raises(Problem, match="belongs to somebody else"):
            change()


def test_versions_rotate_and_are_destroyed_for_good(store: Store) -> None:
    store.create_domain_key(ASHA, "shared-visits")
    first = store.domain_key_material(ASHA, "shared-visits").keys[1]
    assert store.rotate_domain_key(ASHA, "shared-visits").versions == (1, 2)
    gone = store.destroy_domain_key(ASHA, "shared-visits", 1)
    assert (gone.version, gone.versions, gone.destroyed) == (2, (2,), (1,))
    assert first not in store.domain_key_material(ASHA, "shared-visits").keys.values()
    last = store.destroy_domain_key(ASHA, "shared-visits", 2)
    assert (last.version, last.versions) == (0, ())
    assert store.rotate_domain_key(ASHA, "shared-visits").version == 3  # a number is never used again
    with pytest.raises(Problem, match="no version"):
        store.destroy_domain_key(ASHA, "shared-visits", 1)


def test_no_key_lies_in_plain_text_and_the_master_key_can_be_replaced(store: Store) -> None:
    store.create_domain_key(ASHA, "shared-visits")
    key = store.domain_key_material(ASHA, "shared-visits").keys[1]
    for path in (p for p in store.settings.data.rglob("*") if p.is_file()):
        content = path.read_bytes()
        assert key not in content and key.hex().encode() not in content, path.name
        assert b"shared-visits" not in content or path.suffix.startswith((".sqlite", ".db")), path.name
    store.vault.rotate()
    assert store.domain_key_material(ASHA, "shared-visits").keys[1] == key


@pytest.mark.parametrize("name", ["visits", "shared-", "shared-Visits", "shared-a b", "shared-../x", "x" * 99])
def test_names_that_do_not_fit_are_refused(store: Store, name: str) -> None:
    with pytest.raises(Problem, match="name of a shared key"):
        store.create_domain_key(ASHA, name)


def test_what_happens_to_a_key_is_recorded_without_it(store: Store) -> None:
    store.create_domain_key(ASHA, "shared-visits")
    store.domain_key_material(ASHA, "shared-visits")
    store.rotate_domain_key(ASHA, "shared-visits")
    said = [e.what for e in store.events(ASHA)]
    assert said == ["domain_key_created", "domain_key_used", "domain_key_rotated"]
    with pytest.raises(Problem, match="already"):
        store.create_domain_key(RAVI, "shared-visits")
