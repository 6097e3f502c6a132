"""Promises counted again from the file as written, by pandas and plain Python: nothing of the program counts here.

Random tables with what breaks programs: missing and suppressed cells, categories called "*", "", "NA" or like a band,
Hindi, decimals, dates, one-value columns, three rows, weights of 0, households with a missing number; each with one
step that promises something, often followed by a step that may undo it. Either the run is refused, without naming a
value, or every promise holds in the file.
"""

from __future__ import annotations

import io
import math
import random
from collections import Counter, defaultdict
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
import pytest

from core.problem import Problem
from core.protect.secrets import Secrets
from core.recipe import Recipe
from core.recipe import run as carry_out
from core.table import Column, Table
from core.table.writing import write_csv

ODD = ("*", "", "NA", "other", "nan", "30-39", "a;b", 'q"t', " x")
EXAMPLES = 130


def cells_of(r: random.Random, rows: int) -> tuple[str, list[str | None]]:
    made: dict[str, tuple[str, Any]] = {
        "age": ("number", lambda: str(r.randint(0, 99))),
        "letters": ("category", lambda: r.choice("abcde")),
        "hindi": ("category", lambda: r.choice(("दिल्ली", "मुंबई", "कोलकाता"))),
        "odd": ("category", lambda: r.choice(ODD)),
        "one": ("category", lambda: "7"),
        "decimal": ("number", lambda: f"{r.uniform(-3, 50):.2f}"),
        "date": ("date", lambda: f"20{r.randint(0, 20):02d}-{r.randint(1, 12):02d}-{r.randint(1, 28):02d}"),
        "many": ("category", lambda: f"v{r.randint(0, rows)}"),
        "code": ("code", lambda: f"{r.randint(0, 30):04d}"),
        "tiny": ("number", lambda: f"{r.randint(1, 99)}e-9"),
    }
    kind, draw = made[r.choice(sorted(made))]
    empty = r.choice((0, 0, 0.05, 0.4))
    return kind, [None if r.random() < empty else draw() for _ in range(rows)]


