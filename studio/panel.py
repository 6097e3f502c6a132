"""Before and after, always visible together: risk, rows changed, cells suppressed and what is still as it was."""

from __future__ import annotations

import html

import streamlit as st

from core.language import translate as _
from core.store import Project
from studio import desk, figures, words


def show(project: Project) -> None:
    """The panel; “now” stands open until a protection has been worked out."""
    was, k = figures.before(project), desk.target(project).k
    found, change = figures.comparison(project), figures.changes(project)
    # Of people who never existed nobody is alone, and nobody can be found.
    new = found is not None and found.synthetic
    now = found.after if found and not new else None
    rows = (
        (_("Only one of their kind"), was.uniques, now and now.uniques),
        (_("Smallest group"), was.smallest_class, now and now.smallest_class),
        (_("In groups below {k}", k=k), figures.below(was, k), now and figures.below(now, k)),
        (
            _("Likely to be found"),
            figures.people(was.expected_reidentifications),
            now and figures.people(now.expected_reidentifications),
        ),
    )
    blocks = "".join(f"<div>{_figure(name, before, after)}</div>" for name, before, after in rows)
    line = _("Nothing is changed yet.")
    if new:
        line = _("The rows are new people, drawn from what was learned; none of them is anybody's row.")
    elif found and change:
        kept = found.table.get("table_cells_changed")
        line = _(
            "{rows} changed, {dropped} left out, {suppressed} suppressed{kept}.",
            rows=words.count(change.rows_changed, "row", "rows"),
            dropped=words.count(change.rows_dropped, "row", "rows"),
            suppressed=words.count(change.cells_suppressed, "cell", "cells"),
            kept=""
            if kept is None
            else _(
                "; {share} cells of the columns that are left are as they were",
                share=words.share(round((1 - kept) * 10_000), 10_000),
            ),
        )
    if found and not new and now is None:
        line = _("No column is left by which someone could look for a person.") + " " + line
    st.html(
        f'<div class="figures" role="group" aria-label="{html.escape(_("Before and after"))}">{blocks}'
        f"<p>{html.escape(line)}</p></div>"
    )


def _figure(name: str, before: object, after: object) -> str:
    shown = _plain(after) if after is not None else "–"
    return (
        f"<span>{html.escape(name)}</span><b class='was'>{html.escape(_plain(before))}</b> "
        f"<span aria-hidden='true' style='display:inline'>→</span> "
        f"<span class='hear'>{html.escape(_('before, and now'))} </span><b>{html.escape(shown)}</b>"
    )


def _plain(number: object) -> str:
    return f"{number:,}" if isinstance(number, int) else str(number)
