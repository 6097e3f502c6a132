"""An Excel workbook (.xlsx) written straight from coded columns, in memory, and read back to be compared.

Each distinct text is stored once (shared strings), so text stays text: a code keeps its leading zeros, "=1+1" is never
a formula, a web address never a link. A cell of a number column becomes a number only where the number, written with
all 17 digits, reads back as the very same text; the usual writers keep 16 digits and lose the last. No author, no
date of making and no name of the program go along. Source: ECMA-376 part 1, 18.2 to 18.4 and 22.9.2.19.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from io import BytesIO
from typing import Any

import numpy as np
import polars as pl
import pyarrow as pa

from core.problem import Problem
from core.table import Column, Table

SHEET_ROWS = 1_048_576
SHEET_COLUMNS = 16_384
CELL_LENGTH = 32_767
"""UTF-16 units a cell may have; Excel cuts what is longer."""

_CHUNK = 20_000
_EPOCH = (1980, 1, 1, 0, 0, 0)
_XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_LINKS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_KINDS = "application/vnd.openxmlformats-officedocument.spreadsheetml"


def check(table: Table) -> None:
    """A Problem, naming the column, if the table cannot be written to a workbook without loss."""
    if not table.columns:
        raise Problem("There is no column left to write.", "Keep at least one column.")
    if len(table.columns) > SHEET_COLUMNS:
        raise Problem("A workbook holds at most {most} columns; this table has {count}.",
                      "Choose CSV, or leave columns out.", most=SHEET_COLUMNS, count=len(table.columns))
    for name, column in table.columns.items():
        texts = pl.Series([name, *_long(column.values)])
        if any(len(t.encode("utf-16-le")) // 2 > CELL_LENGTH for t in texts):
            raise Problem("A cell of “{column_name}” is longer than the {most} characters a workbook can hold.",
                          "Choose CSV, or shorten or remove the column.",
                          column=name, column_name=name[:60], most=CELL_LENGTH)


def _long(values: pa.StringArray) -> list[str]:
    """The values that may be too long: a text has at most as many UTF-16 units as UTF-8 bytes."""
    series = pl.Series("v", values, dtype=pl.String)
    return series.filter(series.str.len_bytes() > CELL_LENGTH).to_list()


def sheets(table: Table) -> list[tuple[str, int, int]]:
    """(name, first row, end) of each sheet; one sheet holds 1,048,575 rows below its header."""
    per = SHEET_ROWS - 1
    starts = list(range(0, max(table.rows, 1), per))
    return [("Data" if len(starts) == 1 else f"Data {i}", at, min(at + per, table.rows))
            for i, at in enumerate(starts, 1)]


def write(table: Table) -> bytes:
    """The workbook. Rows beyond one sheet's limit go on in the next, each sheet with the header."""
    check(table)
    strings = _Strings(table)
    out = BytesIO()
    plan = sheets(table)
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
        for name, text in _parts([name for name, _, _ in plan]).items():
            _add(archive, name, [text.encode()])
        _add(archive, "xl/sharedStrings.xml", strings.xml())
        for i, (_, start, end) in enumerate(plan, 1):
            _add(archive, f"xl/worksheets/sheet{i}.xml", _sheet(table, strings, start, end))
    return out.getvalue()


def _add(archive: zipfile.ZipFile, name: str, parts: Any) -> None:
    info = zipfile.ZipInfo(name, _EPOCH)
    info.compress_type = zipfile.ZIP_DEFLATED
    with archive.open(info, "w", force_zip64=True) as file:
        for part in parts:
            file.write(part)


def as_number(column: Column) -> np.ndarray[Any, np.dtype[np.bool_]]:
    """(values,) True where a value is written as a number: it is the shortest way to write that very double."""
    if column.kind != "number":
        return np.zeros(len(column.values), bool)
    numbers = column.value_numbers
    plain = Column.of_numbers(np.where(np.isfinite(numbers), numbers, np.nan))
    same = pl.Series(plain.to_arrow(), dtype=pl.String) == pl.Series(column.values, dtype=pl.String)
    return same.fill_null(False).to_numpy() & np.isfinite(numbers)


