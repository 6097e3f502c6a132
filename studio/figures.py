"""The figures a page shows, computed once for each content: risk before and after, and the comparison of both."""

from __future__ import annotations

import json
from typing import NamedTuple

from core.risk import Risk, assess
from core.risk.subsets import Uniques, uniques
from core.store import Project
from studio import context, desk
from studio.recipients import recipient

HEAT_MAP_KEYS = 15
"""More quasi-identifiers than these give a picture nobody can read."""


def key(project: Project, *more: object) -> tuple[object, ...]:
    """What the figures of the original depend on: content, kinds, roles."""
    now = desk.recipe(project)
    return (project.id, context.stamp(project.id, desk.TABLE), json.dumps([now.kinds, now.roles, now.read]), *more)


def before(project: Project) -> Risk:
    """The risk of the table as it came."""
    return context.keep(("risk", *key(project)), lambda: assess(desk.original(project)))


def pairs(project: Project) -> Uniques:
    """Rows unique on each quasi-identifier and each pair, for at most 15 of them."""
    table = desk.original(project)
    keys = table.having("quasi_identifier")[:HEAT_MAP_KEYS]
    return context.keep(("pairs", *key(project)), lambda: uniques(table, keys, 2))


class Below(NamedTuple):
    """How many rows stand in groups smaller than k."""

    k: int
    rows: int


def below_target(risk: Risk, project: Project) -> Below:
    """Rows in groups smaller than the recipient's target."""
    k = recipient(project.recipient).k
    return Below(k, int((risk.fk < k).sum()))


def below(risk: Risk, k: int) -> int:
    """Rows in groups smaller than k."""
    return int((risk.fk < k).sum())


def people(expected: float) -> str:
    """An expected number of people: whole where it is large."""
    return f"{expected:,.0f}" if expected >= 10 else f"{expected:,.1f}"
