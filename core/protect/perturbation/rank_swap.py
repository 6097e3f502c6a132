"""Swap numbers between rows of nearly the same rank."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

import numpy as np

from core.declare import ColumnPick, columns_of, param
from core.protect.cells import groups, only_numbers, with_numbers
from core.protect.households import by_household, check_households, whole_households
from core.protect.keys import NumberColumns, numeric, own_settings
from core.protect.method import Group, Method, Run
from core.table import Column, Table
from core.table.column import Floats


class RankSwap(Method):
    """Exchange each number with that of another row of nearly the same rank.

    At a glance: with 5%, a row's income is swapped with one at most 5% of the rows above or below it in the order of
    incomes. Every income still occurs exactly as often, so totals, means and quantiles of the column stay as they
    are; who had which is uncertain. Relations between columns weaken as the share grows.

    `percent` is what it says: the ranks of two swapped numbers differ by at most that many per cent of the rows that
    hold a number (of the stratum, where strata are named), and by at least one place where that is possible. Each
    column is swapped on its own. Missing and suppressed cells stay where they are.

    In: number columns. Out: the same rows, each column's numbers in another order.

    Source: Moore (1996), Controlled data-swapping techniques for masking public use microdata sets, US Bureau of the
    Census, Statistical Research Division RR 96-04; Hundepool et al. (2012), section 3.5.2, doi:10.1002/9781118348239.
    """

    method: Literal["rank_swap"] = "rank_swap"
    title: ClassVar[str] = "Swap numbers of similar rank"
    group: ClassVar[Group] = "numbers"
    columns: NumberColumns = param(
        "Which columns?", why="Each column's numbers are swapped among the rows.", min_length=1,
    )
    percent: float = param(
        "How far apart may two swapped numbers be?", default=5, gt=0, le=100, unit="% of the rows", search=(1, 25),
        why="Further apart hides more, and weakens the relation to other columns more.",
    )
    strata: columns_of() = param(  # type: ignore[valid-type]
        "Swap only within groups of which columns?", default=(), advanced=True,
        why="Totals of each group then stay as they are.",
    )
    percents: Annotated[dict[str, float], ColumnPick(("number",))] = param(
        "Which columns get another share?", default={}, advanced=True,
        why="Each column may have a percentage of its own, more than 0 and at most 100.",
    )
    whole_households: bool = whole_households(
        "A household's income is then swapped once, with that of another household, for all its members."
    )

    def check(self, table: Table) -> None:
        only_numbers(table, numeric(table, self.columns))
        own_settings(self.percents, self.columns, 0, 100)
        if self.whole_households:
            check_households(table, self.columns)

    def apply(self, table: Table, run: Run) -> Table:
        if self.whole_households:
            return by_household(table, self.columns, lambda t: self._swap(t, run))
        return self._swap(table, run)

    def _swap(self, table: Table, run: Run) -> Table:
        rng = run.rng()
        inside = groups(table, self.strata)
        out = table.with_columns({
            n: self._swapped(table[n], self.percents.get(n, self.percent), inside, rng) for n in self.columns
        })
        for name in self.columns:
            share, held = self.percents.get(name, self.percent), np.isfinite(table[name].numbers)
            alone = sum(int(held[rows].sum()) for rows in inside if int(share * held[rows].sum() / 100) < 1)
            if alone:
                run.note("“{column}”: {count:,} numbers stay where they are, because {share:g}% of so few rows is less "
                         "than one place.", column=name, count=alone, share=share)
        return out

    def _swapped(self, column: Column, percent: float, inside: list[np.ndarray], rng: np.random.Generator) -> Column:
        numbers = column.numbers
        new = numbers.copy()
        for rows in inside:
            held = rows[np.isfinite(numbers[rows])]
            # Rows with equal numbers are in random order: otherwise the file's order would decide who swaps with whom.
            ranked = held[np.lexsort((rng.random(len(held)), numbers[held]))]
            new[ranked] = numbers[ranked[_partners(len(ranked), percent, rng)]]
        return with_numbers(column, new, new != numbers)


def _partners(rows: int, percent: float, rng: np.random.Generator) -> np.ndarray:
    reach = int(percent * rows / 100)
    return pair_up(rows, reach, rng) if reach >= 1 else np.arange(rows)


def pair_up(rows: int, reach: int, rng: np.random.Generator) -> np.ndarray:
    """(rows,) the place each place swaps with: at most `reach` away, itself where no partner was left."""
    from core.protect.kernels.swap import pair_within

    draws: Floats = rng.random((rows, 8))
    return pair_within(rows, reach, draws)
