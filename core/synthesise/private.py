"""PrivateSynthesizer: new rows with a stated (epsilon, delta), paid for from the dataset's ledger before training."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, ClassVar, Literal, NamedTuple, Protocol

import numpy as np
from pydantic import Field

from core.declare import ColumnPick, columns_of, dump, param
from core.problem import Problem
from core.protect.method import Progress, Run
from core.query.ground import EachRow, Ground, Known
from core.query.noise import Spend
from core.synthesise.accept import accepted, below
from core.synthesise.domain import Domain, Levels, Listed, levels_of
from core.synthesise.found import found
from core.synthesise.marginals import Coded
from core.synthesise.model import Floats, Ints
from core.synthesise.paying import Ledger, Paid
from core.synthesise.purse import Bought, Purse
from core.synthesise.rules import Between, NotAbove
from core.synthesise.synthesizer import Synthesizer, new_table
from core.synthesise.trained import DRAWN, More
from core.table import Table

FINDING = 0.1
"""The share of the price that is spent on finding values and bounds, where they are not public."""

Source = Literal["settled", "stated", "paid"]
"""Where the levels of a column come from: settled with the budget, stated for this step, or paid for."""


class Numbers(Protocol):
    """What a private synthesizer learned: it holds noisy numbers and public facts alone."""

    @property
    def total(self) -> int: ...

    def sample(self, rows: int, rng: np.random.Generator) -> Ints: ...

    def evidence(self, codes: Ints, others: Ints) -> Floats:
        """(rows,) how strongly what was learned speaks for each row having been in the table, beside these others."""


@dataclass(frozen=True, eq=False)
class PrivateModel:
    """What is kept of a training: nothing in it was made without noise.

    bought  every noisy number and choice, with what it cost
    spend   what all of it may have cost; `most` is how far one unit could move a table of counts
    """

    domain: Domain
    learned: Numbers
    bought: tuple[Bought, ...]
    spend: Spend
    most: int
    epsilon: float
    delta: float

    def draw(self, rows: int, rng: np.random.Generator) -> Table:
        """New rows; drawing more of them costs nothing."""
        return Table(self.domain.columns(self.learned.sample(rows, rng), rng), {}, None)


class Public(NamedTuple):
    """What is known of a column without looking at the data, and where that comes from."""

    known: Known | None
    source: Source


class PrivateSynthesizer(Synthesizer):
    """The base of synthesizers with a promise. Subclasses say how they `learn` from coded rows and a purse.

    Every value a column can have is public or paid for: settled with the budget, stated in `known`, or found at a price
    (`find`). Which source each column has stands in `sources`. No row, and no number of rows, decides what is asked,
    refused or written in any other way. With a seed the same rows come only from a model that was kept: noise is never
    seeded.
    """

    private: ClassVar[bool] = True
    epsilon: float = param(
        "How much of the budget may be spent?", default=1.0, gt=0, le=20, unit="epsilon", search=(0.3, 3),
        why="More keeps patterns better and promises less. It is charged before training, and for every training.",
    )
    known: dict[str, Known] = param(
        "What is public about columns of which the budget says nothing?", default={},
        why="Known from a codebook or a law, never by looking into this table.",
    )
    find: columns_of() = param(  # type: ignore[valid-type]
        "Of which columns are the values to be found, and paid for?", default=(),
        why="Where no list is public. Values so rare that they could give somebody away are not found. Needs a budget "
        "with a delta; a tenth of the price goes to all that is found.",
    )
    find_bounds: columns_of("number") = param(  # type: ignore[valid-type]
        "Of which columns of numbers are the bounds to be found, and paid for?", default=(),
        why="Two powers of two between which nearly all numbers lie; bounds you know are closer, and cost nothing.",
    )
    bins: int = param(
        "Numbers and dates are cut into at most how many bands?", default=64, ge=2, le=4096, advanced=True,
        why="Bands of equal width between the public bounds, and one at each stated cut; neighbours in which few "
        "people are counted are put together again.",
    )
    decimals: Annotated[dict[str, Annotated[int, Field(ge=0, le=9)]], ColumnPick(("number",))] = param(
        "With how many decimals are numbers written?", default={}, advanced=True,
        why="As many as the bounds have, where nothing is said: how the data is written is not public.",
    )
    rules: tuple[Annotated[Between | NotAbove, Field(discriminator="rule")], ...] = param(
        "Which rules must every new row keep?", default=(),
        why="New rows that break one are drawn again; that costs nothing.",
    )
    more: tuple[More, ...] = param(
        "Are more rows of certain people wanted?", default=(), advanced=True,
        why="They come beside the others, from the same model, and cost nothing.",
    )

    def learn(self, coded: Coded, purse: Purse, rng: np.random.Generator, progress: Progress) -> Numbers:  # noqa: ARG002
        """A model of coded rows; everything that depends on a row is bought from the purse."""
        raise TypeError(f"{type(self).__name__} does not say how it learns")

    def check(self, table: Table) -> None:
        """Names alone decide: a refusal that depends on rows would tell what no noise covers."""
        table.require([*self.leave_out, *self.known, *self.find, *self.find_bounds, *self.decimals])
        names = self.learned(table)
        if not names:
            raise Problem("No column is left to synthesise.", "Leave fewer columns out.")
        for name in (*(c for r in self.rules for c in _columns(r)), *(n for m in self.more for n in m.given)):
            if name not in names:
                raise Problem(
                    "“{column_name}” is not synthesised, so no rule or wish can be about it.",
                    "Name another column.", column=name, column_name=name,
                )
        if self.rows == 0 and not self.more:
            raise Problem("No rows were asked for.", "Say how many, or leave it empty for about as many as there are.")

    def check_measure(self, measure: str) -> None:
        """Stop, before anything is charged, where the ledger's measure (pure, zcdp) does not fit."""

    def learned(self, table: Table) -> tuple[str, ...]:
        """The columns that are synthesised. A weight is, even for the population: it decides which new rows stay."""
        gone = {*table.having("direct_identifier", "drop", "household"), *self.leave_out}
        return tuple(n for n in table.names if n not in gone)

    def unknown(self, table: Table, ground: Ground) -> tuple[str, ...]:
        """Columns of which neither the budget nor this step says anything: to be stated, found, or left out."""
        told = {*ground.known, *self.known, *self.find, *self.find_bounds}
        if not isinstance(ground.unit, EachRow):
            told.add(ground.unit.column)  # it is left out
        return tuple(n for n in self.learned(table) if n not in told)

    def foresee(self, table: Table) -> Table:
        gone = set(table.names) - set(self.learned(table))
        return table.without(gone | (set(table.having("weight")) if self.weights == "population" else set()))

    def sources(self, table: Table, ground: Ground) -> dict[str, Public]:
        """For each column: what is public, and where that comes from. A Problem where nothing is."""
        told: dict[str, Public] = {}
        for name in self.unknown(table, ground)[:1]:
            raise Problem(
                "Which values “{column_name}” can have is not known.",
                "List its values or bounds, pay to have them found, or leave the column out.",
                column=name, column_name=name,
            )
        for name in self.learned(table):
            if not isinstance(ground.unit, EachRow) and name == ground.unit.column:
                continue  # the numbers of people and households are names
            if name in ground.known:
                told[name] = Public(ground.known[name], "settled")
            elif name in self.known:
                told[name] = Public(self.known[name], "stated")
            else:
                told[name] = Public(None, "paid")
        if not told:
            raise Problem("No column is left to synthesise.", "Leave fewer columns out.")
        return told

    def apply(self, table: Table, run: Run) -> Table:
        if not isinstance(run.ledger, Ledger):
            raise Problem(
                "“{title}” is paid for from a budget, and none was named.",
                "Make a budget for this table, and name it.", title=self.title,
            )
        self._untouched(table, run)
        sources = self.sources(table, run.ledger.ground)
        split, fit, draw = run.rng().spawn(3)
        back = self.held_back(table, split)
        if table.row_ids is not None and back.any():
            run.control.append(table.row_ids[back])
        kept = self._kept(table.take(~back), sources, run, fit)
        run.note("Promised: epsilon {epsilon:.4g}, delta {delta:.3g}, for each {unit}.", epsilon=kept.epsilon,
                 delta=kept.delta, unit=run.ledger.ground.unit.kind)
        run.note("What a column can hold was public for {count} columns, and paid for with {paid}.",
                 count=sum(s.source != "paid" for s in sources.values()),
                 paid=sum(s.source == "paid" for s in sources.values()))
        return self.make(kept, table, draw, lambda share, doing: run.progress(0.9 + 0.1 * share, doing))

    def _untouched(self, table: Table, run: Run) -> None:
        """Steps before this one may leave columns out; what they did by looking at rows was not paid for."""
        start = run.original
        names = self.learned(table)
        same = start is not None and start.rows == table.rows and all(
            n in start.columns and bool(start[n].same_cells(table[n]).all()) for n in names)
        if not same:
            raise Problem(
                "Steps before “{title}” have changed the table.",
                "Put this step first: its promise holds for the table as it was read.", title=self.title,
            )

    def _kept(self, real: Table, sources: Mapping[str, Public], run: Run, rng: np.random.Generator) -> PrivateModel:
        original = run.original if run.original is not None else real
        key = self.key(real, run)
        model = run.models.find(key) if run.models else None
        if isinstance(model, PrivateModel):
            return model
        paid = run.ledger.pay(self, original)
        try:
            model = self.train(real, sources, paid, rng, lambda share, doing: run.progress(0.9 * share, doing))
        except Exception:  # noqa: BLE001 - a sentence that depends on the rows would tell what no noise covers
            model = None
        if model is None:
            raise Problem(
                "The training could not be finished; its price is spent.",
                "Tell the people who maintain this program which synthesizer it was.",
            )
        if run.models:
            run.models.keep(key, model)
        return model

    def key(self, real: Table, run: Run) -> str:
        """What a model depends on, as hex: settings, the rows learned from, what is settled, and the seed."""
        plain = {k: v for k, v in dump(self).items() if k not in DRAWN and k not in ("rules", "weights")}
        told = json.dumps([plain, run.step, run.ledger.budget.id, run.ledger.ground.model_dump(mode="json"),
                           list(self.learned(real))], sort_keys=True)
        return hashlib.sha256(run.salt("model") + told.encode() + real.digest().encode()).hexdigest()

    def train(self, real: Table, sources: Mapping[str, Public], paid: Paid, rng: np.random.Generator,
              progress: Progress) -> PrivateModel:
        """One training, paid for: rows bounded for each unit, coded by public levels, learned through the purse."""
        ground = paid.ground
        rows = real.take(ground.kept(real))
        purse = Purse(paid.spend, ground.most * (2 if ground.size_public else 1), paid.names_delta)
        domain = Domain(self._levels(rows, sources, purse))
        # Of people with several rows each, only the number of people is the same in neighbouring tables.
        total = rows.rows if ground.size_public and isinstance(ground.unit, EachRow) else None
        learned = self.learn(domain.coded(rows, total), purse, rng, progress)
        return PrivateModel(domain, learned, tuple(purse.bought), paid.spend, purse.most, paid.epsilon, paid.delta)

    def _levels(self, rows: Table, sources: Mapping[str, Public], purse: Purse) -> dict[str, Levels]:
        each = FINDING / max(sum(s.known is None for s in sources.values()), 1)
        values = sum(s.known is None and n in self.find for n, s in sources.items())
        levels: dict[str, Levels] = {}
        for name, public in sources.items():
            known = public.known
            if known is None:
                known = found(rows[name], name in self.find, purse, each, max(values, 1))
            levels[name] = levels_of(known, rows[name].kind, self.bins, self.decimals.get(name))
        return levels

    def make(self, kept: PrivateModel, table: Table, rng: np.random.Generator, progress: Progress) -> Table:
        """The new table: as many rows as asked for (or about as many as there are), then the extra ones."""
        weight = table.one("weight") if self.weights == "population" else None

        def draw(rows: int) -> Table:
            new = kept.draw(rows, rng)
            return new if weight is None else _by_weight(new, weight, rng)

        # The control group's share is no secret; how many rows there are is known from noisy counts alone.
        rows = round(kept.learned.total / (1 - self.control)) if self.rows is None else self.rows
        for more in self.more:
            _can_be(more, kept.domain)
        parts = [accepted(draw, rows, self.rules, progress=progress)]
        parts += [accepted(draw, more.rows, self.rules, more.given, progress=progress) for more in self.more]
        return new_table(table, dict(below(parts).columns))


def _columns(rule: Between | NotAbove) -> tuple[str, ...]:
    return rule.columns if isinstance(rule, Between) else (rule.lower, rule.upper)


def _by_weight(new: Table, weight: str, rng: np.random.Generator) -> Table:
    """New rows drawn in proportion to their own (synthetic) weights, which then go."""
    weights = np.maximum(np.nan_to_num(new[weight].numbers), 0)
    rest = new.without([weight])
    if weights.sum() <= 0:
        return rest
    return rest.take(rng.choice(new.rows, new.rows, p=weights / weights.sum()))


def _can_be(more: More, domain: Domain) -> None:
    for name, value in more.given.items():
        of = domain.levels[name]
        if isinstance(of, Listed) and value not in of.values:
            raise Problem(
                "More rows were asked for with a value that “{column_name}” cannot have.",
                "Write one of the values that are stated for it.", column=name, column_name=name,
            )
