"""Questions about which values there are: how many, the most frequent, and (paid for) the list itself and bounds."""

from __future__ import annotations

from typing import ClassVar, Literal

import numpy as np

from core.declare import column_of, param
from core.problem import Problem
from core.query.ground import Categories, Ground, as_numbers
from core.query.noise import frequent, release, threshold_for
from core.query.query import Answer, Estimate, Query, View
from core.table import Table

LEAST, LARGEST = -10, 44
"""Bounds are sought among the powers 2**-10 ... 2**44, a grid that does not depend on the data."""


class DistinctCount(Query):
    """How many different values a column holds.

    At a glance: "from how many villages are they". One protected unit can add as many values as it has rows.
    Source: Dwork, McSherry, Nissim and Smith (2006), doi:10.1007/11681878_14.
    """

    query: Literal["distinct_count"] = "distinct_count"
    title: ClassVar[str] = "How many different values"
    measures: ClassVar[str] = "distinct"
    column: column_of() = param("Of which column?", why="Its different values are counted.")  # type: ignore[valid-type]

    def check(self, table: Table, ground: Ground) -> None:
        table.require([self.column])
        super().check(table, ground)

    def answer(self, view: View) -> Answer:
        codes, held = view.rows[self.column].codes.astype(np.int64), ~view.rows[self.column].missing
        pairs = np.unique(np.stack([view.group, codes])[:, held & (view.group >= 0)], axis=1)
        exact = np.bincount(pairs[0], minlength=view.groups).astype(np.int64)
        drawn, noise = release(exact, view.sensitivity(1), view.spend)
        half = noise.half_width(0.95)
        n = drawn.astype(float)
        words = (f"distinct: {noise.distribution}, scale {noise.scale:.6g}",)
        estimates = (Estimate("distinct", n, n - half, n + half),)
        return Answer(view.by, view.labels, estimates, np.zeros(view.groups, bool), words)


class TopValues(Query):
    """The most frequent values of a column, with how often each occurs.

    At a glance: "the ten most frequent occupations". Where the list of values is public, all are counted with noise and
    the largest shown. Where it is not, only values frequent enough are named at all (that needs a budget with a delta):
    a value held by one person alone is named with a chance of at most delta.

    Source: Korolova, Kenthapadi, Mishra and Ntoulas (2009), doi:10.1145/1526709.1526733.
    """

    query: Literal["top_values"] = "top_values"
    title: ClassVar[str] = "The most frequent values"
    measures: ClassVar[str] = "count"
    column: column_of() = param("Of which column?", why="Its values are shown, most frequent first.")  # type: ignore[valid-type]
    most: int = param("How many values at most?", default=10, ge=1, le=10_000, why="Showing fewer costs the same.")

    def check(self, table: Table, ground: Ground) -> None:
        table.require([self.column])
        if self.by:
            raise Problem("The most frequent values cannot be grouped.", "Ask for one group at a time by a condition.")
        super().check(table, ground)

    def answer(self, view: View) -> Answer:
        known, column = view.ground.known.get(self.column), view.rows[self.column]
        if isinstance(known, Categories):
            place = view.ground.place(view.rows, self.column)
            exact = np.bincount(place[place >= 0], minlength=len(known.values)).astype(np.int64)
            drawn, noise = release(exact, view.sensitivity(1), view.spend)
            names, counts, half = list(known.values), drawn.astype(float), noise.half_width(0.95)
            words = f"count: {noise.distribution}, scale {noise.scale:.6g}"
        else:
            exact_of = dict(zip(column.values.to_pylist(), column.counts().tolist(), strict=True))
            found = frequent(exact_of, view.sensitivity(1), view.spend, view.delta)
            names, counts, half = list(found), np.array(list(found.values()), float), np.nan
            used = threshold_for(view.sensitivity(1), view.spend, view.delta)
            words = (f"count: discrete {'Laplace' if view.spend.measure == 'pure' else 'Gaussian'}, scale "
                     f"{used.scale:.6g}; values are named from a noisy count of {used.threshold:,} on")
        order = np.lexsort((np.array(names), -counts))[: self.most] if names else np.empty(0, int)
        shown = counts[order]
        estimates = (Estimate("count", shown, shown - half, shown + half),)
        labels = tuple((names[i],) for i in order)
        return Answer((self.column,), labels, estimates, np.zeros(len(order), bool), (words,))

    def needs_delta(self, ground: Ground) -> bool:
        """Whether this question can only be asked where a small chance of failure is granted."""
        return not isinstance(ground.known.get(self.column), Categories)


class FindBounds(Query):
    """Pay for an estimate of the bounds of a column of numbers, where none are public.

    At a glance: the answer is two powers of two (or zero) between which nearly all numbers lie, found from a noisy
    histogram over a fixed grid of powers. Use them as the bounds of later questions.

    Source: bounds from a logarithmic histogram, Wilson et al. (2020), section 5.1, doi:10.2478/popets-2020-0025.
    """

    query: Literal["find_bounds"] = "find_bounds"
    title: ClassVar[str] = "Find bounds"
    measures: ClassVar[str] = "bound"
    column: column_of("number") = param("Of which column of numbers?", why="Later questions need its bounds.")  # type: ignore[valid-type]

    def check(self, table: Table, ground: Ground) -> None:
        table.require([self.column])
        if self.by:
            raise Problem("Bounds are found for the whole column.", "Leave the groups out.")
        super().check(table, ground)

    def answer(self, view: View) -> Answer:
        numbers = as_numbers(view.rows[self.column]).numbers
        numbers = numbers[~np.isnan(numbers)]
        powers = 2.0 ** np.arange(LEAST, LARGEST + 1)
        edges = np.concatenate([-powers[::-1], [0.0], powers])
        place = np.clip(np.searchsorted(edges, numbers, side="right") - 1, 0, len(edges) - 2)
        exact = np.bincount(place, minlength=len(edges) - 1).astype(np.int64)
        drawn, noise = release(exact, view.sensitivity(1), view.spend)
        # So high that with 99% no empty bin passes.
        high = np.flatnonzero(drawn > noise.half_width(1 - 0.02 / len(exact)))
        if len(high):
            low, top = edges[high[0]], edges[high[-1] + 1]
        else:
            low = top = np.nan
        value = np.array([low, top])
        words = (f"histogram of powers of two: {noise.distribution}, scale {noise.scale:.6g}",)
        notes = () if len(high) else ("No bounds were found: too few rows for this price.",)
        unknown = np.full(2, np.nan)
        return Answer(("bound",), (("low",), ("high",)), (Estimate("bound", value, unknown, unknown),),
                      np.zeros(2, bool), words, notes)
