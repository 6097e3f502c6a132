"""Decision trees column by column: relations kept, exact amounts not copied; hybrid tables and households."""

from __future__ import annotations

import numpy as np
import pytest

from core.problem import Problem
from core.synthesise.sequential_trees import SequentialTrees
from core.table import Column
from tests.synthesise.people import families, run, workers


def mean_income(table, school: str) -> float:
    here = np.array(table["school"].texts()) == school
    return float(np.nanmean(table["income"].numbers[here]))


def test_relations_are_kept() -> None:
    real = workers(1500)
    new = SequentialTrees(leaf=20).apply(real, run())
    for school in ("none", "school", "college"):
        assert abs(mean_income(new, school) / mean_income(real, school) - 1) < 0.1
    codes = set(zip(real["district"].texts(), real["pin"].texts(), strict=True))
    right = [pair in codes for pair in zip(new["district"].texts(), new["pin"].texts(), strict=True)]
    assert np.mean(right) > 0.98


def test_exact_amounts_are_not_copied() -> None:
    rng = np.random.default_rng(3)
    real = workers(600).with_columns({"worth": Column.of_numbers(rng.lognormal(10, 1, 600), 4)})
    amounts = set(real["worth"].values.to_pylist())
    for smooth, least, most in ((True, 0.0, 0.01), (False, 0.98, 1.0)):
        new = SequentialTrees(smooth=smooth).apply(real, run())["worth"].texts()
        assert least <= np.mean([t in amounts for t in new]) <= most


def test_a_leaf_of_many_remembers_less() -> None:
    real = workers(800)
    rows = set(zip(*(real[n].texts() for n in ("district", "age", "school")), strict=True))

    def copies(leaf: int) -> float:
        new = SequentialTrees(leaf=leaf).apply(real, run())
        return np.mean([r in rows for r in zip(*(new[n].texts() for n in ("district", "age", "school")), strict=True)])

    assert copies(2) > copies(200)


def test_chosen_columns_come_first() -> None:
    model = SequentialTrees(first=("income", "school")).train(workers(), np.random.default_rng(1), lambda *_: None)
    assert list(model.model.trees)[:2] == ["income", "school"]


def test_hybrid_keeps_rows_and_columns() -> None:
    real = workers(700)
    kept = ("state", "district", "pin", "age", "first_work", "start", "end", "school")
    new = SequentialTrees(keep=kept).apply(real, run())
    assert (new.row_ids == real.row_ids).all()
    assert all(new[n].same_cells(real[n]).all() for n in kept)
    assert new["income"].same_cells(real["income"]).mean() < 0.5
    assert abs(mean_income(new, "college") / mean_income(real, "college") - 1) < 0.1
    rules = [{"rule": "not_above", "lower": "first_work", "upper": "age"}]
    late = SequentialTrees.model_validate({"keep": ("age",), "rules": tuple(rules)}).apply(real, run())
    assert (late["first_work"].numbers <= real["age"].numbers).all()


@pytest.mark.parametrize(("settings", "words"), [
    ({"keep": ("state",), "rows": 5}, "cannot change"),
    ({"keep": ("name",)}, "leaves the table"),
    ({"keep": ("nmae",)}, "no column"),
    ({"keep": ("state",), "rules": ({"rule": "together", "columns": ("state", "pin")},)}, "kept as it is"),
])  # fmt: skip
def test_hybrid_tables_that_cannot_be(settings: dict, words: str) -> None:
    with pytest.raises(Problem, match=words):
        SequentialTrees.model_validate(settings).check(workers(100))


def shape(table) -> tuple[np.ndarray, list[tuple[str, ...]]]:
    codes = table["hid"].codes
    order = np.argsort(codes, kind="stable")
    starts = np.flatnonzero(np.diff(codes[order], prepend=-5))
    relation = np.array(table["relation"].texts(), dtype=object)[order]
    return np.diff([*starts, len(codes)]), [tuple(r) for r in np.split(relation, starts[1:])]


def test_households_keep_their_composition() -> None:
    real = families()
    new = SequentialTrees(leaf=5).apply(real, run())
    assert new.names == real.names and new.row_ids is None and new.rows == real.rows
    sizes, members = shape(new)
    real_sizes, real_members = shape(real)
    assert abs(np.bincount(sizes, minlength=7) / len(sizes) - np.bincount(real_sizes, minlength=7) / len(real_sizes)
               ).max() < 0.1  # fmt: skip
    # One head in each, who comes first; a spouse second where there are two or more.
    assert all(m[0] == "head" and m.count("head") == 1 for m in members)
    assert np.mean([m in set(real_members) for m in members]) > 0.98
    for name in ("village", "weight"):  # the same for all of a household
        assert len(set(zip(new["hid"].texts(), new[name].texts(), strict=True))) == len(sizes)
    ages = new["age"].numbers
    head = {h: a for h, r, a in zip(new["hid"].texts(), new["relation"].texts(), ages, strict=True) if r == "head"}
    gap = [head[h] - a for h, r, a in zip(new["hid"].texts(), new["relation"].texts(), ages, strict=True)
           if r == "child"]  # fmt: skip
    assert np.mean(np.array(gap) >= 15) > 0.95
    assert len(set(new["hid"].values.to_pylist())) == len(sizes)
    assert len({len(v) for v in new["hid"].values.to_pylist()}) == 1


def test_households_by_rule_by_weight_and_with_more() -> None:
    real = families()
    step = SequentialTrees.model_validate({
        "rules": ({"rule": "between", "column": "age", "high": 60},), "weights": "population", "rows": 200,
        "more": ({"rows": 40, "given": {"village": "north"}},),
    })  # fmt: skip
    step.check(real)
    told = run()
    new = step.apply(real, told)
    assert new["age"].numbers.max() <= 60 and "weight" not in new.names
    assert 236 <= new.rows <= 240 and told.notes
    sizes, members = shape(new)
    assert all(m[0] == "head" for m in members) and sum(sizes) == new.rows


def test_persons_without_households() -> None:
    new = SequentialTrees(households=False).apply(families(), run())
    assert "hid" not in new.names


def test_the_control_group_holds_whole_households() -> None:
    real, told = families(), run()
    SequentialTrees().apply(real, told)
    back = set(told.control[0].tolist())
    homes = {h for i, h in enumerate(real["hid"].texts()) if i in back}
    assert back == {i for i, h in enumerate(real["hid"].texts()) if h in homes}
