"""Spill: working memory on disk, encrypted, for tables larger than memory.

Spill files hold microdata. Each spill has its own random AES-256-GCM key that never leaves this process: whatever is
left after a crash cannot be read by anyone. The file has no name where the system allows that, and is gone at the end.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Hashable
from pathlib import Path
from types import TracebackType

from core.problem import Problem


class Spill:
    """Chunks of bytes by name, in one encrypted temporary file.

    with Spill() as spill:
        spill.append("part 3", data)
        whole = spill.read("part 3")

    folder  where the file is made; the system's temporary folder if None
    """

    def __init__(self, folder: Path | None = None) -> None:
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        self._cipher = AESGCM(AESGCM.generate_key(256))
        self._index: dict[Hashable, list[tuple[int, int, int]]] = {}
        self._chunks = self._end = 0
        self._file = tempfile.TemporaryFile(dir=folder, prefix="spill-")  # noqa: SIM115 - closed by `close`

    def append(self, name: Hashable, data: bytes | memoryview) -> None:
        """Add bytes at the end of what is kept under this name."""
        nonce = self._chunks.to_bytes(12, "big")  # one key for each spill: a running number never repeats
        sealed = self._cipher.encrypt(nonce, data, None)
        try:
            self._file.seek(self._end)
            self._file.write(sealed)
        except OSError:
            raise Problem("The disk is full: there is no room to work on a table of this size.",
                          "Free some space, or choose another temporary folder (TMPDIR).") from None
        self._index.setdefault(name, []).append((self._chunks, self._end, len(sealed)))
        self._chunks += 1
        self._end += len(sealed)

    def read(self, name: Hashable) -> bytes:
        """All bytes kept under this name, in the order they were added."""
        return b"".join(self._open(*chunk) for chunk in self._index.get(name, ()))

    def read_chunk(self, name: Hashable, number: int) -> bytes:
        """The bytes of one `append` under this name."""
        return self._open(*self._index[name][number])

    def chunks_of(self, name: Hashable) -> int:
        """How many times something was added under this name."""
        return len(self._index.get(name, ()))

    def forget(self, name: Hashable) -> None:
        """Drop a name; its bytes stay sealed in the file until it is closed."""
        self._index.pop(name, None)

    def _open(self, number: int, start: int, size: int) -> bytes:
        self._file.seek(start)
        return self._cipher.decrypt(number.to_bytes(12, "big"), self._file.read(size), None)

    def close(self) -> None:
        """Delete the file and with it everything kept."""
        self._file.close()
        self._index.clear()

    def __enter__(self) -> Spill:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def raw(self) -> bytes:
        """The file as it lies on disk, for tests that look for plain text in it."""
        self._file.flush()
        return os.pread(self._file.fileno(), self._end, 0)
