"""Policies: each rule on tables counted by hand, presets that name their sources, own files, what mends a breach."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from core.attack.rate import Rate
from core.policy import RULES, Policy, Release, check, preset, presets
from core.problem import Problem
from core.table import Column, Table


def table(roles: dict[str, Any] | None = None, **columns: list[Any]) -> Table:
    made = {n: Column.of_numbers(np.array(v, float)) if isinstance(v[0], (int, float)) else Column.of(v, "category")
            for n, v in columns.items()}
    return Table(made, roles or {}, np.arange(len(next(iter(columns.values())))))


KEYS = {"sex": "quasi_identifier", "place": "quasi_identifier", "ill": "sensitive", "pay": "sensitive",
        "weight": "weight"}
SIX = table(
    KEYS, sex=["f", "f", "f", "m", "m", "m"], place=["Nord", "Nord", "Nord", "Nord", "Nord", "Sued"],
    ill=["yes", "no", "no", "no", "no", "no"], pay=[90, 5, 5, 10, 10, 10], weight=[30, 30, 30, 1, 1, 40],
)


@pytest.mark.parametrize(
    ("rule", "passed"),
    [
        ({"rule": "group_size", "k": 2}, False), ({"rule": "largest_risk", "most": 0.5}, False),
        ({"rule": "largest_risk", "most": 1.0}, True),
        ({"rule": "average_risk", "most": 0.5}, True), ({"rule": "average_risk", "most": 0.49}, False),
        ({"rule": "mixed", "l": 2}, False),
        ({"rule": "cell_counts", "fewest": 2, "by": ["sex"]}, True),
        ({"rule": "cell_counts", "fewest": 4, "by": ["sex"]}, False),
        ({"rule": "cell_counts", "fewest": 2, "by": ["place"]}, False),
        ({"rule": "cell_counts", "fewest": 2, "by": ["sex", "ill"]}, False),
        ({"rule": "dominance", "n": 1, "k": 91, "by": ["sex"], "contribution": "pay"}, True),
        ({"rule": "dominance", "n": 1, "k": 89, "by": ["sex"], "contribution": "pay"}, False),
        ({"rule": "p_percent", "p": 4, "by": ["sex"], "contribution": "pay"}, True),
        ({"rule": "p_percent", "p": 6, "by": ["sex"], "contribution": "pay"}, False),
        ({"rule": "group_disclosure", "most": 0.9, "by": ["sex"]}, False),
        ({"rule": "area_population", "people": 40, "areas": ["place"]}, True),
        ({"rule": "area_population", "people": 41, "areas": ["place"]}, False),
    ],
)
def test_each_rule_by_hand(rule: dict[str, Any], passed: bool) -> None:
    # sex x place: f Nord 3, m Nord 2, m Sued 1. Pay of f: 90 of 100, the rest 5 = 5.6% of the largest. Sued weighs 40.
    judged = RULES.build(rule).judge(Release.of(SIX))
    assert judged.passed is passed, judged.found
    assert bool(judged.mend) is not passed
    assert judged.rule.asks()


def test_empty_cells_count_where_they_tell_something() -> None:
    told = table(sex=["f", "f", "m", "m"], ill=["yes", "no", "no", "no"])
    release = Release(told, ("sex", "ill"))
    asked = {"rule": "cell_counts", "fewest": 2, "by": ["sex", "ill"]}
    fine, tells = (RULES.build({**asked, "zeros": zeros}).judge(release) for zeros in ("fine", "disclosive"))
    assert "and 0 empty" in fine.found and "and 1 empty" in tells.found


def test_individual_risk_looks_at_weights_and_says_where_there_are_none() -> None:
    weighed = RULES.build({"rule": "individual_risk", "most": 0.1}).judge(Release.of(SIX))
    assert weighed.passed is False and "sample" not in weighed.mend
    plain = RULES.build({"rule": "individual_risk", "most": 0.1}).judge(Release(SIX, ("sex", "place")))
    assert plain.passed is False and "weights" in plain.mend


def test_without_weights_an_area_cannot_be_judged_and_is_not_passed() -> None:
    judged = RULES.build({"rule": "area_population", "areas": ["place"]}).judge(Release(SIX, ("place",)))
    assert judged.passed is None and "weights" in judged.mend


def test_names_are_seen_whatever_their_role() -> None:
    named = table(name=["Anita Sharma", "Ravi Kumar", "Mary Thomas", "Sunil Gupta"] * 5, age=[20, 30, 40, 50] * 5)
    rule = RULES.build({"rule": "no_direct_identifiers"})
    assert rule.judge(Release(named)).passed is False
    assert rule.judge(Release(named.without(["name"]))).passed is True


def test_nothing_by_which_a_person_could_be_looked_for_keeps_the_rules_about_people() -> None:
    for name in ("group_size", "largest_risk", "average_risk", "individual_risk", "mixed"):
        assert RULES.build({"rule": name}).judge(Release(SIX)).passed is True


def test_safe_harbor() -> None:
    file = table(
        age=[34, 95, 20, 41], zip=["12345", "54321", "12344", "99999"], admitted=["2024-03-01"] * 4,
        photo=["a.jpg", "b.jpg", "c.jpg", "d.jpg"], sex=["f", "m", "f", "m"],
        city=["Boston", "Austin", "Dallas", "Denver"], state=["Ohio", "Texas", "Iowa", "Utah"],
    )
    file = file.with_columns({"admitted": Column.of(["2024-03-01", "2024-03-02", "2024-04-01", "2024-05-01"], "date")})
    found = RULES.build({"rule": "safe_harbor"}).judge(Release(file))
    assert found.passed is False
    for column in ("age", "admitted", "photo", "zip", "city"):
        assert f"{column} (" in found.found
    assert "sex (" not in found.found and "state (" not in found.found
    kept = table(age=[34, 80, 20, 41], sex=["f", "m", "f", "m"], year=[2020, 2021, 2022, 2023])
    assert RULES.build({"rule": "safe_harbor"}).judge(Release(kept)).passed is True


def test_an_attack_that_was_not_run_leaves_the_rule_open_and_one_that_wins_breaks_it() -> None:
    rule = RULES.build({"rule": "no_advantage", "attack": "singling_out"})
    assert rule.judge(Release(SIX)).passed is None
    won, lost = (SimpleNamespace(attack="singling_out", sentence="…", advantage=Rate(*advantage))
                 for advantage in ((0.3, 0.2, 0.4), (0.02, -0.05, 0.1)))
    assert rule.judge(Release(SIX, attacks=(won, lost))).passed is False  # type: ignore[arg-type]
    assert rule.judge(Release(SIX, attacks=(lost,))).passed is True  # type: ignore[arg-type]


def test_safeguards() -> None:
    rule = RULES.build({"rule": "safeguards"})
    known: dict[str, Any] = {"encrypted": True, "registered": True, "purpose": "Teaching", "recipient": "A class"}
    assert rule.judge(Release(SIX, **known)).passed is True
    assert rule.judge(Release(SIX, **{**known, "encrypted": False})).passed is False
    assert rule.judge(Release(SIX, **{**known, "purpose": ""})).passed is False
    assert rule.judge(Release(SIX, **{**known, "encrypted": None})).passed is None


def test_every_preset_names_source_date_and_whose_number() -> None:
    assert len(presets()) >= 11
    for policy in presets().values():
        assert policy.title and policy.about and policy.rules
        for rule in policy.rules:
            assert len(rule.source) > 8 and rule.date[:2] in ("19", "20"), policy.name
        assert Policy.load(policy.dump()) == policy


def test_what_the_owner_of_the_product_asked_for_is_there() -> None:
    rules = {(p.name, RULES.name_of(r)): r for p in presets().values() for r in p.rules}
    values = {key: rule.model_dump() for key, rule in rules.items()}
    assert values["scientific_use", "group_size"]["k"] == 3
    assert values["scientific_use", "individual_risk"]["most"] == 0.05
    assert values["public_use", "group_size"]["k"] == 5 and values["public_use", "largest_risk"]["most"] == 0.2
    assert values["public_use", "area_population"]["people"] == 100_000
    assert values["cms_cells", "cell_counts"]["fewest"] == 11
    assert values["clinical_trial", "largest_risk"]["most"] == 0.09
    assert values["school", "cell_counts"]["fewest"] == 10
    assert values["research_output", "cell_counts"]["zeros"] == "disclosive"
    assert (values["tables", "dominance"]["n"], values["tables", "dominance"]["k"]) == (2, 85)
    assert values["tables_strict", "cell_counts"]["fewest"] == 5


def test_a_verdict() -> None:
    verdict = check(preset("scientific_use"), Release.of(SIX))
    assert verdict.passed is False and len(verdict.broken) == 2
    assert {r["rule"] for r in verdict.as_dict()["rules"]} == {"no_direct_identifiers", "group_size", "individual_risk"}


def test_an_own_policy_and_what_is_wrong_with_one() -> None:
    own = Policy.load("name: ours\nrules:\n- rule: group_size\n  k: 7\n")
    assert own.rules[0].model_dump()["k"] == 7
    for text in ("", "- a", "rules: []", "rules: [{rule: groupsize}]", "rules: [{rule: group_size, k: 1}]",
                 "rule: x\nrules: [{rule: group_size}]", "{"):
        with pytest.raises(Problem):
            Policy.load(text)
    with pytest.raises(Problem, match="scientific_use"):
        preset("scientific_usage")


def test_no_cell_value_is_said() -> None:
    for policy in presets().values():
        for rule in policy.rules:
            said = rule.judge(Release.of(SIX))
            assert "Sued" not in said.found + said.mend + rule.asks()


def test_groups_of_people_who_never_existed_are_not_judged() -> None:
    release = Release.of(SIX, synthetic=True)
    for name in ("group_size", "largest_risk", "average_risk", "individual_risk", "mixed"):
        judged = RULES.build({"rule": name}).judge(release)
        assert judged.passed is None and "attackers" in judged.mend


@pytest.mark.parametrize(("confidence", "passed"), [(0.5, False), (0.49, True)])
def test_a_column_that_as_likely_as_not_names_people_is_one(confidence: float, passed: bool) -> None:
    seen = {"place": SimpleNamespace(entity="PERSON", confidence=confidence)}
    release = SimpleNamespace(detected=seen)
    assert RULES.build({"rule": "no_direct_identifiers"}).judge(release).passed is passed
