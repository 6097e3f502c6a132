"""Purse: what a private synthesizer may spend on noisy numbers and choices, and a record of every one it bought."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from core.query import noise as opendp_noise
from core.query.noise import Integers, Noise, Spend, noise_for

_GRID = 16
"""Scores are compared in 16ths of a row: whole numbers, so that their sensitivity is exact."""


class Bought(NamedTuple):
    """One noisy release or private choice: what it was for, what it cost, and how far one unit could move it."""

    what: str
    spend: Spend
    sensitivity: int
    noise: Noise | None


class Purse:
    """Parts of a paid price, each spent once.

    spend  what was paid (epsilon or rho), charged to the ledger before this exists
    most   how far one protected unit can move a table of counts: its rows, twice that where the size is public
    delta  what may be spent on naming values that are not public, in all
    """

    def __init__(self, spend: Spend, most: int, delta: float = 0.0) -> None:
        self.spend, self.most, self.delta = spend, most, delta
        self.left = 1.0
        self.bought: list[Bought] = []

    @property
    def measure(self) -> str:
        return self.spend.measure

    def counts(self, exact: Integers, share: float, what: str) -> tuple[npt.NDArray[np.float64], Noise]:
        """Counts in which each row stands in one cell, with noise; `share` of the price is spent."""
        part = self.take(share)
        noisy, noise = opendp_noise.release(exact.astype(np.int64), self.most, part)
        self.bought.append(Bought(what, part, self.most, noise))
        return noisy.astype(np.float64), noise

    def disjoint(self, exact: Integers, sensitivity: int, part: Spend, what: str) -> tuple[Integers, Noise]:
        """A sum of vectors of whole numbers, one for each row, with noise; `part` was taken once for a whole round.

        In a round each row stands in one sum only, and moves it by at most sensitivity / most (L2). The rows of a unit,
        wherever they stand, move all sums together by at most `sensitivity`, so that one price pays for the round
        (parallel composition; Bun and Steinke 2016, arXiv:1605.02065, with squares adding up).
        """
        noisy, noise = opendp_noise.release(exact.astype(np.int64), sensitivity, part)
        self.bought.append(Bought(what, part, sensitivity, noise))
        return noisy, noise

    def choose(self, errors: Sequence[float], weights: Sequence[int], share: float, what: str) -> int:
        """(Nearly) the highest of weight x error, where one unit moves each error by at most `most` rows."""
        part = self.take(share)
        scores = np.array([w * round(e * _GRID) for e, w in zip(errors, weights, strict=True)], np.int64)
        # Rounding may move a score by one step more than the error moved.
        sensitivity = max(weights) * (self.most * _GRID + 1)
        self.bought.append(Bought(what, part, sensitivity, None))
        return opendp_noise.choose(scores, sensitivity, part)

    def frequent(self, counts: dict[str, int], share: float, delta: float, what: str) -> dict[str, int]:
        """Noisy counts of the values frequent enough to be named; only where a delta was paid for."""
        part = self.take(share)
        if not 0 < delta <= self.delta * (1 + 1e-9):
            raise ArithmeticError("naming values needs a delta that was paid for")
        self.delta -= delta
        self.bought.append(Bought(what, part, self.most, None))
        return opendp_noise.frequent(counts, self.most, part, delta)

    def sd(self, share: float) -> float:
        """The standard deviation of the noise that this share of the price would buy for counts."""
        return noise_for(self.most, self.spend.part(share)).sd

    def take(self, share: float) -> Spend:
        if not 0 < share <= self.left + 1e-9:
            raise ArithmeticError("more would be spent than was paid")
        part = min(share, self.left)
        self.left = max(self.left - part, 0.0)
        return self.spend.part(part)
