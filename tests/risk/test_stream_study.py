"""Every measure of a Parquet file, streamed, beside the same measure of the table in memory."""

from __future__ import annotations

import dataclasses
import math
import re
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from core.problem import Problem
from core.risk import MEASURES, Measured, Study, kernel, stream, stream_study, stream_suda, subsets, tally
from core.risk.individual import threshold_by_counting, threshold_for
from core.risk.stream_study import IN_MEMORY, StreamStudy
from core.table import Table
from tests.risk.oracles import K7, sdc_testdata, sdc_testdata_missing, small

SETTINGS: dict[str, tuple[dict[str, object], ...]] = {
    "k_anonymity": ({}, {"k": 7}), "km_anonymity": ({"m": 1}, {"m": 2}, {"m": 3, "k": 2}),
    "individual_risk": ({}, {"formula": "exact", "above": 0.3}, {"largest_global": 0.3}, {"largest_global": 0.9}),
    "wildcard_counts": ({}, {"alpha": 0.5}, {"alpha": 0}),
    "l_diversity": ({}, {"kind": "entropy", "l": 1.5}, {"kind": "recursive", "c": 3}),
    "t_closeness": ({}, {"distance": "ordered"}),
    "beta_likeness": ({}, {"kind": "enhanced", "beta": 0.5}),
    "log_linear": ({}, {"terms": "pairs"}),
    "suda2": ({}, {"max_size": 2, "scores": "newer"}, {"missing": "nothing", "fraction": 0.1}),
    "outliers": ({}, {"distance": 1.0, "width": 0.5, "columns": ["x"]}),
    "interval_disclosure": ({}, {"by": "rank", "width": 20}, {"width": 0.7, "columns": ["y"]}),
    "unsafe_cells": ({}, {"by": ["b"], "amount": "y", "threshold": 2, "n": 2, "k": 60, "p": 30}),
    "identifying_power": ({"size": 2},), "smallest_identifying_set": ({"share": 0.3},),
}


def same(a: object, b: object) -> None:
    """Figures alike but for the last digits of sums made in another order."""
    if isinstance(a, dict):
        assert isinstance(b, dict)
        assert a.keys() == b.keys()
        for name in a:
            same(a[name], b[name])
    elif isinstance(a, (list, tuple)):
        assert isinstance(b, (list, tuple))
        assert len(a) == len(b)
        for one, other in zip(a, b, strict=True):
            same(one, other)
    elif isinstance(a, float) or isinstance(b, float):
        assert a == pytest.approx(b, rel=1e-9, abs=1e-9)
    elif isinstance(a, str):  # a figure in the middle between two roundings may be said either way
        assert isinstance(b, str)
        assert re.sub(r"\d", "0", a) == re.sub(r"\d", "0", b)
    else:
        assert a == b


def compared(whole: Study, streamed: StreamStudy) -> set[str]:
    """Every measure with all its settings, both ways; the names of those that could be had."""
    had = set()
    for name in MEASURES.by_name:
        for how in SETTINGS.get(name, ({},)):
            measure = MEASURES.build({"measure": name, **how})
            assert measure.lacks(streamed) == measure.lacks(whole), name
            if measure.lacks(whole):
                continue
            if isinstance(measure, IN_MEMORY):
                with pytest.raises(Problem, match="cannot be had while streaming"):
                    streamed.measured(measure)
                continue
            here, there = measure.of(whole), streamed.measured(measure)
            same(dataclasses.asdict(dataclasses.replace(here, records={})),
                 dataclasses.asdict(dataclasses.replace(there, records={})))
            had.add(name)
    return had


row = st.tuples(
    st.sampled_from([None, "u", "v"]), st.sampled_from(["1", "2", "3", None]), st.sampled_from(["p", "q"]),
    st.sampled_from([0.0, 0.5, 1.0, 7.25]), st.sampled_from([None, "h", "i"]), st.sampled_from([None, "10", "9", "*"]),
    st.sampled_from([None, 0.0, 1.0, 5.0, 400.0]), st.sampled_from([None, 0.0, 2.0, 5.0]),
)
NAMES = ("a", "b", "c", "w", "h", "s", "x", "y")


def arrow(rows: list[tuple]) -> pa.Table:
    kinds = [pa.string()] * 3 + [pa.float64()] + [pa.string()] * 2 + [pa.float64()] * 2
    columns = zip(*rows, strict=True)
    return pa.table({n: pa.array(c, k) for n, c, k in zip(NAMES, columns, kinds, strict=True)})


def in_memory(table: pa.Table) -> Table:
    whole = small(**{n: table.column(n).to_pylist() for n in table.column_names})
    return whole.with_columns({n: whole[n].with_kind("number") for n in ("w", "x", "y")})


