"""Metrics of a prediction: trees that learnt from the release, and trees that learnt from the original, tried alike.

A third of the original's rows is set aside as real people to predict (and, where rows are matched, their released rows
are not learnt from). Gradient-boosted trees predict one column from all comparable others; up to 10,000 rows.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar, Literal, cast

import numpy as np
import numpy.typing as npt

from core.declare import column_of, param
from core.table.column import Floats
from core.utility.both import Both, ColumnPair, Ints
from core.utility.estimate import Estimate, area
from core.utility.metric import TableMetric

MOST_ROWS = 10_000
LEAST_ROWS = 30
RESAMPLES = 200
PERMUTATIONS = 3
SHUFFLED_ROWS = 2_000
"""People whose cells are shuffled to see what a column matters."""


class Prediction(TableMetric):
    """What a prediction loses: all four are measured with one pair of models."""

    thorough: ClassVar[bool] = True
    source: ClassVar[str] = "Esteban, Hyland and Rätsch 2017, arXiv:1706.02633"
    target: column_of() = param(  # type: ignore[valid-type]
        "Which column is predicted?", why="What the recipient would want to predict."
    )

    def models(self, both: Both) -> Models | None:
        """The two models for this target, fitted once; None where there is nothing to learn or to predict."""
        both.original.require([self.target])
        if ("prediction", self.target) not in both.memo:
            both.memo["prediction", self.target] = _models(both, self.target)
        return cast("Models | None", both.memo["prediction", self.target])


class TrainedOnRelease(Prediction):
    """How much worse a model predicts real people if it learnt from the release instead of the original.

    The difference of the area under the curve (mean over categories, by how often each occurs), or of R squared for
    numbers. The interval is that of the people predicted.
    """

    metric: Literal["trained_on_release"] = "trained_on_release"
    title: ClassVar[str] = "Trained on the release, tested on real people"
    low: ClassVar[float] = -math.inf
    high: ClassVar[float] = math.inf
    sentence: ClassVar[str] = "Predictions lose {value} of their score (area under the curve, or R squared)."

    def value(self, both: Both) -> float | None:
        found = self.models(both)
        if found is None:
            return None
        (original, of_original), (release, of_release) = found.scores
        return Estimate.from_influence(original - release, of_original - of_release)


class TrainedOnReleaseF1(Prediction):
    """How much the F1 score (mean over categories) falls if a model learnt from the release. Categories only."""

    metric: Literal["trained_on_release_f1"] = "trained_on_release_f1"
    title: ClassVar[str] = "Trained on the release: F1 lost"
    low: ClassVar[float] = -1.0
    sentence: ClassVar[str] = "The F1 score, mean over categories, falls by {value}."

    def value(self, both: Both) -> float | None:
        found = self.models(both)
        if found is None or found.numeric:
            return None
        cells, counts = np.unique(np.stack([found.truth, *found.answers], 1), axis=0, return_counts=True)
        drawn = np.random.default_rng(0).multinomial(counts.sum(), counts / counts.sum(), RESAMPLES)
        lost = [_f1(cells[:, 0], cells[:, 1], n) - _f1(cells[:, 0], cells[:, 2], n) for n in (counts, *drawn)]
        low, high = np.quantile(lost[1:], [0.025, 0.975])
        return Estimate(lost[0], min(float(low), lost[0]), max(float(high), lost[0]))


class TrainedOnReleaseError(Prediction):
    """How much farther off predictions are (mean absolute error, in standard deviations). Numbers only."""

    metric: Literal["trained_on_release_error"] = "trained_on_release_error"
    title: ClassVar[str] = "Trained on the release: error added"
    low: ClassVar[float] = -math.inf
    high: ClassVar[float] = math.inf
    sentence: ClassVar[str] = "Predicted numbers are off by {value} standard deviations more."

    def value(self, both: Both) -> float | None:
        found = self.models(both)
        if found is None or not found.numeric:
            return None
        errors = [np.abs(found.truth - answer) for answer in found.answers]
        more = (errors[1] - errors[0]) / np.std(found.truth)
        return Estimate.from_influence(float(more.mean()), more - more.mean())


class ImportanceOrder(Prediction):
    """Whether the same columns matter: the rank correlation of their importance in the two models.

    Importance is what the score on real people loses when the column is shuffled (mean of three shuffles).
    """

    metric: Literal["importance_order"] = "importance_order"
    title: ClassVar[str] = "Order of what matters for a prediction"
    low: ClassVar[float] = -1.0
    perfect: ClassVar[float] = 1.0
    source: ClassVar[str] = "Breiman 2001, doi:10.1023/A:1010933404324; Spearman 1904, doi:10.2307/1412159"
    sentence: ClassVar[str] = "Columns matter in the same order: {value} (1 the same, 0 no relation)."

    def value(self, both: Both) -> float | None:
        from scipy.stats import spearmanr

        found = self.models(both)
        if found is None or found.test.shape[1] < 3:
            return None
        first, second = found.importance
        if np.ptp(first) == 0 or np.ptp(second) == 0:
            return None
        return float(spearmanr(first, second).statistic)


def predictions(target: str) -> tuple[TableMetric, ...]:
    """All that is measured of one prediction."""
    kinds = (TrainedOnRelease, TrainedOnReleaseF1, TrainedOnReleaseError, ImportanceOrder)
    return tuple(kind.model_validate({"target": target}) for kind in kinds)


@dataclass(frozen=True, eq=False)
class Models:
    """Two models of one target, and the real people they are tried on.

    fitted  the model that learnt from the original, and the one that learnt from the release
    test    (people, features) of real people; `truth` (people,) what is predicted of them
    """

    numeric: bool
    fitted: tuple[Any, Any]
    test: Floats
    truth: npt.NDArray[Any]

    @cached_property
    def answers(self) -> tuple[npt.NDArray[Any], npt.NDArray[Any]]:
        """(people,) twice: what each model says."""
        from threadpoolctl import threadpool_limits

        with threadpool_limits(1):
            first, second = (np.asarray(model.predict(self.test)) for model in self.fitted)
        return first, second

    @cached_property
    def scores(self) -> tuple[tuple[float, Floats], tuple[float, Floats]]:
        """The score of each model, with each person's influence on it."""
        first, second = (self.score(model, self.test) for model in self.fitted)
        return first, second

    @cached_property
    def importance(self) -> tuple[Floats, Floats]:
        """(features,) twice: what each model's score loses when a feature is shuffled."""
        draw = np.random.default_rng(0)
        few = Models(self.numeric, self.fitted, self.test[:SHUFFLED_ROWS], self.truth[:SHUFFLED_ROWS])
        shuffled = [[draw.permutation(len(few.test)) for _ in range(PERMUTATIONS)] for _ in range(few.test.shape[1])]
        lost = []
        for model, (score, _) in zip(self.fitted, few.scores, strict=True):
            falls = [[score - few.score(model, _with(few.test, i, order))[0] for order in orders]
                     for i, orders in enumerate(shuffled)]
            lost.append(np.mean(falls, axis=1))
        return lost[0], lost[1]

    def score(self, model: Any, x: Floats) -> tuple[float, Floats]:
        """R squared for a number, else the area under the curve; with each person's influence on it."""
        from threadpoolctl import threadpool_limits

        with threadpool_limits(1):
            answer = model.predict(x) if self.numeric else model.predict_proba(x)
        return _r_squared(self.truth, answer) if self.numeric else _areas(model.classes_, answer, self.truth)


