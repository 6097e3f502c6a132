"""Where in a grid of cells the table is: titles above, the line(s) of column names, rows, and what lies below."""

from __future__ import annotations

import itertools
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from core.table.vocabulary import HEADER_WORDS, WORD

Cells = Sequence[str | None]
Line = tuple[int, Cells]
"""(number of the line in the file or sheet, its cells)"""

LOOK_AT = 400
"""Lines that are looked at to find the header."""

_TYPES = (
    ("empty", re.compile(r"[\s\u00a0\ufeff]*")),
    ("integer", re.compile(r"[+-]?\d{1,18}")),
    (
        "number",
        re.compile(r"[+\-−]?[€$£₹]?\s?(\d{1,3}([ ,.'’\u00a0\u202f]\d{2,3})+|\d+)?([.,]\d+)?([eE][+-]?\d+)?\s?[%€$£₹]?"),
    ),
    (
        "date",
        re.compile(
            r"\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}([T ]\d{1,2}:\d{2}.*)?|\d{1,2}[- ]?[A-Za-z]{3,9}[-, ]+\d{2,4}"
            r"|[A-Za-z]{3,9} \d{1,2},? \d{4}"
        ),
    ),
    ("time", re.compile(r"\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?( ?[APap][Mm])?")),
    ("email", re.compile(r"[^\s@]+@[^\s@]+\.\w+")),
    ("url", re.compile(r"https?://\S+")),
    ("code", re.compile(r"(?=.*\d)(?=.*[A-Za-z])[A-Za-z0-9_\-/]{2,40}")),
)


@lru_cache(maxsize=100_000)
def type_of(cell: str | None) -> str:
    """A rough type of one cell: empty, integer, number, date, time, email, url, code or text."""
    if cell is None:
        return "empty"
    cell = cell.strip()
    for name, pattern in _TYPES:
        if pattern.fullmatch(cell) and (name != "number" or any(c.isdigit() for c in cell)):
            return name
    return "text"


TYPED = frozenset({"integer", "number", "date", "time", "email", "url"})


@dataclass(frozen=True)
class Head:
    """Where the column names stand.

    lines    positions (in the grid handed in) of the header lines; empty: there is none
    body     position of the first line of data
    names    column names as the file has them
    certain  whether the grid itself decides; otherwise the person is asked
    skipped  positions of titles and comments above, or of numbering lines below the header
    """

    lines: tuple[int, ...]
    body: int
    names: tuple[str, ...]
    certain: bool
    skipped: tuple[int, ...] = ()


def filled(cells: Cells) -> int:
    return sum(1 for c in cells if c is not None and c.strip())


def usual_width(grid: Sequence[Line]) -> int:
    """The number of cells that most lines have (the last filled one counts); ties go to the wider."""
    widths = Counter(len(cells) for _, cells in grid if filled(cells))
    return max(widths, key=lambda w: (widths[w], w)) if widths else 0


def find_head(grid: Sequence[Line], answer: str | None = None, spans: bool = False) -> Head:
    """The header of a grid whose first lines may be titles, comments, group headings or data.

    answer  the person's `header_row`: a line number, or "0" for none
    spans   whether merged cells have been filled in, so that a title repeats across its whole line
    """
    grid = grid[:LOOK_AT]
    width = usual_width(grid)
    start = next((p for p in range(len(grid)) if not _leads(grid, p, width, spans)), 0)
    if answer is None and _letters(grid, start):
        start += 1
    if answer is not None:
        return _told(grid, answer, start, spans)
    above = tuple(p for p in range(start) if filled(grid[p][1]))
    lines = _header_lines(grid, start, width, spans)
    votes = header_votes(grid[lines[-1]][1], [cells for _, cells in grid[lines[-1] + 1 :]])
    if len(lines) == 1 and votes < 0:
        return Head((), start, _no_names(width), votes <= -1, above)
    head = _head(grid, lines)
    return Head(head.lines, head.body, head.names, votes > 0 or len(lines) > 1, above + head.skipped)


def _letters(grid: Sequence[Line], place: int) -> bool:
    """A line “A, B, C” as a spreadsheet writes above its columns, over a line of names."""
    texts = [(c or "").strip() for c in grid[place][1]]
    below = [cells for _, cells in grid[place + 1 :]]
    lettered = 3 <= len(texts) <= 26 and texts == [chr(ord("A") + n) for n in range(len(texts))]
    return lettered and len(below) > 1 and header_votes(below[0], below[1:]) > 0


