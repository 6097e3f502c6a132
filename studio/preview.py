"""Some rows before and after. Cells that identify are masked; showing them is a deliberate click, and recorded."""

from __future__ import annotations

import html
from typing import NamedTuple

import numpy as np
import streamlit as st

from core.language import translate as _
from core.store import Project
from core.table import Table
from studio import context, desk, masking, outcome, steps

ROWS, COLUMNS = 6, 30


class Cell(NamedTuple):
    """One cell of the preview: as it may be shown, and whether it differs from the original."""

    shown: str
    changed: bool = False


def show(project: Project) -> None:
    """The first rows of the protected table, each under the row it came from."""
    before, after = desk.original(project), outcome.released(project)
    new_people = after.row_ids is None
    st.header(_("Some of the new rows") if new_people else _("Some rows, before and after"), anchor=False)
    if new_people:
        st.markdown(_("Nobody's: they correspond to no row of your table."))
    if not after.rows:
        st.markdown(_("No row is left."))
        return
    open_ = context.value(f"revealed-{project.id}", False)
    if new_people:
        pass  # nothing in them names a real person
    elif open_:
        st.button(
            _("Hide what identifies"), key="hide", on_click=lambda: context.set_value(f"revealed-{project.id}", False)
        )
    else:
        st.button(
            _("Show what identifies"),
            key="reveal",
            on_click=steps.guarded(lambda: reveal(project, before)),
            help=_("Names and numbers of real people become visible on this screen. That you looked is recorded."),
        )
    names = [n for n in before.names if n in after.columns or not (new_people or before.role(n) == "drop")][:COLUMNS]
    names += [n for n in after.names if n not in before.columns][: COLUMNS - len(names)]
    st.html(_sheet(names, pairs(before, after, names, bool(open_))))
    gone = [n for n in before.names if n not in after.columns and before.role(n) != "drop"]
    if gone:
        st.caption(_("Left out of the result: {columns}.", columns=", ".join(steps.plain(n) for n in gone)))


def reveal(project: Project, table: Table) -> None:
    identifying = table.having("direct_identifier")
    context.store().note_event(
        context.who(), project.id, "identifying_cells_shown", columns=list(identifying), rows=ROWS
    )
    context.set_value(f"revealed-{project.id}", True)


def pairs(before: Table, after: Table, names: list[str], revealed: bool) -> list[tuple[list[Cell], list[Cell]]]:
    """(row as it came, row now) for the first rows of `after`; the first is empty where rows do not correspond."""
    some = after.take(np.arange(min(ROWS, after.rows)))
    places = _places(before, some)
    origin = None if places is None else before.take(places)
    was = {n: origin[n].texts() for n in names if n in origin.columns} if origin else {}
    now = {n: some[n].texts() for n in names if n in some.columns}
    found = []
    for row in range(some.rows):
        left, right = [], []
        for name in names:
            hide = before.role(name) == "direct_identifier" and not revealed
            old, new = was[name][row] if name in was else None, now[name][row] if name in now else None
            left.append(Cell(masking.cell(old, hide)))
            right.append(Cell(masking.cell(new, hide and new == old), name in was and new != old))
        found.append((left, right))
    return found


def _places(before: Table, after: Table) -> np.ndarray | None:
    """(rows,) where each row of `after` stood in `before`; None where rows do not correspond."""
    if before.row_ids is None or after.row_ids is None:
        return None
    order = np.argsort(before.row_ids)
    return order[np.searchsorted(before.row_ids, after.row_ids, sorter=order)]


def _sheet(names: list[str], rows: list[tuple[list[Cell], list[Cell]]]) -> str:
    head = "".join(f'<th scope="col">{html.escape(n)}</th>' for n in ["", *names])
    body = "".join(
        (_line(_("as it came"), left) + _line(_("now"), right)) if any(c.shown for c in left) else _line("", right)
        for left, right in rows
    )
    label = html.escape(_("Some rows, before and after"))
    return (
        f'<div class="scroll" tabindex="0" role="group" aria-label="{label}"><table class="sheet preview"><thead>'
        f"<tr>{head}</tr></thead><tbody>{body}</tbody></table></div>"
    )


def _line(label: str, cells: list[Cell]) -> str:
    shown = (f"<mark>{html.escape(c.shown) or '–'}</mark>" if c.changed else html.escape(c.shown) for c in cells)
    return f'<tr><th scope="row">{html.escape(label)}</th>' + "".join(f"<td>{s}</td>" for s in shown) + "</tr>"
