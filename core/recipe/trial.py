"""A synthetic table put to the test: what it kept, and what it gives away, beside people the synthesizer never saw."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np

from core.protect.method import Progress, silent
from core.table import Table
from core.utility import Both
from core.utility.distribution import total_variation
from core.utility.marginals import TwoWayMarginals
from core.utility.propensity import ClassifierAuc

FEWEST_CONTROL = 30
"""People in a control group below which a comparison with it says nothing."""

MOST = 20_000
"""Rows of each table that are looked at; more change the figures in the third digit only."""


@dataclass(frozen=True)
class Kept:
    """How close a table is to the people learned from, 0 being the same.

    one_way     mean total variation of single columns
    two_way     mean total variation of pairs of columns
    told_apart  how often a classifier picks the new row out of a pair; 0.5 is chance
    """

    one_way: float
    two_way: float
    told_apart: float | None


@dataclass(frozen=True)
class Trial:
    """Figures of one synthetic table.

    new      of the synthetic rows; `real` of the control group, as if it were the release: what real new people show
    attacks  what simulated attackers gained (core.attack), each beside what they gain on the control group
    """

    rows: int
    learned_from: int
    control: int
    new: Kept
    real: Kept | None
    attacks: tuple[dict[str, Any], ...] = field(default=())

    def as_dict(self) -> dict[str, Any]:
        """Plain data, as JSON takes it."""
        return {**asdict(self), "attacks": list(self.attacks)}


def trial(
    original: Table, made: Table, control: tuple[int, ...], rng: np.random.Generator, progress: Progress = silent
) -> Trial:
    """Figures of `made`, learned from `original` but for the rows whose row_ids are in `control`.

    Both sides are cut to equally many rows before they are compared: a small sample is further from its source than a
    large one, whatever made it.
    """
    names = [n for n in original.names if n in made.columns]
    back = np.isin(original.row_ids, control) if original.row_ids is not None else np.zeros(original.rows, bool)
    learned, held = original.take(~back), original.take(back)
    some = rng.permutation(made.rows)
    enough = held.rows >= FEWEST_CONTROL
    size = min(MOST, made.rows, *([held.rows] if enough else []))
    from_learned = learned.take(np.sort(rng.permutation(learned.rows)[:MOST]))
    progress(0.1, "What was kept")
    new = kept(_only(from_learned, names), _only(made.take(np.sort(some[:size])), names))
    progress(0.3, "What real new people show")
    real = kept(_only(from_learned, names), _only(held.take(np.arange(size)), names)) if enough else None
    progress(0.5, "Attackers")
    attacks = _attacks(learned, made, held if enough else None, rng, _rest(progress, 0.5)) if enough else ()
    return Trial(made.rows, learned.rows, held.rows, new, real, attacks)


def kept(original: Table, made: Table) -> Kept:
    """How close `made` is to `original`, rows not matched."""
    both = Both.of(
        Table(original.columns, original.roles), Table(made.columns, made.roles), weight=None,
        household=original.one("household"),
    )
    ones = [total_variation(*both.columns[n].shares) for n in both.fitting]
    return Kept(
        float(np.mean(ones)) if ones else 0.0, TwoWayMarginals().value(both) or 0.0, ClassifierAuc().value(both),
    )


def _attacks(
    learned: Table, made: Table, control: Table | None, rng: np.random.Generator, progress: Progress
) -> tuple[dict[str, Any], ...]:
    from core.attack import attack

    if made.row_ids is not None:
        return ()  # a hybrid table holds real rows: its risk is counted as for any protected table
    return tuple(one.data() for one in attack(learned, made, control, rng=rng, progress=progress))


def _only(table: Table, names: list[str]) -> Table:
    return Table({n: table[n] for n in names}, {n: table.role(n) for n in names}, None)


def _rest(progress: Progress, start: float) -> Progress:
    return lambda share, doing: progress(start + (1 - start) * share, doing)
