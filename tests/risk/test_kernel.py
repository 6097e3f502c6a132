"""Counting: against plain Python on small tables, against sdcMicro, and what renaming and reordering may not change."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.risk import kernel
from core.risk.kernel import class_sizes, compiled, count_keys, count_sorted, pack
from core.table import Column, Table
from tests.risk.oracles import K7, KEYS_FRANCDAT, expected, francdat, sdc_testdata, sdc_testdata2, small

cells = st.lists(
    st.tuples(st.sampled_from(["a", "b", None]), st.sampled_from(["1", "2", "3", "*"]), st.sampled_from(["x", None])),
    min_size=1, max_size=40,
)


def columns_of(rows: list[tuple[str | None, ...]]) -> list[Column]:
    return [Column.of(list(column)) for column in zip(*rows, strict=True)]


def test_four_rows_by_hand() -> None:
    table = small(sex=["f", "f", "m", None], age=["30", "30", "30", "30"])
    classes = class_sizes([table["sex"], table["age"]], np.array([10.0, 2.5, 4.0, 1.0]))
    assert classes.fk.tolist() == [2, 2, 1, 1]
    assert classes.wk.tolist() == [12.5, 12.5, 4.0, 1.0]
    assert classes.count == 3
    assert classes.class_of[0] == classes.class_of[1]
    assert sorted(classes.sizes.tolist()) == [1, 1, 2]
    assert sorted(classes.weights.tolist()) == [1.0, 4.0, 12.5]


def test_missing_is_a_value_of_its_own_and_so_is_a_suppressed_cell() -> None:
    table = small(a=[None, None, "*", "*", "x"])
    assert class_sizes([table["a"]]).fk.tolist() == [2, 2, 2, 2, 1]


@given(cells)
def test_counts_as_plain_python_does(rows: list[tuple[str | None, ...]]) -> None:
    weights = np.arange(1.0, len(rows) + 1)
    classes = class_sizes(columns_of(rows), weights)
    counted = Counter(rows)
    assert classes.fk.tolist() == [counted[r] for r in rows]
    assert classes.count == len(counted)
    summed = {r: sum(w for w, s in zip(weights, rows, strict=True) if s == r) for r in counted}
    assert classes.wk.tolist() == pytest.approx([summed[r] for r in rows])


@given(cells, st.randoms(use_true_random=False))
def test_permuting_rows_permutes_the_counts(rows: list[tuple[str | None, ...]], random: object) -> None:
    order = np.array(sorted(range(len(rows)), key=lambda _: random.random()))  # type: ignore[attr-defined]
    before = class_sizes(columns_of(rows)).fk
    after = class_sizes(columns_of([rows[i] for i in order])).fk
    assert (before[order] == after).all()


@given(cells)
def test_renaming_changes_nothing_and_merging_never_raises_uniqueness(rows: list[tuple[str | None, ...]]) -> None:
    columns = columns_of(rows)
    before = class_sizes(columns).fk
    renamed = [c.recode(lambda v: v + "_new") for c in columns]
    assert (class_sizes(renamed).fk == before).all()
    merged = [columns[0], columns[1].recode(lambda v: "low" if v in "12" else v), columns[2]]
    assert (class_sizes(merged).fk >= before).all()


@given(cells, st.integers(0, 2))
def test_dropping_a_column_never_lowers_a_class(rows: list[tuple[str | None, ...]], gone: int) -> None:
    columns = columns_of(rows)
    fewer = [c for i, c in enumerate(columns) if i != gone]
    assert (class_sizes(fewer).fk >= class_sizes(columns).fk).all()


@settings(max_examples=30)
@given(st.integers(0, 2**32 - 1), st.sampled_from([1, 7, 300, 70_000, 200_000]), st.sampled_from([3, 1000, 2**61]))
def test_partitioned_hash_and_sort_agree(seed: int, rows: int, domain: int) -> None:
    rng = np.random.default_rng(seed)
    keys = rng.integers(0, domain, rows)
    keys[: rows // 2] = keys[rows // 2 : rows // 2 * 2]  # half of the rows share their key
    weights = rng.random(rows)
    hashed, by_sort = count_keys(keys.copy(), 2**62, weights), count_sorted(keys, weights)
    assert (hashed.fk == by_sort.fk).all()
    assert hashed.count == by_sort.count
    np.testing.assert_allclose(hashed.wk, by_sort.wk)
    assert len(set(zip(hashed.class_of.tolist(), by_sort.class_of.tolist(), strict=True))) == by_sort.count


def test_more_columns_than_fit_one_word_are_counted_exactly() -> None:
    rng = np.random.default_rng(3)
    columns = [Column.of([str(v) for v in rng.integers(0, 900, 3000)]) for _ in range(9)]  # 900**9 passes 2**62
    twice = [Column(np.concatenate([c.codes, c.codes[:100]]), c.values) for c in columns]
    fk = class_sizes(twice).fk
    assert (fk[:100] == 2).all()
    assert (fk[100:3000] == 1).all()
    keys, domain = pack(twice)
    assert domain < 2**62
    assert keys.min() >= 0
    assert keys.max() < domain


def test_packed_keys_are_equal_exactly_where_rows_are() -> None:
    table = small(a=["x", "y", "x", None], b=["1", "1", "1", "1"])
    keys, domain = pack([table["a"], table["b"]])
    assert domain == 6
    assert keys[0] == keys[2]
    assert len(set(keys.tolist())) == 3


def test_without_numba_the_figures_are_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    table = sdc_testdata()
    columns = [table[k] for k in K7]
    fast = class_sizes(columns, table["sampling_weight"].numbers)
    monkeypatch.setattr(kernel, "compiled", lambda: None)
    slow = class_sizes(columns, table["sampling_weight"].numbers)
    assert (fast.fk == slow.fk).all()
    assert (fast.wk == slow.wk).all()


def test_arrow_memory_that_cannot_be_written_is_read() -> None:
    codes = np.array([0, 1, 0, -1], np.int32)
    codes.setflags(write=False)
    assert class_sizes([Column(codes, Column.of(["a", "b"]).values)]).fk.tolist() == [2, 1, 2, 1]


def test_numba_is_there_where_the_tests_run() -> None:
    assert compiled() is not None


def test_no_column_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one column"):
        class_sizes([])


@pytest.mark.parametrize(
    ("file", "table", "keys", "weight"),
    [
        ("freq_testdata_k7_w", sdc_testdata, K7, "sampling_weight"),
        ("freq_testdata_k7_now", sdc_testdata, K7, None),
        ("freq_testdata2_k7_w", sdc_testdata2, K7, "sampling_weight"),
        ("freq_francdat", francdat, KEYS_FRANCDAT, "w"),
    ],
)
def test_sdcmicro_counts_the_same(file: str, table: object, keys: tuple[str, ...], weight: str | None) -> None:
    data: Table = table()  # type: ignore[operator]
    oracle = expected(file)
    classes = class_sizes([data[k] for k in keys], data[weight].numbers if weight else None)
    assert (classes.fk == oracle["fk"]).all()
    assert (classes.wk == oracle["Fk"]).all()
