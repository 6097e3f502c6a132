"""Metrics that repeat an analysis on both files: survey tables, a regression, principal directions."""

from __future__ import annotations

import math
from typing import ClassVar, Literal

import numpy as np

from core.declare import column_of, columns_of, param
from core.table.column import Floats
from core.utility.both import Both, ColumnPair, Ints
from core.utility.estimate import Z95
from core.utility.metric import TableMetric
from core.utility.numbers import interval_overlap


class SurveyTable(TableMetric):
    """The survey's own table, before and after: which part of the (weighted) total stands in another cell.

    Half the sum of the absolute differences of all cells, divided by the larger of the two totals. With a column of
    numbers cells hold its totals, else numbers of people; sample weights are respected. Values are compared at the
    release's level of detail; suppressed and missing groups are cells of their own.
    """

    metric: Literal["survey_table"] = "survey_table"
    title: ClassVar[str] = "A table of totals"
    source: ClassVar[str] = "Hundepool et al. 2012, Statistical Disclosure Control, 3.8, doi:10.1002/9781118348239"
    sentence: ClassVar[str] = "{percent} of the table's total stands in another cell."
    by: columns_of() = param(  # type: ignore[valid-type]
        "By which columns?", why="The groups of the table, such as state and sex.", min_length=1, max_length=3
    )
    total_of: column_of("number") = param(  # type: ignore[valid-type]
        "Totals of which column of numbers?", why="Left empty, people are counted.", default=""
    )

    def value(self, both: Both) -> float | None:
        sides = [_sides(both, name) for name in self.by]
        if any(s is None for s in sides):
            return None
        before, after, size = _combined([s for s in sides if s is not None])
        totals = [_totals(both, self.total_of, i) for i in (0, 1)]
        together = zip((before, after), totals, strict=True)
        cells = [np.bincount(codes, weights=t, minlength=size) for codes, t in together]
        largest = max(np.abs(c).sum() for c in cells)
        return None if largest == 0 else float(np.abs(cells[0] - cells[1]).sum() / 2 / largest)


def _sides(both: Both, name: str) -> tuple[Ints, Ints, int] | None:
    both.original.require([name])
    return both.columns[name].regrouped.coded if name in both.columns else None


def _combined(sides: list[tuple[Ints, Ints, int]]) -> tuple[Ints, Ints, int]:
    """One code for each combination that occurs in either file."""
    before, after, _ = sides[0]
    for a, b, size in sides[1:]:
        before, after = before * size + a, after * size + b
        _, both = np.unique(np.concatenate([before, after]), return_inverse=True)
        before, after = both[: len(before)], both[len(before) :]
    return before, after, int(max(before.max(), after.max())) + 1


def _totals(both: Both, name: str, side: int) -> Floats:
    table = (both.original, both.released)[side]
    weights = next((c.weights[side] for c in both.columns.values() if c.weights), np.ones(table.rows))
    weights = np.where(np.isfinite(weights), weights, 0.0)
    if not name:
        return weights
    numbers = table[name].numbers
    return weights * np.where(np.isfinite(numbers), numbers, 0.0)


class _Regression(TableMetric):
    """Linear regression of a number on other columns, fitted to both files.

    Weighted by the sample weights, with errors that allow for unequal variance (HC1). Categories enter as indicators
    without the commonest one; rows with a missing number are left out.
    """

    target: column_of("number") = param(  # type: ignore[valid-type]
        "Which number is explained?", why="The left side of the regression."
    )
    predictors: columns_of() = param(  # type: ignore[valid-type]
        "By which columns?", why="The right side of the regression.", min_length=1
    )

    def intervals(self, both: Both) -> tuple[Intervals, Intervals] | None:
        """The coefficients' 95% intervals in the original and in the release; None if the original gives none."""
        both.original.require([self.target, *self.predictors])
        names = (self.target, *self.predictors)
        if any(n not in both.columns for n in names) or not both.columns[self.target].numeric:
            return None
        before, after = (_regression(both, self.target, self.predictors, side) for side in (0, 1))
        return None if before is None else (before, after or {})


class RegressionOverlap(_Regression):
    """How far the 95% confidence intervals of a regression's coefficients overlap, on average.

    Linear regression of a number on other columns, weighted by the sample weights, with errors that allow for unequal
    variance (HC1). Categories enter as indicators without the commonest one; rows with a missing number are left out.
    A coefficient that one of the files cannot give overlaps by 0.
    """

    metric: Literal["regression_overlap"] = "regression_overlap"
    title: ClassVar[str] = "Overlap of a regression's intervals"
    perfect: ClassVar[float] = 1.0
    source: ClassVar[str] = "Karr et al. 2006, doi:10.1198/000313006X124640"
    sentence: ClassVar[str] = "The coefficients' 95% confidence intervals overlap by {percent} on average."

    def value(self, both: Both) -> float | None:
        found = self.intervals(both)
        if found is None:
            return None
        before, after = found
        overlaps = [interval_overlap(interval, after[term]) if term in after else 0.0
                    for term, interval in before.items()]
        return float(np.mean(overlaps))


