"""A compound file (MS-CFB version 3): the container an encrypted workbook is kept in.

Written here because the usual library's container is corrupt in silence up to 4,080 bytes of payload, and lists one
sector too many above about 7.1 MB, which strict readers refuse. Source: [MS-CFB] v20240423.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from struct import pack

import numpy as np
import numpy.typing as npt

SECTOR, SMALL, CUTOFF = 512, 64, 4096
"""Bytes of a sector and of a small sector; streams below the cutoff live in small sectors (2.2)."""

FREE, END, FAT, DIFAT = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD, 0xFFFFFFFC
LARGEST = 2**31 - 1
"""Bytes a stream of a version 3 file may have (2.6.1)."""

STORAGE, STREAM, ROOT = 1, 2, 5
IN_HEADER, PER_DIFAT, PER_FAT = 109, 127, 128

Sectors = npt.NDArray[np.uint32]


@dataclass
class _Entry:
    """One directory entry (2.6.1)."""

    name: str
    kind: int
    content: bytes = b""
    start: int = 0
    left: int = FREE
    right: int = FREE
    child: int = FREE
    black: bool = True


def write(streams: Mapping[str, bytes]) -> bytes:
    """A compound file holding these streams; a path like "folder/name" makes the folder.

    Raises ValueError for a stream of 2 GiB or more, which the format cannot hold.
    """
    if any(len(content) > LARGEST for content in streams.values()):
        raise ValueError("a stream is too large for a compound file")
    entries = _directory(streams)
    small = [e for e in entries if e.kind == STREAM and len(e.content) < CUTOFF]
    large = [e for e in entries if e.kind == STREAM and len(e.content) >= CUTOFF]
    small_chain = _place(small, SMALL)
    pool = b"".join(_padded(e.content, SMALL) for e in small)
    root = entries[0]
    root.content = pool
    small_fat = _padded(small_chain.tobytes(), SECTOR, b"\xff")
    # In the file, in this order: directory, small sectors' table, small sectors, large streams, FAT, DIFAT.
    fixed = [_Entry("", 0, b"\0" * _directory_size(len(entries))), _Entry("", 0, small_fat), root, *large]
    chain = _place(fixed, SECTOR)
    fat_count, difat_count = _tables(len(chain))
    fat = np.concatenate([chain, np.full(fat_count, FAT, np.uint32), np.full(difat_count, DIFAT, np.uint32)])
    fat = np.concatenate([fat, np.full(-len(fat) % PER_FAT, FREE, np.uint32)])
    assert len(fat) == fat_count * PER_FAT  # noqa: S101 - the sum of _tables
    body = [_directory_bytes(entries), small_fat, _padded(pool, SECTOR), *(_padded(e.content, SECTOR) for e in large)]
    header, difat = _header(len(chain), fat_count, difat_count, fixed[0].start, fixed[1].start, len(small_fat))
    return b"".join([header, *body, fat.tobytes(), difat])


def _place(entries: list[_Entry], unit: int) -> Sectors:
    """Give each entry its first sector, one after another; the chain of all of them. Empty ones take none."""
    chain, at = [np.empty(0, np.uint32)], 0
    for entry in entries:
        count = -(-len(entry.content) // unit)
        entry.start = at if count else END
        if count:
            links = np.arange(at + 1, at + count + 1, dtype=np.uint32)
            links[-1] = END
            chain.append(links)
        at += count
    return np.concatenate(chain)


def _tables(sectors: int) -> tuple[int, int]:
    """How many FAT and DIFAT sectors `sectors` need; the tables' own sectors count as well."""
    fat = difat = 0
    while True:
        needed = -(-(sectors + fat + difat) // PER_FAT)
        listed = -(-max(0, needed - IN_HEADER) // PER_DIFAT)
        if (needed, listed) == (fat, difat):
            return fat, difat
        fat, difat = needed, listed


def _header(
    first: int, fat: int, difat: int, directory: int, small_fat: int, small_fat_bytes: int
) -> tuple[bytes, bytes]:
    """The 512-byte header (2.2) and the DIFAT sectors (2.5) that go on where its list of FAT sectors ends."""
    where = np.arange(first, first + fat, dtype=np.uint32)
    listed = np.full(IN_HEADER, FREE, np.uint32)
    listed[: min(fat, IN_HEADER)] = where[:IN_HEADER]
    rest = np.full((difat, PER_DIFAT + 1), FREE, np.uint32)
    rest[:, :PER_DIFAT].flat[: max(0, fat - IN_HEADER)] = where[IN_HEADER:]
    own = first + fat
    rest[:, PER_DIFAT] = np.arange(own + 1, own + difat + 1)
    rest[-1:, PER_DIFAT] = END
    head = bytes.fromhex("D0CF11E0A1B11AE1") + bytes(16) + pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + bytes(6)
    head += pack(
        "<IIIIIIIII", 0, fat, directory, 0, CUTOFF, small_fat, small_fat_bytes // SECTOR, own if difat else END, difat
    )
    return head + listed.tobytes(), rest.tobytes()


def _directory(streams: Mapping[str, bytes]) -> list[_Entry]:
    """Root first, then every folder and stream, siblings linked as a red-black tree (2.6.4)."""
    entries = [_Entry("Root Entry", ROOT)]
    children: dict[str, dict[str, int]] = {"": {}}
    for path, content in streams.items():
        *folders, name = path.split("/")
        inside = ""
        for folder in folders:
            if folder not in children[inside]:
                children[inside][folder] = len(entries)
                entries.append(_Entry(folder, STORAGE, start=0))
            inside = f"{inside}/{folder}"
            children.setdefault(inside, {})
        children[inside][name] = len(entries)
        entries.append(_Entry(name, STREAM, content))
    for path, held in children.items():
        at, where = 0, ""
        for folder in path.split("/")[1:]:
            at, where = children[where][folder], f"{where}/{folder}"
        order = sorted(held.values(), key=lambda i: (len(entries[i].name), entries[i].name.upper()))
        entries[at].child = _tree(entries, order, (len(order) + 1).bit_length() - 1)
    return entries


def _tree(entries: list[_Entry], order: list[int], full_levels: int) -> int:
    """The root of a balanced tree over `order`: black where every level is full, red on the last level if it is not."""
    if not order:
        return FREE
    middle = len(order) // 2
    top = entries[order[middle]]
    top.black = full_levels > 0
    top.left = _tree(entries, order[:middle], full_levels - 1)
    top.right = _tree(entries, order[middle + 1 :], full_levels - 1)
    return order[middle]


def _directory_size(count: int) -> int:
    return -(-count * 128 // SECTOR) * SECTOR


def _directory_bytes(entries: list[_Entry]) -> bytes:
    written = []
    for e in entries:
        name = e.name.encode("utf-16-le") + b"\0\0"
        # Times stay zero: when a file was made is nobody's business.
        written.append(name.ljust(64, b"\0") + pack("<HBBIII", len(name), e.kind, e.black, e.left, e.right, e.child)
                       + bytes(36) + pack("<IQ", e.start, len(e.content)))
    unused = bytes(68) + pack("<III", FREE, FREE, FREE) + bytes(48)
    whole = b"".join(written)
    return whole + unused * ((_directory_size(len(entries)) - len(whole)) // 128)


def _padded(content: bytes, unit: int, fill: bytes = b"\0") -> bytes:
    return content + fill * (-len(content) % unit)
