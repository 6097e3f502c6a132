"""A synthetic table put to the test: what it kept, and what it gives away, beside people the synthesizer never saw."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np

from core.protect.method import Progress, silent
from core.risk.kernel import class_sizes
from core.synthesise.amounts import joined
from core.table import Table
from core.utility import Both
from core.utility.distribution import total_variation
from core.utility.marginals import TwoWayMarginals
from core.utility.propensity import ClassifierAuc

FEWEST_CONTROL = 30
"""People in a control group below which a comparison with it says nothing."""

MOST = 20_000
"""Rows of each table that are looked at; more change the figures in the third digit only."""


APART = ("direct_identifier", "household", "weight", "drop")
"""Roles of columns that an attacker neither knows nor wants to learn here."""


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
    found    of 100 people of whom the key columns are known, for how many a row picked among those that match gives
             the rest right, cell by cell; `found_control` of people who were held back: chance. None without keys
    attacks  what simulated attackers gained (core.attack), each beside what they gain on the control group
    """

    rows: int
    learned_from: int
    control: int
    new: Kept
    real: Kept | None
    found: float | None = None
    found_control: float | None = None
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
    return Trial(
        made.rows, learned.rows, held.rows, new, real, found_in_100(learned, made),
        found_in_100(held, made) if enough else None, attacks,
    )


def kept(original: Table, made: Table) -> Kept:
    """How close `made` is to `original`, rows not matched."""
    both = Both.of(
        Table(original.columns, original.roles), Table(made.columns, made.roles), household=original.one("household"),
    )
    ones = [total_variation(*both.columns[n].shares) for n in both.fitting]
    # Members of a household share too much: a classifier would tell households apart, not real from new.
    alone = both if both.household is None else Both.of(_one_of_each(both.original, both.household),
                                                        _one_of_each(both.released, both.household),
                                                        household=both.household)  # fmt: skip
    return Kept(
        float(np.mean(ones)) if ones else 0.0, TwoWayMarginals().value(both) or 0.0, ClassifierAuc().value(alone),
    )


def _one_of_each(table: Table, household: str) -> Table:
    """The first person of each household; all rows of a table without its number."""
    if household not in table.columns:
        return table
    _, first = np.unique(table[household].codes, return_index=True)
    return table.take(np.sort(first))


def found_in_100(people: Table, made: Table) -> float | None:
    """Of 100 people, how many an attacker gets right who knows their key columns and picks a matching row by lot.

    Right is the whole rest of the row, cell by cell. For protected rows the figure is `found_in_100` of
    core.recipe.candidates, of which this is the counterpart where rows correspond to nobody.
    """
    keys = [n for n in people.having("quasi_identifier") if n in made.columns]
    rest = [n for n in people.names if n in made.columns and n not in keys and people.role(n) not in APART]
    if not keys or not rest or not people.rows or not made.rows:
        return None
    both = {n: joined([people[n], made[n].with_kind(people[n].kind)]) for n in (*keys, *rest)}
    alike = class_sizes([both[n] for n in keys]).class_of
    same = class_sizes([both[n] for n in (*keys, *rest)]).class_of
    matching = np.bincount(alike[people.rows :], minlength=int(alike.max()) + 1)[alike[: people.rows]]
    right = np.bincount(same[people.rows :], minlength=int(same.max()) + 1)[same[: people.rows]]
    return float(100 * (right / np.maximum(matching, 1)).mean())


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
