"""Correlation and linear regression."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar, Literal

import numpy as np

from core.declare import column_of, columns_of, param
from core.problem import Problem
from core.query.ground import Ground, as_numbers
from core.query.noise import Floats
from core.query.query import Answer, Estimate, Noisy, Query, Statistic, View, counted, in_words, normal, summed
from core.table import Table


class Moments(Query):
    """What correlation and regression share: noisy sums of products of numbers brought to -1 ... 1 by their bounds."""

    missing: Literal["leave_out", "middle"] = param(
        "What becomes of rows with a missing number?", default="leave_out", advanced=True,
        why="The middle of the bounds makes the columns seem to go together less.",
        labels={"leave_out": "They are left out", "middle": "The middle of the bounds stands for it"},
    )

    def names(self) -> tuple[str, ...]:
        """The columns of numbers it is about."""
        raise TypeError(f"{type(self).__name__} does not say which columns it is about")

    def check(self, table: Table, ground: Ground) -> None:
        super().check(table, ground)
        table.require(self.names())
        if len(set(self.names())) < len(self.names()):
            raise Problem("A column is named twice.", "Name each column once.")
        for name in self.names():
            ground.bounds(name)

    def unit(self, view: View, name: str) -> tuple[float, float]:
        """Middle and reach of a column's bounds."""
        known = view.ground.bounds(name)
        return (known.low + known.high) / 2, (known.high - known.low) / 2

    def statistics(self, view: View) -> tuple[Statistic, ...]:
        z = []
        for name in self.names():
            middle, reach = self.unit(view, name)
            off = np.clip((as_numbers(view.rows[name]).numbers - middle) / reach, -1, 1)
            z.append(np.where(np.isnan(off), 0.0, off) if self.missing == "middle" else off)
        held = np.asarray(np.isfinite(z).all(axis=0))
        z = [np.where(held, c, np.nan) for c in z]
        size = len(z)
        share = 1 / (1 + size + size * (size + 1) / 2)
        sums = [summed(z[i], 1.0, share, f"s{i}") for i in range(size)]
        # A square lies between 0 and 1: counted from its middle, it needs half the noise.
        products = [summed(z[i] * z[j] - (0.5 if i == j else 0), 0.5 if i == j else 1.0, share, f"p{i}.{j}")
                    for i in range(size) for j in range(i, size)]
        return (counted(held, share), *sums, *products)

    def gram(self, noisy: Mapping[str, Noisy], group: int) -> tuple[Floats, Floats]:
        """(1 + k, 1 + k) sums of products of (1, z), and the standard deviations of their noise."""
        size = len(self.names())
        found, sd = np.zeros((size + 1, size + 1)), np.zeros((size + 1, size + 1))
        n = noisy["count"]
        found[0, 0], sd[0, 0] = n.numbers[group], n.sd
        for i in range(size):
            s = noisy[f"s{i}"]
            found[0, i + 1] = found[i + 1, 0] = s.numbers[group]
            sd[0, i + 1] = sd[i + 1, 0] = s.sd
            for j in range(i, size):
                p = noisy[f"p{i}.{j}"]
                half = 0.5 * n.numbers[group] if i == j else 0.0
                found[i + 1, j + 1] = found[j + 1, i + 1] = p.numbers[group] + half
                sd[i + 1, j + 1] = sd[j + 1, i + 1] = np.hypot(p.sd, 0.5 * n.sd if i == j else 0.0)
        return found, sd


class Correlation(Moments):
    """How strongly two columns of numbers go together (Pearson's correlation), in all or by group.

    At a glance: "does expenditure rise with age". Made of six noisy sums. The interval is that of the noise (first
    order), cut to -1 and 1; where the noise hides a column's spread, there is no answer.

    Source: Dwork and Roth (2014), section 3.3, doi:10.1561/0400000042.
    """

    query: Literal["correlation"] = "correlation"
    title: ClassVar[str] = "Correlation"
    measures: ClassVar[str] = "correlation"
    first: column_of("number") = param("Which column of numbers?", why="Its bounds must be public.")  # type: ignore[valid-type]
    second: column_of("number") = param("And which other one?", why="Its bounds must be public.")  # type: ignore[valid-type]

    def names(self) -> tuple[str, ...]:
        return self.first, self.second

    def estimates(self, view: View, noisy: Mapping[str, Noisy]) -> tuple[Estimate, ...]:
        values, sds = np.full(view.groups, np.nan), np.full(view.groups, np.nan)
        for g in range(view.groups):
            gram, sd = self.gram(noisy, g)
            n = gram[0, 0]
            if n < 2:
                continue
            mean = gram[0, 1:] / n
            variance = gram[1:, 1:] / n - np.outer(mean, mean)
            spread = np.sqrt(np.maximum(np.diag(variance), 0))
            if (np.diag(variance) < 2 * np.diag(sd)[1:] / n).any():
                continue
            values[g] = np.clip(variance[0, 1] / spread.prod(), -1, 1)
            sds[g] = np.sqrt(sd[1, 2] ** 2 + values[g] ** 2 * ((np.diag(sd)[1:] / 2) ** 2).sum()) / (n * spread.prod())
        raw = normal("correlation", values, sds)
        return (raw.within(-1, 1),)


