"""Hierarchies: how a value is made coarser, level by level, up to `*`.

A hierarchy is declared (rows of a file, or a rule such as age bands) and *planted* on a column, which gives a `Tree`:
the group of every distinct value at every level. Level 0 is the value itself, the last level is `*`.
"""

from __future__ import annotations

import csv
import io
import itertools
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, ClassVar, Literal

import numpy as np
from pydantic import BeforeValidator, Field, field_validator

from core.declare import Levels, param
from core.problem import Problem
from core.protect.hierarchies.bands import Floats, cut_bands, equal_counts, width_edges
from core.protect.hierarchies.official import (
    Classification,
    Education,
    IndianDistrict,
    india_zones,
    plain_name,
    state_codes,
)
from core.protect.hierarchies.tree_rule import Paths, Rule
from core.table import SUPPRESSED, Column


def _texts(rows: object) -> object:
    # YAML reads 18 as a number; its text is not in doubt. Fractions and yes/no are: `1.10`, `No` need quotes.
    if not isinstance(rows, (list, tuple)):
        return rows
    return tuple(
        tuple(str(v) if isinstance(v, int) and not isinstance(v, bool) else v for v in row)
        if isinstance(row, (list, tuple)) else row
        for row in rows
    )


HierarchyRows = Annotated[tuple[tuple[str, ...], ...], BeforeValidator(_texts), Levels()]


class FromRows(Rule):
    """Rows of a list or file: the value first, then its ever wider groups (the CSV format of ARX)."""

    kind: Literal["rows"] = "rows"
    title: ClassVar[str] = "From a list or file"
    rows: HierarchyRows = param(
        "Which groups does each value belong to?",
        why="One row for each value: the value, then its group, then the wider group, up to * for everything.",
        min_length=1,
    )

    @field_validator("rows")
    @classmethod
    def _rows_fit(cls, rows: tuple[tuple[str, ...], ...]) -> tuple[tuple[str, ...], ...]:
        check_rows(rows)
        return rows

    def paths(self, column: Column) -> Paths:
        known = {row[0]: row[1:] for row in self.rows}
        return [known.get(v) for v in column.values.to_pylist()]

    def domain(self, column: Column) -> Mapping[str, tuple[str, ...]]:  # noqa: ARG002
        return {row[0]: row[1:] for row in self.rows}


