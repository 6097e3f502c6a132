"""Text with delimiters, read with the dialect that explains it best: its rows, quickly where all lines are alike."""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Iterable, Iterator

import numpy as np
import pyarrow as pa

from core.table.assemble import aligned, assemble, header, without_repeated_header
from core.table.below import without_page_lines
from core.table.dialect import SINGLE, USUAL, Dialect, Texts, choose_dialect, sample_of, score
from core.table.encoding import decode
from core.table.findings import refuse
from core.table.fixed_width import read_fixed
from core.table.raw import Job, Raw, column_of
from core.table.ruled import without_rules
from core.table.shape import LOOK_AT

FAST_FROM = 4_000_000
"""Characters from which Arrow's reader is tried before our own, which is slower and more forgiving."""


def read_delimited(data: bytes, job: Job) -> Raw:
    """A table from a text file of any delimiter, quotation mark, encoding and line end."""
    text = decode(data, job)
    if not text.strip():
        raise refuse("EMPTY_FILE", "There is nothing in the file but blanks.")
    if "layout" in job.answers:
        return read_fixed(text, job)
    csv.field_size_limit(job.limits.cell_chars + 1)
    told, text = _excel_hint(text)
    text = _unwrapped(text, job)
    if ruled := without_rules(text, job):
        text, told = ruled[0], "|"
    dialect = choose_dialect(text, job, told)
    rows_hint = text.count("\n")
    if len(text) >= FAST_FROM and not ruled:
        before = len(job.found.findings), len(job.found.questions)
        if (raw := _fast(text, dialect, job)) is not None:
            return raw
        del job.found.findings[before[0] :], job.found.questions[before[1] :]
    rows = _rows(text, dialect, job)
    if ruled:
        rows = ((ruled[1][n - 1], cells) for n, cells in rows)
    raw = assemble(rows, job, rows_hint=rows_hint)
    raw.delimiter = dialect.delimiter
    return raw


def _excel_hint(text: str) -> tuple[str | None, str]:
    """The line “sep=;” with which Excel is told the delimiter."""
    found = re.match(r"(?i)\"?sep=(.)\"?\r?\n", text)
    return (found.group(1), text[found.end() :]) if found else (None, text)


def _unwrapped(text: str, job: Job) -> str:
    """Lines that are each one quoted cell holding a whole line (a file exported twice) are opened once more."""
    sample = sample_of(text)
    lines = sample.splitlines()
    if len(lines) < 2 or not all(re.fullmatch(r'"(?:[^"]|"")*"', line) for line in lines if line.strip()):
        return text
    inner = [line[1:-1].replace('""', '"') for line in lines if line.strip()]
    if not any(score("\n".join(inner), Dialect(mark)) > SINGLE for mark in USUAL):
        return text
    job.found.add(
        "UNCLOSED_QUOTE",
        "Each line is one cell in quotation marks that holds a whole line. They were opened.",
        {"line": 1},
    )
    return "\n".join(cells[0] if cells else "" for _, cells in Dialect("").rows(text))


def _rows(text: str, dialect: Dialect, job: Job) -> Iterable[Texts]:
    """All rows; where quotation marks do not close, they are taken as ordinary characters if that fits every line."""
    broken = 1
    try:
        for number, cells in dialect.rows(text, strict=True):
            broken = number + 1 + sum(c.count("\n") for c in cells)
        return _limited(dialect.rows(text), job)
    except csv.Error as error:
        if "field larger" in str(error):
            raise _huge(job) from None
    rows = list(dialect.rows(text, literal=True))
    widths = Counter(len(cells) for _, cells in rows if any(c.strip() for c in cells))
    line = next((n for n, cells in rows if any(_half_quoted(c, dialect.quote) for c in cells)), 1)
    if len(widths) == 1 or (dialect.delimiter == "" and len(rows) > 1):
        job.found.add(
            "UNCLOSED_QUOTE",
            "A quotation mark in line {line} is not closed. It was kept as a character.",
            {"line": line},
            line=line,
        )
        return ((n, [_unquoted(c, dialect.quote) for c in cells]) for n, cells in rows)
    try:
        for _ in _closing(dialect, text):
            pass
    except csv.Error:
        raise refuse(
            "UNCLOSED_QUOTE",
            "A quotation mark opened in line {line} is never closed, so the columns after it cannot be "
            "told apart. Close or remove it.",
            {"line": broken},
            line=broken,
        ) from None
    job.found.add(
        "UNCLOSED_QUOTE", "A quotation mark in line {line} stands where none belongs.", {"line": line}, line=line
    )
    return dialect.rows(text)


