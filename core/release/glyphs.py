"""Which signs the fonts that a PDF is set in can draw, read off the fonts themselves."""

from __future__ import annotations

import struct
from functools import cache
from pathlib import Path

from core.release.pictures import FONTS


@cache
def drawable() -> frozenset[int]:
    """The code points that every weight of some family can draw."""
    families: dict[str, set[int]] = {}
    for path in sorted(FONTS.glob("*.ttf")):
        family, here = path.stem.rsplit("-", 1)[0], points(path)
        families[family] = families[family] & here if family in families else here
    return frozenset().union(*families.values())


def points(path: Path) -> set[int]:
    """The code points of a TrueType font, from its table “cmap” (OpenType 1.9, cmap, formats 4 and 12)."""
    font = path.read_bytes()
    tables, = struct.unpack_from(">H", font, 4)
    start = next(offset for tag, _, offset, _ in struct.iter_unpack(">4sIII", font[12 : 12 + 16 * tables])
                 if tag == b"cmap")
    count, = struct.unpack_from(">H", font, start + 2)
    found: set[int] = set()
    for i in range(count):
        at = start + struct.unpack_from(">I", font, start + 8 + 8 * i)[0]
        format, = struct.unpack_from(">H", font, at)
        if format == 12:
            groups, = struct.unpack_from(">I", font, at + 12)
            for first, last, _ in struct.iter_unpack(">III", font[at + 16 : at + 16 + 12 * groups]):
                found.update(range(first, last + 1))
        elif format == 4:
            half, = struct.unpack_from(">H", font, at + 6)
            ends = struct.unpack_from(f">{half // 2}H", font, at + 14)
            starts = struct.unpack_from(f">{half // 2}H", font, at + 16 + half)
            for first, last in zip(starts, ends, strict=True):
                found.update(range(first, last + 1))
    return found - {0xFFFF}


def drawn(text: str) -> str:
    """The text with every sign that no font here can draw shown as a replacement character."""
    known = drawable()
    return "".join(c if c == "\n" or ord(c) in known else "\N{REPLACEMENT CHARACTER}" for c in text)
