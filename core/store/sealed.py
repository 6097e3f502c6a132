"""A file encrypted in chunks, so that files of any size stream both ways in bounded memory.

Layout: header (magic, chunk size, file id), then chunks of AES-256-GCM ciphertext + 16-byte tag. Every chunk but the
last is full; the last may be empty. The key is used for this file alone (derived from the project's key and the file
id), the nonce is the chunk's index and a flag that is 1 for the last chunk only, and the associated data binds
project, name, header, index and flag. So a chunk that is changed, moved, left out, added or taken from another file,
and a file that is cut off anywhere, fails to open. This is the STREAM construction of Hoang, Reyhanitabar, Rogaway
and Vizar (2015), doi:10.1007/978-3-662-47989-6_24.
"""

from __future__ import annotations

import io
import os
import struct
from typing import BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from core.problem import Problem

CHUNK = 1 << 20
FILE_ID = 16
_MAGIC = b"ASVAULT1"
_HEADER = struct.Struct(f">8sI{FILE_ID}s")
_PLACE = struct.Struct(">QB")
_TAG = 16


def seal(key: bytes, context: bytes, file_id: bytes, source: BinaryIO, target: BinaryIO, chunk: int = CHUNK) -> int:
    """Encrypt `source` into `target`; returns the number of plain bytes.

    key      the project's key, 32 bytes
    context  what the file is bound to (project and name): opening it needs the same
    file_id  16 random bytes, never used twice under one key
    """
    header = _HEADER.pack(_MAGIC, chunk, file_id)
    cipher, bound = AESGCM(derive(key, b"file", file_id)), header + context
    target.write(header)
    index, total, block = 0, 0, _read(source, chunk)
    while True:
        after = _read(source, chunk) if len(block) == chunk else b""
        place = _PLACE.pack(index, not after)
        target.write(cipher.encrypt(_nonce(place), block, place + bound))
        total += len(block)
        if not after:
            return total
        index, block = index + 1, after


class SealedReader(io.RawIOBase):
    """The plain bytes of a sealed file: readable and seekable, holding one chunk at a time.

    The last chunk is opened first, so that a cut-off file is noticed before anything is read from it.
    """

    def __init__(self, file: BinaryIO, key: bytes, context: bytes, file_id: bytes) -> None:
        self._file = file
        head = file.read(_HEADER.size)
        if len(head) != _HEADER.size:
            raise damaged()
        magic, self._chunk, found = _HEADER.unpack(head)
        body = file.seek(0, os.SEEK_END) - _HEADER.size
        if magic != _MAGIC or found != file_id or not self._chunk or body < _TAG:
            raise damaged()
        self._cipher, self._bound = AESGCM(derive(key, b"file", file_id)), head + context
        self._last = (body - 1) // (self._chunk + _TAG)
        self.size = body - (self._last + 1) * _TAG
        self._at, self._index, self._plain = 0, -1, b""
        self._load(self._last)

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._at

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        base = {os.SEEK_SET: 0, os.SEEK_CUR: self._at, os.SEEK_END: self.size}[whence]
        if base + offset < 0:
            raise ValueError("a place before the beginning")
        self._at = base + offset
        return self._at

    def readinto(self, buffer) -> int:  # type: ignore[no-untyped-def]
        if self._at >= self.size:
            return 0
        index, offset = divmod(self._at, self._chunk)
        self._load(index)
        part = self._plain[offset : offset + len(buffer)]
        buffer[: len(part)] = part
        self._at += len(part)
        return len(part)

    def close(self) -> None:
        self._plain = b""
        self._file.close()
        super().close()

    def _load(self, index: int) -> None:
        if index == self._index:
            return
        self._file.seek(_HEADER.size + index * (self._chunk + _TAG))
        place = _PLACE.pack(index, index == self._last)
        try:
            self._plain = self._cipher.decrypt(_nonce(place), self._file.read(self._chunk + _TAG), place + self._bound)
        except InvalidTag:
            raise damaged() from None
        self._index = index


def derive(key: bytes, use: bytes, salt: bytes = b"") -> bytes:
    """A key of 32 bytes for one use, from the project's key (HKDF, RFC 5869)."""
    return HKDF(SHA256(), 32, salt or None, b"anonymisation-studio " + use).derive(key)


def damaged() -> Problem:
    return Problem("A stored file is damaged or was changed outside the studio.",
                   "Restore the data folder from a backup, or bring the file again.")


def _nonce(place: bytes) -> bytes:
    return place.rjust(12, b"\0")


def _read(source: BinaryIO, count: int) -> bytes:
    """Exactly `count` bytes, fewer only at the end: a stream may hand out less than it was asked for."""
    block = source.read(count)
    if len(block) in (0, count):
        return block
    parts, have = [block], len(block)
    while have < count and (block := source.read(count - have)):
        parts.append(block)
        have += len(block)
    return b"".join(parts)
