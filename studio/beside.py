"""A closer look at one kept release: its rules, its attackers, its columns and groups beside the original's."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from core import weighing
from core.language import translate as _
from core.release.blocks import figure
from core.store import Project
from core.utility import METRICS
from core.utility.both import Both
from core.utility.pictures import AssociationMap, association_map, distribution, fairness
from studio import charts, context, desk, form, holding, judging, steps

LARGEST = 2_000_000
"""Rows above which the pictures of single columns are not drawn on the page."""

MOST = 15
"""Columns in a map that can still be read."""


def look(project: Project, measured: Mapping[str, Any]) -> None:
    """One release: its rules, its attackers, its columns beside the original's."""
    st.header(_("A closer look at one"), anchor=False)
    names = [r["name"] for r in measured["releases"]]
    name = st.segmented_control(_("Release"), names, default=names[0], key="closer") or names[0]
    one = next(r for r in measured["releases"] if r["name"] == name)
    if one["verdict"]:
        st.markdown(f"**{steps.plain(_(one['verdict']['title']))}**")
        judging.rules(one["verdict"]["rules"], open_at_once=one["verdict"]["passed"] is False)
    if one["attacks"]:
        with st.expander(_("What each attacker wins"), expanded=any(a["found"] for a in one["attacks"])):
            st.markdown("\n".join(f"- {'⚠ ' if a['found'] else ''}**{steps.plain(_(a['title']))}"
                                  f"{' (' + steps.plain(a['target']) + ')' if a['target'] else ''}:** "
                                  f"{steps.plain(a['sentence'])}" for a in one["attacks"]))
            holding.registers(one["attacks"], bool(measured["asked"].get("register")))
    _left_out(one.get("left_out", ()))
    original = desk.original(project)
    if original.rows > LARGEST:
        st.caption(_("The table is too large for pictures of single columns on this page."))
        return
    kept = next(k for k in weighing.kept(context.store(), context.who(), project.id) if k.name == name)
    released, keys = context.table(project.id, kept.file), original.having("quasi_identifier")
    both = context.keep(
        ("both", project.id, kept.digest, original.digest()),
        lambda: Both.of(original, released, keys, original.one("weight"), original.one("household")),
    )
    _columns(project, both, kept.digest, one["columns"])
    _pairs(project, both, kept.digest)
    if both.rows is not None:
        _groups(project, both, kept.digest)


def _left_out(left_out: Sequence[Mapping[str, str]]) -> None:
    """Who was not tried, or not on everybody, each reason once."""
    reasons: dict[str, list[str]] = {}
    for one in left_out:
        reasons.setdefault(one["why"], []).append(_(one["title"]))
    if reasons:
        with st.expander(_("What was left out, and why")):
            st.markdown("\n".join(f"- {steps.plain(why)} *{steps.plain('; '.join(dict.fromkeys(titles)))}*"
                                  for why, titles in reasons.items()))


def _columns(project: Project, both: Both, digest: str, measured: Mapping[str, Mapping[str, float | None]]) -> None:
    shown = [n for n in both.columns if original_shows(project, n)]
    if not shown:
        return
    st.subheader(_("One column, before and after"), anchor=False)
    name = st.selectbox(_("Column"), shown, key="closer-column")
    found = context.keep(("distribution", project.id, digest, name), lambda: distribution(both.columns[name]))
    rows = [{"label": label or _("(missing)"), "which": which, "value": 100 * float(v), "shown": f"{100 * v:.1f}"}
            for which, side in ((_("as it came"), found.before), (_("now"), found.after))
            for label, v in zip(found.labels, side, strict=True)]
    says = steps.plain(found.sentence)
    st.markdown(says)
    charts.show(charts.pairs_of_bars(rows, label="label", which="which", value="value", shown="shown",
                                     title=_("rows in 100")), key="closer-bars", says=says)
    charts.as_table((_("Value"), _("As it came, in 100"), _("Now, in 100")),
                    [(label or _("(missing)"), f"{100 * a:.1f}", f"{100 * b:.1f}")
                     for label, a, b in zip(found.labels, found.before, found.after, strict=True)], numbers=(1, 2))


    with st.expander(_("All measures of this column")):
        found_here = {m: v for m, v in measured.get(name, {}).items() if v is not None}
        st.html(charts.sheet(
            (_("Measure"), _("Value"), _("What it means")),
            [(_(METRICS.named(m).title), figure(v), form.explain(METRICS.named(m))[0]) for m, v in found_here.items()],
            numbers=(1,), caption=_("All measures of this column"), stacked=True,
        ))


def original_shows(project: Project, name: str) -> bool:
    """Columns whose values may be drawn: none that names people."""
    return not desk.identifies(project, name)


def _pairs(project: Project, both: Both, digest: str) -> None:
    found = context.keep(("associations", project.id, digest), lambda: association_map(both))
    if len(found.names) < 2:
        return
    st.subheader(_("How columns hang together, before and after"), anchor=False)
    st.markdown(steps.plain(found.sentence))
    left, right = st.columns(2)
    for place, title, before in ((left, _("As it came"), True), (right, _("Now"), False)):
        with place:
            st.markdown(f"**{title}**")
            _map(found, before)
    names = found.names[:MOST]
    charts.as_table(
        (_("Columns"), _("As it came"), _("Now")),
        [(f"{a} + {b}", f"{found.before[i, j]:.2f}", f"{found.after[i, j]:.2f}")
         for i, a in enumerate(names) for j, b in enumerate(names[:i]) if _known(found.before[i, j])], numbers=(1, 2))


def _map(found: AssociationMap, before: bool) -> None:
    grid, names = found.before if before else found.after, list(found.names[:MOST])
    cells = [{"a": a, "b": b, "share": 100 * abs(float(grid[i, j])), "shown": f"{grid[i, j]:.2f}"}
             for i, a in enumerate(names) for j, b in enumerate(names[:i]) if _known(grid[i, j])]
    if cells:
        charts.show(
            charts.heat_map(cells, x="b", y="a", share="share", shown="shown", xs=names[:-1], ys=names[1:],
                            share_title=_("strength, 0 to 1")),
            key=f"closer-map-{before}", says=steps.plain(found.sentence))


def _known(strength: float) -> bool:
    """Not every pair has an association: nan where nothing fits."""
    return bool(strength == strength)


def _groups(project: Project, both: Both, digest: str) -> None:
    """What each group of people lost: small ones usually suffer most."""
    table = desk.original(project)
    fitting = [n for n in table.names if original_shows(project, n) and 2 <= len(table[n].values) <= 40]
    if not fitting:
        return
    st.subheader(_("Who lost most?"), anchor=False)
    name = st.selectbox(_("By"), fitting, key="closer-groups")
    found = context.keep(("fairness", project.id, digest, name), lambda: fairness(both, name))
    st.markdown(steps.plain(found.sentence))
    st.html(charts.sheet(
        (steps.plain(name), _("Rows"), _("Rows kept, in 100"), _("Cells changed, in 100"), _("Cells blanked, in 100")),
        [(g.label or _("(missing)"), f"{g.rows:,}", f"{100 * g.kept:.1f}", f"{100 * g.changed:.1f}",
          f"{100 * g.suppressed:.1f}") for g in found.groups], numbers=(1, 2, 3, 4), caption=name, stacked=True,
    ))
