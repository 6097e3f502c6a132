"""Change categories by chance (post-randomisation)."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

import numpy as np
import pyarrow as pa
from pydantic import Field, model_validator

from core.declare import Declared, Matrix, columns_of, param
from core.problem import Problem
from core.protect.cells import groups, weights_of
from core.protect.households import by_household, check_households, whole_households
from core.protect.method import Group, Method, Run
from core.table import MISSING, SUPPRESSED, Column, Table
from core.table.column import Codes, Floats


class Invariant(Declared):
    """Draw a share of the cells anew from the column's own distribution: expected frequencies stay as they are."""

    title: ClassVar[str] = "Keep frequencies as they are"
    kind: Literal["invariant"] = "invariant"
    share: float = param(
        "What share of the cells is drawn anew?", default=0.2, gt=0, le=1, search=(0.05, 0.5),
        why="Some draw their old value again, so somewhat fewer change. More hides more.",
    )


class OwnMatrix(Declared):
    """Your own chances: entry (i, j) is the chance that the i-th value is released as the j-th."""

    title: ClassVar[str] = "My own chances"
    kind: Literal["matrix"] = "matrix"
    values: tuple[str, ...] = param("Which values, in which order?", why="They name rows and columns.", min_length=2)
    chances: Annotated[tuple[tuple[float, ...], ...], Matrix(row_sum=1.0)] = param(
        "With which chances?", why="Each row adds up to 1.", min_length=2,
    )

    @model_validator(mode="after")
    def _square(self) -> OwnMatrix:
        size = len(self.values)
        if len(set(self.values)) < size:
            raise ValueError("Each value stands in the list once.")
        if len(self.chances) != size or any(len(row) != size for row in self.chances):
            raise ValueError("The matrix has one row and one column for each value.")
        if any(min(row) < 0 or abs(sum(row) - 1) > 1e-9 for row in self.chances):
            raise ValueError("Chances lie between 0 and 1, and each row adds up to 1.")
        return self


Chances = Annotated[Invariant | OwnMatrix, Field(discriminator="kind")]


class Pram(Method):
    """Change categories by chance, with known chances (PRAM, the post-randomisation method).

    At a glance: each cell keeps its value with a known chance and otherwise takes another, so that nobody can be sure
    that a released value is the true one. Invariant chances leave the frequencies of the column as they are in
    expectation (weighted ones where there are sample weights): with chance `share` a cell is drawn anew from the
    column's distribution, R = (1 - share) I + share 1 t', for which t'R = t'. Relations to other columns weaken in
    proportion, and can be corrected for by an analyst who knows the chances.

    In: columns of categories. Out: the same rows. Missing and suppressed cells stay as they are. The log says how many
    cells of each column really changed.

    Source: Gouweleeuw, Kooiman, Willenborg and de Wolf (1998), Post randomisation for statistical disclosure control:
    theory and implementation, Journal of Official Statistics 14(4), 463-478; Hundepool et al. (2012), section 3.6.2,
    doi:10.1002/9781118348239.
    """

    method: Literal["pram"] = "pram"
    title: ClassVar[str] = "Change categories by chance"
    group: ClassVar[Group] = "categories"
    columns: columns_of("category", "code", "text", "date") = param(  # type: ignore[valid-type]
        "Which columns?", why="Each cell may change.", min_length=1,
    )
    chances: Chances = param("With which chances?", default=Invariant(), why="Small shares keep more of the truth.")
    strata: columns_of() = param(  # type: ignore[valid-type]
        "Only within groups of which columns?", default=(), advanced=True,
        why="Values are then drawn from the group's own distribution.",
    )
    whole_households: bool = whole_households(
        "If members got different draws for the household's roof, the true one would be the most frequent among them."
    )

    def check(self, table: Table) -> None:
        table.require(self.columns)
        if self.whole_households:
            check_households(table, self.columns)
        if isinstance(self.chances, OwnMatrix):
            for name in self.columns:
                left = set(table[name].values.to_pylist()) - {*self.chances.values, SUPPRESSED}
                if left:
                    raise Problem(
                        "{count} values of “{column_name}” are not in the matrix.", "Add them to its list of values.",
                        column=name, count=len(left), column_name=name,
                    )

    def apply(self, table: Table, run: Run) -> Table:
        if self.whole_households:
            out = by_household(table, self.columns, lambda t: self._changed(t, run))
        else:
            out = self._changed(table, run)
        for name in self.columns:
            changed = int((~table[name].same_cells(out[name])).sum())
            run.note("“{column}”: {count:,} of {rows:,} cells really changed ({share:.1%}).", column=name,
                     count=changed, rows=table.rows, share=changed / max(table.rows, 1))
        return out

    def _changed(self, table: Table, run: Run) -> Table:
        rng, weights = run.rng(), weights_of(table)
        inside = groups(table, self.strata)
        changed = {}
        for name in self.columns:
            column = _with_values(table[name], self.chances.values if isinstance(self.chances, OwnMatrix) else ())
            codes = column.codes.copy()
            fixed = column.missing | column.suppressed
            for rows in inside:
                free = rows[~fixed[rows]]
                codes[free] = self._drawn(column, codes[free], weights[free], rng)
            changed[name] = Column(codes, column.values, column.kind, column.labels).take(np.arange(len(column)))
        return table.with_columns(changed)

    def _drawn(self, column: Column, codes: Codes, weights: Floats, rng: np.random.Generator) -> Codes:
        if isinstance(self.chances, OwnMatrix):
            place = {v: i for i, v in enumerate(column.values.to_pylist())}
            at = np.array([place[v] for v in self.chances.values])
            index = np.full(len(column.values), MISSING)
            index[at] = np.arange(len(at))
            steps = np.cumsum(np.array(self.chances.chances), axis=1)
            steps[:, -1] = 1.0
            drawn = (rng.random(len(codes))[:, None] >= steps[index[codes]]).sum(axis=1)
            return at[drawn].astype(np.int32)
        anew = rng.random(len(codes)) < self.chances.share
        total = np.bincount(codes, weights, len(column.values))
        if not anew.any() or total.sum() <= 0:
            return codes
        drawn = rng.choice(len(total), len(codes), p=total / total.sum())
        return np.where(anew, drawn, codes).astype(np.int32)


def _with_values(column: Column, wanted: tuple[str, ...]) -> Column:
    """The same column with room for values that do not occur yet; `take` drops those that never will."""
    new = [v for v in wanted if v not in set(column.values.to_pylist())]
    values = pa.concat_arrays([column.values, pa.array(new, pa.string())]) if new else column.values
    return Column(column.codes, values, column.kind, column.labels)
