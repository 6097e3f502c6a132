"""Excel workbooks (.xlsx, .xlsm), read as a stream of XML events.

A reader of our own, because what must not be lost is lost in others: leading zeros shown by a number format, error
cells, formulas without a result, hidden parts, merged cells; and two cells in opposite corners must not fill the
memory. Nothing is ever expanded that is not in the file. Source: ECMA-376 part 1, sections 18.2 to 18.8.
"""

from __future__ import annotations

import datetime as dt
import posixpath
import re
import zipfile
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from core.table.findings import refuse
from core.table.grid import SHEET_COLUMNS, SHEET_ROWS, Enough, Sheet, check_area, column_number, number_text
from core.table.package import has, parse_xml
from core.table.raw import Job

BUILT_IN_DATES = frozenset({*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)})
TIMES = frozenset({18, 19, 20, 21, 45, 46, 47})
REFERENCE = re.compile(r"([A-Z]{1,4})([0-9]{1,9})$")
ZEROS = re.compile(r"0{2,30}")


@dataclass
class Book:
    """A workbook's table of contents: sheets (name, part, state), whether dates count from 1904."""

    sheets: list[tuple[str, str, str]] = field(default_factory=list)
    date1904: bool = False


def read_book(archive: zipfile.ZipFile, job: Job) -> Book:
    part_of_book = book_part(archive, job)
    targets = _relations(archive, part_of_book, job)
    book = Book()

    def start(tag: str, attributes: dict[str, str]) -> None:
        if tag == "sheet":
            relation = next((v for k, v in attributes.items() if k.endswith(":id")), "")
            part = targets.get(relation, "")
            if "chartsheet" not in part and "dialogsheet" not in part and part:
                book.sheets.append((attributes.get("name", ""), part, attributes.get("state", "visible")))
        elif tag == "workbookPr":
            book.date1904 = attributes.get("date1904") in ("1", "true")

    parse_xml(archive, part_of_book, job, start)
    return book


def book_part(archive: zipfile.ZipFile, job: Job) -> str:
    """The part that is the workbook; nearly always xl/workbook.xml, but the package says which."""
    if has(archive, r"^/?xl/workbook\.xml$"):
        return "xl/workbook.xml"
    found: list[str] = []

    def start(tag: str, attributes: dict[str, str]) -> None:
        if tag == "Relationship" and attributes.get("Type", "").endswith("/officeDocument"):
            found.append(attributes.get("Target", "").lstrip("/"))

    parse_xml(archive, "_rels/.rels", job, start)
    return found[0] if found else "xl/workbook.xml"


def _relations(archive: zipfile.ZipFile, book: str, job: Job) -> dict[str, str]:
    targets: dict[str, str] = {}
    folder, _, file = book.rpartition("/")

    def start(tag: str, attributes: dict[str, str]) -> None:
        if tag == "Relationship" and attributes.get("TargetMode") != "External":
            # Absolute within the package, or relative to the workbook's folder.
            joined = posixpath.normpath(posixpath.join("/" + folder, attributes.get("Target", "")))
            targets[attributes.get("Id", "")] = joined.lstrip("/")

    parse_xml(archive, f"{folder}/_rels/{file}.rels", job, start)
    return targets


def shared_strings(archive: zipfile.ZipFile, job: Job) -> list[str]:
    """The workbook's texts. Phonetic hints (rPh) are no part of a text."""
    if not has(archive, r"(^|/)xl/sharedstrings\.xml$"):
        return []
    strings: list[str] = []
    state: dict[str, Any] = {"parts": [], "on": False, "hint": False, "chars": 0}

    def start(tag: str, _attributes: dict[str, str]) -> None:
        if tag == "si":
            state["parts"] = []
        elif tag == "rPh":
            state["hint"] = True
        elif tag == "t":
            state["on"] = not state["hint"]

    def end(tag: str) -> None:
        if tag == "si":
            strings.append(escaped("".join(state["parts"])))
        elif tag == "rPh":
            state["hint"] = False
        elif tag == "t":
            state["on"] = False

    def text(data: str) -> None:
        if state["on"]:
            state["parts"].append(data)

    parse_xml(archive, "xl/sharedStrings.xml", job, start, end, text)
    return strings


def escaped(text: str) -> str:
    """_x000D_ stands for a character that XML cannot hold (ECMA-376 part 1, 22.4.2.4)."""
    if "_x" not in text:
        return text
    return re.sub(r"_x([0-9A-Fa-f]{4})_", lambda m: chr(int(m.group(1), 16)), text)


