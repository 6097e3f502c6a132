"""Method: what every protection step is, what it is given, and what it may claim."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import ClassVar, Literal, NamedTuple

import numpy as np

from core.declare import Declared
from core.protect.secrets import Secrets
from core.table import Table

Group = Literal["identifiers", "select", "categories", "numbers", "rows"]
"""The section of the gallery a method stands in."""

Progress = Callable[[float, str], None]
"""Told the share done (0 to 1) and what is being done, in a few words."""


def silent(share: float, doing: str) -> None:
    """A Progress that tells nobody."""


@dataclass(frozen=True)
class Run:
    """What one step is given besides the table and its own settings.

    step  the step's place in the recipe, counted from 1: two equal steps draw different numbers
    """

    secrets: Secrets
    step: int
    progress: Progress = field(default=silent)

    def rng(self) -> np.random.Generator:
        """The step's own generator: the same secrets, step and table give the same draws."""
        return np.random.default_rng(np.random.SeedSequence(self.secrets.seed, spawn_key=(self.step,)))

    def key(self, name: str) -> bytes:
        """The 32-byte key of that name; a Problem if the secrets at hand do not hold it."""
        return self.secrets.key(name)


class Claim(NamedTuple):
    """Something a step promises of the released table, recounted independently after the last step.

    what   the promise in words, shown in the report ("at least 5 rows share each combination of ...")
    holds  True if the released table keeps it; written apart from the kernel that made it true
    """

    what: str
    holds: Callable[[Table], bool]


class Method(Declared):
    """A protection step: Table -> Table. Subclasses add `method: Literal[...]`, `title`, `group`, parameters, `apply`."""

    group: ClassVar[Group]

    def check(self, table: Table) -> None:
        """Stop with a Problem, before anything is touched, if this step cannot work on this table."""

    def apply(self, table: Table, run: Run) -> Table:
        """The protected table. Rows keep their row_ids."""
        raise TypeError(f"{type(self).__name__} does not say what it does")

    def claims(self, table: Table) -> tuple[Claim, ...]:
        """What the step promises, given the table it was applied to."""
        return ()

    def in_words(self) -> str:
        """One line for the list of steps taken; settings, never cell values."""
        return self.title
