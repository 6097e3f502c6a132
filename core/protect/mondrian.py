"""Put rows that are near each other in several numbers into boxes of at least k, each box as small as it can be."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from core.declare import ColumnPick, param
from core.problem import Problem
from core.protect.band_number import no_other_text
from core.protect.bands import Floats
from core.protect.keys import NumberColumns, numeric
from core.protect.method import Claim, Group, Method, Run
from core.protect.promises import at_least_k
from core.risk.kernel import class_sizes
from core.table import Column, Table

Ints = npt.NDArray[np.int64]


class Mondrian(Method):
    """Replace numbers by ranges that at least k rows share, cut where the rows are.

    At a glance: the rows are halved at the median of the column in which they are spread most, again and again, as
    long as each half holds k rows. Each number becomes the range of its box: 37 becomes 35-38 where many people are,
    and 60-95 where few are. No hierarchy is needed. Ranges differ from row to row, so tables by age are harder to make
    than with fixed bands.

    In: number columns. Out: the same rows; the columns are categories. Rows with the same columns missing are boxed
    among themselves, and rows that agree in the columns of `within`; where fewer than k agree, they are left out and
    the log says so. Refuses tables of fewer than k rows. The limits of a range are numbers of two of its rows.

    Source: LeFevre, DeWitt & Ramakrishnan (2006), doi:10.1109/ICDE.2006.101.
    """

    method: Literal["mondrian"] = "mondrian"
    title: ClassVar[str] = "Ranges that fit the rows"
    group: ClassVar[Group] = "numbers"
    columns: NumberColumns = param(
        "Which columns?", min_length=1, why="Numbers an outsider could know, such as age, income and land together.",
    )
    k: int = param(
        "How many rows share each combination of ranges?", default=5, ge=2, le=10_000, search=(3, 20), unit="rows",
        why="With 5, everyone shares all these ranges with at least four others.",
    )
    within: Annotated[tuple[str, ...], ColumnPick()] = param(
        "Box only rows that agree in which columns?", default=(), advanced=True,
        why="Sex or state, say: then the guarantee holds for them and the ranges together.",
    )

    def check(self, table: Table) -> None:
        for name in numeric(table, self.columns):
            no_other_text(table[name], name)
        table.require(self.within)
        if set(self.within) & set(self.columns):
            raise Problem("A column cannot be put into ranges and keep groups apart at once.", "Name it only once.")
        if 0 < table.rows < self.k:
            raise Problem("The table has {rows} rows, too few for boxes of {k}.", "Choose a smaller k.",
                          rows=table.rows, k=self.k)

    def foresee(self, table: Table) -> Table:
        return table.with_columns({n: table[n].with_kind("category") for n in self.columns})

    def apply(self, table: Table, run: Run) -> Table:
        if not table.rows:
            return table
        numbers = np.stack([table[n].numbers for n in self.columns], axis=1)
        blank = [Column.of_numbers(np.where(np.isfinite(x), 1, np.where(table[n].missing, 2, 3)))
                 for n, x in zip(self.columns, numbers.T, strict=True)]
        classes = class_sizes([*blank, *(table[n] for n in self.within)])
        order = np.argsort(classes.class_of, kind="stable")
        low, high = numbers.copy(), numbers.copy()
        for rows in np.split(order, np.cumsum(classes.sizes)[:-1]):
            held = np.isfinite(numbers[rows[0]])
            if len(rows) >= self.k and held.any():
                for box in boxes(numbers[rows][:, held], self.k):
                    inside = np.ix_(rows[box], held)
                    low[inside], high[inside] = numbers[inside].min(axis=0), numbers[inside].max(axis=0)
        run.progress(0.9, "writing ranges")
        new = {n: ranges(table[n], low[:, i], high[:, i]) for i, n in enumerate(self.columns)}
        return table.with_columns(new).take(classes.fk >= self.k)

    def claims(self, table: Table) -> tuple[Claim, ...]:  # noqa: ARG002
        return (at_least_k((*self.columns, *self.within), self.k),)

    def in_words(self) -> str:
        return f"Ranges that {self.k} rows share: {', '.join(self.columns)}"


def boxes(numbers: Floats, k: int) -> list[Ints]:
    """Row numbers of each box: (rows, columns) numbers halved at medians as long as both halves hold k rows."""
    spread = np.ptp(numbers, axis=0)
    scale = np.where(spread > 0, spread, 1.0)
    waiting, done = [np.arange(len(numbers))], []
    while waiting:
        rows = waiting.pop()
        own = numbers[rows]
        for c in np.argsort(-np.ptp(own, axis=0) / scale, kind="stable") if len(rows) >= 2 * k else ():
            middle = np.partition(own[:, c], (len(rows) - 1) // 2)[(len(rows) - 1) // 2]
            left = own[:, c] <= middle
            if left.sum() < k or len(rows) - left.sum() < k:
                left = own[:, c] < middle  # many rows at the median itself: they may stand on the other side
            if k <= left.sum() <= len(rows) - k:
                waiting += [rows[~left], rows[left]]
                break
        else:
            done.append(rows)
    return done


def ranges(column: Column, low: Floats, high: Floats) -> Column:
    """Cells as “low-high” (“low to high” with fractions or minus signs); cells that hold no number stay."""
    held = np.isfinite(low)
    begin, end = Column.of_numbers(low), Column.of_numbers(high)
    plain = bool(np.all(low[held] == np.rint(low[held])) and np.all(high[held] == np.rint(high[held]))
                 and np.all(low[held] >= 0))
    cells = [
        old if not number else a if a == b else f"{a}-{b}" if plain else f"{a} to {b}"
        for old, number, a, b in zip(column.texts(), held.tolist(), begin.texts(), end.texts(), strict=True)
    ]
    return Column.of(pa.array(cells, pa.string()), "category")
