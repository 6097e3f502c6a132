"""Several releases side by side: what is kept, how it is measured, the best of each row, and a closer look at one."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import streamlit as st

from core import weighing
from core.attack import ATTACKS
from core.language import translate as _
from core.policy import presets
from core.release.blocks import figure
from core.store import Project
from core.utility import METRICS
from studio import beside, charts, context, desk, drilled, holding, judging, outcome, steps, waiting, words
from studio.style import WIDE

EFFORT = {
    "quick": "A quick look: about half a minute for each release",
    "thorough": "Thorough: several minutes, on more people, with models that are trained",
    "none": "No attackers, only figures",
}
MINUTES = (0, 1, 5, 15, 60)
"""How long all attackers may take; 0: as long as it takes."""

KINDS = {"risk": "Risk", "attack": "What attackers gain", "utility": "Usefulness"}


def top() -> Project:
    """The top of the page: a way back to step 6, and the heading."""
    project = context.project()
    st.html(WIDE)
    if st.button("← " + _("Back"), key="back", type="tertiary", help=_("to “{page}”", page=_("Compare"))):
        steps.go_to("compare")
    st.title(_("Which release is best?"), anchor=False)
    desk.require_table(project)
    return project


def keep(project: Project) -> None:
    """On step 6: keep what is shown there, and the way to the page where kept releases are weighed."""
    done, kept = outcome.current(project), _kept(project)
    if done is None:
        return
    st.header(_("Is another way better?"), anchor=False)
    same = next((one for one in kept if one.digest == done.digest_out), None)
    st.markdown(
        _("This release is kept as **{name}**.", name=same.name) if same else
        _("Keep this release, protect the table another way, keep that too, and weigh them against each other: risk, "
          "attackers, usefulness and rules side by side.")
    )
    with st.container(horizontal=True):
        if same is None and st.button(_("Keep this release"), key="keep"):
            with steps.problems_shown():
                weighing.keep(context.store(), context.who(), project.id)
                st.rerun()
        label = _("Weigh {count} kept", count=words.count(len(kept), "release", "releases"))
        if kept and st.button(label, key="weigh"):
            context.go("../pages/weigh.py", project.id)


def _kept(project: Project) -> tuple[weighing.Kept, ...]:
    return weighing.kept(context.store(), context.who(), project.id)


def listed(project: Project) -> bool:
    """The kept releases, each with what can be done with it; False where there is none."""
    kept, done = _kept(project), outcome.current(project)
    now = done.digest_out if done is not None else ""
    if done is not None and done.digest_out not in {one.digest for one in kept}:
        with st.container(border=True):
            st.markdown(_("The release you have now is not among them.") if kept else
                        _("No release is kept yet. Keep the one you have now, protect the table another way, and keep "
                          "that too: then they can be weighed against each other."))
            if st.button(_("Keep it too") if kept else _("Keep this release"), key="keep-now"):
                with steps.problems_shown():
                    weighing.keep(context.store(), context.who(), project.id)
                    st.rerun()
    elif not kept:
        st.info(_("No release is kept yet. Go back to “Compare”, and keep the one you see there."))
    for one in kept:
        with st.container(border=True, key=f"kept-{one.name}"):
            st.markdown(f"**{one.name}** · {steps.plain(one.title)}  \n"
                        + words.count(one.rows, "row", "rows")
                        + (", " + _("synthetic") if one.synthetic else "")
                        + (f"  \n{steps.plain(one.promise)}" if one.promise else "")
                        + ("  \n" + _("This is the release you have now.") if now == one.digest else ""))
            with st.container(horizontal=True):
                if now != one.digest and st.button(_("Take {name}", name=one.name), key=f"take-{one.name}",
                               help=_("The steps go back to what made it; undo brings yours back.")):
                    with steps.problems_shown():
                        context.store().go_to(context.who(), project.id, one.version)
                        steps.go_to("compare")
                if st.button(_("Discard {name}", name=one.name), key=f"discard-{one.name}", type="tertiary"):
                    with steps.problems_shown():
                        weighing.discard(context.store(), context.who(), project.id, one.name)
                        st.rerun()
    return bool(kept)


def ask(project: Project) -> None:
    """How hard attackers try, by which rules it is judged, and what is to be predicted; one button."""
    policy, table = judging.chosen(project), desk.original(project)
    effort = st.radio(_("How hard should simulated attackers try?"), list(EFFORT), key="effort",
                      format_func=lambda e: _(EFFORT[e]))
    more: dict[str, Any] = {}
    if effort != "none":
        minutes = st.selectbox(
            _("How long may they take?"), MINUTES, key="minutes",
            format_func=lambda m: words.count(m, "minute", "minutes") if m else _("As long as it takes"),
            help=_("For all releases together. In less time fewer people are tried, and what was left out is said."))
        more["minutes"] = minutes or None
        with steps.problems_shown():
            more |= holding.asked(project)
    names = [judging.NONE, *presets()]
    judged = st.selectbox(_("By which rules should they be judged?"), names,
                          names.index(policy.name if policy else judging.NONE), key="weigh-policy",
                          format_func=lambda n: _(presets()[n].title) if n else _("By none"))
    wanted = [judging.NONE, *(n for n in table.names if table.role(n) not in ("direct_identifier", "drop", "weight",
                                                                             "household"))]
    target = st.selectbox(
        _("Is one column to be predicted from the others?"), wanted, key="target",
        format_func=lambda n: n or _("No"),
        help=_("A model is trained on each release and tried on the original: as good as one trained on the original?"),
    )
    with steps.problems_shown():
        more["metrics"] = holding.analyses(project)
        if st.button(_("Measure them"), key="measure", type="primary"):
            for entry in more["metrics"]:
                METRICS.build(entry)
            for entry in more.get("using", ()):
                ATTACKS.build(entry)
            waiting.start(project.id, "weigh", {"attacks": effort, "policy": judged or None, "target": target or None,
                                                **more})
            st.rerun()


def found(project: Project) -> Mapping[str, Any] | None:
    """What was measured last; None before that."""
    stamp = context.stamp(project.id, weighing.WEIGHED)
    if not stamp:
        return None
    return context.keep(("weighed", project.id, stamp),
                        lambda: json.loads(context.store().get(context.who(), project.id, weighing.WEIGHED)))


def show(project: Project, measured: Mapping[str, Any]) -> None:
    """The advice, the chart, the table with the best of each row, and a closer look at one release."""
    now, then = [(k.name, k.digest) for k in _kept(project)], [(r["name"], r["digest"]) for r in measured["releases"]]
    st.header(_("What was measured"), anchor=False)
    if now != then:
        st.info(_("Releases were kept or discarded since. Measure them again."))
        return
    advice = measured["advised"]
    reasons = " ".join(steps.plain(reason) for reason in advice["reasons"])
    if advice["name"]:
        st.success(_("**{name}** is advised.", name=advice["name"]) + " " + reasons)
    else:
        st.warning(reasons)
    if any(r["promise"] for r in measured["releases"]):
        st.caption(_("Figures of a differentially private release are computed on the real data. They are for you "
                     "alone, outside its guarantee, and do not stand in the report for the recipient."))
    _chart(measured)
    _table(measured)
    beside.look(project, measured)


def _chart(measured: Mapping[str, Any]) -> None:
    points = {n: p for n, p in measured["points"].items() if None not in p}
    if len(points) < 2:
        return
    edge = words.listed(measured["front"]) if measured["front"] else "–"
    says = _("Further left is safer, further down is more useful. On the edge of what is possible: {edge}.", edge=edge)
    st.markdown(says)
    charts.show(
        charts.trade(
            [{"risk": 100 * p[0], "loss": 100 * p[1], "name": n, "number": n, "edge": n in measured["front"]}
             for n, p in points.items()],
            x="risk", y="loss", name="name", number="number",
            x_title=_("Expected to be recognised, of 100 people (synthetic: alone before and after)"),
            y_title=_("Tables of two columns are off by, in 100"), edge="edge",
        ),
        "weighed", says,
    )


def _table(measured: Mapping[str, Any]) -> None:
    """Measures down the side, releases along the top; ★ marks the best of a row."""
    names = [r["name"] for r in measured["releases"]]
    st.markdown(_("★ marks the best of a row."))
    for kind, heading in KINDS.items():
        rows = [row for row in measured["rows"] if row["kind"] == kind]
        if not rows:
            continue
        st.subheader(_(heading), anchor=False)
        if kind == "attack":
            st.markdown(_("How much more often in 100 tries the attacker is right than without the release (or, where "
                          "people were held back, than about those). ⚠ marks what is more than chance."))
        st.html(charts.sheet(
            [_("Measure"), *([_("As it came")] if kind == "risk" else []), *names],
            [(_(row["title"]), *([_value(row["original"])] if kind == "risk" else []),
              *(_shown(row, n, measured) + (" ★" if n in row["winners"] else "") for n in names)) for row in rows],
            numbers=range(1, len(names) + 2), caption=_(heading),
        ))
    drilled.drill(measured)


def _shown(row: Mapping[str, Any], release: str, measured: Mapping[str, Any]) -> str:
    """The value of one cell; a gain in points of 100, with a sign where it is more than chance."""
    value = row["values"][release]
    if row["kind"] != "attack" or value is None:
        return _value(value)
    attacks = next(r["attacks"] for r in measured["releases"] if r["name"] == release)
    one = next((a for a in attacks if drilled.is_of(row, a)), None)
    if one is None or one["measure"] == "epsilon":
        return _value(value)
    return f"{100 * value:+.1f}".replace("-0.0", "0.0").replace("+0.0", "0.0") + (" ⚠" if one["found"] else "")


def _value(value: float | None) -> str:
    return "–" if value is None else figure(value)
