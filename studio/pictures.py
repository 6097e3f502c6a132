"""The pictures of the risk page: each with a sentence first and the same numbers as a table below."""

from __future__ import annotations

from contextvars import copy_context
from datetime import UTC, datetime

import streamlit as st

from core.language import language
from core.language import translate as _
from core.release.page import html
from core.release.pdf import pdf
from core.release.risk_page import risk_page
from core.store import Project
from studio import charts, context, desk, drawn, figures, focus, steps


def pair_map(project: Project) -> None:
    """Uniqueness of every pair of quasi-identifiers, single columns on the diagonal."""
    found = figures.pairs(project)
    st.header(_("Which combinations single people out?"), anchor=False)
    st.markdown(
        steps.plain(found.sentence)
        + " "
        + _("Each cell says how many rows in 100 are unique on two columns; on the diagonal, on one column alone.")
    )
    st.caption(_("A click on a cell shows on the rest of this page only the people behind it."))
    cells = [
        (i, j, b, a, float(found.percent[i, j]))
        for i, b in enumerate(found.keys)
        for j, a in enumerate(found.keys[: i + 1])
    ]
    key = focus.chart_key("pairs")
    drawn.show(
        charts.heat_map(
            [{"x": a, "y": b, "share": p, "shown": per_hundred(p), "i": i, "j": j} for i, j, b, a, p in cells],
            x="x",
            y="y",
            share="share",
            shown="shown",
            xs=found.keys,
            ys=found.keys,
            share_title=_("unique rows in 100"),
            pick=("i", "j"),
        ),
        key=key,
        says=found.sentence,
        headings=(_("Column"), _("With"), _("Unique rows in 100")),
        rows=[(b, "" if a == b else a, per_hundred(p)) for _i, _j, b, a, p in cells],
        numbers=(2,),
        name="pairs",
        on_pick=steps.guarded(lambda: focus.on_pair(context.project(), key)),
    )
    left_out = len(desk.original(project).having("quasi_identifier")) - len(found.keys)
    if left_out > 0:
        st.caption(
            _(
                "The picture shows the first {shown} columns; {left} more are counted in the sentences above.",
                shown=len(found.keys),
                left=left_out,
            )
        )


def per_hundred(percent: float) -> str:
    """A percentage as people read it in a cell: 0, <0.1, 0.4, 12, 100. Never 100 unless it is all, or 0 unless none."""
    if percent in (0, 100):
        return f"{percent:.0f}"
    if percent < 0.1:
        return "<0.1"
    if percent < 9.95:
        return f"{percent:.1f}"
    return f"{percent:.0f}" if percent < 99.5 else ">99"


def two_columns(project: Project) -> None:
    """Risk by two chosen columns: where the people at risk are."""
    risk, k = figures.before(project), desk.target(project).k
    if len(risk.keys) < 2:
        return
    st.header(_("Where are the people at risk?"), anchor=False)
    left, right = st.columns(2)
    first, second = figures.two_to_begin_with(project)
    row = left.selectbox(_("Down the side"), risk.keys, index=risk.keys.index(first), key="map-row")
    column = right.selectbox(_("Along the bottom"), risk.keys, index=risk.keys.index(second), key="map-column")
    if row == column:
        st.markdown(_("Choose two different columns."))
        return
    chosen = focus.now(project)
    only = None if chosen is None or chosen.places else chosen  # the cells of this map do not hide each other
    found = figures.by_two(project, row, column, k, focus.mask(project, only), only)
    if not found.of.any():
        st.markdown(_("Nobody is left to show."))
        return
    st.markdown(
        steps.plain(found.sentence)
        + " "
        + _(
            "At risk means: fewer than {k} people share the combination of all {count} columns someone could know.",
            k=k,
            count=len(risk.keys),
        )
    )
    cells = [
        (i, j, r, c, int(found.at_risk[i, j]), int(found.of[i, j]))
        for i, r in enumerate(found.rows)
        for j, c in enumerate(found.columns)
        if found.of[i, j]
    ]
    shown = len(found.columns) <= 12
    key = focus.chart_key(f"two-{row}-{column}")
    drawn.show(
        charts.heat_map(
            [
                {"x": c, "y": r, "share": 100 * n / of, "shown": f"{n:,}" if shown else "", "full": f"{n:,} of {of:,}",
                 "i": i, "j": j}
                for i, j, r, c, n, of in cells
            ],
            x="x",
            y="y",
            share="share",
            shown="shown",
            full="full",
            xs=found.columns,
            ys=found.rows,
            x_title=column,
            y_title=row,
            share_title=_("rows at risk in 100"),
            pick=("i", "j"),
        ),
        key=key,
        says=found.sentence,
        headings=(row, column, _("Rows at risk"), _("Of rows")),
        rows=[(r, c, f"{n:,}", f"{of:,}") for _i, _j, r, c, n, of in cells],
        numbers=(2, 3),
        name="two-columns",
        on_pick=steps.guarded(lambda: focus.on_cell(context.project(), key, found)),
    )


def printable(project: Project) -> None:
    """The same for a file or a meeting: a paper of its own, names of columns and counts only."""
    made, here = datetime.now(UTC), copy_context()  # printed when asked for, in the language of this page
    document = context.keep(
        ("page", language.get(), *figures.key(project)),
        lambda: risk_page(
            project.source_name,
            figures.before(project),
            made,
            desk.original(project).digest(),
            figures.uniques_of_pairs(project),
        ),
    )
    with st.container(horizontal=True):
        st.download_button(
            _("Take the risk page (PDF)"),
            lambda: here.run(pdf, document, made),
            "risk.pdf",
            "application/pdf",
            key="risk-page",
            on_click="ignore",
        )
        st.download_button(
            _("Take the risk page (to print)"),
            lambda: here.run(html, document).encode(),
            "risk.html",
            "text/html",
            key="risk-page-html",
            on_click="ignore",
        )
