"""What is streamed from Parquet has the figures of the same table in memory."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.problem import Problem
from core.risk import MEASURES, Study, diversity, stream_more
from core.risk.measures.attribute import LDiversity
from core.risk.stream import stream_class_sizes
from core.risk.subsets import uniques
from core.table import Table
from tests.risk.oracles import K7, adult, sdc_testdata, small
from tests.risk.test_command import run


def written(table: Table, folder: Path) -> Path:
    path = folder / "table.parquet"
    pq.write_table(table.to_arrow(), path, row_group_size=1000)
    return path


@pytest.mark.parametrize("with_numba", [True, False])
def test_pairs_and_triples_of_testdata(tmp_path: Path, with_numba: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    if not with_numba:
        monkeypatch.setattr(stream_more, "compiled", lambda: None)
    table = sdc_testdata()
    path = written(table, tmp_path)
    wanted = dict(uniques(table, K7, 3).counts)
    assert dict(stream_more.streamed_uniques(path, K7, 3, batch=777).counts) == wanted
    monkeypatch.setattr(stream_more, "MOST_CELLS", 200)  # larger sets take the other way
    assert dict(stream_more.streamed_uniques(path, K7[:4], 2, batch=777).counts).items() <= wanted.items()


def test_measures_of_sizes_are_those_of_the_table(tmp_path: Path) -> None:
    table, keys = adult(), ("sex", "age", "education", "occupation")
    with stream_class_sizes(written(table, tmp_path), keys, batch=5000) as streamed:
        study = stream_more.study_of_sizes(streamed.summary, keys, 3_016_200)
    whole = Study.of(table, keys, population_size=3_016_200)
    for name in stream_more.FROM_SIZES:
        measure = MEASURES.named(name)()
        there, here = measure.of(whole), stream_more.measure_sizes(measure, name, study)
        assert here.value == pytest.approx(there.value, rel=1e-9)
        assert here.sentence == there.sentence
        assert here.interval == (pytest.approx(there.interval) if there.interval else None)
    with pytest.raises(Problem, match="cannot be had while streaming"):
        stream_more.measure_sizes(LDiversity(), "l_diversity", study)


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
    assert found.closeness == pytest.approx(diversity.closeness(counts).max(), abs=1e-12)


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
    weighted = run(*words[:4], "--weight", "sampling_weight", "--measures", "pitman")
    assert weighted["measures"]["pitman"]["details"]["population"] == pytest.approx(458_000)
    with pytest.raises(Problem, match="the number of people"):
        run(*words[:4], "--measures", "pitman")
