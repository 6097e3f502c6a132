"""The two attackers beside strict counting: by pairs on small tables, and sdcMicro's own files."""

from __future__ import annotations

import csv

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.problem import Problem
from core.protect.method import Alike, Claim
from core.protect.perturbation.pram import Pram
from core.protect.promises.attackers import against, attackers
from core.protect.recoding.k_anonymity import KAnonymity
from core.protect.secrets import Secrets
from core.protect.suppression.local_suppression import LocalSuppression
from core.recipe import Recipe
from core.recipe import run as carry_out
from core.table import Column, Table
from tests.protect.protecting import K7, read, run
from tests.shared import shared

VALUES = st.sampled_from(["a", "b", "c", None])
ROWS = st.lists(st.tuples(VALUES, VALUES, VALUES), min_size=1, max_size=25)
GROUPS = {"a": "vowel", "b": "consonant", "c": "consonant"}


def table_of(rows) -> Table:
    return Table.of({n: Column.of([r[i] for r in rows], "category") for i, n in enumerate("pqr")})


def could_be(truth, written, stood_for) -> bool:
    """A blank, the value itself, or a group that was written for it somewhere in its column."""
    return all(w in (t, "*") or (t, w) in seen for t, w, seen in zip(truth, written, stood_for, strict=True))


def alike(one, other) -> bool:
    return all(a == b or "*" in (a, b) for a, b in zip(one, other, strict=True))


@settings(max_examples=150, deadline=None)
@given(ROWS, st.data())
def test_counts_are_those_by_pairs(rows, data) -> None:
    written = [
        tuple(data.draw(st.sampled_from([v, v, "*"] + ([GROUPS[v]] if v else []))) for v in row) for row in rows
    ]
    ks = (2, 3, 5)
    stood_for = [
        {(t[i], w[i]) for t, w in zip(rows, written, strict=True) if w[i] in GROUPS.values()} for i in range(3)
    ]
    for k, found in zip(ks, attackers(table_of(rows), table_of(written), "pqr", ks), strict=True):
        matches = [sum(could_be(t, w, stood_for) for w in written) for t in rows]
        assert found.knowing == sum(m < k for m in matches)
        assert found.alone == sum(m == 1 for m in matches)
        assert found.wildcard == sum(sum(alike(w, o) for o in written) < k for w in written)
        assert found.as_written == sum(written.count(w) < k for w in written)


def test_groups_at_several_levels_all_count() -> None:
    original = Table.of({"age": Column.of(["31", "31", "37", "37", "38", "52"], "category")})
    released = Table.of({"age": Column.of(["31", "30-39", "35-39", "30-39", "35-39", "*"], "category")})
    (found,) = attackers(original, released, ["age"], (5,))
    # Somebody of 31 could be rows 1, 2 and 6, and row 4 too; of 37: 2, 3, 4, 5, 6; of 38 as much as was seen of it.
    assert found.as_written == 6
    assert found.knowing == 4, "31 twice has four rows, 38 three, 52 one; 37 has five"
    assert found.alone == 1


def test_strict_k_leaves_nothing_to_either() -> None:
    rng = np.random.default_rng(3)
    table = Table.of({
        n: Column.of([str(v) for v in rng.integers(0, 9, 400)], "category") for n in "pqr"
    })
    for step in (LocalSuppression(k=5, columns=tuple("pqr")), KAnonymity(k=5, columns=tuple("pqr"))):
        for found in attackers(table, step.apply(table, run()), "pqr"):
            assert (found.as_written, found.knowing, found.alone, found.wildcard) == (0, 0, 0, 0)


def test_changed_by_chance_the_truth_is_often_nowhere() -> None:
    rng = np.random.default_rng(3)
    table = Table.of({n: Column.of([str(v) for v in rng.integers(0, 30, 300)], "category") for n in "pq"})
    released = Pram(columns=("p", "q")).apply(table, run())
    (found,) = attackers(table, released, "pq", (2,))
    truth, written = (list(zip(t["p"].texts(), t["q"].texts(), strict=True)) for t in (table, released))
    assert found.alone == sum(written.count(t) == 1 for t in truth)


def test_rows_that_left_and_moved_are_no_trouble_and_synthetic_rows_have_no_truth() -> None:
    original = table_of([("a", "b", "c"), ("a", "b", None), ("c", "c", "c"), ("a", "b", "c")])
    moved = original.take(np.array([3, 0, 2]))
    (found,) = attackers(original, moved, "pqr", (2,))
    assert (found.knowing, found.alone) == (1, 1)
    assert attackers(original, Table(moved.columns, moved.roles, None), "pqr") == []


@pytest.mark.parametrize("k", [2, 3, 5])
def test_testdata_wildcard_is_open_to_who_knows_true_values_and_strict_is_not(k: int) -> None:
    table = read("data/sdcmicro/testdata.csv")
    with shared("oracle/sdcmicro/kAnon_attacker_check.csv").open() as source:
        peer = next(row for row in csv.DictReader(source) if row["run"] == f"kAnon_testdata_k{k}")
    wild = LocalSuppression(k=k, columns=K7, counting="wildcard").apply(table, run())
    strict = LocalSuppression(k=k, columns=K7).apply(table, run())
    (ours,) = attackers(table, wild, K7, (k,))
    (kept,) = attackers(table, strict, K7, (k,))
    assert ours.wildcard == int(peer["viol_sdcMicro"]) == 0
    assert ours.knowing and ours.alone, "counted as sdcMicro does, people stay findable"
    assert (kept.as_written, kept.knowing, kept.alone, kept.wildcard) == (0, 0, 0, 0)


def test_after_each_run_both_attackers_are_counted_for_what_it_promised():
    table = read("data/sdcmicro/testdata.csv").with_roles(dict.fromkeys(K7, "quasi_identifier"))

    def found(**settings):
        recipe = Recipe.from_data({"steps": [{"method": "local_suppression", "k": 3, **settings}]})
        (against_it,) = carry_out(recipe, table, Secrets("t", 1, {})).attackers
        return against_it

    strict, wild = found(), found(counting="wildcard")
    assert strict.columns == wild.columns == K7
    assert (strict.strict, strict.found.as_written, strict.found.knowing, strict.found.wildcard) == (True, 0, 0, 0)
    assert (wild.strict, wild.found.wildcard) == (False, 0)
    assert wild.found.knowing > 100, "promised as sdcMicro counts: somebody who knows true values finds people"
    assert wild.found.alone > 0


def test_a_promise_of_k_that_only_its_own_count_believes_in_is_refused():
    table = Table.of({"q": Column.of(["a", "a", "b"])})
    lies = Claim("three rows are alike", lambda released: True, Alike(("q",), 3, True))
    with pytest.raises(Problem, match="Somebody who knows true values would find fewer than 3 rows"):
        against([(1, lies)], table, table)


def test_cells_that_were_swapped_lead_to_the_wrong_rows_and_break_no_promise():
    table = Table.of({"q": Column.of(["a"] * 4 + ["b"] * 4)}, {"q": "quasi_identifier"})
    recipe = Recipe.from_data({"steps": [
        {"method": "local_suppression", "k": 4},
        {"method": "swap_values", "columns": ["q"], "who": {"kind": "any", "share": 1}},
    ]})
    assert carry_out(recipe, table, Secrets("t", 1, {})).attackers[0].found.as_written == 0
