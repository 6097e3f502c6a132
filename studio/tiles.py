"""Pictures of private answers for a page without scripts: bars, a trend or a crosstab, as plain HTML and SVG.

Everything that comes from an answer is escaped. Numbers stand beside the marks, so that colour is never the only sign.
"""

from __future__ import annotations

import html
import re
from collections.abc import Mapping, Sequence
from typing import Any

from core.language import translate as _

STYLE = """
.tiles{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,30rem),1fr));gap:1rem}
.tile{border:1px solid color-mix(in srgb,currentColor 35%,transparent);border-radius:6px;padding:.9rem 1.1rem;
min-width:0}.tile h2{font-size:1.15rem;margin:.1rem 0 .6rem;line-height:1.3}.one{font-size:1.9rem;margin:.4rem 0}
.one small{font-size:1rem;display:block}svg{width:100%;height:auto;display:block}svg text{fill:currentColor;
font:13px system-ui,sans-serif}details{margin-top:.6rem}summary{cursor:pointer}table{border-collapse:collapse;
width:100%;font-size:.92rem;font-variant-numeric:tabular-nums}th,td{padding:.3rem .6rem .3rem 0;text-align:left;
border-bottom:1px solid color-mix(in srgb,currentColor 25%,transparent);font-weight:400}thead th{font-weight:600}
.n{text-align:right}.scroll{overflow-x:auto}.cross td{text-align:right;padding-left:.6rem;color:#000}
.cross td.none{color:inherit}
"""
_PERIOD = re.compile(r"[0-9]{4}(-Q[1-4]|-[0-9]{2})?")
_BAR, _LINE = "#1f8a85", "#c9762f"
_WIDTH = 420
_MOST = 40

Line = Mapping[str, Any]


def tile(heading: str, answer: Mapping[str, Any]) -> str:
    """One answer under its heading: picture, notes, and the numbers folded away."""
    notes = "".join(f"<p>{html.escape(str(n))}</p>" for n in answer["notes"])
    if answer["withheld"]:
        notes += "<p>" + html.escape(_("{count} groups are withheld: too few people for an answer that says anything.",
                                       count=answer["withheld"])) + "</p>"
    numbers = f"<details><summary>{html.escape(_('The same numbers as a table'))}</summary>{table(answer)}</details>"
    return f'<section class="tile"><h2>{html.escape(heading)}</h2>{picture(answer)}{notes}{numbers}</section>'


def picture(answer: Mapping[str, Any]) -> str:
    by, name = list(answer["by"]), answer["estimates"][0]
    lines = [line for line in answer["lines"] if line[name] is not None]
    if not lines:
        return f"<p>{html.escape(_('Nothing can be said.'))}</p>"
    if not by:
        return (f'<p class="one">{figure(lines[0][name])}<small>{html.escape(name.replace("_", " "))}'
                f"{html.escape(_between(lines[0], name))}</small></p>")
    if by[-1] == "term":  # an intercept and slopes are in different units: no common picture
        return table({**answer, "lines": lines})
    axes = [list(dict.fromkeys(str(line[b]) for line in answer["lines"])) for b in by]
    if len(by) == 2 and all(1 < len(a) <= 12 for a in axes[1:]) and len(axes[0]) <= _MOST:
        return _crosstab(lines, by, axes, name)
    if len(by) == 1 and len(axes[0]) > 1 and all(_PERIOD.fullmatch(label) for label in axes[0]):
        return _trend(lines, by[0], name)
    return _bars(lines[:_MOST], by, name)


def _bars(lines: Sequence[Line], by: Sequence[str], name: str) -> str:
    """Lying bars from zero, a thin line for each interval, the number behind."""
    low = min(0.0, *(_end(line, name, "_low") for line in lines))
    high = max(0.0, *(_end(line, name, "_high") for line in lines)) or 1.0
    left, right = 125, _WIDTH - 70
    scale = (right - left) / (high - low)

    def x(value: float) -> float:
        return left + (value - low) * scale

    drawn = []
    for i, line in enumerate(lines):
        y, value = 8 + 28 * i, float(line[name])
        a, b = sorted((x(0), x(value)))
        label = ", ".join(str(line[b_]) for b_ in by)
        drawn.append(
            f'<text x="{left - 8}" y="{y + 14}" text-anchor="end">{html.escape(_short(label, 17))}</text>'
            f'<rect x="{a:.1f}" y="{y}" width="{max(b - a, 1):.1f}" height="18" fill="{_BAR}"/>'
            f'<path d="M{x(_end(line, name, "_low")):.1f} {y + 9}H{x(_end(line, name, "_high")):.1f}" '
            f'stroke="{_LINE}" stroke-width="2.5"/>'
            f'<text x="{x(max(_end(line, name, "_high"), value, 0)) + 6:.1f}" y="{y + 14}">{figure(value)}</text>')
    return _svg(16 + 28 * len(lines), _("A bar for each group, with its interval: {name} by {by}.",
                                        name=name.replace("_", " "), by=", ".join(by)), "".join(drawn))


