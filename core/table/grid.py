"""A worksheet's cells as lines of text, whatever spreadsheet format they come from."""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from dataclasses import dataclass, field
from functools import lru_cache

from core.table.findings import Choice, Question, refuse, wait_for
from core.table.limits import Limits
from core.table.raw import Job, Native
from core.table.shape import Line

SPARSE_AREA = 2_000_000
"""Cells of a used area from which a sheet must be filled to a thousandth at least."""
SHEET_ROWS, SHEET_COLUMNS = 1_048_576, 16_384


class Enough(Exception):
    """As many cells as a preview needs have been read."""


@dataclass
class Sheet:
    """One worksheet: rows by number (from 1), each {column (from 0): text}.

    kinds      column -> the native kinds of its cells, from row 61 on; row_kinds: the same by row before
    merged     (first row, first column, last row, last column), rows from 1, columns from 0
    formulas, valueless: (row, column) of cells with a formula, with a formula without a stored value
    """

    name: str
    rows: dict[int, dict[int, str]] = field(default_factory=dict)
    kinds: dict[int, set[Native]] = field(default_factory=dict)
    row_kinds: dict[int, dict[int, Native]] = field(default_factory=dict)
    merged: list[tuple[int, int, int, int]] = field(default_factory=list)
    formulas: list[tuple[int, int]] = field(default_factory=list)
    valueless: list[tuple[int, int]] = field(default_factory=list)
    enough: int | None = None
    """stop after this many filled cells (for a preview)"""
    hidden_columns: int = 0
    hidden_rows: int = 0

    def put(self, row: int, column: int, text: str, kind: Native) -> None:
        if self.enough is not None and self.filled >= self.enough:
            raise Enough
        cells = self.rows.get(row)
        if cells is None:
            cells = self.rows[row] = {}
        cells[column] = text
        # The first rows may be titles and names: their kinds are remembered row by row, so that they do not count.
        if row <= 60:
            self.row_kinds.setdefault(row, {})[column] = kind
        else:
            self.kinds.setdefault(column, set()).add(kind)

    @property
    def filled(self) -> int:
        return sum(len(r) for r in self.rows.values())


def check_area(name: str, rows: int, columns: int, filled: int, limits: Limits) -> None:
    """Refuse a sheet whose used area is far larger than what is in it, or than the limits."""
    area = rows * columns
    if area > SPARSE_AREA and filled * 1000 < area:
        raise refuse(
            "SPARSE_SHEET",
            "The cells of the sheet lie so far apart that it would be {rows:,} rows and {columns:,} columns, "
            "nearly all empty. Move or delete the stray cells.",
            {"sheet": name},
            rows=rows,
            columns=columns,
        )
    if columns > limits.columns:
        raise refuse(
            "TOO_MANY_COLUMNS",
            "The sheet has {count:,} columns; the limit “columns” is {limit:,}.",
            {"sheet": name},
            count=columns,
            limit=limits.columns,
        )
    if rows > SHEET_ROWS:
        raise refuse(
            "XLSX_ROW_LIMIT",
            "The sheet has rows beyond {limit:,}, the most a worksheet can hold. No spreadsheet can have made it.",
            {"sheet": name},
            limit=SHEET_ROWS,
        )
    if area > limits.cells:
        raise refuse(
            "TOO_MANY_ROWS",
            "The sheet spans {area:,} cells; the limit “cells” is {limit:,}.",
            {"sheet": name},
            area=area,
            limit=limits.cells,
        )


def text_of(value: object) -> tuple[str, Native]:
    """A cell's value as text, and its native kind: 1.0 is “1”, a date is ISO text."""
    if isinstance(value, bool):
        return ("TRUE" if value else "FALSE"), "boolean"
    if isinstance(value, (int, float)):
        return number_text(value), "number"
    if isinstance(value, dt.datetime):
        return (value.date().isoformat() if value.time() == dt.time() else value.isoformat()), "date"
    if isinstance(value, dt.date):
        return value.isoformat(), "date"
    if isinstance(value, dt.time):
        return value.isoformat(), "text"
    if isinstance(value, dt.timedelta):
        seconds = round(value.total_seconds())
        return f"{seconds // 3600}:{seconds // 60 % 60:02}:{seconds % 60:02}", "text"
    return str(value), "text"


def number_text(value: float) -> str:
    """The shortest text of a number that reads back the same, without an exponent where that is readable."""
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e17:
        return str(int(value))
    text = repr(value)
    if "e" in text and 1e-7 <= abs(value) < 1e22:
        from decimal import Decimal

        text = format(Decimal(text), "f")
    return text


def lines_of(sheet: Sheet, job: Job) -> tuple[list[Line], int]:
    """The sheet as lines of equal width, blank ones included, and the number (from 0) of their first column.

    Merged cells are filled with their value; blocks of a few cells beside the table are left out.
    """
    fill_merged(sheet)
    first, last = _told_columns(sheet, job) or _table_columns(sheet, job)
    bottom = max(sheet.rows)
    lines: list[Line] = []
    for number in range(1, bottom + 1):
        row = sheet.rows.get(number)
        lines.append((number, [row.get(c) for c in range(first, last + 1)] if row else []))
    return lines, first


