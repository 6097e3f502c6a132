"""Whichever way identifiers are handled, no whole one is left anywhere in the release, in texts neither."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.problem import Problem
from core.protect.secrets import Secrets
from core.recipe import Recipe, run
from core.table import Column, Table

SECRETS = Secrets("test", 7, {"default": b"k" * 32})
GIVEN = ["Asha", "Ravindra", "Meenakshi", "Uma", "Sitaram", "Zebulon"]
FAMILY = ["Patel", "Canarywala", "Krishnan", "Iyer", "Fernandes", "Quill"]
NAMES = ["name", "phone", "email", "number"]
ROLES = dict.fromkeys(NAMES, "direct_identifier")
WAYS: dict[str, list[dict]] = {
    "remove": [{"method": "remove", "columns": NAMES}],
    "pseudonymise": [{"method": "pseudonymise", "columns": [n]} for n in NAMES],
    "salted_hash": [{"method": "salted_hash", "columns": [n]} for n in NAMES],
    "mask": [{"method": "mask", "columns": [n], "keep": 2} for n in NAMES],
    "format_preserving": [{"method": "format_preserving", "columns": ["phone", "number"]},
                          {"method": "pseudonymise", "columns": ["name", "email"]}],
    "surrogate": [{"method": "surrogate", "columns": [n]} for n in ("name", "phone", "email")]
    + [{"method": "pseudonymise", "columns": ["number"]}],
    "generalise_identifier": [
        {"method": "generalise_identifier", "columns": ["email"], "keep": {"to": "domain"}},
        {"method": "remove", "columns": ["name", "phone", "number"]},
    ],
}  # fmt: skip


@st.composite
def tables(draw: st.DrawFn) -> tuple[Table, bool]:
    """Five people; notes with some of their identifiers in them, and whether there is one."""
    people = draw(st.lists(st.tuples(st.sampled_from(GIVEN), st.sampled_from(FAMILY), st.integers(10**8, 10**9 - 1)),
                           min_size=5, max_size=5, unique=True))  # fmt: skip
    columns = {
        "name": [f"{g} {f} {'abcdefgh'[i]}rao" for i, (g, f, _n) in enumerate(people)],
        "phone": [f"9{n}" for _g, _f, n in people],
        "email": [f"{g.lower()}.{f.lower()}{n}@example.org" for g, f, n in people],
        "number": [f"{2 * 10**11 + n}" for _g, _f, n in people],
    }
    planted = draw(st.lists(st.one_of(st.none(), st.tuples(st.sampled_from(NAMES), st.integers(0, 4))),
                            min_size=5, max_size=5))  # fmt: skip
    spelled = draw(st.sampled_from([str, str.upper]))
    notes = ["nothing" if p is None else f"spoke of {spelled(columns[p[0]][p[1]])}, twice" for p in planted]
    cells = {n: Column.of(v, "text" if n in ("name", "email") else "code") for n, v in columns.items()}
    return Table.of({**cells, "note": Column.of(notes), "age": Column.of(list("34567"), "number")}, ROLES), any(planted)


def left(original: Table, released: Table) -> list[str]:
    """Whole identifiers of six characters or more that the release holds, in any column and any case."""
    text = "\n".join(c.lower() for n in released.names for c in released[n].texts() if c)
    return [v for n in NAMES for v in original[n].texts() if v and len(v) >= 6 and v.lower() in text]


@pytest.mark.parametrize("way", WAYS)
@settings(max_examples=12, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(made=tables(), operator=st.sampled_from(["label", "delete", "mask", "token"]))
def test_no_identifier_is_left_and_none_in_a_text(way: str, operator: str, made: tuple[Table, bool]) -> None:
    original, _planted = made
    steps = [*WAYS[way], {"method": "redact", "columns": ["note"], "operator": operator}]
    released = run(Recipe.from_data({"roles": ROLES, "steps": steps}), original, SECRETS).table
    assert left(original, released) == []


@pytest.mark.parametrize("way", WAYS)
@settings(max_examples=8, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(made=tables())
def test_a_text_that_still_names_somebody_is_refused(way: str, made: tuple[Table, bool]) -> None:
    original, planted = made
    recipe = Recipe.from_data({"roles": ROLES, "steps": WAYS[way]})
    if not planted:
        assert left(original, run(recipe, original, SECRETS).table) == []
        return
    with pytest.raises(Problem, match="note") as caught:
        run(recipe, original, SECRETS)
    assert not any(v and v in str(caught.value) for n in NAMES for v in original[n].texts())
