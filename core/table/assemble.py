"""From lines of cells to named columns: header, rows of uneven length, blank lines, notes below the table."""

from __future__ import annotations

import itertools
import re
from array import array
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa

from core.table.below import Parts, second_table, which_table, without_page_lines
from core.table.column import Column
from core.table.findings import Choice, Question, refuse, rows_in_words, wait_for
from core.table.raw import Job, Raw, column_of
from core.table.shape import LOOK_AT, Cells, Head, Line, filled, find_head, type_of, usual_width

BLOCK = 20_000
TAIL = 40
"""Lines below the last blank one that may be notes rather than rows."""
NOTE_STARTS = (
    "source",
    "note",
    "notes",
    "n.b",
    "nb:",
    "*",
    "†",
    "footnote",
    "prepared",
    "printed",
    "generated",
    "स्रोत",
    "टिप्पणी",
    "quelle",
)

COUNT = re.compile(
    r"\(?\d+ (rows?|records?)( affected| selected| in set)?[.)]?( \([\d.]+ sec\))?"
    r"|(total |grand )?(no\.?|nos\.?|number|count) (of )?[^\d:=]{2,40}[:=]\s*[\d,]+"
)
"""“(2 rows)” below the output of a database, “Total no. of employees: 3” below a list."""


@dataclass
class Rows:
    """What is seen while the rows go by."""

    width: int
    blocks: list[list[pa.Array]] = field(default_factory=list)
    block: list[Cells] = field(default_factory=list)
    count: int = 0
    short: list[int] = field(default_factory=list)
    long: list[int] = field(default_factory=list)
    blank: list[int] = field(default_factory=list)
    tail: list[tuple[int, int]] = field(default_factory=list)
    """(row, filled cells) since the last blank line"""
    first_after_blank: int = 0
    lines: array[int] = field(default_factory=lambda: array("q"))
    parts: Parts = field(default_factory=Parts)

    def add(self, cells: Cells, line: int) -> None:
        self.block.append(cells)
        self.lines.append(line)
        self.count += 1
        if len(self.block) >= BLOCK:
            self.flush()

    def flush(self) -> None:
        if self.block:
            self.blocks.append([pa.array(column, pa.string()) for column in zip(*self.block, strict=True)])
            self.block = []

    def columns(self, rows: int) -> list[pa.ChunkedArray]:
        self.flush()
        wide = [[*b, *[pa.nulls(len(b[0]), pa.string())] * (self.width - len(b))] for b in self.blocks]
        return [pa.chunked_array([b[p] for b in wide], pa.string()).slice(0, rows) for p in range(self.width)]


def assemble(
    lines: Iterable[Line],
    job: Job,
    *,
    sheet: str | None = None,
    spans: bool = False,
    uneven: bool = True,
    rows_hint: int = 0,
) -> Raw:
    """A table from a grid of cells; asks where the header is if the grid does not tell.

    uneven  whether the number of cells of a line means something (text files; a worksheet is always rectangular)
    """
    lines = iter(lines)
    grid = list(itertools.islice(_from_told(lines, job), LOOK_AT))
    if not any(filled(cells) for _, cells in grid):
        raise refuse("EMPTY_FILE", "There is nothing in it." if sheet is None else "The sheet is empty.", _at(sheet))
    head = header(grid, job, sheet=sheet, spans=spans)
    names = list(head.names)
    body = grid[head.body :]
    names = aligned(names, body, job) if uneven else names
    rows = Rows(len(names))
    _take(itertools.chain(body, lines), rows, job, uneven, rows_hint)
    kept = _above_second(rows, head, grid, job, sheet) or rows.count - _notes_below(rows, job, sheet)
    if not kept:
        raise refuse("NO_ROWS", "There are column names but no rows below them.", _at(sheet))
    names += [f"extra_{n}" for n in range(1, rows.width - len(names) + 1)]
    _say(rows, job, sheet)
    columns = [column_of(c) for c in rows.columns(kept)]
    raw = without_page_lines(Raw(names, columns, sheet=sheet, lines=rows.lines[:kept]), job)
    return without_repeated_header(raw, job)


def _from_told(lines: Iterable[Line], job: Job) -> Iterator[Line]:
    """The lines; where the person's header lies far down, those well above it are passed over."""
    told = (job.answers.get("header_row") or "").strip().removesuffix("+")
    first = int(told) - LOOK_AT // 2 if told.isdigit() else 0
    return (line for line in lines if line[0] >= first)


