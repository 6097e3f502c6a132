"""“Find it for me”: what is asked, the ways that were tried out on a chart and as cards, and taking one of them."""

from __future__ import annotations

import html
import json
from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from core.declare import build, dump, parameters
from core.language import translate as _
from core.problem import Problem
from core.protect.method import Method
from core.protect.recoding.k_anonymity import KAnonymity
from core.recipe.candidates import Beginning, basis, begin
from core.recipe.steps import STEPS
from core.store import Project
from studio import charts, context, desk, form, judging, steps, waiting, words
from studio.style import WIDE

CANDIDATES, CHART = "candidates.json", "ways"
TIMES = {10: "About 10 seconds", 60: "About 1 minute", 300: "About 5 minutes"}
"""Seconds; a search that has nothing more to try ends before."""
SORTS = {
    "groups": "Groups are formed of people who nearly look alike, and each is made only as coarse as it needs to be: "
    "one row may keep 37 where another says 30-39.",
    "risk": "Only rows that stand out are changed, as little as removes the risk. All others stay exactly as they are.",
    "blanks": "Values stay exact. Single cells that make somebody stand out are blanked (*).",
    "rows": "Rows of people who stand out leave the file. All others stay exact.",
    "columns": "Each column gets one coarseness for everybody, which is the easiest to work with. Rows that still "
    "stand out are blanked or left out.",
    "coarser": "Some columns are made coarser for everybody. Single cells that still stand out are blanked (*).",
}
"""What is done, by the sort of a candidate (core/recipe/candidates.py)."""


def top() -> Project:
    """The top of the page: a way back to step 5, and the heading."""
    project = context.project()
    st.html(WIDE)
    if st.button("← " + _("Back"), key="back", type="tertiary", help=_("to “{page}”", page=_("Protect it"))):
        steps.go_to("protect")
    st.title(_("How gently can the people in it be protected?"), anchor=False)
    desk.require_table(project)
    return project


# --- what is asked


def stated(project: Project) -> tuple[Beginning, tuple[Method, ...]]:
    """The steps of the recipe told apart, and all that is done before a candidate.

    While nothing is protected yet, what is suggested for names and the like belongs to it.
    """
    now = desk.recipe(project).steps
    parts = begin(now)
    if any(step.group != "select" for step in now):
        return parts, parts.stand
    suggested = tuple(STEPS.build(step) for step, _reason in desk.suggested_steps(project))
    return parts, (*parts.stand, *begin(suggested).stand)


def keys(project: Project, before: Sequence[Method]) -> tuple[str, ...]:
    """The columns someone could know that are left after these steps; a Problem if there is none."""
    table = desk.original(project)
    for step in before:
        table = step.foresee(table)
    found = table.having("quasi_identifier")
    if not found:
        raise Problem(
            "No column is left that someone could know about a person.",
            "Mark at least one under “Who could be recognised”: ways are compared by what these columns lose.",
        )
    return found


def ask(project: Project) -> None:
    """The target, what matters, and the time; one button that starts the search."""
    parts, before = stated(project)
    names, target = keys(project, before), desk.target(project)
    last = _asked_last(project, target.k)
    policy = judging.chosen(project)
    st.markdown(
        _(
            "Several ways to protect your table are tried out on it. Each is counted again before it is shown, with "
            "what it costs. Nothing is changed until you take one."
        )
    )
    k = st.number_input(
        _("How many people must look alike at least?"), 2, 10_000, last["k"], key="find-k",
        help=_("With 5, everyone shares all that could be known about them with at least 4 others."),
    )
    st.caption(_("For “{recipient}”: {why}", recipient=_(target.label), why=_(target.why)))
    if policy and (last["highest_risk"] is not None or last["rules"]):
        st.caption(_(
            "The rules of “{policy}”, by which it is judged on step 6, ask for more than groups. It stands under “Ask "
            "for more”, so that every way that is found keeps them; take it away there, and the ways lose less.",
            policy=steps.plain(_(policy.title)),
        ))
    rank = st.multiselect(
        _("Which columns matter most to you? Choose the most important first."), names,
        [name for name in last["rank"] if name in names], key="find-rank", placeholder=_("All matter equally"),
        help=_("These are kept as exact as possible at the cost of the others."),
    )
    times = list(TIMES)
    seconds = st.radio(
        _("How long may it take?"), times, times.index(last["seconds"]), key="find-seconds", horizontal=True,
        format_func=lambda s: _(TIMES[s]), help=_("More time tries more ways. A way once begun is finished: on a large "
               "table or a busy machine it may take longer."),
    )
    with steps.problems_shown():
        more_asked = _more(project, last)
    _around(parts, before)
    if st.button(_("Find ways to protect it"), key="find-start", type="primary"):
        with steps.problems_shown():
            _start(project, parts, before, {"k": int(k), "seconds": seconds, "rank": list(rank), **more_asked})


