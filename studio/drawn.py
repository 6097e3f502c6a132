"""A picture with what belongs under it: the same numbers as a table, and the picture to take along as PNG or SVG.

The picture to take along is drawn on this machine (vl-convert, with the fonts it brings): nothing is asked of the net.
It is always dark on white, with its sentence as the title, so that it can stand in a report by itself.
"""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import streamlit as st

from core.language import translate as _
from studio import charts

WIDTH, TITLE_LETTERS = 720, 88
"""Pixels, and letters to a line of the title."""

SHARPNESS = 2.0
"""Dots of the PNG to each pixel."""


def show(
    chart: charts.Chart,
    key: str,
    says: str,
    headings: Sequence[str],
    rows: Iterable[Sequence[object]],
    numbers: Iterable[int] = (),
    name: str = "",
    on_pick: Callable[[], None] | None = None,
) -> None:
    """The chart, and below it, folded away, its numbers and two buttons.

    key   of the widget on the page; name: of the file to take along (letters and dashes), the key if empty
    says  the sentence that says what the picture shows
    """
    charts.show(chart, key, says, on_pick)
    name = name or key
    with st.expander(_("The same numbers as a table, and the picture to take along")):
        st.html(charts.sheet(headings, rows, numbers, caption=says))
        with st.container(horizontal=True):
            for kind, make, mime in (("PNG", as_png, "image/png"), ("SVG", as_svg, "image/svg+xml")):
                st.download_button(
                    _("Take the picture ({kind})", kind=kind),
                    _maker(make, chart, says),
                    f"{name}.{kind.lower()}",
                    mime,
                    key=f"{name}-{kind.lower()}",
                    on_click="ignore",
                )


def as_png(chart: charts.Chart, says: str) -> bytes:
    """The chart as a PNG file."""
    import vl_convert

    return bytes(vl_convert.vegalite_to_png(_by_itself(chart, says), vl_version=_version(), scale=SHARPNESS))


def as_svg(chart: charts.Chart, says: str) -> bytes:
    """The chart as an SVG file."""
    import vl_convert

    return str(vl_convert.vegalite_to_svg(_by_itself(chart, says), vl_version=_version())).encode()


def _version() -> str:
    """The newest Vega-Lite that vl-convert can draw; Altair writes the same major version."""
    import vl_convert

    return str(vl_convert.get_vegalite_versions()[-1])


def _by_itself(chart: charts.Chart, says: str) -> dict[str, Any]:
    spec = charts.dressed(chart, charts.INK, "#dcd9cf").to_dict()
    title = {"text": textwrap.wrap(says, TITLE_LETTERS), "anchor": "start", "fontSize": 15, "fontWeight": "normal",
             "offset": 14, "color": charts.INK}
    return {**_on_white(spec), "width": WIDTH, "background": charts.PAPER, "padding": 18, "title": title}


def _on_white(part: Any) -> Any:
    """The same where letters drawn for the dark theme are dark again."""
    if isinstance(part, dict):
        return {k: v if k in ("data", "datasets") else charts.INK if v == charts.LIGHT_INK else _on_white(v)
                for k, v in part.items()}
    return [_on_white(p) for p in part] if isinstance(part, list) else part


def _maker(make: Callable[[charts.Chart, str], bytes], chart: charts.Chart, says: str) -> Callable[[], bytes]:
    """Draws the picture when the button is pressed, not before."""
    return lambda: make(chart, says)
