"""What a report consists of, whatever it is printed as: headings, sentences, facts, tables and two kinds of picture.

A report is a list of blocks, made once. `page` shows it as HTML, `pdf` as PDF, `word` as a Word file. Texts are plain
and already in the reader's language; each printer makes them harmless in its own way.
"""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from core.language import translate


@dataclass(frozen=True)
class Heading:
    text: str
    new_page: bool = False


@dataclass(frozen=True)
class Paragraph:
    """kind: "" plain, "lead" the sentence to remember, "small" an aside, "code" as typed, lines kept."""

    text: str
    kind: str = ""


@dataclass(frozen=True)
class Bullets:
    items: tuple[str, ...]


@dataclass(frozen=True)
class Facts:
    """Questions and answers."""

    pairs: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Grid:
    """A table. The last `numbers` columns are numbers, the first names the row; `tall` leaves room to write by hand."""

    caption: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    numbers: int = 0
    tall: bool = False


@dataclass(frozen=True)
class Bars:
    """Pairs of bars, before and after: (name, share, share) from 0 to 1."""

    title: str
    rows: tuple[tuple[str, float, float], ...]
    legend: tuple[str, str]

    def said(self) -> str:
        """The picture in words, for who cannot see it."""
        return "; ".join(f"{n}: {percent(b)}, {percent(a)}" for n, b, a in self.rows)


@dataclass(frozen=True)
class Heat:
    """A square map of percentages of pairs of columns, lower half."""

    title: str
    names: tuple[str, ...]
    percent: tuple[tuple[float, ...], ...]

    def said(self) -> str:
        return "; ".join(f"{self.names[i]} + {self.names[j]}: {self.percent[i][j]:.1f}"
                         for i in range(len(self.names)) for j in range(i + 1))


Block = Heading | Paragraph | Bullets | Facts | Grid | Bars | Heat


@dataclass(frozen=True)
class Document:
    """A report: its title and its blocks, in the order they are read."""

    title: str
    blocks: tuple[Block, ...]


def words(template: str, **facts: object) -> str:
    """A sentence in the reader's language."""
    return translate(template, **facts)


def bullets(items: Iterable[str]) -> list[Block]:
    """The list, or nothing where there is nothing to list."""
    found = tuple(items)
    return [Bullets(found)] if found else []


def facts(pairs: Iterable[tuple[str, str]]) -> Facts:
    return Facts(tuple(pairs))


def grid(caption: str, header: Iterable[str], rows: Iterable[Sequence[str]], numbers: int = 0) -> Grid:
    return Grid(caption, tuple(header), tuple(tuple(row) for row in rows), numbers)


def harmless(raw: object) -> str:
    """Any text without control and direction marks: those are shown as a replacement character. Joiners stay."""
    return "".join(
        "\N{REPLACEMENT CHARACTER}"
        if unicodedata.category(c) in ("Cc", "Cf", "Cs", "Zl", "Zp") and c not in "\n\u200c\u200d" else c
        for c in str(raw)
    )


def short(name: str, most: int = 32) -> str:
    return name if len(name) <= most else name[: most - 1] + "…"


def percent(share: float) -> str:
    return f"{share:.1%}"


def figure(value: float) -> str:
    """A number with three significant digits, never rounded to a bare 0 and never as a power of ten.

    >>> figure(1234.5), figure(0.0058756), figure(0)
    ('1,234', '0.00588', '0')
    """
    if abs(value) >= 100:
        return f"{value:,.0f}"
    places = 3 - math.ceil(math.log10(abs(value))) if value else 0
    return f"{value:.{max(places, 0)}f}".rstrip("0").rstrip(".") if places > 0 else f"{value:.0f}"
