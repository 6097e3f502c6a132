"""Hierarchies said once in the recipe: which steps take them, and where they no longer fit."""

from __future__ import annotations

import pytest

from core.problem import Problem
from core.protect.hierarchies.hierarchy import Age, Automatic, FromRows
from core.protect.recoding.generalise import Generalise
from core.protect.recoding.k_anonymity import KAnonymity
from core.protect.secrets import Secrets
from core.recipe import Recipe, run
from core.recipe.hierarchies import bare
from core.table import Column, Table

JOBS = {"kind": "rows", "rows": [["nurse", "health"], ["doctor", "health"], ["cook", "other"], ["smith", "other"]]}
ROLES = {"job": "quasi_identifier", "age": "quasi_identifier"}


def table() -> Table:
    jobs = ["nurse", "doctor", "cook", "smith"] * 2
    return Table.of({"job": Column.of(jobs, "category"), "age": Column.of_numbers([30, 31, 52, 53] * 2)})


def recipe(*steps: dict[str, object], **parts: object) -> Recipe:
    return Recipe.from_data({"roles": ROLES, "hierarchies": {"job": JOBS}, "steps": list(steps), **parts})


def made(of: Recipe) -> Table:
    return run(of, table(), Secrets("s", 1, {})).table


def test_every_step_that_names_none_of_its_own_takes_it() -> None:
    assert set(made(recipe({"method": "generalise", "columns": {"job": {"level": 1}}}))["job"].texts()) == {
        "health", "other",
    }
    groups = made(recipe({"method": "k_anonymity", "k": 4, "columns": ["job"]}))
    assert set(groups["job"].texts()) == {"health", "other"}
    without = made(recipe({"method": "k_anonymity", "k": 4, "columns": ["job"]}, hierarchies={}))
    assert set(without["job"].texts()) == {"*"}, "without it there is the value or nothing"
    by_role = made(recipe({"method": "k_anonymity", "k": 4}))
    assert set(by_role["job"].texts()) == {"health", "other"}, "columns chosen by their role take it too"


def test_a_steps_own_hierarchy_stands_above_it() -> None:
    own = {"kind": "rows", "rows": [[v, "anyone"] for v in ("nurse", "doctor", "cook", "smith")]}
    out = made(recipe({"method": "generalise", "columns": {"job": {"level": 1, "hierarchy": own}}}))
    assert set(out["job"].texts()) == {"anyone"}


def test_a_column_in_other_words_is_left_to_the_step() -> None:
    wide = {"kind": "rows", "rows": [[v, "anyone"] for v in ("nurse", "doctor", "cook", "smith")]}
    out = made(recipe(
        {"method": "generalise", "columns": {"job": {"level": 1, "hierarchy": wide}}},
        {"method": "k_anonymity", "k": 4, "columns": ["job"]},
    ))
    assert set(out["job"].texts()) == {"anyone"}


def test_they_are_kept_in_the_recipe_and_read_back() -> None:
    before = recipe({"method": "k_anonymity", "k": 4}, hierarchies={"job": JOBS, "age": {"kind": "age", "oldest": 80}})
    again = Recipe.load(before.dump())
    assert again == before
    assert again.hierarchies["age"] == Age(oldest=80)
    assert isinstance(again.hierarchies["job"], FromRows)


def test_a_hierarchy_that_does_not_fit_stops_it_without_a_value() -> None:
    with pytest.raises(Problem) as torn:
        recipe(hierarchies={"job": {"kind": "rows", "rows": [["nurse", "health"], ["nurse", "other"]]}})
    assert "nurse" not in str(torn.value)
    with pytest.raises(Problem, match="does not cover 1 of its 4 values"):
        made(recipe({"method": "k_anonymity", "k": 4}, hierarchies={"job": {**JOBS, "rows": JOBS["rows"][1:]}}))
    with pytest.raises(Problem, match="no column"):
        made(recipe(hierarchies={"trade": JOBS}))


def test_what_the_recipe_says_anyway_need_not_stand_in_a_step() -> None:
    given = {"job": FromRows(rows=tuple(map(tuple, JOBS["rows"])))}
    step = KAnonymity(k=4, hierarchies={**given, "age": Age()})
    assert bare(step, given) == KAnonymity(k=4, hierarchies={"age": Age()})
    assert bare(step, {}, frozenset({"age"})) == KAnonymity(k=4, hierarchies=given)
    coarse = Generalise.model_validate({"columns": {"job": {"level": 1, "hierarchy": given["job"]}}})
    assert bare(coarse, given).columns["job"].hierarchy == Automatic()
