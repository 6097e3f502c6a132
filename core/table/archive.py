"""Zip archives (a workbook is one too): refused before they unpack to more than a table would."""

from __future__ import annotations

import os
import re
import stat
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import PurePosixPath
from typing import Any

from core.table.findings import Choice, Question, refuse, wait_for
from core.table.limits import Limits
from core.table.raw import CATALOGUE, Job

SMALL = 10 * 2**20
"""Bytes below which an entry may be packed as tightly as it likes."""
CHUNK = 1 << 20
JUNK = re.compile(r"(^|/)(__MACOSX/|\.|Thumbs\.db|desktop\.ini)|\.(md|pdf|docx?|html?|png|jpe?g)$", re.I)
"""No tables. A .txt may be one: unit-level data of surveys are, beside a layout in .csv or .xlsx."""
DOCUMENTS = re.compile(r"(readme|licen[cs]e|notes?|about|changelog)[^/]*$", re.I)
CORRUPT = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OSError, ValueError, KeyError, IndexError)


def open_zip(path: str, limits: Limits) -> zipfile.ZipFile:
    """The archive, after its directory has been checked: paths, number and sizes of entries, overlaps, links."""
    try:
        archive = zipfile.ZipFile(path)
        entries = archive.infolist()
    except CORRUPT:
        raise refuse("ARCHIVE_CORRUPT", "The archive (or workbook) is damaged: its directory cannot be read.") from None
    if len(entries) > limits.entries:
        raise refuse(
            "TOO_MANY_ENTRIES",
            "The archive has {count:,} entries; the limit “entries” is {limit:,}.",
            count=len(entries),
            limit=limits.entries,
        )
    for entry in entries:
        _check_path(entry)
    _check_overlap(entries, path)
    _check_sizes(entries, limits)
    return archive


def _check_path(entry: zipfile.ZipInfo) -> None:
    name = (entry.orig_filename or entry.filename).replace("\\", "/")
    parts = PurePosixPath(name).parts
    linked = stat.S_ISLNK(entry.external_attr >> 16)
    if name.startswith("/") or re.match(r"[A-Za-z]:", name) or ".." in parts or "\0" in name or linked:
        raise refuse(
            "UNSAFE_ARCHIVE_PATH", "The archive holds an entry that points outside the archive. It is not unpacked."
        )


def _check_overlap(entries: list[zipfile.ZipInfo], path: str) -> None:
    """Entries that share their packed bytes are how a small archive unpacks to petabytes."""
    end = 0
    for entry in sorted(entries, key=lambda e: e.header_offset):
        if entry.header_offset < end:
            raise refuse(
                "DECOMPRESSION_BOMB", "Entries of the archive overlap, so that it unpacks to more than it holds."
            )
        end = entry.header_offset + 30 + entry.compress_size
    if end > os.path.getsize(path):
        raise refuse("ARCHIVE_CORRUPT", "The archive is damaged: it is shorter than its directory says.")


def _check_sizes(entries: list[zipfile.ZipInfo], limits: Limits) -> None:
    whole = sum(e.file_size for e in entries)
    if whole > limits.unpacked_bytes:
        raise refuse(
            "DECOMPRESSION_BOMB",
            "The archive unpacks to {size:,} bytes; the limit “unpacked_bytes” is {limit:,}.",
            size=whole,
            limit=limits.unpacked_bytes,
        )
    for entry in entries:
        if entry.file_size > SMALL and entry.file_size > limits.ratio * max(1, entry.compress_size):
            raise refuse(
                "DECOMPRESSION_BOMB",
                "An entry of the archive unpacks to {ratio:,} times its size; the limit “ratio” is {limit:,}.",
                ratio=entry.file_size // max(1, entry.compress_size),
                limit=limits.ratio,
            )


def chunks(
    archive: zipfile.ZipFile, entry: zipfile.ZipInfo, limits: Limits, password: bytes | None = None
) -> Iterator[bytes]:
    """The entry's bytes; stops when more come out than the directory says (a lying size) or the limits allow."""
    total = 0
    try:
        with archive.open(entry, pwd=password) as file:
            while block := file.read(CHUNK):
                total += len(block)
                if total > limits.unpacked_bytes or (
                    total > SMALL and total > limits.ratio * max(1, entry.compress_size)
                ):
                    raise refuse(
                        "DECOMPRESSION_BOMB",
                        "An entry of the archive unpacks to far more than its size; the limit “ratio” is {limit:,}.",
                        limit=limits.ratio,
                    )
                yield block
    except CORRUPT:  # before RuntimeError: an unknown way of packing is one too (NotImplementedError)
        raise refuse(
            "ARCHIVE_CORRUPT", "The archive (or workbook) is damaged: an entry does not match its checksum or size."
        ) from None
    except RuntimeError:
        raise needs_password() from None
    if total != entry.file_size:
        raise refuse("ARCHIVE_CORRUPT", "The archive is damaged: an entry has another size than its directory says.")


