"""Which delimiter, quotation mark and escape explain a text best.

The score of a dialect follows the idea of CleverCSV (van den Burg, Nazabal and Sutton 2019,
doi:10.1007/s10618-019-00646-y): lines of equal length times cells of a recognisable type.
"""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from core.table.findings import Choice, Question, refuse, wait_for
from core.table.fixed_width import looks_fixed
from core.table.raw import Job
from core.table.shape import TYPED, type_of

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
SOURCE = re.compile(
    r"[;{}]$|^\s*(def|import|from|class|return|if|for|while|var|let|function|#include|public|private)\b|\w\(.*\)$|^\S+\s?=\s?\S"
)
SCRIPT = re.compile(
    r"\s*(insert\s+into|create\s+table|drop\s+table|select\s.+\sfrom\s|update\s+\w+\s+set\s|alter\s+table)", re.I
)
QUOTED = re.compile(r'(?:"(?:[^"]|"")*"[ \t]*(?:\r\n?|\n|$)){2,}(?:"(?:[^"]|"")*)?')
"""Every line one quoted cell (the sample may end within one): a column by itself, as this program writes it."""
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
        ((score(sample, d), d) for mark in _possible(sample) for d in (_best_quoting(sample, mark),)),
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


def score(sample: str, dialect: Dialect) -> float:
    """How well a dialect explains a sample: 0 to 1, all lines of one length and all cells of a known kind."""
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


def _one_column(sample: str) -> Dialect:
    """No delimiter explains the file: fixed positions, one column, or no table at all."""
    if QUOTED.fullmatch(sample):
        return Dialect("")
    if question := looks_fixed(sample):
        raise question
    lines = [line.strip() for line in sample.splitlines() if line.strip()]
    words = sum(len(line.split()) for line in lines) / len(lines)
    odd = sum(1 for line in lines if not CLEAN.fullmatch(line) and type_of(line) == "text")
    code = sum(1 for line in lines if SOURCE.search(line))
    if (len(lines) == 1 and words > 1) or words > 5 or odd * 2 > len(lines) or code * 4 > len(lines):
        raise refuse("NOT_A_TABLE", "The file is text, but no table: nothing separates it into columns.")
    return Dialect("")


def _ask(sample: str, dialects: list[Dialect]) -> Exception:
    choices = []
    for dialect in dialects[:4]:
        rows = tuple(tuple(c[:60] for c in cells) for _, cells in dialect.rows(sample))[:4]
        name = NAMES.get(dialect.delimiter, dialect.delimiter)
        choices.append(Choice(dialect.delimiter, f"Separated by {name}", rows))
    question = Question("delimiter", "Which sign separates the columns?", tuple(choices))
    return wait_for("RAGGED_ROWS", question, "The file can be cut into columns in {count} ways.", count=len(choices))
