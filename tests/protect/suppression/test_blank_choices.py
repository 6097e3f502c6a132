"""Blanks beyond one k for all columns: subsets, strata, the proved minimum, and what sdcMicro needs for the same."""

from __future__ import annotations

import itertools
from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.problem import Problem
from core.protect.suppression.local_suppression import LocalSuppression
from core.table import Column, Table
from tests.protect.protecting import K7, read, run, smallest

rows_of = st.lists(st.tuples(st.sampled_from("ab"), st.sampled_from("abc"), st.sampled_from(["a", "b", None])),
                   min_size=5, max_size=30)


def table_of(rows, names="pqr") -> Table:
    return Table.of({n: Column.of(list(c)) for n, c in zip(names, zip(*rows, strict=True), strict=True)},
                    dict.fromkeys(names, "quasi_identifier"))


def blanks(table: Table, names) -> int:
    return sum(int(table[n].suppressed.sum()) for n in names)


def fewest_by_trying(rows, k: int) -> int:
    """The least number of blanks of any release in which every written row stands k times: all are tried."""
    m = len(rows[0])
    ways = [s for n in range(m + 1) for s in itertools.combinations(range(m), n)]
    best = m * len(rows)
    for chosen in itertools.product(ways, repeat=len(rows)):
        cost = sum(map(len, chosen))
        if cost < best:
            written = Counter(tuple("*" if i in s else v for i, v in enumerate(r))
                              for r, s in zip(rows, chosen, strict=True))
            best = cost if min(written.values()) >= k else best
    return best


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(st.sampled_from("ab"), st.sampled_from("xyz")), min_size=3, max_size=6), st.integers(2, 3))
def test_the_exact_search_finds_the_minimum_of_all_ways(rows, k):
    out = LocalSuppression(k=k, search="exact").apply(table_of(rows, "pq"), run())
    assert smallest(out, "pq") >= k
    assert blanks(out, "pq") == fewest_by_trying(rows, k)


@settings(max_examples=15, deadline=None)
@given(rows_of, st.integers(2, 4))
def test_the_exact_search_is_never_worse_and_changes_nothing_else(rows, k):
    table = table_of(rows)
    exact, fast = (LocalSuppression(k=k, search=s).apply(table, run()) for s in ("exact", "fast"))
    assert blanks(exact, "pqr") <= blanks(fast, "pqr")
    assert smallest(exact, "pqr") >= k
    for name in "pqr":
        assert (exact[name].same_cells(table[name]) | exact[name].suppressed).all()


def test_the_exact_search_saves_blanks_on_testdata_and_minds_importance():
    table = read("data/sdcmicro/testdata.csv").take(np.arange(150))
    note = run()
    exact, fast = (LocalSuppression(k=3, columns=K7, search=s).apply(table, note) for s in ("exact", "fast"))
    assert blanks(exact, K7) < blanks(fast, K7)
    assert any("proved" in sentence for sentence in note.notes)
    spared = LocalSuppression(k=3, columns=K7, search="exact", importance={"relat": 3}).apply(table, run())
    assert spared["relat"].suppressed.sum() < exact["relat"].suppressed.sum()


def test_a_table_too_large_for_the_proof_is_refused():
    with pytest.raises(Problem, match="too large"):
        LocalSuppression(k=3, columns=K7, search="exact").apply(read("data/sdcmicro/testdata.csv"), run())


SUBSETS = ({"kind": "any", "size": 2, "k": 4}, {"kind": "these", "columns": ("p",), "k": 5})


@settings(max_examples=40, deadline=None)
@given(rows_of)
@pytest.mark.parametrize("counting", ["strict", "wildcard"])
@pytest.mark.parametrize("whole", [True, False])
def test_subsets_hold_their_own_k(whole, counting, rows):
    table = table_of(rows)
    step = LocalSuppression(k=2, subsets=SUBSETS, all_columns=whole, counting=counting)
    step.check(table)
    out = step.apply(table, run())
    asked = [(("p", "q"), 4), (("p", "r"), 4), (("q", "r"), 4), (("p",), 5), *([(("p", "q", "r"), 2)] if whole else [])]
    for names, k in asked:
        cells = list(zip(*(out[n].texts() for n in names), strict=True))
        if counting == "strict":
            assert min(Counter(cells).values()) >= k
        else:
            for a in cells:
                assert sum(all(x == y or "*" in (x, y) for x, y in zip(a, b, strict=True)) for b in cells) >= k
    assert all(c.holds(out) for c in step.claims(table))


def test_subsets_of_testdata_need_no_more_blanks_than_sdcmicro():
    """localSuppression(testdata, k=c(3,2), combs=c(3,4)): 90 blanks (oracle/sdcmicro/calls_methods.json)."""
    step = LocalSuppression(columns=K7, counting="wildcard", all_columns=False,
                            subsets=({"kind": "any", "size": 3, "k": 3}, {"kind": "any", "size": 4, "k": 2}))
    table = read("data/sdcmicro/testdata.csv")
    out = step.apply(table, run())
    assert blanks(out, K7) <= 90
    assert all(c.holds(out) for c in step.claims(table))


@settings(max_examples=30, deadline=None)
@given(rows_of)
@pytest.mark.parametrize("counting", ["strict", "wildcard"])
def test_strata_stay_as_they_are_and_hold_k_each(counting, rows):
    rows = [*rows, *[("a", "a", "a")] * 3, *[("a", "a", "b")] * 3, *[("a", "a", None)] * 3]
    table = table_of(rows)
    step = LocalSuppression(k=3, columns=("p", "q"), within=("r",), counting=counting)
    step.check(table)
    out = step.apply(table, run())
    assert out["r"].same_cells(table["r"]).all()
    assert all(c.holds(out) for c in step.claims(table))
    if counting == "strict":
        assert smallest(out, "pqr") >= 3


def test_settings_that_contradict_each_other_are_refused():
    for wrong in ({"all_columns": False}, {"search": "exact", "counting": "wildcard"},
                  {"counting": "wildcard", "whole_households": True}):
        with pytest.raises(ValueError, match=r"\."):
            LocalSuppression(**wrong)
    with pytest.raises(Problem, match="subset"):
        LocalSuppression(columns=("p",), k=2, subsets=({"kind": "these", "columns": ("q",), "k": 2},)).check(
            table_of([("a", "b", "c")] * 6))
