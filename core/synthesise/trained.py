"""Trained: synthesizers that learn a model from rows and then draw as many new rows from it as are wanted."""

from __future__ import annotations

import hashlib
import json
from typing import Annotated, Any, Protocol

import numpy as np

from core.declare import ColumnPick, Declared, dump, param
from core.problem import Problem
from core.protect.method import Progress, Run
from core.synthesise import rules as stated
from core.synthesise.accept import accepted, below
from core.synthesise.join import Join, join, part
from core.synthesise.rare import common_only
from core.synthesise.rules import Rule
from core.synthesise.synthesizer import FEWEST, Synthesizer, new_table
from core.table import Table

DRAWN = ("rows", "more")
"""Settings that say what is drawn from a model; the model itself does not depend on them."""


VERSION = 3
"""Raised whenever what models hold changes: those of an older studio are then trained anew, not misread."""


class Model(Protocol):
    """What was learned. It can hold cells of real rows: it is kept encrypted and never given out."""

    def draw(self, rows: int, rng: np.random.Generator, known: Table | None = None) -> Table:
        """New rows; with `known` (where the synthesizer can), the rest of these rows."""




class Kept:
    """A model with what is needed to draw from it again."""

    def __init__(self, model: Model, joins: tuple[Join, ...], facts: dict[str, Any]) -> None:
        self.model, self.joins, self.facts = model, joins, facts


class More(Declared):
    """So many more rows of certain people: 500 more rows from Sikkim."""

    rows: int = param("How many more rows?", ge=1, le=20_000_000, default=100, unit="rows", why="Beside the others.")
    given: Annotated[dict[str, str], ColumnPick()] = param(
        "With which values?", min_length=1, why="Each column and the value it has in these rows, as in the file."
    )


class Trained(Synthesizer):
    """The base of synthesizers that learn from rows without a promise: rules, extra rows, and a model to keep."""

    rules: tuple[Rule, ...] = param(
        "Which rules must every new row keep?", default=(),
        why="A model learns that children are younger than their mothers only roughly; a rule is kept in every row. "
        "Real rows that break a rule are not learned from.",
    )
    more: tuple[More, ...] = param(
        "Are more rows of certain people wanted?", default=(), advanced=True,
        why="They come beside the others: rare groups can be made large enough to work with.",
    )
    fewest: int = param(
        "A value that fewer than how many people have is never made?", default=3, ge=1, le=1_000, unit="people",
        advanced=True,
        why="Words, codes, and numbers of which there are only a few come back as they stand in the file: what one "
        "person alone has would show that person. Such cells are learned as another value. 1: every value is made.",
    )

    def learn(self, table: Table, rng: np.random.Generator, progress: Progress) -> Model:  # noqa: ARG002
        """A model of the table, whose columns are exactly those to be synthesised."""
        raise TypeError(f"{type(self).__name__} does not say how it learns")

    def check(self, table: Table) -> None:
        super().check(table)
        names = self.learned(table)
        stated.check(self.rules, table, names)
        for more in self.more:
            for name, value in more.given.items():
                table.require([name])
                if name not in names or table[name].values.index(value).as_py() < 0:
                    raise Problem(
                        "More rows were asked for with a value that “{column_name}” does not have.",
                        "Write the value as it stands in the file, in a column that is synthesised.",
                        column=name, column_name=name,
                    )
        if self.rows == 0 and not self.more:
            raise Problem("No rows were asked for.", "Say how many rows, or leave it empty for as many as there are.")

    def apply(self, table: Table, run: Run) -> Table:
        split, fit, draw = run.rng().spawn(3)
        back = self.held_back(table, split)
        if table.row_ids is not None and back.any():
            run.control.append(table.row_ids[back])
        kept = self._kept(table.take(~back), run, fit)
        if kept.facts["against_rules"]:
            run.note(
                "Rows that break a rule and were not learned from: {count:,}.", count=kept.facts["against_rules"],
            )
        if kept.facts.get("rare"):
            run.note(
                "Cells with a value of fewer than {fewest} people, which no new row shows: {count:,}.",
                fewest=self.fewest, count=kept.facts["rare"],
            )
        return self.make(kept, table, draw, _share(run.progress, 0.8, 0.2))

    def _kept(self, real: Table, run: Run, rng: np.random.Generator) -> Kept:
        key = self.key(real, run)
        found = run.models.find(key) if run.models else None
        if isinstance(found, Kept):
            return found
        kept = self.train(real, rng, _share(run.progress, 0, 0.8))
        if run.models:
            run.models.keep(key, kept)
        return kept

    def key(self, real: Table, run: Run) -> str:
        """What a model depends on, as hex: settings, the rows learned from, and the seed."""
        plain = {k: v for k, v in dump(self).items() if k not in DRAWN}
        roles = {n: real.role(n) for n in real.names}
        told = json.dumps([VERSION, plain, roles, run.step], sort_keys=True)
        return hashlib.sha256(run.salt("model") + told.encode() + real.digest().encode()).hexdigest()

    def train(self, real: Table, rng: np.random.Generator, progress: Progress) -> Kept:
        """The model of the real rows, joined columns and all."""
        bad = stated.broken(self.rules, real)
        good = real.take(~bad) if bad.any() else real
        if good.rows < FEWEST:
            raise Problem(
                "Only {count} rows are left to learn from; a synthesizer needs at least {fewest}.",
                "Hold back a smaller control group, or state rules that more rows keep.",
                count=good.rows, fewest=FEWEST,
            )
        names = self.learned(good)
        weight = good.one("weight") if self.weights == "population" else None
        also = (weight,) if weight else ()
        table, joins = join(Table({n: good[n] for n in (*names, *also)}, _roles(good, (*names, *also))), self.rules)
        table, rare = self.common(table, np.arange(table.rows), rng)
        table = self.training_rows(table, rng).without(also)
        facts = {"rows": good.rows, "columns": list(names), "against_rules": int(bad.sum()), "rare": rare}
        return Kept(self.learn(table, rng, progress), joins, facts)

    def common(self, table: Table, unit: np.ndarray, rng: np.random.Generator) -> tuple[Table, int]:
        """The table to learn from without values that hardly anybody has, and how many cells that changes."""
        return common_only(table, self.renewed(table), self.fewest, unit, rng)

    def renewed(self, table: Table) -> tuple[str, ...]:
        """The columns whose cells are made anew."""
        return table.names

    def make(self, kept: Kept, table: Table, rng: np.random.Generator, progress: Progress) -> Table:
        """The new table: as many rows as asked for, then the extra ones."""

        def draw(rows: int) -> Table:
            return part(kept.model.draw(rows, rng), kept.joins)

        rows = table.rows if self.rows is None else self.rows
        parts = [accepted(draw, rows, self.rules, progress=progress)]
        parts += [accepted(draw, more.rows, self.rules, more.given, progress=progress) for more in self.more]
        return new_table(table, dict(below(parts).columns))


def _roles(table: Table, names: tuple[str, ...]) -> dict[str, Any]:
    return {n: table.role(n) for n in names}


def _share(progress: Progress, start: float, width: float) -> Progress:
    return lambda share, doing: progress(start + width * share, doing)
