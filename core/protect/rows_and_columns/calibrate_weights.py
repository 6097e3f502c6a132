"""Bring the sample weights back to the totals they had before rows or cells went."""

from __future__ import annotations

from typing import ClassVar, Literal

import numpy as np

from core.declare import columns_of, param
from core.problem import Problem
from core.protect.method import Group, Method, Run
from core.protect.rows_and_columns.raking import raked
from core.table import Table


class CalibrateWeights(Method):
    """Change the sample weights so that chosen totals are as before protection (raking).

    At a glance: when protection leaves out rows, the rest stands for too few people: fewer women, fewer people in the
    north. The weights of the rows that stay are raised until each value of the columns you choose has its old weighted
    total. Put it after the steps that leave out rows or blank cells. Estimates for other columns keep what bias the
    missing rows have left.

    Rows whose cell of a chosen column was blanked keep their weight as far as that column goes, and the other totals
    keep their old proportions: weights that told a blanked cell apart would undo the blank.

    In: a column with the role weight, and columns that earlier steps have not recoded. Out: the same rows, other
    weights. Refuses totals that contradict each other.

    Source: Deming & Stephan (1940), doi:10.1214/aoms/1177731829; Deville, Särndal & Sautory (1993), Generalized raking
    procedures in survey sampling, doi:10.1080/01621459.1993.10476369.
    """

    method: Literal["calibrate_weights"] = "calibrate_weights"
    title: ClassVar[str] = "Bring weights back to old totals"
    group: ClassVar[Group] = "rows"
    columns: columns_of() = param(  # type: ignore[valid-type]
        "The totals of which columns are kept?", min_length=1, why="For example sex, age group and state.",
    )

    def check(self, table: Table) -> None:
        table.require(self.columns)
        weight = table.one("weight")
        if weight is None:
            raise Problem("No column has the role weight, so there are no totals to keep.",
                          "Give the column of sample weights that role.")
        if weight in self.columns:
            raise Problem("The weights cannot be among the columns whose totals are kept.", "Leave them out.",
                          column=weight)

    def apply(self, table: Table, run: Run) -> Table:
        if run.original is None:
            raise Problem("The weights can only be brought back where the table before protection is at hand.",
                          "Run this step as part of a recipe.")
        if not table.rows:
            return table
        out = raked(run.original, table, self.columns)
        name = table.one("weight") or ""
        old, new = table[name].numbers, out[name].numbers
        factor = new[old > 0] / old[old > 0]
        if len(factor):
            run.note("Weights were multiplied by {low:.3f} to {high:.3f}.", low=np.min(factor), high=np.max(factor))
        return out

    def in_words(self) -> str:
        return f"Brought weights back to the totals of {', '.join(self.columns)}"
