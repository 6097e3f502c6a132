"""Fellegi and Sunter's probabilistic linkage: how much each kind of agreement says, learned without knowing the truth.

Fellegi and Sunter (1969), doi:10.1080/01621459.1969.10501049; EM on the counts of agreement patterns after Winkler
(1988); how often strangers agree is counted over all pairs, nearly all of which are strangers.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Levels = npt.NDArray[np.uint8]
Floats = npt.NDArray[np.float64]

KINDS = 4
"""Apart, near, fits, open: `core.attack.fit`."""

ROUNDS = 60

EXPECTED = (0.05, 0.05, 0.9)
"""How rows of one person are expected to agree (apart, near, fits) where a column says anything at all."""

TRUST = 0.25
"""How much that expectation counts beside what is learned: as so many true pairs for each person. Left to itself, the
learning takes people of one kind (married, of one country) for one person, for they agree in much as well."""

_LEAST = 1e-6


@dataclass(frozen=True, eq=False)
class Weights:
    """What agreement says.

    m, u    (columns, KINDS) how often each kind of agreement occurs among rows of one person, and among strangers
    share   of all pairs, how many are of one person
    """

    m: Floats
    u: Floats
    share: float

    @property
    def logs(self) -> Floats:
        """(columns, KINDS) the natural log of how much likelier each kind makes it that both are one person."""
        return np.asarray(np.log(self.m / self.u))

    def scores(self, levels: Sequence[Levels]) -> Floats:
        """(people, rows) the sum over columns."""
        return np.asarray(sum(log[level] for log, level in zip(self.logs, levels, strict=True)))


def learn(levels: Iterable[tuple[Sequence[Levels], Floats]], columns: int, people: int) -> Weights:
    """Weights from all pairs.

    levels  for each stretch of people: per column (people, rows) kinds of agreement, and (rows,) how many rows each is
    """
    counts = np.zeros(KINDS**columns)
    for stretch, sizes in levels:
        pattern = np.zeros(stretch[0].shape, np.int32)
        for level in stretch:
            pattern = pattern * KINDS + level
        weight = np.broadcast_to(sizes, pattern.shape).ravel()
        counts += np.bincount(pattern.ravel(), weight, minlength=len(counts))
    found = np.flatnonzero(counts)
    return em(_digits(found, columns), counts[found], people)


def em(patterns: npt.NDArray[np.integer], counts: Floats, people: int) -> Weights:
    """Expectation and maximisation on (patterns, columns) kinds of agreement and how many pairs have each."""
    columns, pairs = patterns.shape[1], counts.sum()
    u = np.stack([np.bincount(patterns[:, c], counts, KINDS) for c in range(columns)]) / pairs
    u = np.maximum(u, _LEAST) / np.maximum(u, _LEAST).sum(axis=1, keepdims=True)
    m = np.maximum(u * np.array([0.02, 0.5, 5.0, 1.0]), _LEAST)
    m /= m.sum(axis=1, keepdims=True)
    open_ = u[:, 3:]
    expected = np.concatenate([(1 - open_) * np.array(EXPECTED), open_], axis=1)
    # At most one row is a person's, and no more pairs than people are true.
    most = people / pairs
    share = most / 2
    every = np.arange(columns)
    for _ in range(ROUNDS):
        odds = share / (1 - share) * np.exp(np.log(m / u)[every, patterns].sum(axis=1))
        true = counts * odds / (1 + odds)
        share = float(np.clip(true.sum() / pairs, _LEAST * most, most * 0.999))
        m = np.stack([np.bincount(patterns[:, c], true, KINDS) for c in every]) + TRUST * people * expected
        m = np.maximum(m / m.sum(axis=1, keepdims=True), _LEAST)
    return Weights(m, u, share)


def _digits(patterns: npt.NDArray[np.integer], columns: int) -> npt.NDArray[np.integer]:
    return np.stack([patterns // KINDS ** (columns - 1 - c) % KINDS for c in range(columns)], axis=1)