@dataclass
class Styles:
    """What the number formats mean, by style number: date, time, or how many digits are shown (leading zeros)."""

    dates: frozenset[int] = frozenset()
    times: frozenset[int] = frozenset()
    padded: dict[int, int] = field(default_factory=dict)


def read_styles(archive: zipfile.ZipFile, job: Job) -> Styles:
    if not has(archive, r"(^|/)xl/styles\.xml$"):
        return Styles()
    formats: dict[int, str] = {}
    cells: list[int] = []
    state = {"in": False}

    def start(tag: str, attributes: dict[str, str]) -> None:
        if tag == "numFmt" and attributes.get("numFmtId", "").isdigit():
            formats.setdefault(int(attributes["numFmtId"]), attributes.get("formatCode", ""))
        elif tag == "cellXfs":
            state["in"] = True
        elif tag == "xf" and state["in"]:
            number = attributes.get("numFmtId", "0")
            cells.append(int(number) if number.isdigit() else 0)

    def end(tag: str) -> None:
        if tag == "cellXfs":
            state["in"] = False

    parse_xml(archive, "xl/styles.xml", job, start, end)
    kinds = [_format_kind(number, formats.get(number)) for number in cells]
    return Styles(
        frozenset(p for p, k in enumerate(kinds) if k == "date"),
        frozenset(p for p, k in enumerate(kinds) if k == "time"),
        {p: len(formats[n]) for p, n in enumerate(cells) if n in formats and ZEROS.fullmatch(formats[n])},
    )


def _format_kind(number: int, code: str | None) -> str:
    if code is None:
        return "time" if number in TIMES else "date" if number in BUILT_IN_DATES else ""
    plain = re.sub(r'"[^"]*"|\\.|\[(?!h|m|s)[^\]]*\]|_.|\*.', "", code.split(";")[0], flags=re.I).lower()
    if re.search(r"[yd]", plain) and "general" not in plain:
        return "date"
    if re.search(r"h|\bs{1,2}\b|mm:ss|am/pm", plain) and re.search(r"[hs]", plain):
        return "time"
    return "date" if re.fullmatch(r"m{3,5}[-/ ]*", plain) else ""


