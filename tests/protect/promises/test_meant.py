"""How many people a released combination could mean: every entry of the population asked by itself, in plain Python."""

from __future__ import annotations

import time
from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.protect.hierarchies.hierarchy import FromRows
from core.protect.hierarchies.recoding import Recoding
from core.protect.promises.meant import enough, fewest_meant, in_groups, in_ranges
from core.protect.promises.roll_up import RollUp
from core.table import Column, Table

GROUPS = {t: frozenset({"north" if t < "c" else "south", "east" if t == "a" else "west", "*"}) for t in "abcde"}
"""Groups that overlap: “west” means some of “north” and all of “south”."""
towns, ages = st.sampled_from("abcde"), st.sampled_from(["7", "8", "9", "12", None])
entries = st.lists(st.tuples(towns, ages, st.integers(0, 4)), min_size=1, max_size=25)
released = st.lists(st.tuples(st.integers(0, 24), st.integers(0, 3), st.booleans()), min_size=1, max_size=12)
"""Which entry a released row comes from, how its town is written, and whether its age is blanked."""


def table_of(rows, names=("town", "age")) -> Table:
    return Table.of({n: Column.of(list(c)) for n, c in zip(names, zip(*rows, strict=True), strict=True)})


def could_be(text, value) -> bool:
    return text == value or text == "*" or text in GROUPS.get(value, ())


@settings(max_examples=200, deadline=None)
@given(entries, released)
def test_as_many_as_when_each_entry_is_asked(population, released):
    rows = []
    for number, way, blank in released:
        town, age, _ = population[number % len(population)]
        rows.append(((town, *sorted(GROUPS[town]))[way], "*" if blank else age))
    people = np.array([n for *_, n in population], float)
    census = table_of([p[:2] for p in population])
    out = table_of(rows)
    before = table_of(rows)  # every text was one before, so that nothing counts as written later
    found = fewest_meant(before, out, ("town", "age"), census.columns, people, in_groups({"town": GROUPS, "age": {}}))
    meant = [sum(n for t, a, n in population if could_be(town, t) and age in ("*", a)) for town, age in rows]
    assert found == min(meant)


def test_ranges_that_overlap_mean_the_numbers_within():
    census = {"age": Column.of_numbers(np.arange(100))}
    out = Table.of({"age": Column.of(["0-49", "25-74", "30", "40 to 99", "*"])})
    for row, people in enumerate((50, 50, 1, 60, 100)):
        one = out.take(np.array([row]))
        assert fewest_meant(out, one, ("age",), census, np.ones(100), in_ranges) == people


def test_a_text_written_later_means_the_values_it_was_written_for():
    before, census = table_of([("a", "7"), ("b", "8"), ("c", "9")]), table_of([("a", "7"), ("a", "9"), ("b", "8")])
    after = before.with_columns({"town": Column.of(["A or B", "A or B", "c"])})
    people, meaning = np.array([5.0, 7.0, 11.0]), in_groups({"town": {}, "age": {}})
    first = after.take(np.array([0, 1]))
    assert fewest_meant(before, first, ("town",), census.columns, people, meaning) == 23
    assert fewest_meant(before, first, ("town", "age"), census.columns, people, meaning) == 5
    assert fewest_meant(before, after, ("town", "age"), census.columns, people, meaning) == 0


def test_no_rows_mean_nobody_too_few_and_weights_may_round():
    assert fewest_meant(table_of([("a", "7")]), table_of([("a", "7")]).take(np.zeros(1, bool)), ("town",), {},
                        np.ones(0), in_ranges) == float("inf")
    assert enough(sum([0.1] * 30), 3)
    assert not enough(2.999, 3)


@settings(max_examples=80, deadline=None)
@given(entries, st.integers(1, 8))
def test_counts_added_up_are_those_counted_anew(population, k):
    nested = FromRows(rows=tuple((t, "north" if t < "c" else "south", "*") for t in "abcde"))
    table = table_of([(t, a or "7") for t, a, _ in population])
    people = np.array([n for *_, n in population], float)
    trees = {"town": nested.plant(table["town"], "town"), "age": nested_ages().plant(table["age"], "age")}
    recoding = Recoding.of(table, trees)
    census = np.stack([table[n].codes for n in trees])
    rolled = RollUp(recoding, census, people)
    for node in recoding.upward():
        got = rolled.meets(node, k, rolled.of_item[recoding.item_of])
        texts = recoding.write(table, np.repeat(node[:, None], recoding.items, axis=1))
        rows = list(zip(texts["town"].texts(), texts["age"].texts(), strict=True))
        assert got.tolist() == [sum(n for other, n in zip(rows, people, strict=True) if other == row) >= k
                                for row in rows]


def nested_ages() -> FromRows:
    return FromRows(rows=tuple((a, "below 10" if len(a) == 1 else "10 and more", "*") for a in ("7", "8", "9", "12")))


@pytest.mark.parametrize("rows", [200_000])
def test_a_large_table_of_distinct_people_takes_seconds(rows):
    r = np.random.default_rng(1)
    table = Table.of({n: Column.of_numbers(r.integers(0, 60, rows)) for n in "abcd"})
    weights = r.integers(1, 9, rows).astype(float)
    start = time.perf_counter()
    fewest = fewest_meant(table, table, tuple("abcd"), table.columns, weights, in_ranges)
    assert time.perf_counter() - start < 20
    counted = Counter()
    for row, weight in zip(zip(*(table[n].codes.tolist() for n in "abcd"), strict=True), weights, strict=True):
        counted[row] += weight
    assert fewest == min(counted.values())
