"""The three verbs in memory and spilled, and streaming from Parquet: the figures of one table in memory, exactly."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.problem import Problem
from core.risk import Study, assess, diversity, engine, kernel, stream
from core.risk.engine import InMemory, Partitions, Spilled, in_pieces, record_sizes, sensitive_summary, summarise
from core.risk.spill import Spill
from core.risk.stream import stream_class_sizes
from core.table import Column, Table
from tests.risk.oracles import K5, K7, expected, sdc_testdata, sdc_testdata_missing, small

Adapter = Callable[[Spill, Table, tuple[str, ...]], Partitions]


def in_memory(spill: Spill, table: Table, names: tuple[str, ...]) -> Partitions:
    return InMemory(in_pieces(table, names, 700))


def spilled(spill: Spill, table: Table, names: tuple[str, ...]) -> Partitions:
    return Spilled(spill, in_pieces(table, names, 700))


@pytest.mark.parametrize("adapter", [in_memory, spilled])
@pytest.mark.parametrize("table", [sdc_testdata, sdc_testdata_missing])
def test_both_adapters_give_the_figures_of_one_table(adapter: Adapter, table: Callable[[], Table]) -> None:
    data = table()
    whole = assess(data, K7, "sampling_weight", sensitive=["ori_hid"])
    with Spill() as spill:
        parts = adapter(spill, data, (*K7, "sampling_weight", "ori_hid"))
        fk, wk = record_sizes(parts, K7, "sampling_weight")
        summary = summarise(parts, K7, "sampling_weight")
        sensitive = sensitive_summary(parts, K5, "ori_hid")
    assert (fk == whole.fk).all()
    assert (wk == whole.Fk).all()
    assert (summary.rows, summary.classes, summary.uniques) == (whole.rows, whole.classes, whole.uniques)
    assert summary.smallest_class == whole.smallest_class
    assert summary.violations == dict(whole.violations)
    assert summary.expected_reidentifications == pytest.approx(whole.expected_reidentifications)
    assert summary.highest_individual_risk == pytest.approx(whole.highest_individual_risk)
    counts = Study.of(data, K5).tally("ori_hid")
    assert sensitive.distinct == diversity.distinct(counts).min()
    assert sensitive.entropy == pytest.approx(diversity.entropy(counts).min())
    assert sensitive.closeness == pytest.approx(diversity.closeness(counts).max())


rows = st.lists(st.tuples(*[st.sampled_from([None, "a", "b", ""])] * 3), min_size=1, max_size=30)


@given(rows, st.integers(1, 9))
def test_every_combination_lands_in_one_piece(cells: list[tuple[str | None, ...]], size: int) -> None:
    table = small(**dict(zip("abc", zip(*cells, strict=True), strict=True)))
    shuffled = InMemory(in_pieces(table, "abc", size)).shuffle(["a", "b"])
    seen = [{(r["a"], r["b"]) for r in piece.to_pylist()} for piece in shuffled.tables()]
    assert sum(map(len, seen)) == len(set().union(*seen))
    assert sum(piece.num_rows for piece in shuffled.tables()) == len(cells)


def test_map_keeps_the_adapter_and_reduce_folds_all() -> None:
    with Spill() as spill:
        parts = Spilled(spill, in_pieces(sdc_testdata(), ("sex",), 1000))
        halved = parts.map(lambda t: t.slice(0, t.num_rows // 2))
        assert isinstance(halved, Spilled)
        assert halved.pieces == 5
        assert halved.reduce(lambda n, t: n + t.num_rows, 0) == 4 * 500 + 290


def test_a_spill_holds_no_plain_text_and_leaves_nothing(tmp_path: Path) -> None:
    with Spill(tmp_path) as spill:
        spill.append("x", b"Asha Patel" * 100)
        spill.append("x", b"the end")
        assert b"Asha" not in spill.raw()
        assert spill.read("x") == b"Asha Patel" * 100 + b"the end"
        assert spill.read_chunk("x", 1) == b"the end"
        assert spill.read("nothing") == b""
    assert list(tmp_path.iterdir()) == []


def write(path: Path, columns: dict[str, pa.Array], group: int = 1000) -> Path:
    pq.write_table(pa.table(columns), path, row_group_size=group)
    return path


def as_columns(columns: dict[str, pa.Array]) -> list[Column]:
    return [Column.of(c.cast(pa.string())) for c in columns.values()]


def streamed_counts(path: Path, keys: list[str], weight: str | None = None) -> tuple[np.ndarray, np.ndarray | None]:
    with stream_class_sizes(path, keys, weight, batch=777) as streamed:
        pairs = list(streamed.batches())
        assert streamed.summary.rows == sum(len(fk) for fk, _ in pairs)
    fk = np.concatenate([fk for fk, _ in pairs])
    return fk, np.concatenate([wk for _, wk in pairs]) if weight else None  # type: ignore[misc]


def test_streamed_testdata_is_sdcmicro(tmp_path: Path) -> None:
    table, oracle = sdc_testdata(), expected("risk_testdata_k7_w")
    path = write(tmp_path / "t.parquet", {n: table[n].to_arrow() for n in (*K7, "sampling_weight")})
    fk, wk = streamed_counts(path, list(K7), "sampling_weight")
    assert (fk == oracle["fk"]).all()
    assert (wk == oracle["Fk"]).all()
    with stream_class_sizes(path, K7, "sampling_weight") as streamed:
        assert streamed.summary.violations == {2: 157, 3: 281, 5: 458}
        assert streamed.summary.expected_reidentifications == pytest.approx(10.7782989187348)


@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 2**32 - 1), with_numba=st.booleans())
def test_any_types_stream_as_they_count_in_memory(
    seed: int, with_numba: bool, tmp_path_factory: pytest.TempPathFactory
) -> None:
    rng = np.random.default_rng(seed)
    n = 2500
    gap = pa.array(rng.random(n) < 0.1)

    def holes(values: pa.Array) -> pa.Array:
        return pc.if_else(gap, pa.nulls(n, values.type), values)

    columns = {
        "near": holes(pa.array(rng.integers(-5, 5, n))),
        "far": holes(pa.array(rng.choice(np.array([-(2**40), 0, 3, 2**50]), n))),
        "text": holes(pa.array(rng.choice(["a", "b", "é", ""], n))),
        "dict": pa.array(rng.choice(["x", "y"], n)).dictionary_encode(),
        "day": holes(pa.array(rng.integers(0, 3, n).astype(np.int32), pa.date32())),
        "flag": pa.array(rng.random(n) < 0.5),
        "all_missing": pa.array([None] * n, pa.int64()),
    }
    path = write(tmp_path_factory.mktemp("s") / "t.parquet", columns)
    with pytest.MonkeyPatch.context() as patch:
        if not with_numba:
            patch.setattr(stream, "compiled", lambda: None)
            patch.setattr(kernel, "compiled", lambda: None)
        fk, _ = streamed_counts(path, list(columns))
    assert (fk == kernel.class_sizes(as_columns(columns)).fk).all()


def test_more_keys_than_one_word_holds(tmp_path: Path) -> None:
    rng = np.random.default_rng(4)
    columns = {f"k{i}": pa.array(np.concatenate([v := rng.integers(0, 900, 3000), v[:100]])) for i in range(9)}
    fk, _ = streamed_counts(write(tmp_path / "w.parquet", columns), list(columns))
    assert (fk == kernel.class_sizes(as_columns(columns)).fk).all()
    assert (fk[:100] == 2).all()
    # Alike in the first word, different in the second: only the last column tells the rows apart.
    last = {n: c.slice(0, 900) for n, c in columns.items()}
    for name in list(last)[:-1]:
        last[name] = pa.array(np.where(np.arange(900) < 2, np.arange(900), 0) * 899)
    last["k8"] = pa.array(np.arange(900))
    last |= {n: pa.concat_arrays([last[n], columns[n]]) for n in last}
    fk, _ = streamed_counts(write(tmp_path / "l.parquet", last), list(last))
    assert (fk[:900] == 1).all()


def test_what_cannot_be_streamed_is_a_problem(tmp_path: Path) -> None:
    bad = {"a": pa.array([1, 2]), "w": pa.array([1.0, None]), "t": pa.array(["Asha", "1"])}
    path = write(tmp_path / "t.parquet", bad)
    text = tmp_path / "t.csv"
    text.write_text("a\n1\n")
    empty = write(tmp_path / "e.parquet", {"a": pa.array([], pa.int64())})
    for arguments, word in [
        ((path, ["b"]), "no column"), ((path, []), "No quasi"), ((path, ["a"], "w"), "weight column"),
        ((path, ["a"], "t"), "weight column"), ((text, ["a"]), "no Parquet"), ((empty, ["a"]), "no rows"),
    ]:
        with pytest.raises(Problem, match=word) as caught:
            stream_class_sizes(*arguments)
        assert "Asha" not in str(caught.value)


def test_a_shuffle_that_lost_a_class_would_be_seen() -> None:
    """Guards the tests above: cut each piece apart by row instead of by key and the figures must differ."""
    table = sdc_testdata()
    whole = assess(table, K7)
    apart = InMemory(in_pieces(table, K7, 700)).map(engine.count_classes(K7))
    fk = pa.concat_tables(list(apart.tables())).column("fk").to_numpy()
    assert (fk != whole.fk).any()