def _leads(grid: Sequence[Line], place: int, width: int, spans: bool) -> bool:
    """Whether a line stands above the table: by its look, or because a blank line parts it from a fuller one below."""
    cells = grid[place][1]
    if _above(cells, width, spans):
        return True
    parted = place + 1 < len(grid) and not filled(grid[place + 1][1])
    return parted and any(filled(c) > filled(cells) for _, c in grid[place + 2 : place + 8])


def _above(cells: Cells, width: int, spans: bool) -> bool:
    """Whether a line is blank, a title, a comment or a “key: value” above the table."""
    here = filled(cells)
    if here == 0:
        return True
    first = (cells[0] or "").strip() if cells else ""
    if first.startswith(("# ", "//", "%%", "--", "#!")) or (first.startswith("#") and len(cells) != width):
        return True
    distinct = {c.strip() for c in cells if c and c.strip()}
    if width >= 2 and len(distinct) == 1 and (here == 1 or here > 2 or (spans and here == width)):
        return True
    if width >= 4 and here <= 2 and not _has_gaps(cells):
        return True
    return len(cells) < width and here * 2 <= width and not _has_gaps(cells)


def _has_gaps(cells: Cells) -> bool:
    """Filled cells with empty ones between them, as group headings have over their columns."""
    places = [p for p, c in enumerate(cells) if c and c.strip()]
    return len(places) >= 2 and places[-1] - places[0] >= len(places)


def _header_lines(grid: Sequence[Line], start: int, width: int, spans: bool) -> tuple[int, ...]:
    """One header line, or several where group headings stand over the names."""
    lines = [start]
    while len(lines) < 4 and lines[-1] + 1 < len(grid):
        cells, below = grid[lines[-1]][1], grid[lines[-1] + 1][1]
        body = [c for _, c in grid[lines[-1] + 2 :]]
        gaps = _has_gaps(cells) and filled(cells) < width
        grouped = _repeats(cells) if spans else gaps or _told_apart(cells, below)
        names_below = filled(below) >= 2 and all(type_of(c) in ("text", "code", "empty") for c in below)
        if not spans and _told_apart(cells, below):  # under a name that stands twice the answer itself may stand
            below = [None if list(cells).count(c) > 1 else b for c, b in zip(cells, below, strict=True)]
        if not (grouped and names_below and body and header_votes(below, body) > 0):
            break
        lines.append(lines[-1] + 1)
    return tuple(lines)


def _told_apart(cells: Cells, below: Cells) -> bool:
    """Names side by side that are the same (“Term 1, Term 1”), and a line below that tells them apart."""
    pairs = [(c or "").strip() + "\0" + (b or "").strip() for c, b in zip(cells, below, strict=False)]
    return len(cells) == len(below) == filled(below) and _repeats(cells) and len(set(pairs)) == len(pairs)


def _repeats(cells: Cells) -> bool:
    return any(a and a == b for a, b in itertools.pairwise(cells))


def _head(grid: Sequence[Line], lines: tuple[int, ...]) -> Head:
    names = _joined([grid[p][1] for p in lines])
    body = lines[-1] + 1
    skipped: tuple[int, ...] = ()
    if body + 1 < len(grid) and _numbering(grid[body][1], len(names), [c for _, c in grid[body + 1 :]]):
        skipped, body = (body,), body + 1
    for ids in range(body, min(body + 2, len(grid) - 1)):
        cells = grid[ids][1]
        if cells and all(re.match(r'\{"ImportId"', c or "") for c in cells):  # Qualtrics: questions, then ids
            skipped, body = (*skipped, *range(body, ids + 1)), ids + 1
    return Head(lines, body, names, True, skipped)


def _numbering(cells: Cells, width: int, body: Sequence[Cells]) -> bool:
    """A line “(1) (2) (3)” below the names, as in official tables; without brackets only over words."""
    texts = [(c or "").strip().strip("()[].") for c in cells]
    if all(re.fullmatch(r"[-+=:|\s]*", c or "") for c in cells) and any("--" in (c or "") for c in cells):
        return True  # a ruled line, as in printed tables
    bracketed = all((c or "").strip().startswith(("(", "[")) for c in cells)
    over = [type_of(line[0]) for line in body[:50] if line and line[0]]
    worded = len(over) > 1 and sum(kind == "text" for kind in over) >= 0.9 * len(over)
    return width >= 3 and (bracketed or worded) and texts == [str(n) for n in range(1, width + 1)]


