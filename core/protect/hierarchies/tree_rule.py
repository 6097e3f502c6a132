"""What every kind of hierarchy can do: say the groups of each value, and be planted on a column."""

from __future__ import annotations

from collections.abc import Mapping

from core.declare import Declared
from core.protect.hierarchies.tree import Tree, plant
from core.table import Column

Paths = list[tuple[str, ...] | None]


class Rule(Declared):
    """What every kind of hierarchy can do."""

    def paths(self, column: Column) -> Paths:  # noqa: ARG002
        """Per distinct value of the column: its groups from level 1 upwards, or None where it is not covered."""
        raise TypeError(f"{type(self).__name__} does not say how values are grouped")

    def domain(self, column: Column) -> Mapping[str, tuple[str, ...]]:
        """The whole domain: leaf -> groups; the values that occur, unless the rule knows more."""
        return {v: p for v, p in zip(column.values.to_pylist(), self.paths(column), strict=True) if p is not None}

    def plant(self, column: Column, name: str) -> Tree:
        """The tree on this column; a Problem if values are not covered or have two parents. `name` is for messages."""
        return plant(column, name, self.paths(column), self.domain(column))
