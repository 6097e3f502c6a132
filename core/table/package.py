"""The parts of a workbook's package, read as a stream of XML events; a DTD is refused."""

from __future__ import annotations

import re
import zipfile
from typing import Any
from xml.parsers import expat

from core.table.archive import chunks
from core.table.findings import refuse
from core.table.raw import Job


def parse_xml(
    archive: zipfile.ZipFile, name: str, job: Job, start: Any = None, end: Any = None, text: Any = None
) -> None:
    """Feed one part of the workbook to expat with the given handlers; a DTD is refused."""
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.buffer_size = 1 << 16

    def doctype(*_: object) -> None:
        raise refuse("XML_DTD", "The workbook's XML defines its own entities. It is not opened.")

    parser.StartDoctypeDeclHandler = doctype
    parser.EntityDeclHandler = doctype
    # Prefixes are cut off rather than resolved: a worksheet has millions of elements, and no homonyms among them.
    if start:
        parser.StartElementHandler = lambda tag, attributes: (
            start(tag.rpartition(":")[2], attributes) if ":" in tag else start(tag, attributes)
        )
    if end:
        parser.EndElementHandler = lambda tag: end(tag.rpartition(":")[2] if ":" in tag else tag)
    if text:
        parser.CharacterDataHandler = text
    try:
        for block in chunks(archive, entry_of(archive, name), job.limits):
            parser.Parse(block, False)
        parser.Parse(b"", True)
    except expat.ExpatError:
        raise refuse("UNREADABLE", "The workbook is damaged: one of its parts is not valid XML.") from None


def entry_of(archive: zipfile.ZipFile, name: str) -> zipfile.ZipInfo:
    wanted = name.lstrip("/").lower()
    for entry in archive.infolist():
        if entry.filename.replace("\\", "/").lstrip("/").lower() == wanted:
            return entry
    raise refuse("ARCHIVE_CORRUPT", "The workbook is damaged: one of its parts is missing.")


def has(archive: zipfile.ZipFile, pattern: str) -> bool:
    return any(re.search(pattern, n.replace("\\", "/"), re.I) for n in archive.namelist())