def _start(project: Project, parts: Beginning, before: Sequence[Method], asked: dict[str, Any]) -> None:
    """Starts the search; a Problem where a rule is not finished."""
    build(KAnonymity, {"rules": asked["rules"]})
    context.set_value(f"find-asked-{project.id}", asked)
    now = desk.version(project)
    more = [dump(step) for step in before[len(parts.stand) :]]
    waiting.start(project.id, "find", {**asked, "before": more} | ({"version": now.version} if now else {}))
    st.rerun()


def _more(project: Project, last: Mapping[str, Any]) -> dict[str, Any]:
    """What else may be asked for: mixed groups, a highest risk, whole households. Folded away."""
    table = desk.original(project)
    asked: dict[str, Any] = {"rules": [], "highest_risk": None, "households": False}
    said = sum((bool(last["rules"]), last["highest_risk"] is not None, last["households"]))
    with st.expander(_("Ask for more") + (" – " + _("{count} asked for", count=said) if said else "")):
        risk = st.number_input(
            _("The highest risk a row may have, in 100"), 0.1, 100.0,
            None if last["highest_risk"] is None else 100 * last["highest_risk"], key="find-risk", format="%g",
            placeholder=_("any"),
            help=_("The chance that somebody who picks a row for a person is right, judged with the sample weights "
                   "where there are any. Rows above it leave the file."),
        )
        asked["highest_risk"] = None if risk is None else risk / 100
        if table.one("household"):
            asked["households"] = st.checkbox(
                _("Whole households leave where somebody in them must leave"), last["households"], key="find-homes",
                help=_("Those who stay would tell something about the one who left."),
            )
        if table.having("sensitive"):
            rules = next(p for p in parameters(KAnonymity) if p.name == "rules")
            asked["rules"] = form.ask(rules, form.Columns.of(table), "find-rules", last["rules"])
    return asked


def _asked_last(project: Project, k: int) -> Mapping[str, Any]:
    """What the form begins with: what was asked last, else what the rules of step 6 ask for.

    After F5 never less than the recipient's k.
    """
    said = context.value(f"find-asked-{project.id}")
    if said:
        return dict(said)
    before = found(project) or {}
    seconds = before["seconds"] if before.get("seconds") in TIMES else 60
    asked = judging.asked(project)
    rules = [dump(rule) for rule in asked.rules(desk.original(project))]
    more = {"rules": rules, "highest_risk": asked.highest_risk, "households": False} | before.get("asked", {})
    return {"k": max(before.get("k", asked.k or k), k), "rank": before.get("rank", []), "seconds": seconds, **more}


def _around(parts: Beginning, before: Sequence[Method]) -> None:
    """What is done before and after every candidate, and what a candidate takes the place of."""
    for heading, some in (
        ("What is done first, whatever way you take", before),
        ("What the way you take replaces; what these steps asked for is asked of it too", parts.replaced),
        ("What is done last, whatever way you take", parts.last),
    ):
        if some:
            with st.expander(_(heading)):
                st.markdown("\n".join(f"1. {steps.plain(_(step.in_words()))}" for step in some))


