"""Workbooks of any kind: which sheet, what surrounds its table, and what the workbook carries besides."""

from __future__ import annotations

import bisect
import os
import re
import tempfile
import zipfile
from collections.abc import Callable, Sequence
from typing import NamedTuple

from core.table.archive import needs_password, open_zip
from core.table.assemble import assemble
from core.table.content import kind_of
from core.table.findings import Choice, Question, Stop, refuse, rows_in_words, wait_for
from core.table.grid import SHEET_ROWS, Sheet, check_area, lines_of, text_of
from core.table.package import has, parse_xml
from core.table.raw import Job, Native, Raw
from core.table.xlsx import read_book, read_sheet, read_styles, shared_strings

PREVIEW = 120
"""Filled cells that are read of each sheet to show what is in it."""
SOFTWARE = re.compile(
    r"openpyxl|xlsxwriter|microsoft|excel|libreoffice|openoffice|apache|poi|calc|user|administrator|admin|unknown|python|"
    r"epplus|sheetjs|google|aspose|spire|pandas|writexl|openxlsx|phpexcel|phpspreadsheet|axlsx|closedxml|jxl|root|owner",
    re.I,
)

Opener = Callable[[int | None], Sheet]


class Tab(NamedTuple):
    """One sheet of a workbook before it is read; `open(None)` reads it all, `open(n)` about n cells."""

    name: str
    hidden: bool
    open: Opener


def read_workbook(kind: str, job: Job) -> Raw:
    """The table on one sheet of an xlsx, xlsm, xlsb, xls or ods workbook, protected or not."""
    if kind == "encrypted":
        return _decrypted(job)
    if kind == "xlsx":
        with open_zip(job.path, job.limits) as archive:
            return _read(_xlsx_tabs(archive, job), job)
    if kind == "ods":
        from core.table.ods import ods_tabs

        with open_zip(job.path, job.limits) as archive:
            return _read([Tab(*t) for t in ods_tabs(archive, job)], job)
    if kind == "xlsb":
        open_zip(job.path, job.limits).close()
    return _read(_calamine_tabs(job), job)


def _decrypted(job: Job) -> Raw:
    import msoffcrypto
    from msoffcrypto.exceptions import DecryptionError, FileFormatError, InvalidKeyError, ParseError

    if job.password is None:
        raise needs_password()
    with tempfile.TemporaryDirectory() as folder:
        target = os.path.join(folder, "workbook")
        try:
            with open(job.path, "rb") as source, open(target, "wb") as out:
                office = msoffcrypto.OfficeFile(source)
                office.load_key(password=job.password)
                office.decrypt(out)
        except (InvalidKeyError, DecryptionError):
            raise needs_password(wrong=True) from None
        except (FileFormatError, ParseError, OSError, ValueError, KeyError, IndexError):
            raise refuse("UNREADABLE", "The protected workbook is damaged.") from None
        try:
            kind = kind_of(target)
        except Stop:
            raise needs_password(wrong=True) from None
        if kind not in ("xlsx", "xlsb", "ods", "xls"):
            raise refuse("NOT_A_TABLE", "The protected document is no workbook.")
        inner = Job(target, job.answers, job.limits, job.found, None, job.used, job.progress)
        return read_workbook(kind, inner)


def _xlsx_tabs(archive: zipfile.ZipFile, job: Job) -> list[Tab]:
    book = read_book(archive, job)
    if not book.sheets:
        raise refuse("ARCHIVE_CORRUPT", "The workbook is damaged: it has no sheets.")
    styles = read_styles(archive, job)
    strings = shared_strings(archive, job)
    _besides(archive, job)
    job.progress(0.1, "Reading cells")

    def tab(name: str, part: str, state: str) -> Tab:
        return Tab(
            name, state != "visible", lambda enough: read_sheet(archive, name, part, strings, styles, book, job, enough)
        )

    return [tab(*s) for s in book.sheets]


