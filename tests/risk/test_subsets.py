"""Unique rows of every set of columns: against counting each set on its own."""

from __future__ import annotations

from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.problem import Problem
from core.risk import kernel, subsets
from core.risk.kernel import class_sizes
from core.risk.subsets import uniques
from tests.risk.oracles import K7, sdc_testdata, small


def test_four_rows_by_hand() -> None:
    table = small(a=["x", "x", "y", "y"], b=["1", "2", "1", "1"], c=[None, "q", "q", "q"])
    counted = uniques(table, ["a", "b", "c"])
    assert counted.counts == {("a",): 0, ("b",): 1, ("c",): 1, ("a", "b"): 2, ("a", "c"): 2, ("b", "c"): 2}
    assert counted.share("b", "a") == 0.5
    assert counted.share("b", "b") == 0.25
    assert counted.as_list()[1] == {"columns": ["b"], "uniques": 1, "share": 0.25}


rows = st.lists(st.tuples(*[st.sampled_from([None, "1", "2", "3"])] * 4), min_size=1, max_size=30)


@pytest.mark.parametrize("with_numba", [True, False])
@pytest.mark.parametrize("most", [1 << 20, 20])
@given(rows=rows, size=st.integers(1, 4))
def test_every_set_as_if_counted_alone(
    with_numba: bool, most: int, rows: list[tuple[str | None, ...]], size: int
) -> None:
    table = small(**dict(zip("abcd", zip(*rows, strict=True), strict=True)))
    with pytest.MonkeyPatch.context() as patch:
        if not with_numba:
            patch.setattr(subsets, "compiled", lambda: None)
            patch.setattr(kernel, "compiled", lambda: None)
        patch.setattr(subsets, "MOST_CELLS", most)
        counted = uniques(table, "abcd", size)
    sets = [s for n in range(1, size + 1) for s in combinations("abcd", n)]
    assert counted.counts == {s: int((class_sizes([table[k] for k in s]).fk == 1).sum()) for s in sets}


def test_testdata_triples_and_all_seven() -> None:
    assert len(uniques(sdc_testdata(), K7, 3).counts) == 7 + 21 + 35
    assert uniques(sdc_testdata(), K7, 7).counts[K7] == 157


def test_what_cannot_be_counted_is_a_problem() -> None:
    with pytest.raises(Problem):
        uniques(small(a=["x"]), [])
    with pytest.raises(Problem):
        uniques(small(a=["x"]), ["a"], 0)
