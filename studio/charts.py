"""Data -> Altair chart. Nothing is counted here: rows come ready from core, and the same rows stand below as a table.

Domains are fixed (0 to 100), heights explicit, the number stands in the cell, and colour is never the only sign. The
scale runs from light to dark in lightness alone, so it reads the same for every kind of colour vision and in print.
"""

from __future__ import annotations

import html
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import altair as alt
import streamlit as st

from core.language import translate as _
from studio import context

Chart = alt.LayerChart | alt.FacetChart

SCALE = ("#f6efdf", "#ecd3a4", "#dfa862", "#c9762f", "#9c4a25", "#532019")
"""Six steps from light to dark at 0, 20, 40, 60, 80, 100."""

INK, BLACK, PAPER, MAIN, LINE = "#1b1b1b", "#000000", "#ffffff", "#1f8a85", "#c9762f"
LIGHT_INK = "#f0eee8"
DARK_FROM = 70
"""Above this share the number in a cell is written in white: contrast of at least 4.5 on both sides."""

PICK = "pick"
"""The name of the selection that a click on a cell makes."""

DIGIT = 0.58
"""A digit's width as a share of its height."""

LONG = 0.9
"""Bars longer than this share of the axis hold their number inside: behind them it would pass the edge."""

MOST_CELLS = 40
CELL_HEIGHT, LEAST_HEIGHT = 30, 60
"""Pixels. A chart's height holds its legend and the names below it too."""


def heat_map(
    rows: Sequence[Mapping[str, Any]],
    *,
    x: str,
    y: str,
    share: str,
    shown: str,
    full: str = "",
    xs: Sequence[str],
    ys: Sequence[str],
    x_title: str = "",
    y_title: str = "",
    share_title: str,
    pick: Sequence[str] = (),
) -> Chart:
    """A heat map with the number in each cell.

    rows    one per cell: `x` and `y` (texts), `share` (0 to 100, the colour), `shown` (the text in the cell),
            `full` (what pointing at the cell says, where that is more)
    xs, ys  the order of the axes, at most 40 each
    pick    the fields of a row by which a clicked cell is known; empty: nothing happens on a click
    """
    if len(xs) > MOST_CELLS or len(ys) > MOST_CELLS:
        raise ValueError("a heat map has at most 40 x 40 cells")
    base = alt.Chart(alt.Data(values=[dict(r) for r in rows])).encode(
        x=alt.X(f"{x}:N", sort=list(xs), title=x_title or None, axis=_axis(_angle(xs), "bottom")),
        y=alt.Y(f"{y}:N", sort=list(ys), title=y_title or None, axis=_axis(0, "left")),
        tooltip=[
            alt.Tooltip(f"{y}:N", title=y_title or " "),
            alt.Tooltip(f"{x}:N", title=x_title or " "),
            alt.Tooltip(f"{full or shown}:N", title=share_title),
        ],
    )
    colour = alt.Color(
        f"{share}:Q",
        title=share_title,
        scale=alt.Scale(domain=[0, 100], range=list(SCALE)),
        legend=alt.Legend(orient="top", gradientLength=220, titleLimit=400),
    )
    cells = base.mark_rect(stroke="#8a8778", strokeWidth=0.4).encode(color=colour)
    if pick:
        picked = alt.selection_point(name=PICK, fields=list(pick), empty=False)
        ring = alt.condition(picked, alt.value(_ink()), alt.value("#8a8778"))
        thick = alt.condition(picked, alt.value(3), alt.value(0.4))
        cells = base.mark_rect(cursor="pointer").encode(color=colour, stroke=ring, strokeWidth=thick)
        cells = cells.add_params(picked)
    size = 12 if len(xs) <= 12 else 10
    words = base.mark_text(fontSize=size, opacity=_where_it_fits(rows, shown, len(xs), size)).encode(
        text=f"{shown}:N",
        color=alt.condition(alt.datum[share] > DARK_FROM, alt.value(PAPER), alt.value(BLACK)),
    )
    return alt.layer(cells, words).properties(height=LEAST_HEIGHT + 120 + CELL_HEIGHT * len(ys))


