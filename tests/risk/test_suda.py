"""SUDA2: by hand, against a search written from the definition, and against sdcMicro."""

from __future__ import annotations

import math
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.problem import Problem
from core.risk import few_facts, kernel, suda
from core.risk.suda import suda2
from core.table import Table
from tests.risk.oracles import K5, K7, calls, expected, sdc_testdata, sdc_testdata2, sdc_testdata_missing, small


def by_definition(table: Table, keys: str, missing: str) -> list[float]:
    rows = list(zip(*(table[k].texts() for k in keys), strict=True))
    scores = []
    for row in rows:
        unique: list[tuple[int, ...]] = []
        for size in range(1, len(keys) + 1):
            for s in combinations(range(len(keys)), size):
                if any(set(u) <= set(s) for u in unique):
                    continue
                if missing == "nothing" and any(row[i] is None for i in s):
                    continue
                if sum(all(other[i] == row[i] for i in s) for other in rows) == 1:
                    unique.append(s)
        scores.append(float(sum(math.factorial(len(keys) - len(u)) for u in unique)))
    return scores


def test_four_rows_by_hand() -> None:
    # Alone: row 1 with a=x and c=9: 2! + 2!; row 2 with (a, b) and (b, c): 1! + 1!; row 3 with (b, c); row 4 with c=6.
    table = small(a=["x", "y", "y", "y"], b=["1", "1", "2", "2"], c=["9", "5", "5", "6"])
    found = suda2(table, "abc")
    assert found.score.tolist() == by_definition(table, "abc", "value") == [4.0, 2.0, 1.0, 2.0]
    assert found.sets == {("a",): 1, ("c",): 2, ("a", "b"): 1, ("b", "c"): 2}
    np.testing.assert_allclose(found.record_contributions()[0], [0.5, 0.0, 0.5])
    assert found.by_column == pytest.approx({"a": 100 * 3 / 9, "b": 100 * 3 / 9, "c": 100 * 6 / 9})
    assert found.by_value["c"].tolist() == pytest.approx([0, 100 / 3, 100 / 3, 100 / 3])  # missing, 9, 5, 6


cells = st.lists(st.tuples(*[st.sampled_from([None, "1", "2", "3.5"])] * 4), min_size=1, max_size=12)


@given(cells, st.sampled_from(["value", "nothing"]), st.booleans())
def test_scores_follow_the_definition(rows: list[tuple[str | None, ...]], missing: str, hashed: bool) -> None:
    table = small(**dict(zip("abcd", zip(*rows, strict=True), strict=True)))
    with pytest.MonkeyPatch.context() as patch:
        if hashed:
            patch.setattr(suda, "BLOCK", -10_000)  # no set fits the counters: all are hashed
        found = suda2(table, "abcd", missing=missing)  # type: ignore[arg-type]
    assert found.score.tolist() == by_definition(table, "abcd", missing)


def test_without_numba_the_scores_are_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    fast = suda2(sdc_testdata(), K7)
    monkeypatch.setattr(suda, "compiled", lambda: None)
    monkeypatch.setattr(kernel, "compiled", lambda: None)
    assert (suda2(sdc_testdata(), K7).score == fast.score).all()


@pytest.mark.parametrize(
    ("file", "table", "keys", "settings"),
    [
        ("suda2_testdata_k7", sdc_testdata, K7, {}),
        ("suda2_testdata_k7_new", sdc_testdata, K7, {"scores": "newer"}),
        ("suda2_testdata_k7_dis1", sdc_testdata, K7, {"fraction": 0.1}),
        ("suda2_testdata2_k7", sdc_testdata2, K7, {}),
        ("suda2_testdata2_k7_new", sdc_testdata2, K7, {"scores": "newer"}),
        ("suda2_testdata2_k5", sdc_testdata2, K5, {}),
        ("suda2_k3", sdc_testdata2, ("urbrur", "water", "relat"), {}),
        ("suda2_testdata_na", sdc_testdata_missing, K7, {"missing": "nothing"}),
    ],
)
def test_sdcmicro_scores_the_same(file: str, table: object, keys: tuple[str, ...], settings: dict[str, object]) -> None:
    data: Table = table()  # type: ignore[operator]
    oracle, call = expected(file), calls()[file]
    found = suda2(data, keys, **settings)  # type: ignore[arg-type]
    np.testing.assert_allclose(found.score, oracle["suda_score"], rtol=0, atol=1e-12)
    np.testing.assert_allclose(found.dis, oracle["dis_suda"], rtol=0, atol=1e-6)
    contributions = np.stack([oracle[f"{k}_contribution"] for k in keys], axis=1)
    np.testing.assert_allclose(found.record_contributions(), contributions, rtol=0, atol=1e-12)
    for entry in call["attribute_contributions"]:
        assert found.by_column[entry["variable"]] == pytest.approx(entry["contribution"], abs=1e-9)
    for entry in call["attribute_level_contributions"]:
        if entry.get("attribute") is None:
            continue
        digit = data[entry["variable"]].values.index(str(entry["attribute"])).as_py() + 1
        assert found.by_value[entry["variable"]][digit] == pytest.approx(entry["contribution"], abs=1e-9)


def test_small_sets_only() -> None:
    table = small(a=["x", "x", "y", "y"], b=["1", "2", "1", "2"])
    assert suda2(table, "ab", max_size=1).score.tolist() == [0, 0, 0, 0]
    assert suda2(table, "ab").score.tolist() == [1, 1, 1, 1]


def test_what_cannot_be_searched_is_a_problem() -> None:
    with pytest.raises(Problem, match="sampling fraction"):
        suda2(small(a=["x"]), "a", fraction=1.0)
    wide = small(**{f"c{i}": ["x", "y"] for i in range(30)})
    with pytest.raises(Problem, match="too many"):
        suda2(wide, wide.names)
    assert suda2(wide, wide.names, max_size=1).score.tolist() == pytest.approx([30 * math.factorial(29)] * 2)


def test_among_some_records_counts_what_singles_them_out() -> None:
    table = sdc_testdata()
    found = suda2(table, K7, 3, keep_records=True)
    everybody = found.among(np.ones(table.rows, bool))
    assert (dict(everybody.sets), everybody.by_column) == (dict(found.sets), found.by_column)
    some = np.zeros(table.rows, bool)
    some[found.special[::3]] = True
    part, rest = found.among(some), found.among(~some)
    assert part.special.tolist() == found.special[::3].tolist()
    assert (part.contributions == found.contributions[::3]).all()
    together = {s: part.sets.get(s, 0) + rest.sets.get(s, 0) for s in found.sets}
    assert together == dict(found.sets)
    assert part.score.sum() + rest.score.sum() == found.score.sum()
    assert not found.among(np.zeros(table.rows, bool)).sets
    with pytest.raises(ValueError, match="not kept"):
        suda2(table, K7, 3).among(some)


def test_few_facts_kept_as_bytes_come_back() -> None:
    table = sdc_testdata().with_roles(dict.fromkeys(K7, "quasi_identifier"))
    told: list[float] = []
    found = few_facts.few_facts(table, told.append)
    back = few_facts.from_bytes(few_facts.to_bytes(found), table)
    np.testing.assert_array_equal(back.score, found.score)
    np.testing.assert_array_equal(back.dis, found.dis)
    assert (back.keys, dict(back.sets), back.by_column) == (found.keys, dict(found.sets), found.by_column)
    some = np.arange(table.rows) % 2 == 0
    assert dict(back.among(some).sets) == dict(found.among(some).sets)
    assert told == sorted(told)
    assert 0 <= told[0] < told[-1] < 1
