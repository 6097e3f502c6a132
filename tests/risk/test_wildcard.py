"""Missing cells as wildcards: against comparing every pair of rows, and against sdcMicro."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.problem import Problem
from core.risk.individual import individual_risk
from core.risk.wildcard import wildcard_sizes
from core.table import Table
from tests.risk.oracles import K7, KEYS_FRANCDAT, calls, expected, sdc_testdata_missing, small, table_of


def by_pairs(rows: list[tuple[str | None, ...]], alpha: float) -> list[float]:
    found = []
    for a in rows:
        if all(x is None for x in a):
            found.append(float(len(rows)))
            continue
        total = 0.0
        for b in rows:
            if all(x is None or y is None or x == y for x, y in zip(a, b, strict=True)):
                total += 1.0 if a == b or None not in b else alpha
        found.append(total)
    return found


cells = st.lists(st.tuples(*[st.sampled_from([None, "1", "2"])] * 3), min_size=1, max_size=20)


@given(cells, st.sampled_from([0.0, 0.5, 1.0]))
def test_as_if_all_pairs_were_compared(rows: list[tuple[str | None, ...]], alpha: float) -> None:
    table = small(**dict(zip("abc", zip(*rows, strict=True), strict=True)))
    counted = wildcard_sizes([table[k] for k in "abc"], None, alpha)
    assert counted.fk.tolist() == pytest.approx(by_pairs(rows, alpha))
    assert (counted.wk == counted.fk).all()


@pytest.mark.parametrize("alpha", ["0", "0.5", "1"])
def test_sdcmicro_on_testdata(alpha: str) -> None:
    table, oracle = sdc_testdata_missing(), expected(f"freq_testdata_na_alpha{alpha}")
    counted = wildcard_sizes([table[k] for k in K7], table["sampling_weight"].numbers, float(alpha))
    assert (counted.fk == oracle["fk"]).all()
    assert (counted.wk == oracle["Fk"]).all()


@pytest.mark.parametrize("alpha", ["0", "0.1", "0.5", "1"])
def test_sdcmicro_on_francdat(alpha: str) -> None:
    table: Table = table_of("oracle/sdcmicro/input_francdat_na.csv")
    oracle = expected("freq_francdat_na")
    counted = wildcard_sizes([table[k] for k in KEYS_FRANCDAT], table["w"].numbers, float(alpha))
    np.testing.assert_allclose(counted.fk, oracle[f"fk_a{alpha}"], rtol=1e-15)
    np.testing.assert_allclose(counted.wk, oracle[f"Fk_a{alpha}"], rtol=1e-15)


def test_sdcmicro_risk_with_missing_cells() -> None:
    table, oracle = sdc_testdata_missing(), expected("risk_testdata_na_w")
    counted = wildcard_sizes([table[k] for k in K7], table["sampling_weight"].numbers)
    risk = individual_risk(counted.fk, counted.wk)
    np.testing.assert_allclose(risk, oracle["risk"], rtol=0, atol=1e-12)
    assert risk.sum() == pytest.approx(calls()["risk_testdata_na_w"]["global_risk_ER"], abs=1e-10)


def test_alpha_outside_zero_to_one_is_a_problem() -> None:
    with pytest.raises(Problem, match="between 0 and 1"):
        wildcard_sizes([small(a=["x"])["a"]], None, 1.5)
