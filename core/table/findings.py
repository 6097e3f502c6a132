"""What reading a file can find: a stable code, a sentence and a place, never a cell value."""

# ruff: noqa: E501 - the sentences of the glossary stand whole

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from core.language import language, translate

CODES: Mapping[str, str] = {
    "AMBIGUOUS_DATES": "Dates such as 03/04/2024 can be read day first or month first, and nothing in the column decides (or as many dates speak for one as for the other). The file asks.",
    "ARCHIVE_CORRUPT": "A zip archive (or a workbook, which is one inside) is damaged: its parts do not match its directory or checksums.",
    "BAD_METADATA": "What the file says about itself (row counts, dimensions, labels) contradicts what is in it.",
    "BAD_WEIGHTS": "A column that looks like a sample weight holds negative, zero or missing weights.",
    "BINARY_COLUMNS": "A column holds raw bytes (pictures, keys) rather than text or numbers. It is left out.",
    "BLANK_LINES": "There are empty lines between the rows. They are skipped; in a file of one column they are missing values.",
    "CHOOSE_MEMBER": "The archive, database or JSON document holds several tables. The file asks which one to read.",
    "CHOOSE_SHEET": "The workbook holds several sheets with data. The file asks which one to read.",
    "CONSTANT_COLUMN": "A column has one and the same value in every row. It tells nobody apart.",
    "DECOMPRESSION_BOMB": "The archive unpacks to far more than a table would. It is refused before it fills the memory.",
    "DOCUMENT_METADATA": "The document carries names or comments besides its table (author, last editor, comments). They are not taken over.",
    "DUPLICATE_COLUMNS": "Two columns have the same name. The later ones are numbered.",
    "EMPTY_COLUMN": "A column has no value in any row. Unnamed ones at the edge are left out.",
    "EMPTY_FILE": "The file holds nothing.",
    "ENCODING_GUESSED": "The file does not say how its letters are encoded; the most plausible encoding was taken.",
    "ENCODING_INVALID": "Some bytes are no letters in the file's encoding, so some text is damaged or two encodings are mixed; or files were joined, and byte order marks stand inside.",
    "ERROR_CELLS": "Cells hold a spreadsheet error (#N/A, #DIV/0!, ...) instead of a value. They count as missing.",
    "EXTERNAL_LINKS": "The workbook takes values from other files. The stored values are read, nothing is fetched.",
    "FIXED_WIDTH": "The columns are told apart by their position in the line. A layout says which positions belong to which column.",
    "FORMULA_CELLS": "Cells hold formulas. Their stored values are read; nothing is calculated.",
    "FORMULA_NO_VALUE": "Formulas were saved without a result, so there is no value to read. They count as missing.",
    "FORMULA_TEXT": "Text that a spreadsheet would run as a formula (it starts with = + - @). It is kept as text.",
    "HEADER_NOT_FIRST": "There are titles, comments or further header lines around the line of column names.",
    "HIDDEN_COLUMNS": "The sheet has hidden columns or rows. They are read like the others.",
    "HIDDEN_SHEETS": "The workbook has hidden sheets. They are not read unless they are chosen.",
    "HUGE_CELL": "A cell is longer than a spreadsheet can hold, or than the limit allows.",
    "INVALID_DATES": "Some dates do not exist (31 February).",
    "JSON_BAD_LINE": "A line of a JSON Lines file is not JSON.",
    "JSON_NONSTANDARD": "The JSON holds what the standard does not allow (NaN, Infinity, repeated keys, comments, loose commas).",
    "JSON_TOO_DEEP": "The JSON nests deeper than the limit.",
    "LOOKALIKE_COLUMNS": "Column names look alike but differ in letters, capitals, spaces or invisible characters.",
    "LOOKALIKE_VALUES": "Values look alike but differ in letters, capitals, spaces or invisible characters, so one group counts as two.",
    "MACROS_DROPPED": "The workbook holds macros. They are not run and not taken over.",
    "MERGED_CELLS": "Cells are merged. In the table each covered cell gets the value; in the header the lines are joined.",
    "MISSING_MARKERS": "Values such as NA, -, 99 or 1900-01-01 may stand for missing. They stay values until someone confirms.",
    "MIXED_TYPES": "A column mixes numbers (or dates) and text.",
    "NESTED_COLUMNS": "A column holds lists or records instead of single values. The file asks whether to spread them out.",
    "NESTED_JSON": "Records hold further records or lists. The file asks whether to spread them out.",
    "NON_ASCII_DIGITS": "Numbers are written in other digits than 0-9 (१२३). Number and date columns are rewritten, codes are not.",
    "NON_FINITE": "A number column holds infinity or “not a number”.",
    "NOT_A_TABLE": "The file is no table: prose, a web page, a picture, a PDF or another kind of document.",
    "NO_HEADER": "The first line holds data, not column names.",
    "NO_ROWS": "There are column names but no rows.",
    "NUL_BYTES": "The file contains NUL characters, which no text has. They are removed.",
    "NUMBER_FORMAT": "Numbers are written with a decimal comma, digit groups, a currency or a percent sign; or a spreadsheet cut off their last digits.",
    "PASSWORD_NEEDED": "The file is protected with a password.",
    "RAGGED_ROWS": "Some rows have more or fewer cells than there are columns.",
    "SPARSE_SHEET": "A few cells lie so far apart that the sheet would be almost entirely empty.",
    "STRAY_CELLS": "There are cells outside the table (notes, sources, page numbers, sums beside or below it), which are left out; or a second table, and the file asks which one to read.",
    "TOO_FEW_ROWS": "There are so few rows that nobody can hide among the others.",
    "TOO_MANY_COLUMNS": "There are more columns than the limit.",
    "TOO_MANY_ENTRIES": "The archive holds more entries than the limit.",
    "TOO_MANY_ROWS": "There are more rows than the limit.",
    "TOTAL_ROW": "Rows look like totals of the others. They are kept unless someone says that they go; they are no persons.",
    "TYPE_MISMATCH": "A few cells do not fit the kind of their column.",
    "UNCLOSED_QUOTE": "A quotation mark is opened and not closed, or stands where it does not belong.",
    "UNIQUE_COLUMN": "Every row has a different value, so the column identifies its row.",
    "UNNAMED_COLUMNS": "Columns have no name. They are named by their position.",
    "UNREADABLE": "The file is damaged, or takes more memory or time than the limits allow.",
    "UNSAFE_ARCHIVE_PATH": "The archive wants to write outside its folder.",
    "UNSAFE_COLUMN_NAMES": "Column names hold markup, formulas or control characters. They are cleaned.",
    "UNSAFE_FORMAT": "The file is a program, or of a kind that can run code when it is opened.",
    "UNSAFE_VALUES": "Cells hold control characters, markup or characters that turn the direction of writing.",
    "XLSX_ROW_LIMIT": "The file has as many rows as a worksheet can hold, or more: the rest may have been cut off.",
    "XML_DTD": "The document defines its own entities, which can read files or exhaust the memory. It is refused.",
}
"""Every code a finding can have, with the sentence of the glossary."""