class Age(Rule):
    """Ages in years: bands of 5, 10 and 20 years, the oldest in one group."""

    kind: Literal["age"] = "age"
    title: ClassVar[str] = "Age bands of 5, 10, 20 years"
    oldest: int = param(
        "From which age on are all people one group?", default=90, ge=20, le=120, unit="years",
        why="Few people are very old, so a high age points at a person. The HIPAA rule asks for 90 or more.",
    )

    def paths(self, column: Column) -> Paths:
        return [self._bands(n) if 0 <= n < 150 else None for n in column.value_numbers]

    def _bands(self, age: float) -> tuple[str, ...]:
        return tuple(self._band(age, width) for width in (5, 10, 20))

    def _band(self, age: float, width: int) -> str:
        low = int(min(age, self.oldest) // width * width)
        # A band that the oldest group would cut in two ends there: 80+ rather than 80-89 beside 90+.
        return f"{low}+" if low + width > self.oldest else f"{low}-{low + width - 1}"


class Date(Rule):
    """Dates: month, quarter, year, ten years."""

    kind: Literal["date"] = "date"
    title: ClassVar[str] = "Month, quarter, year"

    def paths(self, column: Column) -> Paths:
        return [_date_path(v) for v in column.values.to_pylist()]


class PinCode(Rule):
    """Indian PIN codes: sorting district (3 digits), postal circle (2), zone (1)."""

    kind: Literal["pin_code"] = "pin_code"
    title: ClassVar[str] = "Indian PIN code"

    def paths(self, column: Column) -> Paths:
        # https://www.indiapost.gov.in: the first digit is the zone, two the circle, three the sorting district.
        found: Paths = []
        for value in column.values.to_pylist():
            pin = value.replace(" ", "")
            fits = len(pin) == 6 and pin.isascii() and pin.isdigit() and pin[0] != "0"
            found.append(tuple(pin[:n] + "x" * (6 - n) for n in (3, 2, 1)) if fits else None)
        return found


class Prefix(Rule):
    """Codes by their first characters, as in NIC, NCO, ISCO or ICD."""

    kind: Literal["prefix"] = "prefix"
    title: ClassVar[str] = "First characters of a code"
    keep: tuple[int, ...] = param(
        "How many first characters are kept at each level?", default=(3, 2, 1), min_length=1,
        why="In most codes the first characters are the wider class: 2512 is a software developer, 25 all of IT.",
    )

    @field_validator("keep")
    @classmethod
    def _falling(cls, keep: tuple[int, ...]) -> tuple[int, ...]:
        if min(keep) < 1 or any(b >= a for a, b in itertools.pairwise(keep)):
            raise ValueError("Each level keeps fewer characters than the one before, at least 1.")
        return keep

    def paths(self, column: Column) -> Paths:
        return [tuple(v[:n] + "x" * max(len(v) - n, 0) for n in self.keep) for v in column.values.to_pylist()]


class Bands(Rule):
    """Numbers in bands: of equal width, with about equally many rows, or between chosen cuts."""

    kind: Literal["bands"] = "bands"
    title: ClassVar[str] = "Bands of numbers"
    widths: tuple[float, ...] = param(
        "How wide are the bands at each level?", default=(),
        why="Each width is a multiple of the one before. Leave empty for bands with about equally many rows.",
    )
    start: float = param("Where does the first band start?", why="Bands are counted from here.", default=0,
                         advanced=True)
    cuts: tuple[tuple[float, ...], ...] = param(
        "Or at which numbers does a new band begin, level by level?", default=(), advanced=True,
        why="For limits that mean something, such as 18, 60. Cuts of a higher level also stand in the one before.",
    )

    @field_validator("widths")
    @classmethod
    def _nested_widths(cls, widths: tuple[float, ...]) -> tuple[float, ...]:
        pairs = itertools.pairwise(widths)
        nested = all(a < b and b / a == round(b / a) for a, b in pairs)
        if not nested or any(not (w > 0 and np.isfinite(w)) for w in widths):
            raise ValueError("Each width is more than 0 and a multiple of the one before.")
        return widths

    @field_validator("cuts")
    @classmethod
    def _nested_cuts(cls, cuts: tuple[tuple[float, ...], ...]) -> tuple[tuple[float, ...], ...]:
        rising = all(a < b for level in cuts for a, b in itertools.pairwise(level))
        nested = all(set(b) <= set(a) for a, b in itertools.pairwise(cuts))
        if not rising or not nested or not all(cuts):
            raise ValueError("Cuts rise, and each level's cuts are among those of the level before.")
        return cuts

    def paths(self, column: Column) -> Paths:
        numbers = column.value_numbers
        levels = [cut_bands(numbers, edges) for edges in self._edges(column)]
        return [tuple(level[i] for level in levels) if np.isfinite(n) else None for i, n in enumerate(numbers)]

    def _edges(self, column: Column) -> list[Floats]:
        if self.cuts:
            return [np.array(level, float) for level in self.cuts]
        if not self.widths:
            return equal_counts(column)
        return [width_edges(column.value_numbers, width, self.start) for width in self.widths]


class Frequent(Rule):
    """Rare categories become “other”."""

    kind: Literal["frequent"] = "frequent"
    title: ClassVar[str] = "Rare values become “other”"
    at_least: tuple[int, ...] = param(
        "In how many rows must a value occur to keep its name, level by level?", default=(50, 500), min_length=1,
        why="A rare value points at few people. Higher levels ask for more rows.", unit="rows",
    )
    other: str = param("What are the rare values called?", why="One name for all of them.", default="other",
                       min_length=1, advanced=True)

    @field_validator("at_least")
    @classmethod
    def _rising(cls, counts: tuple[int, ...]) -> tuple[int, ...]:
        if min(counts) < 1 or any(b <= a for a, b in itertools.pairwise(counts)):
            raise ValueError("Each level asks for more rows than the one before, at least 1.")
        return counts

    def paths(self, column: Column) -> Paths:
        pairs = zip(column.values.to_pylist(), column.counts(), strict=True)
        return [tuple(v if n >= least else self.other for least in self.at_least) for v, n in pairs]


class IndianState(Rule):
    """States and union territories of India: the zones of the zonal councils."""

    kind: Literal["indian_state"] = "indian_state"
    title: ClassVar[str] = "Indian state to zone"

    codes: bool = param(
        "Does the column hold codes instead of names?", default=False, advanced=True,
        why="Census codes (01 to 38) or two letters (MH, UP).",
    )

    def paths(self, column: Column) -> Paths:
        zones, coded = india_zones(), state_codes() if self.codes else {}
        names = (coded.get(v.strip().lstrip("0").upper(), v) for v in column.values.to_pylist())
        found = [zones.get(plain_name(v)) for v in names]
        return [None if zone is None else (zone,) for zone in found]


class Automatic(Rule):
    """Chosen by what the column holds, so that `*` is the last resort.

    Dates: month, quarter, year, ten years. Numbers: bands of 5, 10 and 20 up to 90 and more where they look like ages,
    otherwise with about equally many rows. Indian states and PIN codes: zones. Codes: first characters. More than 6
    categories: rare ones become “other”. Anything else: the value, or nothing.
    """

    kind: Literal["automatic"] = "automatic"
    title: ClassVar[str] = "Choose for me"

    def paths(self, column: Column) -> Paths:
        rule = best_rule(column)
        found: Paths = rule.paths(column) if rule else [None] * len(column.values)
        # A text among numbers ("unknown") stays itself below `*`: no column is refused for it.
        depth = next((len(p) for p in found if p is not None), 0)
        return [p if p is not None else (v,) * depth for p, v in zip(found, column.values.to_pylist(), strict=True)]


def best_rule(column: Column) -> Rule | None:
    """The rule that suits what the column holds, or None where only the value or nothing makes sense."""
    values = [v for v in column.values.to_pylist() if v != SUPPRESSED]
    if column.kind == "date":
        return Date()
    if column.kind == "number":
        held = column.value_numbers[np.isfinite(column.value_numbers)]
        ages = len(held) > 20 and held.min() >= 0 and 60 <= held.max() < 130 and bool(np.all(held == np.rint(held)))
        return Age() if ages else Bands()
    if len(values) <= FEW:
        return None
    for rule in (PinCode(), IndianState(), Date()):
        if sum(p is not None for p in rule.paths(column)) >= 0.9 * len(values):
            return rule
    lengths = {len(v) for v in values}
    if column.kind == "code" and len(lengths) == 1 and 3 <= min(lengths) <= 12:
        return Prefix(keep=tuple(n for n in (6, 4, 3, 2, 1) if n < min(lengths)))
    rows = max(len(column), 1)
    return Frequent(at_least=(max(rows // 50, 2), max(rows // 12, 3)))


FEW = 6
"""Up to so many categories none is rare enough for “other”."""


Hierarchy = Annotated[
    FromRows | Age | Date | PinCode | IndianState | IndianDistrict | Education | Classification | Prefix | Bands
    | Frequent | Automatic,
    Field(discriminator="kind"),
]
"""A declared hierarchy: a choice told by `kind`, with nested settings."""


def load_arx(path: Path | str) -> tuple[tuple[str, ...], ...]:
    """The rows of a hierarchy file as ARX writes them: leaf first, `*` last, separated by `;` (or `,` or tab).

    A Problem if the file cannot be read, rows differ in length, or a value stands in two groups.
    """
    try:
        data = Path(path).read_bytes()
    except OSError:
        data = None
    if data is None:
        raise Problem("The hierarchy file cannot be read.", "Check the path, and that it is a text file in UTF-8.")
    return parse_arx(data)


def parse_arx(data: bytes) -> tuple[tuple[str, ...], ...]:
    """The rows of a hierarchy file's bytes; see `load_arx`. Of the separators the first that fits counts."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = None
    if text is None:
        raise Problem("The hierarchy file cannot be read.", "Save it as text in UTF-8.")
    ways = [_split(text, separator) for separator in ";,\t"]
    rows = next((w for w in ways if len({len(row) for row in w}) == 1 and len(w[0]) > 1), max(ways, key=_width))
    try:
        check_rows(rows)
        reason = ""
    except ValueError as error:
        reason = str(error)
    if reason:
        raise Problem("The hierarchy file does not fit.", "{reason}", reason=reason)
    return rows


def _split(text: str, separator: str) -> tuple[tuple[str, ...], ...]:
    try:
        return tuple(tuple(row) for row in csv.reader(io.StringIO(text, newline=""), delimiter=separator) if row)
    except csv.Error:
        return ()


def _width(rows: tuple[tuple[str, ...], ...]) -> int:
    return len(rows[0]) if rows else 0


def check_rows(rows: Sequence[Sequence[str]]) -> None:
    """ValueError, naming counts only, unless rows are equally long, leaves differ and each group has one parent."""
    if not rows:
        raise ValueError("The hierarchy has no rows.")
    lengths = {len(row) for row in rows}
    if len(lengths) > 1 or min(lengths) < 2:
        raise ValueError("Every row needs the value and the same number of groups, at least one.")
    if len({row[0] for row in rows}) < len(rows):
        raise ValueError(f"{len(rows) - len({row[0] for row in rows})} values stand in more than one row.")
    for level in range(1, min(lengths) - 1):
        parents: dict[str, set[str]] = {}
        for row in rows:
            parents.setdefault(row[level], set()).add(row[level + 1])
        torn = sum(len(found) > 1 for found in parents.values())
        if torn:
            raise ValueError(f"{torn} groups of level {level} have more than one parent.")


def _date_path(value: str) -> tuple[str, ...] | None:
    year, month = value[:4], value[5:7]
    dashes = len(value) >= 10 and value[4] == value[7] == "-"
    if not (dashes and year.isdigit() and month.isdigit() and 1 <= int(month) <= 12):
        return None
    decade = int(year) // 10 * 10
    return value[:7], f"{year}-Q{(int(month) + 2) // 3}", year, f"{decade}-{decade + 9}"
