"""A report as PDF, set by Typst: tagged for screen readers (PDF/UA-1), fonts inside, no outside request.

Texts reach the typesetter as data, never as markup: nothing in a column name can be a command.
"""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

from core.language import language, translate
from core.problem import Problem
from core.release.blocks import Bars, Block, Document, Heat, Paragraph, harmless
from core.release.glyphs import drawn
from core.release.pictures import FONTS

TEMPLATE = Path(__file__).parent / "report.typ"


def pdf(document: Document, made: datetime) -> bytes:
    """The report as a PDF file. `made` is its date: the same report made again is the same file."""
    data = {"title": harmless(document.title), "language": language.get(), "made": made.strftime("%d %B %Y"),
            "blocks": [_plain(block) for block in document.blocks]}
    # A sign that no font has stops the PDF: an emoji or Tamil in the name of a column.
    found = _set(data, made) or _set(_drawn({**data, "blocks": [*data["blocks"], _plain(_note())]}), made)
    if found is None:
        raise Problem(
            "The report could not be set as PDF.",
            "Take the HTML or Word version, and tell the people who maintain the studio.",
        )
    return found


def _set(data: dict[str, Any], made: datetime) -> bytes | None:
    """The PDF file, or None where something in it cannot be set."""
    import typst

    try:
        return bytes(typst.compile(  # type: ignore[misc,unused-ignore]  # its stub leaves the input open
            TEMPLATE.read_bytes(), font_paths=[str(FONTS)], ignore_system_fonts=True, pdf_standards=["ua-1"],
            sys_inputs={"report": json.dumps(data, ensure_ascii=False)}, timestamp=int(made.timestamp()),
        ))
    except typst.TypstError:  # its message may quote the report
        return None


def _note() -> Paragraph:
    return Paragraph(translate("The sign � stands for letters and signs that this PDF cannot show; the HTML and Word "
                               "versions show them."), "small")


def _drawn(given: Any) -> Any:
    if isinstance(given, dict):
        return {name: _drawn(value) for name, value in given.items()}
    if isinstance(given, (list, tuple)):
        return [_drawn(value) for value in given]
    return drawn(given) if isinstance(given, str) else given


def _plain(block: Block) -> dict[str, Any]:
    plain = {"block": type(block).__name__, **_harmless(asdict(block))}
    if isinstance(block, (Bars, Heat)):  # drawn by the template: an SVG's text in Devanagari could not be read aloud
        plain["said"] = harmless(f"{block.title}. {block.said()}")
    return plain


def _harmless(given: Any) -> Any:
    if isinstance(given, dict):
        return {name: _harmless(value) for name, value in given.items()}
    if isinstance(given, (list, tuple)):
        return [_harmless(value) for value in given]
    return harmless(given) if isinstance(given, str) else given
