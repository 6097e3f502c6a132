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

    table = file.add_table(rows=0, cols=2, style="Light List")
    for question, answer in block.pairs:
        cells = table.add_row().cells
        cells[0].width, cells[1].width = Cm(5), Cm(WIDTH_CM - 5)
        cells[0].text, cells[1].text = _clean(question), _clean(answer)
    _small(table)
    file.add_paragraph()


@added.register
def _(block: Grid, file: Any) -> None:
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.oxml.ns import qn
    from docx.shared import Cm

    file.add_paragraph(_clean(block.caption), style="Caption").paragraph_format.keep_with_next = True
    table = file.add_table(rows=1, cols=len(block.header), style="Light Grid")
    header = table.rows[0]
    row = header._tr  # python-docx has no name for a header row that is repeated on each page
    row.get_or_add_trPr().append(row.makeelement(qn("w:tblHeader"), {qn("w:val"): "true"}))
    for cell, text in zip(header.cells, block.header, strict=True):
        cell.text = _clean(text)
    for row in block.rows:
        line = table.add_row()
        if block.tall:
            line.height = Cm(2.2)
        for cell, text in zip(line.cells, row, strict=True):
            cell.text = _clean(text)
    for line in table.rows:
        for cell in line.cells[len(block.header) - block.numbers:] if block.numbers else ():
            cell.paragraphs[0].alignment = WD_ALIGN_PARAGRAPH.RIGHT
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


def _small(table: Any) -> None:
    from docx.shared import Pt

    for row in table.rows:
        for cell in row.cells:
            for paragraph in cell.paragraphs:
                for run in paragraph.runs:
                    run.font.size = Pt(8.5)


def _clean(raw: str) -> str:
    return harmless(raw)
