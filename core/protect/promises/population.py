"""k-map: how many people of the population, sampled or not, could be meant by a released combination of values."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated, ClassVar, Literal

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from pydantic import BeforeValidator, Field, field_validator

from core.declare import Declared, Levels, param
from core.problem import Problem
from core.protect.hierarchies.recoding import Floats, Ints, Recoding
from core.protect.method import Claim
from core.risk.kernel import count_keys, pack_codes
from core.table import SUPPRESSED, Column, Table

Groups = Mapping[str, Mapping[str | None, frozenset[str]]]
"""Column -> original value -> the texts under which it may stand in a release, besides itself and `*`."""


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
        cells = tuple(tuple(row[i] or None for row in self.rows[1:]) for i in at)
        return Census(tuple(names), cells, np.array([int(row[-1]) for row in self.rows[1:]], float))


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
        cells = tuple(tuple(table[n].texts()) for n in names)
        return Census(tuple(names), cells, np.maximum(np.nan_to_num(table[weight].numbers), 0))


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
    """The population on some columns: cells (columns, entries) as texts, None for missing; people (entries,)."""

    names: tuple[str, ...]
    cells: tuple[tuple[str | None, ...], ...]
    people: Floats


def widened(table: Table, censuses: Sequence[Census]) -> Table:
    """The same cells, with room in each column for values that only the population has.

    For planting hierarchies and counting; it is never written (a column's values must all occur there).
    """
    new: dict[str, Column] = {}
    for census in censuses:
        for name, cells in zip(census.names, census.cells, strict=True):
            column = new.get(name, table[name])
            known = set(column.values.to_pylist())
            more = sorted({c for c in cells if c is not None} - known)
            if more:
                values = pa.concat_arrays([column.values, pa.array(more, pa.string())])
                new[name] = replace(column, values=values)
    return table.with_columns(new) if new else table


def census_codes(table: Table, census: Census, names: Sequence[str]) -> npt.NDArray[np.int32]:
    """(columns, entries) place of each cell in the widened column's tree; missing is the last place."""
    codes = []
    for name in names:
        column = table[name]
        place = {v: i for i, v in enumerate(column.values.to_pylist())}
        cells = census.cells[census.names.index(name)]
        codes.append([len(place) if c is None else place[c] for c in cells])
    return np.array(codes, np.int32).reshape(len(names), -1)


def people_at(recoding: Recoding, census: npt.NDArray[np.int32], people: Floats, node: Ints, items: Ints) -> Floats:
    """(items,) people of the population whose values fall into the item's groups at these levels."""
    both = [np.concatenate([recoding.groups[c, level][census[c]], recoding.groups[c, level][recoding.codes[c, items]]])
            for c, level in enumerate(node)]
    class_of = count_keys(*pack_codes(both, [int(c.max(initial=0)) + 2 for c in both])).class_of
    found = np.bincount(class_of[: len(people)], people, int(class_of.max(initial=0)) + 1)
    return np.asarray(found[class_of[len(people):]], np.float64)


def raised(
    recoding: Recoding, levels: Ints, census: npt.NDArray[np.int32], people: Floats, k: int
) -> tuple[Ints, Ints]:
    """The levels ((columns, items)) with every group of fewer than k people made coarser, as little as it takes.

    Second come the items for which no levels suffice.

    Items that are written alike stay alike, so what held of their groups holds of the coarser ones too (every rule
    here is kept by the union of two groups that keep it).
    """
    levels = levels.copy()
    waiting = _too_few(recoding, levels, census, people, k)
    for node in recoding.upward():
        if not len(waiting):
            break
        fits = waiting[(levels[:, waiting] <= node[:, None]).all(axis=0)]
        if len(fits):
            enough = people_at(recoding, census, people, node, fits) >= k
            levels[:, fits[enough]] = node[:, None]
            waiting = np.setdiff1d(waiting, fits[enough])
    return levels, waiting


def _too_few(recoding: Recoding, levels: Ints, census: npt.NDArray[np.int32], people: Floats, k: int) -> Ints:
    found: list[Ints] = []
    nodes, at = np.unique(levels, axis=1, return_inverse=True)
    for i, node in enumerate(nodes.T):
        items = np.flatnonzero(at.reshape(-1) == i)
        found.append(items[people_at(recoding, census, people, node, items) < k])
    return np.sort(np.concatenate(found)) if found else np.zeros(0, np.int64)


def groups_of(table: Table, hierarchies: Mapping[str, object], names: Sequence[str]) -> Groups:
    """What each value may be called in a release, read off the declared hierarchies (not off the kernel's trees)."""
    out: dict[str, Mapping[str | None, frozenset[str]]] = {}
    for name in names:
        rule = hierarchies.get(name)
        paths = rule.paths(table[name]) if rule is not None else [()] * len(table[name].values)  # type: ignore[attr-defined]
        out[name] = {v: frozenset(p or ()) for v, p in zip(table[name].values.to_pylist(), paths, strict=True)}
    return out


MayBe = Callable[[str, str, str | None], bool]
"""Whether a text of this column may stand for this value of the population."""


def in_groups(groups: Groups) -> MayBe:
    return lambda name, text, value: text in groups[name].get(value, ())


def k_map_claim(names: Sequence[str], rule: KMap, census: Census, may_be: MayBe, before: Table) -> Claim:
    """At least k people of the population could be meant by each released combination; counted entry by entry.

    before  the table the step was applied to: where a later step wrote a text that neither it nor the hierarchies know,
            the text may stand for the values it was written for
    """

    def holds(released: Table) -> bool:
        left = [n for n in names if n in released.columns]
        later = {n: _written_later(before, released, n) for n in left}
        asked = set(zip(*(released[n].texts() for n in left), strict=True)) if left else {()}
        matching: dict[tuple[str, str | None], tuple[npt.NDArray[np.bool_], npt.NDArray[np.int64]]] = {}
        for row in asked:
            for name, text in zip(left, row, strict=True):
                if (name, text) not in matching:
                    cells = census.cells[census.names.index(name)]
                    known = {c: text in (SUPPRESSED, c) or (text is not None and may_be(name, text, c))
                             for c in set(cells)}
                    if not any(known.values()):
                        known = {c: c in later[name].get(text, ()) for c in known}
                    fits = np.array([known[c] for c in cells], bool)
                    matching[name, text] = fits, np.flatnonzero(fits)
            # Those who fit the rarest text of the row, then all the others.
            found = sorted((matching[pair] for pair in zip(left, row, strict=True)), key=lambda m: len(m[1]))
            meant = found[0][1] if found else np.arange(len(census.people))
            for fits, _entries in found[1:]:
                meant = meant[fits[meant]]
            if census.people[meant].sum() < rule.k:
                return False
        return True

    return Claim(f"at least {rule.k} people of the population share each combination of {', '.join(names)}", holds)


def _written_later(before: Table, released: Table, name: str) -> dict[str | None, set[str | None]]:
    """Text of the release that is no value of the column before -> the values of the rows that it was written in.

    A text that is such a value stands for itself only: cells that were swapped or drawn anew say nothing else.
    """
    if before.row_ids is None or released.row_ids is None:
        return {}
    own, cells = set(before[name].values.to_pylist()), before[name].texts()
    was = dict(zip(before.row_ids.tolist(), cells, strict=True))
    found: dict[str | None, set[str | None]] = {}
    for row, text in zip(released.row_ids.tolist(), released[name].texts(), strict=True):
        if text is not None and text not in own:
            found.setdefault(text, set()).add(was[row])
    return found
