"""What “Find it for me” makes of a recipe's steps, and which candidates it lays before a person."""

from __future__ import annotations

from core.protect import METHODS
from core.protect.search import Candidate
from core.recipe.candidates import begin, found_in_100, worth_showing

STEPS = tuple(METHODS.build(step) for step in (
    {"method": "remove", "columns": ["name"]},
    {"method": "generalise", "columns": {"pin": {"hierarchy": {"kind": "pin_code"}, "level": 2}}},
    {"method": "record_ids"},
    {"method": "drop_risky_rows", "rule": {"rule": "high_risk", "threshold": 0.1}, "whole_households": True},
    {"method": "drop_risky_rows", "keep_totals": ["sex"]},
    {"method": "round_numbers", "columns": ["income"]},
    {"method": "k_anonymity", "k": 3, "hierarchies": {"age": {"kind": "age"}},
     "rules": [{"rule": "distinct_l", "column": "income", "l": 2}]},
    {"method": "mondrian", "columns": ["age", "income"]},
))


def candidate(name: str, lost: float) -> Candidate:
    return Candidate(name, name, (), lost, 0, 0, 0, 1, 5, 0.0, 0.0, (), 0.0)


def test_steps_are_told_apart_and_what_they_asked_for_is_kept() -> None:
    parts = begin(STEPS)
    assert [METHODS.name_of(s) for s in parts.stand] == ["remove", "drop_risky_rows", "round_numbers"]
    assert [METHODS.name_of(s) for s in parts.replaced] == ["generalise", "drop_risky_rows", "k_anonymity", "mondrian"]
    assert [METHODS.name_of(s) for s in parts.last] == ["record_ids"]
    assert {name: h.kind for name, h in parts.hierarchies.items()} == {"pin": "pin_code", "age": "age"}
    assert [rule.column for rule in parts.rules] == ["income"]
    assert (parts.highest_risk, parts.households) == (0.1, True)


def test_a_recipe_without_protection_asks_for_nothing() -> None:
    parts = begin(STEPS[:1])
    assert (parts.stand, parts.replaced, parts.last, parts.rules) == (STEPS[:1], (), (), ())
    assert (parts.highest_risk, parts.households) == (None, False)


def test_the_best_of_each_sort_is_shown_and_three_at_least() -> None:
    names = ("groups", "groups_even", "groups_sparing_a", "blanks", "coarser_1_0", "rows", "coarser_0_1")
    found = [candidate(name, i / 10) for i, name in enumerate(names)]
    assert [found[i].name for i in worth_showing(found)] == ["groups", "blanks", "coarser_1_0", "rows"]
    assert worth_showing(found[:4]) == [0, 1, 3]
    assert worth_showing(found[:2]) == [0, 1]
    assert worth_showing(found[:1]) == [0]


def test_people_found_by_hand() -> None:
    assert found_in_100(2, 8) == 25  # two classes: 3 rows x 1/3 + 5 rows x 1/5 = 2 of 8
    assert found_in_100(0, 0) == 0