def _models(both: Both, name: str) -> Models | None:
    from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor
    from threadpoolctl import threadpool_limits

    features = [n for n in both.comparable if n != name]
    if name not in both.columns or not features or min(both.original.rows, both.released.rows) < LEAST_ROWS:
        return None
    real, learnt = _apart(both)
    x = [np.stack([both.columns[n].grouped[side] for n in features], 1).astype(float) for side in (0, 1)]
    target = both.columns[name]
    y = _values(target)
    test = _some(real, y[0])
    learn = _some(~real, y[0]), _some(learnt, y[1])
    if min(map(len, (test, *learn))) < 10 or min(len(np.unique(v)) for v in (
            y[0][test], y[0][learn[0]], y[1][learn[1]])) < 2:
        return None
    # As many trees as there are categories are grown in each round.
    rounds = 60 if target.numeric else int(np.clip(300 // target.grouped[2], 15, 60))
    kind = HistGradientBoostingRegressor if target.numeric else HistGradientBoostingClassifier
    # One thread: several spin while they wait for each other on a busy machine.
    with threadpool_limits(1):
        first, second = (kind(max_iter=rounds, early_stopping=False, random_state=0).fit(x[i][learn[i]], y[i][learn[i]])
                         for i in (0, 1))
    return Models(target.numeric, (first, second), x[0][test], y[0][test])


def _apart(both: Both) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.bool_]]:
    """(rows of the original) that are set aside to be predicted, and (rows of the release) that may be learnt from."""
    real = np.arange(both.original.rows) % 3 == 0
    if both.rows is None:
        return real, np.arange(both.released.rows) % 3 != 0
    learnt = np.zeros(both.released.rows, bool)
    learnt[both.rows[1]] = ~real[both.rows[0]]
    return real, learnt


def _values(target: ColumnPair) -> tuple[npt.NDArray[Any], npt.NDArray[Any]]:
    if target.numeric:
        return target.before.numbers, target.after.numbers
    return target.grouped[0], target.grouped[1]


def _some(rows: npt.NDArray[np.bool_], values: npt.NDArray[Any]) -> Ints:
    return np.flatnonzero(rows & np.isfinite(values))[:MOST_ROWS]


def _with(x: Floats, feature: int, order: Ints) -> Floats:
    changed = x.copy()
    changed[:, feature] = x[order, feature]
    return changed


def _r_squared(truth: Floats, answer: Floats) -> tuple[float, Floats]:
    errors, spread = (truth - answer) ** 2, (truth - truth.mean()) ** 2
    left = float(errors.mean() / spread.mean())
    return 1 - left, (left * (spread - spread.mean()) - (errors - errors.mean())) / spread.mean()


def _areas(classes: Ints, scores: Floats, truth: Ints) -> tuple[float, Floats]:
    """The area under the curve of each category against the rest, averaged by how often it occurs; 0.5 if unknown."""
    value, influence, weight = 0.0, np.zeros(len(truth)), 0.0
    for category in np.unique(truth):
        here = truth == category
        share, at = float(here.mean()), np.flatnonzero(classes == category)
        one, of_rows = area(here, scores[:, at[0]]) if len(at) else (0.5, np.zeros(len(truth)))
        value, influence, weight = value + share * one, influence + share * of_rows, weight + share
    return value / weight, influence / weight


def _f1(truth: Ints, answer: Ints, counts: Ints) -> float:
    """The F1 score, mean over the categories that occur, of cells (truth, answer) with their counts."""
    size = int(max(truth.max(), answer.max())) + 1
    true, said, right = (np.bincount(at, weights=n, minlength=size) for at, n in (
        (truth, counts), (answer, counts), (truth, counts * (truth == answer))))
    seen = true + said > 0
    return float((2 * right[seen] / (true + said)[seen]).mean())
