"""Explain a row: which combinations single it out, and what would hide it most cheaply. Its values stay covered.

Whoever asks to see the values of a row leaves an entry in the record; the row's number is in it, its values are not.
"""

from __future__ import annotations

import numpy as np
import streamlit as st

from core.language import translate as _
from core.risk.explain import MOST_KEYS, Explanation, explain
from core.store import Project
from core.table.column import Mask
from studio import charts, context, desk, figures, masking, steps, words

LISTED, MOST = 8, 5
"""Rows most at risk, and combinations and cures of one row, that are shown."""
COVERED = "•••"


def show(project: Project, only: Mask | None) -> None:
    """The rows most at risk, a choice of one, and why it stands out."""
    listed = riskiest(project, only)
    _list(project, listed)
    table = desk.original(project)
    number = st.number_input(
        _("Which row of the file?"), 1, table.rows, listed[0] + 1, key=f"row-{listed[0]}",
        help=_("Counted from 1, without the line of headings."),
    )
    with steps.problems_shown():
        keys, row, k = table.having("quasi_identifier")[:MOST_KEYS], int(number) - 1, desk.target(project).k
        alone = explain(table, row, keys, 2, most=MOST)
        _explained(project, alone if alone.combinations else None, explain(table, row, keys, k, most=MOST))


def riskiest(project: Project, only: Mask | None) -> list[int]:
    """Places of the rows most at risk, among those chosen: by their chance, then by the size of their group."""
    risk = figures.before(project)
    rows = np.arange(risk.rows) if only is None else np.flatnonzero(only)
    order = np.lexsort((rows, risk.fk[rows], -risk.individual_risk[rows]))[:LISTED]
    return [int(row) for row in rows[order]]


def _list(project: Project, rows: list[int]) -> None:
    risk = figures.before(project)
    st.markdown(_("These rows are most at risk. Only their numbers are shown, not what is in them."))
    headings = [_("Row"), _("People who look alike"), _("Chance to be found, in 100")]
    lines = [[f"{row + 1:,}", f"{risk.fk[row]:,}", f"{100 * risk.individual_risk[row]:.3g}"] for row in rows]
    if risk.household_risk is not None:
        headings.append(_("Someone of the household, in 100"))
        for line, row in zip(lines, rows, strict=True):
            line.append(f"{100 * risk.household_risk[row]:.3g}")
    st.html(charts.sheet(headings, lines, numbers=range(len(headings)), caption=_("Rows most at risk")))


def _explained(project: Project, alone: Explanation | None, cures: Explanation) -> None:
    """What singles the row out (`alone`), or else what few others share; and what would hide it among k rows."""
    why = alone or cures
    st.markdown(f"**{steps.plain(_sentence(why, cures))}**")
    _values(project, cures)
    if not why.combinations:
        return
    st.markdown(_("What singles it out, with nothing to spare") if alone else _("What it shares with few others"))
    st.html(charts.sheet(
        (_("Known together"), _("Rows that fit")),
        [(" + ".join(c.columns), f"{c.rows:,}") for c in why.combinations],
        numbers=(1,), caption=_("What makes the row stand out"),
    ))
    st.markdown(_("What would hide it among at least {k}, the cheapest first", k=cures.k))
    ways = [(_("Hide {columns}", columns=words.listed(h.columns)), f"{h.rows:,}") for h in cures.hidings]
    ways += [(_("Give {column} only to within {by:g}", column=w.column, by=w.by), f"{w.rows:,}")
             for w in cures.widenings]
    if ways:
        st.html(charts.sheet((_("What to do"), _("Rows that fit then")), ways, numbers=(1,),
                             caption=_("What would hide the row")))
    else:
        st.markdown(_("Nothing: the file has fewer rows than that."))


def _sentence(why: Explanation, cures: Explanation) -> str:
    row = f"{why.row + 1:,}"
    if not why.combinations:
        return _("Row {row} does not stand out: {fk} rows share all its values.", row=row, fk=f"{why.fk:,}")
    first = why.combinations[0]
    columns = words.listed(first.columns)
    if first.rows == 1:
        says = _("Row {row} is the only one with its {columns}.", row=row, columns=columns)
    else:
        says = _("Row {row} shares its {columns} with only {others}.", row=row, columns=columns,
                 others=words.count(first.rows - 1, "other row", "other rows"))
    if cures.hidings:
        cure = cures.hidings[0]
        says += " " + _("Without {columns}, {rows} would fit it.", columns=words.listed(cure.columns),
                        rows=words.count(cure.rows, "row", "rows"))
    return says


def _values(project: Project, found: Explanation) -> None:
    """The row's values on the columns someone could know: covered until asked for."""
    table, key = desk.original(project), f"uncovered-{project.id}"
    open_ = context.value(key) == found.row
    if open_:
        st.button(_("Cover the values again"), key="cover", on_click=lambda: context.set_value(key, None))
    else:
        st.button(
            _("Show the values of this row"), key="uncover",
            on_click=steps.guarded(lambda: _uncover(project, found.row)),
            help=_("What is known of a real person becomes visible on this screen. That you looked is recorded."),
        )
    known = table.having("quasi_identifier")
    cells = [_cell(project, name, found.row) if open_ else COVERED for name in known]
    st.html(charts.sheet(known, [cells], caption=_("Values of the row")))


def _cell(project: Project, name: str, row: int) -> str:
    column = desk.original(project)[name]
    code = int(column.codes[row])
    return _("(missing)") if code < 0 else masking.shortened(str(column.values[code].as_py()))


def _uncover(project: Project, row: int) -> None:
    context.store().note_event(
        context.who(), project.id, "row_shown", row=row + 1,
        columns=list(desk.original(project).having("quasi_identifier")),
    )
    context.set_value(f"uncovered-{project.id}", row)
