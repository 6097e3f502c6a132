"""The pictures of the risk page: each with a sentence first and the same numbers as a table below."""

from __future__ import annotations

from datetime import UTC, datetime

import streamlit as st

from core.language import translate as _
from core.release.risk_page import risk_page
from core.risk import pictures as data
from core.store import Project
from studio import charts, context, desk, figures, steps, words


def pair_map(project: Project) -> None:
    """Uniqueness of every pair of quasi-identifiers, single columns on the diagonal."""
    found = figures.pairs(project)
    st.header(_("Which combinations single people out?"), anchor=False)
    st.markdown(
        steps.plain(found.sentence)
        + " "
        + _("Each cell says how many rows in 100 are unique on two columns; on the diagonal, on one column alone.")
    )
    cells = [
        (b, a, float(found.percent[i, j])) for i, b in enumerate(found.keys) for j, a in enumerate(found.keys[: i + 1])
    ]
    charts.show(
        charts.heat_map(
            [{"x": a, "y": b, "share": p, "shown": per_hundred(p)} for b, a, p in cells],
            x="x",
            y="y",
            share="share",
            shown="shown",
            xs=found.keys,
            ys=found.keys,
            share_title=_("unique rows in 100"),
        ),
        key="pairs",
        says=found.sentence,
    )
    charts.as_table(
        (_("Column"), _("With"), _("Unique rows in 100")),
        [(b, "" if a == b else a, per_hundred(p)) for b, a, p in cells],
        numbers=(2,),
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
    found = figures.by_two(project, row, column, k)
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
        (r, c, int(found.at_risk[i, j]), int(found.of[i, j]))
        for i, r in enumerate(found.rows)
        for j, c in enumerate(found.columns)
        if found.of[i, j]
    ]
    shown = len(found.columns) <= 12
    charts.show(
        charts.heat_map(
            [
                {"x": c, "y": r, "share": 100 * n / of, "shown": f"{n:,}" if shown else "", "full": f"{n:,} of {of:,}"}
                for r, c, n, of in cells
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
        ),
        key="two",
        says=found.sentence,
    )
    charts.as_table(
        (row, column, _("Rows at risk"), _("Of rows")),
        [(r, c, f"{n:,}", f"{of:,}") for r, c, n, of in cells],
        numbers=(2, 3),
    )


def class_sizes(project: Project) -> None:
    """How many people stand in groups of each size."""
    risk = figures.before(project)
    bands = data.size_histogram(risk.fk)
    st.header(_("How large are the groups of people who look alike?"), anchor=False)
    says = _(
        "{share} people are alone or share their combination with just one other.",
        share=words.share(bands[0].rows + bands[1].rows, risk.rows).capitalize(),
    )
    st.markdown(says)
    rows = [{"label": band.label, "value": 100 * band.rows / risk.rows, "shown": f"{band.rows:,}"} for band in bands]
    charts.show(
        charts.bars(
            rows,
            label="label",
            value="value",
            shown="shown",
            title=_("rows in 100"),
            labels_title=_("size of the group"),
        ),
        key="sizes",
        says=says,
    )
    charts.as_table(
        (_("Size of the group"), _("Rows"), _("Groups")),
        [(b.label, f"{b.rows:,}", f"{b.classes:,}") for b in bands],
        numbers=(1, 2),
    )


def riskiest(project: Project) -> None:
    """Which few facts single people out: combinations with counts, and the columns behind them. Never whom."""
    st.header(_("Which few facts are enough?"), anchor=False)
    asked = f"small-{project.id}"
    if figures.is_large(project) and not context.value(asked):
        st.markdown(_("In a table of this size it takes a minute to find the combinations of up to three facts."))
        st.button(_("Find them"), key="find-small", on_click=lambda: context.set_value(asked, True))
        return
    with st.spinner(_("Looking for small combinations …")):
        found = figures.small_combinations(project)
    worst = data.riskiest_combinations(found, 10)
    if not worst:
        st.markdown(_("No combination of three facts or fewer singles anybody out."))
        return
    says = _(
        "Knowing {columns} is enough to single out {count}; nothing less would do for them.",
        columns=words.listed(worst[0].columns),
        count=words.count(worst[0].rows, "person", "people"),
    )
    st.markdown(steps.plain(says))
    shares = data.column_contributions(found)
    charts.show(
        charts.bars(
            [{"label": s.column, "value": s.percent, "shown": f"{s.percent:.0f}"} for s in shares],
            label="label",
            value="value",
            shown="shown",
            title=_("part in what singles people out, in 100"),
            labels_title="",
        ),
        key="columns",
        says=says,
    )
    charts.as_table(
        (_("Known together"), _("People singled out")),
        [(" + ".join(w.columns), f"{w.rows:,}") for w in worst],
        numbers=(1,),
    )


def individual(project: Project) -> None:
    """How many rows lie above a chosen individual risk."""
    risk = figures.before(project)
    end = figures.curve_end(risk)
    st.header(_("How likely is each person to be found?"), anchor=False)
    at = st.slider(
        _("Count people whose chance to be found is above"),
        0.0,
        float(end),
        end / 5,
        end / 100,
        format="%g%%",
        key=f"above-{end}",
    )
    above = data.rows_above(risk.individual_risk, at / 100)
    says = _(
        "{count} ({share}) have a chance of more than {at:g} in 100 to be found by someone who looks for them.",
        count=words.count(above, "person", "people"),
        share=words.share(above, risk.rows),
        at=at,
    )
    st.markdown(says)
    points = figures.curve(risk, end)
    charts.show(
        charts.curve(
            [{"x": t, "y": 100 * n / risk.rows} for t, n in points],
            x="x",
            y="y",
            x_title=_("chance to be found, in 100"),
            y_title=_("people above it, in 100"),
            at=at,
            top=end,
        ),
        key="curve",
        says=says,
    )
    if end < 100:
        st.caption(_("The axis ends at {end} in 100: nobody’s chance is higher.", end=end))
    charts.as_table(
        (_("Chance above, in 100"), _("People")), [(f"{t:.4g}", f"{n:,}") for t, n in points[::10]], numbers=(0, 1)
    )


def printable(project: Project) -> None:
    """The same for a file or a meeting: one page of its own, names of columns and counts only."""
    table, risk = desk.original(project), figures.before(project)
    page = context.keep(
        ("page", *figures.key(project)),
        lambda: risk_page(
            project.source_name, risk, datetime.now(UTC), table.digest(), figures.uniques_of_pairs(project)
        ),
    )
    st.download_button(
        _("Take the risk page (to print)"), page, "risk.html", "text/html", key="risk-page", on_click="ignore"
    )