def _where_it_fits(rows: Sequence[Mapping[str, Any]], shown: str, across: int, size: int) -> alt.ExprRef:
    """Full or none, by the width the page gives: numbers wider than their cells would run into one another.

    On a phone colours are left then; pointing at a cell and the table below say the numbers.
    """
    longest = max((len(str(row[shown])) for row in rows), default=1)
    return alt.ExprRef(expr=f"width / {max(1, across)} < {longest * size * DIGIT + 2:.0f} ? 0 : 1")


def bars(
    rows: Sequence[Mapping[str, Any]],
    *,
    label: str,
    value: str,
    shown: str,
    title: str,
    top: float = 100,
    labels_title: str = "",
    label_limit: int = 150,
    which: str = "",
) -> Chart:
    """Lying bars from 0 to `top`, each with its number behind it.

    which        a field that tells two sorts of bars apart; they differ in colour, and a legend names them
    label_limit  pixels a label may take
    """
    base = alt.Chart(alt.Data(values=[dict(r) for r in rows])).encode(
        y=alt.Y(f"{label}:N", sort=None, title=labels_title or None, axis=_axis(0, "left", label_limit)),
        x=alt.X(f"{value}:Q", title=title, scale=alt.Scale(domain=[0, top]), axis=alt.Axis(tickCount=5)),
        tooltip=[alt.Tooltip(f"{label}:N", title=labels_title or " "), alt.Tooltip(f"{shown}:N", title=title)],
    )
    drawn = base.mark_bar(color=MAIN, size=18)
    names = list(dict.fromkeys(str(r[which]) for r in rows)) if which else []
    if names:
        colours = alt.Scale(domain=names, range=[LINE, MAIN] if len(names) > 1 else [MAIN])
        legend = alt.Legend(orient="top", labelLimit=400, columns=1)  # side by side they pass the edge of a phone
        drawn = drawn.encode(color=alt.Color(f"{which}:N", sort=names, title=None, scale=colours, legend=legend))
    words = _numbers(base, value, shown, top, 12)
    return alt.layer(drawn, *words).properties(
        height=LEAST_HEIGHT + 30 * len(rows) + (30 + 18 * (len(names) - 1) if names else 0)
    )


def _numbers(base: alt.Chart, value: str, shown: str, top: float, size: int) -> tuple[alt.Chart, alt.Chart]:
    """The number of each bar: behind it, or inside where the bar reaches nearly to the edge."""
    long = f"datum[{value!r}] > {LONG * top}"
    behind = base.transform_filter(f"!({long})").mark_text(align="left", dx=5, fontSize=size, color=_ink())
    inside = base.transform_filter(long).mark_text(align="right", dx=-5, fontSize=size, color=BLACK)
    return behind.encode(text=f"{shown}:N"), inside.encode(text=f"{shown}:N")


def pairs_of_bars(
    rows: Sequence[Mapping[str, Any]],
    *,
    label: str,
    which: str,
    value: str,
    shown: str,
    title: str,
    top: float = 100,
    labels_title: str = "",
) -> Chart:
    """Two bars for each label, as before and after; they differ in colour, place and name."""
    names = list(dict.fromkeys(str(r[which]) for r in rows))
    base = alt.Chart(alt.Data(values=[dict(r) for r in rows])).encode(
        y=alt.Y(f"{label}:N", sort=None, title=labels_title or None, axis=_axis(0, "left")),
        yOffset=alt.YOffset(f"{which}:N", sort=names),
        x=alt.X(f"{value}:Q", title=title, scale=alt.Scale(domain=[0, top]), axis=alt.Axis(tickCount=5)),
        tooltip=[
            alt.Tooltip(f"{label}:N", title=" "),
            alt.Tooltip(f"{which}:N", title=" "),
            alt.Tooltip(f"{shown}:N", title=title),
        ],
    )
    colour = alt.Color(
        f"{which}:N",
        sort=names,
        title=None,
        scale=alt.Scale(domain=names, range=[LINE, MAIN]),
        legend=alt.Legend(orient="top", labelLimit=400, columns=1),
    )
    labels = len({r[label] for r in rows})
    words = _numbers(base, value, shown, top, 11)
    return alt.layer(base.mark_bar().encode(color=colour), *words).properties(
        height=LEAST_HEIGHT + 40 + 18 * (len(names) - 1) + 46 * labels
    )


