"""Conditional: synthesizers that can make some columns new given others: hybrid tables, households, linked tables."""

from __future__ import annotations

import numpy as np

from core.declare import columns_of, param
from core.problem import Problem
from core.protect.method import Progress
from core.synthesise.accept import accepted, below
from core.synthesise.households import HouseholdModel
from core.synthesise.join import part
from core.synthesise.rules import broken
from core.synthesise.synthesizer import new_table
from core.synthesise.trained import Kept, Model, Trained
from core.table import Column, Table

ROUNDS = 200
"""A row that breaks a rule is drawn anew at most so often."""


class Conditional(Trained):
    """The base of synthesizers that learn columns in an order, and so can be given the first of them."""

    keep: columns_of() = param(  # type: ignore[valid-type]
        "Which columns are kept as they are?", default=(), advanced=True,
        why="Then only the others are new, given these. The rows stay those of real people, with real values in these "
        "columns: such a table must be protected like any other.",
    )
    households: bool = param(
        "If there are households: make whole new households?", default=True,
        why="Yes: households of the sizes there are, whose members fit each other. No: persons without a household.",
    )

    def learn_given(
        self, known: Table, table: Table, rng: np.random.Generator, progress: Progress  # noqa: ARG002
    ) -> Model:
        """A model of the columns of `table`, given those of `known` (possibly none) in the same rows."""
        raise TypeError(f"{type(self).__name__} does not say how it learns")

    def learn(self, table: Table, rng: np.random.Generator, progress: Progress) -> Model:
        keep = tuple(n for n in table.names if n in self.keep)
        return self.learn_given(
            Table({n: table[n] for n in keep}), Table({n: c for n, c in table.columns.items() if n not in keep}),
            rng, progress,
        )

    def renewed(self, table: Table) -> tuple[str, ...]:
        return tuple(n for n in table.names if n not in self.keep)

    def household(self, table: Table) -> str | None:
        """The column that numbers households, where whole households are made."""
        return table.one("household") if self.households and not self.keep else None

    def learned(self, table: Table) -> tuple[str, ...]:
        names = super().learned(table)
        household = self.household(table)
        return tuple(n for n in table.names if n in names or n == household)

    def check(self, table: Table) -> None:
        table.require(self.keep)
        super().check(table)
        if not self.keep:
            return
        new = set(self.learned(table)) - set(self.keep)
        if set(self.keep) - set(self.learned(table)):
            raise Problem(
                "A column that is to be kept as it is leaves the table.",
                "Direct identifiers, and columns left out, cannot be kept.",
            )
        if not new:
            raise Problem("Every column is kept as it is; nothing is synthesised.", "Keep fewer columns.")
        if self.rows is not None or self.more:
            raise Problem(
                "Columns are kept as they are, so the number of rows cannot change.",
                "Leave the number of rows empty, and ask for no more rows.",
            )
        if self.weights == "population" and table.one("weight"):
            raise Problem(
                "Columns are kept as they are, so the rows stay those of the sample.", "Synthesise for the sample.",
            )
        if any(rule.rule == "together" and set(rule.columns) & set(self.keep) for rule in self.rules):
            raise Problem(
                "A rule about combinations names a column that is kept as it is.", "Leave that column out of the rule.",
            )

    def train(self, real: Table, rng: np.random.Generator, progress: Progress) -> Kept:
        household = self.household(real)
        if household is None:
            return super().train(real, rng, progress)
        return HouseholdModel.train(self, household, real, rng, progress)

    def make(self, kept: Kept, table: Table, rng: np.random.Generator, progress: Progress) -> Table:
        if self.keep:
            return self._rest(kept, table, rng)
        household = self.household(table)
        if household is None:
            return super().make(kept, table, rng, progress)
        rows = table.rows if self.rows is None else self.rows

        def draw(count: int) -> Table:
            return kept.model.draw(count, rng)

        parts = [accepted(draw, rows, self.rules, household=household, progress=progress)]
        parts += [accepted(draw, m.rows, self.rules, m.given, household, progress) for m in self.more]
        return new_table(table, dict(_numbered(parts, household).columns))

    def _rest(self, kept: Kept, table: Table, rng: np.random.Generator) -> Table:
        """Hybrid: the same rows, with new cells in all columns but those kept."""
        known = Table({n: table[n] for n in table.names if n in self.keep})
        names = self.learned(table)
        now = part(kept.model.draw(table.rows, rng, known), kept.joins)
        for _ in range(ROUNDS):
            bad = np.flatnonzero(broken(self.rules, now))
            if not len(bad):
                break
            again = part(kept.model.draw(len(bad), rng, known.take(bad)), kept.joins)
            order = np.arange(now.rows)
            order[bad] = now.rows + np.arange(len(bad))
            now = below([now, Table({n: again[n] for n in now.names})]).take(order)
        else:
            raise Problem(
                "{count} rows cannot keep the rules, given the columns that stay as they are.",
                "Keep fewer columns, or correct the rows that break a rule.", count=len(bad),
            )
        columns: dict[str, Column] = {n: table[n] if n in self.keep else now[n] for n in names}
        return table.without(set(table.names) - set(names)).with_columns(columns)


def _numbered(parts: list[Table], household: str) -> Table:
    """Parts with household numbers of their own below each other, numbered through."""
    if len(parts) == 1:
        return parts[0]
    start, numbers = 0, []
    for one in parts:
        numbers += [int(v) + start for v in one[household].texts() if v]
        start += len(one[household].values)
    width = len(str(start))
    ids = Column.of([str(n).zfill(width) for n in numbers], parts[0][household].kind)
    rest = below([one.without([household]) for one in parts])
    return Table({n: ids if n == household else rest[n] for n in parts[0].names}, parts[0].roles, None)
