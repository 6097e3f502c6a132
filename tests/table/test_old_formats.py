"""Formats that no usual library writes: binary workbooks put together record by record, old ones by LibreOffice."""

from __future__ import annotations

import shutil
import subprocess
import zipfile
from pathlib import Path
from struct import pack

import openpyxl
import pytest

from core.table.reading import read

ROWS = [["id", "name", "age", "born"], ["001", "Asha", 34, "1990-04-13"], ["002", "रवि", 41.5, None], ["003", "Uma", -7, "x"]]  # noqa: E501
TEXTS = [["id", "name", "age", "born"], ["001", "Asha", "34", "1990-04-13"], ["002", "रवि", "41.5", None], ["003", "Uma", "-7", "x"]]  # noqa: E501
PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
LINK = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet"


def cells(path: Path) -> list[list[str | None]]:
    reading = read(path, answers={"header_row": "1"})
    assert reading.as_text is not None, [f.message for f in reading.findings]
    columns = [c.texts() for c in reading.as_text.columns.values()]
    return [list(reading.as_text.names), *(list(r) for r in zip(*columns, strict=True))]


def record(kind: int, data: bytes = b"") -> bytes:
    """One record of a binary workbook: [MS-XLSB] 2.1.4, kind and size in groups of seven bits."""
    head = bytes([kind]) if kind < 0x80 else bytes([kind & 0x7F | 0x80, kind >> 7])
    size, sizes = len(data), b""
    while True:
        size, low = size >> 7, size & 0x7F
        sizes += bytes([low | (0x80 if size else 0)])
        if not size:
            return head + sizes + data


def wide(text: str) -> bytes:
    return pack("<I", len(text)) + text.encode("utf-16-le")


def write_xlsb(path: Path, rows: list[list[object]]) -> None:
    """A workbook of one sheet: [MS-XLSB] 2.4, records BundleSh, WsDim, RowHdr, CellReal and CellSt."""
    book = record(0x83) + record(0x8F) + record(0x9C, pack("<II", 0, 1) + wide("rId1") + wide("Sheet1"))
    book += record(0x90) + record(0x84)
    sheet = record(0x81) + record(0x94, pack("<IIII", 0, len(rows) - 1, 0, len(rows[0]) - 1)) + record(0x91)
    for number, cells_of in enumerate(rows):
        sheet += record(0x00, pack("<IIH3xI", number, 0, 300, 0))
        for place, value in enumerate(cells_of):
            if isinstance(value, (int, float)):
                sheet += record(0x05, pack("<II", place, 0) + pack("<d", value))
            elif value is not None:
                sheet += record(0x06, pack("<II", place, 0) + wide(str(value)))
    sheet += record(0x92) + record(0x82)
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("xl/workbook.bin", book)
        archive.writestr(
            "xl/_rels/workbook.bin.rels",
            f'<Relationships xmlns="{PACKAGE}"><Relationship Id="rId1" Type="{LINK}" Target="worksheets/sheet1.bin"/>'
            "</Relationships>",
        )
        archive.writestr("xl/worksheets/sheet1.bin", sheet)


def test_a_binary_workbook_is_read(tmp_path: Path) -> None:
    write_xlsb(tmp_path / "people.xlsb", ROWS)
    assert cells(tmp_path / "people.xlsb") == TEXTS


def test_a_damaged_binary_workbook_is_refused(tmp_path: Path) -> None:
    write_xlsb(tmp_path / "people.xlsb", ROWS)
    data = (tmp_path / "people.xlsb").read_bytes()
    (tmp_path / "cut.xlsb").write_bytes(data.replace(pack("<I", 4) + "Asha".encode("utf-16-le"), b"\xff" * 12))
    reading = read(tmp_path / "cut.xlsb")
    assert reading.status == "rejected" and reading.findings[-1].code in ("UNREADABLE", "ARCHIVE_CORRUPT")


@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice writes these files")
def test_what_libreoffice_writes_is_read(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    for row in ROWS:
        book.active.append(row)
    book.save(tmp_path / "people.xlsx")
    subprocess.run(
        [str(shutil.which("soffice")), f"-env:UserInstallation=file://{tmp_path}/profile", "--headless",
         "--convert-to", "xls", "--outdir", str(tmp_path), str(tmp_path / "people.xlsx")],
        check=True, capture_output=True, timeout=120,
    )  # fmt: skip
    assert cells(tmp_path / "people.xls") == TEXTS


@pytest.mark.parametrize("rows", [1_048_575, 1_048_576])
def test_a_text_file_as_long_as_a_worksheet_may_have_been_cut_off(rows: int, tmp_path: Path) -> None:
    (tmp_path / "long.csv").write_text("id,age\n" + "x1,34\nx2,41\n" * (rows // 2) + "x3,29\n" * (rows % 2))
    reading = read(tmp_path / "long.csv")
    assert reading.as_text is not None and reading.as_text.rows == rows
    assert "XLSX_ROW_LIMIT" in {f.code for f in reading.findings}