# --- what was found


def found(project: Project) -> Mapping[str, Any] | None:
    """The ways tried out last; None before there are any."""
    stamp = context.stamp(project.id, CANDIDATES)
    if not stamp:
        return None
    return context.keep(
        ("candidates", project.id, stamp),
        lambda: json.loads(context.store().get(context.who(), project.id, CANDIDATES)),
    )


def show(project: Project, tried: Mapping[str, Any]) -> None:
    """What the ways cost and what risk they leave: in a sentence, on a chart, as a table, and the best as cards."""
    st.header(_("What was found"), anchor=False)
    _parts, before = stated(project)
    if basis(desk.recipe(project), before) != tried["basis"]:
        st.info(_("Columns or other steps have changed since ways were last tried out. Find them again."))
        return
    best, target = tried["candidates"][0], desk.target(project)
    st.markdown(
        _(
            "{count} found in which everyone shares what could be known about them with at least {others} others. "
            "The gentlest loses **{lost} of 100 parts of the detail** in {columns}.",
            count=words.count(len(tried["candidates"]), "way was", "ways were"), others=tried["k"] - 1,
            lost=small(100 * best["lost"]), columns=steps.plain(words.listed(tried["keys"])),
        )
        + (" " + _("What matters most to you counts for more.") if tried["rank"] else "")
        + "".join(" " + _("In each group: {rule}.", rule=steps.plain(rule)) for rule in tried["rules"])
        + (" " + _("No row has a risk above {risk} in 100.", risk=f"{100 * tried['highest_risk']:g}")
           if tried["highest_risk"] is not None else "")
    )
    if tried["k"] < target.k:
        st.warning(
            _(
                "For “{recipient}” groups of at least {wanted} are advised; these ways reach {k}.",
                recipient=_(target.label), wanted=target.k, k=tried["k"],
            )
        )
    picked = f"find-way-{project.id}-{context.stamp(project.id, CANDIDATES)}"
    _chart(tried, picked)
    _card(project, tried, picked)


def small(number: float) -> str:
    """A number of 100 with what digits it needs: 34, 7.3, 0.05."""
    return f"{number:.0f}" if number >= 10 or number == 0 else f"{number:.1f}" if number >= 1 else f"{number:.2g}"


def _numbered(tried: Mapping[str, Any]) -> list[tuple[int, Mapping[str, Any]]]:
    """(number on the chart and the card, candidate) of those worth a card."""
    return list(enumerate((c for c in tried["candidates"] if c["shown"]), start=1))


def _chart(tried: Mapping[str, Any], picked: str) -> None:
    number = {c["name"]: str(n) for n, c in _numbered(tried)}
    ways = tried["candidates"]
    drawn = together([(n, c["name"], c["lost"], c["found_in_100"] / 100) for n, c in _numbered(tried)])
    rows = [
        {"lost": 100 * c["lost"], "risk": c["found_in_100"], "way": _(c["title"]), "number": drawn.get(c["name"], ""),
         "id": c["name"]}
        for c in ways
    ]
    charts.show(
        charts.trade(
            rows, x="lost", y="risk", name="way", number="number",
            x_title=_("Detail lost, in 100 (further left is gentler)"),
            y_title=_("Found, of 100 people looked for"), pick=("id",),
        ),
        CHART,
        _("Each way by the detail it loses and the people who could still be found; the table below says the same."),
        on_pick=lambda: _clicked(picked),
    )
    rings = " " + _("Small rings are other ways that were tried.") if len(ways) > len(number) else ""
    st.caption(_("Click on a point to look at that way; the furthest left is the gentlest.") + rings)
    charts.as_table(
        [_("Number"), _("Way"), _("Detail lost, in 100"), _("Found, of 100 looked for"), _("Smallest group"),
         _("Cells blanked"), _("Rows left out")],
        [
            (number.get(c["name"], "–"), _(c["title"]), small(100 * c["lost"]), small(c["found_in_100"]),
             f"{c['smallest_class']:,}", f"{c['cells_suppressed']:,}", f"{c['rows_dropped']:,}")
            for c in ways
        ],
        numbers=(2, 3, 4, 5, 6),
    )


