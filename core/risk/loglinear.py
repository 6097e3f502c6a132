"""Log-linear models for population uniques: the sample counts of all combinations are Poisson around a smooth table.

A model of the table gives each combination an expected population count, and with it the chance that a sample unique
is alone in the population too. The model of main effects takes columns as independent and tends to overstate the
risk; with all pairs it tends to understate it: both together bracket it.

Source: Skinner and Shlomo (2008), Assessing identification risk in survey microdata using log-linear models,
doi:10.1198/016214507000001328; fitting: Deming and Stephan (1940), doi:10.1214/aoms/1177731829.
sdcMicro's modRisk differs: it puts the fitted sample mean where the population mean belongs, divides by the
non-empty combinations instead of the sample uniques, and takes columns of digits as numbers.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Literal

import numpy as np

from core.problem import Problem
from core.risk.kernel import class_sizes, radix
from core.table import Column
from core.table.column import Floats

Terms = Literal["main", "pairs"]

MOST_CELLS = 2_000_000
"""Largest table fitted with pairs: all combinations of values, occurring or not."""


@dataclass(frozen=True)
class LogLinear:
    """What the model says of the sample uniques.

    uniques     how many there are
    tau1        expected number of them that are unique in the population
    tau2        expected number of correct matches against them: sum of E(1/F)
    deviation   standard deviation of the number that are unique in the population, given the model
    gr1, gr2    the sums as sdcMicro's modRisk has them (see above), for comparison: its method IPF for main effects
    iterations  rounds of fitting (0: closed form); converged: whether they settled
    """

    uniques: int
    tau1: float
    tau2: float
    deviation: float
    gr1: float
    gr2: float
    iterations: int
    converged: bool


def log_linear(
    columns: Sequence[Column], fraction: Floats | float, terms: Terms = "main", tolerance: float = 0.1
) -> LogLinear:
    """Fit the model and read off the two risk measures.

    fraction   share of the people of the row's combination that are in the file: 1 / weight, per row or one for all
    tolerance  rows by which a fitted pair may still differ from the observed (with pairs)
    """
    classes = class_sizes(columns)
    alone = classes.fk == 1
    pi = np.broadcast_to(np.asarray(fraction, np.float64), (classes.rows,))[alone]
    mean, rounds, settled = _independent(columns) if terms == "main" else _pairs(columns, tolerance)
    return of_uniques([(mean[alone], pi)], classes.count, rounds, settled)


def of_uniques(found: Iterable[tuple[Floats, Floats]], classes: int, rounds: int, settled: bool) -> LogLinear:
    """What a fitted model says: (mean, pi) of the sample uniques in stretches, and how many combinations occur.

    mean  expected sample count of the unique's combination; pi: share of its people that are in the file
    """
    uniques, sums = 0, np.zeros(5)
    for mean, fraction in found:
        pi = np.clip(fraction, 1e-12, 1.0)
        others = mean / pi * (1 - pi)
        uniques += len(mean)
        sums += [*_risks(others), float((np.exp(-others) * -np.expm1(-others)).sum()), *_risks(mean * (1 - pi))]
    tau1, tau2, variance, gr1, gr2 = sums.tolist()
    return LogLinear(uniques, tau1, tau2, math.sqrt(variance), gr1 / classes, gr2 / classes, rounds, settled)


def _risks(others: Floats) -> tuple[float, float]:
    """Sums of P(F = 1 | f = 1) = exp(-v) and of E(1/F | f = 1) = (1 - exp(-v)) / v, v expected others in the class."""
    safe = np.where(others > 0, others, 1.0)
    return float(np.exp(-others).sum()), float(np.where(others > 0, -np.expm1(-others) / safe, 1.0).sum())


def _independent(columns: Sequence[Column]) -> tuple[Floats, int, bool]:
    """(rows,) expected sample count of the row's combination: n times the product of the shares of its values."""
    rows = len(columns[0])
    mean = np.full(rows, float(rows))
    for column in columns:
        mean *= np.bincount(column.codes + 1, minlength=radix(column))[column.codes + 1] / rows
    return mean, 0, True


def _pairs(columns: Sequence[Column], tolerance: float, most_rounds: int = 200) -> tuple[Floats, int, bool]:
    """As `_independent`, fitted so that the counts of every pair of columns come out as observed."""
    digits = [np.unique(c.codes, return_inverse=True) for c in columns]
    shape = tuple(len(values) for values, _ in digits)
    check_cells(shape)
    flat = np.ravel_multi_index([place for _, place in digits], shape)
    observed = np.bincount(flat, minlength=math.prod(shape)).reshape(shape).astype(np.float64)
    fitted, rounds, settled = fit_pairs(observed, tolerance, most_rounds)
    return fitted.ravel()[flat], rounds, settled


def check_cells(shape: Sequence[int]) -> None:
    """A Problem where a table of this shape is too large to fit."""
    if math.prod(shape) > MOST_CELLS:
        raise Problem(
            "{cells} combinations of values are possible: too many for a model with all pairs.",
            "Choose the model with main effects only, fewer columns, or wider groups.", cells=math.prod(shape),
        )


def fit_pairs(observed: Floats, tolerance: float = 0.1, most_rounds: int = 200) -> tuple[Floats, int, bool]:
    """The smoothest table with the observed counts of every pair of columns; the rounds it took, and if it settled."""
    axes = range(observed.ndim)
    fitted = np.ones(observed.shape)
    pairs = list(combinations(axes, min(2, observed.ndim)))
    gone = [tuple(a for a in axes if a not in pair) for pair in pairs]
    targets = [observed.sum(axis=g, keepdims=True) for g in gone]
    settled, rounds = False, 0
    while not settled and rounds < most_rounds:
        rounds, worst = rounds + 1, 0.0
        for g, target in zip(gone, targets, strict=True):
            now = fitted.sum(axis=g, keepdims=True)
            worst = max(worst, float(np.abs(now - target).max()))
            fitted *= np.divide(target, now, out=np.zeros_like(target), where=now > 0)
        settled = worst <= tolerance
    return fitted, rounds, settled
