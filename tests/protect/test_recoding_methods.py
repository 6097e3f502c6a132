"""Generalise, groups who look alike, blanked cells: recounted apart from the kernels."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.problem import Problem
from core.protect.generalise import Coarser, Generalise
from core.protect.hierarchy import FromRows
from core.protect.k_anonymity import KAnonymity, plant_all
from core.protect.local_suppression import LocalSuppression
from core.protect.recoding import Recoding
from core.table import Column, Table
from tests.protect.protecting import K7, adult, adult_hierarchies, classes, read, run, smallest

small_tables = st.integers(2, 5).flatmap(lambda k: st.tuples(
    st.just(k),
    st.lists(st.tuples(*[st.sampled_from(["a", "b", "c", None, "*"])] * 3, st.integers(0, 40).map(str)),
             min_size=k, max_size=60),
))


def table_of(rows) -> Table:
    columns = [Column.of(list(cells), kind) for cells, kind in
               zip(zip(*rows, strict=True), ("category", "text", "category", "number"), strict=True)]
    names = ("p", "q", "r", "age")
    return Table.of(dict(zip(names, columns, strict=True)), dict.fromkeys(names, "quasi_identifier"))


def test_generalise_as_a_statistician_would():
    table = Table.of({"age": Column.of(["37", "41", None, "*"], "number"), "town": Column.of(["A", "B", "B", "A"])})
    towns = FromRows(rows=(("A", "north", "*"), ("B", "south", "*")))
    step = Generalise(columns={"age": Coarser(hierarchy={"kind": "age"}, level=2), "town": Coarser(hierarchy=towns)})
    step.check(table)
    out = step.apply(table, run())
    assert out["age"].texts() == ["30-39", "40-49", None, "*"]
    assert out["town"].texts() == ["north", "south", "south", "north"]
    assert all(claim.holds(out) for claim in step.claims(table))
    assert not all(claim.holds(table) for claim in step.claims(table))


def test_generalise_refuses_a_level_that_is_not_there():
    table = Table.of({"town": Column.of(["A"])})
    with pytest.raises(Problem, match="has 1 levels, and level 2"):
        Generalise(columns={"town": Coarser(level=2)}).check(table)


@settings(max_examples=60, deadline=None)
@given(small_tables)
@pytest.mark.parametrize("method", [KAnonymity, LocalSuppression])
def test_no_class_is_below_k_on_any_table(method, case):
    k, rows = case
    table = table_of(rows)
    step = method(k=k)
    step.check(table)
    out = step.apply(table, run())
    assert out.rows == table.rows
    assert smallest(out, table.names) >= k
    assert all(claim.holds(out) for claim in step.claims(table))
    assert step.apply(table, run()).digest() == out.digest()


@settings(max_examples=40, deadline=None)
@given(small_tables)
def test_blanked_cells_are_the_only_change(case):
    k, rows = case
    table = table_of(rows)
    out = LocalSuppression(k=k).apply(table, run())
    for name in table.names:
        assert (out[name].same_cells(table[name]) | out[name].suppressed).all()


def test_rows_that_are_alike_are_left_alone():
    table = table_of([("a", "b", "c", "1")] * 5 + [("a", "b", "c", "2")] * 5)
    for method in (KAnonymity, LocalSuppression):
        assert method(k=5).apply(table, run()).digest() == table.digest()


def test_the_claim_fails_on_the_table_as_it_was():
    table = table_of([("a", "b", "c", "1")] * 3 + [("a", "b", "c", "2")])
    (claim,) = KAnonymity(k=2).claims(table)
    assert not claim.holds(table)


def test_too_few_rows_are_refused():
    with pytest.raises(Problem, match="3 rows"):
        KAnonymity(k=4).check(table_of([("a", "b", "c", "1")] * 3))


def test_importance_spares_a_column():
    r = np.random.default_rng(1)
    table = Table.of({n: Column.of([str(x) for x in r.integers(0, 6, 400)]) for n in "abcd"},
                     dict.fromkeys("abcd", "quasi_identifier"))
    plain = LocalSuppression(k=3).apply(table, run())
    spared = LocalSuppression(k=3, importance={"b": 10}).apply(table, run())
    assert spared["b"].suppressed.sum() < plain["b"].suppressed.sum() / 4


def test_adult_has_no_class_below_five_and_keeps_more_than_arx():
    table = adult()
    step = KAnonymity(k=5, hierarchies=adult_hierarchies(table.names))
    step.check(table)
    out = step.apply(table, run())
    assert smallest(out, table.names) >= 5
    assert out.rows == 30_162
    assert granularity(table, out, step) >= 0.932  # ARX's local recoding


def granularity(table: Table, out: Table, step: KAnonymity) -> float:
    """Recounted from the written texts: the share of leaves under each text (ARX's definition)."""
    losses, least = [], []
    for name in table.names:
        rows = step.hierarchies[name].rows
        under = {}
        for row in rows:
            for text in set(row):
                under[text] = under.get(text, 0) + 1
        counts = classes(out, (name,))
        losses.append(sum(n * under[text] / len(rows) for (text,), n in counts.items()) / out.rows)
        least.append(1 / len(rows))
    return 1 - (np.mean(losses) - np.mean(least)) / (1 - np.mean(least))


@pytest.mark.parametrize(("k", "naive"), [(3, 544), (5, 1085)])
def test_testdata_strict_needs_fewer_blanks_than_a_greedy(k, naive):
    table = read("data/sdcmicro/testdata.csv")
    out = LocalSuppression(k=k, columns=K7).apply(table, run())
    assert smallest(out, K7) >= k
    assert out.rows == table.rows
    assert sum(int(out[n].suppressed.sum()) for n in K7) < naive


def test_many_columns_are_thinned_out_and_still_right():
    r = np.random.default_rng(3)
    names = tuple(f"n{i}" for i in range(9))
    table = Table.of({n: Column.of([str(x) for x in r.integers(0, 99, 300)], "number") for n in names},
                     dict.fromkeys(names, "quasi_identifier"))
    recoding = Recoding.of(table, plant_all(table, names, {}))
    assert len(recoding.nodes(2000)) <= 2000
    assert smallest(KAnonymity(k=4).apply(table, run()), names) >= 4