def _above_second(rows: Rows, head: Head, grid: Sequence[Line], job: Job, sheet: str | None) -> int | None:
    """How many rows stand above a second table; None where there is none, or where the person says it is none."""
    told = job.answers.get("header_row")
    above = [cells for _, cells in grid[head.body : head.body + 50] if filled(cells)]
    part = second_table(rows.parts, head.names, above) if not (told or "").strip().endswith("+") else None
    if part is None:
        return None
    if told is None:
        raise which_table(head, grid, part, _at(sheet, line=part.line))
    job.found.add(
        "STRAY_CELLS",
        "Below the table, from line {line} on, stands another one. It was left out.",
        _at(sheet, line=part.line),
        line=part.line,
    )
    rows.flush()
    rows.short, rows.long, rows.blank = (
        [r for r in kept if r <= part.row] for kept in (rows.short, rows.long, rows.blank)
    )
    return part.row


def _at(sheet: str | None, **more: object) -> dict[str, object] | None:
    place = {**({"sheet": sheet} if sheet else {}), **more}
    return place or None


def header(grid: Sequence[Line], job: Job, *, sheet: str | None = None, spans: bool = False) -> Head:
    """The header, from the person's answer or the grid; stops with a question where neither decides."""
    try:
        head = find_head(grid, job.answer("header_row"), spans)
    except ValueError:
        raise refuse(
            "UNREADABLE", "The answer “header_row” must be a line number of the file, or 0 for none."
        ) from None
    if not head.certain:
        raise wait_for(
            "NO_HEADER",
            header_question(grid, head, spans),
            "It is not clear whether the first line holds column names or data.",
            _at(sheet, line=grid[head.body][0] if not head.lines else grid[head.lines[-1]][0]),
        )
    if not head.lines and "header_row" not in job.answers:
        first = grid[head.body][0]
        job.found.add(
            "NO_HEADER",
            "Line {line} holds data, not column names. The columns were numbered.",
            _at(sheet, line=first),
            line=first,
        )
        job.found.ask(header_question(grid, head, spans))
    if head.lines and (head.skipped or head.lines[0] > 0 or len(head.lines) > 1):
        where = grid[head.lines[-1]][0]
        text = (
            "The column names are joined from {count} lines, down to line {line}."
            if len(head.lines) > 1
            else "The column names stand in line {line}; other lines around them were left out."
        )
        job.found.add("HEADER_NOT_FIRST", text, _at(sheet, line=where), line=where, count=len(head.lines))
    return head


def header_question(grid: Sequence[Line], head: Head, spans: bool) -> Question:
    first = head.body if not head.lines else head.lines[0]
    number = grid[first][0]
    choices = []
    for value, label in (
        (str(number), f"Line {number} holds the column names"),
        ("0", "There are no column names; the first line is data"),
    ):
        as_told = find_head(grid, value, spans)
        names = tuple(n or f"column_{p}" for p, n in enumerate(as_told.names, 1))
        shown = tuple(tuple((c or "")[:60] for c in cells) for _, cells in grid[as_told.body : as_told.body + 4])
        choices.append(Choice(value, label, (names, *shown)))
    return Question("header_row", "Which line holds the column names?", tuple(choices))


def aligned(names: list[str], body: Sequence[Line], job: Job) -> list[str]:
    """Names for rows that all have one cell more: a delimiter at the end of each line, or row names in front."""
    width = usual_width(body)
    over = [cells for _, cells in body if len(cells) == width]
    if width != len(names) + 1 or len(over) < 0.9 * len([1 for _, c in body if filled(c)]):
        return names
    if all(not (cells[-1] or "").strip() for cells in over):
        job.found.add(
            "RAGGED_ROWS",
            "The rows end with a delimiter and the line of names does not. The empty cell behind it was left out.",
        )
        return names
    first = [(cells[0] or "").strip() for cells in over]
    named = (names[0] or "").strip().lower() in ("id", "no", "nr", "sl", "sr", "key", "index", "row", "s.no", "sno")
    if (
        len(set(first)) == len(first)
        and not named
        and (first == [str(n) for n in range(1, len(first) + 1)] or not any(map(_is_number, first)))
    ):
        return ["", *names]
    return names


def _is_number(text: str) -> bool:
    return type_of(text) in ("integer", "number")


