"""One level for each column: the optimum against a search by hand, and ARX's on Adult."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.problem import Problem
from core.protect.hierarchies.hierarchy import FromRows
from core.protect.hierarchies.recoding import Recoding
from core.protect.recoding.alike import plant_all
from core.protect.recoding.full_domain import FullDomain, optimum
from core.table import Column, Table
from tests.protect.protecting import adult, adult_hierarchies, classes, run, smallest

LETTERS = FromRows(rows=(("a", "ab", "*"), ("b", "ab", "*"), ("c", "cd", "*"), ("d", "cd", "*")))
tables = st.lists(st.tuples(*[st.sampled_from("abcd")] * 3), min_size=4, max_size=40)


def table_of(rows) -> Table:
    return Table.of({n: Column.of(list(c)) for n, c in zip("pqr", zip(*rows, strict=True), strict=True)},
                    dict.fromkeys("pqr", "quasi_identifier"))


@settings(max_examples=60, deadline=None)
@given(tables, st.integers(2, 4), st.sampled_from([0, 10, 30]))
def test_the_optimum_is_that_of_a_search_by_hand(rows, k, percent):
    table = table_of(rows)
    recoding = Recoding.of(table, plant_all(table, tuple("pqr"), dict.fromkeys("pqr", LETTERS)))
    limit = int(percent / 100 * len(rows))
    losses = []
    share = [0.25, 0.5, 1.0]
    for levels in itertools.product(range(3), repeat=3):
        texts = list(zip(*([LETTERS.rows["abcd".index(v)][level] for v in table[n].texts()]
                           for n, level in zip("pqr", levels, strict=True)), strict=True))
        rare = sum(texts.count(t) < k for t in texts)
        if rare <= limit:
            kept = sum(share[level] for level in levels) / 3
            losses.append((kept * (len(rows) - rare) + rare) / len(rows))
    for prune in (True, False):
        found = optimum(recoding, k, limit, prune)
        assert found.loss == pytest.approx(min(losses))
        assert found.proved
        assert found.suppressed <= limit
    assert found.nodes == 27


@settings(max_examples=40, deadline=None)
@given(tables, st.integers(2, 4), st.sampled_from([0, 10, 30]))
def test_no_class_is_below_k(rows, k, percent):
    table = table_of(rows)
    step = FullDomain(k=k, suppress=percent, hierarchies=dict.fromkeys("pqr", LETTERS))
    step.check(table)
    out = step.apply(table, run())
    assert smallest(out, tuple("pqr")) >= k
    assert out.rows > len(rows) - k
    for name in "pqr":
        assert len({len(t) for t in out[name].texts() if t != "*"}) <= 1  # one level for the whole column


def test_a_search_cut_short_says_how_far_it_may_be_from_the_optimum():
    rows = list(itertools.product("abcd", repeat=3))
    recoding = Recoding.of(table_of(rows), plant_all(table_of(rows), tuple("pqr"), dict.fromkeys("pqr", LETTERS)))
    found = optimum(recoding, 3, 0, work=10)
    assert not found.proved
    assert found.bound <= optimum(recoding, 3, 0).loss <= found.loss


def test_adult_finds_arxs_optimum():
    table = adult()
    trees = plant_all(table, table.names, adult_hierarchies(table.names))
    recoding = Recoding.of(table, trees)
    found = optimum(recoding, 5, int(0.05 * table.rows))
    assert found.proved
    assert found.levels.tolist() == [0, 3, 0, 0, 2, 1, 1, 2, 0]
    assert found.suppressed == 1346
    least = np.mean([1 / t.domain for t in trees.values()])
    assert 1 - (found.loss - least) / (1 - least) == pytest.approx(0.698, abs=0.0005)


def test_adult_without_suppression_and_with_as_much_as_wanted():
    table = adult()
    trees = plant_all(table, table.names, adult_hierarchies(table.names))
    recoding = Recoding.of(table, trees)
    least = np.mean([1 / t.domain for t in trees.values()])
    for limit, suppressed, arx in ((0, 0, 0.292), (table.rows, 2553, 0.751)):
        found = optimum(recoding, 5, limit)
        assert found.suppressed == suppressed
        assert 1 - (found.loss - least) / (1 - least) == pytest.approx(arx, abs=0.0006)


def test_few_blanked_rows_are_left_out_because_they_would_stand_out():
    rows = [("a", "a", "a")] * 30 + [("d", "d", "d")]
    out = FullDomain(k=3, suppress=10, hierarchies=dict.fromkeys("pqr", LETTERS)).apply(table_of(rows), run())
    assert classes(out, tuple("pqr")) == {("a", "a", "a"): 30}


def test_too_many_different_values_are_refused():
    names = tuple(f"n{i}" for i in range(8))
    table = Table.of({n: Column.of([f"{i * 7919 % 997}" for i in range(1000)]) for n in names},
                     dict.fromkeys(names, "quasi_identifier"))
    with pytest.raises(Problem, match="too many different values"):
        FullDomain().check(table)
