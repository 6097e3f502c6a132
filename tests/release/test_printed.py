"""A report as PDF and Word: whole, accessible, the same every time, unharmed by any name, in Devanagari too."""

from __future__ import annotations

import io
import re
import zipfile
from datetime import UTC, datetime

import pytest

from core.language import language
from core.release.blocks import Bars, Bullets, Document, Facts, Grid, Heading, Heat, Paragraph
from core.release.glyphs import drawn
from core.release.pdf import pdf
from core.release.word import word

MADE = datetime(2026, 11, 21, 9, 30, tzinfo=UTC)
HOSTILE = '#panic("x") *b* $y$ <b> \\ @ref `raw` \u202e"; क्षेत्र ज़िला ' + "a" * 90
REPORT = Document(HOSTILE, (
    Paragraph(HOSTILE, "lead"), Paragraph(HOSTILE), Paragraph(HOSTILE, "small"), Paragraph(HOSTILE, "code"),
    Heading(HOSTILE), Bullets((HOSTILE, HOSTILE)), Facts(((HOSTILE, HOSTILE),)),
    Grid(HOSTILE, (HOSTILE, "b", "c"), ((HOSTILE, "x", "1"),) * 40, 1),
    Bars(HOSTILE, ((HOSTILE, 0.5, 0.0), ("b", 1.2, -0.1)), ("Original", "Release")),
    Heat(HOSTILE, (HOSTILE, "क"), ((1.0, 0.0), (99.0, 0.4))),
    Heading("Signatures", new_page=True), Grid("Names", ("a", "b"), (("", ""),), tall=True),
))


def test_pdf_is_tagged_dated_and_the_same_every_time() -> None:
    made = pdf(REPORT, MADE)
    assert made[:5] == b"%PDF-" and made == pdf(REPORT, MADE)
    assert b"/StructTreeRoot" in made and b"pdfuaid" in made and b"2026" in made
    assert max(int(n) for n in re.findall(rb"/Count (\d+)", made)) >= 3
    assert b"/URI" not in made and b"/JavaScript" not in made and b"/Launch" not in made


@pytest.mark.parametrize("name", ["😀 mood", "வயது", "年齢", "العمر", "x" * 300])
def test_a_name_in_any_script_stops_no_pdf(name: str) -> None:
    document = Document("Report", (Paragraph(name), Grid(name, (name, "b"), (("≥ 5", name),)),
                                   Bars(name, ((name, 0.5, 0.0),), ("Original", "Release"))))
    assert pdf(document, MADE)[:5] == b"%PDF-"


def test_what_the_fonts_cannot_draw_is_shown_as_such() -> None:
    assert drawn("Age ज़िला é 😀 வ") == "Age ज़िला é � �"


def test_pdf_in_hindi_says_so() -> None:
    token = language.set("hi")
    try:
        assert b"/Lang(hi" in pdf(Document("रिपोर्ट", (Paragraph("यह एक वाक्य है।"),)), MADE)
    finally:
        language.reset(token)


def test_word_holds_headings_tables_pictures_and_their_descriptions() -> None:
    import docx

    made = word(REPORT, MADE)
    file = docx.Document(io.BytesIO(made))
    headings = [p.text for p in file.paragraphs if p.style is not None and p.style.name == "Heading 1"]
    assert len(headings) == 2 and headings[1] == "Signatures"
    assert len(file.tables) == 3 and len(file.inline_shapes) == 2
    with zipfile.ZipFile(io.BytesIO(made)) as parts:
        body = parts.read("word/document.xml").decode()
        assert body.count("descr=") == 2 and body.count("w:tblHeader") == 2
        assert not any("http" in parts.read(n).decode() and 'TargetMode="External"' in parts.read(n).decode()
                       for n in parts.namelist() if n.endswith(".rels"))
    assert "\u202e" not in body and "क्षेत्र" in body


@pytest.mark.parametrize("printer", [pdf, word])
def test_a_report_without_blocks_is_still_a_file(printer: object) -> None:
    assert len(printer(Document("t", ()), MADE)) > 1000  # type: ignore[operator]
