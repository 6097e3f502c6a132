"""Data shuffling: give numbers to other rows so that their relation to other columns stays."""

from __future__ import annotations

from typing import ClassVar, Literal

import numpy as np
from scipy.special import ndtri

from core.declare import columns_of, param
from core.problem import Problem
from core.protect.cells import groups, only_numbers, with_numbers
from core.protect.households import by_household, check_households, whole_households
from core.protect.keys import NumberColumns, numeric
from core.protect.method import Group, Method, Run
from core.table import Column, Table
from core.table.column import Floats


class ShuffleNumbers(Method):
    """Hand the numbers of a column out to other rows, keeping its relation to other columns (data shuffling).

    At a glance: every income still occurs exactly once, at another row, and still rises with education as it did.
    The released numbers are drawn from a model of how the columns depend on the ones you name, then replaced by the
    true numbers of the same rank. Given the named columns, the released number says nothing about the row's own.

    The model is a Gaussian copula: ranks become normal scores, categories become 0/1 columns, and the conditional
    distribution given the named columns is drawn from. Rank correlations stay; what the model does not see (relations
    to columns not named, curves that rise and fall) is lost. Rows where a chosen column has no number keep their cell.

    In: number columns and the columns they depend on. Out: the same rows, the same numbers in another order.

    Source: Muralidhar and Sarathy (2006), Data shuffling: a new masking approach for numerical data, Management
    Science 52(5), 658-670, doi:10.1287/mnsc.1050.0503.
    """

    method: Literal["shuffle_numbers"] = "shuffle_numbers"
    title: ClassVar[str] = "Shuffle numbers, keeping relations"
    group: ClassVar[Group] = "numbers"
    columns: NumberColumns = param("Which columns are shuffled?", why="Each number moves to another row.", min_length=1)
    given: columns_of() = param(  # type: ignore[valid-type]
        "Which columns do they depend on?", default=(),
        why="Relations to these stay. With none, only the relations among the shuffled columns do.",
    )
    strata: columns_of() = param(  # type: ignore[valid-type]
        "Shuffle only within groups of which columns?", default=(), advanced=True,
        why="Totals of each group then stay as they are. Groups of fewer than 3 rows stay as they are.",
    )
    whole_households: bool = whole_households(
        "A household's income then goes to another household as a whole, for all its members."
    )

    def check(self, table: Table) -> None:
        only_numbers(table, numeric(table, self.columns))
        table.require(self.given)
        table.require(self.strata)
        if self.whole_households:
            check_households(table, self.columns)
        both = set(self.columns) & set(self.given)
        if both:
            raise Problem(
                "“{column_name}” is named both as shuffled and as given.", "Name it once.",
                column=min(both), column_name=min(both),
            )
        width = sum(1 if table[n].kind == "number" else len(table[n].values) for n in self.given)
        if width > 300:
            raise Problem(
                "The given columns have {count} categories in all; the model takes at most 300.",
                "Leave out columns with very many categories, or group them first.", count=width,
            )

    def apply(self, table: Table, run: Run) -> Table:
        if self.whole_households:
            return by_household(table, self.columns, lambda t: self._shuffled(t, run))
        return self._shuffled(table, run)

    def _shuffled(self, table: Table, run: Run) -> Table:
        rng = run.rng()
        numbers = np.column_stack([table[n].numbers for n in self.columns])
        new = numbers.copy()
        for rows in groups(table, self.strata):
            whole = rows[np.isfinite(numbers[rows]).all(1)]
            if len(whole) < 3:
                continue
            drawn = self._drawn(table, numbers[whole], whole, rng)
            for j in range(len(self.columns)):
                # The number of rank r goes to the row whose draw has rank r.
                new[whole[np.argsort(drawn[:, j], kind="stable")], j] = np.sort(numbers[whole, j])
        return table.with_columns({n: with_numbers(table[n], new[:, j], new[:, j] != numbers[:, j])
                                   for j, n in enumerate(self.columns)})

    def _drawn(self, table: Table, numbers: Floats, whole: np.ndarray, rng: np.random.Generator) -> Floats:
        """(rows, columns) draws from the model's distribution of the columns given the others."""
        scores = np.column_stack([normal_scores(c, rng) for c in numbers.T])
        beside = [np.ones((len(whole), 1)), *(_beside(table[n], whole, rng) for n in self.given)]
        known = np.hstack(beside)
        slope, *_ = np.linalg.lstsq(known, scores, rcond=None)
        expected = known @ slope
        size, directions = np.linalg.eigh(np.atleast_2d(np.cov(scores - expected, rowvar=False)))
        return expected + rng.standard_normal(scores.shape) @ (directions * np.sqrt(np.maximum(size, 0))).T


def normal_scores(numbers: Floats, rng: np.random.Generator) -> Floats:
    """(rows,) the normal quantile of each number's rank, (r - 0.375) / (n + 0.25); equal numbers in random order."""
    rank = np.empty(len(numbers))
    rank[np.lexsort((rng.random(len(numbers)), numbers))] = np.arange(1, len(numbers) + 1)
    return np.asarray(ndtri((rank - 0.375) / (len(numbers) + 0.25)))


def _beside(column: Column, rows: np.ndarray, rng: np.random.Generator) -> Floats:
    """(rows, k) what the model sees of a given column: normal scores of numbers, 0/1 columns of categories."""
    if column.kind != "number":
        return np.asarray(column.codes[rows][:, None] == np.arange(len(column.values) - 1), float)
    numbers = column.numbers[rows]
    held = np.isfinite(numbers)
    scores = np.zeros(len(rows))
    scores[held] = normal_scores(numbers[held], rng)
    return np.column_stack([scores, ~held])
