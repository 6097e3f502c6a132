"""Which columns identify people at all: distinction, separation, small sets that single rows out, and a suggestion.

Source: Motwani and Xu (2007), Efficient algorithms for masking and finding quasi-identifiers, section 2, whose greedy
search for small sets is also the one used here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import combinations

from core.risk.kernel import class_sizes
from core.risk.population import Sizes
from core.risk.subsets import uniques
from core.table import Table


@dataclass(frozen=True)
class Power:
    """How well a set of columns tells rows apart.

    distinction  different combinations, as a share of the rows
    separation   share of all pairs of rows that differ
    unique       share of the rows that are alone in their combination
    """

    columns: tuple[str, ...]
    distinction: float
    separation: float
    unique: float


PowerOf = Callable[[Sequence[str]], Power]
"""`power` of any columns of one table, in memory or larger."""


def power(table: Table, columns: Sequence[str]) -> Power:
    """Distinction, separation and uniqueness of one set of columns."""
    return power_of_sizes(columns, Sizes.of(class_sizes([table[c] for c in columns]).sizes, table.rows))


def power_of_sizes(columns: Sequence[str], sizes: Sizes) -> Power:
    """The same from how many classes there are of each size."""
    rows = sizes.rows
    pairs = rows * (rows - 1) / 2
    alike = float((sizes.classes * sizes.size * (sizes.size - 1) / 2).sum())
    return Power(tuple(columns), sizes.seen / rows, (pairs - alike) / pairs if pairs else 0.0,
                 sizes.with_size(1) / rows)


def powers(table: Table, columns: Sequence[str], size: int = 2) -> list[Power]:
    """`power` of every set of 1 to `size` of the columns."""
    return powers_by(partial(power, table), columns, size)


def powers_by(measure: PowerOf, columns: Sequence[str], size: int) -> list[Power]:
    """`powers` of a table of which `measure` gives the power of a set."""
    return [measure(chosen) for s in range(1, size + 1) for chosen in combinations(columns, s)]


def smallest_set(table: Table, columns: Sequence[str], share: float, exact: int = 200) -> Power | None:
    """`smallest_by` of a table in memory."""
    return smallest_by(partial(power, table), columns, share, exact)


def smallest_by(measure: PowerOf, columns: Sequence[str], share: float, exact: int = 200) -> Power | None:
    """The smallest set of columns on which at least `share` of the rows are unique; None where not even all do.

    Sets are tried exhaustively, small ones first, while a size has at most `exact` sets; beyond that the set grows
    greedily by the column that makes most rows unique, so that it may hold one column more than needed.
    """
    if not columns or measure(columns).unique < share:
        return None
    for size in range(1, len(columns) + 1):
        sets = list(combinations(columns, size))
        if len(sets) > exact:
            break
        best = max((measure(s) for s in sets), key=lambda p: p.unique)
        if best.unique >= share:
            return best
    return _grown(measure, columns, share)


def _grown(measure: PowerOf, columns: Sequence[str], share: float) -> Power:
    chosen: tuple[str, ...] = ()
    while True:
        rest = [c for c in columns if c not in chosen]
        best = max((measure((*chosen, c)) for c in rest), key=lambda p: (p.unique, p.distinction))
        chosen = best.columns
        if best.unique >= share:
            return best


@dataclass(frozen=True)
class Suggestion:
    """Whether a column should be treated as a quasi-identifier, and the reasons in words."""

    column: str
    quasi_identifier: bool
    reasons: tuple[str, ...]


MOST_TRIED, TOGETHER = 15, 3
"""So many columns are tried in sets of three; more of them in pairs."""


def suggest(table: Table, columns: Sequence[str] | None = None) -> list[Suggestion]:
    """A suggestion for each column, from its values alone; what only a person can know is for the person to decide.

    A column with one value tells nobody apart. One that is different in nearly every row is an identifier rather
    than a quasi-identifier. What lies between is one if, added to two others at most, it makes rows unique: that is
    what somebody could know. (Judged beside all other columns, an exact amount would hide that sex tells people apart.)
    """
    apart = ("weight", "household", "drop", "direct_identifier")
    names = [n for n in (columns or table.names) if table.role(n) not in apart]
    every = {n: power(table, [n]) for n in names}
    between = [n for n in names if len(table[n].values) > 1 and every[n].distinction < 0.9]
    counts = uniques(table, between, TOGETHER if len(between) <= MOST_TRIED else 2).counts if between else {}
    return [_suggestion(table, name, every[name], counts) for name in names]


def _suggestion(table: Table, name: str, own: Power, counts: Mapping[tuple[str, ...], int]) -> Suggestion:
    if len(table[name].values) < 2:
        return Suggestion(name, False, ("The column has the same value in every row.",))
    if own.distinction >= 0.9:
        return Suggestion(name, False, (
            f"{own.distinction:.0%} of its values occur once: it may be a direct identifier or an exact amount.",))
    gain, beside = max(((n - counts.get(_without(s, name), 0), _without(s, name)) for s, n in counts.items()
                        if name in s), key=lambda found: found[0])
    reasons = [f"{len(table[name].values):,} different values tell {own.separation:.0%} of all pairs apart."]
    if gain > 0:
        also = f"With {' and '.join(beside)} it" if beside else "It"
        reasons.append(f"{also} makes {gain:,} rows unique that are not without it.")
    return Suggestion(name, gain > 0, tuple(reasons))


def _without(names: tuple[str, ...], gone: str) -> tuple[str, ...]:
    return tuple(n for n in names if n != gone)
