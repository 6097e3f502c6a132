"""Protect only what is at risk; linked columns; weights brought back; what steps say they did."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.problem import Problem
from core.protect import METHODS
from core.protect.changes import transitions
from core.protect.secrets import Secrets
from core.protect.suppression.local_suppression import LocalSuppression
from core.protect.suppression.protect_at_risk import ProtectAtRisk
from core.recipe import Recipe
from core.recipe import run as carry_out
from core.risk import assess
from core.table import Column, Table
from tests.protect.protecting import K7, read, run, smallest

rows_of = st.lists(st.tuples(st.sampled_from("ab"), st.sampled_from("abc"), st.sampled_from(["a", "b", None])),
                   min_size=3, max_size=40)


def table_of(rows) -> Table:
    return Table.of({n: Column.of(list(c)) for n, c in zip("pqr", zip(*rows, strict=True), strict=True)},
                    dict.fromkeys("pqr", "quasi_identifier"))


@settings(max_examples=60, deadline=None)
@given(rows_of, st.integers(2, 4), st.integers(0, 3))
@pytest.mark.parametrize("way", ["blank", "coarser"])
def test_only_rows_at_risk_change_and_nobody_is_at_risk_afterwards(way, rows, k, slices):
    table = table_of(rows)
    step = ProtectAtRisk(rule={"rule": "few_alike", "k": k}, way=way, slices=slices)
    step.check(table)
    out = step.apply(table, run())
    before = Counter(rows)
    kept = set(out.row_ids.tolist())
    now = dict(zip(out.row_ids.tolist(), zip(*(out[n].texts() for n in "pqr"), strict=True), strict=True))
    for i, row in enumerate(rows):
        if before[row] >= k:
            assert now[i] == row
        else:
            assert i not in kept or all(new in (old, "*") or way == "coarser"
                                        for old, new in zip(row, now[i], strict=True))
    assert not out.rows or smallest(out, "pqr") >= k
    assert all(c.holds(out) for c in step.claims(table))


def test_testdata_needs_no_more_blanks_than_blanking_in_all_rows():
    table = read("data/sdcmicro/testdata.csv")
    noted = run()
    out = ProtectAtRisk(columns=K7).apply(table, noted)
    every = LocalSuppression(k=3, columns=K7).apply(table, run())
    assert sum(int(out[n].suppressed.sum()) for n in K7) <= sum(int(every[n].suppressed.sum()) for n in K7)
    counts = Counter(zip(*(table[n].texts() for n in K7), strict=True))
    at_risk = sum(n for n in counts.values() if n < 3)
    assert noted.notes[0] == f"At risk: {at_risk} of 4,580 rows."
    assert "Rows that held a rare slice of 1 columns: " in noted.notes[1]
    assert noted.notes[-1].startswith("Cells changed: ")


@pytest.mark.parametrize("weighted", [True, False])
def test_no_row_is_above_the_highest_risk(weighted):
    table = read("data/sdcmicro/testdata.csv").with_roles(dict.fromkeys(K7, "quasi_identifier"))
    if weighted:
        table = table.with_roles({"sampling_weight": "weight"})
    bound = 0.01 if weighted else 0.2
    step = ProtectAtRisk(rule={"rule": "high_risk", "threshold": bound})
    out = step.apply(table, run())
    assert assess(table).highest_individual_risk > bound
    assert assess(out).highest_individual_risk <= bound
    assert out.rows > 0.99 * table.rows


def test_too_few_rows_at_risk_to_help_each_other_leave():
    table = table_of([("a", "a", "a")] * 9 + [("b", "c", None)])
    noted = run()
    assert ProtectAtRisk().apply(table, noted).rows == 9
    assert noted.notes[-1] == "Rows that could be saved in no other way and were left out: 1."


def places() -> Table:
    r = np.random.default_rng(1)
    town = r.integers(0, 6, 300)
    return Table.of({
        "town": Column.of([f"t{x}" for x in town]), "code": Column.of([f"0{x}" for x in town]),
        "sex": Column.of([["f", "m"][x] for x in r.integers(0, 2, 300)]),
        "w": Column.of_numbers(r.integers(1, 60, 300)),
    }, {"w": "weight", "town": "quasi_identifier", "sex": "quasi_identifier"})


LINK = "  - {method: follow, links: [{leaders: [town], followers: [code]}]}\n"


@pytest.mark.parametrize("first", [
    "{method: pram, columns: [town], chances: {kind: invariant, share: 0.6}}",
    "{method: swap_values, columns: [town], who: {kind: any, share: 0.5}}",
    "{method: generalise, columns: {town: {hierarchy: {kind: frequent, at_least: [55]}, level: 1}}}",
    "{method: shuffle_rows}",
])
def test_linked_columns_change_together_whatever_changed_the_leader(first):
    table = places()
    out = carry_out(Recipe.load(f"version: 1\nsteps:\n  - {first}\n{LINK}"), table, Secrets("x", 4, {})).table
    old = dict(zip(table.row_ids.tolist(), table["town"].texts(), strict=True))
    for row, town, code in zip(out.row_ids.tolist(), out["town"].texts(), out["code"].texts(), strict=True):
        if town == old[row]:
            assert code == f"0{town[1:]}"
        else:
            assert code == ("*" if town[0] != "t" else f"0{town[1:]}")
    if "shuffle" not in first:
        assert any(town != old[row] for row, town in zip(out.row_ids.tolist(), out["town"].texts(), strict=True))


def test_linked_columns_need_a_recipe():
    with pytest.raises(Problem, match="original"):
        METHODS.build({"method": "follow", "links": [{"leaders": ["town"], "followers": ["code"]}]}).apply(
            places(), run())


def totals(table: Table, name: str) -> dict:
    found: dict = Counter()
    for value, weight in zip(table[name].texts(), table["w"].numbers, strict=True):
        found[value] += weight
    return found


def test_weights_come_back_to_old_totals_after_rows_left():
    table = places()
    text = ("version: 1\nsteps:\n  - {method: drop_risky_rows, columns: [town, sex], rule: {rule: few_alike, k: 24}}\n"
            "  - {method: calibrate_weights, columns: [town, sex]}\n")
    outcome = carry_out(Recipe.load(text), table, Secrets("x", 4, {}))
    out = outcome.table
    assert out.rows < table.rows
    for name in ("town", "sex"):
        for value, total in totals(table, name).items():
            if value in totals(out, name):
                assert totals(out, name)[value] == pytest.approx(total, rel=1e-4)
    assert "Weights were multiplied by" in outcome.log[-1].notes[0]


def test_blanked_cells_keep_their_weight_and_the_others_their_proportions():
    from core.protect.rows_and_columns.raking import raked

    table = places()
    after = table.with_columns({"town": table["town"].suppress(np.arange(300) < 40)})
    out = raked(table, after, ("town",))
    assert out["w"].numbers[:40].tolist() == table["w"].numbers[:40].tolist()
    before, now = totals(table, "town"), totals(out, "town")
    assert sum(now.values()) == pytest.approx(sum(before.values()))
    shown = sum(v for k, v in now.items() if k != "*")
    for town, total in before.items():
        assert now[town] / shown == pytest.approx(total / sum(before.values()))


def test_recoded_columns_have_no_old_totals():
    from core.protect.rows_and_columns.raking import raked

    table = places()
    with pytest.raises(Problem, match="recoded"):
        raked(table, table.with_columns({"town": table["town"].recode(lambda v: "x")}), ("town",))


def test_pram_says_what_really_changed_and_the_transitions_add_up():
    table = places()
    noted = run()
    out = METHODS.build({"method": "pram", "columns": ["town"]}).apply(table, noted)
    changed = sum(a != b for a, b in zip(table["town"].texts(), out["town"].texts(), strict=True))
    assert noted.notes == [f"“town”: {changed} of 300 cells really changed ({changed / 300:.1%})."]
    moved = transitions(table, out, "town")
    assert sum(n for _, _, n in moved) == 300
    assert sum(n for old, new, n in moved if old != new) == changed
    by_hand = Counter(zip(table["town"].texts(), out["town"].texts(), strict=True))
    assert {(a, b): n for a, b, n in moved} == dict(by_hand)
