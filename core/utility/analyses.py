"""Metrics that repeat an analysis on both files: survey tables, a regression, a prediction, principal directions."""

from __future__ import annotations

import math
from typing import Any, ClassVar, Literal

import numpy as np
import numpy.typing as npt

from core.declare import column_of, columns_of, param
from core.table.column import Floats
from core.utility.both import Both, ColumnPair, Ints
from core.utility.metric import TableMetric
from core.utility.numbers import Z95, interval_overlap


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


class RegressionOverlap(TableMetric):
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
    target: column_of("number") = param(  # type: ignore[valid-type]
        "Which number is explained?", why="The left side of the regression."
    )
    predictors: columns_of() = param(  # type: ignore[valid-type]
        "By which columns?", why="The right side of the regression.", min_length=1
    )

    def value(self, both: Both) -> float | None:
        both.original.require([self.target, *self.predictors])
        names = (self.target, *self.predictors)
        if any(n not in both.columns for n in names) or not both.columns[self.target].numeric:
            return None
        fits = [_regression(both, self.target, self.predictors, side) for side in (0, 1)]
        if fits[0] is None:
            return None
        found = fits[1] or {}
        overlaps = [interval_overlap(interval, found[term]) if term in found else 0.0
                    for term, interval in fits[0].items()]
        return float(np.mean(overlaps))


Term = tuple[str, int]
"""A predictor and the code of its category; -1 for a number, and for the constant."""


def _regression(
    both: Both, target: str, predictors: tuple[str, ...], side: int
) -> dict[Term, tuple[float, float]] | None:
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


class TrainedOnRelease(TableMetric):
    """How much worse a model predicts real people if it learnt from the release instead of the original.

    Gradient-boosted trees predict one column from all comparable others. A third of the original's rows is set aside
    as real people to predict (and, where rows are matched, their released rows are not learnt from). The difference of
    the area under the curve (mean over categories), or of R squared for numbers. Up to 10,000 rows.
    """

    metric: Literal["trained_on_release"] = "trained_on_release"
    title: ClassVar[str] = "Trained on the release, tested on real people"
    low: ClassVar[float] = -math.inf
    high: ClassVar[float] = math.inf
    source: ClassVar[str] = "Esteban, Hyland and Rätsch 2017, arXiv:1706.02633"
    sentence: ClassVar[str] = "Predictions lose {value} of their score (area under the curve, or R squared)."
    thorough: ClassVar[bool] = True
    target: column_of() = param(  # type: ignore[valid-type]
        "Which column is predicted?", why="What the recipient would want to predict."
    )

    def value(self, both: Both) -> float | None:
        both.original.require([self.target])
        features = [n for n in both.comparable if n != self.target]
        if self.target not in both.columns or not features or both.original.rows < 30 or both.released.rows < 30:
            return None
        real = np.arange(both.original.rows) % 3 == 0
        if both.rows is None:
            learnt = np.arange(both.released.rows) % 3 != 0
        else:
            learnt = np.zeros(both.released.rows, bool)
            learnt[both.rows[1]] = ~real[both.rows[0]]
        x = [np.stack([both.columns[n].grouped[side] for n in features], 1).astype(float) for side in (0, 1)]
        scores = [_score(both.columns[self.target], x[side], side, rows, x[0], real)
                  for side, rows in ((0, ~real), (1, learnt))]
        return None if scores[0] is None or scores[1] is None else scores[0] - scores[1]


MOST_ROWS = 10_000


def _score(
    target: ColumnPair, x: Floats, side: int, rows: npt.NDArray[np.bool_], real_x: Floats, real: npt.NDArray[np.bool_]
) -> float | None:
    """The score, on the real rows, of trees that learnt from `rows` of one side; None if there is nothing to learn."""
    from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor
    from sklearn.metrics import r2_score
    from threadpoolctl import threadpool_limits

    # As many trees as there are categories are grown in each round.
    rounds = 60 if target.numeric else int(np.clip(300 // target.grouped[2], 15, 60))
    options: dict[str, Any] = {"max_iter": rounds, "early_stopping": False, "random_state": 0}
    columns: list[npt.NDArray[Any]] = [target.grouped[0], target.grouped[1]]
    if target.numeric:
        columns = [target.before.numbers, target.after.numbers]
    truth, y = columns[0], columns[side]
    learn, test = (np.flatnonzero(m & np.isfinite(v))[:MOST_ROWS] for m, v in ((rows, y), (real, truth)))
    if len(learn) < 10 or len(test) < 10 or len(np.unique(y[learn])) < 2 or len(np.unique(truth[test])) < 2:
        return None
    # One thread: several spin while they wait for each other on a busy machine.
    with threadpool_limits(1):
        if target.numeric:
            trees = HistGradientBoostingRegressor(**options).fit(x[learn], y[learn])
            return float(r2_score(truth[test], trees.predict(real_x[test])))
        trees = HistGradientBoostingClassifier(**options).fit(x[learn], y[learn])
        return _area(trees.classes_, trees.predict_proba(real_x[test]), truth[test])


def _area(classes: Ints, scores: Floats, truth: Ints) -> float | None:
    """The area under the curve of each category against the rest, averaged by how often it occurs; 0.5 if unknown."""
    from sklearn.metrics import roc_auc_score

    found, weight = [], []
    for category in np.unique(truth):
        here = truth == category
        if here.all():
            continue
        at = np.flatnonzero(classes == category)
        found.append(float(roc_auc_score(here, scores[:, at[0]])) if len(at) else 0.5)
        weight.append(int(here.sum()))
    return float(np.average(found, weights=weight)) if found else None


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