def _closing(dialect: Dialect, text: str) -> Iterator[Texts]:
    """Rows where a closing quotation mark may be followed by text; still an error when the last one never closes."""
    rows = list(dialect.rows(text))
    if (rows and any("\n" in c for c in rows[-1][1])) or _swallowed(rows):
        raise csv.Error
    yield from rows


def _swallowed(rows: list[Texts]) -> bool:
    """Whether a cell holds several lines although hardly any other does: an open quotation mark ate them."""
    several = [cells for _, cells in rows if any(c.count("\n") >= 1 for c in cells)]
    return bool(several) and len(several) <= 2


def _half_quoted(cell: str, quote: str) -> bool:
    cell = cell.strip()
    return cell.startswith(quote) and (len(cell) == 1 or not cell.endswith(quote))


def _unquoted(cell: str, quote: str) -> str:
    if len(cell) >= 2 and cell[0] == cell[-1] == quote:
        return cell[1:-1].replace(quote * 2, quote)
    return cell


def _limited(rows: Iterator[Texts], job: Job) -> Iterator[Texts]:
    try:
        yield from rows
    except csv.Error:
        raise refuse(
            "HUGE_CELL",
            "A cell has more than {limit:,} characters, the limit “cell_chars”.",
            limit=job.limits.cell_chars,
        ) from None


def _huge(job: Job) -> Exception:
    return refuse(
        "HUGE_CELL",
        "A cell has more than {limit:,} characters, the limit “cell_chars”. It may be that a quotation "
        "mark is not closed.",
        limit=job.limits.cell_chars,
    )


def _fast(text: str, dialect: Dialect, job: Job) -> Raw | None:
    """The same table through Arrow's reader, or None where a line is blank or uneven, which our own reader handles."""
    import pyarrow.csv as pacsv

    if len(dialect.delimiter) != 1 or not dialect.delimiter.isascii() or dialect.escape or dialect.space_after:
        return None
    if text.count("\r") != text.count("\r\n") or _blank_between(text):
        return None
    grid = []
    rows = dialect.rows(text)
    for line in rows:
        grid.append(line)
        if len(grid) >= LOOK_AT:
            break
    head = header(grid, job)
    names = aligned(list(head.names), grid[head.body :], job)
    start = _offset(text, grid[head.body][0])
    body = text[start:].rstrip("\r\n").encode()
    uneven: list[object] = []

    def remember(row: object) -> str:
        uneven.append(row)
        return "error"

    job.progress(0.15, "Reading rows")
    try:
        table = pacsv.read_csv(
            pa.BufferReader(body),
            pacsv.ReadOptions(column_names=[str(p) for p in range(len(names))], block_size=8 << 20, use_threads=True),
            pacsv.ParseOptions(
                delimiter=dialect.delimiter,
                quote_char=dialect.quote,
                newlines_in_values=dialect.quote.encode() in body,
                ignore_empty_lines=False,
                invalid_row_handler=remember,
            ),
            pacsv.ConvertOptions(
                column_types={str(p): pa.string() for p in range(len(names))},
                strings_can_be_null=False,
                quoted_strings_can_be_null=False,
                check_utf8=False,
            ),
        )
    except pa.ArrowInvalid:
        return None
    if table.num_rows > job.limits.rows:
        raise refuse("TOO_MANY_ROWS", "There are more than {limit:,} rows, the limit “rows”.", limit=job.limits.rows)
    columns = []
    for place in range(len(names)):
        columns.append(column_of(table.column(place)))
        job.progress(0.2 + 0.4 * (place + 1) / len(names), "Sorting values")
    if np.logical_and.reduce([c.missing for c in columns]).any():
        return None
    return without_repeated_header(without_page_lines(Raw(names, columns, delimiter=dialect.delimiter), job), job)


def _blank_between(text: str) -> bool:
    """Whether there is an empty line before the end (line ends are LF or CR LF)."""
    text = text.rstrip()
    if "\n\n" in text or "\n\r\n" in text:
        return True
    return any(f"\n{blank}" in text for blank in " \t") and re.search(r"\n[ \t]+\r?\n", text) is not None


def _offset(text: str, line: int) -> int:
    """Where a line (from 1) starts."""
    at = 0
    for _ in range(line - 1):
        at = text.index("\n", at) + 1
    return at
