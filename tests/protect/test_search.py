"""Find it for me: every candidate reaches the target by a count of its own, and the loss is what it says."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest

from core.problem import Problem
from core.protect import METHODS
from core.protect.hierarchies.hierarchy import FromRows
from core.protect.hierarchies.loss import detail_lost
from core.protect.promises.rules import DistinctL
from core.protect.recoding.alike import plant_all
from core.protect.search import Target, by_rank, find
from core.risk import assess
from core.table import Column, Table
from tests.protect.protecting import K7, read, run, smallest


def people(rows=600) -> Table:
    r = np.random.default_rng(8)
    table = Table.of({
        "age": Column.of_numbers(r.integers(18, 80, rows)),
        "town": Column.of([f"t{x}" for x in r.integers(0, 9, rows)]),
        "sex": Column.of([["f", "m"][x] for x in r.integers(0, 2, rows)]),
        "illness": Column.of([f"i{x}" for x in r.integers(0, 6, rows)]),
        "w": Column.of_numbers(r.integers(10, 99, rows)),
    })
    return table.with_roles({**dict.fromkeys(("age", "town", "sex"), "quasi_identifier"), "illness": "sensitive"})


def carried_out(table, candidate):
    """The table of a candidate, made again from its steps as a recipe would hold them."""
    now = table
    for number, step in enumerate(candidate.as_dict()["steps"], start=1):
        now = METHODS.build(step).apply(now, run(step=number))
    return now


@pytest.mark.parametrize("target", [
    Target(k=4), Target(k=3, highest_risk=0.1), Target(k=3, rules=(DistinctL(column="illness", l=3),)),
])
def test_every_candidate_reaches_the_target(target):
    table, names = people(), ("age", "town", "sex")
    found = find(table, target, seconds=6)
    assert len(found) >= 3
    assert [c.lost for c in found] == sorted(c.lost for c in found)
    for candidate in found[:4]:
        out = carried_out(table, candidate)
        assert smallest(out, names) >= target.k
        assert candidate.smallest_class == smallest(out, names)
        assert candidate.rows_dropped == table.rows - out.rows
        if target.highest_risk:
            assert assess(out).highest_individual_risk <= target.highest_risk
        for rule in target.rules:
            values: dict = {}
            for *key, ill in zip(*(out[n].texts() for n in (*names, "illness")), strict=True):
                values.setdefault(tuple(key), set()).add(ill)
            assert min(map(len, values.values())) >= rule.l


def test_weights_count_in_the_risk():
    table = people().with_roles({"w": "weight"})
    for candidate in find(table, Target(k=2, highest_risk=0.005), seconds=3):
        assert assess(carried_out(table, candidate)).highest_individual_risk <= 0.005


def test_the_time_is_kept_and_the_first_is_always_finished():
    found = find(people(), Target(k=3), seconds=0)
    assert [c.name for c in found] == ["groups"]


def test_what_cannot_be_reached_is_said():
    with pytest.raises(Problem):
        find(people(20), Target(k=30), seconds=1)


def test_important_columns_are_spared():
    table = read("data/sdcmicro/testdata.csv")
    spared, = (find(table, Target(k=3), importance={"relat": 30}, columns=K7, seconds=0),)
    plain, = (find(table, Target(k=3), columns=K7, seconds=0),)
    kept = [carried_out(table, c[0])["relat"].suppressed.sum() for c in (spared, plain)]
    assert kept[0] < kept[1] / 2
    assert by_rank(["a", "b", "c"]) == {"a": 3, "b": 2, "c": 1}


def test_loss_by_hand():
    rows = FromRows(rows=(("a", "ab", "*"), ("b", "ab", "*"), ("c", "c", "*")))
    table = Table.of({"x": Column.of(["a", "b", "c", None])})
    trees = plant_all(table, ("x",), {"x": rows})
    def lost(cells, keep=(0, 1, 2, 3)):
        out = Table({"x": Column.of(cells)}, {}, np.array(keep))
        return detail_lost(table, out, trees)
    assert lost(["a", "b", "c", None]) == 0
    assert lost(["*", "*", "*", "*"]) == 1
    assert lost(["ab", "b", "c", None]) == pytest.approx((2 / 3 - 1 / 3) / (1 - 1 / 3) / 4)
    assert lost(["b", "c"], keep=(1, 2)) == pytest.approx(0.5)  # two rows are gone
    assert detail_lost(table, Table({}, {}, np.arange(4)), trees) == 1


def test_the_command_writes_a_recipe_that_reaches_the_target(tmp_path):
    import argparse
    import json

    from core.command_line import load_recipe
    from core.commands import find as command

    table = people(200)
    rows = zip(*(table[n].texts() for n in table.names), strict=True)
    lines = [",".join(table.names), *(",".join(row) for row in rows)]
    (tmp_path / "people.csv").write_text("\n".join(lines) + "\n")
    (tmp_path / "towns.csv").write_text("".join(f"t{i};{'north' if i < 5 else 'south'};*\n" for i in range(9)))
    (tmp_path / "r.yaml").write_text(
        "version: 1\nroles: {age: quasi_identifier, town: quasi_identifier, sex: quasi_identifier}\n"
        "steps:\n  - {method: k_anonymity, hierarchies: {town: towns.csv}}\n"
    )
    parser = argparse.ArgumentParser()
    command.arguments(parser)
    args = parser.parse_args([str(tmp_path / "people.csv"), "--recipe", str(tmp_path / "r.yaml"), "--k", "4",
                              "--rank", "age", "--seconds", "1", "--out", str(tmp_path / "best.yaml")])
    result = command.run(args)
    json.dumps(result)
    assert command.say(result).count("\n") == len(result["candidates"])
    best = load_recipe(tmp_path / "best.yaml")
    out = table
    for number, step in enumerate(best.steps, start=1):
        out = step.apply(out, run(step=number))
    assert smallest(out, ("age", "town", "sex")) >= 4
    assert {"north", "south"} & set(out["town"].texts())


def test_with_households_no_candidate_leaves_half_of_one() -> None:
    r = np.random.default_rng(8)
    home = np.sort(r.integers(0, 60, 200))
    table = Table.of({
        "age": Column.of_numbers(r.integers(0, 40, 200)),
        "place": Column.of([f"p{x}" for x in r.integers(0, 5, 60)[home]], "category"),
        "h": Column.of(home.astype(str).tolist(), "code"),
        "s": Column.of([f"i{x}" for x in r.choice(3, 200, p=[0.8, 0.1, 0.1])], "category"),
    }, {"age": "quasi_identifier", "place": "quasi_identifier", "h": "household", "s": "sensitive"})
    members = Counter(home.tolist())
    for rules in ((), (DistinctL(column="s", l=2),)):
        for candidate in find(table, Target(k=3, rules=rules, households=True), seconds=2):
            out = table
            for number, step in enumerate(candidate.steps, start=1):
                out = step.apply(out, run(0, number))
            left = Counter(home[out.row_ids].tolist())
            assert all(members[h] == n for h, n in left.items()), candidate.name
