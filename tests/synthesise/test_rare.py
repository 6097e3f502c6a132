"""What one or two people alone have comes back from no synthesizer: words, codes, few numbers, extremes, sizes."""

from __future__ import annotations

import numpy as np
import pytest

from core.problem import Problem
from core.synthesise import SYNTHESIZERS
from core.synthesise.households import homes_of
from core.synthesise.linked import synthesise_linked
from core.synthesise.rare import common_only
from core.synthesise.sequential_trees import SequentialTrees
from core.synthesise.trained import Trained
from core.table import Column, Table
from tests.synthesise.people import families, run, workers

QUICK = [SYNTHESIZERS.name_of(s) for s in SYNTHESIZERS if issubclass(s, Trained) and not s.slow]
DAYS = [str(np.datetime64("1999-01-01") + i) for i in range(5)]


def awkward(rows: int = 600) -> Table:
    """Remarks each by one person, one bishop, two large pensions, one odd day, and a cell that is no number."""
    rng = np.random.default_rng(4)
    table = workers(rows)
    remark = [f"knows Asha Patel {i}" if i % 10 == 0 else "none" for i in range(rows)]
    work = ["bishop" if i == 7 else ("farmer", "clerk")[i % 2] for i in range(rows)]
    pension = ["98234" if i in (3, 4) else str(100 * (i % 4)) for i in range(rows)]
    odd = ["about 7319" if i == 5 else ("n/a" if i % 2 else str(1000 + i % 3)) for i in range(rows)]
    day = ["1971-02-03" if i == 9 else DAYS[i % 5] for i in range(rows)]
    worth = np.append(rng.lognormal(10, 1, rows - 1), 1e9)
    return table.with_columns({
        "remark": Column.of(remark, "text"), "work": Column.of(work, "category"),
        "pension": Column.of(pension, "number"), "odd": Column.of(odd, "number"), "day": Column.of(day, "date"),
        "worth": Column.of_numbers(worth),
    })  # fmt: skip


@pytest.mark.parametrize("name", QUICK)
def test_what_one_or_two_people_have_never_comes_back(name: str) -> None:
    real = awkward()
    new = SYNTHESIZERS.build({"method": name, "control": 0, "rows": 3000}).apply(real, run())
    assert set(new["remark"].values.to_pylist()) == {"none"}
    assert set(new["work"].values.to_pylist()) == {"farmer", "clerk"}
    assert set(new["pension"].values.to_pylist()) == {"0", "100", "200", "300"}
    assert set(new["odd"].values.to_pylist()) == {"n/a", "1000", "1001", "1002"}
    assert set(new["day"].values.to_pylist()) == set(DAYS)
    # The largest of all is no amount of anybody's: the mean of three stands where it would.
    assert new["worth"].numbers.max() < 5e8 and not new["worth"].missing.any()
    assert abs(new["remark"].missing.mean() - real["remark"].missing.mean()) < 0.02


def test_it_is_said_and_can_be_turned_off() -> None:
    step, real, told = SequentialTrees(control=0), awkward(), run()
    step.apply(real, told)
    assert any("no new row shows: 65" in note for note in told.notes), told.notes
    bare = SequentialTrees(control=0, rows=5000, fewest=1).apply(real, run())
    assert "98234" in bare["pension"].values.to_pylist()


@pytest.mark.parametrize("name", QUICK)
def test_a_column_in_which_nobody_is_like_anybody_is_refused(name: str) -> None:
    """Twenty names in twenty rows are fewer than the usual limit of different texts."""
    real = workers(60).with_columns({"who": Column.of([f"Name {i}" if i < 20 else None for i in range(60)], "text")})
    with pytest.raises(Problem, match="would be copied"):
        SYNTHESIZERS.build({"method": name, "control": 0}).apply(real, run())


def test_combinations_are_rare_together_and_stay_together() -> None:
    real = awkward()
    state = ["Tripura" if i == 11 else s for i, s in enumerate(real["state"].texts())]
    real = real.with_columns({"state": Column.of(state, "category")})
    rules = [{"rule": "together", "columns": ["state", "district"]}]
    new = SYNTHESIZERS.build({"method": "sequential_trees", "control": 0, "rules": rules}).apply(real, run())
    pairs = [{*zip(t["state"].texts(), t["district"].texts(), strict=True)} for t in (real, new)]
    assert pairs[1] < pairs[0] and "Tripura" not in {state for state, _ in pairs[1]}


def test_of_households_no_size_and_no_value_is_one_households_own() -> None:
    real = families(200)
    more = {n: [{"hid": "9999", "village": "lonely"}.get(n) or c.texts()[0]] * 17 for n, c in real.columns.items()}
    big = Table.of({n: Column.of([*c.texts(), *more[n]], c.kind) for n, c in real.columns.items()}, real.roles)
    step = SYNTHESIZERS.build({"method": "sequential_trees", "control": 0})
    new = step.apply(big, run())
    assert set(new["village"].values.to_pylist()) == {"north", "south"}
    assert np.bincount(homes_of(new, "hid")).max() < 17


def test_of_linked_tables_neither() -> None:
    real = families(200)
    _, first = np.unique(homes_of(real, "hid"), return_index=True)
    homes = real.take(first).without(["relation", "age", "sex"]).with_roles({"hid": "direct_identifier"})
    village = ["lonely" if i == 3 else v for i, v in enumerate(homes["village"].texts())]
    relation = ["godmother" if i == 5 else r for i, r in enumerate(real["relation"].texts())]
    homes = homes.with_columns({"village": Column.of(village, "category")})
    people = real.without(["village", "weight"]).with_columns({"relation": Column.of(relation, "category")})
    made = synthesise_linked(homes, people.with_roles({"hid": "direct_identifier"}), "hid", "hid",
                             SequentialTrees(control=0, households=False), run())
    assert "lonely" not in made.parents["village"].values.to_pylist()
    assert "godmother" not in made.children["relation"].values.to_pylist()


def test_people_are_counted_not_rows() -> None:
    table = Table.of({"x": Column.of(["a"] * 5 + ["b", "b", "b", "c"], "category")})
    unit = np.array([0, 0, 0, 0, 0, 1, 2, 3, 4])
    changed, cells = common_only(table, ("x",), 3, unit, np.random.default_rng(0))
    assert (set(changed["x"].values.to_pylist()), cells) == ({"b"}, 6)


def test_a_rare_postcode_becomes_another_one_of_its_district() -> None:
    rng = np.random.default_rng(3)
    district = rng.choice(["A", "B", "C"], 300)
    code = [f"{d}{int(rng.integers(4))}" if rng.random() < 0.9 else f"{d}x{i}" for i, d in enumerate(district)]
    table = Table.of({"sex": Column.of(["f", "m"] * 150), "code": Column.of(code, "code"),
                      "district": Column.of(list(district), "category")})
    changed, cells = common_only(table, ("code",), 3, np.arange(300), np.random.default_rng(0))
    assert cells > 10 and all(len(c) == 2 for c in changed["code"].values.to_pylist())
    assert all(c[0] == d for c, d in zip(changed["code"].texts(), district, strict=True))
