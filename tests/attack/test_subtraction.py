"""Cells by subtraction: totals, and two tables."""

from __future__ import annotations

import numpy as np

from core.attack import attack
from core.attack.subtraction import cells, solved
from core.table import Column, Table


def counts(*rows: tuple[str, str, str]) -> Table:
    first, second, third = zip(*rows, strict=True)
    return Table({"state": Column.of(first), "sex": Column.of(second), "count": Column.of(third)}, {}, None)


OPEN = counts(("N", "m", "*"), ("N", "f", "40"), ("N", "Total", "43"), ("S", "m", "30"), ("S", "f", "20"),
              ("S", "Total", "50"))
CLOSED = counts(("N", "m", "*"), ("N", "f", "*"), ("N", "Total", "43"), ("S", "m", "*"), ("S", "f", "*"),
                ("S", "Total", "50"), ("Total", "m", "33"), ("Total", "f", "60"), ("Total", "Total", "93"))


def found(first: Table, second: Table | None = None) -> list:
    return list(attack(OPEN, first, rng=np.random.default_rng(0), names=("subtraction",), second=second))


def test_one_hidden_cell_is_what_is_missing_to_the_total() -> None:
    (one,) = found(OPEN)
    assert one.found and one.success.value == 1 and one.tries == 1
    known = solved(cells(OPEN, "count"), {"total"})
    # Keys are in alphabetical order of the columns: sex, state.
    assert known["m", "N"] == 3


def test_cells_hidden_crosswise_stay_hidden() -> None:
    (one,) = found(CLOSED)
    assert not one.found and one.tries == 4
    shown = cells(CLOSED, "count") | {("m", "N"): 3.0}
    assert solved(shown, {"total"})["f", "S"] == 20, "one of the four opens all"


def test_two_tables_give_their_difference_away() -> None:
    later = counts(("N", "m", "*"), ("N", "f", "39"), ("N", "Total", "42"), ("S", "m", "60"), ("S", "f", "20"),
                   ("S", "Total", "80"))
    hidden, differ = found(OPEN, later)
    assert differ.found and differ.success.value == 2 / 5
    assert hidden.found
    hidden, same = found(CLOSED, OPEN)
    assert not same.found
    assert hidden.success.value == 1, "what the other table shows opens all four"


def test_persons_are_no_table_of_counts() -> None:
    people = Table.of({"sex": Column.of(["m", "m", "f"]), "n": Column.of_numbers([1, 2, 3])})
    assert found(people) == []
