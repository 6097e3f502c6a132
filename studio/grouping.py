"""The page of a column's groups: how they are made, what each level does to the table, and a file to take away."""

from __future__ import annotations

import re

import streamlit as st

from core.declare import build, parameters
from core.language import translate as _
from core.problem import Problem
from core.protect.hierarchies.grouping import MOST_VALUES, as_rule, covering, to_arx, uncovered
from core.protect.hierarchies.hierarchy import Automatic, Bands, FromRows, Rule, best_rule, parse_arx
from core.store import Project
from core.table import SUPPRESSED
from studio import charts, context, desk, form, hierarchies, steps, words
from studio.hierarchies import FILE, HAND, Way
from studio.style import WIDE

MOST_BARS = 25


def top() -> tuple[Project, str]:
    """The top of the page: a way back, the heading, and the column it is about."""
    project = context.project()
    st.html(WIDE)
    if st.button("← " + _("Back"), key="back", type="tertiary", help=_("to “{page}”", page=_("Protect it"))):
        steps.go_to("protect")
    st.title(_("Into which groups do values belong?"), anchor=False)
    said = context.take(steps.SAID)
    if said:
        steps.show_problem(said)
    desk.require_table(project)
    st.markdown(
        _(
            "Where an exact value would point at somebody, a wider group is written instead: 37 becomes 35-39, then "
            "30-39. Here you say which groups there are. They are used by every protection that makes values coarser."
        )
    )
    names = hierarchies.columns(project)
    if not names:
        raise Problem("No column is left whose values could be put into groups.",
                      "Say under “Who could be recognised” what someone could know.")
    table = desk.original(project)
    known = [n for n in names if n in table.having("quasi_identifier")] or names
    finest = max(known, key=lambda n: len(table[n].values))
    asked = context.take("group-this")
    if asked in names:
        context.set_value("group-column", asked)
    return project, st.selectbox(_("Column"), names, names.index(finest), key="group-column")


# --- how they are made


def ask(project: Project, name: str) -> Rule | None:
    """The way groups are made, with its questions, and one button that saves it. The hierarchy to be looked at, or None
    while there is none."""
    column, now = desk.original(project)[name], hierarchies.saved(project, name)
    offered = {way.name: way for way in hierarchies.ways(column)}
    is_now = hierarchies.way_of(now)
    if is_now not in offered:
        offered[is_now] = Way(is_now, now.title, type(now))
    st.header(_("How are the groups of “{column}” made?", column=steps.plain(name)), anchor=False)
    key = f"way-of-{project.id}-{name}-{version(project)}"
    way = offered[
        st.selectbox(
            _("How are they made?"), list(offered), list(offered).index(is_now), key=key, label_visibility="collapsed",
            format_func=lambda w: _(offered[w].title),
        )
    ]
    rule: Rule | None = None
    with steps.problems_shown():
        rule = _asked(project, name, way, now, f"{key}-{way.name}")
        if rule is not None:
            hierarchies.tree(project, name, rule)
            _use(project, name, way, rule, now)
            return rule
    return None


def version(project: Project) -> int:
    """Changes with every change and undo, so that widgets show what is saved."""
    found = desk.version(project)
    return found.version if found else 0


def _asked(project: Project, name: str, way: Way, now: Rule, key: str) -> Rule | None:
    column = desk.original(project)[name]
    if way.name == FILE:
        return _from_file(project, name)
    if way.name == HAND:
        return now if isinstance(now, FromRows) else as_rule(hierarchies.rows(project, name, now))
    if way.rule is Bands:
        return _bands(project, name, way.name, now, key)
    assert way.rule is not None  # noqa: S101 -- the ways without a rule are above
    first, _rest = form.explain(way.rule)
    chosen = best_rule(column) if way.rule is Automatic else None
    st.caption(_("Chosen: {way}.", way=_(chosen.title)) if chosen else first)
    start = now.model_dump() if type(now) is way.rule else {}
    data = form.draw(way.rule, form.Columns.of(desk.original(project)), key, start)
    return build(way.rule, {"kind": way.name, **data})