NOTES = frozenset({"UNIQUE_COLUMN", "CONSTANT_COLUMN"})
"""Findings that are worth knowing and no reason for a warning."""


@dataclass(frozen=True)
class Finding:
    """One finding: `message` is the sentence with its facts (column names and counts, never a value).

    code   one of CODES
    where  {"sheet", "row", "column"} as far as known; row 1 is the first data row, `line` counts the file's lines
    note   worth knowing, no reason for a warning
    """

    code: str
    text: str
    where: Mapping[str, Any] | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)
    note: bool = False

    @property
    def message(self) -> str:
        said = translate(self.text, **self.facts)
        return of_one(said) if language.get() == "en" else said

    def as_dict(self) -> dict[str, Any]:
        return {"code": self.code, "message": self.message, "where": dict(self.where) if self.where else None}


@dataclass(frozen=True)
class Choice:
    """One answer to a question; `preview` shows the first rows as this answer would read them."""

    value: str
    label: str
    preview: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True)
class Question:
    """What only the person can know. `key` is the name of the answer.

    default  what is taken while nobody answers; None where the file cannot be read without an answer
    """

    key: str
    text: str
    choices: tuple[Choice, ...] = ()
    default: str | None = None


class Stop(Exception):
    """Ends the reading inside the child: refused with a finding, or waiting for an answer."""

    def __init__(self, finding: Finding, question: Question | None = None) -> None:
        super().__init__(finding.code)
        self.finding, self.question = finding, question


@dataclass
class Found:
    """Collects findings and questions while one file is read."""

    findings: list[Finding] = field(default_factory=list)
    questions: list[Question] = field(default_factory=list)

    def add(self, code: str, text: str, where: Mapping[str, Any] | None = None, /, **facts: Any) -> None:
        self.findings.append(finding(code, text, where, **facts))

    def ask(self, question: Question) -> None:
        self.questions.append(question)


def finding(
    code: str, text: str, where: Mapping[str, Any] | None = None, /, *, note: bool = False, **facts: Any
) -> Finding:
    if code not in CODES:
        raise KeyError(code)
    return Finding(code, text, where, facts, note or code in NOTES)


def refuse(code: str, text: str, where: Mapping[str, Any] | None = None, /, **facts: Any) -> Stop:
    """`raise refuse(...)`: the file is rejected."""
    return Stop(finding(code, text, where, **facts))


def wait_for(code: str, question: Question, text: str, where: Mapping[str, Any] | None = None, /, **facts: Any) -> Stop:
    """`raise wait_for(...)`: nothing can be read until the question is answered."""
    return Stop(finding(code, text, where, **facts), question)


_ONE = re.compile(
    r"(?<![\d,.])1 (cell|row|column|line|number|date|record|field|sheet|file|area|value|text)s"
    r"((?: (?:of|in|at|below|above|between|beside) (?:“[^”]*”|the \w+|\w+))*)(?: (hold|have|are|were|stand|look|lack|end)\b)?"
)
_VERBS = {"hold": "holds", "have": "has", "are": "is", "were": "was", "stand": "stands", "look": "looks",
          "lack": "lacks", "end": "ends"}  # fmt: skip
_ONE_ROW = re.compile(r"\brows (\d+)(?=[.:;)]|$)")


def of_one(sentence: str) -> str:
    """An English sentence about one thing as one says it.

    >>> of_one("1 cells of “age” hold a spreadsheet error: rows 4.")
    '1 cell of “age” holds a spreadsheet error: row 4.'
    """
    said = _ONE.sub(lambda m: f"1 {m[1]}{m[2]}" + (f" {_VERBS[m[3]]}" if m[3] else ""), sentence)
    return _ONE_ROW.sub(r"row \1", said)


def rows_in_words(rows: list[int], most: int = 5) -> str:
    """“17, 902, 3301 and 12 more”."""
    shown = ", ".join(str(r) for r in rows[:most])
    return f"{shown} and {len(rows) - most} more" if len(rows) > most else shown
