"""Figures against plain Python written from the definitions: other keys, other weights, other data than the oracles."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from fractions import Fraction
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.risk import Study, assess, diversity
from core.risk.measures.identity import Journalist, KmAnonymity, Marketer, Prosecutor
from core.table import Table
from tests.risk.oracles import adult, small, table_of

CASC = "data/sdcmicro/CASCrefmicrodata.csv"


def plain_risk(f: int, big_f: Fraction) -> float:
    """sdcMicro's formula as its documentation writes it, with the guard Fk >= fk."""
    p = f / max(float(big_f), float(f))
    if p == 1:
        return 1 / f
    q = 1 - p
    if f == 1:
        return p / q * math.log(1 / p)
    if f == 2:
        return p / q - (p / q) ** 2 * math.log(1 / p)
    return p / (f - q)


people = st.lists(
    st.tuples(st.sampled_from("xyz"), st.sampled_from("12"), st.integers(1, 400).map(lambda w: Fraction(w, 8)),
              st.sampled_from(["h1", "h2", "h3", None])),
    min_size=1, max_size=25,
)


@settings(max_examples=60)
@given(people)
def test_individual_global_and_household_risk(rows: list[tuple[str, str, Fraction, str | None]]) -> None:
    table = small(a=[r[0] for r in rows], b=[r[1] for r in rows], w=[float(r[2]) for r in rows],
                  h=[r[3] for r in rows])
    risk = assess(table, ["a", "b"], "w", "h")
    fk = Counter(r[:2] for r in rows)
    big: dict[tuple[str, ...], Fraction] = defaultdict(Fraction)
    for r in rows:
        big[r[:2]] += r[2]
    wanted = [plain_risk(fk[r[:2]], big[r[:2]]) for r in rows]
    assert risk.fk.tolist() == [fk[r[:2]] for r in rows]
    np.testing.assert_allclose(risk.individual_risk, wanted, rtol=2e-7, atol=1e-12)  # theirs cancels where p is near 1
    assert risk.expected_reidentifications == pytest.approx(math.fsum(risk.individual_risk))
    spared: dict[str, float] = defaultdict(lambda: 1.0)
    for r, one in zip(rows, wanted, strict=True):
        if r[3]:
            spared[r[3]] *= 1 - min(one, 1.0)
    home = [1 - spared[r[3]] if r[3] else one for r, one in zip(rows, wanted, strict=True)]
    np.testing.assert_allclose(risk.household_risk, home, rtol=2e-7, atol=1e-9)


cells = st.tuples(st.sampled_from("ab"), st.sampled_from([None, "1", "2", "3", "4"]))
values = st.lists(cells, min_size=1, max_size=30)


@given(values, st.sampled_from([0.5, 1, 2, 3.5]))
def test_diversity_of_every_kind(rows: list[tuple[str, str | None]], c: float) -> None:
    study = Study.of(small(k=[r[0] for r in rows], v=[r[1] for r in rows]), ["k"])
    counts, class_of = study.tally("v"), study.classes.class_of
    by_key: dict[str, Counter] = defaultdict(Counter)
    for key, value in rows:
        by_key[key][value] += 1
    for place, (key, _value) in enumerate(rows):
        seen = sorted(by_key[key].values(), reverse=True)
        n = sum(seen)
        entropy = math.exp(-sum(s / n * math.log(s / n) for s in seen))
        recursive = max((l for l in range(1, len(seen) + 1) if seen[0] < c * sum(seen[l - 1 :])), default=0)
        whole = Counter(v for _k, v in rows)
        t = sum(abs(by_key[key][v] / n - whole[v] / len(rows)) for v in whole) / 2
        gain = max((by_key[key][v] / n - whole[v] / len(rows)) / (whole[v] / len(rows)) for v in by_key[key])
        here = class_of[place]
        assert diversity.distinct(counts)[here] == len(seen)
        assert diversity.entropy(counts)[here] == pytest.approx(entropy)
        assert diversity.recursive(counts, c)[here] == recursive
        assert diversity.closeness(counts)[here] == pytest.approx(t, abs=1e-12)
        assert diversity.likeness(counts)[here] == pytest.approx(gain, abs=1e-12)


@pytest.mark.parametrize("keys", [("AFNLWGT",), ("AGI", "EMCONTRB"), ("AFNLWGT", "AGI", "TAXINC")])
def test_casc_with_numbers_as_keys(keys: tuple[str, ...]) -> None:
    table = table_of(CASC)
    counted = Counter(zip(*(table[k].texts() for k in keys), strict=True))
    risk = assess(table, keys)
    assert risk.classes == len(counted)
    assert risk.uniques == sum(n == 1 for n in counted.values())
    assert risk.fk.tolist() == [counted[row] for row in zip(*(table[k].texts() for k in keys), strict=True)]


def rows_of(table: Table, keys: tuple[str, ...]) -> list[tuple[str | None, ...]]:
    return list(zip(*(table[k].texts() for k in keys), strict=True))


@pytest.mark.parametrize("keys", [("sex", "age", "workclass"), ("education", "occupation", "race", "marital-status")])
def test_attackers_of_adult_with_other_keys(keys: tuple[str, ...]) -> None:
    table = adult()
    rows, study = rows_of(table, keys), Study.of(table, keys, population_size=3_016_200)
    counted = Counter(rows)
    prosecutor = Prosecutor(threshold=0.1).of(study)
    assert prosecutor.details["success"] == pytest.approx(len(counted) / len(rows))
    assert prosecutor.value == pytest.approx(sum(counted[r] < 10 for r in rows) / len(rows))
    assert Marketer().of(study).value == pytest.approx(len(counted) / len(rows))
    assert Journalist(threshold=0.1).of(study).value == prosecutor.value, "without a population table it is the same"
    pairs = [Counter(tuple(r[i] for i in pair) for r in rows) for pair in combinations(range(len(keys)), 2)]
    known = [min(c[tuple(r[i] for i in pair)]
                 for c, pair in zip(pairs, combinations(range(len(keys)), 2), strict=True)) for r in rows]
    assert KmAnonymity(m=2, k=5).of(study).details["violations"] == sum(n < 5 for n in known)
