"""Round numbers to multiples of a base."""

from __future__ import annotations

from typing import ClassVar, Literal

import numpy as np

from core.declare import columns_of, param
from core.protect.cells import groups, only_numbers, with_numbers
from core.protect.keys import NumberColumns, numeric
from core.protect.method import Group, Method, Run
from core.table import Column, Table
from core.table.column import Floats

Rule = Literal["nearest", "random", "controlled"]


class RoundNumbers(Method):
    """Round each number to a multiple of a base.

    At a glance: with a base of 1,000, an income of 23,412 becomes 23,000. Three ways:

    - nearest: to the nearest multiple (halves upwards); anyone can repeat it, and totals drift a little.
    - random: up or down by chance, the nearer multiple being likelier, so that totals are right in expectation.
    - controlled: random, but the total of the column (of each stratum) is itself rounded to a neighbouring multiple.

    In: number columns. Out: the same rows. Missing and suppressed cells stay as they are.

    Source: Hundepool et al. (2012), sections 3.5.3 and 4.6, doi:10.1002/9781118348239; controlled rounding of one
    column as systematic sampling of the round-ups: Cox (1987), A constructive procedure for unbiased controlled
    rounding, doi:10.1080/01621459.1987.10478456.
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
        "Keep the totals of groups of which columns?", default=(), advanced=True, why="For controlled rounding only.",
    )

    def check(self, table: Table) -> None:
        only_numbers(table, numeric(table, self.columns))

    def apply(self, table: Table, run: Run) -> Table:
        rng = run.rng()
        inside = groups(table, self.strata)
        return table.with_columns({n: self._rounded(table[n], inside, rng) for n in self.columns})

    def _rounded(self, column: Column, inside: list[np.ndarray], rng: np.random.Generator) -> Column:
        numbers = column.numbers
        held = np.isfinite(numbers)
        units = np.where(held, numbers, 0.0) / self.base
        down = np.floor(units)
        up = self._up(units - down, held, inside, rng)
        new = (down + up) * self.base
        return with_numbers(column, new, held & (new != numbers), decimals=12)

    def _up(self, part: Floats, held: np.ndarray, inside: list[np.ndarray], rng: np.random.Generator) -> np.ndarray:
        if self.rule == "nearest":
            return part >= 0.5
        if self.rule == "random":
            return rng.random(len(part)) < part
        up = np.zeros(len(part), bool)
        for rows in inside:
            mine = rng.permutation(rows[held[rows]])
            # Systematic sampling: each row goes up with chance `part`, and the number of round-ups is their sum,
            # rounded up or down by chance.
            passed = np.floor(np.round(np.cumsum(part[mine]) + rng.random(), 9))
            up[mine] = np.diff(passed, prepend=0.0) > 0
        return up
