"""A policy turned round: what is asked of a protection, and that a release which reaches it keeps the rules."""

from __future__ import annotations

import numpy as np
import pytest

from core.policy import Policy, Release, check, preset, presets
from core.policy.areas import AreaPopulation
from core.policy.target import Wanted, wanted
from core.protect.secrets import Secrets
from core.recipe import Recipe, run
from core.recipe.candidates import Asked, try_out
from core.table import Column, Table

ROLES = {"age": "quasi_identifier", "place": "quasi_identifier", "illness": "sensitive", "same": "sensitive"}


def survey(rows: int = 300, weight: str | None = None) -> Table:
    r = np.random.default_rng(4)
    columns = {
        "age": Column.of_numbers(r.integers(20, 60, rows)),
        "place": Column.of([f"p{x}" for x in r.integers(0, 4, rows)], "category"),
        "illness": Column.of([f"i{x}" for x in r.choice(4, rows, p=[0.7, 0.1, 0.1, 0.1])], "category"),
        "same": Column.of(["x"] * rows, "category"),
    }
    roles = dict(ROLES)
    if weight:
        columns["w"], roles["w"] = Column.of([weight] * rows, "number"), "weight"
    return Table.of(columns, roles)  # type: ignore[arg-type]


def test_thresholds_are_those_of_the_rules() -> None:
    assert wanted(preset("scientific_use")) == Wanted(3, 0.05, None)
    assert wanted(preset("public_use")) == Wanted(5, None, 2)
    assert wanted(preset("clinical_trial")) == Wanted(12, None, None)
    own = Policy.load("name: own\nrules:\n- {rule: average_risk, most: 0.05, source: s, date: '1', whose: ours}")
    assert wanted(own).k == 20
    assert all(isinstance(wanted(p), Wanted) for p in presets().values())


def test_without_weights_the_file_is_everybody() -> None:
    asked = Wanted(3, 0.05, 2)
    assert (asked.groups(survey(), 5), asked.risk(survey())) == (20, None)
    assert (asked.groups(survey(weight="8"), 5), asked.risk(survey(weight="8"))) == (5, 0.05)
    assert [rule.column for rule in asked.rules(survey())] == ["illness"], "a column of one value can never be mixed"


@pytest.mark.parametrize("weight", [None, "1", "2.5", "400"])
@pytest.mark.parametrize("name", ["scientific_use", "public_use", "clinical_trial"])
def test_what_reaches_the_target_keeps_the_rules_about_groups(name: str, weight: str | None) -> None:
    table, asked = survey(weight=weight).without(["same"]), wanted(preset(name))
    plain, _found = try_out(
        Recipe(), table, Secrets.draw(fresh=True),
        Asked(asked.k or 5, asked.rules(table), asked.highest_risk, seconds=0.5),
    )
    for candidate in plain["candidates"]:
        recipe = Recipe.from_data({"roles": table.roles, "steps": candidate["steps"]})
        released = run(recipe, table, Secrets.draw(fresh=True)).table
        verdict = check(preset(name), Release.of(released, table))
        broken = [j.rule.rule for j in verdict.broken if not isinstance(j.rule, AreaPopulation)]
        assert not broken, (name, weight, candidate["name"], broken)
