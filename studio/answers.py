"""A private answer on the page: one figure, bars with their intervals, a trend, or a crosstab; and its table."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

import altair as alt
import streamlit as st

from core.language import translate as _
from studio import charts, steps

_PERIOD = re.compile(r"[0-9]{4}(-Q[1-4]|-[0-9]{2})?")

AT_ONCE = 25
"""Lines of a table that stands open below its picture."""

Line = Mapping[str, Any]


def show(answer: Mapping[str, Any], key: str) -> None:
    """The picture of the first number of an answer (`Answer.data()`), chosen by what it is grouped by."""
    by, name = list(answer["by"]), answer["estimates"][0]
    shown = [line for line in answer["lines"] if line[name] is not None]
    if not shown:
        st.markdown(_("The noise hides the answer. It takes more of the budget, or fewer groups."))
        return
    if not by:
        st.markdown(f"### {steps.plain(in_a_sentence(shown[0], name))}")
        return
    says = _("The answer for each group, with its interval.")
    if by[-1] == "term":  # an intercept and slopes are in different units: no common picture
        sheet({**answer, "lines": shown}, _("The answer"))
        return
    axes = [list(dict.fromkeys(str(line[b]) for line in answer["lines"])) for b in by]
    if len(by) == 2 and all(1 < len(a) <= charts.MOST_CELLS for a in axes):
        charts.show(crosstab(shown, by, axes, name), key, says)
    elif len(by) == 1 and len(axes[0]) > 1 and all(_PERIOD.fullmatch(label) for label in axes[0]):
        charts.show(trend(shown, by[0], name), key, says)
    else:
        charts.show(bars(shown[: charts.MOST_CELLS], by, name), key, says)
        if len(shown) > charts.MOST_CELLS:
            st.caption(_("The first {drawn} of {count} groups are drawn; the table has all of them.",
                         drawn=charts.MOST_CELLS, count=len(shown)))


def in_a_sentence(line: Line, name: str) -> str:
    """“mean: 1,234 (1,200 – 1,268)”."""
    return f"{name.replace('_', ' ')}: {with_interval(line, name)}"


def with_interval(line: Line, name: str) -> str:
    value, low, high = (line[name + end] for end in ("", "_low", "_high"))
    return figure(value) + (f" ({figure(low)} – {figure(high)})" if low is not None and high is not None else "")


def figure(number: float | None) -> str:
    if number is None or number != number:  # NaN: nothing is known
        return "–"
    return f"{number:,.0f}" if abs(number) >= 100 else f"{number:,.3g}"


def bars(lines: Sequence[Line], by: Sequence[str], name: str) -> charts.Chart:
    """Lying bars from zero, a thin line over each for its interval, and the number behind it; the ends on pointing."""
    rows = _rows(lines, by, name)
    low, high = _reach(rows)
    base = alt.Chart(alt.Data(values=rows)).encode(
        y=alt.Y("label:N", sort=None, title=", ".join(by), axis=alt.Axis(labelLimit=150, domain=False, ticks=False)))
    across: dict[str, Any] = {"title": name.replace("_", " "), "axis": alt.Axis(tickCount=5),
                              "scale": alt.Scale(domain=[low * 1.3, high * 1.25 or 1.0], nice=False)}
    point = [alt.Tooltip("label:N", title=", ".join(by)), alt.Tooltip("shown:N", title=name.replace("_", " "))]
    return alt.layer(
        base.mark_bar(color=charts.MAIN, size=18).encode(x=alt.X("value:Q", **across), tooltip=point),
        base.mark_rule(color=charts.LINE, strokeWidth=2).encode(x=alt.X("low:Q", **across), x2="high:Q"),
        base.mark_text(align="left", dx=6, fontSize=12, color=charts._ink()).encode(
            x=alt.X("end:Q", **across), text="short:N"),
    ).properties(height=charts.LEAST_HEIGHT + 30 * len(rows))


def trend(lines: Sequence[Line], by: str, name: str) -> charts.Chart:
    """A line through time with a band for its interval; a gap where a period is withheld."""
    rows = _rows(lines, [by], name)
    low, high = _reach(rows)
    base = alt.Chart(alt.Data(values=rows)).encode(
        x=alt.X("label:O", sort=[r["label"] for r in rows], title=by, axis=alt.Axis(labelAngle=-40, labelOverlap=True)))
    up: dict[str, Any] = {"title": name.replace("_", " "), "axis": alt.Axis(tickCount=5),
                          "scale": alt.Scale(domain=[low, high * 1.08 or 1.0], nice=False)}
    point = [alt.Tooltip("label:N", title=by), alt.Tooltip("shown:N", title=name.replace("_", " "))]
    return alt.layer(
        base.mark_area(color=charts.MAIN, opacity=0.22).encode(y=alt.Y("low:Q", **up), y2="high:Q"),
        base.mark_line(color=charts.MAIN, strokeWidth=2.5, point={"color": charts.MAIN, "size": 45}).encode(
            y=alt.Y("value:Q", **up), tooltip=point),
    ).properties(height=300)


def crosstab(lines: Sequence[Line], by: Sequence[str], axes: Sequence[Sequence[str]], name: str) -> Any:
    """Two groupings as a map: the darker, the larger; the number stands in the cell."""
    most = max(max(float(line[name]) for line in lines), 1e-12)
    return charts.heat_map(
        [{"x": str(line[by[1]]), "y": str(line[by[0]]), "share": 100 * max(float(line[name]), 0.0) / most,
          "shown": figure(line[name]), "full": with_interval(line, name)} for line in lines],
        x="x", y="y", share="share", shown="shown", full="full", xs=axes[1], ys=axes[0], x_title=by[1], y_title=by[0],
        share_title=_("{name}, of 100 of the largest", name=name.replace("_", " ")),
    )


def _rows(lines: Sequence[Line], by: Sequence[str], name: str) -> list[dict[str, Any]]:
    found = []
    for line in lines:
        value = float(line[name])
        low, high = (float(line[name + end]) if line[name + end] is not None else value for end in ("_low", "_high"))
        found.append({"label": ", ".join(str(line[b]) for b in by), "value": value, "low": low, "high": high,
                      "end": max(high, value, 0.0), "short": figure(value), "shown": with_interval(line, name)})
    return found


def _reach(rows: Sequence[Mapping[str, Any]]) -> tuple[float, float]:
    """From the lowest end (0 at most) to the highest (0 at least)."""
    return min(0.0, *(min(r["low"], r["value"]) for r in rows)), max(0.0, *(r["end"] for r in rows))


def table(answer: Mapping[str, Any]) -> tuple[list[str], list[list[str]]]:
    """Headings and rows of an answer as texts: two groupings of one number as a crosstab, all else line by line."""
    by, estimates = list(answer["by"]), list(answer["estimates"])
    ends = {"": "", "_low": _("from"), "_high": _("to")}
    parts = [(n, end) for n in estimates for end in ends]
    headings = [*by, *(f"{n.replace('_', ' ')} {ends[end]}".strip() for n, end in parts)]
    rows = [[*(str(line[b]) for b in by), *(figure(line[n + end]) for n, end in parts)] for line in answer["lines"]]
    return headings, rows


def told(answer: Mapping[str, Any]) -> list[Line]:
    """The lines that say a number at all."""
    return [line for line in answer["lines"] if any(line[name] is not None for name in answer["estimates"])]


def all_lines(answer: Mapping[str, Any], caption: str) -> None:
    """The numbers of every group that says one; a long table is folded away below its picture."""
    said = {**answer, "lines": told(answer)}
    if len(said["lines"]) <= AT_ONCE:
        sheet(said, caption)
        return
    with st.expander(_("The numbers of all {count} groups", count=len(said["lines"]))):
        sheet(said, caption)


def withheld(answer: Mapping[str, Any]) -> None:
    """How many groups are withheld, and their names folded away: they are public, and many of them say nothing."""
    if not answer["withheld"]:
        return
    st.markdown(_("{count} groups are withheld: too few people for an answer that says anything.",
                  count=answer["withheld"]))
    by, gone = list(answer["by"]), [line for line in answer["lines"] if line[answer["estimates"][0]] is None]
    if by and gone:
        with st.expander(_("Which groups are withheld?")):
            st.markdown(steps.plain("; ".join(", ".join(str(line[b]) for b in by) for line in gone)))


def sheet(answer: Mapping[str, Any], caption: str) -> None:
    headings, rows = table(answer)
    st.html(charts.sheet(headings, rows, numbers=range(len(answer["by"]), len(headings)), caption=caption))
