"""More awkward files: workbooks as other programs write them, most of them put together part by part."""

# ruff: noqa: E501 - XML is easier to see on one line

from __future__ import annotations

import datetime as dt
import io
import zipfile
from collections.abc import Callable
from pathlib import Path

import openpyxl
import xlsxwriter
from awkward_files import ASK, NO, OK, T_CELLS, WARN, Case, book, raw, table
from awkward_files import CASES as FILES

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
LINKS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
STRICT_MAIN = "http://purl.oclc.org/ooxml/spreadsheetml/main"
STRICT_LINKS = "http://purl.oclc.org/ooxml/officeDocument/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
XML = '<?xml version="1.0" encoding="UTF-8"?>'


def text(value: str) -> str:
    return f'<c t="inlineStr"><is><t xml:space="preserve">{value}</t></is></c>'


def number(value: object, style: int = 0) -> str:
    return f'<c s="{style}"><v>{value}</v></c>'


def row(*cells: str) -> str:
    return f"<row>{''.join(cells)}</row>"


def parts(
    sheet: str, *, main: str = MAIN, links: str = LINKS, target: str = "worksheets/sheet1.xml", where: str = "xl/worksheets/sheet1.xml",
    book_part: str = "xl/workbook.xml", properties: str = "", styles: str = "", strings: str = "", more: str = "",
) -> dict[str, str]:  # fmt: skip
    """The parts of a workbook with one sheet; `sheet` is what stands in <sheetData>."""
    folder = book_part.rpartition("/")[0]
    return {
        "[Content_Types].xml": f'{XML}<Types xmlns="{PACKAGE}/content-types"><Default Extension="xml" ContentType="application/xml"/></Types>',
        "_rels/.rels": f'{XML}<Relationships xmlns="{PACKAGE}/relationships"><Relationship Id="r1" Type="{links}/officeDocument" Target="{book_part}"/></Relationships>',
        book_part: f'{XML}<workbook xmlns="{main}" xmlns:r="{links}">{properties}<sheets><sheet name="Sheet1" sheetId="1" r:id="rId1"/></sheets></workbook>',
        f"{folder}/_rels/{book_part.rpartition('/')[2]}.rels": f'{XML}<Relationships xmlns="{PACKAGE}/relationships"><Relationship Id="rId1" Type="{links}/worksheet" Target="{target}"/></Relationships>',
        where: f'{XML}<worksheet xmlns="{main}">{more}<sheetData>{sheet}</sheetData></worksheet>',
        **({f"{folder}/styles.xml": f'{XML}<styleSheet xmlns="{main}">{styles}</styleSheet>'} if styles else {}),
        **({f"{folder}/sharedStrings.xml": f'{XML}<sst xmlns="{main}">{strings}</sst>'} if strings else {}),
    }


