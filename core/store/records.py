"""What the store hands out: frozen records, without keys, sessions or cell values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any


@dataclass(frozen=True)
class Actor:
    """Who acts. Every call of the store says it."""

    user: str
    department: str = ""


@dataclass(frozen=True)
class Project:
    """One person's work on one table.

    id           unguessable, 128 random bits, safe in a URL
    step         the furthest step of the wizard, from 1
    source_name  the name of the uploaded file, as the user's machine called it
    notes        small JSON state of the wizard
    version      counts changes; hand it back as `expected` to notice a change made elsewhere
    locked       True if the project's key is missing or damaged: nothing in it can be read, only deleted
    """

    id: str
    name: str
    owner: str
    department: str
    recipient: str
    purpose: str
    step: int
    source_name: str
    created: datetime
    changed: datetime
    version: int
    notes: Mapping[str, Any] = field(default_factory=dict)
    locked: bool = False


@dataclass(frozen=True)
class StoredFile:
    """A file in a project's vault.

    bytes  its size in plain text
    stamp  tells one content from another: drawn anew whenever the file is stored (a key for caches)
    """

    name: str
    bytes: int
    created: datetime
    stamp: str


@dataclass(frozen=True)
class RecipeVersion:
    """One saved state of a project's recipe.

    version  counted from 1 in the project; never reused
    parent   the version it was made from: where undo leads; None at the first
    next     where redo leads; None if nothing was undone
    note     what changed, in words
    """

    version: int
    recipe: Mapping[str, Any]
    note: str
    created: datetime
    user: str
    parent: int | None = None
    next: int | None = None


@dataclass(frozen=True)
class ReleaseRecord:
    """An entry in the register of releases. It outlives its project."""

    reference: str
    project_id: str
    recipe_version: int | None
    digest_in: str
    digest_out: str
    figures: Mapping[str, Any]
    format: str
    created: datetime
    user: str
    department: str


@dataclass(frozen=True)
class Event:
    """Who did what, when. Facts are counts, names of columns, files and options: never a cell value."""

    id: int
    at: datetime
    user: str
    department: str
    project_id: str | None
    what: str
    facts: Mapping[str, Any]


@dataclass(frozen=True)
class Allowance:
    """How much of a budget a person or a department may spend in a period, and has spent."""

    whose: str
    who: str
    department: str
    total: float
    spent: float
    lifetime: float


@dataclass(frozen=True)
class Budget:
    """The ledger of one table.

    measure, total, spent, lifetime  epsilon if "pure", rho if "zcdp"; spent in this period, and over the lifetime
    epsilon, delta                   the total as it was chosen
    ground                           who is protected and what is public, as plain data
    """

    id: int
    name: str
    owner: str
    department: str
    digest: str
    ground: Mapping[str, Any]
    measure: str
    epsilon: float
    delta: float
    total: float
    spent: float
    lifetime: float
    delta_total: float
    delta_spent: float
    delta_lifetime: float
    renews: str
    created: datetime
    allowances: tuple[Allowance, ...] = ()

    @property
    def left(self) -> float:
        return self.total - self.spent

    def left_for(self, actor: Actor) -> float:
        """What this actor may spend at most: what is left of the budget, and of allowances of theirs."""
        theirs = [a for a in self.allowances if a.department == actor.department
                  and (a.whose == "department" or a.who == actor.user)]
        return min(self.left, *(a.total - a.spent for a in theirs)) if theirs else self.left


@dataclass(frozen=True)
class Charge:
    """A question paid for, and its answer (None: none was kept, the program ended between charge and answer)."""

    id: int
    budget_id: int
    at: datetime
    user: str
    department: str
    query: Mapping[str, Any]
    epsilon: float
    price: float
    delta_price: float
    answer: Mapping[str, Any] | None
