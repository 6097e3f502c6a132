"""What a question hands to OpenDP when it is answered: every release, choice and naming, as it happens."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import permutations
from typing import Any, NamedTuple

import numpy as np
import pytest

from core.query import keys, quantile, query
from core.query.noise import Integers, Spend, choose, frequent, release


class Drawn(NamedTuple):
    """One call: `release` (exact numbers), `choose` (scores) or `frequent` (counts by key)."""

    kind: str
    exact: Any
    sensitivity: int
    spend: Spend

    def again(self, times: int, at: Any) -> Integers:
        """(times, len(at)) independent draws of these numbers of this very release: one vector release of them all."""
        return release(np.tile(self.exact[at], times), self.sensitivity, self.spend)[0].reshape(times, -1)


@contextmanager
def watched() -> Iterator[list[Drawn]]:
    """Notes every call while questions are answered as usual."""
    calls: list[Drawn] = []

    def released(numbers: Integers, sensitivity: int, spend: Spend) -> Any:
        calls.append(Drawn("release", numbers.copy(), sensitivity, spend))
        return release(numbers, sensitivity, spend)

    def chosen(scores: Integers, sensitivity: int, spend: Spend) -> int:
        calls.append(Drawn("choose", scores.copy(), sensitivity, spend))
        return choose(scores, sensitivity, spend)

    def named(counts: dict[str, int], most: int, spend: Spend, delta: float) -> dict[str, int]:
        calls.append(Drawn("frequent", dict(counts), most, spend))
        return frequent(counts, most, spend, delta)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(query, "release", released)
        patch.setattr(keys, "release", released)
        patch.setattr(keys, "frequent", named)
        patch.setattr(quantile, "choose", chosen)
        yield calls


def permute_and_flip(flip: np.ndarray) -> np.ndarray:
    """The chance of each of a few candidates: in random order each is taken with its chance `flip`, until one is.

    Source: McKenna and Sheldon (2020), Algorithm 1, arXiv:2010.12603.
    """
    orders = list(permutations(range(len(flip))))
    chance = np.zeros(len(flip))
    for order in orders:
        left = 1 / len(orders)
        for i in order:
            chance[i] += left * flip[i]
            left *= 1 - flip[i]
    return chance
