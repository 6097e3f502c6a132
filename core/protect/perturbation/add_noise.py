"""Add random noise to numbers."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

import numpy as np
from pydantic import Field

from core.declare import ColumnPick, Declared, columns_of, param
from core.problem import Problem
from core.protect.cells import decimals_of, groups, only_numbers, with_numbers
from core.protect.households import by_household, check_households, whole_households
from core.protect.keys import NumberColumns, numeric, own_settings
from core.protect.method import Group, Method, Run
from core.table import Table
from core.table.column import Floats, Mask

_AMOUNT = "How much noise, as a share of the column's standard deviation?"


class Independent(Declared):
    """Each column gets noise of its own. Means stay in expectation; variances grow by amount squared."""

    title: ClassVar[str] = "Independent noise"
    kind: Literal["independent"] = "independent"
    amount: float = param(_AMOUNT, default=0.1, gt=0, le=5, search=(0.02, 0.5), why="More hides more.")


class Correlated(Declared):
    """The noise of the columns is correlated as the columns are, so correlations stay in expectation.

    Afterwards the columns are drawn together, y = m + sqrt(1 - d^2) (x - m) + d e with e of the data's covariance, so
    that means, variances and correlations all stay (Kim 1986).
    """

    title: ClassVar[str] = "Noise that keeps correlations"
    kind: Literal["correlated"] = "correlated"
    amount: float = param(_AMOUNT, default=0.1, gt=0, lt=1, search=(0.02, 0.5), why="More hides more.")


class Outliers(Declared):
    """Independent noise, and more of it where a number is an outlier (more than 3.5 robust standard deviations off)."""

    title: ClassVar[str] = "More noise on outliers"
    kind: Literal["outliers"] = "outliers"
    amount: float = param(_AMOUNT, default=0.1, gt=0, le=5, search=(0.02, 0.5), why="More hides more.")
    factor: float = param(
        "How many times more on an outlier?", default=3, ge=1, le=100, why="Extreme numbers are the best known ones.",
    )


class Multiplicative(Declared):
    """Each number is multiplied by a factor around 1, so that large numbers change more. Signs and zeros stay."""

    title: ClassVar[str] = "Noise in proportion to the number"
    kind: Literal["multiplicative"] = "multiplicative"
    amount: float = param(
        "How much, as the standard deviation of the factor?", default=0.1, gt=0, le=2, search=(0.02, 0.5),
        why="0.1: most numbers change by up to about 10%.",
    )


Kinds = Annotated[Independent | Correlated | Outliers | Multiplicative, Field(discriminator="kind")]


class AddNoise(Method):
    """Add random noise to numbers, so that no released number can be taken at its word.

    At a glance: with an amount of 0.1, each number moves by about a tenth of the column's standard deviation. Means
    stay in expectation; the larger the noise, the weaker the relations (unless it is correlated noise). Noise alone
    does not hide someone whose number is far from all others: use "More noise on outliers", or cap extremes as well.

    Numbers are written with no more decimals than the column had. Where no number was negative, none becomes negative:
    a draw that would pass zero is reflected. This is not differential privacy.

    In: number columns. Out: the same rows. Missing and suppressed cells stay as they are.

    Source: Kim (1986), A method for limiting disclosure in microdata based on random noise and transformation, ASA
    Section on Survey Research Methods, 370-374; Brand (2002), Microdata protection through noise addition,
    doi:10.1007/3-540-47804-3_8; Hundepool et al. (2012), section 3.5.1, doi:10.1002/9781118348239.
    """

    method: Literal["add_noise"] = "add_noise"
    title: ClassVar[str] = "Add noise to numbers"
    group: ClassVar[Group] = "numbers"
    columns: NumberColumns = param("Which columns?", why="Their numbers change a little.", min_length=1)
    noise: Kinds = param("Which noise?", default=Independent(), why="It decides which results stay right.")
    strata: columns_of() = param(  # type: ignore[valid-type]
        "Measure the spread within groups of which columns?", default=(), advanced=True,
        why="Small groups with little spread then get little noise.",
    )
    amounts: Annotated[dict[str, float], ColumnPick(("number",))] = param(
        "Which columns get another amount?", default={}, advanced=True,
        why="Each column may have an amount of its own, more than 0. Not for noise that keeps correlations.",
    )
    whole_households: bool = whole_households(
        "If each member of a household got other noise on the household's income, their mean would give it away."
    )

    def check(self, table: Table) -> None:
        names = numeric(table, self.columns)
        only_numbers(table, names)
        own_settings(self.amounts, self.columns, above=0)
        if self.amounts and isinstance(self.noise, Correlated):
            raise Problem("Noise that keeps correlations has one amount for all columns.",
                          "Leave out the amounts of single columns, or choose another noise.")
        if self.whole_households:
            check_households(table, self.columns)
        if isinstance(self.noise, Correlated) and len(names) > 1 and not np.isfinite(self._numbers(table)).all(1).any():
            raise Problem(
                "No row has a number in every one of the chosen columns, so their correlation is unknown.",
                "Choose other columns, or independent noise.",
            )

    def apply(self, table: Table, run: Run) -> Table:
        if self.whole_households:
            return by_household(table, self.columns, lambda t: self._noised(t, run))
        return self._noised(table, run)

    def _noised(self, table: Table, run: Run) -> Table:
        rng, numbers = run.rng(), self._numbers(table)
        new = numbers.copy()
        for rows in groups(table, self.strata):
            new[rows] = self._noisy(numbers[rows], rng)
        changed = {}
        for j, name in enumerate(self.columns):
            old = numbers[:, j]
            moved = np.abs(new[:, j]) if np.nanmin(old, initial=np.inf) >= 0 else new[:, j]
            fresh = np.isfinite(old) & np.isfinite(moved) & (moved != old)
            changed[name] = with_numbers(table[name], moved, fresh, decimals_of(table[name]))
            same, held = int(changed[name].same_cells(table[name])[np.isfinite(old)].sum()), int(np.isfinite(old).sum())
            if same:
                run.note("“{column}”: {count:,} of {rows:,} numbers stayed as they were: the noise was less than their "
                         "last digit, or their group has no spread.", column=name, count=same, rows=held)
        return table.with_columns(changed)

    def _numbers(self, table: Table) -> Floats:
        return np.column_stack([table[n].numbers for n in self.columns])

    def _noisy(self, x: Floats, rng: np.random.Generator) -> Floats:
        """(rows, columns) the numbers with noise; NaN stays NaN."""
        draws = rng.standard_normal(x.shape)
        kind = self.noise
        amounts = np.array([self.amounts.get(n, kind.amount) for n in self.columns])
        if isinstance(kind, Multiplicative):
            # A lognormal factor with mean 1 and the standard deviation asked for.
            log_variance = np.log1p(amounts**2)
            return x * np.exp(draws * np.sqrt(log_variance) - log_variance / 2)
        if isinstance(kind, Correlated):
            return _correlated(x, kind.amount, draws)
        amount = np.broadcast_to(amounts, x.shape).copy()
        if isinstance(kind, Outliers):
            amount[_outlying(x)] *= kind.factor
        return x + amount * draws * _spread(x)


def _spread(x: Floats) -> Floats:
    """(columns,) standard deviation of the numbers there are; 0 where there are none."""
    held = np.isfinite(x)
    count = held.sum(0)
    mean = np.where(held, x, 0).sum(0) / np.maximum(count, 1)
    return np.sqrt((np.where(held, x - mean, 0) ** 2).sum(0) / np.maximum(count - 1, 1))


def _outlying(x: Floats) -> Mask:
    """(rows, columns) more than 3.5 robust standard deviations (1.4826 MAD) from the median."""
    out = np.zeros(x.shape, bool)
    for j in range(x.shape[1]):
        held = np.isfinite(x[:, j])
        if held.any():
            off = np.abs(x[:, j] - np.median(x[held, j]))
            scale = 1.4826 * np.median(off[held])
            out[:, j] = held & (off > 3.5 * scale)
    return out


def _correlated(x: Floats, amount: float, draws: Floats) -> Floats:
    whole = x[np.isfinite(x).all(1)]
    if len(whole) < 2:
        return x
    mean = np.array([c[np.isfinite(c)].mean() for c in x.T])
    # Square root of the covariance, by its eigenvalues: columns may depend on each other exactly.
    size, directions = np.linalg.eigh(np.atleast_2d(np.cov(whole, rowvar=False)))
    root = directions * np.sqrt(np.maximum(size, 0))
    return mean + np.sqrt(1 - amount**2) * (x - mean) + amount * draws @ root.T