def fill_merged(sheet: Sheet) -> None:
    """Every cell of a merged area gets the value of its first, as far as the sheet is used at all."""
    if not sheet.merged or not sheet.rows:
        return
    bottom, right = max(sheet.rows), max(max(r) for r in sheet.rows.values())
    for top, left, low, far in sheet.merged:
        text = sheet.rows.get(top, {}).get(left)
        if text is None:
            continue
        for row in range(top, min(low, bottom) + 1):
            for column in range(left, min(far, right) + 1):
                sheet.rows.setdefault(row, {}).setdefault(column, text)


def _told_columns(sheet: Sheet, job: Job) -> tuple[int, int] | None:
    """The columns the person named, as A-C."""
    told = job.answer("columns")
    if told is None:
        return None
    found = re.fullmatch(r"\s*([A-Za-z]{1,3})\s*[-:–]\s*([A-Za-z]{1,3})\s*", told)
    places = [column_number(letters.upper()) for letters in found.groups()] if found else [1, 0]
    if places[0] > places[1]:
        raise refuse("STRAY_CELLS", "The answer “columns” must name the first and the last column, such as A-F.")
    outside = {c for cells in sheet.rows.values() for c in cells if not places[0] <= c <= places[1]}
    if outside:
        job.found.add(
            "STRAY_CELLS",
            "{count} columns beside the chosen ones hold cells. They were left out.",
            {"sheet": sheet.name},
            count=len(outside),
        )
    return places[0], places[1]


@lru_cache(maxsize=20_000)
def column_number(letters: str) -> int:
    """A is 0, Z is 25, AA is 26."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number - 1


def column_letters(number: int) -> str:
    """0 is A, 25 is Z, 26 is AA."""
    letters = ""
    number += 1
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def _side_by_side(sheet: Sheet, blocks: list[list[int]]) -> bool:
    """Whether blocks of columns, an empty one between them, are tables of their own: names repeat or lengths differ."""
    tops, ends, names = [], [], []
    for block in blocks:
        rows = [r for r, cells in sheet.rows.items() if any(c in cells for c in block)]
        tops.append(min(rows))
        ends.append(max(rows))
        names.append([sheet.rows[min(rows)].get(c, "").strip() for c in block])
    return len(set(ends)) > 1 or (len(set(tops)) == 1 and bool(set(names[0]) & set(names[1]) - {""}))


def _which_columns(sheet: Sheet, blocks: list[list[int]]) -> Exception:
    def choice(first: int, last: int, label: str) -> Choice:
        spanned = [[cells.get(c, "")[:60] for c in range(first, last + 1)] for _, cells in sorted(sheet.rows.items())]
        shown = tuple(tuple(cells) for cells in spanned if any(cells))[:5]
        span = f"{column_letters(first)}-{column_letters(last)}"
        return Choice(span, label.format(span=span), shown)

    choices = [choice(b[0], b[-1], "The table in columns {span}") for b in blocks[:20]]
    whole = choice(blocks[0][0], blocks[-1][-1], "It is one table: columns {span}")
    return wait_for(
        "STRAY_CELLS",
        Question("columns", "Tables stand side by side here. Which columns hold the table?", (*choices, whole)),
        "{count} blocks of columns with an empty one between them look like tables of their own.",
        {"sheet": sheet.name},
        count=len(blocks),
    )


def _table_columns(sheet: Sheet, job: Job) -> tuple[int, int]:
    """First and last column of the table; small blocks set apart by an empty column are notes."""
    filled = Counter(column for row in sheet.rows.values() for column in row)
    blocks: list[list[int]] = []
    for column in sorted(filled):
        if blocks and column == blocks[-1][-1] + 1:
            blocks[-1].append(column)
        else:
            blocks.append([column])
    main = max(blocks, key=lambda b: sum(filled[c] for c in b))
    size = sum(filled[c] for c in main)
    keep = [b for b in blocks if b is main or sum(filled[c] for c in b) > 0.1 * size + 3]
    stray = [c for b in blocks if b not in keep for c in b]
    if len(wide := [b for b in keep if len(b) >= 2]) > 1 and _side_by_side(sheet, wide):
        raise _which_columns(sheet, wide)
    inside = range(keep[0][0], keep[-1][-1] + 1)
    outside = [c for c in stray if c not in inside]
    if outside:
        top = min(r for r, cells in sheet.rows.items() if main[0] in cells or main[-1] in cells)
        below = [r for r, cells in sheet.rows.items() if r >= top and any(c in cells for c in outside)]
        if below:
            job.found.add(
                "STRAY_CELLS",
                "{count} columns beside the table hold only a few cells. They were left out.",
                {"sheet": sheet.name},
                count=len(outside),
            )
    return inside[0], inside[-1]
