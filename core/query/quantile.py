"""The median and other quantiles of a column, in all or by group."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import ClassVar, Literal, NamedTuple

import numpy as np

from core.declare import param
from core.problem import Problem
from core.query.ground import Ground
from core.query.measure import OfNumbers
from core.query.noise import Floats, Integers, Spend, choice_scale, choose
from core.query.query import Answer, Estimate, View, counted, in_words
from core.table import Table

COUNT_SHARE = 0.2
"""The share of the price that counts the groups, so that small ones can be withheld."""

LEAST_SHARE = 0.001
"""Shares are fractions of at most a thousand parts: a finer one would be counted as another."""

MISSED = 0.025
"""The chance, at most, that one end of an interval lies on the wrong side."""


class Shares(NamedTuple):
    """How the price is divided: for the count, for each quantile, and for each of its two ends."""

    counts: float
    point: float
    end: float


class Quantile(OfNumbers):
    """The median, or another quantile, of a column of numbers.

    At a glance: "the median income of each district": the amount half of the people stay below. Extreme incomes do not
    matter for it, and wide bounds cost little. One of a grid of candidates between the bounds is drawn: the one in
    whose cell the wanted rank lies, or one near to it, being far likelier than the rest.

    The interval is paid for too: its ends are drawn in the same way for a rank so much lower (higher) that, whatever
    the data, each lies beyond the quantile of the file with at least 97.5%. Ends and quantile share the price by a
    quarter, a quarter and a half; without the interval all of it goes to the quantile.

    Score of a cell for the rank r = n p/q + shift: minus q times how far r lies outside of what is counted up to the
    cell's two sides. Some cell always scores 0, however many rows share one value. One row moves it by max(p, q - p).
    Source: Smith (2011), doi:10.1145/1993636.1993743; McKenna and Sheldon (2020), Permute-and-flip, arXiv:2010.12603.
    """

    query: Literal["quantile"] = "quantile"
    title: ClassVar[str] = "Median and quantiles"
    measures: ClassVar[str] = "quantile"
    shares: tuple[float, ...] = param(
        "Below which number does what share of the rows lie?", default=(0.5,), min_length=1, max_length=19,
        why="0.5 is the median; 0.25, 0.5, 0.75 the quartiles. The price is divided among them.",
    )
    interval: bool = param(
        "With an interval?", default=True, advanced=True,
        why="Half of the price says how exact the answer is. Without it the answer is better, and nobody knows by "
            "how much.",
    )
    candidates: int = param(
        "Among how many candidates between the bounds?", default=1000, ge=2, le=100_000, advanced=True,
        why="More are finer, and cost a little certainty.",
    )

    def check(self, table: Table, ground: Ground) -> None:
        super().check(table, ground)
        if any(not LEAST_SHARE <= s <= 1 - LEAST_SHARE for s in self.shares):
            raise Problem("A quantile's share lies between 0.001 and 0.999.", "Write 0.5 for the median.")
        if len(set(self.shares)) < len(self.shares):
            raise Problem("A quantile is asked for twice.", "Name each share once.")

    def division(self, groups: int) -> Shares:
        """How the price is divided among count, quantiles and ends."""
        count = COUNT_SHARE if groups > 1 else 0.0
        each = (1 - count) / len(self.shares)
        return Shares(count, each / 2, each / 4) if self.interval else Shares(count, each, 0.0)

    def answer(self, view: View) -> Answer:
        numbers, held = self.numbers(view)
        known, parts = view.ground.bounds(self.column), self.division(view.groups)
        noisy = view.released((counted(held, parts.counts),)) if parts.counts else {}
        grid = np.linspace(known.low, known.high, self.candidates)
        edges = np.array([known.low, *(grid[:-1] + grid[1:]) / 2, known.high])
        # A unit's rows may be spread over groups, but never more than `most` in all: the losses of the groups add up to
        # no more than if all its rows were in one (linearly for epsilon, less for rho). So each group may spend it all.
        cell = np.searchsorted(edges[1:-1], numbers, side="right")
        by_group = [np.bincount(cell[held & (view.group == g)], minlength=len(grid)) for g in range(view.groups)]
        estimates = tuple(self._estimate(share, by_group, grid, edges, view, parts) for share in self.shares)
        words = (*in_words(noisy), f"quantile: noisy maximum over {self.candidates} candidates")
        notes = () if self.interval else ("Without an interval: how exact it is was not paid for.",)
        return Answer(view.by, view.labels, estimates, self._withheld(noisy, view.groups), words, notes)

    def _estimate(
        self, share: float, by_group: list[Integers], grid: Floats, edges: Floats, view: View, parts: Shares
    ) -> Estimate:
        p, q = parts_of(share)
        moved, spend = view.sensitivity(max(p, q - p)), view.spend
        point = np.array([grid[choose(scores(c, p, q), moved, spend.part(parts.point))] for c in by_group])
        low, high = np.full(view.groups, np.nan), np.full(view.groups, np.nan)
        if parts.end:
            end = spend.part(parts.end)
            off = shift(len(grid), q, moved, end)
            low = np.array([edges[choose(scores(c, p, q, -off), moved, end)] for c in by_group])
            high = np.array([edges[choose(scores(c, p, q, off), moved, end) + 1] for c in by_group])
            # The three were drawn one by one: the interval is widened to hold the point, which loses no certainty.
            low, high = np.minimum(low, point), np.maximum(high, point)
        return Estimate(f"quantile_{float(share):g}", point, low, high)


def parts_of(share: float) -> tuple[int, int]:
    """The share as a fraction p / q of small whole numbers."""
    part = Fraction(share).limit_denominator(1000)
    return part.numerator, part.denominator


def scores(in_cell: Integers, p: int, q: int, off: int = 0) -> Integers:
    """(cells,) how near the rank n p/q + off lies to the rows of each cell, in steps of 1/q; 0 is best.

    in_cell  (cells,) how many rows lie in each cell, from the lowest
    """
    upto = q * np.cumsum(in_cell).astype(np.int64)
    before = np.concatenate([[0], upto[:-1]])
    wanted = p * int(in_cell.sum()) + q * off
    short, beyond = wanted - upto, before - wanted
    # A rank before the first row is the first cell's, and one behind the last the last cell's.
    short[-1] = beyond[0] = 0
    return -np.maximum(np.maximum(short, beyond), 0)


def shift(cells: int, q: int, sensitivity: int, spend: Spend) -> int:
    """By how many rows an end's rank is moved outward, so that it lies beyond the quantile with at least 97.5%.

    Every cell that lies wholly on the wrong side scores at most -q shift, some cell scores 0, and the wrong one is
    chosen with a chance of at most exp(-gap / scale) (exponential or Gumbel noise on each score): the sum over all
    cells is at most MISSED.
    """
    scale = choice_scale(sensitivity, spend)
    return math.ceil(scale * math.log((cells - 1) / MISSED) / q)
