"""Study: one table with its quasi-identifiers, and everything about it that several measures need, counted once.

Measures ask a Study for counts only, per class or per row of a set of columns, and never for the table's cells where
counts will do: a Study of a file larger than memory (core/risk/stream_study.py) answers the same questions.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from core.problem import Problem
from core.risk.cells import Cells, tabulate
from core.risk.identifying import Power, power
from core.risk.individual import household_risk, individual_risk
from core.risk.kernel import Classes, class_sizes
from core.risk.loglinear import LogLinear, Terms, log_linear
from core.risk.numbers import Amounts
from core.risk.population import Sizes
from core.risk.suda import Missing, Scores, Suda, suda2
from core.risk.tally import Tally, tally
from core.risk.wildcard import WildcardClasses, wildcard_classes
from core.table import Column, Table
from core.table.column import Floats

if TYPE_CHECKING:
    from core.risk.measure import Measure, Measured


@dataclass(frozen=True, eq=False)
class Study:
    """What a risk measure is given. Build it with `Study.of`, which checks the choice of columns.

    keys             quasi-identifiers: what someone could know about a person
    weight           column of sample weights, or None where the file holds everybody
    household        column that says who lives together, or None
    sensitive        columns that nobody should learn about a person
    population       a table of the population with the same quasi-identifiers, or None
    population_size  how many people the file was drawn from, if the caller says so
    original         where `table` is a release: the table it was made from, or None
    """

    table: Table
    keys: tuple[str, ...]
    weight: str | None = None
    household: str | None = None
    sensitive: tuple[str, ...] = ()
    population: Table | None = None
    population_size: float | None = None
    original: Table | None = None
    _tallies: dict[tuple[str, tuple[str, ...]], Tally] = field(default_factory=dict, repr=False)

    @staticmethod
    def of(
        table: Table,
        keys: Sequence[str] | None = None,
        weight: str | None = None,
        household: str | None = None,
        sensitive: Sequence[str] = (),
        population: Table | None = None,
        population_size: float | None = None,
        original: Table | None = None,
    ) -> Study:
        """The roles of the table are the defaults. Problem where a column is not there or no key is chosen."""
        keys = tuple(dict.fromkeys(keys if keys is not None else table.having("quasi_identifier")))
        weight = weight or table.one("weight")
        household = household or table.one("household")
        sensitive = tuple(dict.fromkeys(sensitive or table.having("sensitive")))
        table.require([*keys, *([weight] if weight else []), *([household] if household else []), *sensitive])
        if not keys:
            raise Problem(
                "No column is chosen that someone could recognise a person by.",
                "Choose at least one quasi-identifier: age, sex, place, occupation and the like.",
            )
        if not table.rows:
            raise Problem("The table has no rows.", "Choose a file with at least one row of data.")
        if population is not None:
            population.require(keys)
        if population_size is not None and population_size < table.rows:
            raise Problem(
                "A population of {people} is smaller than the file, which has {rows} rows.",
                "Say how many people the file was drawn from.", people=round(population_size), rows=table.rows,
            )
        return Study(table, keys, weight, household, sensitive, population, population_size, original)

    @cached_property
    def rows(self) -> int:
        return self.table.rows

    def knows(self, need: str) -> bool:
        """Whether it is there: weight, household, sensitive, people, population, original or numbers."""
        there = {
            "weight": self.weight, "household": self.household, "sensitive": self.sensitive, "people": self.people,
            "population": self.population, "original": self.original, "numbers": self.number_columns,
        }[need]
        return there is not None and there != ()

    @property
    def by_record(self) -> bool:
        """Whether figures per row can be handed out: the rows stand in the order of the file."""
        return True

    @cached_property
    def columns(self) -> tuple[Column, ...]:
        return tuple(self.table[name] for name in self.keys)

    @cached_property
    def weights(self) -> Floats | None:
        """(rows,) sample weights; Problem where one is missing, no number, or negative."""
        return None if self.weight is None else read_weights(self.table, self.weight)

    @cached_property
    def classes(self) -> Classes:
        """The equivalence classes on all quasi-identifiers."""
        return class_sizes(self.columns, self.weights)

    @cached_property
    def spread(self) -> Sizes:
        """How many classes there are of each size, and the number of people behind the file."""
        return Sizes.of(self.classes.sizes, self.people or self.rows)

    @cached_property
    def individual(self) -> Floats:
        """(rows,) individual risk, by the approximate formula; 1 / fk without weights."""
        return individual_risk(self.classes.fk, None if self.weight is None else self.classes.wk)

    @cached_property
    def people(self) -> float | None:
        """How many people the file was drawn from: said so, counted in the population table, or the sum of weights."""
        if self.population_size is not None:
            return self.population_size
        if self.population is not None:
            return float(self.population.rows)
        return None if self.weights is None else max(float(self.weights.sum()), float(self.rows))

    @property
    def number_columns(self) -> tuple[str, ...]:
        """Columns of numbers that are neither weight nor direct identifier nor dropped."""
        hidden = {self.weight, self.household, *self.table.having("direct_identifier", "drop", "weight")}
        return tuple(n for n, c in self.table.columns.items() if c.kind == "number" and n not in hidden)

    @cached_property
    def population_counts(self) -> npt.NDArray[np.int64] | None:
        """(rows,) how many people of the population table share the row's combination; None without such a table."""
        return None if self.population is None else matching_rows(self.table, self.population, self.keys)

    @cached_property
    def people_per_class(self) -> npt.NDArray[np.int64] | None:
        """(classes,) how many people of the population table share the combination; None without such a table."""
        return None if self.population_counts is None else self.population_counts[self.classes.first_rows]

    @cached_property
    def presence(self) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
        """For each combination of the population table: (people who have it there, rows of the file that have it)."""
        if self.population is None:
            raise ValueError("there is no table of the population")
        theirs = class_sizes([self.population[k] for k in self.keys])
        return theirs.sizes.astype(np.int64), matching_rows(self.population, self.table, self.keys)[theirs.first_rows]

    def fewest(self, m: int) -> Iterator[npt.NDArray[np.int32]]:
        """(rows,) the fewest rows that share the row's values of any `m` quasi-identifiers, in stretches of rows."""
        found = np.full(self.rows, self.rows, np.int32)
        for chosen in combinations(self.columns, min(m, len(self.columns))):
            np.minimum(found, class_sizes(chosen).fk, out=found)
        yield found

    def power(self, columns: Sequence[str]) -> Power:
        """How well these columns tell the rows apart."""
        return power(self.table, columns)

    def log_linear(self, terms: Terms) -> LogLinear:
        """The log-linear model of the table of all combinations."""
        weights = self.weights
        fraction = self.rows / (self.people or self.rows) if weights is None else 1.0 / np.maximum(weights, 1.0)
        return log_linear(self.columns, fraction, terms)

    def cells(self, by: Sequence[str], amount: str | None) -> Cells:
        """The cells of the table by these columns, with the amounts added up in it."""
        return tabulate(self.table, by, amount)

    def special(self, max_size: int | None, fraction: float, scores: Scores, missing: Missing) -> Suda:
        """What SUDA2 finds."""
        return suda2(self.table, self.keys, max_size, fraction, scores, missing)

    def wildcards(self, alpha: float) -> WildcardClasses:
        """How many rows each combination matches where missing cells match anything."""
        return wildcard_classes(self.columns, self.classes, alpha)

    def amounts(self, column: str) -> Amounts:
        """How often each different number of a column occurs."""
        self.table.require([column])
        return Amounts.of(self.table[column].numbers)

    def numbers(self, columns: Sequence[str]) -> Iterator[Floats]:
        """(rows, columns) numbers, in stretches of rows; NaN is unknown."""
        self.table.require(columns)
        yield np.stack([self.table[n].numbers for n in columns], axis=1)

    def before_and_after(self, columns: Sequence[str]) -> Iterator[tuple[Floats, Floats]]:
        """(rows, columns) numbers of the original and of this table, in stretches of rows that belong together."""
        if self.original is None:
            raise ValueError("there is no original table")
        self.original.require(columns)
        ids = self.table.row_ids
        if ids is None or (len(ids) and ids.max() >= self.original.rows):
            raise Problem("The released rows do not belong to single rows of the original.",
                          "Compare the tables by their distributions instead.")
        yield np.stack([self.original[n].numbers[ids] for n in columns], axis=1), next(self.numbers(columns))

    @cached_property
    def household_of(self) -> npt.NDArray[np.int32] | None:
        """(rows,) number of the row's household, -1 where it is missing; None without a household column."""
        return None if self.household is None else self.table[self.household].codes

    @cached_property
    def household_individual(self) -> Floats | None:
        """(rows,) the chance that someone of the row's household is recognised; None without a household column."""
        return None if self.household_of is None else household_risk(self.individual, self.household_of)

    def counted(self, column: str, counts: Tally) -> None:
        """Keep what `tally` would count."""
        self._tallies[column, self.keys] = counts

    def measured(self, measure: Measure) -> Measured:
        """The answer of a measure."""
        return measure.of(self)

    def tally(self, column: str, keys: Sequence[str] | None = None) -> Tally:
        """How often each value of a column occurs in each class (on all quasi-identifiers unless others are given)."""
        keys = tuple(keys if keys is not None else self.keys)
        if (column, keys) not in self._tallies:
            classes = self.classes if keys == self.keys else class_sizes([self.table[k] for k in keys])
            self._tallies[column, keys] = tally(classes, self.table[column])
        return self._tallies[column, keys]


