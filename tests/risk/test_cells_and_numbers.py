"""Cells of tables, amounts, and identifying columns: by hand, by brute force, sdcMicro's and ARX's figures."""

from __future__ import annotations

import csv
import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.problem import Problem
from core.risk.cells import below_threshold, dominated, p_percent, tabulate, unsafe_counts
from core.risk.identifying import power, powers, smallest_set, suggest
from core.risk.numbers import interval_disclosure, linked, lonely, outliers, rank_disclosure
from core.table import Table
from tests.risk.oracles import ADULT, K7, adult, sdc_testdata, sdc_testdata2, small, table_of
from tests.shared import shared


def firms() -> Table:
    return small(branch=["a", "a", "a", "b", "b", "c"], sales=["100", "10", "5", "50", "50", "7"])


def test_cells_by_hand() -> None:
    cells = tabulate(firms(), ["branch"], "sales")
    place = {b: int(cells.classes.class_of[i]) for b, i in (("a", 0), ("b", 3), ("c", 5))}
    assert [int(cells.count[place[b]]) for b in "abc"] == [3, 2, 1]
    assert cells.total is not None
    assert [float(cells.total[place[b]]) for b in "abc"] == [115, 100, 7]
    assert [bool(below_threshold(cells, 3)[place[b]]) for b in "abc"] == [False, True, True]
    assert [bool(dominated(cells, 1, 75)[place[b]]) for b in "abc"] == [True, False, True]
    assert [bool(dominated(cells, 2, 99)[place[b]]) for b in "abc"] == [False, True, True]
    # a: the second knows 10 and sees 115, so the largest is 105 at most: 5% off. b: nothing is left beside the two.
    assert [bool(p_percent(cells, 10)[place[b]]) for b in "abc"] == [True, True, True]
    assert [bool(p_percent(cells, 4)[place[b]]) for b in "abc"] == [False, True, True]
    # Known to 50% before: the estimate is twice as good.
    assert bool(p_percent(cells, 4, 50)[place["a"]])


def test_amounts_that_do_not_fit_are_problems() -> None:
    with pytest.raises(Problem, match="below 0"):
        tabulate(small(b=["a"], s=["-1"]), ["b"], "s")
    with pytest.raises(Problem, match="need amounts"):
        p_percent(tabulate(firms(), ["branch"]), 10)


@pytest.mark.parametrize(
    ("file", "data", "keys", "thresholds"),
    [("riskyCells_testdata", sdc_testdata, K7, (5, 3, 3)),
     ("riskyCells_testdata2_dim", sdc_testdata2, 5, (50, 25, 10, 5)),
     ("riskyCells_testdata2_level", sdc_testdata2, 6, (20, 20, 20, 20))],
)
def test_sdcmicro_counts_the_same_unsafe_cells(
    file: str, data: object, keys: tuple[str, ...] | int, thresholds: tuple[int, ...]
) -> None:
    """sdcMicro calls a cell unsafe up to and including its threshold; ours needs at least so many: one more."""
    table: Table = data()  # type: ignore[operator]
    names = table.names[:keys] if isinstance(keys, int) else keys
    found = unsafe_counts(table, names, [t + 1 for t in thresholds])
    with shared(f"oracle/sdcmicro/{file}.csv").open(newline="") as lines:
        for row in csv.DictReader(lines):
            dimensions = tuple(v for n, v in row.items() if n.startswith("dim") and v != "NA")
            assert found[dimensions] == int(row["unsafe_cells"])


def test_intervals_by_hand() -> None:
    released = np.array([[10.0], [20.0], [30.0], [1000.0]])
    original = np.array([[10.0], [24.0], [np.nan], [999.0]])
    spread = released.std(ddof=1)  # 490: 1% is 4.9, 0.5% is 2.45
    assert spread == pytest.approx(490, abs=1)
    assert interval_disclosure(original, released, 0.01).tolist() == [True, True, False, True]
    assert interval_disclosure(original, released, 0.005).tolist() == [True, False, False, True]
    # One rank of four to each side: 24 lies between 10 and 30; with none it must be equal.
    assert rank_disclosure(original, released, 25).tolist() == [True, True, False, True]
    assert rank_disclosure(original, released, 1).tolist() == [True, False, False, False]