@settings(max_examples=4, deadline=None, phases=[Phase.explicit, Phase.reuse, Phase.generate])
@given(st.lists(row, min_size=1, max_size=14), st.lists(row, min_size=1, max_size=14), st.booleans(), st.booleans())
def test_every_measure_has_the_figures_of_the_table(
    tmp_path_factory: pytest.TempPathFactory, rows: list[tuple], others: list[tuple], with_numba: bool, weighted: bool
) -> None:
    folder = tmp_path_factory.mktemp("s")
    released, population = arrow(rows), arrow(others + rows[: len(rows) // 2])
    changed = [(None if x is None else x + 1, y) for x, y in (r[6:] for r in rows)]
    original = arrow([r[:6] + c for r, c in zip(rows, changed, strict=True)])
    for name, table in (("released", released), ("population", population), ("original", original)):
        pq.write_table(table, folder / f"{name}.parquet", row_group_size=5)
    words = {"weight": "w" if weighted else None, "household": "h", "sensitive": ["s", "c"]}
    whole = Study.of(in_memory(released), ["a", "b"], **words,  # type: ignore[arg-type]
                     population=in_memory(population), original=in_memory(original))
    with pytest.MonkeyPatch.context() as patch:
        if not with_numba:
            for module in (stream, kernel, tally, subsets):
                patch.setattr(module, "compiled", lambda: None)
        with stream_study.stream_study(
            folder / "released.parquet", ["a", "b"], **words,  # type: ignore[arg-type]
            population=folder / "population.parquet", original=folder / "original.parquet", batch=4,
        ) as streamed:
            had = compared(whole, streamed)
    assert had == set(MEASURES.by_name) - {"distance_linkage", "suggested_keys"}


@pytest.mark.parametrize("table", [sdc_testdata, sdc_testdata_missing])
def test_testdata_with_seven_keys(tmp_path: Path, table: object, monkeypatch: pytest.MonkeyPatch) -> None:
    data: Table = table()  # type: ignore[operator]
    numbers = [n for n in ("sampling_weight", "income", "savings") if n in data.columns]
    columns = {n: data[n].to_arrow() for n in (*K7, "ori_hid")}
    columns |= {n: pa.array(data[n].numbers, from_pandas=True) for n in numbers}
    pq.write_table(pa.table(columns), tmp_path / "t.parquet", row_group_size=500)
    held = Table({n: data[n] for n in columns})
    held = held.with_columns({n: held[n].with_kind("number") for n in numbers[1:]})
    whole = Study.of(held, K7, "sampling_weight", "ori_hid", ["ori_hid"])
    monkeypatch.setattr(stream_suda, "MOST_CELLS", 2000)  # larger sets of columns are counted the other way
    skip = {"km_anonymity", "identifying_power", "smallest_identifying_set"}
    with stream_study.stream_study(tmp_path / "t.parquet", K7, "sampling_weight", "ori_hid", ["ori_hid"],
                                   batch=1500) as streamed:
        for name in MEASURES.by_name:
            measure = MEASURES.named(name)()
            if name in skip or isinstance(measure, IN_MEMORY) or measure.lacks(whole):
                continue
            same(plain(measure.of(whole)), plain(streamed.measured(measure)))


def plain(found: Measured) -> dict[str, object]:
    return dataclasses.asdict(dataclasses.replace(found, records={}))


chances = st.tuples(st.sampled_from([1e-9, 0.01, 0.2, 0.5, 0.5000001, 1.0]), st.integers(1, 5))


@given(st.lists(chances, min_size=1, max_size=9), st.sampled_from([1e-12, 0.005, 0.1, 0.3, 0.5, 0.99]))
def test_the_threshold_by_counting_is_the_one_by_sorting(risks: list[tuple[float, int]], limit: float) -> None:
    risk, rows = (np.array(c) for c in zip(*risks, strict=True))
    parts = [(risk[:2], rows[:2]), (risk[2:], rows[2:])]
    wanted = threshold_for(np.repeat(risk, rows), limit)
    found = threshold_by_counting(lambda: parts, limit)
    assert found == wanted or (found is not None and wanted is not None and math.isclose(found, wanted))


def test_what_takes_too_much_memory_is_refused_by_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pq.write_table(pa.table({"a": ["Asha", "Meera", "Vikram"], "x": [1.0, 2.0, 3.0]}), tmp_path / "t.parquet")
    monkeypatch.setattr(stream_suda, "MOST_SPECIAL", 2)
    monkeypatch.setattr(stream_study, "MOST_COMBINATIONS", 2)
    monkeypatch.setattr(stream_study, "MOST_NUMBERS", 2)
    with stream_study.stream_study(tmp_path / "t.parquet", ["a"]) as streamed:
        for name, word in (("suda2", "3 rows are alone"), ("wildcard_counts", "different combinations"),
                           ("outliers", "different numbers")):
            with pytest.raises(Problem, match=word) as caught:
                streamed.measured(MEASURES.named(name)())
            assert "Asha" not in str(caught.value)
    pq.write_table(pa.table({"a": pa.array([], pa.string())}), tmp_path / "e.parquet")
    with pytest.raises(Problem, match="no rows"):
        stream_study.stream_study(tmp_path / "e.parquet", ["a"])
    with pytest.raises(Problem, match="smaller than the file"):
        stream_study.stream_study(tmp_path / "t.parquet", ["a"], population_size=2)
    monkeypatch.undo()
    other = tmp_path / "o.parquet"
    pq.write_table(pa.table({"x": [1.0]}), other)
    with stream_study.stream_study(tmp_path / "t.parquet", ["a"], original=other) as streamed, \
            pytest.raises(Problem, match="do not belong"):
        streamed.measured(MEASURES.named("interval_disclosure")())