class _Strings:
    """The shared strings, and for each column what stands in its cells: (values,) fragments of XML."""

    def __init__(self, table: Table) -> None:
        numeric = {name: as_number(column) for name, column in table.columns.items()}
        texts = [pl.Series(list(table.names), dtype=pl.String)]
        texts += [pl.Series("t", c.values.filter(pa.array(~numeric[n])), dtype=pl.String)
                  for n, c in table.columns.items()]
        self.table = pl.concat([t.alias("t") for t in texts]).unique(maintain_order=True)
        place = pl.DataFrame({"t": self.table, "i": pl.Series(range(len(self.table)), dtype=pl.UInt32)})
        cell = pl.format(' t="s" s="1"><v>{}</v></c>', pl.col("i"))
        header = pl.DataFrame({"t": texts[0]}).join(place, on="t", how="left", maintain_order="left")
        self.header = header.select(cell).to_series().to_list()
        self.fragments: dict[str, pl.Series] = {}
        for name, column in table.columns.items():
            values = pl.DataFrame({"t": pl.Series("t", column.values, dtype=pl.String),
                                   "n": pl.Series("n", numeric[name], dtype=pl.Boolean)})
            found = values.join(place, on="t", how="left", maintain_order="left")
            self.fragments[name] = found.select(
                pl.when("n").then(pl.format("><v>{}</v></c>", pl.col("t"))).otherwise(cell)).to_series()

    def xml(self) -> Iterator[bytes]:
        yield f'{_XML}<sst xmlns="{_MAIN}" uniqueCount="{len(self.table)}">'.encode()
        for at in range(0, len(self.table), _CHUNK):
            texts = self.table.slice(at, _CHUNK).to_list()
            yield "".join(f'<si><t xml:space="preserve">{escaped(t)}</t></si>' for t in texts).encode()
        yield b"</sst>"


# What XML cannot hold or would change (CR), and what would be read as such an escape.
_UNSAFE = re.compile("_(?=x[0-9A-Fa-f]{4}_)|[\x00-\x08\x0b-\x1f\ufffe\uffff]")


def escaped(text: str) -> str:
    """The text inside <t>: control characters as _xHHHH_, the rest as XML wants it."""
    if "_x" in text or not text.isprintable():
        text = _UNSAFE.sub(lambda m: f"_x{ord(m[0]):04X}_", text)
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def letters(column: int) -> str:
    """The name of a column counted from 0: A, B, ... Z, AA.

    >>> letters(16_383)
    'XFD'
    """
    name, column = "", column + 1
    while column:
        column, rest = divmod(column - 1, 26)
        name = chr(65 + rest) + name
    return name


def _sheet(table: Table, strings: _Strings, start: int, end: int) -> Iterator[bytes]:
    last = letters(len(table.columns) - 1)
    yield (f'{_XML}<worksheet xmlns="{_MAIN}">'
           f'<dimension ref="A1:{last}{end - start + 1}"/><sheetViews><sheetView workbookViewId="0">'
           '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews>'
           '<sheetData><row r="1">').encode()
    yield "".join(f'<c r="{letters(i)}1"{cell}' for i, cell in enumerate(strings.header)).encode()
    yield b"</row>"
    for at in range(start, end, _CHUNK):
        yield _rows(table, strings, at, min(at + _CHUNK, end), start)
    yield b"</sheetData></worksheet>"


def _rows(table: Table, strings: _Strings, at: int, end: int, start: int) -> bytes:
    """Rows `at` to `end` of the table; row 1 of the sheet is the header."""
    number = pl.Series("#", np.arange(at - start + 2, end - start + 2)).cast(pl.String)
    cells = [pl.lit('<row r="'), pl.col("#"), pl.lit('">')]
    frame = {"#": number}
    for i, (name, column) in enumerate(table.columns.items()):
        codes = pl.Series(column.codes[at:end])
        frame[str(i)] = strings.fragments[name].gather(codes.set(codes < 0, None))
        # A missing cell is left out altogether: its fragment is null, and so is what is put around it.
        cells.append(pl.concat_str([pl.lit(f'<c r="{letters(i)}'), pl.col("#"), pl.lit('"'), pl.col(str(i))]))
    whole = pl.DataFrame(frame).select(pl.concat_str([*cells, pl.lit("</row>")], ignore_nulls=True).str.join(""))
    return str(whole.item()).encode()