class RegressionDifference(_Regression):
    """How far a regression's coefficients moved, in standard errors of the original, on average.

    The regression is that of the overlap of intervals. Coefficients the release cannot give are left out; none of them
    left, there is no value.
    """

    metric: Literal["regression_difference"] = "regression_difference"
    title: ClassVar[str] = "Standardised difference of a regression's coefficients"
    high: ClassVar[float] = math.inf
    source: ClassVar[str] = "Karr et al. 2006, doi:10.1198/000313006X124640, standardised differences"
    sentence: ClassVar[str] = "The coefficients moved by {value} standard errors on average."

    def value(self, both: Both) -> float | None:
        found = self.intervals(both)
        if found is None:
            return None
        before, after = found
        moved = [abs(sum(after[term]) - low - high) / 2 * 2 * Z95 / (high - low)
                 for term, (low, high) in before.items() if term in after and high > low]
        return float(np.mean(moved)) if moved else None


Term = tuple[str, int]
"""A predictor and the code of its category; -1 for a number, and for the constant."""

Intervals = dict[Term, tuple[float, float]]
"""Term -> the 95% interval of its coefficient."""


def _regression(
    both: Both, target: str, predictors: tuple[str, ...], side: int
) -> Intervals | None:
    """Term -> 95% interval of its coefficient; None if nothing can be estimated."""
    y = (both.original, both.released)[side][target].numbers
    weights = _totals(both, "", side)
    known = np.isfinite(y) & (weights > 0)
    terms: list[Term] = [("", -1)]
    columns = [np.ones(len(y))]
    for name in predictors:
        more, which = _design(both.columns[name], side)
        columns += more
        terms += [(name, w) for w in which]
        for column in more:
            known &= np.isfinite(column)
    x, y, w = np.stack(columns, 1)[known], y[known], weights[known]
    some = np.ptp(x, axis=0) > 0 if len(x) else np.zeros(len(terms), bool)
    some[0] = True
    x, terms = x[:, some], [t for t, s in zip(terms, some, strict=True) if s]
    if len(y) <= len(terms) or np.linalg.matrix_rank(x) < x.shape[1]:
        return None
    bread = np.linalg.inv(x.T @ (w[:, None] * x))
    coefficients = bread @ (x.T @ (w * y))
    scores = x * (w * (y - x @ coefficients))[:, None]
    errors = np.sqrt(np.diag(bread @ (scores.T @ scores) @ bread) * len(y) / (len(y) - len(terms)))
    return {t: (float(b - Z95 * e), float(b + Z95 * e)) for t, b, e in zip(terms, coefficients, errors, strict=True)}


def _design(column: ColumnPair, side: int) -> tuple[list[Floats], list[int]]:
    """Columns of the design matrix: the numbers, or an indicator for each category but the original's commonest."""
    if column.numeric:
        return [(column.before, column.after)[side].numbers], [-1]
    before, after, size = column.grouped
    codes = (before, after)[side]
    counts = np.bincount(before, minlength=size)
    used = [c for c in range(size) if counts[c] and c != counts.argmax()]
    return [(codes == c).astype(float) for c in used], used


class EigenvalueDifference(TableMetric):
    """sdcMicro's eigenvalue difference: how far the principal directions of all columns of numbers changed in weight.

    The sum over all eigenvalues of the correlation matrix of |before - after| / before, over rows where every number
    is known. Without an upper bound: a comparison between candidates, never a grade. It says nothing where a column
    is a sum of others (an eigenvalue is 0, and sdcMicro's figure is then rounding divided by rounding).
    """

    metric: Literal["eigenvalue_difference"] = "eigenvalue_difference"
    title: ClassVar[str] = "Eigenvalues (sdcMicro)"
    high: ClassVar[float] = math.inf
    source: ClassVar[str] = "Templ and Meindl 2008, doi:10.1007/978-3-540-87471-3_10"
    sentence: ClassVar[str] = "The eigenvalues of the correlations moved by {value} of their size, added up."

    def value(self, both: Both) -> float | None:
        names = [n for n in both.comparable if both.columns[n].numeric]
        found = [_eigenvalues(np.stack([t[n].numbers for n in names], 1)) if len(names) > 1 else None
                 for t in (both.original, both.released)]
        if found[0] is None or found[1] is None or found[0][-1] <= 1e-12:
            return None
        return float((np.abs(found[0] - found[1]) / found[0]).sum())


def _eigenvalues(numbers: Floats) -> Floats | None:
    """The eigenvalues of the correlation matrix, largest first; None with a constant column or fewer than 3 rows."""
    numbers = numbers[np.isfinite(numbers).all(axis=1)]
    if len(numbers) < 3 or (np.ptp(numbers, axis=0) == 0).any():
        return None
    return np.asarray(np.linalg.eigvalsh(np.corrcoef(numbers.T))[::-1], np.float64)
