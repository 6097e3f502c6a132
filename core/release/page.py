"""One self-contained HTML page: no outside request, no script, light on paper, readable by a screen reader.

Everything that comes from a file (column names above all) is escaped here and nowhere else: `Markup` is text that has
been through this file, and only `Markup` is written as it is.
"""

from __future__ import annotations

import html
import math
import unicodedata
from collections.abc import Iterable, Sequence

from core.language import language, translate

_STYLE = """
:root { color-scheme: light; }
body { font: 16px/1.5 system-ui, "Noto Sans", "Noto Sans Devanagari", sans-serif; color: #1b1b1b; background: #fff;
  max-width: 50rem; margin: 0 auto; padding: 1.5rem; overflow-wrap: anywhere; }
h1 { font-size: 1.7rem; line-height: 1.2; } h2 { font-size: 1.25rem; margin-top: 2rem; break-after: avoid; }
table { border-collapse: collapse; width: 100%; margin: .75rem 0; font-size: .9rem; }
caption { text-align: left; font-weight: 600; padding-bottom: .25rem; }
th, td { border-bottom: 1px solid #8a8a8a; padding: .3rem .5rem .3rem 0; text-align: left; vertical-align: top; }
th, td { overflow-wrap: break-word; } th[scope=row] { min-width: 9rem; }
td.n, th.n { text-align: right; font-variant-numeric: tabular-nums; }
thead { display: table-header-group; } tr, svg, dl div { break-inside: avoid; }
dl div { display: grid; grid-template-columns: 13rem 1fr; gap: 1rem; padding: .25rem 0; border-bottom: 1px solid #ccc; }
dt { font-weight: 600; } dd { margin: 0; }
.lead { font-size: 1.1rem; } .small { font-size: .85rem; color: #444; } .wide { overflow-x: auto; }
svg { max-width: 100%; height: auto; } code { font-size: .85em; }
@media (max-width: 40rem) { dl div { grid-template-columns: 1fr; gap: 0; } }
@media print { body { max-width: none; padding: 0; font-size: 11pt; } @page { margin: 18mm; } }
"""


class Markup(str):
    """Text that is HTML already. Made only in this file and by joining what was made here."""

    __slots__ = ()


def text(raw: object) -> Markup:
    """Any text made harmless: escaped, and control and direction marks shown as a replacement character.

    >>> text("<b>")
    '&lt;b&gt;'
    """
    shown = "".join("\N{REPLACEMENT CHARACTER}" if unicodedata.category(c) in ("Cc", "Cf", "Cs", "Zl", "Zp") and
                    c not in "\N{ZERO WIDTH JOINER}\N{ZERO WIDTH NON-JOINER}" else c for c in str(raw))
    return Markup(html.escape(shown))


def joined(parts: Iterable[Markup]) -> Markup:
    return Markup("\n".join(_safe(p) for p in parts))


def _safe(part: object) -> Markup:
    """The part as it is if it is Markup, else escaped: forgetting to escape is not possible."""
    return part if isinstance(part, Markup) else text(part)


def words(template: str, **facts: object) -> Markup:
    """A sentence in the reader's language, escaped after its facts are filled in."""
    return text(translate(template, **facts))


def heading(level: int, raw: object) -> Markup:
    return Markup(f"<h{level}>{_safe(raw)}</h{level}>")


def paragraph(raw: object, kind: str = "") -> Markup:
    return Markup(f'<p class="{kind}">{_safe(raw)}</p>' if kind else f"<p>{_safe(raw)}</p>")


def bullets(items: Iterable[object]) -> Markup:
    found = "".join(f"<li>{_safe(i)}</li>" for i in items)
    return Markup(f"<ul>{found}</ul>") if found else Markup("")


def facts(pairs: Iterable[tuple[object, object]]) -> Markup:
    """A list of questions and answers."""
    rows = "".join(f"<div><dt>{_safe(q)}</dt><dd>{_safe(a)}</dd></div>" for q, a in pairs)
    return Markup(f"<dl>{rows}</dl>")


def table(caption: object, header: Sequence[object], rows: Iterable[Sequence[object]], numbers: int = 0) -> Markup:
    """A table; the last `numbers` columns are numbers, the first names the row."""
    first_number = len(header) - numbers

    def cells(row: Sequence[object], tag: str) -> str:
        out = []
        for i, cell in enumerate(row):
            kind = ' class="n"' if i >= first_number else ""
            if tag == "th":
                out.append(f'<th scope="col"{kind}>{_safe(cell)}</th>')
            else:
                out.append(f'<th scope="row">{_safe(cell)}</th>' if i == 0 else f"<td{kind}>{_safe(cell)}</td>")
        return f"<tr>{''.join(out)}</tr>"

    body = "".join(cells(row, "td") for row in rows)
    return Markup(f'<div class="wide" tabindex="0" role="region" aria-label="{_safe(caption)}"><table><caption>'
                  f"{_safe(caption)}</caption><thead>{cells(header, 'th')}</thead><tbody>{body}</tbody></table></div>")