def together(points: Sequence[tuple[int, str, float, float]]) -> dict[str, str]:
    """(number, name, x, y) -> name: what stands on its point. Of points that cover each other the first says all: 1·2.

    Two points cover each other where they are less than 2 in 100 of the widest apart on both axes.
    """
    wide, high = max((p[2] for p in points), default=0) or 1, max((p[3] for p in points), default=0) or 1
    places: list[list[tuple[int, str, float, float]]] = []
    for point in points:
        near = next((held for held in places if abs(held[0][2] - point[2]) < 0.02 * wide
                     and abs(held[0][3] - point[3]) < 0.04 * high), None)
        (places.append([point]) if near is None else near.append(point))
    return {held[0][1]: "·".join(str(p[0]) for p in held) for held in places}


def _clicked(picked: str) -> None:
    """A click on a point: that way is looked at."""
    point = context.picked(CHART, charts.PICK)
    if point:
        context.set_value(picked, point["id"])


def _card(project: Project, tried: Mapping[str, Any], picked: str) -> None:
    """The way that is picked, the gentlest at first: what it does and costs, and one button that takes it."""
    ways = {c["name"]: c for c in tried["candidates"]}
    number = {c["name"]: f"{n}. " for n, c in _numbered(tried)}
    name = st.selectbox(
        _("Which way do you want to look at?"), list(ways), key=picked,
        format_func=lambda w: number.get(w, "") + _("{way} (loses {lost} in 100)", way=_(ways[w]["title"]),
                                                    lost=small(100 * ways[w]["lost"])),
    )
    candidate = ways[name]
    whole = [*tried["basis"]["before"], *candidate["steps"], *tried["last"]]
    with st.container(border=True, key="card-way"):
        st.subheader(f"{number.get(name, '')}{steps.plain(_(candidate['title']))}", anchor=False)
        st.markdown(_(SORTS[candidate["sort"]]))
        st.html(_figures(tried, candidate))
        with st.expander(_("The steps of this way")):
            st.markdown("\n".join(f"1. {steps.plain(_(STEPS.build(s).in_words()))}" for s in whole))
        if whole == desk.recipe(project).data()["steps"]:
            st.success(_("This is how the table is protected now."))
        elif st.button(_("Protect it like this"), key="take-way", type="primary"):
            with steps.problems_shown():
                desk.change(project, _("Found for you: {way}", way=_(candidate["title"])), steps=whole)
                steps.go_to("protect")
        st.caption(_("Every step of it can be changed by hand afterwards, and undone."))


def _figures(tried: Mapping[str, Any], candidate: Mapping[str, Any]) -> str:
    """What a way costs and reaches, as four figures with their names, and the risk before and after."""
    cells = tried["rows"] * len(tried["keys"])
    shown = (
        (_("Detail lost, in 100"), small(100 * candidate["lost"])),
        (_("Smallest group"), f"{candidate['smallest_class']:,}"),
        (_("Cells blanked"), f"{candidate['cells_suppressed']:,}"),
        (_("Rows left out"), f"{candidate['rows_dropped']:,}"),
    )
    blocks = "".join(f"<div><span>{html.escape(n)}</span><b>{html.escape(v)}</b></div>" for n, v in shown)
    line = _(
        "Of 100 people whom somebody looks for in the file, {after} would be found; without this protection {before}. "
        "Blanked: {share} of the cells of these columns.",
        after=small(candidate["found_in_100"]), before=small(tried["found_in_100"]),
        share=words.share(candidate["cells_suppressed"], cells),
    )
    label = html.escape(_("What it costs and reaches"))
    return f'<div class="figures" role="group" aria-label="{label}">{blocks}<p>{html.escape(line)}</p></div>'