def curve(
    rows: Sequence[Mapping[str, Any]],
    *,
    x: str,
    y: str,
    x_title: str,
    y_title: str,
    at: float | None = None,
    top: float = 100,
) -> Chart:
    """A step line over 0 to `top`, with a mark at the chosen threshold."""
    line = (
        alt.Chart(alt.Data(values=[dict(r) for r in rows]))
        .mark_line(interpolate="step-after", color=MAIN, strokeWidth=2.5)
        .encode(
            x=alt.X(f"{x}:Q", title=x_title, scale=alt.Scale(domain=[0, top]), axis=alt.Axis(tickCount=5)),
            y=alt.Y(f"{y}:Q", title=y_title, scale=alt.Scale(domain=[0, 100]), axis=alt.Axis(tickCount=5)),
            tooltip=[
                alt.Tooltip(f"{x}:Q", title=x_title, format=".3g"),
                alt.Tooltip(f"{y}:Q", title=y_title, format=".3g"),
            ],
        )
    )
    layers: list[alt.Chart] = [line]
    if at is not None:
        layers.append(
            alt.Chart(alt.Data(values=[{"at": at}]))
            .mark_rule(color=LINE, strokeDash=[5, 4], strokeWidth=2)
            .encode(x="at:Q")
        )
    return alt.layer(*layers).properties(height=260)


def trade(
    rows: Sequence[Mapping[str, Any]],
    *,
    x: str,
    y: str,
    name: str,
    number: str,
    x_title: str,
    y_title: str,
    pick: Sequence[str] = (),
    edge: str = "",
) -> Chart:
    """What each way costs against what it leaves open: a numbered point where `number` is a text, else a small ring.

    Both axes begin at 0 and end at the next round figure, at most 100.

    pick    columns of `rows` that a click on a point hands back (`show` with `on_pick`); none: not clickable
    edge    a column that is true where no other point is better in both; these points are joined by a dashed line
    """
    data = alt.Data(values=[dict(r) for r in rows])
    named, other = f"datum[{number!r}] !== ''", f"datum[{number!r}] === ''"
    base = alt.Chart(data).encode(
        x=alt.X(f"{x}:Q", title=x_title, scale=_to_round(r[x] for r in rows), axis=alt.Axis(tickCount=5)),
        y=alt.Y(f"{y}:Q", title=y_title, scale=_to_round(r[y] for r in rows), axis=alt.Axis(tickCount=5)),
        tooltip=[
            alt.Tooltip(f"{name}:N", title=" "),
            alt.Tooltip(f"{x}:Q", title=x_title, format=".3g"),
            alt.Tooltip(f"{y}:Q", title=y_title, format=".3g"),
        ],
    )
    rings = base.transform_filter(other).mark_point(size=40, color=LINE, filled=False, strokeWidth=1.2)
    points = base.transform_filter(named).mark_point(size=330, color="#0b6f6a", filled=True, opacity=1)
    numbers = base.transform_filter(named).mark_text(color=PAPER, fontSize=12, fontWeight="bold")
    layers = [points, numbers.encode(text=f"{number}:N")]
    if edge and sum(bool(r[edge]) for r in rows) > 1:
        front = base.transform_filter(f"datum[{edge!r}]").mark_line(color=LINE, strokeDash=[5, 4], strokeWidth=1.5)
        layers.insert(0, front.encode(order=f"{x}:Q"))
    if not all(r[number] for r in rows):  # a layer without marks is an image without a name
        layers.insert(0, rings)
    if pick:  # above all others, so that a click on a number is a click on its point
        picked = alt.selection_point(name=PICK, fields=list(pick), empty=False)
        ring = alt.condition(picked, alt.value(_ink()), alt.value("transparent"))
        top = base.mark_point(size=460, filled=False, fill="transparent", strokeWidth=3, cursor="pointer", aria=False)
        layers.append(top.encode(stroke=ring).add_params(picked))
    return alt.layer(*layers).properties(height=340)


