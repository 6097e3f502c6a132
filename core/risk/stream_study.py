"""A Study of a Parquet file larger than memory: the same questions as of a table, answered by passes over the file.

Measures of classes are merged from parts (core/risk/stream_parts.py); those of class sizes read how many classes there
are of each size; sets of columns are counted a set at a time; amounts by how often each number occurs. Memory holds one
batch and one part, and beyond that only what is said at each limit below. `measured` refuses what cannot be had so.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from functools import cached_property, partial
from itertools import combinations
from pathlib import Path
from types import TracebackType
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from core.problem import Problem
from core.risk.identifying import Power, power_of_sizes
from core.risk.individual import individual_risk, threshold_by_counting
from core.risk.loglinear import LogLinear, Terms, check_cells, fit_pairs, of_uniques
from core.risk.measure import Measure, Measured
from core.risk.measures.cells import UnsafeCells
from core.risk.measures.columns import SuggestedKeys
from core.risk.measures.identity import DeltaPresence, HouseholdRisk, IndividualRisk, Journalist, KMap, Marketer
from core.risk.measures.numbers import DistanceLinkage
from core.risk.numbers import Amounts
from core.risk.population import Sizes
from core.risk.spill import Spill
from core.risk.stream import BATCH, Coder, StreamedClasses, batches, coders_of, opened, require, stream_class_sizes
from core.risk.stream_household import StreamedHouseholds, stream_household_risk
from core.risk.stream_parts import Parts, merged, numbers_of
from core.risk.stream_suda import special_records
from core.risk.study import Study
from core.risk.suda import Missing, Scores, Suda
from core.risk.wildcard import WildcardClasses, match_combinations
from core.table import Table
from core.table.column import Codes, Floats

IN_MEMORY: tuple[type[Measure], ...] = (DistanceLinkage, SuggestedKeys)
"""By nature of whole tables: the nearest of all records, and every column of the file against every other."""

WITH_PEOPLE: tuple[type[Measure], ...] = (Journalist, Marketer, KMap, DeltaPresence)
"""Look at the table of the population, where there is one."""

MOST_COMBINATIONS = 10_000_000
"""Different combinations that are compared with each other in memory, for missing cells as wildcards."""

MOST_NUMBERS = 30_000_000
"""Different numbers of one column that are held in memory."""


@dataclass(frozen=True, eq=False)
class StreamStudy(Study):
    """What measures are given of a Parquet file. Build it with `stream_study`, and use it in a `with`."""

    path: Path = Path()
    people_path: Path | None = None
    original_path: Path | None = None
    folder: Path | None = None
    batch: int = BATCH
    _open: list[Any] = field(default_factory=list, repr=False)
    _powers: dict[tuple[str, ...], Sizes] = field(default_factory=dict, repr=False)

    @property
    def by_record(self) -> bool:
        return False

    def knows(self, need: str) -> bool:
        if need in ("population", "original"):
            return (self.people_path if need == "population" else self.original_path) is not None
        return super().knows(need)

    # --- class sizes

    @cached_property
    def streamed(self) -> StreamedClasses:
        """The class size of each record, in the order of the file."""
        found = stream_class_sizes(self.path, self.keys, self.weight, self.folder, batch=self.batch)
        self._open.append(found)
        return found

    @cached_property
    def households(self) -> StreamedHouseholds | None:
        """The household risk of each record, in the order of the file; None without households."""
        if self.household is None:
            return None
        found = stream_household_risk(self.path, self.streamed, self.household, self.folder)
        self._open.append(found)
        return found

    @cached_property
    def rows(self) -> int:
        return self.streamed.summary.rows

    @cached_property
    def people(self) -> float | None:
        if self.population_size is not None:
            return self.population_size
        if self.people_path is not None:
            return float(opened(self.people_path).metadata.num_rows)
        return None if self.weight is None else max(self.streamed.summary.people, float(self.rows))

    @cached_property
    def spread(self) -> Sizes:
        return self._sizes(self.keys, self.streamed.summary.sizes, self.people or self.rows)

    def _sizes(self, columns: Sequence[str], found: dict[int, int], people: float) -> Sizes:
        size = np.array(sorted(found), np.float64)
        sizes = Sizes(size, np.array([found[int(s)] for s in size], np.float64), float(people))
        self._powers[tuple(columns)] = sizes
        return sizes

    # --- sets of columns

    def power(self, columns: Sequence[str]) -> Power:
        columns = tuple(columns)
        if columns not in self._powers:
            with stream_class_sizes(self.path, columns, folder=self.folder, batch=self.batch) as streamed:
                self._sizes(columns, streamed.summary.sizes, self.rows)
        return power_of_sizes(columns, self._powers[columns])

    def fewest(self, m: int) -> Iterator[npt.NDArray[np.int32]]:
        """A set of columns at a time; between two, the least so far of every record waits in an encrypted file."""
        with ExitStack() as spills:
            before: Spill | None = None
            for chosen in combinations(self.keys, min(m, len(self.keys))):
                after = spills.enter_context(Spill(self.folder))
                with stream_class_sizes(self.path, chosen, folder=self.folder, batch=self.batch) as streamed:
                    for b, (fk, _) in enumerate(streamed.batches()):
                        old = fk if before is None else np.frombuffer(before.read(b), np.int32)
                        after.append(b, np.minimum(old, fk).tobytes())
                if before is not None:
                    before.close()
                before = after
            number = 0
            while before is not None and before.chunks_of(number):
                yield np.frombuffer(before.read(number), np.int32)
                number += 1

    def special(self, max_size: int | None, fraction: float, scores: Scores, missing: Missing) -> Suda:
        return special_records(self.path, self.streamed, self.keys, max_size, fraction, scores, missing, self.folder)

    def wildcards(self, alpha: float) -> WildcardClasses:
        with self._parts() as parts:
            codes, radices, rows, weights = parts.combinations(MOST_COMBINATIONS)
        return match_combinations(codes, radices, rows, weights if self.weight else None, alpha)

    # --- a model of all combinations

    def log_linear(self, terms: Terms) -> LogLinear:
        coders = coders_of(opened(self.path), self.keys, self.batch)
        counts = [np.zeros(c.radix) for c in coders]
        for codes, _, _ in self._coded(coders):
            for count, column in zip(counts, codes, strict=True):
                count += np.bincount(column + 1, minlength=len(count))
        rounds, settled = 0, True
        if terms == "pairs":
            places = [np.cumsum(count > 0) - 1 for count in counts]  # only values that occur have a place
            shape = tuple(int(np.count_nonzero(count)) for count in counts)
            check_cells(shape)
            observed = np.zeros(math.prod(shape))
            for codes, _, _ in self._coded(coders):
                observed += np.bincount(_flat(codes, places, shape), minlength=len(observed))
            fitted, rounds, settled = fit_pairs(observed.reshape(shape))
            means = ((fitted.ravel()[_flat(codes, places, shape)], fk, w) for codes, fk, w in self._coded(coders))
        else:
            means = ((self._independent(codes, counts), fk, w) for codes, fk, w in self._coded(coders))
        of_all = self.rows / (self.people or self.rows)
        alone = ((mean[fk == 1], np.full(int((fk == 1).sum()), of_all) if w is None else 1 / np.maximum(w[fk == 1], 1))
                 for mean, fk, w in means)
        return of_uniques(alone, self.streamed.summary.classes, rounds, settled)

    def _coded(self, coders: Sequence[Coder]) -> Iterator[tuple[list[Codes], np.ndarray, Floats | None]]:
        """(codes column by column, class sizes, weights of classes) of a batch of rows."""
        tables = batches(opened(self.path), self.keys, self.batch)
        for table, (fk, wk) in zip(tables, self.streamed.batches(), strict=True):
            yield [c.codes(table.column(c.name)) for c in coders], fk, wk

    def _independent(self, codes: Sequence[npt.NDArray[np.int32]], counts: Sequence[Floats]) -> Floats:
        mean = np.full(len(codes[0]), float(self.rows))
        for column, count in zip(codes, counts, strict=True):
            mean *= count[column + 1] / self.rows
        return mean

    # --- amounts

    @cached_property
    def number_columns(self) -> tuple[str, ...]:
        """Columns that the file itself says are numbers, but weight and household."""
        schema = opened(self.path).schema_arrow
        apart = {self.weight, self.household}
        return tuple(f.name for f in schema if f.name not in apart and (
            pa.types.is_integer(f.type) or pa.types.is_floating(f.type) or pa.types.is_decimal(f.type)))

    def amounts(self, column: str) -> Amounts:
        found = Amounts(np.zeros(0), np.zeros(0, np.int64))
        for values in self.numbers([column]):
            found = found.and_(Amounts.of(values[:, 0]))
            if len(found.value) > MOST_NUMBERS:
                raise Problem(
                    "“{column_name}” holds more than {most} different numbers: too many to compare in a stream.",
                    "Round them first, or leave this measure out.",
                    column=column, column_name=column, most=MOST_NUMBERS,
                )
        return found

    def numbers(self, columns: Sequence[str]) -> Iterator[Floats]:
        yield from self._numbers(self.path, columns)

    def _numbers(self, path: Path, columns: Sequence[str]) -> Iterator[Floats]:
        file = opened(path)
        require(file, list(columns))
        for table in batches(file, columns, self.batch):
            yield np.stack([numbers_of(table.column(name)) for name in columns], axis=1)

    def before_and_after(self, columns: Sequence[str]) -> Iterator[tuple[Floats, Floats]]:
        if self.original_path is None:
            raise ValueError("there is no original file")
        if opened(self.original_path).metadata.num_rows != self.rows:
            raise Problem("The released rows do not belong to single rows of the original.",
                          "Compare the tables by their distributions instead.")
        yield from zip(self._numbers(self.original_path, columns), self.numbers(columns), strict=True)

    # --- measures

    def measured(self, measure: Measure) -> Measured:
        """The measure of the file, with the figures it has of the same table in memory; a Problem where it has none."""
        if isinstance(measure, IN_MEMORY):
            raise Problem("“{title}” cannot be had while streaming: it compares all records, or all columns, at once.",
                          "Leave out --stream, or this measure.", title=measure.title)
        if isinstance(measure, HouseholdRisk):
            return self._household_risk(measure)
        if not measure.merging:
            return measure.of(self)
        with self._parts(measure) as parts:
            found = merged(measure, parts.studies(empty=isinstance(measure, DeltaPresence)))
            if isinstance(measure, IndividualRisk):
                threshold = threshold_by_counting(partial(self._risks, parts, measure), measure.largest_global)
                found = replace(found, details={**found.details, "threshold": threshold})
        return found

    def _risks(self, parts: Parts, measure: IndividualRisk) -> Iterator[tuple[Floats, npt.NDArray[np.integer]]]:
        for part in parts.studies():
            weights = part.classes.weights if self.weight else None
            yield individual_risk(part.classes.sizes, weights, measure.formula), part.classes.sizes

    def _household_risk(self, measure: HouseholdRisk) -> Measured:
        found = self.households
        assert found is not None  # noqa: S101 - `needs`
        return measure.told(found.expected, found.highest, self.streamed.summary.expected_reidentifications, self.rows)

    def _parts(self, measure: Measure | None = None) -> Parts:
        """The file regrouped: by the quasi-identifiers, or by the columns of a tabulation."""
        if isinstance(measure, UnsafeCells):
            by = measure.by or self.keys
            return Parts(self.path, by, amount=measure.amount, folder=self.folder, batch=self.batch)
        sensitive = self.sensitive if measure is not None and "sensitive" in measure.needs else ()
        people = self.people_path if isinstance(measure, WITH_PEOPLE) else None
        return Parts(self.path, self.keys, self.weight, sensitive, population=people, folder=self.folder,
                     batch=self.batch)

    def __enter__(self) -> StreamStudy:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for one in self._open:
            one.__exit__(kind, error, trace)


def _flat(
    codes: Sequence[Codes], places: Sequence[npt.NDArray[np.int64]], shape: Sequence[int]
) -> npt.NDArray[np.int64]:
    """(rows,) the number of each row's combination in a table of this shape."""
    return np.ravel_multi_index([place[c + 1] for c, place in zip(codes, places, strict=True)], shape)


def stream_study(
    path: Path | str, keys: Sequence[str], weight: str | None = None, household: str | None = None,
    sensitive: Sequence[str] = (), population: Path | None = None, population_size: float | None = None,
    original: Path | None = None, folder: Path | None = None, batch: int = BATCH,
) -> StreamStudy:
    """A Study of a Parquet file; `population` and `original` are Parquet files too. Use it in a `with`.

    folder  where encrypted working files are made; batch: rows read at a time
    """
    file = opened(path)
    require(file, [*dict.fromkeys(keys), *sensitive, *([household] if household else [])], weight)
    if not file.metadata.num_rows:
        raise Problem("The table has no rows.", "Choose a file with at least one row of data.")
    if population_size is not None and population_size < file.metadata.num_rows:
        raise Problem(
            "A population of {people} is smaller than the file, which has {rows} rows.",
            "Say how many people the file was drawn from.", people=round(population_size), rows=file.metadata.num_rows,
        )
    return StreamStudy(
        Table({}), tuple(dict.fromkeys(keys)), weight, household, tuple(dict.fromkeys(sensitive)),
        population_size=population_size, path=Path(path), people_path=population, original_path=original,
        folder=folder, batch=batch,
    )
