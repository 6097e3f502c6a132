"""Ranges that fit the rows: every box holds k rows and contains its numbers."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.problem import Problem
from core.protect.recoding.mondrian import Mondrian, boxes
from core.table import Column, Table
from tests.protect.protecting import run, smallest


@settings(max_examples=80, deadline=None)
@given(st.integers(2, 5), st.lists(st.tuples(*[st.one_of(st.none(), st.integers(-9, 30).map(str))] * 2,
                                             st.sampled_from("ab")), min_size=5, max_size=60))
def test_every_box_holds_k_rows_and_its_numbers(k, rows):
    x, y, z = zip(*rows, strict=True)
    table = Table.of({"x": Column.of(x, "number"), "y": Column.of(y, "number"), "z": Column.of(z)})
    step = Mondrian(columns=("x", "y"), k=k, within=("z",))
    step.check(table)
    out = step.apply(table, run())
    assert not out.rows or smallest(out, ("x", "y", "z")) >= k
    assert all(claim.holds(out) for claim in step.claims(table))
    for name in ("x", "y"):
        for row, text in zip(out.row_ids, out[name].texts(), strict=True):
            old = table[name].texts()[row]
            if old is None:
                assert text is None
                continue
            low, _, high = text.partition(" to ") if " to " in text else text.partition("-") if "-" in text[1:] else (
                text, "", text)
            assert float(low) <= float(old) <= float(high)


def test_boxes_are_small_where_rows_are_many():
    table = Table.of({"age": Column.of_numbers([*range(20, 40), 60, 75, 80, 95])})
    out = Mondrian(columns=("age",), k=4).apply(table, run())
    assert out["age"].texts()[0] == "20-25"
    assert out["age"].texts()[-1] == "38-95"


def test_boxes_cannot_be_halved_further():
    numbers = np.random.default_rng(2).integers(0, 50, (500, 2)).astype(float)
    sizes = [len(b) for b in boxes(numbers, 5)]
    assert sum(sizes) == 500
    assert min(sizes) >= 5
    assert np.median(sizes) < 10


def test_rows_with_rare_gaps_are_left_out():
    table = Table.of({"x": Column.of(["1", "2", "3", None], "number")})
    out = Mondrian(columns=("x",), k=2).apply(table, run())
    assert out.row_ids.tolist() == [0, 1, 2]
    with pytest.raises(Problem, match="too few"):
        Mondrian(columns=("x",), k=5).check(table)