def _besides(archive: zipfile.ZipFile, job: Job) -> None:
    """What a workbook carries besides cells: macros, links to other files, names of people."""
    if has(archive, r"vbaProject\.bin$"):
        job.found.add("MACROS_DROPPED", "The workbook holds macros. They were not run and are not taken over.")
    if has(archive, r"(^|/)externalLinks/") or has(archive, r"(^|/)xl/connections\.xml$"):
        job.found.add(
            "EXTERNAL_LINKS",
            "The workbook takes values from other files. The stored values were read; nothing was fetched.",
        )
    people = _people(archive, job)
    notes = has(archive, r"(^|/)xl/(threaded)?comments") or has(archive, r"(^|/)xl/persons/")
    if people or notes or has(archive, r"(^|/)docProps/custom\.xml$"):
        job.found.add("DOCUMENT_METADATA", "The workbook names its author or holds comments. They are not taken over.")


def _people(archive: zipfile.ZipFile, job: Job) -> bool:
    if not has(archive, r"(^|/)docProps/core\.xml$"):
        return False
    state = {"on": False, "named": False}

    def start(tag: str, _attributes: dict[str, str]) -> None:
        state["on"] = tag in ("creator", "lastModifiedBy", "manager", "description", "keywords")

    def text(data: str) -> None:
        if state["on"] and data.strip() and not SOFTWARE.search(data):
            state["named"] = True

    parse_xml(archive, "docProps/core.xml", job, start, lambda _tag: state.update(on=False), text)
    return state["named"]


def _calamine_tabs(job: Job) -> list[Tab]:
    import python_calamine as calamine

    try:
        book = calamine.CalamineWorkbook.from_path(job.path)
    except calamine.PasswordError:
        raise needs_password() from None
    except (calamine.CalamineError, OSError, ValueError):
        raise refuse("UNREADABLE", "The workbook is damaged, or of a kind that cannot be read.") from None

    def open_sheet(name: str) -> Opener:
        def opened(_enough: int | None) -> Sheet:
            try:
                found = book.get_sheet_by_name(name)
                rows = found.to_python(skip_empty_area=False)
            except (calamine.CalamineError, ValueError):
                raise refuse("UNREADABLE", "A sheet of the workbook is damaged.", {"sheet": name}) from None
            sheet = Sheet(name)
            filled = 0
            for number, cells in enumerate(rows, 1):
                for column, value in enumerate(cells):
                    if value not in ("", None):
                        text, kind = text_of(value)
                        if text.strip():
                            filled += 1
                            sheet.put(number, column, text, kind)
            check_area(name, len(rows), max((len(r) for r in rows), default=0), filled, job.limits)
            sheet.merged = [(a[0] + 1, a[1], b[0] + 1, b[1]) for a, b in (found.merged_cell_ranges or [])]
            return sheet

        return opened

    visible = calamine.SheetVisibleEnum.Visible
    return [
        Tab(s.name, s.visible != visible, open_sheet(s.name))
        for s in book.sheets_metadata
        if s.typ == calamine.SheetTypeEnum.WorkSheet
    ]


def _read(tabs: Sequence[Tab], job: Job) -> Raw:
    tab = choose(tabs, job)
    sheet = tab.open(None)
    if not sheet.rows:
        raise refuse("EMPTY_FILE", "The sheet is empty.", {"sheet": sheet.name})
    lines, first = lines_of(sheet, job)
    job.progress(0.5, "Reading rows")
    raw = assemble(lines, job, sheet=sheet.name, spans=bool(sheet.merged), uneven=False)
    _around(sheet, raw, first, job)
    raw.native = _native(sheet, raw, first)
    return raw


