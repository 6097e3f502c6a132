"""What kind of file this is, from its bytes. The name's ending never decides."""

from __future__ import annotations

import os
import re
import zipfile

from core.table.findings import refuse

PROGRAMS = (
    (b"MZ", "a Windows program"),
    (b"\x7fELF", "a Linux program"),
    (b"\xca\xfe\xba\xbe", "a Java or Mac program"),
    (b"\xcf\xfa\xed\xfe", "a Mac program"),
    (b"\xfe\xed\xfa", "a Mac program"),
    (b"#!", "a script"),
    (b"\xac\xed\x00\x05", "a Java object"),
    (b"RDX", "an R workspace"),
    (b"RDA", "an R workspace"),
    (b"dex\n", "an Android program"),
)
OTHERS = (
    (b"%PDF", "a PDF"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"GIF8", "a picture"),
    (b"BM", "a picture"),
    (b"II*\x00", "a picture"),
    (b"{\\rtf", "a text document"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"BZh", "a bzip2 archive"),
    (b"\xfd7zXZ", "an xz archive"),
    (b"7z\xbc\xaf", "a 7z archive"),
    (b"Rar!", "a rar archive"),
    (b"(\xb5/\xfd", "a zstd archive"),
    (b"OggS", "a sound"),
    (b"ID3", "a sound"),
    (b"RIFF", "a sound or film"),
    (b"\x89HDF", "an HDF5 file"),
    (b"CDF\x01", "a NetCDF file"),
)
TEXTS = (
    (re.compile(rb"begin:v(card|calendar|event)\r?\n"), "an address book or a calendar"),
    (re.compile(rb"\[[\w .-]+\][ \t]*\r?\n[ \t]*[\w.-]+[ \t]*="), "a file of settings"),
    (re.compile(rb"(from|received|return-path|mime-version): [^\n]*\n(.*\n)*?(subject|content-type): "), "an e-mail"),
)
"""Texts that other programs write for themselves (lower case)."""
COMPOUND = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
SAS = b"\x00" * 12 + b"\xc2\xea\x81\x60"
TRANSPORT = (b"HEADER RECORD*******LIBRARY HEADER RECORD", b"HEADER RECORD*******LIBV8")
UNPACKABLE = {b"\x1f\x8b": "gzip", b"BZh": "bzip2", b"\xfd7zXZ": "xz"}


def kind_of(path: str) -> str:
    """text, json, xlsx, xlsb, ods, xls, encrypted, zip, packed, parquet, arrow, sav, por, dta, sas, xpt, sqlite.

    Raises Stop for what is no table.
    """
    if os.path.getsize(path) == 0:
        raise refuse("EMPTY_FILE", "The file is empty.")
    with open(path, "rb") as file:
        head = file.read(4096)
        file.seek(max(0, os.path.getsize(path) - 8))
        tail = file.read(8)
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")):
        return _in_zip(path)
    if head.startswith(COMPOUND):
        return _in_compound(path)
    if head.startswith(b"PARE"):
        raise refuse(
            "PASSWORD_NEEDED",
            "The file is protected with Parquet's own encryption, which cannot be read. Save it without.",
        )
    if head.startswith(b"PAR1") or (tail.endswith(b"PAR1") and b"\0" in head):
        return "parquet"
    if head.startswith((b"ARROW1", b"FEA1")):
        return "arrow"
    if head.startswith((b"$FL2", b"$FL3")):
        return "sav"
    if head.startswith(b"<stata_dta>") or _old_stata(head):
        return "dta"
    if head.startswith(SAS):
        return "sas"
    if head.startswith(TRANSPORT):
        return "xpt"
    if b"SPSS PORT FILE" in head[:300]:
        return "por"
    if head.startswith(b"SQLite format 3\0"):
        return "sqlite"
    if head.startswith((b"\x1f\x8b", b"BZh", b"\xfd7zXZ")):
        return "packed"
    _refuse_programs(head)
    if head[257:262] == b"ustar":
        raise refuse("NOT_A_TABLE", "The file is a tar archive, not a table. Unpack it and bring the table inside.")
    return _text(head)


def _old_stata(head: bytes) -> bool:
    return (
        len(head) > 100
        and head[0] in (0x69, 0x6C, 0x6D, 0x6E, 0x6F, 0x70, 0x71, 0x72, 0x73)
        and head[1] in (1, 2)
        and head[2] == 1
        and head[3] == 0
    )


