"""Metrics that ask whether a model can tell the two files apart, row by row."""

from __future__ import annotations

import math
import warnings
from functools import lru_cache
from typing import ClassVar, Literal

import numpy as np
import numpy.typing as npt

from core.table.column import Floats
from core.utility.both import Both
from core.utility.estimate import Estimate, area
from core.utility.metric import TableMetric

MOST_ROWS = 10_000
"""Rows of each file a model is fitted to; where there are more, evenly spaced ones."""


class PropensityRatio(TableMetric):
    """How well a logistic regression tells original from released rows, against what chance alone would give.

    The mean squared error of the propensity score divided by its expectation for two samples of one population:
    about 1 if the files cannot be told apart. Identical files give less than 1, which is as good. Up to 10,000 rows
    of each file; each column in at most 42 categories.
    """

    metric: Literal["pmse_ratio"] = "pmse_ratio"
    title: ClassVar[str] = "Propensity score (pMSE ratio)"
    high: ClassVar[float] = math.inf
    source: ClassVar[str] = "Snoke et al. 2018, doi:10.1111/rssa.12358"
    sentence: ClassVar[str] = "Told apart by a simple model {value} times as well as by chance (1 or less is perfect)."
    thorough: ClassVar[bool] = True

    def value(self, both: Both) -> float | None:
        from sklearn.exceptions import ConvergenceWarning
        from sklearn.linear_model import LogisticRegression
        from threadpoolctl import threadpool_limits

        found = _indicators(both)
        if found is None:
            return None
        x, y = found
        if not x.shape[1]:
            return 0.0
        with warnings.catch_warnings(), threadpool_limits(1):
            # Perfectly separated files have no finite optimum; the score is then as high as it gets all the same.
            warnings.simplefilter("ignore", ConvergenceWarning)
            scores = LogisticRegression(C=1e6, max_iter=300).fit(x, y).predict_proba(x)[:, 1]
        share = y.mean()
        expected = x.shape[1] * (1 - share) ** 2 * share / len(y)
        return float(((scores - share) ** 2).mean() / expected)


class ClassifierAuc(TableMetric):
    """How well gradient-boosted trees tell original from released rows they have not seen: 0.5 chance, 1 always.

    Area under the curve by three-fold cross-validation, up to 10,000 rows of each file. The interval counts a person
    and their released row as one.
    """

    metric: Literal["classifier_auc"] = "classifier_auc"
    title: ClassVar[str] = "Told apart by a classifier"
    low: ClassVar[float] = 0.5
    perfect: ClassVar[float] = 0.5
    source: ClassVar[str] = "Lopez-Paz and Oquab 2017, classifier two-sample test, arXiv:1610.06545"
    sentence: ClassVar[str] = "A classifier picks the released row out of a pair {percent} of the time (50% is chance)."
    thorough: ClassVar[bool] = True

    def value(self, both: Both) -> float | None:
        from sklearn.ensemble import HistGradientBoostingClassifier
        from sklearn.model_selection import GroupKFold, cross_val_predict
        from threadpoolctl import threadpool_limits

        codes = _codes(both)
        if codes is None:
            return None
        x, y = np.vstack(codes), np.repeat([0, 1], [len(c) for c in codes])
        # Every third row to each fold, so that a person and their released row are never split over folds.
        groups = np.concatenate([np.arange(len(c)) for c in codes])
        trees = HistGradientBoostingClassifier(max_iter=60, early_stopping=False, random_state=0)
        # One thread: several spin while they wait for each other on a busy machine.
        with threadpool_limits(1):
            scores = cross_val_predict(trees, x, y, groups=groups, cv=GroupKFold(3), method="predict_proba")[:, 1]
        value, influence = area(y == 1, scores)
        # Below chance is chance: with identical files the left-out twin misleads the model.
        return Estimate.from_influence(max(value, 0.5), influence, groups, 0.5, 1.0)


@lru_cache(maxsize=4)
def _evenly(rows: int) -> npt.NDArray[np.int64]:
    return np.unique(np.linspace(0, rows - 1, min(rows, MOST_ROWS)).astype(np.int64))


def _codes(both: Both) -> tuple[Floats, Floats] | None:
    """(rows, columns) grouped codes of the comparable columns, before and after; None for less than ten rows."""
    if not both.comparable or min(both.original.rows, both.released.rows) < 10:
        return None
    before, after = [], []
    for name in both.comparable:
        a, b, _ = both.columns[name].grouped
        before.append(a[_evenly(len(a))])
        after.append(b[_evenly(len(b))])
    return np.stack(before, 1).astype(float), np.stack(after, 1).astype(float)


def _indicators(both: Both) -> tuple[Floats, npt.NDArray[np.int64]] | None:
    """(rows, categories) 0/1 of both files, without each column's commonest category, and which file a row is from."""
    codes = _codes(both)
    if codes is None:
        return None
    x = np.vstack(codes)
    blocks = []
    for column in x.T:
        values, counts = np.unique(column, return_counts=True)
        blocks.append((column[:, None] == np.delete(values, counts.argmax())).astype(float))
    return np.hstack(blocks), np.repeat([0, 1], [len(c) for c in codes])
