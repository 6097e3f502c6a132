"""Before and after, always visible together: risk, rows changed, cells suppressed and what is still as it was."""

from __future__ import annotations

import html

import streamlit as st

from core.language import translate as _
from core.store import Project
from studio import figures, outcome, words


def show(project: Project) -> None:
    """The panel; “now” stands open until a protection has been worked out."""
    was = figures.before(project)
    done = outcome.current(project)
    now = figures.after(project, done) if done else None
    k = figures.below_target(was, project).k
    open_ = "–"
    rows = (
        (_("Only one of their kind"), f"{was.uniques:,}", f"{now.uniques:,}" if now else open_),
        (_("Smallest group"), f"{was.smallest_class:,}", f"{now.smallest_class:,}" if now else open_),
        (_("In groups below {k}", k=k), f"{figures.below(was, k):,}", f"{figures.below(now, k):,}" if now else open_),
        (_("Likely to be found"), figures.people(was.expected_reidentifications),
         figures.people(now.expected_reidentifications) if now else open_),
        (_("Rows changed"), "", f"{done.rows_changed:,}" if done else open_),
        (_("Cells suppressed"), "", f"{done.cells_suppressed:,}" if done else open_),
        (_("Cells as they were"), "", words.share(done.cells_kept, done.cells) if done else open_),
    )
    st.html('<dl class="figures">' + "".join(
        f"<div><dt>{html.escape(name)}</dt><dd>{_pair(before, after)}</dd></div>" for name, before, after in rows) + "</dl>")


def _pair(before: str, after: str) -> str:
    if not before:
        return html.escape(after)
    return (f'<small>{html.escape(_("as it came"))} {html.escape(before)}</small>'
            f'{html.escape(after)} <small>{html.escape(_("now"))}</small>')
