"""The pictures of a report as SVG: drawn by hand, so that a report needs no script and no other program."""

from __future__ import annotations

import html
from functools import singledispatch
from pathlib import Path

from core.release.blocks import Bars, Heat, harmless, percent, short

FONTS = Path(__file__).parent / "fonts"
NAMESPACE = ' xmlns="http://www.w3.org/2000/svg"'
"""What makes a picture a file of its own; inside a page it is left out, so that no page holds an address."""

BEFORE, AFTER = "#767676", "#00518a"


@singledispatch
def svg(picture: object) -> str:
    """The picture as an SVG text, with its description as title. Names are escaped here."""
    raise TypeError(f"{type(picture).__name__} is no picture")


@svg.register
def _(picture: Bars) -> str:
    high, left, full = 44, 250, 330
    parts = []
    for i, (name, before, after) in enumerate(picture.rows):
        y = 30 + i * high
        parts.append(f'<text x="0" y="{y + 22}" font-size="13">{escaped(short(name))}</text>')
        for value, offset, fill in ((before, 4, BEFORE), (after, 20, AFTER)):
            width = max(0.0, min(value, 1.0)) * full
            parts.append(f'<rect x="{left}" y="{y + offset}" width="{width:.1f}" height="13" fill="{fill}"/>'
                         f'<text x="{left + width + 5:.1f}" y="{y + offset + 11}" font-size="11">'
                         f"{percent(value)}</text>")
    first, second = (escaped(word) for word in picture.legend)
    key = (f'<rect x="{left}" y="6" width="12" height="12" fill="{BEFORE}"/>'
           f'<text x="{left + 17}" y="17" font-size="12">{first}</text>'
           f'<rect x="{left + 110}" y="6" width="12" height="12" fill="{AFTER}"/>'
           f'<text x="{left + 127}" y="17" font-size="12">{second}</text>')
    return _drawn(picture, 660, 34 + high * len(picture.rows), key + "".join(parts))


@svg.register
def _(picture: Heat) -> str:
    left, side, names = 190, 44, picture.names
    parts = []
    for i, name in enumerate(names):
        y = 10 + i * side
        parts.append(f'<text x="{left - 8}" y="{y + 27}" font-size="12" text-anchor="end">'
                     f"{escaped(short(name, 24))}</text>")
        for j in range(i + 1):
            value = min(max(picture.percent[i][j], 0.0), 100.0)
            shade, ink = int(255 - 2.0 * value), "#fff" if value > 55 else "#1b1b1b"
            parts.append(f'<rect x="{left + j * side}" y="{y}" width="{side - 2}" height="{side - 2}" '
                         f'fill="rgb({shade},{min(255, shade + 20)},{min(255, shade + 45)})" stroke="#8a8a8a"/>'
                         f'<text x="{left + j * side + side / 2 - 1}" y="{y + 26}" font-size="11" text-anchor="middle" '
                         f'fill="{ink}">{value:.0f}</text>')
    base = 16 + len(names) * side
    for j, name in enumerate(names):
        x = left + j * side + side / 2
        parts.append(f'<text x="{x}" y="{base}" font-size="12" transform="rotate(45 {x} {base})">'
                     f"{escaped(short(name, 18))}</text>")
    return _drawn(picture, left + len(names) * side + 110, base + 120, "".join(parts))


def escaped(raw: object) -> str:
    return html.escape(harmless(raw))


def _drawn(picture: Bars | Heat, width: float, height: float, inner: str) -> str:
    label = escaped(f"{picture.title}. {picture.said()}")
    return (f'<svg{NAMESPACE} role="img" viewBox="0 0 {width:.0f} {height:.0f}" '
            f'width="{width:.0f}" height="{height:.0f}" font-family="Noto Sans, Noto Sans Devanagari, sans-serif">'
            f"<title>{label}</title>{inner}</svg>")
