"""What is streamed from Parquet has the figures of the same table in memory."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.problem import Problem
from core.risk import Study, assess, diversity, stream, stream_more, subsets
from core.risk.stream import stream_class_sizes
from core.risk.stream_household import stream_household_risk
from core.risk.subsets import uniques
from core.table import Table
from tests.risk.oracles import K7, expected, sdc_testdata, small
from tests.risk.test_command import run


def written(table: Table, folder: Path) -> Path:
    path = folder / "table.parquet"
    pq.write_table(table.to_arrow(), path, row_group_size=1000)
    return path


@pytest.mark.parametrize("with_numba", [True, False])
def test_pairs_and_triples_of_testdata(tmp_path: Path, with_numba: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    if not with_numba:
        monkeypatch.setattr(subsets, "compiled", lambda: None)
    table = sdc_testdata()
    path = written(table, tmp_path)
    wanted = dict(uniques(table, K7, 3).counts)
    assert dict(stream_more.streamed_uniques(path, K7, 3, batch=777).counts) == wanted
    monkeypatch.setattr(stream_more, "MOST_CELLS", 200)  # larger sets take the other way
    assert dict(stream_more.streamed_uniques(path, K7[:4], 2, batch=777).counts).items() <= wanted.items()


cells = st.tuples(st.sampled_from("ab"), st.sampled_from([None, "1", "2"]), st.sampled_from([None, "x", "y", "z"]))


@settings(max_examples=25, deadline=None)
@given(st.lists(cells, min_size=1, max_size=40))
def test_diversity_in_pieces(tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[str | None, ...]]) -> None:
    table = small(**dict(zip("abs", zip(*rows, strict=True), strict=True)))
    path = written(table, tmp_path_factory.mktemp("d"))
    found = stream_more.streamed_diversity(path, ["a", "b"], "s", batch=7)
    counts = Study.of(table, ["a", "b"]).tally("s")
    assert found.distinct == diversity.distinct(counts).min()
    assert found.entropy == pytest.approx(diversity.entropy(counts).min())
    assert found.recursive == diversity.recursive(counts, 2.0).min()
    for figure in (diversity.closeness, diversity.largest_share, diversity.likeness, diversity.disclosure):
        assert getattr(found, figure.__name__) == pytest.approx(figure(counts).max(), abs=1e-9)
    assert found.rows_single_value == counts.sizes[diversity.distinct(counts) == 1].sum()


def test_by_command(tmp_path: Path) -> None:
    table = sdc_testdata()
    path = written(table, tmp_path)
    words = [path, "--keys", ",".join(K7), "--stream", "--subsets", "2", "--sensitive", "age", "--measures", "all"]
    result = run(*words)
    assert result["measures"]["k_anonymity"]["details"]["violations"] == {"2": 157, "3": 281, "5": 458, "10": 741}
    assert result["measures"]["pitman"]["needs"]
    assert {tuple(s["columns"]): s["uniques"] for s in result["subsets"]} == dict(uniques(table, K7, 2).counts)
    counts = Study.of(table, K7).tally("age")
    assert result["closeness"]["age"]["t"] == pytest.approx(float(np.max(diversity.closeness(counts))))
    assert result["closeness"]["age"]["beta"] == pytest.approx(float(np.max(diversity.likeness(counts))))
    assert result["diversity"]["age"]["distinct"] == diversity.distinct(counts).min()
    weighted = run(*words[:4], "--weight", "sampling_weight", "--measures", "pitman")
    assert weighted["measures"]["pitman"]["details"]["population"] == pytest.approx(458_000)
    with pytest.raises(Problem, match="the number of people"):
        run(*words[:4], "--measures", "pitman")


def streamed_households(path: Path, keys: list[str], household: str, weight: str | None, batch: int) -> np.ndarray:
    with stream_class_sizes(path, keys, weight, batch=batch) as streamed, \
            stream_household_risk(path, streamed, household) as households:
        risk = np.concatenate(list(households.batches()))
        assert households.expected == pytest.approx(risk.sum())
        assert households.highest == risk.max()
    return risk


homes = st.one_of(st.lists(st.sampled_from([None, "1", "7", "19"]), min_size=30, max_size=30),
                  st.lists(st.sampled_from([None, "x", "yy", ""]), min_size=30, max_size=30))


@settings(max_examples=12, deadline=None)
@given(homes, st.lists(st.sampled_from("abc"), min_size=30, max_size=30), st.booleans(), st.booleans())
def test_households_of_any_kind_in_any_order(
    tmp_path_factory: pytest.TempPathFactory, home: list[str | None], key: list[str], numbers: bool, with_numba: bool
) -> None:
    """Numbers far apart, texts, and rows without a household; a household spread over the pieces of the file."""
    table = small(a=key, home=home)
    path = tmp_path_factory.mktemp("h") / "t.parquet"
    as_arrow = table.to_arrow()
    if numbers and not set(home) - {None, "1", "7", "19"}:
        far = [None if h is None else int(h) * 2**40 for h in home]
        as_arrow = as_arrow.set_column(1, "home", pa.array(far, pa.int64()))
    pq.write_table(as_arrow, path, row_group_size=11)
    with pytest.MonkeyPatch.context() as patch:
        if not with_numba:
            patch.setattr(stream, "compiled", lambda: None)
        found = streamed_households(path, ["a"], "home", None, 7)
    wanted = assess(table, ["a"], household="home").household_risk
    assert found.tolist() == pytest.approx(wanted.tolist(), rel=1e-12)


def test_households_of_testdata_are_sdcmicros(tmp_path: Path) -> None:
    table, oracle = sdc_testdata(), expected("risk_testdata_k7_w_hid")
    path, records = written(table, tmp_path), tmp_path / "records.csv"
    by_command = run(path, "--keys", ",".join(K7), "--stream", "--weight", "sampling_weight", "--household", "ori_hid",
                     "--records", records)
    assert by_command["expected_household"] == pytest.approx(np.nansum(oracle["hier_risk"]), rel=1e-12)
    assert by_command["highest_household_risk"] == pytest.approx(np.nanmax(oracle["hier_risk"]))
    kept = [float(line.split(",")[-1]) for line in records.read_text("utf-8").splitlines()[1:]]
    assert kept == pytest.approx(oracle["hier_risk"].tolist(), rel=1e-9)


def test_a_file_that_changes_between_two_passes_is_a_problem(tmp_path: Path) -> None:
    path = written(sdc_testdata(), tmp_path)
    with stream_class_sizes(path, K7[:2]) as streamed:
        pq.write_table(sdc_testdata().take(np.arange(10)).to_arrow(), path)
        with pytest.raises(Problem, match="changed while it was read"):
            stream_household_risk(path, streamed, "ori_hid")
