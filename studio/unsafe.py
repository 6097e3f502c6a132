"""The unsafe cells of a table, listed: how many rows each has and which rule it breaks; what they are, once asked for.

Whoever asks to see which cells they are leaves an entry in the record: the columns are in it, the values are not.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from core.language import translate as _
from core.risk import Study
from core.risk.measures.cells import UnsafeCells
from core.store import Project
from studio import charts, context, desk, masking, outcome, steps

MOST = 50
COVERED = "•••"
RULES = {
    "threshold": "too few contributors", "dominance": "one contributor dominates",
    "p_percent": "an amount can be worked out", "p_q": "an amount can be worked out",
}


def show(project: Project, told: Mapping[str, Any], released: bool) -> None:
    """The cells behind what the measure told, of the table as it came or as it would be released."""
    if not told.get("value"):
        return
    measure = UnsafeCells.model_validate(told["settings"])
    study = Study.of(outcome.released(project) if released else desk.original(project))
    cells = measure.listed(study, MOST)
    by = measure.by or study.keys
    shown = f"unsafe-{project.id}"
    open_ = context.value(shown) == told["settings"]
    if open_:
        st.button(_("Cover the cells again"), key="cover-cells", on_click=lambda: context.set_value(shown, None))
    else:
        st.button(
            _("Show which cells these are"), key="uncover-cells",
            on_click=steps.guarded(lambda: _uncover(project, by, told["settings"])),
            help=_("What is known of real people becomes visible on this screen. That you looked is recorded."),
        )
    lines = [[*(_label(v) if open_ else COVERED for v in cell.labels), f"{cell.rows:,}",
              ", ".join(_(RULES[rule]) for rule in cell.rules)] for cell in cells]
    st.html(charts.sheet((*by, _("Rows"), _("Why it is unsafe")), lines, numbers=(len(by),),
                         caption=_("Cells that must not be published")))
    if told["value"] > MOST:
        st.caption(_("The {count} cells with the fewest rows are listed.", count=MOST))


def _label(value: str | None) -> str:
    return _("(missing)") if value is None else masking.shortened(value)


def _uncover(project: Project, by: Sequence[str], settings: object) -> None:
    context.store().note_event(context.who(), project.id, "cells_shown", columns=list(by))
    context.set_value(f"unsafe-{project.id}", settings)
