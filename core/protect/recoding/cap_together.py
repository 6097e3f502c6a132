"""Cap rows that are extreme in several numbers together (multivariate top coding)."""

from __future__ import annotations

import warnings
from typing import ClassVar, Literal

import numpy as np

from core.declare import columns_of, param
from core.problem import Problem
from core.protect.cells import decimals_of, groups, only_numbers, with_numbers
from core.protect.keys import NumberColumns, numeric
from core.protect.method import Group, Method, Run
from core.table import Table
from core.table.column import Floats

MOST_ROWS = 20_000
"""Rows drawn to measure the middle and the shape; more would move the border by less than a hundredth of its width."""


class CapTogether(Method):
    """Pull in the rows whose numbers are extreme in combination (multivariate top and bottom coding).

    At a glance: an income of 40,000 is ordinary and so is a plot of half a hectare, but hardly anybody has both. Such
    a row is moved towards the middle until it lies on the border beyond which only so many per cent of ordinary rows
    would lie; its proportions stay as they are. All other rows stay exactly as they are. Totals shrink a little.

    The middle and the shape of the cloud are measured robustly (minimum covariance determinant, on 20,000 rows drawn
    from larger tables), so that the extreme rows do not decide themselves what is ordinary. Distances are Mahalanobis
    distances, the border is the quantile of the chi-square distribution with as many degrees of freedom as there are
    columns.

    In: two or more number columns. Out: the same rows. Rows where one of the columns has no number stay as they are.
    Refuses columns that depend on each other exactly, or are mostly one value.

    Source: Rousseeuw & Van Driessen (1999), doi:10.1080/00401706.1999.10485670 (FAST-MCD); Templ & Meindl (2008),
    Robustification of microdata masking methods and the comparison with existing methods,
    doi:10.1007/978-3-540-87471-3_10; sdcMicro, function mvTopCoding.
    """

    method: Literal["cap_together"] = "cap_together"
    title: ClassVar[str] = "Cap unusual combinations of numbers"
    group: ClassVar[Group] = "numbers"
    columns: NumberColumns = param(
        "Which columns together?", min_length=2, why="A rare combination of amounts points at a person.",
    )
    percent: float = param(
        "How many per cent of ordinary rows lie within the border?", default=97.5, gt=50, lt=100, search=(95, 99.9),
        unit="per cent", why="Fewer means that more rows are moved.",
    )
    strata: columns_of() = param(  # type: ignore[valid-type]
        "Within groups of which columns?", default=(), advanced=True,
        why="What is unusual in a village is ordinary in the city. Groups need some rows more than columns.",
    )

    def check(self, table: Table) -> None:
        only_numbers(table, numeric(table, self.columns))
        table.require(self.strata)
        for rows in groups(table, self.strata) if table.rows else ():
            self._scale(self._numbers(table)[rows])

    def apply(self, table: Table, run: Run) -> Table:
        numbers, moved = self._numbers(table), 0
        new, seed = numbers.copy(), int(run.rng().integers(2**31))
        for rows in groups(table, self.strata) if table.rows else ():
            new[rows] = self._pulled_in(numbers[rows], seed)
            moved += int((new[rows] != numbers[rows]).any(axis=1)[np.isfinite(numbers[rows]).all(axis=1)].sum())
        run.note("Rows beyond the border that were moved: {count:,} of {rows:,}.", count=moved, rows=table.rows)
        return table.with_columns({
            n: with_numbers(table[n], new[:, j], new[:, j] != numbers[:, j], decimals_of(table[n]))
            for j, n in enumerate(self.columns)
        })

    def _numbers(self, table: Table) -> Floats:
        return np.column_stack([table[n].numbers for n in self.columns])

    def _pulled_in(self, x: Floats, seed: int) -> Floats:
        from scipy.stats import chi2

        middle, inverse = self._robust(x, seed)
        off = x - middle
        far = np.sqrt(np.maximum(np.einsum("ij,jk,ik->i", off, inverse, off), 0))
        limit = float(np.sqrt(chi2.ppf(self.percent / 100, x.shape[1])))
        beyond = far > limit  # False where a number is missing
        out = x.copy()
        out[beyond] = middle + off[beyond] * (limit / far[beyond])[:, None]
        return out

    def _scale(self, x: Floats) -> Floats:
        """(columns,) distance between the quartiles; a Problem where no shape can be measured."""
        whole = x[np.isfinite(x).all(axis=1)]
        if len(whole) >= 5 * x.shape[1]:
            scale = np.subtract(*np.percentile(whole, [75, 25], axis=0))
            if (scale > 0).all() and np.linalg.matrix_rank(np.cov(whole / scale, rowvar=False)) == x.shape[1]:
                return np.asarray(scale, np.float64)
        raise _unfit()

    def _robust(self, x: Floats, seed: int) -> tuple[Floats, Floats]:
        """The middle (columns,) and the inverse covariance (columns, columns) of the inner rows."""
        from sklearn.covariance import MinCovDet

        scale, inverse = self._scale(x), None
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            try:
                whole = x[np.isfinite(x).all(axis=1)] / scale
                if len(whole) > MOST_ROWS:
                    whole = whole[np.random.default_rng(seed).choice(len(whole), MOST_ROWS, replace=False)]
                found = MinCovDet(random_state=seed).fit(whole)
                inverse = np.linalg.inv(found.covariance_)
            except (UserWarning, RuntimeWarning, ValueError, np.linalg.LinAlgError):
                inverse = None
        if inverse is None:
            raise _unfit()
        return found.location_ * scale, inverse / np.outer(scale, scale)

    def in_words(self) -> str:
        return f"Capped unusual combinations of {', '.join(self.columns)}"


def _unfit() -> Problem:
    return Problem(
        "These columns depend on each other exactly, hold mostly one value, or have too few rows.",
        "Leave one of them out, or cap them one by one.",
    )