def read_weights(table: Table, name: str) -> Floats:
    """(rows,) the sample weights of a column, or a Problem that says how many cells do not fit."""
    numbers = table[name].numbers
    bad = int((~np.isfinite(numbers)).sum())
    if bad:
        raise Problem(
            "{count} of {rows} cells of the weight column “{column_name}” are empty or no number.",
            "Choose another weight column, or remove those rows first.",
            column=name, count=bad, rows=table.rows, column_name=name,
        )
    negative = int((numbers < 0).sum())
    if negative:
        raise Problem(
            "{count} weights in the column “{column_name}” are below 0.",
            "A sample weight says how many people a row stands for: choose another column.",
            column=name, count=negative, column_name=name,
        )
    return numbers


def matching_rows(table: Table, other: Table, keys: Sequence[str]) -> npt.NDArray[np.int64]:
    """(rows of table,) how many rows of `other` hold the same texts in these columns."""
    both = []
    for name in keys:
        mine, theirs = table[name], other[name]
        values = pa.concat_arrays([mine.values, theirs.values])
        merged = Column.of(values)
        place = np.append(merged.codes, np.int32(-1))
        shifted = np.where(theirs.codes < 0, -1, theirs.codes + len(mine.values))
        both.append(Column(np.concatenate([place[mine.codes], place[shifted]]).astype(np.int32), merged.values))
    classes = class_sizes(both)
    theirs_per_class = np.bincount(classes.class_of[table.rows :], minlength=classes.count)
    return theirs_per_class[classes.class_of[: table.rows]].astype(np.int64)