def _take(lines: Iterator[Line], rows: Rows, job: Job, uneven: bool, rows_hint: int) -> None:
    limit, single = job.limits.rows, rows.width == 1
    for number, cells in lines:
        size, width = len(cells), rows.width
        if (not cells or not (cells[0] or "").strip()) and not filled(cells):
            rows.blank.append(rows.count + 1)
            rows.parts.blank()
            if single and uneven:
                rows.add(("",), number)
            else:
                rows.first_after_blank, rows.tail = rows.count, []
            continue
        rows.parts.line(rows.count, number, cells)
        if size < width:
            if uneven:
                rows.short.append(rows.count + 1)
            cells = [*cells, *[None] * (width - size)]
        elif size > width:
            cells = _longer(cells, rows, uneven)
        rows.add(cells, number)
        if len(rows.tail) <= TAIL:
            rows.tail.append((number, filled(cells)))
        if rows.count > limit:
            raise refuse("TOO_MANY_ROWS", "There are more than {limit:,} rows, the limit “rows”.", limit=limit)
        if rows.count % BLOCK == 0:
            job.progress(min(0.6, 0.1 + 0.5 * rows.count / rows_hint) if rows_hint else 0.3, "Reading rows")
    if single and uneven:  # empty lines at the end of a file are no rows
        while rows.blank and rows.blank[-1] == rows.count:
            rows.blank.pop()
            rows.count -= 1


def _longer(cells: Cells, rows: Rows, uneven: bool) -> Cells:
    last = max((p for p, c in enumerate(cells) if c and c.strip()), default=-1)
    if last < rows.width:
        return cells[: rows.width]
    if uneven:
        rows.long.append(rows.count + 1)
    rows.flush()
    rows.width = last + 1
    return cells[: last + 1]


def _notes_below(rows: Rows, job: Job, sheet: str | None) -> int:
    """How many lines at the end are notes: nearly empty lines below a blank one, or a “Source: …” in the last line."""
    if rows.width < 2 or not rows.count:
        return 0
    below = rows.tail if rows.first_after_blank else []
    notes = len(below) if 0 < len(below) <= TAIL and all(n <= max(1, rows.width // 3) for _, n in below) else 0
    rows.flush()
    while rows.count - notes > 1 and notes != TAIL and _is_note(rows, rows.count - notes - 1):
        notes += 1
    if notes:
        job.found.add(
            "STRAY_CELLS",
            "{count} lines below the table hold notes. They were left out.",
            _at(sheet, row=rows.count - notes + 1),
            count=notes,
        )
        kept = rows.count - notes
        rows.short = [r for r in rows.short if r <= kept]
        rows.long = [r for r in rows.long if r <= kept]
        rows.blank = [r for r in rows.blank if r <= kept]
    else:
        rows.blank = [r for r in rows.blank if r <= rows.count]
    return notes


def _is_note(rows: Rows, row: int) -> bool:
    block = next(b for b in _reach(rows.blocks, row))
    cells = [c[block[1]].as_py() for c in block[0]]
    texts = [c.strip() for c in cells if c and c.strip()]
    told = texts[0].lower() if texts else ""
    return (
        len(texts) == 1
        and rows.width > 2
        and bool(cells[0])
        and (told.startswith(NOTE_STARTS) or COUNT.fullmatch(told) is not None)
    )


def _reach(blocks: list[list[pa.Array]], row: int) -> Iterator[tuple[list[pa.Array], int]]:
    start = 0
    for block in blocks:
        if row < start + len(block[0]):
            yield block, row - start
            return
        start += len(block[0])


def _say(rows: Rows, job: Job, sheet: str | None) -> None:
    if rows.blank:
        where = _at(sheet, row=rows.blank[0])
        text = (
            "{count} empty lines count as missing values (row {row} first)."
            if rows.width == 1
            else "{count} empty lines were skipped, the first before row {row}."
        )
        job.found.add("BLANK_LINES", text, where, count=len(rows.blank), row=rows.blank[0])
    uneven = sorted({*rows.short, *rows.long})
    if uneven:
        text = "{count} rows have more or fewer cells than there are columns: rows {rows}."
        if rows.long:
            text += " Cells beyond the last column were kept in columns of their own."
        job.found.add("RAGGED_ROWS", text, _at(sheet, row=uneven[0]), count=len(uneven), rows=rows_in_words(uneven))


def without_repeated_header(raw: Raw, job: Job) -> Raw:
    """Lines that repeat the column names between the rows (page breaks of a printed list) are no rows."""
    named = [p for p, n in enumerate(raw.names) if n]
    if len(named) < 2:
        return raw
    same = np.ones(raw.rows, bool)
    for place in named:
        column: Column = raw.columns[place]
        at = column.values.index(raw.names[place]).as_py()
        if at < 0:
            return raw
        same &= column.codes == at
        if not same.any():
            return raw
    rows = (np.flatnonzero(same) + 1).tolist()
    job.found.add(
        "HEADER_NOT_FIRST",
        "The column names are repeated in {count} lines between the rows ({rows}). Those were left out.",
        _at(raw.sheet, row=rows[0]),
        count=len(rows),
        rows=rows_in_words(rows),
    )
    raw.columns = [c.take(~same) for c in raw.columns]
    raw.lines = array("q", [n for n, s in zip(raw.lines, same, strict=True) if not s]) if raw.lines else raw.lines
    return raw
