"""Groups put together by hand: dragged on a board, or chosen from lists; every change is saved and can be undone."""

from __future__ import annotations

from typing import Any

import streamlit as st

from core.language import translate as _
from core.problem import Problem
from core.protect.hierarchies.grouping import (
    MOST_VALUES,
    Rows,
    moved,
    renamed,
    taken_apart,
    with_level,
    without_level,
)
from core.protect.hierarchies.hierarchy import FromRows, Rule
from core.store import Project
from studio import board, context, desk, hierarchies, steps, words


def show(project: Project, name: str, rule: Rule) -> None:
    """The board of one level; for a rule, a button that turns it into groups one can change."""
    column = desk.original(project)[name]
    if len(column.values) > MOST_VALUES:
        return
    st.header(_("Change the groups by hand"), anchor=False)
    if not isinstance(rule, FromRows):
        st.markdown(_("The groups follow a rule. Take them over as they are, and then move single values."))
        if st.button(_("Take them over and change them"), key="take-over"):
            with steps.problems_shown():
                taken = hierarchies.rows(project, name, rule)
                hierarchies.save_rows(project, name, taken, _("Groups of “{column}” taken over by hand", column=name))
                st.rerun()
        return
    rows = hierarchies.rows(project, name, rule)
    level = _level(project, name, rows)
    st.markdown(
        _("Drag values into a group. Or pick them with a click, then press “Put here”. Several can be picked.")
        if level == 1 else
        _("Here the groups of level {below} are put into wider ones, in the same way.", below=level - 1)
    )
    groups, alone = _standing(project, name, rule, rows, level)
    done = board.show(f"board-{project.id}-{name}", f"{name} {level}", groups, alone)
    with steps.problems_shown():
        if done:
            _do(project, name, rows, level, *done)
    _by_lists(project, name, rows, level, groups, alone)


def _level(project: Project, name: str, rows: Rows) -> int:
    """Which level is changed, with buttons to add one on top or take one away."""
    top = len(rows[0]) - 1
    with st.container(horizontal=True, vertical_alignment="bottom"):
        level = st.segmented_control(
            _("Level to change"), range(1, top + 1), default=1, key=f"hand-level-{project.id}-{name}-{top}"
        ) or 1
        if top < 8:
            st.button(
                _("Add a wider level"), key="level-more",
                on_click=steps.guarded(
                    lambda: _keep(context.project(), name, with_level(rows), _("a wider level"))
                ),
            )
        if top > 1:
            st.button(
                _("Take level {level} away", level=level), key="level-fewer",
                on_click=steps.guarded(
                    lambda: _keep(context.project(), name, without_level(rows, level), _("one level less"))
                ),
            )
    return int(level)


Members = list[tuple[str, int]]


def _standing(project: Project, name: str, rule: Rule, rows: Rows, level: int) -> tuple[dict[str, Members], Members]:
    """What stands in each group of the level, and what stands alone under its own name; with numbers of rows."""
    counted = {g.name: g.rows for g in hierarchies.what_groups_hold(project, name, rule, level - 1)}
    inside: dict[str, dict[str, int]] = {}
    for row in rows:
        inside.setdefault(row[level], {})[row[level - 1]] = counted.get(row[level - 1], 0)
    groups = {g: list(m.items()) for g, m in inside.items() if list(m) != [g]}
    return groups, [(g, m[g]) for g, m in inside.items() if list(m) == [g]]


def _do(project: Project, name: str, rows: Rows, level: int, what: str, how: Any) -> None:
    """What was done on the board."""
    if what == "moved":
        _move(project, name, rows, level, list(how["members"]), str(how["group"]))
    elif what == "renamed":
        _keep(project, name, renamed(rows, level, str(how["group"]), str(how["name"])), _("a group renamed"))
    else:
        _keep(project, name, taken_apart(rows, level, str(how["group"])), _("a group taken apart"))
    st.rerun()


def _move(project: Project, name: str, rows: Rows, level: int, members: list[str], group: str) -> None:
    if not members:
        raise Problem("Nothing is picked.", "Pick what belongs into the group.")
    note = _("{count} put into a group", count=words.count(len(members), "value", "values"))
    _keep(project, name, moved(rows, level, members, group), note)


def _keep(project: Project, name: str, rows: Rows, what: str) -> None:
    hierarchies.save_rows(project, name, rows, _("Groups of “{column}”: {what}", column=name, what=what))


def _by_lists(
    project: Project, name: str, rows: Rows, level: int, groups: dict[str, Members], alone: Members
) -> None:
    """The same without dragging."""
    counted = dict(alone) | {m: n for members in groups.values() for m, n in members}
    with st.expander(_("The same with lists instead of the board")):
        key = f"lists-{project.id}-{name}-{level}"
        members = st.multiselect(
            _("Which values?"), list(counted), key=f"{key}-members",
            format_func=lambda m: f"{m} ({counted[m]:,})", placeholder=_("Choose values"),
        )
        group = st.selectbox(
            _("Into which group? Choose one, or type a new name."), list(groups), index=None, key=f"{key}-group",
            accept_new_options=True, placeholder=_("Name of the group"),
        )
        if st.button(_("Put them into this group"), key=f"{key}-put"):
            with steps.problems_shown():
                _move(project, name, rows, level, members, group or "")
                context.forget(key)
                st.rerun()