class SheetReader:
    """Turns the events of one worksheet into a Sheet. The handlers are closures: they run millions of times."""

    def __init__(self, sheet: Sheet, strings: list[str], styles: Styles, book: Book, job: Job) -> None:
        self.sheet, self.strings, self.styles, self.book, self.job = sheet, strings, styles, book, job
        self.special = styles.dates | styles.times | frozenset(styles.padded)
        self.last_row = self.last_column = self.filled = 0

    def handlers(self) -> tuple[Any, Any, Any]:
        """What expat calls at the start of an element, at its end, and for text."""
        sheet, put, value_of, strings = self.sheet, self.sheet.put, self._value, self.strings
        special = {str(n) for n in self.special}
        row = column = 0
        kind = style = ""
        parts: list[str] = []
        on = formula = hint = False

        def start(tag: str, attributes: dict[str, str]) -> None:
            nonlocal row, column, kind, style, on, formula, hint
            if tag == "c":
                reference = attributes.get("r")
                if reference and (found := REFERENCE.match(reference)):
                    column, row = column_number(found[1]), int(found[2])
                else:
                    column += 1
                kind, style = attributes.get("t", "n"), attributes.get("s", "")
                parts.clear()
                formula = False
            elif tag in ("v", "t"):
                on = not hint
            elif tag == "row":
                number = attributes.get("r", "")
                row = int(number) if number.isdigit() else row + 1
                column = -1
                sheet.hidden_rows += attributes.get("hidden") in ("1", "true")
            elif tag == "f":
                formula = True
            elif tag == "rPh":
                hint = True
            elif tag == "mergeCell":
                self._merge(attributes.get("ref", ""))
            elif tag == "col":
                sheet.hidden_columns += attributes.get("hidden") in ("1", "true")

        def end(tag: str) -> None:
            nonlocal on, hint
            if tag == "c":
                text = "".join(parts)
                if formula:
                    self._formula(row, column, text, kind)
                if not text:
                    return
                if kind == "n" and text.isdigit() and style not in special:
                    put(row, column, text if text[0] != "0" else str(int(text)), "number")
                elif kind == "s" and text.isdigit() and int(text) < len(strings):
                    if not strings[int(text)].strip():
                        return
                    put(row, column, strings[int(text)], "text")
                else:
                    text, native = value_of(text, kind, style)
                    if not text.strip():
                        return
                    put(row, column, text, native)
                self._count(row, column)
            elif tag in ("v", "t"):
                on = False
            elif tag == "rPh":
                hint = False

        def text(data: str) -> None:
            if on:
                parts.append(data)

        return start, end, text

    def _count(self, row: int, column: int) -> None:
        self.filled += 1
        if row > self.last_row:
            self.last_row = row
        if column > self.last_column:
            self.last_column = column
        if self.filled % 4096 == 0 or row > SHEET_ROWS or column >= SHEET_COLUMNS:
            self._watch(row, column)

    def _formula(self, row: int, column: int, text: str, kind: str) -> None:
        if len(self.sheet.formulas) < 100_000:
            self.sheet.formulas.append((row, column))
        if text == "" and kind != "str" and len(self.sheet.valueless) < 100_000:
            self.sheet.valueless.append((row, column))

    def _watch(self, row: int, column: int) -> None:
        if self.filled > self.job.limits.cells:
            raise refuse(
                "TOO_MANY_ROWS",
                "The sheet has more than {limit:,} filled cells, the limit “cells”.",
                {"sheet": self.sheet.name},
                limit=self.job.limits.cells,
            )
        if column >= SHEET_COLUMNS:
            raise refuse(
                "TOO_MANY_COLUMNS",
                "The sheet has columns beyond {limit:,}, the most a worksheet can hold.",
                {"sheet": self.sheet.name},
                limit=SHEET_COLUMNS,
            )
        if row > SHEET_ROWS:
            check_area(self.sheet.name, row, 1, self.filled, self.job.limits)
        if self.filled % 65_536 == 0:
            self.job.progress(0.3, "Reading cells")

    def _value(self, text: str, kind: str, style: str) -> tuple[str, Any]:
        if kind == "s":
            return self._shared(text), "text"
        if kind in ("inlineStr", "str"):
            return escaped(text), "text"
        if kind == "b":
            return ("TRUE" if text.strip() in ("1", "true") else "FALSE"), "boolean"
        if kind == "e":
            return text, "number"  # an error stands where a number would
        if kind == "d":
            return text.removesuffix("T00:00:00"), "date"
        return self._number(text.strip(), int(style) if style.isdigit() else -1)

    def _shared(self, text: str) -> str:
        try:
            place = int(text)
            if place < 0:
                raise IndexError
            return self.strings[place]
        except (ValueError, IndexError):
            raise refuse(
                "ARCHIVE_CORRUPT",
                "The workbook is damaged: a cell points to a text that is not there.",
                {"sheet": self.sheet.name},
            ) from None

    def _number(self, text: str, style: int) -> tuple[str, Any]:
        try:
            number = float(text)
        except ValueError:
            return text, "text"
        if style in self.styles.dates and (moment := self._moment(number)):
            return moment, "date"
        if style in self.styles.times:
            seconds = round(number * 86_400)
            return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}", "text"
        if style in self.styles.padded and number.is_integer() and number >= 0:
            return f"{int(number):0{self.styles.padded[style]}d}", "text"
        # 16 and more digits are written as they stand: a float would change the last ones.
        whole = text.removeprefix("-")
        return (text if whole.isdigit() and whole[0] != "0" else number_text(number)), "number"

    def _moment(self, number: float) -> str | None:
        if self.book.date1904:
            number += 1462
        if not 0 <= number < 2_958_466:
            return None
        if number == int(number):
            return _day(int(number))
        # Day 60 is a 29 February 1900 that never was; serials before it are one day off.
        return (
            dt.datetime(1899, 12, 31 if number < 60 else 30) + dt.timedelta(seconds=round(number * 86_400))
        ).isoformat()

    def _merge(self, reference: str) -> None:
        first, _, last = reference.partition(":")
        one, two = REFERENCE.match(first), REFERENCE.match(last or first)
        if one and two:
            self.sheet.merged.append((int(one[2]), column_number(one[1]), int(two[2]), column_number(two[1])))


@lru_cache(maxsize=100_000)
def _day(number: int) -> str:
    return (dt.date(1899, 12, 31 if number < 60 else 30) + dt.timedelta(days=number)).isoformat()


def read_sheet(
    archive: zipfile.ZipFile,
    name: str,
    part: str,
    strings: list[str],
    styles: Styles,
    book: Book,
    job: Job,
    enough: int | None = None,
) -> Sheet:
    """One worksheet's cells; with `enough`, only about the first so many."""
    sheet = Sheet(name, enough=enough)
    reader = SheetReader(sheet, strings, styles, book, job)
    try:
        parse_xml(archive, part, job, *reader.handlers())
    except Enough:
        return sheet
    check_area(name, reader.last_row, reader.last_column + 1, reader.filled, job.limits)
    return sheet