class Regression(Moments):
    """A straight line through the data: how a column of numbers depends on others (linear regression).

    At a glance: "expenditure from age and years of school": an intercept and one coefficient for each column, in the
    units of the data. Made of noisy sums of products; a small ridge, chosen by the size of the noise alone, keeps the
    solution stable. The intervals are those of the noise (first order).

    Source: Wang (2018), Revisiting differentially private linear regression, UAI (sufficient statistics perturbation),
    arXiv:1803.02596.
    """

    query: Literal["regression"] = "regression"
    title: ClassVar[str] = "Linear regression"
    measures: ClassVar[str] = "coefficient"
    target: column_of("number") = param("Which column of numbers is explained?", why="Its bounds must be public.")  # type: ignore[valid-type]
    given: columns_of("number") = param(  # type: ignore[valid-type]
        "By which columns of numbers?", min_length=1, max_length=8, why="Each one more divides the price further.",
    )

    def names(self) -> tuple[str, ...]:
        return *self.given, self.target

    def answer(self, view: View) -> Answer:
        noisy = view.released(self.statistics(view))
        found = [self._solved(view, *self.gram(noisy, g)) for g in range(view.groups)]
        names = ("intercept", *self.given)
        labels = tuple((*label, name) for label in view.labels for name in names)
        values, sds = (np.concatenate([f[i] for f in found]) for i in (0, 1))
        withheld = np.repeat(self._withheld(noisy, view.groups), len(names))
        estimates = (normal("coefficient", values, sds),)
        notes = (self._accuracy(view, noisy),) if view.groups == 1 else ()
        return Answer((*view.by, "term"), labels, estimates, withheld, in_words(noisy), notes)

    def _accuracy(self, view: View, noisy: Mapping[str, Noisy]) -> str:
        """How well the line predicts, from the same noisy sums: no further price."""
        gram, sd = self.gram(noisy, 0)
        size, n = len(self.given) + 1, gram[0, 0]
        ridge = gram[:size, :size] + np.eye(size) * 2 * sd[:size, :size].max()
        if n < 2 or np.linalg.eigvalsh(ridge).min() <= 0:
            return "How well it predicts is hidden by the noise."
        beta = np.linalg.solve(ridge, gram[:size, size])
        all_of_it = gram[size, size] - gram[0, size] ** 2 / n
        left = gram[size, size] - 2 * beta @ gram[:size, size] + beta @ gram[:size, :size] @ beta
        if all_of_it <= 2 * sd[size, size] or left < 0:
            return "How well it predicts is hidden by the noise."
        explained = float(np.clip(1 - left / all_of_it, 0, 1))
        typical = float(np.sqrt(left / n)) * self.unit(view, self.target)[1]
        return (f"As a prediction it explains about {100 * explained:.0f}% of the differences (R squared); it is "
                f"typically off by {typical:,.3g}. Both carry the noise too.")

    def _solved(self, view: View, gram: Floats, sd: Floats) -> tuple[Floats, Floats]:
        """Coefficients in the units of the data, intercept first, and the standard deviations of their noise."""
        size = len(self.given) + 1
        a, b = gram[:size, :size], gram[:size, size]
        ridge = a + np.eye(size) * 2 * sd[:size, :size].max()
        if np.linalg.eigvalsh(ridge).min() <= 0:
            return np.full(size, np.nan), np.full(size, np.nan)
        inverse = np.linalg.inv(ridge)
        beta = inverse @ b
        variance = (inverse**2) @ sd[:size, size] ** 2
        for i in range(size):
            for j in range(i, size):
                moved = np.zeros(size)
                moved[i] += beta[j]
                if i != j:
                    moved[j] += beta[i]
                variance += sd[i, j] ** 2 * (inverse @ moved) ** 2
        # From -1 ... 1 back to the units of the data: y = m_y + r_y (b_0 + sum b_j (x_j - m_j) / r_j).
        middle, reach = zip(*(self.unit(view, n) for n in self.names()), strict=True)
        back = np.diag([reach[-1], *(reach[-1] / r for r in reach[:-1])])
        back[0, 1:] = [-reach[-1] * m / r for m, r in zip(middle[:-1], reach[:-1], strict=True)]
        shift = np.zeros(size)
        shift[0] = middle[-1]
        return back @ beta + shift, np.sqrt((back**2) @ variance)
