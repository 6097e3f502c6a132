"""OpenDocument spreadsheets (.ods), read as a stream of XML events. Source: OpenDocument 1.3 part 3, section 9."""

from __future__ import annotations

import zipfile
from typing import Any

from core.table.findings import refuse
from core.table.grid import Enough, Sheet, check_area
from core.table.package import entry_of, parse_xml
from core.table.raw import Job, Native

Tabs = list[tuple[str, bool, Any]]


def ods_tabs(archive: zipfile.ZipFile, job: Job) -> Tabs:
    """(name, hidden, opener) of each table in the document."""
    entry_of(archive, "content.xml")
    if _encrypted(archive, job):
        raise refuse(
            "PASSWORD_NEEDED",
            "The document is protected with OpenDocument's own encryption, which cannot be read. "
            "Save it as .xlsx with a password, or without one.",
        )
    names: list[tuple[str, bool]] = []
    hidden_styles: set[str] = set()
    state = {"style": ""}

    def start(tag: str, attributes: dict[str, str]) -> None:
        plain = {k.rpartition(":")[2]: v for k, v in attributes.items()}
        if tag == "style":
            state["style"] = plain.get("name", "")
        elif tag == "table-properties" and plain.get("display") == "false":
            hidden_styles.add(state["style"])
        elif tag == "table":
            names.append((plain.get("name", ""), plain.get("style-name", "") in hidden_styles))

    parse_xml(archive, "content.xml", job, start)

    def opener(place: int, name: str) -> Any:
        return lambda enough: _read_table(archive, place, name, job, enough)

    return [(name, hidden, opener(place, name)) for place, (name, hidden) in enumerate(names)]


def _encrypted(archive: zipfile.ZipFile, job: Job) -> bool:
    if "META-INF/manifest.xml" not in archive.namelist():
        return False
    found = {"yes": False}

    def start(tag: str, _attributes: dict[str, str]) -> None:
        found["yes"] |= tag == "encryption-data"

    parse_xml(archive, "META-INF/manifest.xml", job, start)
    return found["yes"]


class _Reader:
    """Handlers for one table of the document; repeated cells and rows are put as often as they say, unless empty."""

    def __init__(self, sheet: Sheet, wanted: int, job: Job) -> None:
        self.sheet, self.wanted, self.job = sheet, wanted, job
        self.table, self.row, self.column = -1, 0, 0
        self.cell: dict[str, str] | None = None
        self.cells: list[tuple[int, str, Native]] = []
        self.paragraphs: list[str] = []
        self.in_note = 0
        self.row_repeat = 1
        self.filled = self.right = 0

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        if tag == "table":
            self.table += 1
        if self.table != self.wanted:
            return
        plain = {k.rpartition(":")[2]: v for k, v in attributes.items()}
        if tag == "table-row":
            self.row_repeat = _count(plain.get("number-rows-repeated"))
            self.row, self.column, self.cells = self.row + 1, 0, []
            self.sheet.hidden_rows += plain.get("visibility") in ("collapse", "filter")
        elif tag == "table-column":
            self.sheet.hidden_columns += plain.get("visibility") == "collapse"
        elif tag in ("table-cell", "covered-table-cell"):
            self.cell, self.paragraphs = plain, []
        elif tag == "annotation":
            self.in_note += 1
        elif tag == "p" and self.cell is not None and not self.in_note:
            self.paragraphs.append("")
        elif tag == "s" and self.paragraphs and not self.in_note:
            self.paragraphs[-1] += " " * _count(plain.get("c"))
        elif tag in ("tab", "line-break") and self.paragraphs and not self.in_note:
            self.paragraphs[-1] += "\t" if tag == "tab" else "\n"

    def text(self, data: str) -> None:
        if self.cell is not None and self.paragraphs and not self.in_note:
            self.paragraphs[-1] += data

    def end(self, tag: str) -> None:
        if self.table != self.wanted:
            return
        if tag == "annotation":
            self.in_note -= 1
        elif tag in ("table-cell", "covered-table-cell"):
            self._cell_done()
        elif tag == "table-row":
            self._row_done()

    def _cell_done(self) -> None:
        cell, self.cell = self.cell or {}, None
        repeat = _count(cell.get("number-columns-repeated"))
        text, kind = _value(cell, "\n".join(self.paragraphs))
        if "formula" in cell:
            self.sheet.formulas.append((self.row, self.column))
            if text == "":
                self.sheet.valueless.append((self.row, self.column))
        wide, high = _count(cell.get("number-columns-spanned")), _count(cell.get("number-rows-spanned"))
        if wide > 1 or high > 1:
            self.sheet.merged.append((self.row, self.column, self.row + high - 1, self.column + wide - 1))
        if text.strip():
            if repeat > self.job.limits.columns:
                check_area(self.sheet.name, self.row, self.column + repeat, self.filled + repeat, self.job.limits)
            self.cells += [(self.column + n, text, kind) for n in range(repeat)]
        self.column += repeat

    def _row_done(self) -> None:
        if self.cells:
            self.filled += len(self.cells) * self.row_repeat
            self.right = max(self.right, self.cells[-1][0])
            if self.filled > self.job.limits.cells or self.row + self.row_repeat - 1 > 1_048_576:
                check_area(
                    self.sheet.name, self.row + self.row_repeat - 1, self.cells[-1][0] + 1, self.filled, self.job.limits
                )
            for more in range(self.row_repeat):
                for column, text, kind in self.cells:
                    self.sheet.put(self.row + more, column, text, kind)
        self.row += self.row_repeat - 1


def _count(text: str | None) -> int:
    return int(text) if text and text.isdigit() and int(text) > 0 else 1


def _value(cell: dict[str, str], shown: str) -> tuple[str, Native]:
    kind = cell.get("value-type", "")
    if kind in ("float", "percentage", "currency"):
        value = cell.get("value", "")
        padded = shown.strip()
        if padded.isdigit() and padded.startswith("0") and len(padded) > 1 and value.replace(".0", "").isdigit():
            return padded, "text"
        return value.removesuffix(".0"), "number"
    if kind == "date":
        return cell.get("date-value", "").removesuffix("T00:00:00"), "date"
    if kind == "boolean":
        return cell.get("boolean-value", "").upper(), "boolean"
    if kind == "string":
        return cell.get("string-value", shown), "text"
    return shown, "text"


def _read_table(archive: zipfile.ZipFile, place: int, name: str, job: Job, enough: int | None) -> Sheet:
    sheet = Sheet(name, enough=enough)
    reader = _Reader(sheet, place, job)
    try:
        parse_xml(archive, "content.xml", job, reader.start, reader.end, reader.text)
    except Enough:
        return sheet
    check_area(name, max(sheet.rows, default=0), reader.right + 1, reader.filled, job.limits)
    return sheet
