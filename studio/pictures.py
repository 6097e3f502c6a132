"""The pictures of the risk page: each with a sentence first and the same numbers as a table below."""

from __future__ import annotations

import streamlit as st

from core.language import translate as _
from core.store import Project
from studio import charts, desk, figures, steps, words


def heat_maps(project: Project) -> None:
    pair_map(project)


def pair_map(project: Project) -> None:
    """Uniqueness of every pair of quasi-identifiers, single columns on the diagonal."""
    found = figures.pairs(project)
    st.header(_("Which combinations single people out?"), anchor=False)
    worst, count = max(((s, n) for s, n in found.counts.items()), key=lambda one: one[1])
    says = _("{share} people are the only one with their {columns}.", share=words.share(count, found.rows).capitalize(),
             columns=_(" and ").join(worst))
    st.markdown(steps.plain(says) + " " + _("Each cell says how many rows in 100 are unique on the two columns; "
                                            "on the diagonal, on one column alone."))
    rows = [
        {"x": a, "y": b, "share": round(100 * found.share(a, b), 4), "shown": per_hundred(found.share(a, b))}
        for i, b in enumerate(found.keys) for a in found.keys[: i + 1]
    ]
    charts.show(
        charts.heat_map(rows, x="x", y="y", share="share", shown="shown", xs=found.keys, ys=found.keys,
                        share_title=_("unique rows in 100")),
        key="pairs", says=says,
    )
    charts.as_table(
        (_("Columns"), _("Unique rows"), _("In 100 rows")),
        [(" + ".join(s), f"{n:,}", per_hundred(n / found.rows)) for s, n in found.counts.items()], numbers=(1, 2),
    )
    left_out = len(desk.original(project).having("quasi_identifier")) - len(found.keys)
    if left_out > 0:
        st.caption(_("The picture shows the first {shown} columns; {left} more are counted in the sentences above.",
                     shown=len(found.keys), left=left_out))


def per_hundred(share: float) -> str:
    """A share as people read it in a cell: 0, <0.1, 0.4, 12, 100."""
    hundred = 100 * share
    if hundred == 0:
        return "0"
    if hundred < 0.1:
        return "<0.1"
    if hundred < 10:
        return f"{hundred:.1f}"
    return "100" if share == 1 else f"{min(hundred, 99.9):.0f}" if hundred < 99.5 else "99+"


def class_sizes(project: Project) -> None:
    del project


def riskiest(project: Project) -> None:
    del project


def printable(project: Project) -> None:
    del project
