"""Text with delimiters: which delimiter, quotation mark and escape explain the whole file best; then its rows.

The score of a dialect follows the idea of CleverCSV (van den Burg, Nazabal and Sutton 2019,
doi:10.1007/s10618-019-00646-y): lines of equal length times cells of a recognisable type.
"""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from core.table.assemble import aligned, assemble, header, without_repeated_header
from core.table.encoding import decode
from core.table.findings import Choice, Question, refuse, wait_for
from core.table.fixed_width import looks_fixed, read_fixed
from core.table.raw import Job, Raw, column_of
from core.table.shape import LOOK_AT, TYPED, type_of

CANDIDATES = (",", ";", "\t", "|", "^", "~", ":", " ", "\x1f", "\x01", "§", "¦", "!", "#", "*", "&", "=")
LONGER = ("||", "|~|", "~|~", "::", ";;", "~~", "^^", "@@", "$$", "\t\t", "##", "<>", "%%")
DOUBTFUL = {":": 0.6, " ": 0.45, "!": 0.5, "#": 0.5, "*": 0.5, "&": 0.5, "=": 0.5}
USUAL = (",", ";", "\t", "|")
NAMES = {",": "comma", ";": "semicolon", "\t": "tab", "|": "vertical bar", " ": "space", ":": "colon"}
WORDS = {
    "comma": ",",
    "semicolon": ";",
    "tab": "\t",
    "\\t": "\t",
    "pipe": "|",
    "bar": "|",
    "space": " ",
    "colon": ":",
    "none": "",
    "": "",
}
SINGLE = 0.35
"""What reading everything as one column scores at best; a delimiter must do better."""
SAMPLE_LINES = 300
FAST_FROM = 4_000_000
"""Characters from which Arrow's reader is tried before our own, which is slower and more forgiving."""
SOURCE = re.compile(
    r"[;{}]$|^\s*(def|import|from|class|return|if|for|while|var|let|function|#include|public|private)\b|\w\(.*\)$|^\S+\s?=\s?\S"
)
SCRIPT = re.compile(
    r"\s*(insert\s+into|create\s+table|drop\s+table|select\s.+\sfrom\s|update\s+\w+\s+set\s|alter\s+table)", re.I
)
CLEAN = re.compile(r"[\w .'’\-&/()%+\u0900-\u0dff]{1,60}")


Texts = tuple[int, list[str]]
"""(number of the line, its cells)"""


@dataclass(frozen=True)
class Dialect:
    """How cells are told apart. `delimiter` "" means one column."""

    delimiter: str
    quote: str = '"'
    escape: str = ""
    space_after: bool = False

    def rows(self, text: str, *, strict: bool = False, literal: bool = False) -> Iterator[Texts]:
        """(line number, cells); `literal` takes quotation marks as ordinary characters."""
        mark = self.delimiter
        if len(mark) > 1:
            text, mark = text.replace(mark, "\x1f"), "\x1f"
        quote = "" if literal else self.quote
        reader = csv.reader(
            io.StringIO(text, newline=""),
            delimiter=mark or "\x1f",
            quotechar=quote or None,
            escapechar=self.escape or None,
            doublequote=True,
            skipinitialspace=self.space_after,
            strict=strict,
            quoting=csv.QUOTE_MINIMAL if quote else csv.QUOTE_NONE,
        )
        before = 0
        for cells in reader:
            yield before + 1, cells
            before = reader.line_num


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
    dialect = choose_dialect(text, job, told)
    rows_hint = text.count("\n")
    if len(text) >= FAST_FROM:
        before = len(job.found.findings), len(job.found.questions)
        if (raw := _fast(text, dialect, job)) is not None:
            return raw
        del job.found.findings[before[0] :], job.found.questions[before[1] :]
    raw = assemble(_rows(text, dialect, job), job, rows_hint=rows_hint)
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
    if not any(_score("\n".join(inner), Dialect(mark)) > SINGLE for mark in USUAL):
        return text
    job.found.add(
        "UNCLOSED_QUOTE",
        "Each line is one cell in quotation marks that holds a whole line. They were opened.",
        {"line": 1},
    )
    return "\n".join(cells[0] if cells else "" for _, cells in Dialect("").rows(text))


def choose_dialect(text: str, job: Job, told: str | None = None) -> Dialect:
    """The person's delimiter, the one that explains the file best, or a question where two do."""
    sample = sample_of(text)
    answer = job.answer("delimiter")
    if answer is not None or told:
        mark = told if answer is None else WORDS.get(answer.lower(), answer)
        return _best_quoting(sample, mark or "")
    if SCRIPT.match(_without_comments(sample)):
        raise refuse("NOT_A_TABLE", "The file is a database script, not a table. Export the table as CSV.")
    scored = sorted(
        ((_score(sample, d), d) for mark in _possible(sample) for d in (_best_quoting(sample, mark),)),
        key=lambda s: -s[0],
    )
    single = SINGLE * _typed([cell for _, cells in Dialect("").rows(sample) for cell in cells])
    best, dialect = scored[0] if scored else (0.0, Dialect(""))
    if best <= max(single, 0.12):
        return _one_column(sample)
    if dialect.delimiter == " " and (question := looks_fixed(sample)):
        raise question
    rivals = [
        d
        for s, d in scored[1:]
        if d.delimiter in USUAL and (s >= 0.93 * best or (s >= 0.3 * best and _cuts_every_line(sample, d)))
    ]
    if rivals and dialect.delimiter in USUAL:
        raise _ask(sample, [dialect, *rivals])
    return dialect


