"""The figures a page shows, computed once for each content: risk before and after, and the comparison of both."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from typing import Any

from core.compare import Comparison, compare
from core.language import language
from core.project import facts_name
from core.protect.changes import LogEntry, entry
from core.risk import Risk, assess, pictures
from core.risk.few_facts import few_facts, from_bytes
from core.risk.kernel import class_sizes
from core.risk.subsets import Uniques, uniques
from core.risk.suda import Suda
from core.store import Project
from core.table import Table
from core.table.column import Floats, Mask
from studio import context, desk, outcome

HEAT_MAP_KEYS = 15
"""More quasi-identifiers than these give a picture nobody can read."""

READABLE = 12
"""Answers of a column that make a map worth looking at."""

FEW_ANSWERS = 30
"""A column with more different values than these is measured or counted, and seldom known to others."""

LARGE = 200_000
"""Rows."""


def key(project: Project, *more: object) -> tuple[object, ...]:
    """What the figures of the original depend on: content, kinds, roles."""
    now = desk.recipe(project)
    return (project.id, context.stamp(project.id, desk.TABLE), json.dumps([now.kinds, now.roles, now.read]), *more)


def name(project: Project) -> str:
    """A name in letters and digits for what `key` says."""
    return hashlib.sha256(json.dumps(key(project)).encode()).hexdigest()[:32]


def before(project: Project) -> Risk:
    """The risk of the table as it came."""
    return context.keep(("risk", *key(project)), lambda: assess(desk.original(project)))


def comparison(project: Project) -> Comparison | None:
    """The original beside what the recipe now makes of it; None while there is nothing to compare."""
    done = outcome.current(project)
    if done is None or not done.rows:
        return None
    return context.keep(
        ("comparison", language.get(), *key(project, done.stamp)), lambda: compare(
            desk.original(project),
            outcome.released(project),
            synthetic=any(step.group == "synthetic" for step in desk.recipe(project).steps),
        )
    )


def changes(project: Project) -> LogEntry | None:
    """Rows and cells changed by all steps together."""
    done = outcome.current(project)
    if done is None:
        return None
    return context.keep(
        ("changes", *key(project, done.stamp)),
        lambda: entry(0, "all", desk.original(project), outcome.released(project), 0.0),
    )


def below(risk: Risk, k: int) -> int:
    """Rows in groups smaller than k."""
    return int((risk.fk < k).sum())


def people(expected: float) -> str:
    """An expected number of people: whole where it is large, and 0 only where it is none."""
    if 0 < expected < 0.05:
        return "<0.1"
    return f"{expected:,.0f}" if expected >= 10 or not expected else f"{expected:,.1f}"


def pairs(project: Project) -> pictures.PairMap:
    """Rows unique on each quasi-identifier and each pair, for at most 15 of them."""
    table = desk.original(project)
    keys = table.having("quasi_identifier")[:HEAT_MAP_KEYS]
    return context.keep(("pairs", *key(project)), lambda: pictures.pair_map(table, keys))


def uniques_of_pairs(project: Project) -> Uniques:
    """The same counts as `pairs`, as the printable page wants them."""
    table = desk.original(project)
    keys = table.having("quasi_identifier")[:HEAT_MAP_KEYS]
    return context.keep(("uniques", *key(project)), lambda: uniques(table, keys, 2))


def by_two(
    project: Project, row: str, column: str, k: int, only: Mask | None = None, whom: object = None
) -> pictures.RiskMap:
    """How many rows stand in groups smaller than k, by two columns; of all rows, or of `only` these.

    whom  what tells one choice of rows from another
    """
    table, risk = desk.original(project), before(project)
    return context.keep(
        ("by two", *key(project, row, column, k, whom)),
        lambda: pictures.risk_map(table, row, column, risk.fk < k, only),
    )


def two_to_begin_with(project: Project) -> tuple[str, str]:
    """Two quasi-identifiers whose map can be read: the most answers down the side, few along the bottom."""
    table = desk.original(project)
    sizes = {name: len(table[name].values) for name in table.having("quasi_identifier")}
    drawn = sorted(sizes, key=lambda name: (sizes[name] > pictures.MOST, abs(sizes[name] - READABLE)))
    first, second = drawn[:2]
    return (first, second) if sizes[first] >= sizes[second] else (second, first)


def small_combinations(project: Project) -> Suda | None:
    """Which combinations of up to three columns single whom out; None while a large table waits for its job."""
    table = desk.original(project)
    if not is_large(project):
        return context.keep(("facts", *key(project)), lambda: few_facts(table))
    stamp = context.stamp(project.id, facts_name(name(project)))
    if not stamp:
        return None

    def read() -> Suda:
        return from_bytes(context.store().get(context.who(), project.id, facts_name(name(project))), table)

    return context.keep(("facts", stamp, *key(project)), read)


def drivers(project: Project) -> list[str]:
    """The columns in the pairs that single most people out, most first; none where no pair does."""
    found = pairs(project)
    parts = {name: float(found.percent[i].sum()) for i, name in enumerate(found.keys)}
    return sorted((name for name in parts if parts[name] > 0), key=lambda name: -parts[name])


def overlooked(project: Project) -> list[str]:
    """Columns called harmless that give few different answers, as a class or a group: others may well know them.

    No codes: nobody knows a person's line number.
    """
    table = desk.original(project)
    few = (n for n in table.having("keep") if 1 < len(table[n].values) <= FEW_ANSWERS)
    return [name for name in few if table[name].kind != "code"]


def below_by(project: Project, names: Sequence[str]) -> int:
    """How many rows of the table as it came stand in groups smaller than the recipient's k, by these columns alone."""
    table, k = desk.original(project), desk.target(project).k
    return context.keep(("below by", *key(project, k, *names)), lambda: _smaller(table, names, k))


def alone_if_known(project: Project) -> int | None:
    """How many rows of the result are alone if someone also knows what was called harmless; None if there is none."""
    done, more = outcome.current(project), overlooked(project)
    if done is None or not done.rows or not more:
        return None
    table = outcome.released(project)
    names = [n for n in (*table.having("quasi_identifier"), *more) if n in table.names]
    return context.keep(("alone after", *key(project, done.stamp, *names)), lambda: _smaller(table, names, 2))


def _smaller(table: Table, names: Sequence[str], k: int) -> int:
    return int((class_sizes([table[name] for name in names]).fk < k).sum()) if names else 0


def is_large(project: Project) -> bool:
    """Whether the search for small combinations is a job of its own: it takes a minute, not a second."""
    return desk.original(project).rows > LARGE


def round_end(highest: float) -> int:
    """Where an axis in 100 ends: the next round figure above the highest chance (0 to 1)."""
    return next(end for end in (1, 2, 5, 10, 20, 50, 100) if end >= min(100.0, 100 * highest))


def curve(chances: Floats, end: int) -> list[tuple[float, int]]:
    """(chance in 100, people above it) at 101 places from 0 to `end`."""
    found = pictures.risk_curve(chances, 100 * 100 // end + 1)
    return [(100 * float(t), int(n)) for t, n in zip(found.threshold[:101], found.rows[:101], strict=True)]


def for_register(project: Project) -> dict[str, Any]:
    """The figures that stand beside a release in the register: small, and without a cell value."""
    found = comparison(project)
    return found.as_dict() | {"utility": {"table": found.as_dict()["utility"]["table"]}} if found else {}
