"""Rows at risk are left out: recounts, households, and weights brought back to their totals."""

from __future__ import annotations

from collections import Counter, defaultdict

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.problem import Problem
from core.protect.suppression.drop_risky_rows import DropRiskyRows, FewAlike, HighRisk
from core.table import Column, Table
from tests.protect.protecting import K7, read, run, smallest


def survey(rows=900, seed=3) -> Table:
    r = np.random.default_rng(seed)
    table = Table.of({
        "state": Column.of([f"s{x}" for x in r.integers(0, 4, rows)]),
        "age": Column.of([str(x) for x in r.integers(0, 30, rows)]),
        "sex": Column.of([["f", "m", None][x] for x in r.choice(3, rows, p=[.4, .4, .2])]),
        "home": Column.of([str(x) for x in r.integers(0, rows // 2, rows)]),
        "w": Column.of([str(x) for x in r.integers(20, 90, rows)], "number"),
    })
    return table.with_roles({"state": "quasi_identifier", "age": "quasi_identifier", "sex": "quasi_identifier",
                             "home": "household", "w": "weight"})


@settings(max_examples=50, deadline=None)
@given(st.lists(st.tuples(*[st.sampled_from(["a", "b", None])] * 3), min_size=1, max_size=40), st.integers(2, 5))
def test_only_rows_in_small_classes_go(rows, k):
    table = Table.of({n: Column.of(list(c)) for n, c in zip("pqr", zip(*rows, strict=True), strict=True)},
                     dict.fromkeys("pqr", "quasi_identifier"))
    out = DropRiskyRows(rule=FewAlike(k=k)).apply(table, run())
    counts = Counter(rows)
    assert out.row_ids.tolist() == [i for i, row in enumerate(rows) if counts[row] >= k]


def test_testdata_leaves_out_sdcmicros_violations():
    table = read("data/sdcmicro/testdata.csv")
    for k, violations in ((2, 157), (3, 281), (5, 458)):
        out = DropRiskyRows(columns=K7, rule=FewAlike(k=k)).apply(table, run())
        assert table.rows - out.rows == violations
        assert smallest(out, K7) >= k


def test_whole_households_go_until_nobody_left_is_at_risk():
    table = survey()
    out = DropRiskyRows(rule=FewAlike(k=2), whole_households=True).apply(table, run())
    assert 0 < out.rows < table.rows
    assert smallest(out, ("state", "age", "sex")) >= 2
    kept, homes = set(out.row_ids.tolist()), defaultdict(set)
    for row, home in enumerate(table["home"].texts()):
        homes[home].add(row)
    assert all(rows <= kept or not rows & kept for rows in homes.values())


def test_individual_risk_with_weights_is_bounded():
    from core.risk import assess

    table = survey()
    before = assess(table)
    out = DropRiskyRows(rule=HighRisk(threshold=0.01)).apply(table, run())
    assert 0 < out.rows < table.rows
    assert assess(out).highest_individual_risk <= 0.01 < before.highest_individual_risk


def test_weighted_totals_are_as_before():
    table = survey()
    out = DropRiskyRows(rule=FewAlike(k=3), keep_totals=("state", "sex")).apply(table, run())
    assert out.rows < table.rows
    for name in ("state", "sex"):
        for value in set(table[name].texts()):
            was = sum(w for v, w in zip(table[name].texts(), table["w"].numbers, strict=True) if v == value)
            now = sum(w for v, w in zip(out[name].texts(), out["w"].numbers, strict=True) if v == value)
            assert now == pytest.approx(was, rel=1e-6)


def test_what_it_needs():
    table = Table.of({"p": Column.of(["a"])}, {"p": "quasi_identifier"})
    with pytest.raises(Problem, match="role household"):
        DropRiskyRows(whole_households=True).check(table)
    with pytest.raises(Problem, match="role weight"):
        DropRiskyRows(keep_totals=("p",)).check(table)