def _without_comments(sample: str) -> str:
    return re.sub(r"(?im)\A(\s*(--|/\*|set |use |begin|pragma).*\n|\s*\n)*", "", sample)


def _cuts_every_line(sample: str, dialect: Dialect) -> bool:
    """Whether a delimiter cuts every line, that of the names too, into the same number of cells."""
    return len({len(cells) for _, cells in dialect.rows(sample) if any(c.strip() for c in cells)}) == 1


def sample_of(text: str) -> str:
    """The first lines, whole, with enough of them to be telling and not too many characters."""
    lines, at = [], 0
    for _ in range(SAMPLE_LINES):
        end = re.compile(r"\r\n|\n|\r").search(text, at)
        if end is None or at > 400_000:
            lines.append(text[at : at + 100_000])
            break
        lines.append(text[at : end.end()] if end.end() - at < 100_000 else text[at : at + 100_000] + "\n")
        at = end.end()
    return "".join(lines)


def _possible(sample: str) -> list[str]:
    lines = [line for line in sample.splitlines() if line.strip()]
    often = [m for m in (*LONGER, *CANDIDATES) if sum(m in line for line in lines) * 2 >= len(lines)]
    return [
        m
        for m in often
        if not any(m != o and m in o and sample.count(m) == o.count(m) * sample.count(o) for o in often)
    ]


def _best_quoting(sample: str, mark: str) -> Dialect:
    """The quotation mark and escape that go with a delimiter."""
    edge = re.escape(mark) if mark else "(?!)"
    found = {q: len(re.findall(rf"(?:^|{edge})\s?{q}|{q}\s?(?:$|{edge})", sample, re.M)) for q in ('"', "'")}
    quote = "'" if found["'"] >= 4 and found["'"] > 3 * found['"'] and _encloses(sample, mark) else '"'
    escape = "\\" if f"\\{quote}" in sample and not re.search(rf"\\{quote}\s*(?:$|{edge})", sample, re.M) else ""
    space = bool(mark) and mark != " " and bool(re.search(rf"{edge} +{quote}", sample))
    return Dialect(mark, quote, escape, space)


def _encloses(sample: str, mark: str) -> bool:
    """Whether single quotation marks stand in pairs around cells rather than as apostrophes."""
    edge = re.escape(mark) if mark else "(?!)"
    return len(re.findall(rf"(?:^|{edge})'[^'\n]*'(?=$|{edge}|\r)", sample, re.M)) * 2 >= sample.count("'") * 0.8


def _score(sample: str, dialect: Dialect) -> float:
    try:
        rows = [cells for _, cells in dialect.rows(sample) if any(c.strip() for c in cells)]
    except csv.Error:
        return 0.0
    if len(rows) > 20:
        rows = rows[:-1]  # the sample may end within a row
    lengths = Counter(len(r) for r in rows)
    length, times = max(lengths.items(), key=lambda i: (i[1] * (i[0] > 1), i[0]), default=(1, 0))
    if length < 2 or times * 2 < len(rows):
        return 0.0
    usual = [r for r in rows if len(r) == length]
    doubt = DOUBTFUL.get(dialect.delimiter, 1.0)
    if dialect.delimiter == " " and times == len(rows) and _some_typed(usual):
        doubt = 0.75
    if dialect.delimiter == ":" and re.search(r"\d:\d\d", sample):
        doubt = 0.2
    return (times / len(rows)) ** 2 * _typed([c for r in usual for c in r]) * (length - 1) / length * doubt


def _some_typed(rows: list[list[str]]) -> bool:
    """Whether blanks cut off a column of numbers or dates rather than stand between words."""
    body = rows[1:] or rows
    return any(sum(type_of(r[p]) in TYPED for r in body) > 0.8 * len(body) for p in range(len(rows[0])))


def _typed(cells: list[str]) -> float:
    """The share of cells that look like one value of a known kind."""
    if not cells:
        return 0.0
    return sum(_cell_score(c) for c in cells) / len(cells)


def _cell_score(cell: str) -> float:
    if (kind := type_of(cell)) != "text":
        return 0.5 if kind == "empty" else 1.0
    if CLEAN.fullmatch(cell):
        return 0.9
    return 0.25 if any(m in cell for m in USUAL) or '"' in cell else 0.7


def _ask(sample: str, dialects: list[Dialect]) -> Exception:
    choices = []
    for dialect in dialects[:4]:
        rows = tuple(tuple(c[:60] for c in cells) for _, cells in dialect.rows(sample))[:4]
        name = NAMES.get(dialect.delimiter, dialect.delimiter)
        choices.append(Choice(dialect.delimiter, f"Separated by {name}", rows))
    question = Question("delimiter", "Which sign separates the columns?", tuple(choices))
    return wait_for("RAGGED_ROWS", question, "The file can be cut into columns in {count} ways.", count=len(choices))


def _one_column(sample: str) -> Dialect:
    """No delimiter explains the file: fixed positions, one column, or no table at all."""
    if question := looks_fixed(sample):
        raise question
    lines = [line.strip() for line in sample.splitlines() if line.strip()]
    words = sum(len(line.split()) for line in lines) / len(lines)
    odd = sum(1 for line in lines if not CLEAN.fullmatch(line) and type_of(line) == "text")
    code = sum(1 for line in lines if SOURCE.search(line))
    if (len(lines) == 1 and words > 1) or words > 5 or odd * 2 > len(lines) or code * 4 > len(lines):
        raise refuse("NOT_A_TABLE", "The file is text, but no table: nothing separates it into columns.")
    return Dialect("")


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
    return without_repeated_header(Raw(names, columns, delimiter=dialect.delimiter), job)


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
