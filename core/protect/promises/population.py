"""k-map: how many people of the population, sampled or not, could be meant by a released combination of values."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated, ClassVar, Literal

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
from pydantic import BeforeValidator, Field, field_validator

from core.declare import Declared, Levels, param
from core.problem import Problem
from core.protect.hierarchies.recoding import Floats, Ints, Recoding
from core.protect.method import Claim
from core.protect.promises.meant import Groups, Meaning, enough, fewest_meant
from core.protect.promises.roll_up import RollUp
from core.table import Column, Table


def _texts(rows: object) -> object:
    if not isinstance(rows, (list, tuple)):
        return rows
    return tuple(tuple(str(v) if isinstance(v, int) and not isinstance(v, bool) else v for v in row)
                 if isinstance(row, (list, tuple)) else row for row in rows)


class PopulationCounts(Declared):
    """A list of how many people of the population share each combination of values, as a census table gives it."""

    kind: Literal["counts"] = "counts"
    title: ClassVar[str] = "A table of the population"
    rows: Annotated[tuple[tuple[str, ...], ...], BeforeValidator(_texts), Levels()] = param(
        "How many people share each combination?", min_length=2,
        why="First row: the names of the columns, then “count”. Then one row for each combination. An empty cell is a "
            "missing value.",
    )

    @field_validator("rows")
    @classmethod
    def _rows_fit(cls, rows: tuple[tuple[str, ...], ...]) -> tuple[tuple[str, ...], ...]:
        width = len(rows[0])
        if width < 2 or rows[0][-1].strip().casefold() != "count" or len(set(rows[0])) < width:
            raise ValueError("The first row names the columns, each once, and ends with “count”.")
        if any(len(row) != width for row in rows):
            raise ValueError("Every row has as many cells as the first.")
        if not all(row[-1].isascii() and row[-1].isdigit() for row in rows[1:]):
            raise ValueError("The last cell of every row is a whole number of people.")
        return rows

    def census(self, table: Table, names: Sequence[str]) -> Census:  # noqa: ARG002
        """The combinations on these columns; a Problem if the list does not have one of them."""
        head = list(self.rows[0])
        missing = [n for n in names if n not in head[:-1]]
        if missing:
            raise Problem(
                "The table of the population has no column “{column_name}”.",
                "Add it, or leave the column out of those an outsider could know.",
                column=missing[0], column_name=missing[0],
            )
        at = [head.index(n) for n in names]
        columns = {n: Column.of(row[i] or None for row in self.rows[1:]) for n, i in zip(names, at, strict=True)}
        return Census(columns, np.array([int(row[-1]) for row in self.rows[1:]], float))


def load_counts(path: Path) -> tuple[tuple[str, ...], ...]:
    """The rows of a file with a table of the population: names of columns and “count”, then one row a combination.

    Separated by commas, semicolons or tabs. A Problem if it cannot be read; `PopulationCounts` checks the rows.
    """
    try:
        text = path.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError):
        text = None
    if text is None:
        raise Problem("The table of the population cannot be read.",
                      "Check the path, and that it is a text file in UTF-8.")
    head = text.partition("\n")[0]
    separator = max(",;\t", key=head.count)
    try:
        return tuple(tuple(row) for row in csv.reader(io.StringIO(text, newline=""), delimiter=separator) if row)
    except csv.Error:
        pass
    raise Problem("The table of the population cannot be read.", "Save it as CSV again.")


class SampleWeights(Declared):
    """The sample weights say how many people each row stands for: an estimate, for want of a population table."""

    kind: Literal["weights"] = "weights"
    title: ClassVar[str] = "Estimated from the sample weights"

    def census(self, table: Table, names: Sequence[str]) -> Census:
        weight = table.one("weight")
        if weight is None:
            raise Problem("No column has the role weight, so the population cannot be estimated.",
                          "Give the column of sample weights that role, or bring a table of the population.")
        return Census({n: table[n] for n in names}, np.maximum(np.nan_to_num(table[weight].numbers), 0))


Population = Annotated[PopulationCounts | SampleWeights, Field(discriminator="kind")]


class KMap(Declared):
    """Each combination must be shared by at least k people of the population (k-map, doi:10.1197/jamia.M2716).

    For somebody who does not know who is in the file: not only the rows count, but everybody who could be meant.
    """

    rule: Literal["k_map"] = "k_map"
    title: ClassVar[str] = "At least k people of the population"
    k: int = param("How many people of the population must share each combination?", default=20, ge=2, le=1_000_000,
                   search=(5, 100), unit="people", why="With 20, a match is right at most once in twenty times.")
    population: Population = param("Who are the population?", default=SampleWeights(),
                                   why="A table of the population is better than an estimate.")

    def words(self) -> str:
        return f"at least {self.k} people of the population"


def k_maps(rules: Sequence[Declared]) -> tuple[KMap, ...]:
    return tuple(r for r in rules if isinstance(r, KMap))


@dataclass(frozen=True, eq=False)
class Census:
    """The population: by name its columns, each of one cell for each entry; people (entries,)."""

    columns: Mapping[str, Column]
    people: Floats


def widened(table: Table, censuses: Sequence[Census]) -> Table:
    """The same cells, with room in each column for values that only the population has.

    For planting hierarchies and counting; it is never written (a column's values must all occur there).
    """
    new: dict[str, Column] = {}
    for census in censuses:
        for name, theirs in census.columns.items():
            column = new.get(name, table[name])
            more = sorted(set(theirs.values.to_pylist()) - set(column.values.to_pylist()))
            if more:
                values = pa.concat_arrays([column.values, pa.array(more, pa.string())])
                new[name] = replace(column, values=values)
    return table.with_columns(new) if new else table


def census_codes(table: Table, census: Census, names: Sequence[str]) -> npt.NDArray[np.int32]:
    """(columns, entries) place of each cell in the widened column's tree; missing is the last place."""
    codes = []
    for name in names:
        theirs, values = census.columns[name], table[name].values
        place = pc.index_in(theirs.values, values).to_numpy(zero_copy_only=False)
        codes.append(np.append(place, len(values))[theirs.codes])
    return np.array(codes, np.int32).reshape(len(names), -1)


def raised(
    recoding: Recoding, levels: Ints, census: npt.NDArray[np.int32], people: Floats, k: int
) -> tuple[Ints, Ints]:
    """The levels ((columns, items)) with every group of fewer than k people made coarser, as little as it takes.

    Second come the items for which no levels suffice.

    Items that are written alike stay alike, so what held of their groups holds of the coarser ones too (every rule
    here is kept by the union of two groups that keep it).
    """
    levels = levels.copy()
    population = RollUp(recoding, census, people)
    waiting = _too_few(recoding, levels, population, k)
    exact = not levels.any()
    for node in recoding.upward():
        if not len(waiting):
            break
        able = np.arange(len(waiting)) if exact else np.flatnonzero(
            (levels[:, waiting] <= node[:, None]).all(axis=0))
        able = able[population.meets(node, k, population.of_item[waiting[able]])]
        levels[:, waiting[able]] = node[:, None]
        waiting = np.delete(waiting, able)
    return levels, waiting


def _too_few(recoding: Recoding, levels: Ints, population: RollUp, k: int) -> Ints:
    """Items whose group at their levels holds fewer than k people."""
    found: list[Ints] = []
    for items in _alike(levels, recoding.depth):
        enough = population.meets(levels[:, items[0]], k, population.of_item[items])
        found.append(items[~enough])
    return np.sort(np.concatenate(found)) if found else np.zeros(0, np.int64)


def _alike(levels: Ints, depth: Ints) -> list[Ints]:
    """The items of each combination of levels that occurs."""
    if np.prod(depth + 1.0) < 2.0**62:
        _, at = np.unique(np.ravel_multi_index(tuple(levels), tuple(depth + 1)), return_inverse=True)
    else:
        _, at = np.unique(levels, axis=1, return_inverse=True)
    order = np.argsort(at.reshape(-1), kind="stable")
    return np.split(order, np.cumsum(np.bincount(at.reshape(-1)))[:-1]) if len(order) else []


def groups_of(table: Table, hierarchies: Mapping[str, object], names: Sequence[str]) -> Groups:
    """What each value may be called in a release, read off the declared hierarchies (not off the kernel's trees)."""
    out: dict[str, Mapping[str | None, frozenset[str]]] = {}
    for name in names:
        rule = hierarchies.get(name)
        paths = rule.paths(table[name]) if rule is not None else [()] * len(table[name].values)  # type: ignore[attr-defined]
        out[name] = {v: frozenset(p or ()) for v, p in zip(table[name].values.to_pylist(), paths, strict=True)}
    return out


def k_map_claim(names: Sequence[str], rule: KMap, census: Census, meaning: Meaning, before: Table) -> Claim:
    """At least k people of the population could be meant by each released combination; see `fewest_meant`."""

    def holds(released: Table) -> bool:
        left = [n for n in names if n in released.columns]
        fewest = fewest_meant(before, released, left, census.columns, census.people, meaning)
        return enough(fewest, rule.k)

    return Claim(f"at least {rule.k} people of the population share each combination of {', '.join(names)}", holds)