def _trend(lines: Sequence[Line], by: str, name: str) -> str:
    """A line through time with a band for its interval."""
    high = max(0.0, *(_end(line, name, "_high") for line in lines)) or 1.0
    low = min(0.0, *(_end(line, name, "_low") for line in lines))
    step = (_WIDTH - 90) / max(len(lines) - 1, 1)

    def at(i: int, value: float) -> str:
        return f"{60 + i * step:.1f} {210 - (value - low) / (high - low) * 190:.1f}"

    up = "L".join(at(i, _end(line, name, "_high")) for i, line in enumerate(lines))
    down = "L".join(at(i, _end(lines[i], name, "_low")) for i in reversed(range(len(lines))))
    middle = "L".join(at(i, float(line[name])) for i, line in enumerate(lines))
    every = max(-(-len(lines) // 5), 1)
    labels = "".join(f'<text x="{60 + i * step:.1f}" y="232" text-anchor="middle">{html.escape(str(line[by]))}</text>'
                     for i, line in enumerate(lines) if i % every == 0)
    marks = "".join(f'<text x="52" y="{214 - (value - low) / (high - low) * 190:.1f}" text-anchor="end">'
                    f"{figure(value)}</text>" for value in sorted({low, 0.0, high}))
    return _svg(240, _("A line through time, with its interval: {name} by {by}.", name=name.replace("_", " "), by=by),
                f'<path d="M{up}L{down}Z" fill="{_BAR}" opacity=".22"/><path d="M{middle}" fill="none" '
                f'stroke="{_BAR}" stroke-width="2.5"/>{marks}{labels}')


def _crosstab(lines: Sequence[Line], by: Sequence[str], axes: Sequence[Sequence[str]], name: str) -> str:
    """Two groupings as a table: the darker, the larger."""
    cells = {(str(line[by[0]]), str(line[by[1]])): float(line[name]) for line in lines}
    most = max(max(cells.values()), 1e-12)
    head = "".join(f'<th scope="col" class="n">{html.escape(a)}</th>' for a in axes[1])
    body = ""
    for row in axes[0]:
        body += f'<tr><th scope="row">{html.escape(row)}</th>'
        for column in axes[1]:
            value = cells.get((row, column))
            if value is None:
                body += '<td class="none">–</td>'
            else:
                share = 100 * min(max(value / most, 0.0), 1.0)
                body += f'<td style="background:color-mix(in srgb,#dfa862 {share:.0f}%,#fdf9f0)">{figure(value)}</td>'
        body += "</tr>"
    title = html.escape(f"{name.replace('_', ' ')}: {by[0]}, {by[1]}")
    return (f'<div class="scroll"><table class="cross"><caption>{title}</caption><thead><tr><td></td>{head}</tr>'
            f"</thead><tbody>{body}</tbody></table></div>")


def table(answer: Mapping[str, Any]) -> str:
    """Every number with the ends of its interval."""
    head = "".join(f'<th scope="col">{html.escape(str(b))}</th>' for b in answer["by"])
    for name in answer["estimates"]:
        head += "".join(f'<th scope="col" class="n">{html.escape(h)}</th>'
                        for h in (name.replace("_", " "), _("from"), _("to")))
    body = ""
    for line in answer["lines"]:
        body += "<tr>" + "".join(f'<th scope="row">{html.escape(str(line[b]))}</th>' for b in answer["by"])
        for name in answer["estimates"]:
            body += "".join(f'<td class="n">{figure(line[name + end])}</td>' for end in ("", "_low", "_high"))
        body += "</tr>"
    return f'<div class="scroll"><table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>'


def figure(number: float | None) -> str:
    if number is None:
        return "–"
    return f"{number:,.0f}" if abs(number) >= 100 else f"{number:,.3g}"


def _between(line: Line, name: str) -> str:
    low, high = line[name + "_low"], line[name + "_high"]
    if low is None or high is None:
        return ""
    return ", " + _("between {low} and {high}", low=figure(low), high=figure(high))


def _end(line: Line, name: str, end: str) -> float:
    return float(line[name] if line[name + end] is None else line[name + end])


def _short(text: str, longest: int) -> str:
    return text if len(text) <= longest else text[: longest - 1] + "…"


def _svg(height: int, says: str, inside: str) -> str:
    return f'<svg viewBox="0 0 {_WIDTH} {height}" role="img" aria-label="{html.escape(says)}">{inside}</svg>'