def _refuse_programs(head: bytes) -> None:
    if re.match(rb"\x80[\x02-\x05]", head) or _protocol_0(head):
        raise refuse(
            "UNSAFE_FORMAT",
            "The file is a Python pickle, which can run a program when it is opened. Export the table as CSV.",
        )
    for start, name in PROGRAMS:
        if (
            head.startswith(start)
            and (start != b"MZ" or b"\0" in head)
            and (start not in (b"RDX", b"RDA") or b"\n" in head[:6])
        ):
            raise refuse(
                "UNSAFE_FORMAT", "The file is {name}, not a table. Export the table as CSV or Excel.", name=name
            )
    for start, name in OTHERS:
        if head.startswith(start) and (start not in (b"BM", b"ID3", b"BZh") or b"\0" in head[:64]):
            raise refuse("NOT_A_TABLE", "The file is {name}, not a table.", name=name)


def _protocol_0(head: bytes) -> bool:
    """A pickle written as text: it starts by importing something, or with an object's opening mark and memos."""
    return bool(re.match(rb"c[\w.]+\n[\w.]+\n", head) or re.match(rb"\((?:dp|lp)\d+\n|\(i[\w.]+\n|ccopy_reg\n", head))


def _text(head: bytes) -> str:
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    wide = head[:2] in (b"\xff\xfe", b"\xfe\xff")
    if start.startswith((b"<!doctype html", b"<html", b"<table", b"<head", b"<body")) or b"<html" in start[:600]:
        raise refuse(
            "NOT_A_TABLE",
            "The file is a web page, whatever its name says. Open it in a spreadsheet and save it as .xlsx.",
        )
    for pattern, name in TEXTS:
        if pattern.match(start):
            raise refuse("NOT_A_TABLE", "The file is {name}, not a table.", name=name)
    if start.startswith((b"<?xml", b"<!doctype", b"<")) and re.match(rb"<[?!a-z]", start):
        if b"<!doctype" in start or b"<!entity" in start:
            raise refuse("XML_DTD", "The file is XML that defines its own entities. It is not opened.")
        raise refuse("NOT_A_TABLE", "The file is XML, not a table. Open it in a spreadsheet and save it as .xlsx.")
    zeros = head.count(0)
    control = sum(head.count(bytes([c])) for c in (*range(2, 8), *range(14, 27), 28, 29))
    if (
        not wide
        and not head.startswith(b"\0\0\xfe\xff")
        and (control > max(2, 0.02 * len(head)) or (zeros > 0.3 * len(head) and not _wide(head)))
    ):
        raise refuse("NOT_A_TABLE", "The file is neither text nor a kind of table that is known here.")
    if (head[2:].lstrip(b"\0 \t\r\n") if wide else start)[:1] in (b"{", b"["):
        return "json"
    return "text"


def _wide(head: bytes) -> bool:
    even, odd = head[::2].count(0), head[1::2].count(0)
    return min(even, odd) < 0.1 * max(even, odd)


def _in_zip(path: str) -> str:
    try:
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, UnicodeDecodeError, KeyError, IndexError):
        raise refuse("ARCHIVE_CORRUPT", "The archive (or workbook) is damaged: its directory cannot be read.") from None
    lower = {n.lower().replace("\\", "/") for n in names}
    if "xl/workbook.bin" in lower:
        return "xlsb"
    if "xl/workbook.xml" in lower or ("[content_types].xml" in lower and any(n.startswith("xl/") for n in lower)):
        return "xlsx"
    if "content.xml" in lower and "mimetype" in lower:
        return "ods"
    if "word/document.xml" in lower or "ppt/presentation.xml" in lower:
        raise refuse("NOT_A_TABLE", "The file is a text document or presentation, not a table.")
    if any(n.endswith("data.pkl") for n in lower) or "classes.dex" in lower or "meta-inf/manifest.mf" in lower:
        raise refuse("UNSAFE_FORMAT", "The archive holds a program, not a table.")
    return "zip"


def _in_compound(path: str) -> str:
    with open(path, "rb") as file:
        data = file.read(4_000_000)

    def has(name: str) -> bool:
        return name.encode("utf-16-le") in data

    if has("EncryptedPackage"):
        return "encrypted"
    if has("Workbook") or has("Book"):
        return "xls"
    if has("WordDocument") or has("PowerPoint Document"):
        raise refuse("NOT_A_TABLE", "The file is a text document or presentation, not a table.")
    raise refuse("NOT_A_TABLE", "The file is an Office document of an unknown kind, not a table.")