def _to_round(values: Iterable[float]) -> alt.Scale:
    """From 0 to the first of 1, 2, 5, 10, 20, 50, 100 that leaves a little room."""
    most = 1.04 * max(values, default=0.0)
    return alt.Scale(domain=[0, next((end for end in (1, 2, 5, 10, 20, 50, 100) if end >= most), 100)])


def show(chart: Chart, key: str, says: str, on_pick: Callable[[], None] | None = None) -> None:
    """Draws a chart; `says` is the sentence a person who cannot see it is told.

    on_pick  called when a mark of a chart with `pick` is clicked; `context.picked(key)` then says which
    """
    drawn = dressed(chart, _ink(), "#3a4447" if context.is_dark() else "#dcd9cf")
    if on_pick:
        st.altair_chart(drawn, key=key, width="stretch", alt=says, on_select=on_pick, selection_mode=PICK)
    else:
        st.altair_chart(drawn, key=key, width="stretch", alt=says)


def dressed(chart: Chart, ink: str, faint: str) -> Chart:
    """The chart with letters in `ink` and lines in `faint`."""
    return chart.configure_axis(
        labelColor=ink,
        titleColor=ink,
        gridColor=faint,
        labelFontSize=12.5,
        titleFontSize=13,
        titleFontWeight="normal",
    ).configure_legend(labelColor=ink, titleColor=ink, labelFontSize=12.5, titleFontSize=13, titleFontWeight="normal")


def sheet(
    headings: Sequence[str], rows: Iterable[Sequence[object]], numbers: Iterable[int] = (), caption: str = "",
    stacked: bool = False,
) -> str:  # fmt: skip
    """An HTML table; the columns in `numbers` stand to the right. Everything in it is escaped.

    stacked   on a narrow screen each row is shown as a card, heading beside cell, so that nothing is out of sight
    """
    right = set(numbers)
    mark = [f'data-of="{html.escape(str(h))}"' + (' class="n"' if i in right else "") for i, h in enumerate(headings)]
    head = "".join(f'<th scope="col" {m}>{html.escape(str(h))}</th>' for h, m in zip(headings, mark, strict=True))
    body = "".join(
        "<tr>"
        + "".join(
            f"<{'th scope=row' if i == 0 else 'td'} {m}>{html.escape(str(c))}</{'th' if i == 0 else 'td'}>"
            for i, (c, m) in enumerate(zip(row, mark, strict=True))
        )
        + "</tr>"
        for row in rows
    )
    title = f"<caption class='hear'>{html.escape(caption)}</caption>" if caption else ""
    return (
        f'<div class="scroll" tabindex="0" role="group" aria-label="{html.escape(caption or headings[0])}">'
        f'<table class="sheet{" stacked" if stacked else ""}">{title}'
        f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>"
    )


def as_table(headings: Sequence[str], rows: Iterable[Sequence[object]], numbers: Iterable[int] = ()) -> None:
    """The same numbers as a table, folded away below the chart."""
    with st.expander(_("The same numbers as a table")):
        st.html(sheet(headings, rows, numbers))


def _ink() -> str:
    return LIGHT_INK if context.is_dark() else INK


def _angle(names: Sequence[str]) -> int:
    """Names along the bottom stand straight where they have room, on a phone too."""
    return -40 if len(names) * max((len(n) for n in names), default=0) > 40 else 0


def _axis(angle: int, orient: Any, limit: int = 150) -> alt.Axis:
    return alt.Axis(labelAngle=angle, labelLimit=limit, domain=False, ticks=False, orient=orient, labelOverlap=False)