@pytest.mark.parametrize(
    ("data", "columns"),
    [("testdata", ("expend", "income", "savings")),
     ("CASC", ("AGI", "EMCONTRB", "FEDTAX", "PTOTVAL", "STATETAX", "TAXINC", "POTHVAL", "INTVAL", "PEARNVAL", "FICA",
               "WSALVAL", "ERNVAL"))],
)
@pytest.mark.parametrize("k", [3, 10])
def test_sdcmicro_finds_the_same_rows_close(data: str, columns: tuple[str, ...], k: int) -> None:
    original = table_of(f"data/sdcmicro/{data}{'refmicrodata' if data == 'CASC' else ''}.csv")
    released = table_of(f"oracle/sdcmicro/mdav_{data}_k{k}.csv")
    figures = json.loads(shared("oracle/sdcmicro/calls_methods.json").read_text(encoding="utf-8"))[f"mdav_{data}_k{k}"]
    before, after = (np.stack([t[c].numbers for c in columns], axis=1) for t in (original, released))
    for width in ("0.05", "0.01"):
        assert interval_disclosure(before, after, float(width)).mean() == pytest.approx(figures[f"dRisk_k{width}"])


def test_two_columns_must_both_be_close() -> None:
    released = np.array([[10.0, 1.0], [20.0, 2.0], [30.0, 3.0]])
    original = released + np.array([[0, 0], [0, 5], [np.nan, 0]])
    assert interval_disclosure(original, released).tolist() == [True, False, True]


def test_linking_shares_the_chance_among_equal_records() -> None:
    original = np.array([[1.0], [2.0], [9.0], [np.nan]])
    released = np.array([[1.5], [1.5], [9.0], [5.0]])
    chance, blind = linked(original, released)
    assert chance.tolist() == [0.5, 0.5, 1.0, 0.0]
    assert blind == 0.25


@given(st.lists(st.tuples(st.integers(0, 6), st.integers(0, 6)), min_size=1, max_size=12))
def test_linking_as_if_all_distances_were_compared(rows: list[tuple[int, int]]) -> None:
    original = np.array([[float(a)] for a, _ in rows])
    released = np.array([[float(b)] for _, b in rows])
    wanted = []
    for i in range(len(rows)):
        away = np.abs(released[:, 0] - original[i, 0])
        nearest = np.isclose(away, away.min())
        wanted.append(1 / nearest.sum() if nearest[i] else 0.0)
    assert linked(original, released)[0].tolist() == pytest.approx(wanted)


def test_rare_amounts() -> None:
    incomes = np.array([100.0, 110, 120, 130, 140, 150, 160, 10_000, np.nan])
    assert outliers(incomes).tolist() == [False] * 7 + [True, False]
    # Within 10%: 100 and 160 have one neighbour each, those between at least two.
    assert lonely(incomes, 0.1, 3).tolist() == [True, *[False] * 5, True, True, False]
    assert not outliers(np.full(5, 3.0)).any()
    assert not outliers(np.full(3, np.nan)).any()


def test_arx_tells_columns_apart_the_same() -> None:
    lines = shared("oracle/arx/risk_reference_5qi.jsonl").read_text(encoding="utf-8").splitlines()
    references = [r for r in map(json.loads, lines) if "attrs" in r]
    assert len(references) == 15
    for reference in references:
        found = power(adult(), reference["attrs"][1:-1].split(", "))
        assert found.distinction == pytest.approx(reference["distinction"], abs=1e-6)
        assert found.separation == pytest.approx(reference["separation"], abs=1e-6)


def test_smallest_set_searched_and_grown() -> None:
    found = smallest_set(adult(), ADULT, 0.3)
    assert found is not None
    assert found.unique >= 0.3
    assert all(p.unique < 0.3 for p in powers(adult(), ADULT, 2))
    grown = smallest_set(adult(), ADULT, 0.3, exact=0)
    assert grown is not None
    assert grown.unique >= 0.3
    assert len(found.columns) <= len(grown.columns) <= len(found.columns) + 1
    assert smallest_set(adult(), ADULT, 0.9) is None


def test_an_amount_does_not_hide_that_sex_tells_people_apart() -> None:
    table = small(sex=list("fmfmfm"), town=list("xxyyzz"), income=[10, 20, 30, 40, 10, 50], house=list("aabbcc"))
    found = {s.column: s for s in suggest(table.with_roles({"house": "household"}))}
    assert found["sex"].quasi_identifier
    assert "With town it makes 6 rows unique that are not without it." in found["sex"].reasons
    assert "house" not in found, "who lives together is no quasi-identifier but has a role of its own"


def test_suggestions_come_with_reasons() -> None:
    rows = 40
    table = small(
        id=range(rows), country=["IN"] * rows, age=[20 + i % 10 for i in range(rows)],
        town=["abcdefgh"[i % 8] for i in range(rows)],
    )
    found = {s.column: s for s in suggest(table)}
    assert {c for c, s in found.items() if s.quasi_identifier} == {"age", "town"}
    assert "same value" in found["country"].reasons[0]
    assert "direct identifier" in found["id"].reasons[0]
    assert all(s.reasons for s in found.values())
