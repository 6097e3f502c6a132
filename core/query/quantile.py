"""The median and other quantiles of a column, in all or by group."""

from __future__ import annotations

from fractions import Fraction
from typing import ClassVar, Literal

import numpy as np

from core.declare import param
from core.problem import Problem
from core.query.ground import Ground
from core.query.measure import OfNumbers
from core.query.noise import Floats, Integers, Spend, choose
from core.query.query import Answer, Estimate, View, counted, in_words
from core.table import Table


class Quantile(OfNumbers):
    """The median, or another quantile, of a column of numbers.

    At a glance: "the median income of each district": the amount half of the people stay below. Extreme incomes do not
    matter for it, and wide bounds cost little. One of a grid of candidates between the bounds is drawn, one whose rank
    is near the wanted one being far likelier. How far its rank may be off is said with the answer.

    Score of a candidate c: -|(q - p) #(x < c) - p #(x > c)| for the quantile p/q; a row moves it by max(p, q - p).
    Source: Smith (2011), doi:10.1145/1993636.1993743; McKenna and Sheldon (2020), Permute-and-flip, arXiv:2010.12603.
    """

    query: Literal["quantile"] = "quantile"
    title: ClassVar[str] = "Median and quantiles"
    measures: ClassVar[str] = "quantile"
    shares: tuple[float, ...] = param(
        "Below which number does what share of the rows lie?", default=(0.5,), min_length=1, max_length=19,
        why="0.5 is the median; 0.25, 0.5, 0.75 the quartiles. The price is divided among them.",
    )
    candidates: int = param(
        "Among how many candidates between the bounds?", default=1000, ge=2, le=100_000, advanced=True,
        why="More are finer, and cost a little certainty.",
    )

    def check(self, table: Table, ground: Ground) -> None:
        super().check(table, ground)
        if any(not 0 < s < 1 for s in self.shares):
            raise Problem("A quantile's share lies between 0 and 1.", "Write 0.5 for the median.")

    def answer(self, view: View) -> Answer:
        numbers, held = self.numbers(view)
        known = view.ground.bounds(self.column)
        grid = np.linspace(known.low, known.high, self.candidates)
        count_share = 0.2 if view.groups > 1 else 0.0
        noisy = view.released((counted(held, count_share),)) if count_share else {}
        spend = view.spend.part((1 - count_share) / len(self.shares))
        # A unit's rows may be spread over groups, but never more than `most` in all: the losses of the groups add up to
        # no more than if all its rows were in one (linearly for epsilon, less for rho). So each group may spend it all.
        by_group = [np.sort(numbers[held & (view.group == g)]) for g in range(view.groups)]
        estimates = []
        for share in self.shares:
            part = Fraction(share).limit_denominator(1000)
            found = np.array([grid[self._drawn(x, grid, part, view, spend)] for x in by_group])
            unknown = np.full(view.groups, np.nan)
            estimates.append(Estimate(f"quantile_{float(share):g}", found, unknown, unknown))
        off = rank_error(self.candidates, view.sensitivity(1), spend)
        note = f"With 95% chance the rank of each answer is off by at most about {off:,.0f} rows."
        words = (*in_words(noisy), f"quantile: noisy maximum over {self.candidates} candidates")
        return Answer(view.by, view.labels, tuple(estimates), self._withheld(noisy, view.groups), words, (note,))

    def _drawn(self, ordered: Floats, grid: Floats, part: Fraction, view: View, spend: Spend) -> int:
        p, q = part.numerator, part.denominator
        return choose(scores(ordered, grid, p, q), view.sensitivity(max(p, q - p)), spend)


def scores(ordered: Floats, grid: Floats, p: int, q: int) -> Integers:
    """(candidates,) how near each candidate's rank is to the quantile p/q of the ordered numbers; 0 is best."""
    below = np.searchsorted(ordered, grid, side="left").astype(np.int64)
    above = len(ordered) - np.searchsorted(ordered, grid, side="right").astype(np.int64)
    return -np.abs((q - p) * below - p * above)


def rank_error(candidates: int, rows: int, spend: Spend) -> float:
    """A bound (95%) on how many rows the drawn candidate's rank is off: 2 s / eps ln(candidates / 0.05).

    For rho it is that of epsilon = sqrt(2 rho), which is wider than needed.
    """
    epsilon = spend.amount if spend.measure == "pure" else float(np.sqrt(2 * spend.amount))
    return 2 * rows / epsilon * float(np.log(candidates / 0.05))