def _joined(lines: list[Cells]) -> tuple[str, ...]:
    """Names of one or several header lines: “Income / Urban”."""
    width = max(len(cells) for cells in lines)
    parts: list[list[str]] = [[] for _ in range(width)]
    for level, cells in enumerate(lines):
        texts = [(cells[p] or "").strip() if p < len(cells) else "" for p in range(width)]
        if level < len(lines) - 1:
            lower = [[(c or "").strip() for c in line] for line in lines[level + 1 :]]
            texts = _carried(texts, ["".join(names) for names in itertools.zip_longest(*lower, fillvalue="")])
        for place, text in enumerate(texts):
            if text and text not in parts[place]:
                parts[place].append(text)
    return tuple(" / ".join(p) for p in parts)


def _carried(texts: list[str], below: list[str]) -> list[str]:
    """A group heading holds for the empty cells to its right, as long as there are names below."""
    out, last = [], ""
    for place, text in enumerate(texts):
        last = text or (last if place < len(below) and below[place] else "")
        out.append(last)
    return out


def _told(grid: Sequence[Line], answer: str, start: int, spans: bool) -> Head:
    answer = answer.strip().removesuffix("+")  # “1+”: what looks like a second table below is none
    if answer.lower() in ("0", "none", "no"):
        return Head((), start, _no_names(usual_width(grid)), True, tuple(p for p in range(start) if filled(grid[p][1])))
    wanted = int(answer) if answer.isdigit() else -1
    place = next((p for p, (number, _) in enumerate(grid) if number == wanted), None)
    if place is None:
        raise ValueError("header_row")
    lines = _header_lines(grid, place, usual_width(grid), spans)
    head = _head(grid, lines)
    return Head(
        head.lines, head.body, head.names, True, tuple(p for p in range(place) if filled(grid[p][1])) + head.skipped
    )


def _no_names(width: int) -> tuple[str, ...]:
    return ("",) * width


def header_votes(header: Cells, body: Sequence[Cells]) -> float:
    """Above 0: the line names columns; below 0: it is data like the lines under it; 0: the grid does not tell."""
    if not body:
        return 1.0 if all(type_of(c) in ("text", "code") for c in header if c) else -0.5
    votes = 0.0
    rising = _rising(header)
    worth = 0.5 if any(type_of(c) in ("text", "code") for c in header) else 0.0
    for place, cell in enumerate(header):
        column = [c for cells in body if place < len(cells) and (c := cells[place]) and c.strip()]
        if cell is None or not cell.strip() or not column:
            continue
        votes += _vote(cell.strip(), column, rising, worth)
    texts = [c.strip() for c in header if c and c.strip()]
    if votes >= 0 and any(set(WORD.findall(t.lower())) & HEADER_WORDS for t in texts):
        votes += 1.0
    return votes


def _rising(header: Cells) -> bool:
    """Numbers that name columns: years, or 1, 2, 3 from left to right, beside at least one text."""
    numbers = [int(c) for c in header if c and type_of(c) == "integer" and len(c.strip()) < 9]
    texts = sum(1 for c in header if type_of(c) in ("text", "code"))
    rising = all(b - a == 1 for a, b in itertools.pairwise(numbers))
    years = all(1900 <= n <= 2100 for n in numbers)
    return len(numbers) >= 2 and rising and (texts >= 1 or numbers[0] == 1) and (years or numbers[0] in (0, 1))


def _vote(cell: str, column: list[str], rising: bool, worth: float) -> float:
    mine = type_of(cell)
    kinds = Counter(type_of(c) for c in column)
    typed = sum(kinds[k] for k in TYPED) / len(column)
    if mine in TYPED:
        if rising and mine == "integer":
            return worth
        same = (
            sum(kinds[k] for k in TYPED if k in ("integer", "number")) if mine in ("integer", "number") else kinds[mine]
        )
        return -1.0 if same / len(column) > 0.5 else -0.25
    if typed >= 0.7 and cell.lower() not in MARKERS:
        return 1.0
    if cell in column:
        return -1.0
    if kinds["code"] / len(column) > 0.8:
        shape = _pattern(cell)
        alike = sum(1 for c in column[:50] if _pattern(c) == shape) / min(50, len(column))
        return -0.5 if alike > 0.5 else 0.5
    return _style(cell, column)


MARKERS = frozenset({"na", "n/a", "-", "--", "*", ".", "null", "none", "nan", ""})


def _pattern(cell: str) -> str:
    return re.sub(r"\d", "9", re.sub(r"[A-Za-z]", "a", cell))


def _style(cell: str, column: list[str]) -> float:
    """Capitals and underscores: a small vote where a name is written otherwise than the values."""

    def look(text: str) -> tuple[bool, bool, bool]:
        return text.isupper(), text.islower(), "_" in text

    mine = look(cell)
    return 0.3 if sum(look(c) == mine for c in column[:100]) < 0.3 * min(100, len(column)) else 0.0
