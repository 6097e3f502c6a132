"""A report as a Word file: real headings, tables with header rows, pictures with descriptions."""

from __future__ import annotations

import io
from datetime import datetime
from functools import singledispatch
from typing import Any

from core.language import language
from core.release.blocks import Bars, Bullets, Document, Facts, Grid, Heading, Heat, Paragraph, harmless
from core.release.pictures import FONTS, svg

WIDTH_CM = 17.0
LINE, SHADE = "A6A6A6", "F0F0F0"
LANGUAGES = {"en": "en-GB", "hi": "hi-IN"}


def word(document: Document, made: datetime) -> bytes:
    """The report as a .docx file."""
    import docx

    file = docx.Document()
    _set_up(file, document.title, made)
    file.add_heading(_clean(document.title), level=0)
    for block in document.blocks:
        added(block, file)
    out = io.BytesIO()
    file.save(out)
    return out.getvalue()


def _set_up(file: Any, title: str, made: datetime) -> None:
    from docx.oxml.ns import qn
    from docx.shared import Cm, Pt

    about = file.core_properties
    about.title, about.author, about.comments, about.created = _clean(title), "", "", made
    about.modified, about.last_modified_by, about.language = made, "", language.get()
    section = file.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.left_margin = section.right_margin = section.top_margin = section.bottom_margin = Cm(2)
    normal = file.styles["Normal"]
    normal.font.name, normal.font.size = "Noto Sans", Pt(10)
    fonts = normal.element.rPr.rFonts
    fonts.set(qn("w:cs"), "Noto Sans Devanagari")
    lang = normal.element.rPr.makeelement(qn("w:lang"), {
        qn("w:val"): LANGUAGES.get(language.get(), "en-GB"), qn("w:bidi"): "hi-IN"})
    normal.element.rPr.append(lang)


@singledispatch
def added(block: object, file: Any) -> None:
    """One block added at the end of the file."""
    raise TypeError(f"{type(block).__name__} is no block of a report ({type(file).__name__})")


@added.register
def _(block: Heading, file: Any) -> None:
    heading = file.add_heading(_clean(block.text), level=1)
    heading.paragraph_format.page_break_before = block.new_page


@added.register
def _(block: Paragraph, file: Any) -> None:
    from docx.shared import Pt

    run = file.add_paragraph().add_run(_clean(block.text))
    if block.kind:
        run.font.size = Pt({"lead": 12.5, "small": 8.5, "code": 8}[block.kind])
    if block.kind == "code":
        run.font.name = "Courier New"


@added.register
def _(block: Bullets, file: Any) -> None:
    for item in block.items:
        file.add_paragraph(_clean(item), style="List Bullet")


@added.register
def _(block: Facts, file: Any) -> None:
    from docx.shared import Cm

    table = file.add_table(rows=0, cols=2)
    for question, answer in block.pairs:
        cells = table.add_row().cells
        cells[0].width, cells[1].width = Cm(5), Cm(WIDTH_CM - 5)
        cells[0].text, cells[1].text = _clean(question), _clean(answer)
        _bold(cells[0])
    _lined(table)
    _small(table)
    file.add_paragraph()


@added.register
def _(block: Grid, file: Any) -> None:
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.oxml.ns import qn
    from docx.shared import Cm

    file.add_paragraph(_clean(block.caption), style="Caption").paragraph_format.keep_with_next = True
    table = file.add_table(rows=1, cols=len(block.header))
    header = table.rows[0]
    row = header._tr  # python-docx has no name for a header row that is repeated on each page
    row.get_or_add_trPr().append(row.makeelement(qn("w:tblHeader"), {qn("w:val"): "true"}))
    for cell, text in zip(header.cells, block.header, strict=True):
        cell.text = _clean(text)
        _bold(cell)
        _shade(cell)
    for row in block.rows:
        line = table.add_row()
        if block.tall:
            line.height = Cm(2.2)
        for cell, text in zip(line.cells, row, strict=True):
            cell.text = _clean(text)
    for line in table.rows:
        for cell in line.cells[len(block.header) - block.numbers:] if block.numbers else ():
            cell.paragraphs[0].alignment = WD_ALIGN_PARAGRAPH.RIGHT
    _lined(table)
    _small(table)
    file.add_paragraph()


@added.register(Bars)
@added.register(Heat)
def _(block: Bars | Heat, file: Any) -> None:
    import vl_convert
    from docx.shared import Cm

    vl_convert.register_font_directory(str(FONTS))
    picture = vl_convert.svg_to_png(svg(block), scale=2.0)
    shape = file.add_picture(io.BytesIO(picture), width=Cm(15))
    shape._inline.docPr.set("descr", _clean(f"{block.title}. {block.said()}"))  # nor for this


def _lined(table: Any) -> None:
    """A thin line above, below and between the rows: no box around every cell."""
    from docx.oxml.ns import qn

    about = table._tbl.tblPr  # python-docx has no name for these
    lines = about.makeelement(qn("w:tblBorders"), {})
    for side in ("top", "bottom", "insideH"):
        lines.append(lines.makeelement(qn(f"w:{side}"), {
            qn("w:val"): "single", qn("w:sz"): "4", qn("w:space"): "0", qn("w:color"): LINE}))
    about.append(lines)


def _shade(cell: Any) -> None:
    from docx.oxml.ns import qn

    about = cell._tc.get_or_add_tcPr()
    about.append(about.makeelement(qn("w:shd"), {qn("w:val"): "clear", qn("w:color"): "auto", qn("w:fill"): SHADE}))


def _bold(cell: Any) -> None:
    for run in cell.paragraphs[0].runs:
        run.font.bold = True


def _small(table: Any) -> None:
    """Small letters, close together; no row is split over two pages."""
    from docx.oxml.ns import qn
    from docx.shared import Pt

    for row in table.rows:
        row._tr.get_or_add_trPr().append(row._tr.makeelement(qn("w:cantSplit"), {}))
        for cell in row.cells:
            for paragraph in cell.paragraphs:
                paragraph.paragraph_format.space_after = Pt(2)
                for run in paragraph.runs:
                    run.font.size = Pt(8.5)


def _clean(raw: str) -> str:
    return harmless(raw)