def package(given: dict[str, str]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in given.items():
            archive.writestr(name, content)
    return out.getvalue()


def formats(*codes: str) -> str:
    """Styles 1, 2, ... with these number formats; style 0 is General."""
    listed = "".join(f'<numFmt numFmtId="{170 + n}" formatCode="{code.replace("&", "&amp;").replace(chr(34), "&quot;")}"/>' for n, code in enumerate(codes))
    cells = '<xf numFmtId="0"/>' + "".join(f'<xf numFmtId="{170 + n}"/>' for n in range(len(codes)))
    return f"<numFmts>{listed}</numFmts><cellXfs>{cells}</cellXfs>"


PEOPLE = row(text("id"), text("name"), text("age")) + "".join(
    row(text(i), text(n), number(a)) for i, n, a in (("001", "Asha", 34), ("002", "Ravi", 41), ("003", "Uma", 29))
)

raw("inline_strings.xlsx", package(parts(PEOPLE)), OK, cells=T_CELLS)
raw("absolute_paths.xlsx", package(parts(PEOPLE, target="/xl/worksheets/sheet1.xml")), OK, cells=T_CELLS)
raw("dotted_paths.xlsx", package(parts(PEOPLE, target="../xl/worksheets/sheet1.xml")), OK, cells=T_CELLS)
raw("elsewhere.xlsx", package(parts(PEOPLE, book_part="xl/book1.xml")), OK, cells=T_CELLS)
raw("backslashes.xlsx", package({k.replace("/", "\\"): v for k, v in parts(PEOPLE).items()}), OK, cells=T_CELLS)
raw(
    "strict.xlsx",
    package(
        parts(
            row(text("id"), text("born"), text("age"))
            + "".join(row(text(i), f'<c t="d"><v>{d}</v></c>', number(a)) for i, d, a in (("001", "1990-04-13", 34), ("002", "1983-01-02T00:00:00", 41), ("003", "1995-12-31T10:30:00", 29))),
            main=STRICT_MAIN, links=STRICT_LINKS,
        )
    ),
    OK,
    cells=[["id", "born", "age"], ["001", "1990-04-13", "34"], ["002", "1983-01-02", "41"], ["003", "1995-12-31T10:30:00", "29"]],
)  # fmt: skip
raw(
    "rich_and_phonetic.xlsx",
    package(
        parts(
            row(*(f'<c t="s"><v>{n}</v></c>' for n in (0, 1))) + row('<c t="s"><v>2</v></c>', number(34)) + row('<c t="s"><v>3</v></c>', number(41)) + row('<c t="s"><v>4</v></c>', number(29)),
            strings="<si><t>name</t></si><si><t>age</t></si><si><r><rPr><b/></rPr><t>Asha </t></r><r><t xml:space=\"preserve\">Rao</t></r></si>"
            '<si><t>山田</t><rPh sb="0" eb="2"><t>ヤマダ</t></rPh><phoneticPr fontId="1"/></si><si><t>a_x000D_\nb_x005F_x0041_</t></si>',
        )
    ),
    OK,
    cells=[["name", "age"], ["Asha Rao", "34"], ["山田", "41"], ["a\r\nb_x0041_", "29"]],
)
raw(
    "counted_from_1904.xlsx",
    package(parts(row(text("id"), text("born")) + row(text("1"), number(0, 1)) + row(text("2"), number(31_500, 1)) + row(text("3"), number(31_500.5, 1)), properties='<workbookPr date1904="1"/>', styles=formats("dd/mm/yyyy"))),
    OK,
    cells=[["id", "born"], ["1", "1904-01-01"], ["2", "1990-03-30"], ["3", "1990-03-30T12:00:00"]],
)
raw(
    "formats_of_dates.xlsx",
    package(
        parts(
            row(*(text(n) for n in ("a", "b", "c", "d", "e", "f", "g")))
            + "".join(row(number(n, 1), number(n, 2), number(n, 3), number(n / 100_000, 4), number(n, 5), number(n, 6), number(n, 7)) for n in (45_000, 45_100, 45_200)),
            styles=formats("[$-409]d-mmm-yy;@", 'yyyy"年"m"月"d"日"', "[$-F800]dddd, mmmm dd, yyyy", "[h]:mm", '0 "days"', '[Red]#,##0', "[$₹-4009] #,##0.00"),
        )
    ),
    OK,
    cells=[
        ["a", "b", "c", "d", "e", "f", "g"],
        ["2023-03-15", "2023-03-15", "2023-03-15", "10:48:00", "45000", "45000", "45000"],
        ["2023-06-23", "2023-06-23", "2023-06-23", "10:49:26", "45100", "45100", "45100"],
        ["2023-10-01", "2023-10-01", "2023-10-01", "10:50:53", "45200", "45200", "45200"],
    ],
)
raw("before_march_1900.xlsx", package(parts(row(text("id"), text("when")) + "".join(row(text(f"x{n}"), number(n, 1)) for n in (1, 59, 61)), styles=formats("yyyy-mm-dd"))), OK, cells=[["id", "when"], ["x1", "1900-01-01"], ["x59", "1900-02-28"], ["x61", "1900-03-01"]])
raw(
    "sixteen_digits.xlsx",
    package(parts(row(text("card"), text("age")) + "".join(row(number(c), number(a)) for c, a in (("1.23456789012345E15", 34), ("4539578763621480", 41), ("6011000990139420", 29))))),
    WARN,
    "NUMBER_FORMAT",
    where={"column": "card", "row": 1},
    kinds={"card": "code"},
    cells=[["card", "age"], ["1234567890123450", "34"], ["4539578763621480", "41"], ["6011000990139420", "29"]],
)
raw(
    "results_of_formulas.xlsx",
    package(
        parts(
            row(text("id"), text("a"), text("b"), text("c"))
            + row(text("x"), "<c><f>1+1</f><v>2</v></c>", '<c t="str"><f>"a"&amp;"b"</f><v>ab</v></c>', '<c t="b"><f>TRUE()</f><v>1</v></c>')
            + row(text("y"), '<c t="e"><f>1/0</f><v>#DIV/0!</v></c>', '<c t="str"><f>""</f><v></v></c>', '<c t="b"><f>FALSE()</f><v>0</v></c>')
            + row(text("z"), '<c><f t="shared" si="0"/><v>2.50</v></c>', '<c t="str"><f>"c"</f><v>c</v></c>', '<c t="b"><v>1</v></c>')
        )
    ),
    WARN,
    "FORMULA_CELLS",
    "ERROR_CELLS",
    cells=[["id", "a", "b", "c"], ["x", "2", "ab", "TRUE"], ["y", None, None, "FALSE"], ["z", "2.5", "c", "TRUE"]],
)
raw("boasting_dimension.xlsx", package(parts(PEOPLE, more='<dimension ref="A1:XFD1048576"/>')), OK, cells=T_CELLS)
raw("styled_to_the_bottom.xlsx", package(parts(PEOPLE + "".join(f'<row r="{n}"><c r="A{n}" s="1"/></row>' for n in range(5, 3000)) + '<row r="1048576"><c r="XFD1048576" s="1"/></row>')), OK, cells=T_CELLS)
raw("blank_texts_below.xlsx", package(parts(PEOPLE + row(text(" "), text(""), "<c/>") * 50)), OK, cells=T_CELLS)
raw("numbers_with_exponents.xlsx", package(parts(row(text("id"), text("x")) + row(text("a"), number("1E-3")) + row(text("b"), number("2.5E+2")) + row(text("c"), number("0.1")) + row(text("d"), number("0.30000000000000004")))), OK, cells=[["id", "x"], ["a", "0.001"], ["b", "250"], ["c", "0.1"], ["d", "0.30000000000000004"]])
raw("html.xls", b"<html><body><table><tr><td>id</td></tr></table></body></html>", NO, "NOT_A_TABLE")
raw("spreadsheet_2003.xls", b'<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"><Worksheet/></Workbook>', NO, "NOT_A_TABLE")
raw("no_sheet_part.xlsx", package({k: v for k, v in parts(PEOPLE).items() if "sheet1" not in k}), NO, "ARCHIVE_CORRUPT")
raw("word_in_disguise.xlsx", package({"[Content_Types].xml": XML + "<Types/>", "word/document.xml": XML + "<w/>"}), NO, "NOT_A_TABLE")


def written(name: str, status: str, *codes: str, options: dict[str, object] | None = None, **more: object) -> Callable[[Callable[[xlsxwriter.Workbook], None]], None]:
    """A workbook that xlsxwriter fills."""

    def keep(fill: Callable[[xlsxwriter.Workbook], None]) -> None:
        def build(path: Path) -> None:
            workbook = xlsxwriter.Workbook(str(path), options or {})
            fill(workbook)
            workbook.close()

        FILES.append(Case(name, build, status, codes, **more))  # type: ignore[arg-type]

    return keep


def fill(sheet: object, rows: list[list[object]], at: int = 0) -> None:
    for line, cells in enumerate(rows, at):
        for place, value in enumerate(cells):
            if value is not None:
                sheet.write(line, place, value)  # type: ignore[attr-defined]


STAFF = [["id", "name", "age"], ["001", "Asha", 34], ["002", "Ravi", 41], ["003", "Uma", 29]]


@written("constant_memory.xlsx", OK, options={"constant_memory": True}, cells=T_CELLS)
def _(workbook: xlsxwriter.Workbook) -> None:
    fill(workbook.add_worksheet(), STAFF)


@written("chart_sheet_first.xlsx", OK, cells=T_CELLS)
def _(workbook: xlsxwriter.Workbook) -> None:
    chart = workbook.add_chart({"type": "column"})
    workbook.add_chartsheet().set_chart(chart)
    sheet = workbook.add_worksheet("data")
    fill(sheet, STAFF)
    chart.add_series({"values": "=data!$C$2:$C$4"})


@written("filtered.xlsx", WARN, "HIDDEN_COLUMNS", cells=T_CELLS)
def _(workbook: xlsxwriter.Workbook) -> None:
    sheet = workbook.add_worksheet()
    fill(sheet, STAFF)
    sheet.autofilter("A1:C4")
    sheet.filter_column("C", "x > 30")
    sheet.set_row(3, options={"hidden": True})


@written("table_with_totals.xlsx", WARN, "TOTAL_ROW", "FORMULA_CELLS", may=("FORMULA_NO_VALUE",), cells=[*T_CELLS, ["Total", None, "104"]])
def _(workbook: xlsxwriter.Workbook) -> None:
    sheet = workbook.add_worksheet()
    fill(sheet, STAFF)
    sheet.add_table("A1:C5", {"total_row": True, "columns": [{"header": "id", "total_string": "Total"}, {"header": "name"}, {"header": "age", "total_function": "sum", "total_value": 104}]})


@written("two_tables_side_by_side.xlsx", ASK, "STRAY_CELLS")
def _(workbook: xlsxwriter.Workbook) -> None:
    sheet = workbook.add_worksheet()
    for line, cells in enumerate([["id", "age", None, "town", "people"], ["a", 34, None, "Pune", 3124458], ["b", 41, None, "Agra", 1585704], ["c", 29, None, "Gaya", 470839], ["d", 50, None, None, None]]):
        for place, value in enumerate(cells):
            if value is not None:
                sheet.write(line, place, value)


@written("two_tables_side_by_side_left.xlsx", WARN, "STRAY_CELLS", answers={"columns": "A-B"}, cells=[["id", "age"], ["a", "34"], ["b", "41"], ["c", "29"]])
def _(workbook: xlsxwriter.Workbook) -> None:
    fill(workbook.add_worksheet(), [["id", "age", None, "town", "people"], ["a", 34, None, "Pune", 3124458], ["b", 41, None, "Agra", 1585704], ["c", 29, None, "Gaya", 470839]])


@written("an_empty_column_is_no_gap.xlsx", WARN, "EMPTY_COLUMN", "UNNAMED_COLUMNS", answers={"columns": "A-E"}, cells=[["id", "age", "column_3", "town", "people"], ["a", "34", None, "Pune", "3"], ["b", "41", None, "Agra", "1"], ["c", "29", None, "Gaya", "4"]])
def _(workbook: xlsxwriter.Workbook) -> None:
    fill(workbook.add_worksheet(), [["id", "age", None, "town", "people"], ["a", 34, None, "Pune", 3], ["b", 41, None, "Agra", 1], ["c", 29, None, "Gaya", 4]])


@written("two_tables_below.xlsx", ASK, "STRAY_CELLS", where={"line": 6})
def _(workbook: xlsxwriter.Workbook) -> None:
    sheet = workbook.add_worksheet()
    fill(sheet, STAFF)
    fill(sheet, [["town", "state", "people"], ["Pune", "MH", 3124458], ["Agra", "UP", 1585704]], 5)


@written("title_over_two_header_lines.xlsx", WARN, "HEADER_NOT_FIRST", "MERGED_CELLS", may=("STRAY_CELLS",), cells=[["District", "Boys / enrolled", "Boys / dropped", "Girls / enrolled", "Girls / dropped"], ["North", "10", "1", "12", "0"], ["South", "20", "2", "18", "3"], ["East", "15", "0", "14", "1"]])
def _(workbook: xlsxwriter.Workbook) -> None:
    sheet = workbook.add_worksheet()
    sheet.merge_range("A1:E1", "Directorate of Education: enrolment 2023-24")
    sheet.merge_range("A2:E2", "(as on 30 September)")
    sheet.merge_range("A3:A4", "District")
    sheet.merge_range("B3:C3", "Boys")
    sheet.merge_range("D3:E3", "Girls")
    fill(sheet, [[None, "enrolled", "dropped", "enrolled", "dropped"], ["North", 10, 1, 12, 0], ["South", 20, 2, 18, 3], ["East", 15, 0, 14, 1]], 3)
    sheet.write("A9", "Source: U-DISE")


@written("mixed_dates.xlsx", WARN, "MIXED_TYPES", kinds={"joined": "date"}, typed={"joined": ["2024-03-01", "2024-04-13", "2024-12-25"]})
def _(workbook: xlsxwriter.Workbook) -> None:
    sheet = workbook.add_worksheet()
    fill(sheet, [["id", "joined"], ["a", None], ["b", "13/04/2024"], ["c", "25/12/2024"]])
    sheet.write_datetime(1, 1, dt.datetime(2024, 3, 1), workbook.add_format({"num_format": "dd/mm/yyyy"}))


@book("very_hidden.xlsx", WARN, "HIDDEN_SHEETS", cells=T_CELLS)
def _(workbook: openpyxl.Workbook) -> None:
    table(workbook.active)
    hidden = workbook.create_sheet("lists")
    hidden["A1"] = "x"
    hidden.sheet_state = "veryHidden"


@book("only_hidden.xlsx", ASK, "CHOOSE_SHEET", may=("HIDDEN_SHEETS",))
def _(workbook: openpyxl.Workbook) -> None:
    table(workbook.active)
    workbook.active.sheet_state = "hidden"
    workbook.create_sheet("empty")


@book("strange_sheet_name.xlsx", OK, answers={"sheet": "आँकड़े & 'co'"}, cells=T_CELLS)
def _(workbook: openpyxl.Workbook) -> None:
    workbook.active["A1"] = "notes"
    table(workbook.create_sheet("आँकड़े & 'co'"))