def _parts(names: list[str]) -> dict[str, str]:
    """The small files around the sheets. Style 1 is "text", so that a code typed over stays text."""
    start = _XML
    count = range(1, len(names) + 1)
    package = "http://schemas.openxmlformats.org/package/2006"
    font = ('<fonts count="1"><font><sz val="11"/><name val="Calibri"/></font></fonts><fills count="2"><fill>'
            '<patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills>'
            '<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>'
            '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>')
    formats = ('<cellXfs count="2"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>'
               '<xf numFmtId="49" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/></cellXfs>'
               '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles>')
    return {
        "[Content_Types].xml": f'{start}<Types xmlns="{package}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{_KINDS}.sheet.main+xml"/>'
        f'<Override PartName="/xl/styles.xml" ContentType="{_KINDS}.styles+xml"/>'
        f'<Override PartName="/xl/sharedStrings.xml" ContentType="{_KINDS}.sharedStrings+xml"/>'
        + "".join(f'<Override PartName="/xl/worksheets/sheet{i}.xml" ContentType="{_KINDS}.worksheet+xml"/>'
                  for i in count) + "</Types>",
        "_rels/.rels": f'{start}<Relationships xmlns="{package}/relationships"><Relationship Id="rId1" '
        f'Type="{_LINKS}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'{start}<workbook xmlns="{_MAIN}" xmlns:r="{_LINKS}"><sheets>'
        + "".join(f'<sheet name="{name}" sheetId="{i}" r:id="rId{i}"/>' for i, name in enumerate(names, 1))
        + "</sheets></workbook>",
        "xl/_rels/workbook.xml.rels": f'{start}<Relationships xmlns="{package}/relationships">'
        + "".join(f'<Relationship Id="rId{i}" Type="{_LINKS}/worksheet" Target="worksheets/sheet{i}.xml"/>'
                  for i in count)
        + f'<Relationship Id="rId{len(names) + 1}" Type="{_LINKS}/styles" Target="styles.xml"/>'
        f'<Relationship Id="rId{len(names) + 2}" Type="{_LINKS}/sharedStrings" Target="sharedStrings.xml"/>'
        "</Relationships>",
        "xl/styles.xml": f'{start}<styleSheet xmlns="{_MAIN}">{font}{formats}</styleSheet>',
    }


def same_cells(workbook: bytes, table: Table) -> bool:
    """True if another reader (calamine) finds exactly this table in the workbook.

    A workbook cannot tell an empty text from a missing cell; both count as missing here.
    """
    from python_calamine import CalamineWorkbook

    book = CalamineWorkbook.from_filelike(BytesIO(workbook))
    plan = sheets(table)
    if book.sheet_names != [name for name, _, _ in plan]:
        return False
    numeric = {name: as_number(column) for name, column in table.columns.items()}
    wanted = {n: _expected(c, numeric[n]) for n, c in table.columns.items()}
    return all(_same_sheet(book.get_sheet_by_name(name), table, wanted, start, end) for name, start, end in plan)


def _expected(column: Column, numeric: np.ndarray[Any, np.dtype[np.bool_]]) -> np.ndarray[Any, np.dtype[np.object_]]:
    """(values + 1,) what calamine must give for each code; the last, code -1, is the missing cell."""
    cells = np.empty(len(column.values) + 1, object)
    # calamine takes back every escape but those of the two non-characters.
    cells[:-1] = [v.replace("\ufffe", "_xFFFE_").replace("\uffff", "_xFFFF_") for v in column.values.to_pylist()]
    cells[-1] = ""
    cells[np.flatnonzero(numeric)] = column.value_numbers[numeric].tolist()
    return cells


def _same_sheet(sheet: Any, table: Table, wanted: dict[str, Any], start: int, end: int) -> bool:
    rows = sheet.iter_rows()
    header: list[Any] = next(rows, [])
    if header != list(table.names):
        return False
    at = start
    while batch := [row for _, row in zip(range(_CHUNK), rows, strict=False)]:
        found = list(zip(*batch, strict=True))
        stop = at + len(batch)
        if len(found) != len(table.columns) or stop > end:
            return False
        for (name, column), cells in zip(table.columns.items(), found, strict=True):
            expected = wanted[name][column.codes[at:stop]].tolist()
            # Python finds 1 and 1.0 equal, which is meant; "1" and 1 are not, which is meant too.
            if list(cells) != expected:
                return False
        at = stop
    # Rows that are empty to their end are not stored, and no reader can see them.
    return at == end or all((column.codes[at:end] == -1).all() for column in table.columns.values())