def choose(tabs: Sequence[Tab], job: Job) -> Tab:
    """The sheet to read: the person's choice, the only one with cells, or a question with a preview of each."""
    answer = job.answer("sheet")
    hidden = [t for t in tabs if t.hidden]
    if answer is not None:
        named = [t for t in tabs if t.name == answer] or [
            t for t in tabs if t.name.strip().lower() == answer.strip().lower()
        ]
        if not named:
            raise wait_for("CHOOSE_SHEET", _sheet_question(tabs), "The workbook has no sheet of that name.")
        return named[0]
    if hidden:
        job.found.add(
            "HIDDEN_SHEETS",
            "The workbook has {count} hidden sheets. They were not read.",
            {"sheet": hidden[0].name},
            count=len(hidden),
        )
    visible = [t for t in tabs if not t.hidden] or list(tabs)
    if len(visible) == 1 and not hidden:
        return visible[0]
    full = [t for t in visible if t.open(PREVIEW).rows]
    if not full and any(t.open(PREVIEW).rows for t in hidden):
        # Somebody hid it: reading it unasked could bring in what was not meant to go on.
        raise wait_for("CHOOSE_SHEET", _sheet_question(hidden), "Only hidden sheets of the workbook hold anything.")
    if not full:
        raise refuse("EMPTY_FILE", "All sheets of the workbook are empty.")
    if len(full) == 1:
        return full[0]
    raise wait_for(
        "CHOOSE_SHEET",
        _sheet_question([*full, *hidden]),
        "The workbook has {count} sheets with cells.",
        count=len(full),
    )


def _sheet_question(tabs: Sequence[Tab]) -> Question:
    choices = []
    for tab in tabs[:50]:
        rows = tab.open(PREVIEW).rows
        preview = tuple(tuple(text[:60] for _, text in sorted(rows[r].items())) for r in sorted(rows)[:4])
        choices.append(Choice(tab.name, f"{tab.name} (hidden)" if tab.hidden else tab.name, preview))
    return Question("sheet", "Which sheet holds the table?", tuple(choices))


def _around(sheet: Sheet, raw: Raw, first: int, job: Job) -> None:
    """Findings about the sheet that the table came from, with the table's own row numbers."""

    def rows_of(cells: list[tuple[int, int]]) -> list[tuple[int, int]]:
        found = []
        for row, column in cells:
            place = bisect.bisect_left(raw.lines, row)
            if place < len(raw.lines) and raw.lines[place] == row and 0 <= column - first < len(raw.names):
                found.append((place + 1, column - first))
        return found

    def where(cells: list[tuple[int, int]]) -> dict[str, object]:
        return {
            "sheet": sheet.name,
            "row": cells[0][0],
            "column": raw.names[cells[0][1]] or f"column_{cells[0][1] + 1}",
        }

    valueless = rows_of(sheet.valueless)
    formulas = rows_of(sheet.formulas)
    if formulas:
        job.found.add(
            "FORMULA_CELLS",
            "{count} cells hold formulas. Their stored results were read.",
            where(formulas),
            count=len(formulas),
        )
    if valueless:
        rows = sorted({r for r, _ in valueless})
        job.found.add(
            "FORMULA_NO_VALUE",
            "{count} formulas were saved without a result (rows {rows}): they count as missing. "
            "Open the file in a spreadsheet, save it, and bring it again.",
            where(valueless),
            count=len(valueless),
            rows=rows_in_words(rows),
        )
    if sheet.merged:
        job.found.add(
            "MERGED_CELLS",
            "{count} areas of the sheet are merged cells. Each covered cell got the value.",
            {"sheet": sheet.name},
            count=len(sheet.merged),
        )
    if sheet.hidden_columns or sheet.hidden_rows:
        job.found.add(
            "HIDDEN_COLUMNS",
            "The sheet has {columns} hidden columns (or groups of columns) and {rows} hidden rows. They were read.",
            {"sheet": sheet.name},
            columns=sheet.hidden_columns,
            rows=sheet.hidden_rows,
        )
    if sheet.rows and max(sheet.rows) == SHEET_ROWS:
        job.found.add(
            "XLSX_ROW_LIMIT",
            "The sheet is full to its last row: the rest of the data may have been cut off.",
            {"sheet": sheet.name},
        )


def _native(sheet: Sheet, raw: Raw, first: int) -> dict[int, Native]:
    """What the cells of each column are for the workbook itself, the header's lines left out."""
    kinds: dict[int, set[Native]] = {c: set(k) for c, k in sheet.kinds.items()}
    body = set(raw.lines[:60])
    for row, cells in sheet.row_kinds.items():
        if row in body:
            for column, kind in cells.items():
                kinds.setdefault(column, set()).add(kind)
    return {
        c - first: (next(iter(k)) if len(k) == 1 else "mixed")
        for c, k in kinds.items()
        if 0 <= c - first < len(raw.names)
    }