def _bands(project: Project, name: str, way: str, now: Rule, key: str) -> Rule:
    column = desk.original(project)[name]
    same = now if isinstance(now, Bands) and hierarchies.way_of(now) == way else None
    if way == "equal":
        st.caption(_("The cuts lie where the rows are, so that every band holds about as many."))
        return Bands()
    if way == "width":
        start = same.widths if same else hierarchies.first_widths(column)
        asked = {p.name: p for p in parameters(Bands)}
        left, right = st.columns(2)
        with left:
            widths = _numbers(_("How wide are the bands, level by level?"), start, f"{key}.widths", asked["widths"].why)
        with right:
            begin = st.number_input(_(asked["start"].question), value=float(same.start if same else 0),
                                    key=f"{key}.start", format="%g", help=_(asked["start"].why))
        return build(Bands, {"kind": "bands", "widths": widths, "start": begin})
    levels = same.cuts if same else ()
    given = [
        _numbers(question, levels[i] if i < len(levels) else (), f"{key}.cuts.{i}", why)
        for i, (question, why) in enumerate((
            (_("At which numbers does a new band begin?"), _("For limits that mean something: 18, 30, 45, 60.")),
            (_("Which of these stay on the next level? (may be left empty)"), _("For instance 18, 60.")),
        ))
    ]
    cuts = [level for level in given if level]
    if not given[0]:
        raise Problem("No band begins anywhere yet.", "Write the numbers at which a new band begins, such as 18, 60.")
    return build(Bands, {"kind": "bands", "cuts": cuts})


def _numbers(label: str, start: tuple[float, ...], key: str, why: str) -> list[float]:
    """Numbers in one line, set apart by commas or spaces."""
    text = st.text_input(label, ", ".join(f"{n:g}" for n in start), key=key, help=_(why))
    try:
        return [float(part) for part in re.split(r"[,;\s]+", text.strip()) if part]
    except ValueError:
        pass
    raise Problem("“{question}” holds something that is no number.", "Write numbers, set apart by commas.",
                  question=label)


def _from_file(project: Project, name: str) -> Rule | None:
    """A hierarchy as ARX writes it. What it does not cover is shown, and can be added."""
    st.caption(
        _("A text file as ARX writes it, one line for each value: the value; its group; the wider group; … ; *")
    )
    key = f"hierarchy-file-{project.id}-{name}"
    given = st.file_uploader(_("The file"), ["csv", "txt"], key=f"upload-{key}")
    if given is not None and context.value(f"{key}-read") != given.file_id:
        context.set_value(key, parse_arx(given.getvalue()))
        context.set_value(f"{key}-read", given.file_id)
    found = context.value(key)
    if not found:
        return None
    column = desk.original(project)[name]
    while len(found[0]) > 2 and {row[-1] for row in found} == {SUPPRESSED}:
        found = tuple(row[:-1] for row in found)
    lacking = uncovered(found, column)
    if not lacking:
        return as_rule(found)
    st.warning(
        _("The file says nothing of {count}.", count=words.count(len(lacking), "value", "values"))
        + " " + steps.plain(", ".join(lacking[:20])) + (" …" if len(lacking) > 20 else "")
    )
    if st.button(_("Add them, each as a group of its own"), key=f"add-{key}"):
        context.set_value(key, covering(found, column))
        st.rerun()
    return None


def _use(project: Project, name: str, way: Way, rule: Rule, now: Rule) -> None:
    if rule == now:
        return
    if st.button(_("Use these groups"), key="use-groups", type="primary"):
        hierarchies.save(project, name, rule, hierarchies.in_words(name, way.title))
        context.forget(f"hierarchy-file-{project.id}-{name}")
        st.rerun()
    st.caption(_("Nothing is changed yet. Below you see what they would do."))


# --- what they do


