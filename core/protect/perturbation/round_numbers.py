"""Round numbers to multiples of a base."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

import numpy as np

from core.declare import ColumnPick, columns_of, param
from core.problem import Problem
from core.protect.cells import only_numbers, with_numbers
from core.protect.households import by_household, check_households, whole_households
from core.protect.keys import NumberColumns, numeric, own_settings
from core.protect.method import Group, Method, Run
from core.protect.perturbation.controlled_rounding import TOO_MANY, rounded_table
from core.risk.kernel import class_sizes
from core.table import Column, Table
from core.table.column import Floats

Rule = Literal["nearest", "random", "controlled"]


class RoundNumbers(Method):
    """Round each number to a multiple of a base.

    At a glance: with a base of 1,000, an income of 23,412 becomes 23,000. Three ways:

    - nearest: to the nearest multiple (halves upwards); anyone can repeat it, and totals drift a little.
    - random: up or down by chance, the nearer multiple being likelier, so that totals are right in expectation.
    - controlled: random, but the totals of a table that you choose are themselves rounded to a neighbouring multiple:
      with district and sex, the total of each district by sex, of each district, of each sex, and of everybody. A
      multiple of the base stays as it is (zero-restricted), and every total is right in expectation.

    The table has up to two ways: the first column named against all the others together.

    In: number columns. Out: the same rows. Missing and suppressed cells stay as they are.

    Source: Hundepool et al. (2012), sections 3.5.3 and 4.6, doi:10.1002/9781118348239; controlled rounding of the
    table: Cox (1987), A constructive procedure for unbiased controlled rounding,
    doi:10.1080/01621459.1987.10478456; within a cell by systematic sampling of the round-ups.
    """

    method: Literal["round_numbers"] = "round_numbers"
    title: ClassVar[str] = "Round numbers"
    group: ClassVar[Group] = "numbers"
    columns: NumberColumns = param("Which columns?", why="An exact amount can be looked up elsewhere.", min_length=1)
    base: float = param("To multiples of what?", default=10, gt=0, why="Larger hides more.", search=(5, 1000))
    rule: Rule = param(
        "How?", default="nearest", why="Controlled keeps totals; nearest can be repeated by anyone.",
        labels={"nearest": "To the nearest", "random": "Up or down by chance", "controlled": "By chance, totals kept"},
    )
    strata: columns_of() = param(  # type: ignore[valid-type]
        "Keep the totals of a table by which columns?", default=(), advanced=True, why="For controlled rounding only.",
    )
    bases: Annotated[dict[str, float], ColumnPick(("number",))] = param(
        "Which columns get another base?", default={}, advanced=True,
        why="Each column may have a base of its own, more than 0.",
    )
    whole_households: bool = whole_households("A household's income is then rounded once for all its members.")

    def check(self, table: Table) -> None:
        only_numbers(table, numeric(table, self.columns))
        own_settings(self.bases, self.columns, 0)
        table.require(self.strata)
        if self.whole_households:
            check_households(table, self.columns)
        if self.rule == "controlled" and table.rows and _cell_of(table, self.strata).max() >= TOO_MANY:
            raise Problem("The table whose totals are to be kept has too many cells.",
                          "Name columns with fewer values.")

    def apply(self, table: Table, run: Run) -> Table:
        if self.whole_households:
            return by_household(table, self.columns, lambda t: self._table(t, run))
        return self._table(table, run)

    def _table(self, table: Table, run: Run) -> Table:
        rng = run.rng()
        return table.with_columns({n: self._rounded(table, n, rng) for n in self.columns})

    def _rounded(self, table: Table, name: str, rng: np.random.Generator) -> Column:
        column, base = table[name], self.bases.get(name, self.base)
        numbers = column.numbers
        held = np.isfinite(numbers)
        units = np.where(held, numbers, 0.0) / base
        # A multiple of 0.1 is seldom one in binary: what is nearly a whole number of bases is one.
        units = np.where(np.abs(units - np.rint(units)) < 1e-9 * np.maximum(np.abs(units), 1), np.rint(units), units)
        down = np.floor(units)
        up = self._up(table, units - down, held, rng)
        new = (down + up) * base
        # Twelve decimals, or as many digits of a base that is smaller: 0.1 * 3 is 0.30000000000000004 in binary.
        return with_numbers(column, new, held & (new != numbers), decimals=12 + max(0, -int(np.floor(np.log10(base)))))

    def _up(self, table: Table, part: Floats, held: np.ndarray, rng: np.random.Generator) -> np.ndarray:
        if self.rule == "nearest":
            return part >= 0.5
        if self.rule == "random":
            return rng.random(len(part)) < part
        up = np.zeros(len(part), bool)
        if not len(part):
            return up
        row, column = _ways(table, self.strata)
        sums = np.zeros((int(row.max()) + 1, int(column.max()) + 1))
        np.add.at(sums, (row[held], column[held]), part[held])
        wanted = rounded_table(sums, rng)
        cell = row * sums.shape[1] + column
        order = np.argsort(cell, kind="stable")
        for mine in np.split(order, np.flatnonzero(np.diff(cell[order])) + 1):
            mine = rng.permutation(mine[held[mine]])
            if not len(mine):
                continue
            # Systematic sampling with a start that makes the number of round-ups the one the table asks for: each row
            # goes up with chance `part`.
            total, many = part[mine].sum(), wanted[row[mine[0]], column[mine[0]]]
            over = total - np.floor(total)
            start = (1 - over) + rng.random() * over if many > np.floor(total) else rng.random() * (1 - over)
            passed = np.floor(np.round(np.concatenate([[start], start + np.cumsum(part[mine])]), 9))
            up[mine] = np.diff(passed) > 0
        return up


def _ways(table: Table, strata: tuple[str, ...]) -> tuple[np.ndarray, np.ndarray]:
    """(rows,) number of the table's row and column: the first column named, and the others together."""
    alone = np.zeros(table.rows, np.int64)
    first = class_sizes([table[strata[0]]]).class_of.astype(np.int64) if strata else alone
    others = class_sizes([table[n] for n in strata[1:]]).class_of.astype(np.int64) if strata[1:] else alone
    return first, others


def _cell_of(table: Table, strata: tuple[str, ...]) -> np.ndarray:
    row, column = _ways(table, strata)
    return row * (int(column.max(initial=0)) + 1) + column