def figure(value: float) -> str:
    """A number with three significant digits, never rounded to a bare 0 and never as a power of ten.

    >>> figure(1234.5), figure(0.0058756), figure(0)
    ('1,234', '0.00588', '0')
    """
    if abs(value) >= 100:
        return f"{value:,.0f}"
    places = 3 - math.ceil(math.log10(abs(value))) if value else 0
    return f"{value:.{max(places, 0)}f}".rstrip("0").rstrip(".") if places > 0 else f"{value:.0f}"


def bars(title: str, rows: Sequence[tuple[str, float, float]], legend: tuple[str, str], form: str = "{:.1%}") -> Markup:
    """Pairs of bars, before and after, shares from 0 to 1; the numbers stand beside them and in the description."""
    high, left, full = 44, 250, 330
    parts = []
    for i, (name, before, after) in enumerate(rows):
        y = 30 + i * high
        parts.append(f'<text x="0" y="{y + 22}" font-size="13">{text(_short(name))}</text>')
        for value, offset, fill in ((before, 4, "#767676"), (after, 20, "#00518a")):
            width = max(0.0, min(value, 1.0)) * full
            parts.append(f'<rect x="{left}" y="{y + offset}" width="{width:.1f}" height="13" fill="{fill}"/>'
                         f'<text x="{left + width + 5:.1f}" y="{y + offset + 11}" font-size="11">'
                         f"{text(form.format(value))}</text>")
    height = 34 + high * len(rows)
    key = (f'<rect x="{left}" y="6" width="12" height="12" fill="#767676"/><text x="{left + 17}" y="17" font-size="12">'
           f'{text(legend[0])}</text><rect x="{left + 110}" y="6" width="12" height="12" fill="#00518a"/>'
           f'<text x="{left + 127}" y="17" font-size="12">{text(legend[1])}</text>')
    said = "; ".join(f"{n}: {form.format(b)}, {form.format(a)}" for n, b, a in rows)
    return _svg(title, said, 660, height, key + "".join(parts))


def heat(title: str, names: Sequence[str], percent: Sequence[Sequence[float]]) -> Markup:
    """A square map of percentages, lower half, the number in each cell; dark is much."""
    left, side = 190, 44
    parts = []
    for i, name in enumerate(names):
        y = 10 + i * side
        parts.append(f'<text x="{left - 8}" y="{y + 27}" font-size="12" text-anchor="end">'
                     f"{text(_short(name, 24))}</text>")
        for j in range(i + 1):
            value = min(max(percent[i][j], 0.0), 100.0)
            shade, ink = int(255 - 2.0 * value), "#fff" if value > 55 else "#1b1b1b"
            parts.append(f'<rect x="{left + j * side}" y="{y}" width="{side - 2}" height="{side - 2}" '
                         f'fill="rgb({shade},{min(255, shade + 20)},{min(255, shade + 45)})" stroke="#8a8a8a"/>'
                         f'<text x="{left + j * side + side / 2 - 1}" y="{y + 26}" font-size="11" text-anchor="middle" '
                         f'fill="{ink}">{value:.0f}</text>')
    base = 16 + len(names) * side
    for j, name in enumerate(names):
        x = left + j * side + side / 2
        parts.append(f'<text x="{x}" y="{base}" font-size="12" transform="rotate(45 {x} {base})">'
                     f"{text(_short(name, 18))}</text>")
    said = "; ".join(f"{names[i]} + {names[j]}: {percent[i][j]:.1f}" for i in range(len(names)) for j in range(i + 1))
    return _svg(title, said, left + len(names) * side + 110, base + 120, "".join(parts))


def _svg(title: str, said: str, width: float, height: float, inner: str) -> Markup:
    label = text(f"{title}. {said}")
    return Markup(f'<div class="wide"><svg role="img" viewBox="0 0 {width:.0f} {height:.0f}" width="{width:.0f}" '
                  f'height="{height:.0f}" font-family="inherit"><title>{label}</title>{inner}</svg></div>')


def _short(name: str, most: int = 32) -> str:
    return name if len(name) <= most else name[: most - 1] + "…"


def document(title: str, parts: Iterable[Markup]) -> str:
    """The whole page. Its content policy forbids scripts and every request."""
    code = text(language.get())
    return (f'<!DOCTYPE html>\n<html lang="{code}"><head><meta charset="utf-8">\n'
            '<meta http-equiv="Content-Security-Policy" content="default-src \'none\'; style-src \'unsafe-inline\'">\n'
            '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
            '<meta name="referrer" content="no-referrer">\n'
            f"<title>{text(title)}</title>\n<style>{_STYLE}</style></head>\n<body><main>\n{heading(1, title)}\n"
            f"{joined(parts)}\n</main></body></html>\n")