def show(project: Project, name: str, rule: Rule) -> None:
    """What each level does to the table, in a sentence and a table; the groups of one level with their rows."""
    found, k = hierarchies.what_levels_do(project, name, rule), desk.target(project).k
    others = [n for n in desk.original(project).having("quasi_identifier") if n != name]
    st.header(_("What the groups do"), anchor=False)
    top = len(found) - 2
    st.markdown(
        (_("Together with {columns}, ", columns=steps.plain(words.listed(others))) if others else "")
        + _("**{now} in groups smaller than {k} as the file is**", now=_standing(found[0].below), k=k)
        + (_(", {first} on level 1", first=f"{found[1].below:,}") if top else "")
        + (_(", {last} on level {top}", last=f"{found[top].below:,}", top=top) if top > 1 else "") + "."
    )
    st.html(_levels(project, name, rule, k))
    if not top:
        st.info(_("So far there is the value itself, or nothing (*). Put values into groups by hand, or bring a file."))
        return
    offered = [level.level for level in found[1:-1]]
    at = hierarchies.level_of(project, name)
    level = st.segmented_control(
        _("Show the groups of level"), offered, default=at if at in offered else offered[0],
        key=f"level-{project.id}-{name}-{len(offered)}-{at}",
    ) or offered[0]
    _groups(project, name, rule, level)
    if rule != hierarchies.saved(project, name):
        return
    if at == level:
        st.success(_("Everyone’s “{column}” is written like this.", column=steps.plain(name)))
    else:
        st.button(
            _("Write everyone’s “{column}” like this (level {level})", column=form.in_label(name), level=level),
            key="coarser", on_click=steps.guarded(lambda: hierarchies.make_coarser(context.project(), name, level)),
            help=_("Adds a step to the protection, or changes the one there is. It can be undone."),
        )


def _standing(rows: int) -> str:
    return words.count(rows, "row stands", "rows stand")


def _levels(project: Project, name: str, rule: Rule, k: int) -> str:
    tree, column = hierarchies.tree(project, name, rule), desk.original(project)[name]
    counts = column.counts()
    example = int(counts.argmax()) if len(counts) else 0
    rows = [
        (
            _("as it is") if level.level == 0 else _("everything") if level.level == tree.depth else f"{level.level}",
            tree.labels[level.level][tree.groups[level.level][example]] if len(counts) else "",
            f"{level.groups:,}", f"{level.fewest:,}", f"{level.smallest:,}", f"{level.below:,}",
        )
        for level in hierarchies.what_levels_do(project, name, rule)
    ]
    headings = (_("Level"), _("An example"), _("Groups"), _("Rows in the smallest"),
                _("Smallest class"), _("Rows in classes below {k}", k=k))
    return charts.sheet(headings, rows, (2, 3, 4, 5), caption=_("What each level does"), stacked=True)


def _groups(project: Project, name: str, rule: Rule, level: int) -> None:
    found = hierarchies.what_groups_hold(project, name, rule, level)
    most = max((g.rows for g in found), default=1)
    shown = found[:MOST_BARS]
    if desk.original(project)[name].kind in ("number", "date"):
        shown = sorted(shown, key=lambda g: _first_number(g.name))
    charts.show(
        charts.bars(
            [{"group": g.name or _("missing"), "rows": g.rows, "shown": f"{g.rows:,}"} for g in shown],
            label="group", value="rows", shown="shown", title=_("Rows"), top=1.12 * most,
        ),
        f"groups-{level}",
        _("The groups of level {level} by their rows; the table below says the same.", level=level),
    )
    if len(found) > MOST_BARS:
        st.caption(_("The {shown} largest of {count} groups; all of them stand in the table.",
                     shown=MOST_BARS, count=f"{len(found):,}"))
    charts.as_table(
        [_("Group"), _("Values"), _("Rows")],
        [(g.name or _("missing"), f"{g.values:,}", f"{g.rows:,}") for g in found], numbers=(1, 2),
    )


def _first_number(label: str) -> tuple[float, str]:
    """Bands and dates in their own order: 5-9 before 10-14, 2023-11 before 2023-12; what is no number comes last."""
    found = re.search(r"-?\d+(\.\d+)?", label)
    number = float(found[0]) if found else float("inf")
    return (number - 0.5 if found and found.start() else number, label)  # "below 18" stands before 18-29


def hand_out(project: Project, name: str, rule: Rule) -> None:
    """The hierarchy as a file for ARX or another project."""
    if len(desk.original(project)[name].values) > MOST_VALUES:
        return
    st.download_button(
        _("Download the groups as a file"), to_arx(hierarchies.rows(project, name, rule)),
        f"hierarchy-{re.sub(r'[^A-Za-z0-9]+', '-', name)[:40]}-{version(project)}.csv", "text/csv",
        key="download-groups", on_click="ignore", help=_("In the format of ARX. It holds the values of this column."),
    )
    st.caption(_("The groups also stand in the recipe, so that they are used again with it."))