def awkward(r: random.Random) -> Table:
    rows = r.choice((3, 5, 8, 15, 30, 60))
    columns: dict[str, Column] = {}
    roles: dict[str, Any] = {}
    for name in [f"q{i}" for i in range(r.randint(1, 4))]:
        kind, cells = cells_of(r, rows)
        columns[name], roles[name] = Column.of(cells, kind), "quasi_identifier"  # type: ignore[arg-type]
    ill = ("flu", "flu", "cold", "hiv", None, "*", "")[: r.choice((4, 7))]
    columns["s"], roles["s"] = Column.of([r.choice(ill) for _ in range(rows)], "category"), "sensitive"
    for name in ("n1", "n2"):
        columns[name] = Column.of([f"{r.gauss(100, 30):.1f}" if r.random() > 0.1 else None for _ in range(rows)],
                                  "number")
    columns["g"] = Column.of([r.choice("NS") for _ in range(rows)], "category")
    if r.random() < 0.4:
        columns["w"] = Column.of([r.choice(("1", "2.5", "0", "333.25", None)) for _ in range(rows)], "number")
        roles["w"] = "weight"
    if r.random() < 0.5:
        home = [r.choice((str(r.randrange(max(rows // 3, 1))), None)) for _ in range(rows)]
        columns["h"], roles["h"] = Column.of(home, "code"), "household"
        first: dict[Any, str | None] = {}
        columns["q0"] = Column.of([first.setdefault(h or i, v) for i, (h, v) in
                                   enumerate(zip(home, columns["q0"].texts(), strict=True))], columns["q0"].kind)
    return Table.of(columns, roles)


RULES: tuple[dict[str, Any], ...] = (
    {"rule": "distinct_l", "column": "s", "l": 2}, {"rule": "entropy_l", "column": "s", "l": 1.5},
    {"rule": "recursive_l", "column": "s", "c": 3, "l": 2}, {"rule": "t_closeness", "column": "s", "t": 0.4},
    {"rule": "beta_likeness", "column": "s", "beta": 1.5},
)


def promising(r: random.Random, table: Table) -> tuple[dict[str, Any], list[tuple[Any, ...]]]:
    """A step, and what it promises: ("k", columns, k), ("rule", columns, rule), ("risk", columns, bound), ..."""
    keys, k = list(table.having("quasi_identifier")), r.choice((2, 3, 5))
    homes, few = "h" in table.columns and r.random() < 0.5, {"rule": "few_alike", "k": k}
    rules = [r.choice(RULES)] if r.random() < 0.4 else []
    kept = [("rule", keys, rule) for rule in rules]
    together = [("whole", keys), ("common", keys)] if homes else []
    bound = r.choice((0.5, 0.34, 0.2, 0.1))
    high = {"rule": "high_risk", "threshold": bound}
    numbers = [n for n in keys if table[n].kind == "number"]
    return r.choice([
        ({"method": "k_anonymity", "k": k, "rules": rules, "whole_households": homes},
         [("k", keys, k), *kept, *together]),
        ({"method": "local_suppression", "k": k, "rules": rules, "whole_households": homes},
         [("k", keys, k), *kept, *together, ("blank", keys)]),
        ({"method": "local_suppression", "k": k, "counting": "wildcard"}, [("wild", keys, k), ("blank", keys)]),
        ({"method": "local_suppression", "k": k, "within": ["g"]}, [("k", [*keys, "g"], k), ("same", ["g"])]),
        ({"method": "full_domain", "k": k, "rules": rules, "suppress": r.choice((0, 30))}, [("k", keys, k), *kept]),
        ({"method": "mondrian", "k": k, "columns": numbers or ["n1"]}, [("k", numbers or ["n1"], k)]),
        ({"method": "protect_at_risk", "rule": few, "way": r.choice(("blank", "coarser"))},
         [("k", keys, k), ("safe", keys, k)]),
        ({"method": "protect_at_risk", "rule": high}, [("risk", keys, bound)]),
        ({"method": "drop_risky_rows", "rule": few, "whole_households": homes},
         [("k", keys, k), ("same", keys), *together[:1]]),
        ({"method": "drop_risky_rows", "rule": high, "whole_households": homes},
         [("risk", keys, bound), ("same", keys), *together[:1]]),
        ({"method": "microaggregate", "columns": ["n1", "n2"], "k": k}, [("share", ["n1", "n2"], k)]),
        ({"method": "microaggregate", "columns": ["n1", "n2"], "categories": ["s"], "k": k},
         [("share", ["n1", "n2", "s"], k)]),
    ])


LATER: tuple[dict[str, Any] | None, ...] = (
    None, None, None, {"method": "shuffle_rows"}, {"method": "pram", "columns": ["s"]},
    {"method": "swap_values", "columns": ["q0"], "who": {"kind": "any", "share": 0.5}},
    {"method": "add_noise", "columns": ["q0"]}, {"method": "generalise", "columns": {"q0": {"level": 1}}},
    {"method": "local_suppression", "k": 2}, {"method": "remove", "columns": ["q0"]},
)
UNDOES = ("swap_values", "add_noise", "generalise", "local_suppression", "pram")
"""After these only what is counted on classes must hold: cells may well have changed."""


def as_written(table: Table) -> pd.DataFrame:
    file = io.BytesIO()
    write_csv(table, file)
    file.seek(0)
    return pd.read_csv(file, dtype=str, keep_default_na=False)


def mixed(group: Counter, whole: Counter, rule: dict[str, Any]) -> bool:
    n, m = group.total(), whole.total()
    shares = [group[v] / n for v in whole]
    if rule["rule"] == "distinct_l":
        return len(group) >= rule["l"]
    if rule["rule"] == "entropy_l":
        return math.exp(-sum(s * math.log(s) for s in shares if s)) >= rule["l"] - 1e-6
    if rule["rule"] == "recursive_l":
        often = sorted(group.values(), reverse=True)
        return often[0] < rule["c"] * sum(often[rule["l"] - 1:])
    if rule["rule"] == "beta_likeness":
        return all(group[v] / n <= (1 + rule["beta"]) * whole[v] / m + 1e-6 for v in group)
    return sum(abs(s - whole[v] / m) for s, v in zip(shares, whole, strict=True)) / 2 <= rule["t"] + 1e-6


def chance(rows: int, people: float) -> float:
    """The mean of 1 / F by its definition, F being negative binomial: summed term by term."""
    if people <= rows:
        return 1 / rows
    p, total, many = rows / people, 0.0, rows
    term = p**rows
    while many < 200_000 and (term > 1e-13 or many < people):
        total += term / many
        term *= many * (1 - p) / (many - rows + 1)
        many += 1
    return total


def broken(promise: tuple[Any, ...], before: Table, after: Table, at: np.ndarray) -> str:
    """What of the promise does not hold in the file; "" where it does."""
    what, names = promise[0], promise[1]
    if set(names) - set(after.columns) or not after.rows:
        return ""
    file = as_written(after)
    was = {n: np.array([*before[n].texts(), None], object)[:-1][at] for n in before.names}
    now = {n: np.array([*after[n].texts(), None], object)[:-1] for n in names}
    rows = list(zip(*(now[n] for n in names), strict=True))
    if what == "k":
        return "class below k" if file.groupby(names).size().min() < promise[2] or min(
            Counter(rows).values()) < promise[2] else ""
    if what == "rule":
        classes: dict[Any, Counter] = defaultdict(Counter)
        sensitive = after[promise[2]["column"]].texts()
        for row, value in zip(rows, sensitive, strict=True):
            classes[row][value] += 1
        return "" if all(mixed(c, Counter(sensitive), promise[2]) for c in classes.values()) else "rule"
    if what == "wild":
        need = min(promise[2], len(rows))
        alike = (sum(all("*" in pair or pair[0] == pair[1] for pair in zip(a, b, strict=True)) for b in rows)
                 for a in set(rows))
        return "" if all(n >= need for n in alike) else "wildcard"
    if what == "risk":
        people = np.nan_to_num(before["w"].numbers[at]) if "w" in before.columns else np.ones(len(rows))
        stand = Counter()
        for row, many in zip(rows, people, strict=True):
            stand[row] += many
        # For three rows and more the published approximation lies a little above or below the mean itself.
        return "" if all(chance(n, stand[row]) <= promise[2] + 0.02 for row, n in Counter(rows).items()) else "risk"
    if what == "share":
        counts = Counter(row for row in rows if any(c not in (None, "*") for c in row))
        return "" if min(counts.values(), default=promise[2]) >= promise[2] else "numbers of fewer than k rows"
    if what == "blank":
        return "" if all(((now[n] == was[n]) | (now[n] == "*")).all() for n in names) else "neither exact nor blank"
    if what == "same":
        return "" if all((now[n] == was[n]).all() for n in names) else "a cell changed"
    if what == "safe":
        whole = list(zip(*(before[n].texts() for n in names), strict=True))
        many, left = Counter(whole), dict(zip(at.tolist(), rows, strict=True))
        return "" if all(left.get(i) == row for i, row in enumerate(whole) if many[row] >= promise[2]) else "safe row"
    homes = before["h"].texts()
    if what == "whole":
        members, left = Counter(h for h in homes if h), Counter(homes[i] for i in at if homes[i])
        return "" if all(members[h] == n for h, n in left.items()) else "a household was torn"
    return _common(before, names, homes, at, now)


def _common(before: Table, names: Sequence[str], homes: list[str | None], at: np.ndarray, now: dict[str, Any]) -> str:
    for name in names:
        seen: dict[Any, tuple[set, set]] = defaultdict(lambda: (set(), set()))
        for i, cell in enumerate(before[name].texts()):
            seen[homes[i] or i][0].add(cell)
        for i, cell in zip(at.tolist(), now[name], strict=True):
            seen[homes[i] or i][1].add(cell)
        if all(len(first) == 1 for first, _ in seen.values()) and any(len(last) > 1 for _, last in seen.values()):
            return "members of a household differ"
    return ""


@pytest.mark.parametrize("seed", range(6))
def test_every_promise_holds_in_the_file_or_the_run_is_refused(seed: int) -> None:
    r, done = random.Random(seed), Counter()
    for turn in range(EXAMPLES):
        table = awkward(r)
        step, promises = promising(r, table)
        later = r.choice(LATER)
        steps = [step, later] if later else [step]
        try:
            out = carry_out(Recipe.from_data({"steps": steps}), table, Secrets("adversary", turn, {})).table
        except Problem as problem:
            said = str(problem)
            assert "broke inside" not in said, (seed, turn, steps)
            assert later or "does not keep" not in said, (seed, turn, steps)
            long = {v for c in table.columns.values() for v in c.values.to_pylist() if len(v) > 5}
            assert not any(value in said for value in long), "a message names a value"
            done["refused"] += 1
            continue
        place = {int(row): i for i, row in enumerate(table.row_ids)}
        at = np.array([place[int(row)] for row in out.row_ids], int)
        if later and later["method"] in UNDOES:
            promises = [p for p in promises if p[0] in ("k", "rule", "risk", "wild", "whole", "common")]
        for promise in promises:
            assert not broken(promise, table, out, at), (seed, turn, steps, promise)
        if not later or later["method"] != "swap_values":
            for name in (n for n in out.names if n in table.columns):
                was = table[name].missing[at]
                assert not (out[name].missing & ~was).any(), "a value became missing"
                assert (out[name].missing | out[name].suppressed)[was].all(), "a missing cell was filled"
        done["kept"] += 1
    assert done["kept"] > EXAMPLES / 2


# --- what the adversary found, one by one


def done(table: Table, *steps: dict[str, Any]) -> Any:
    return carry_out(Recipe.from_data({"steps": list(steps)}), table, Secrets("found", 3, {}))


def of(roles: dict[str, Any] | None = None, **columns: Any) -> Table:
    kinds = {"x": "number", "w": "number"}
    return Table.of({n: Column.of(list(c), kinds.get(n, "category")) for n, c in columns.items()},  # type: ignore[arg-type]
                    roles or {})


def test_a_risk_promised_with_weights_is_counted_again_at_the_end() -> None:
    table = of({"q": "quasi_identifier", "w": "weight"}, q="aaabbbcd", w=["1"] * 6 + ["100", "1"])
    step = {"method": "drop_risky_rows", "rule": {"rule": "high_risk", "threshold": 0.34}}
    out = done(table, step)
    assert out.table["q"].texts() == list("aaabbbc")
    assert "judged with the sample weights" in out.claims[0].what
    with pytest.raises(Problem, match="does not keep what step 1 promised"):
        done(table, step, {"method": "swap_values", "columns": ["q"], "who": {"kind": "any", "share": 1}})
    # Weights that go or change later say nothing else about how many people there are.
    assert done(table, step, {"method": "remove", "columns": ["w"]}).table.rows == 7


def test_rows_without_a_household_stand_alone() -> None:
    roles = {"q": "quasi_identifier", "h": "household", "place": "quasi_identifier"}
    table = of(roles, q="aaaabca", h=["1", "1", "2", None, None, "3", None], place="NNSSSNN")
    out = done(table, {"method": "drop_risky_rows", "columns": ["q"], "whole_households": True,
                       "rule": {"rule": "few_alike", "k": 2}})
    assert out.table.row_ids.tolist() == [0, 1, 2, 3, 6]
    assert done(table, {"method": "swap_records", "geography": ["place"], "share": 0.5}).table.rows == 7


def test_a_household_leaves_as_a_whole_where_a_rule_needs_it() -> None:
    r, torn = random.Random(5), 0
    for _ in range(40):
        rows = r.choice((12, 20, 30))
        home = [str(r.randrange(rows // 2)) for _ in range(rows)]
        table = of({"q": "quasi_identifier", "place": "quasi_identifier", "h": "household", "s": "sensitive"},
                   q=[r.choice("abcd") for _ in range(rows)], place=["NS"[int(h) % 2] for h in home], h=home,
                   s=[r.choice("xxxxxy") for _ in range(rows)])
        step = {"method": "k_anonymity", "k": 2, "rules": [{"rule": "beta_likeness", "column": "s", "beta": 0.6}]}
        try:
            alone, whole = done(table, step).table, done(table, step | {"whole_households": True}).table
        except Problem:
            continue
        members, left = Counter(home), Counter(home[i] for i in whole.row_ids)
        assert all(members[h] == n for h, n in left.items())
        torn += any(members[h] != n for h, n in Counter(home[i] for i in alone.row_ids).items())
    assert torn, "each on its own, members of some households left alone"


@pytest.mark.parametrize("numbers", [[f"{i}e-7" for i in range(1, 9)], [f"0.000000{i}" for i in range(1, 9)],
                                     [f"{i}.5e-20" for i in range(1, 9)]])
def test_small_numbers_are_not_rounded_away(numbers: list[str]) -> None:
    table = of(x=numbers)
    was = table["x"].numbers
    for step in ({"method": "microaggregate", "columns": ["x"], "k": 2}, {"method": "add_noise", "columns": ["x"]},
                 {"method": "round_numbers", "columns": ["x"], "base": float(was[0])}):
        now = done(table, step).table["x"].numbers
        assert np.allclose(now.sum(), was.sum(), rtol=0.25), step
        assert len(np.unique(now)) >= 4, step


def test_weights_that_are_missing_stay_missing_and_rows_without_weight_stand_for_nobody() -> None:
    roles = {"w": "weight", "q": "quasi_identifier"}
    leave = {"method": "drop_risky_rows", "rule": {"rule": "few_alike", "k": 2}}
    for scale in (1.0, 1e-8):
        weights = [None if w is None else f"{w * scale:.12g}" for w in (1, 2, None, 4, 5, 6)]
        out = done(of(roles, g="aabbbb", q="xxxxyz", w=weights), leave,
                   {"method": "calibrate_weights", "columns": ["g"]}).table
        assert out["w"].texts()[2] is None
        assert np.allclose(np.nansum(out["w"].numbers[:2]), 3 * scale, rtol=1e-10)
        assert np.allclose(np.nansum(out["w"].numbers[2:]), 15 * scale, rtol=1e-10)
    out = done(of(roles, g="aabbb", q="xyxxx", w="02345"), leave, {"method": "calibrate_weights", "columns": ["g"]})
    assert np.allclose(out.table["w"].numbers.sum(), 14), "nobody left of the first but a row without weight"


@pytest.mark.parametrize(("replace_by", "written"), [("mean", "100"), ("median", "100"), ("limit", "100"),
                                                     ("label", "100 or more")])
def test_a_cap_holds_where_there_are_too_few_rows_for_a_mean(replace_by: str, written: str) -> None:
    table = of(x=["1", "2", "3", "4", "900", "5"], g="aaaaba")
    out = done(table, {"method": "top_bottom", "columns": ["x"], "limit": "value", "top": 100, "strata": ["g"],
                       "replace_by": replace_by})
    assert out.table["x"].texts()[4] == written


def test_too_few_rows_to_swap_is_said() -> None:
    out = done(of(x=[str(i) for i in range(10)]), {"method": "rank_swap", "columns": ["x"], "percent": 5})
    assert "10 numbers stay where they are" in out.log[0].notes[0]


def test_noise_that_changes_nothing_is_said() -> None:
    out = done(of(x=[str(i % 4) for i in range(40)]), {"method": "add_noise", "columns": ["x"]})
    kept = 40 - out.log[0].cells_changed
    assert kept > 30, "a tenth of a standard deviation is less than a whole number"
    assert f"{kept} of 40 numbers stayed as they were" in out.log[0].notes[0]


def test_what_was_blanked_before_costs_nothing_and_is_no_blank_of_this_step() -> None:
    table = of({"a": "quasi_identifier", "b": "quasi_identifier"}, a="**xxy", b="11121")
    out = done(table, {"method": "local_suppression", "k": 2, "search": "exact"})
    cells = list(zip(out.table["a"].texts(), out.table["b"].texts(), strict=True))
    assert min(Counter(cells).values()) >= 2
    assert out.log[0].cells_suppressed == 3
    assert "a 1, b 2" in out.log[0].notes[-1]


def test_columns_that_are_gone_break_no_promise() -> None:
    table = of({"q": "quasi_identifier"}, q="aab", s="xyz")
    out = done(table, {"method": "local_suppression", "k": 2, "counting": "wildcard"},
               {"method": "remove", "columns": ["q"]})
    assert out.table.names == ("s",)


def test_coarser_texts_of_a_later_step_keep_what_k_map_promised() -> None:
    table = of({"q": "quasi_identifier", "w": "weight"}, q=["2001-03-04", "2001-03-09", "2002-05-01"] * 2,
               w=["30"] * 6)
    table = table.with_columns({"q": table["q"].with_kind("date")})
    step = {"method": "k_map", "k": 50, "way": "blank"}
    out = done(table, step, {"method": "generalise", "columns": {"q": {"level": 3}}})
    assert set(out.table["q"].texts()) == {"2001", "2002"}
    pairs = of({"q": "quasi_identifier", "p": "quasi_identifier", "w": "weight"}, q="aabb", p="xxyy", w=["30"] * 4)
    assert done(pairs, step).table.rows == 4
    with pytest.raises(Problem, match="does not keep what step 1 promised"):
        done(pairs, step, {"method": "swap_values", "columns": ["q"], "who": {"kind": "any", "share": 0.5}})