def needs_password(wrong: bool = False) -> Exception:
    text = "The password does not open the file." if wrong else "The file is protected with a password."
    return wait_for("PASSWORD_NEEDED", Question("password", "What is the password of the file?"), text)


@contextmanager
def unpacked(kind: str, job: Job) -> Iterator[str]:
    """The path of the one table inside an archive, unpacked into the child's private folder."""
    with tempfile.TemporaryDirectory() as folder:
        target = os.path.join(folder, "member")
        if kind == "packed":
            _unpack_stream(job, target)
        else:
            _unpack_member(job, target)
        yield target


def _unpack_stream(job: Job, target: str) -> None:
    import bz2
    import gzip
    import lzma

    with open(job.path, "rb") as file:
        head = file.read(3)
    openers: dict[bytes, Any] = {b"\x1f\x8b": gzip.open, b"BZ": bz2.open, b"\xfd7": lzma.open}
    opener = openers[head[:2]]
    packed, total = os.path.getsize(job.path), 0
    try:
        with opener(job.path, "rb") as source, open(target, "wb") as out:
            while block := source.read(CHUNK):
                total += len(block)
                if total > job.limits.unpacked_bytes or (total > SMALL and total > job.limits.ratio * packed):
                    raise refuse(
                        "DECOMPRESSION_BOMB",
                        "The file unpacks to more than {limit:,} times its size, the limit “ratio”.",
                        limit=job.limits.ratio,
                    )
                out.write(block)
    except (*CORRUPT, lzma.LZMAError):
        raise refuse("ARCHIVE_CORRUPT", "The packed file is damaged.") from None


def _unpack_member(job: Job, target: str) -> None:
    with open_zip(job.path, job.limits) as archive:
        member = _member(archive, job)
        _unpack_one(archive, member, job, target)
        if (labels := _catalogue(archive, member)) is not None:
            _unpack_one(archive, labels, job, target + CATALOGUE)


def _unpack_one(archive: zipfile.ZipFile, member: zipfile.ZipInfo, job: Job, target: str) -> None:
    if member.flag_bits & 1:
        if job.password is None:
            raise needs_password()
        _decrypt(job, member, target)
        return
    with open(target, "wb") as out:
        for block in chunks(archive, member, job.limits):
            out.write(block)


def _catalogue(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> zipfile.ZipInfo | None:
    """The value labels of a SAS table: the catalogue of its own name, else the only one there is."""
    if not member.filename.lower().endswith(".sas7bdat"):
        return None
    there = [e for e in archive.infolist() if e.filename.lower().endswith(CATALOGUE)]
    own = [e for e in there if PurePosixPath(e.filename).stem == PurePosixPath(member.filename).stem]
    return own[0] if own else there[0] if len(there) == 1 else None


def _decrypt(job: Job, member: zipfile.ZipInfo, target: str) -> None:
    """A member encrypted with AES (as this program writes them) or the old zip cipher."""
    import pyzipper

    password = (job.password or "").encode()
    try:
        with (
            pyzipper.AESZipFile(job.path) as archive,
            archive.open(member.filename, pwd=password) as file,
            open(target, "wb") as out,
        ):
            total = 0
            while block := file.read(CHUNK):
                total += len(block)
                if total > job.limits.unpacked_bytes:
                    raise refuse(
                        "DECOMPRESSION_BOMB",
                        "The archive unpacks to more than {limit:,} bytes, the limit “unpacked_bytes”.",
                        limit=job.limits.unpacked_bytes,
                    )
                out.write(block)
    except (RuntimeError, *CORRUPT):
        raise needs_password(wrong=True) from None


def _member(archive: zipfile.ZipFile, job: Job) -> zipfile.ZipInfo:
    """The entry that holds the table: the only one, the person's choice, or a question."""
    entries = [e for e in archive.infolist() if not e.is_dir() and not re.search(r"(^|/)(__MACOSX/|\.)", e.filename)]
    if not entries:
        raise refuse("EMPTY_FILE", "The archive holds no file.")
    wanted = job.answer("member")
    if wanted is not None:
        for entry in entries:
            if entry.filename == wanted:
                return entry
        raise wait_for("CHOOSE_MEMBER", _members_question(entries), "The archive has no entry of that name.")
    entries = [e for e in entries if not e.filename.lower().endswith(CATALOGUE)] or entries
    tables = [e for e in entries if not JUNK.search(e.filename) and not DOCUMENTS.search(e.filename)] or entries
    if len(tables) == 1:
        return tables[0]
    raise wait_for("CHOOSE_MEMBER", _members_question(tables), "The archive holds {count} files.", count=len(tables))


def _members_question(entries: list[zipfile.ZipInfo]) -> Question:
    choices = tuple(Choice(e.filename, f"{e.filename} ({e.file_size:,} bytes)") for e in entries[:50])
    return Question("member", "Which file of the archive holds the table?", choices)
