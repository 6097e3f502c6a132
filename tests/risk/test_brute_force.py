"""Every measure against its definition, written out in plain Python over lists: nothing here uses the counting kernel.

Small random tables with what breaks programs: missing cells, empty texts, suppressed cells, decimal and text keys,
constant columns, one row, weights below 1 and of 0, households of one and unknown ones, many columns.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Sequence
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from core.problem import Problem
from core.risk import MEASURES, Measured, Study, assess
from core.risk.kernel import class_sizes
from core.risk.subsets import uniques
from core.risk.suda import suda2
from core.table import Column, Table
from tests.risk.oracles import small

Cell = str | None
Rows = list[dict[str, Cell]]

ALPHABETS: tuple[tuple[Cell, ...], ...] = (
    (None, "", "*", "a"), ("1", "1.0", "01", None), ("x",), (None,), ("3.25", "-2", "3", "1e3"), ("ä", "ae", "a ", "A"),
)
WEIGHTS = ("0", "0.25", "0.5", "1", "1.5", "3", "100")
HOMES = (None, "h1", "h2", "7")
SECRETS = (None, "*", "10", "9", "100", "2.5", "ill")
AMOUNTS = (None, "*", "0", "1", "2", "50", "1000")


@st.composite
def people(draw: st.DrawFn, keys: int = 3, most: int = 12) -> Rows:
    """Rows with `keys` keys, a weight, a household, a secret and an amount."""
    alphabets = draw(st.lists(st.sampled_from(ALPHABETS), min_size=keys, max_size=keys))
    row = st.fixed_dictionaries(
        {f"k{i}": st.sampled_from(a) for i, a in enumerate(alphabets)}
        | {"w": st.sampled_from(WEIGHTS), "h": st.sampled_from(HOMES), "s": st.sampled_from(SECRETS),
           "t": st.sampled_from("pq"), "x": st.sampled_from(AMOUNTS)}
    )
    return draw(st.lists(row, min_size=1, max_size=most))


def table_of(rows: Rows) -> Table:
    table = small(**{name: [row[name] for row in rows] for name in rows[0]})
    return table.with_columns({"x": table["x"].with_kind("number")}).with_roles(
        {n: "quasi_identifier" for n in keys_of(rows)} | {"w": "weight", "h": "household", "s": "sensitive"}
    )


def keys_of(rows: Rows) -> list[str]:
    return [n for n in rows[0] if n.startswith("k")]


def combination(row: dict[str, Cell], names: Sequence[str]) -> tuple[Cell, ...]:
    return tuple(row[n] for n in names)


def alike(rows: Rows, names: Sequence[str]) -> list[list[int]]:
    """For each row: the rows, itself included, with the same cells."""
    return [[j for j, other in enumerate(rows) if combination(other, names) == combination(row, names)] for row in rows]


def measured(name: str, study: Study, **how: object) -> Measured:
    return MEASURES.build({"measure": name, **how}).of(study)


# --- who could be recognised


def one_risk(f: int, people: float, exact: bool = False) -> float:
    """Franconi and Polettini, formula by formula; the exact one as a sum over the unseen others."""
    p = f / max(people, f)
    if p == 1:
        return 1 / f
    if exact:  # F - f is negative binomial (f, p): E(1/F) = sum over x of P(x) / (f + x)
        total, chance, x = 0.0, p**f, 0
        while chance > 1e-18 or x < 2 * f / p:
            total += chance / (f + x)
            chance *= (f + x) / (x + 1) * (1 - p)
            x += 1
        return total
    odds = p / (1 - p)
    if f == 1:
        return odds * math.log(1 / p)
    if f == 2:
        return odds - odds**2 * math.log(1 / p)
    return p / (f - (1 - p))


@settings(max_examples=80, deadline=None)
@given(people())
def test_identity(rows: Rows) -> None:
    study, names, n = Study.of(table_of(rows)), keys_of(rows), len(rows)
    groups = alike(rows, names)
    fk = [len(g) for g in groups]
    weight = [sum(float(rows[j]["w"] or "") for j in g) for g in groups]
    risk = assess(study.table)
    assert risk.fk.tolist() == fk
    assert risk.Fk.tolist() == pytest.approx(weight)
    assert measured("k_anonymity", study, k=4).details["violations"]["4"] == sum(f < 4 for f in fk)
    assert measured("k_anonymity", study).value == min(fk)
    assert measured("sample_uniques", study).value == fk.count(1)
    assert measured("class_sizes", study).value == pytest.approx(n / len({combination(r, names) for r in rows}))
    assert sum(b["rows"] for b in measured("class_sizes", study).details["bands"]) == n
    found = measured("prosecutor", study, threshold=0.5)
    assert found.value == pytest.approx(sum(1 / f > 0.5 for f in fk) / n)
    assert found.details["success"] == pytest.approx(sum(1 / f for f in fk) / n)
    assert found.details["highest"] == 1 / min(fk)
    crowd = [max(w, f) for w, f in zip(weight, fk, strict=True)]
    found = measured("journalist", study, threshold=0.25)
    assert found.value == pytest.approx(sum(1 / c > 0.25 + 1e-9 for c in crowd) / n)
    assert measured("marketer", study).value == pytest.approx(sum(1 / c for c in crowd) / n)
    for formula in ("approximate", "exact"):
        wanted = [one_risk(f, w, formula == "exact") for f, w in zip(fk, weight, strict=True)]
        found = measured("individual_risk", study, formula=formula, above=0.3)
        assert found.records["individual_risk"].tolist() == pytest.approx(wanted, rel=1e-7)
        assert found.value == pytest.approx(sum(wanted), rel=1e-7)
        assert found.details["above"] == sum(w > 0.3 for w in wanted)
    alone = risk.individual_risk.tolist()
    home = [r["h"] for r in rows]
    together = [
        1 - math.prod(1 - alone[j] for j in range(n) if home[j] == home[i]) if home[i] is not None else alone[i]
        for i in range(n)
    ]
    assert measured("household_risk", study).records["household_risk"].tolist() == pytest.approx(together, abs=1e-12)


@settings(max_examples=60, deadline=None)
@given(people(keys=4), st.integers(1, 5))
def test_subsets(rows: Rows, m: int) -> None:
    study, names = Study.of(table_of(rows)), keys_of(rows)
    known = [min(len(alike(rows, s)[i]) for s in combinations(names, min(m, 4))) for i in range(len(rows))]
    found = measured("km_anonymity", study, m=m, k=3)
    assert found.records["km"].tolist() == known
    assert (found.value, found.details["violations"]) == (min(known), sum(f < 3 for f in known))
    counted = uniques(study.table, names, 3)
    assert counted.counts == {
        s: sum(len(g) == 1 for g in alike(rows, s)) for size in (1, 2, 3) for s in combinations(names, size)
    }
    n, sets = len(rows), measured("identifying_power", study, size=2).details["sets"]
    for one in sets:
        groups = alike(rows, one["columns"])
        differ = sum(i not in groups[j] for i in range(n) for j in range(i))
        assert one["distinction"] == pytest.approx(len({combination(r, one["columns"]) for r in rows}) / n)
        assert one["separation"] == pytest.approx(differ / (n * (n - 1) / 2) if n > 1 else 0)
        assert one["unique"] == pytest.approx(sum(len(g) == 1 for g in groups) / n)
    enough = [s for size in range(1, 5) for s in combinations(names, size)
              if sum(len(g) == 1 for g in alike(rows, s)) >= n / 2]
    assert measured("smallest_identifying_set", study).value == (len(enough[0]) if enough else None)


def matches(one: tuple[Cell, ...], other: tuple[Cell, ...]) -> bool:
    return all(a is None or b is None or a == b for a, b in zip(one, other, strict=True))


@settings(max_examples=80, deadline=None)
@given(people(), st.sampled_from([0.0, 0.5, 1.0]))
def test_missing_as_wildcards(rows: Rows, alpha: float) -> None:
    study, names = Study.of(table_of(rows)), keys_of(rows)
    cells, weight = [combination(r, names) for r in rows], [float(r["w"] or "") for r in rows]

    def worth(i: int, j: int) -> float:
        if all(c is None for c in cells[i]):
            return 1.0
        if not matches(cells[i], cells[j]):
            return 0.0
        return 1.0 if cells[i] == cells[j] or None not in cells[j] else alpha

    fk = [sum(worth(i, j) for j in range(len(rows))) for i in range(len(rows))]
    found = measured("wildcard_counts", study, alpha=alpha, k=3)
    assert found.records["wildcard_fk"].tolist() == pytest.approx(fk)
    assert found.records["wildcard_Fk"].tolist() == pytest.approx(
        [sum(worth(i, j) * weight[j] for j in range(len(rows))) for i in range(len(rows))])
    assert found.details["violations"]["3"] == sum(f < 3 - 1e-9 for f in fk)


# --- what one learns about them


def orders(value: Cell) -> tuple[int, float, str]:
    """Missing, then what is no number, then numbers."""
    try:
        return (2, float(value or ""), "") if value is not None else (0, 0, "")
    except ValueError:
        return (1, 0, value or "")


def transport(p: list[float], q: list[float], away: np.ndarray) -> float:
    """The cheapest way to turn p into q, by linear programming."""
    m = len(p)
    one_each = np.concatenate([np.kron(np.eye(m), np.ones(m)), np.kron(np.ones(m), np.eye(m))])
    return float(linprog(away.ravel(), A_eq=one_each, b_eq=[*p, *q]).fun)


TREE = {"*": "no", "ill": "no", "10": "much", "9": "little", "100": "much", "2.5": "little"}


@settings(max_examples=40, deadline=None)
@given(people(keys=2), st.sampled_from([0.5, 1.0, 2.0, 3.0]))
def test_attributes(rows: Rows, c: float) -> None:
    study, names, n = Study.of(table_of(rows)), keys_of(rows), len(rows)
    groups = alike(rows, names)
    whole = Counter(r["s"] for r in rows)
    there = sorted(whole, key=orders)
    q = [whole[v] / n for v in there]
    own = [Counter(rows[j]["s"] for j in g) for g in groups]
    p = [[o[v] / o.total() for v in there] for o in own]

    entropy = [math.exp(-sum(x * math.log(x) for x in ps if x)) for ps in p]
    ranked = [sorted(o.values(), reverse=True) for o in own]
    recursive = [max([l for l in range(1, len(r) + 1) if r[0] < c * sum(r[l - 1:])], default=0) for r in ranked]
    for kind, wanted in (("distinct", [len(o) for o in own]), ("entropy", entropy), ("recursive", recursive)):
        found = measured("l_diversity", study, kind=kind, c=c, l=2)
        assert found.value == pytest.approx(min(wanted))
        assert found.details["violations"] == sum(w < 2 - 1e-9 for w in wanted)
        assert found.records["l_" + kind].tolist() == pytest.approx(wanted)

    m, place = len(there), np.arange(len(there))
    tree = [("*missing",) if v is None else (TREE[v], "number" if v[0].isdigit() else "word") for v in there]
    climb = np.array([[0 if a == b else (1 if a is not None and b is not None and x[:1] == y[:1] else
                                         2 if x[1:] == y[1:] and None not in (a, b) else 3)
                       for b, y in zip(there, tree, strict=True)] for a, x in zip(there, tree, strict=True)]) / 3
    away = {"equal": 1.0 - np.eye(m), "ordered": np.abs(np.subtract.outer(place, place)) / max(m - 1, 1),
            "hierarchical": climb}
    levels = tuple((v, t[0], t[1]) for v, t in zip(there, tree, strict=True) if v is not None)
    for distance, apart in away.items():
        how = {"hierarchy": levels} if distance == "hierarchical" else {}
        if distance == "hierarchical" and len({t[1] for t in tree if len(t) > 1}) < 2:
            continue  # one group holds all: the height of the tree is another
        cheapest = {ps: transport(list(ps), q, apart) for ps in set(map(tuple, p))}
        wanted = [cheapest[tuple(ps)] for ps in p]
        found = measured("t_closeness", study, distance=distance, t=0.3, **how)
        assert found.records["t"].tolist() == pytest.approx(wanted, abs=1e-9)
        assert found.details["violations"] == sum(w > 0.3 + 1e-9 for w in wanted)

    found = measured("alpha_k", study, alpha=0.5, k=2)
    assert found.value == pytest.approx(max(max(ps) for ps in p))
    sure = [max(ps) > 0.5 + 1e-9 for ps in p]
    assert found.details["violations"] == sum(s or len(g) < 2 for s, g in zip(sure, groups, strict=True))
    gain = [max((x - y) / y for x, y in zip(ps, q, strict=True) if x) for ps in p]
    assert measured("beta_likeness", study).value == pytest.approx(max(gain), abs=1e-9)
    assert measured("beta_likeness", study, beta=0.5).details["violations"] == sum(g > 0.5 + 1e-9 for g in gain)
    above = [any((x - y) / y > min(0.5, -math.log(y)) + 1e-9 for x, y in zip(ps, q, strict=True) if x) for ps in p]
    assert measured("beta_likeness", study, beta=0.5, kind="enhanced").details["violations"] == sum(above)
    changed = [max(abs(math.log(x / y)) for x, y in zip(ps, q, strict=True) if x) for ps in p]
    found = measured("delta_disclosure", study, delta=0.4)
    assert found.value == pytest.approx(max(changed), abs=1e-9)
    assert found.details["violations"] == sum(x > 0.4 + 1e-9 for x in changed)
    assert found.details["rows_lacking_a_value"] == sum(0 in ps for ps in p)


@settings(max_examples=40, deadline=None)
@given(people(keys=2))
def test_several_secrets_count_the_worse_of_both(rows: Rows) -> None:
    study = Study.of(table_of(rows), sensitive=["s", "t"])
    groups = alike(rows, keys_of(rows))
    fewest = [min(len({rows[j][name] for j in g}) for name in "st") for g in groups]
    found = measured("l_diversity", study)
    assert found.records["l_distinct"].tolist() == fewest
    assert assess(study.table, sensitive=["s", "t"]).l_distinct.tolist() == fewest  # type: ignore[union-attr]


# --- the population


@settings(max_examples=60, deadline=None)
@given(people(keys=2), people(keys=2))
def test_a_table_of_the_population(rows: Rows, others: Rows) -> None:
    population = table_of([*others, *rows[: len(rows) // 2]])
    everyone = [*others, *rows[: len(rows) // 2]]
    study = Study.of(table_of(rows), population=population)
    names, n = keys_of(rows), len(rows)
    fk = [len(g) for g in alike(rows, names)]
    crowd = [sum(combination(o, names) == combination(r, names) for o in everyone) for r in rows]
    found = measured("k_map", study, k=3)
    assert found.records["population_count"].tolist() == crowd
    assert (found.value, found.details["violations"]) == (min(crowd), sum(c < 3 for c in crowd))
    assert found.details["not_in_population"] == crowd.count(0)
    share = [min(1.0, sum(combination(o, names) == combination(r, names) for r in rows)
                 / sum(combination(o, names) == combination(p, names) for p in everyone)) for o in everyone]
    found = measured("delta_presence", study)
    assert (found.details["delta_min"], found.details["delta_max"]) == (pytest.approx(min(share)), max(share))
    assert found.details["certain"] == sum(s >= 1 for s in share)
    bounded = [1 / max(c, f) for c, f in zip(crowd, fk, strict=True)]
    assert measured("marketer", study).value == pytest.approx(sum(bounded) / n)
    assert measured("journalist", study).details["highest"] == pytest.approx(max(bounded))


@settings(max_examples=40, deadline=None)
@given(people(), st.integers(1, 20))
def test_log_linear_of_main_effects(rows: Rows, factor: int) -> None:
    table = table_of(rows).with_roles({"w": "keep"})
    names, n = keys_of(rows), len(rows)
    study = Study.of(table, population_size=n * factor)
    pi, tau1, tau2 = 1 / factor, 0.0, 0.0
    for row, group in zip(rows, alike(rows, names), strict=True):
        if len(group) == 1:
            mean = n * math.prod(sum(o[k] == row[k] for o in rows) / n for k in names)
            v = mean / pi * (1 - pi)
            tau1 += math.exp(-v)
            tau2 += (1 - math.exp(-v)) / v if v else 1.0
    found = measured("log_linear", study)
    assert found.value == pytest.approx(tau1)
    assert found.details["tau2"] == pytest.approx(tau2)


# --- what makes a row special


@settings(max_examples=60, deadline=None)
@given(people(keys=4, most=9), st.sampled_from(["value", "nothing"]), st.sampled_from(["original", "newer"]),
       st.integers(1, 4), st.sampled_from([0.01, 0.3]))
def test_special_rows(rows: Rows, missing: str, scores: str, largest: int, fraction: float) -> None:
    names, m = keys_of(rows), 4
    minimal: list[list[tuple[str, ...]]] = []
    for i, row in enumerate(rows):
        found: list[tuple[str, ...]] = []
        for size in range(1, largest + 1):
            for s in combinations(names, size):
                known = missing == "value" or all(row[k] is not None for k in s)
                if known and len(alike(rows, s)[i]) == 1 and not any(set(f) <= set(s) for f in found):
                    found.append(s)
        minimal.append(found)

    def points(s: tuple[str, ...]) -> float:
        k = len(s)
        return math.factorial(m - k) if scores == "original" else \
            (2 ** (m - k) - 1) * math.factorial(k) * math.factorial(m - k) / math.factorial(m)

    score = [float(sum(map(points, f))) for f in minimal]
    got = suda2(table_of(rows), names, largest, fraction, scores, missing)  # type: ignore[arg-type]
    assert got.score.tolist() == pytest.approx(score)
    assert dict(got.sets) == dict(Counter(s for f in minimal for s in f))
    shares = [[sum(points(s) for s in f if k in s) / total if total else 0.0 for k in names]
              for f, total in zip(minimal, score, strict=True)]
    np.testing.assert_allclose(got.record_contributions(), shares, atol=1e-12)
    sizes = [len(g) for g in alike(rows, names)]
    u, d = sizes.count(1), fraction
    if sum(score):
        hit = u * d / (u * d + sizes.count(2) * (1 - d))
        raised = [s ** (1 + (8 - m) / 20) for s in score if s]
        inverse = sum(1 / r for r in raised)
        dis = iter(1 / (1 + (u / hit - u) / (r * inverse)) for r in raised)
        assert got.dis.tolist() == pytest.approx([next(dis) if s else 0.0 for s in score])
        for k in names:
            by_column = 100 * sum(sh[names.index(k)] * s for sh, s in zip(shares, score, strict=True)) / sum(score)
            assert got.by_column[k] == pytest.approx(by_column)
            parts: dict[Cell, float] = defaultdict(float)
            for row, sh, s in zip(rows, shares, score, strict=True):
                parts[row[k]] += sh[names.index(k)] * s
            column = table_of(rows)[k]
            if sum(parts.values()):
                for digit, share in enumerate(got.by_value[k]):
                    value = None if digit == 0 else column.values[digit - 1].as_py()
                    assert share == pytest.approx(100 * parts[value] / sum(parts.values()))


# --- amounts and cells


def number(cell: Cell) -> float | None:
    return None if cell in (None, "*") else float(cell)


def middle(values: list[float]) -> float:
    ordered = sorted(values)
    return (ordered[(len(ordered) - 1) // 2] + ordered[len(ordered) // 2]) / 2


@settings(max_examples=80, deadline=None)
@given(people(keys=1, most=15))
def test_rare_amounts(rows: Rows) -> None:
    study = Study.of(table_of(rows))
    values = [number(r["x"]) for r in rows]
    known = [v for v in values if v is not None]
    found = measured("outliers", study, columns=["x"])
    if not known:
        assert found.value == 0
        return
    skewed = min(known) > 0 and sum(known) / len(known) > 1.2 * middle(known)
    at = [None if v is None else math.log(v) if skewed else v for v in values]
    centre = middle([a for a in at if a is not None])
    away = [abs(a - centre) for a in at if a is not None]
    spread = 1.4826 * middle(away) or 1.2533 * sum(away) / len(away)
    far = [a is not None and spread > 0 and abs(a - centre) > 3.5 * spread for a in at]
    near = [None if v is None else sum(abs(o - v) <= 0.05 * abs(v) for o in known) for v in values]
    assert found.records["outlier"].tolist() == far
    assert found.details["columns"]["x"] == {"far": sum(far), "alone": sum(n is not None and n < 3 for n in near)}


pair_of_amounts = st.lists(st.tuples(*[st.sampled_from(AMOUNTS)] * 4), min_size=1, max_size=12)


@settings(max_examples=80, deadline=None)
@given(pair_of_amounts, st.sampled_from([0.05, 0.5, 20.0]))
def test_released_amounts(rows: list[tuple[Cell, ...]], width: float) -> None:
    before, after = (small(**{n: [r[i] for r in rows] for n, i in zip("xy", places, strict=True)})
                     for places in ((0, 1), (2, 3)))
    before, after = (t.with_columns({n: t[n].with_kind("number") for n in "xy"}) for t in (before, after))
    study = Study.of(after, ["x"], original=before)
    old, new = ([[number(r[i]) for r in rows] for i in places] for places in ((0, 1), (2, 3)))

    def inside(limits: list[list[tuple[float, float] | None]]) -> list[bool]:
        out = []
        for i in range(len(rows)):
            judged = [(old[j][i], limits[j][i]) for j in (0, 1) if old[j][i] is not None and new[j][i] is not None]
            out.append(bool(judged) and all(low[0] <= v <= low[1] for v, low in judged))  # type: ignore[index, operator]
        return out

    by_spread, by_rank = [], []
    for column in new:
        known = sorted(v for v in column if v is not None)
        mean = sum(known) / max(len(known), 1)
        sd = math.sqrt(sum((v - mean) ** 2 for v in known) / (len(known) - 1)) if len(known) > 1 else 0.0
        reach = int(len(rows) * width / 100)
        by_spread.append([None if v is None else (v - width * sd, v + width * sd) for v in column])
        by_rank.append([
            None if v is None else (
                known[max(known.index(v) - reach, 0)],
                known[min(len(known) - 1 - known[::-1].index(v) + reach, len(known) - 1)])
            for v in column])
    for by, limits in (("deviation", by_spread), ("rank", by_rank)):
        found = measured("interval_disclosure", study, by=by, width=width)
        assert found.records["interval"].tolist() == inside(limits)


@settings(max_examples=80, deadline=None)
@given(people(keys=2), st.sampled_from([1, 2, 3]), st.sampled_from([10.0, 60.0, 75.0]), st.sampled_from([20.0, 100.0]))
def test_unsafe_cells(rows: Rows, n: int, percent: float, q: float) -> None:
    study, names = Study.of(table_of(rows)), keys_of(rows)
    found = measured("unsafe_cells", study, amount="x", n=n, k=percent, p=percent, q=q, threshold=2)
    cells: dict[tuple[Cell, ...], list[float]] = defaultdict(list)
    for row in rows:
        cells[combination(row, names)].append(number(row["x"]) or 0.0)
    few = small_ = near = unsafe = 0
    for amounts in cells.values():
        top = sorted(amounts, reverse=True)
        rules = (
            len(top) < 2,
            sum(top[:n]) > percent / 100 * sum(top),
            top[0] > 0 and sum(top[2:]) * q < percent * top[0],
        )
        few, small_, near, unsafe = few + rules[0], small_ + rules[1], near + rules[2], unsafe + any(rules)
    assert found.value == unsafe
    name = "p_percent" if q == 100 else "p_q"
    assert found.details == {"cells": len(cells), "threshold": few, "dominance": small_, name: near}


# --- columns of any number and size


@settings(max_examples=25, deadline=None)
@given(st.lists(st.lists(st.integers(-1, 2), min_size=15, max_size=15), min_size=1, max_size=12), st.booleans())
def test_fifteen_keys_of_any_size_never_mix_combinations_up(rows: list[list[int]], wide: bool) -> None:
    """With `wide`, each column claims 2**31 - 2 values: 15 of them take far more than one 64-bit word."""
    columns = [Column.of([None if r[j] < 0 else str(r[j]) for r in rows]) for j in range(15)]
    with pytest.MonkeyPatch.context() as patch:
        if wide:
            patch.setattr("core.risk.kernel.radix", lambda column: 2**31 - 1)
        got = class_sizes(columns).fk.tolist()
    counted = Counter(map(tuple, rows))
    assert got == [counted[tuple(r)] for r in rows]


@pytest.mark.parametrize(("cell", "word"), [
    ("-1", "below 0"), ("", "no number"), (None, "no number"), ("nan", "no number"), ("inf", "no number"),
    ("*", "no number"),
])
def test_weights_that_are_none_are_refused(cell: Cell, word: str) -> None:
    with pytest.raises(Problem, match=word):
        assess(small(a=["x", "y"], w=["1", cell]), ["a"], "w")
