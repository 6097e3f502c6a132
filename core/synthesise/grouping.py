"""Levels of a column put together where noise hides them: found from noisy counts alone, so it costs nothing more.

Source: the compression of rare values in McKenna, Miklau and Sheldon (2021), Winning the NIST Contest,
arXiv:2108.04978, section 4; here neighbouring bands of numbers are put together as well.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from core.synthesise.model import Floats, Ints

RARE = 1.0
"""A level stands by itself where its noisy count is above so many standard deviations of the noise."""

MISSING = 3.0
"""“Missing” is a level at all where it is seen this clearly: else no new cell is missing."""

BANDS = 16
"""Ordered levels are put together into about so many bands of equal counts."""


class Grouping(NamedTuple):
    """Which group each level belongs to, and how a group's rows are spread over its levels again.

    of      (levels,) the group
    inside  (levels,) the share of the group's rows that gets this level
    """

    of: Ints
    inside: Floats

    @property
    def groups(self) -> int:
        return int(self.of.max()) + 1

    def counted(self, noisy: Floats, sd: float) -> tuple[Floats, Floats]:
        """(groups,) noisy counts of the groups, and the variance of their noise."""
        held = self.inside > 0
        counts = np.bincount(self.of[held], noisy[held], self.groups)
        levels = np.bincount(self.of[held], minlength=self.groups)
        return counts.astype(np.float64), np.maximum(levels, 1) * sd**2

    def levels(self, groups: Ints, rng: np.random.Generator) -> Ints:
        """(rows,) a level for each row of a group."""
        from core.synthesise.model import systematic

        lines = np.zeros((self.groups, len(self.of)))
        lines[self.of, np.arange(len(self.of))] = self.inside
        return systematic(lines, groups, rng)


def grouped(noisy: Floats, sd: float, ordered: bool) -> Grouping:
    """The grouping of a column's levels; the last level is “missing”, and is left out where too few are.

    ordered  neighbouring levels are neighbours in size
    """
    levels = len(noisy)
    seen = noisy[:-1]
    of = _bands(seen, sd) if ordered else _rare_together(seen, sd)
    gone = noisy[-1] >= MISSING * sd
    whole = np.append(of, of.max(initial=-1) + 1 if gone or levels == 1 else 0).astype(np.int64)
    inside = np.zeros(levels)
    for group in range(int(whole.max()) + 1):
        mine = np.flatnonzero(whole == group)
        if not gone and levels > 1:
            mine = mine[mine < levels - 1]
        inside[mine] = _spread(noisy[mine], sd)
    return Grouping(whole, inside)


def _bands(noisy: Floats, sd: float) -> Ints:
    """Neighbours together until a band stands out of the noise and holds its share of the rows."""
    least = np.maximum(noisy, 0).sum() / BANDS
    of = np.zeros(len(noisy), np.int64)
    band, held, width = 0, 0.0, 0
    for i, count in enumerate(noisy):
        of[i] = band
        held, width = held + count, width + 1
        if held >= max(least, RARE * sd * np.sqrt(width)):
            band, held, width = band + 1, 0.0, 0
    if band and width:  # what is left at the end stood out of nothing
        of[of == band] = band - 1
    return of


def _rare_together(noisy: Floats, sd: float) -> Ints:
    often = noisy >= RARE * sd
    if (~often).sum() <= 1:
        return np.arange(len(noisy))
    of = np.cumsum(often) - 1
    return np.where(often, of, often.sum()).astype(np.int64)


def _spread(noisy: Floats, sd: float) -> Floats:
    """Shares within a group: the noisy counts, drawn towards equal ones as far as they differ by noise alone.

    The weight is that of James and Stein (1961), never below 0.
    """
    if len(noisy) == 1:
        return np.ones(1)
    mean = noisy.mean()
    spread = ((noisy - mean) ** 2).sum()
    weight = max(0.0, 1 - (len(noisy) - 1) * sd**2 / spread) if spread > 0 else 0.0
    shares = np.maximum(mean + weight * (noisy - mean), 0)
    return np.asarray(shares / shares.sum()) if shares.sum() > 0 else np.full(len(noisy), 1 / len(noisy))
