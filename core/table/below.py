"""What stands between and below the rows of a table: a second table under a blank line, page numbers of a print."""

from __future__ import annotations

import re
from array import array
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from core.table.findings import Choice, Question, Stop, rows_in_words, wait_for
from core.table.raw import Job, Raw
from core.table.shape import TYPED, Cells, Head, Line, filled, type_of

FOLLOWING = 6
"""Lines kept below a blank one, to see whether they are a table of their own."""
MOST = 200
PAGE = re.compile(r"(?i)\W*(page|seite|पृष्ठ|página|pagina)\W*\d+(\W*(of|/|von|de|sur|का)?\W*\d+)?\W*")


@dataclass
class Parted:
    """The first lines after a blank one: `row` counts the rows above, `line` is the line's number."""

    row: int
    line: int
    cells: list[Cells] = field(default_factory=list)


class Parts:
    """Watches the lines go by and keeps what stands below each blank one."""

    def __init__(self) -> None:
        self.found: list[Parted] = []
        self._blank = False

    def blank(self) -> None:
        self._blank = True

    def line(self, row: int, number: int, cells: Cells) -> None:
        if self._blank and row and len(self.found) < MOST:
            self.found.append(Parted(row, number))
        self._blank = False
        if self.found and len(self.found[-1].cells) < FOLLOWING:
            self.found[-1].cells.append(cells)


def second_table(parts: Parts, names: Sequence[str], above: Sequence[Cells]) -> Parted | None:
    """The first line under a blank one that names columns of its own: text over numbers, and unlike the rows above."""
    for part in parts.found:
        header, body = part.cells[0], part.cells[1:]
        texts = [c.strip() for c in header if c and c.strip()]
        if len(texts) < 2 or not body or texts == [n.strip() for n in names if n.strip()]:
            continue
        plain = all(type_of(c) in ("text", "code") for c in texts) and len(set(texts)) == len(texts)
        if plain and _over_numbers(header, body) and (_over_numbers(header, above) or _width(header) != len(names)):
            return part
    return None


def _width(cells: Cells) -> int:
    return max((p + 1 for p, c in enumerate(cells) if c and c.strip()), default=0)


def _over_numbers(header: Cells, body: Sequence[Cells]) -> bool:
    """Whether a text of the line stands over cells that are nearly all numbers or dates."""
    for place, cell in enumerate(header):
        column = [c for cells in body if place < len(cells) and (c := cells[place]) and c.strip()]
        if cell and cell.strip() and column and sum(type_of(c) in TYPED for c in column) >= 0.7 * len(column):
            return True
    return False


def which_table(head: Head, grid: Sequence[Line], part: Parted, where: dict[str, object] | None) -> Stop:
    """The question which of two tables under each other is meant; `where` is {"sheet", "line"}."""
    first = grid[head.lines[-1]][0] if head.lines else 0
    upper = (head.names, *(cells for _, cells in grid[head.body : head.body + 3]))
    choices = (
        Choice(str(first), f"The upper table (its column names are in line {first})", _shown(upper)),
        Choice(str(part.line), f"The lower table (its column names are in line {part.line})", _shown(part.cells[:4])),
        Choice(f"{first}+", "It is one table: every line below is a row of it", _shown([*upper[:2], *part.cells[:2]])),
    )
    return wait_for(
        "STRAY_CELLS",
        Question("header_row", "Two tables stand under each other. Which one should be read?", choices),
        "Below the table, from line {line} on, stands another table with column names of its own.",
        where,
        line=part.line,
    )


def _shown(lines: Sequence[Cells]) -> tuple[tuple[str, ...], ...]:
    return tuple(tuple((c or "")[:60] for c in cells) for cells in lines if filled(cells))


def without_page_lines(raw: Raw, job: Job) -> Raw:
    """Lines that hold a page number and nothing else are no rows."""
    if len(raw.names) < 2 or not raw.rows:
        return raw
    full = np.sum([~c.missing for c in raw.columns], axis=0)
    alone = full == 1
    page = np.zeros(raw.rows, bool)
    for column in raw.columns if alone.any() else ():
        hit = [PAGE.fullmatch(v) is not None for v in column.values.to_pylist()]
        page |= alone & np.append(hit, False).astype(bool)[column.codes]
    if not page.any():
        return raw
    rows = (np.flatnonzero(page) + 1).tolist()
    job.found.add(
        "STRAY_CELLS",
        "{count} lines between the rows hold a page number ({rows}). They were left out.",
        {**({"sheet": raw.sheet} if raw.sheet else {}), "row": rows[0]},
        count=len(rows),
        rows=rows_in_words(rows),
    )
    raw.columns = [c.take(~page) for c in raw.columns]
    raw.lines = array("q", [n for n, s in zip(raw.lines, page, strict=True) if not s]) if raw.lines else raw.lines
    return raw
