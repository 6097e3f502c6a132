"""Whom the rest of the risk page counts: everybody, or the people behind one cell of a heat map.

A click on a cell chooses, and so does the select box, which says the choice in words and works by keyboard. What was
chosen is remembered with the roles it was chosen under: where those change, everybody is counted again.
"""

from __future__ import annotations

from typing import NamedTuple

import streamlit as st

from core.language import translate as _
from core.risk.pictures import RiskMap
from core.risk.subsets import unique_on
from core.store import Project
from core.table.column import Mask
from studio import charts, context, desk, figures, steps, words

DRAWN = "focus-drawn"
"""How many times a choice was made beside the pictures."""

MOST_OFFERED = 12
"""Pairs of columns offered in the select box, those that single most people out first."""


class Focus(NamedTuple):
    """The people behind a cell: unique on `names`, or with the groups `places` of the two columns `names`.

    labels  what the groups are called, for the sentence
    """

    names: tuple[str, ...]
    places: tuple[int, ...] = ()
    labels: tuple[str, ...] = ()

    @property
    def says(self) -> str:
        if not self.names:
            return _("Everybody")
        if not self.places:
            return _("People who are the only one with their {columns}", columns=words.listed(self.names))
        parts = [f"{name} {label}" for name, label in zip(self.names, self.labels, strict=True)]
        return _("People with {values}", values=words.listed(parts))


EVERYBODY = Focus(())
"""In the select box only: elsewhere everybody is None."""


def now(project: Project) -> Focus | None:
    """The choice as it stands; None: everybody."""
    chosen = context.value(_key(project))
    return chosen[1] if chosen and chosen[0] == figures.name(project) else None


def choose(project: Project, focus: Focus | None) -> None:
    context.set_value(_key(project), (figures.name(project), focus))


def mask(project: Project, focus: Focus | None) -> Mask | None:
    """(rows,) whom the rest of the page counts; None: everybody."""
    if focus is None:
        return None
    table = desk.original(project)
    if not focus.places:
        return context.keep(("focus", *figures.key(project, focus)), lambda: unique_on(table, focus.names))
    row, column = focus.names
    found = figures.by_two(project, row, column, desk.target(project).k)
    return (found.row_group == focus.places[0]) & (found.column_group == focus.places[1])


def on_pair(project: Project, key: str) -> None:
    """A cell of the heat map of pairs was clicked, or clicked away."""
    found, keys = context.picked(key, charts.PICK), figures.pairs(project).keys
    pair = tuple(dict.fromkeys(keys[int(found[side])] for side in ("i", "j"))) if found else ()
    choose(project, Focus(pair) if pair else None)


def on_cell(project: Project, key: str, shown: RiskMap) -> None:
    """A cell of the heat map of two columns was clicked, or clicked away."""
    found = context.picked(key, charts.PICK)
    choose(project, _cell(shown, int(found["i"]), int(found["j"])) if found else None)


def _cell(shown: RiskMap, i: int, j: int) -> Focus:
    return Focus((shown.row_name, shown.column_name), (i, j), (shown.rows[i], shown.columns[j]))


def ask(project: Project) -> None:
    """The choice as a select box, and how many people it holds."""
    focus, found = now(project), figures.pairs(project)
    ranked = sorted(
        ((float(found.percent[i, j]), tuple(dict.fromkeys((b, a))))
         for i, a in enumerate(found.keys) for j, b in enumerate(found.keys[: i + 1]) if found.percent[i, j] > 0),
        key=lambda one: -one[0],
    )
    offered = [EVERYBODY, *(Focus(names) for _percent, names in ranked[:MOST_OFFERED])]
    if focus is not None and focus not in offered:
        offered.insert(1, focus)
    if len(offered) == 1:
        return
    widget = f"focus-box-{project.id}"
    context.set_value(widget, focus or EVERYBODY)
    st.selectbox(
        _("Whom does the rest of this page count?"),
        offered,
        key=widget,
        format_func=lambda f: f.says,
        on_change=steps.guarded(lambda: _asked(context.value(widget))),
        help=_("A click on a cell of the pictures chooses too; a second click shows everybody again."),
    )
    if focus is not None:
        _whom(project, focus)


def _whom(project: Project, focus: Focus) -> None:
    """How many people the choice holds, and the way back."""
    inside = mask(project, focus)
    assert inside is not None  # noqa: S101 -- only everybody has no mask
    with st.container(horizontal=True, vertical_alignment="center"):
        if inside.any():
            st.markdown(_("Only these **{count}** are counted.",
                          count=words.count(int(inside.sum()), "person", "people")), width="content")
        elif focus.places:
            st.markdown(_("Nobody has these values together."), width="content")
        else:
            st.markdown(_("Nobody is singled out by {columns} alone.",
                          columns=steps.plain(words.listed(focus.names))), width="content")
        st.button(_("Count everybody again"), key="everybody", on_click=lambda: _asked(EVERYBODY))


def _asked(focus: Focus) -> None:
    """A choice made beside the pictures: a cell that was clicked before is no longer marked in them."""
    choose(context.project(), focus if focus.names else None)
    context.set_value(DRAWN, context.value(DRAWN, 0) + 1)


def chart_key(name: str) -> str:
    """The key of a chart that can be clicked; another one after a choice made elsewhere, so that no cell is marked."""
    return f"{name}-{context.value(DRAWN, 0)}"


def _key(project: Project) -> str:
    return f"focus-{project.id}"
