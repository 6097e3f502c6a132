"""Synthetic rows: which synthesizer, what it learned, what it keeps and what it gives away; using or deleting it."""

from __future__ import annotations

import html
from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from core import training
from core.declare import dump
from core.jobs import Job
from core.language import translate as _
from core.recipe.steps import STEPS
from core.store import Project
from core.synthesise import SYNTHESIZERS
from core.synthesise.private import PrivateSynthesizer
from studio import charts, context, desk, finding, form, promising, steps, waiting, words
from studio.style import WIDE

TIMES = {60: "About 1 minute", 300: "About 5 minutes", 1800: "About half an hour"}
PLAIN, PROMISE = "plain", "promise"
SORTS = {
    PLAIN: "Learn from the rows as they are",
    PROMISE: "Learn with a promise (differential privacy)",
}
SORTS_WHEN = {
    PLAIN: "Keeps patterns best and promises nothing: what attackers gain is tried out and shown.",
    PROMISE: "However clever somebody is, now or later, they learn little more than if a person had not been in the "
    "file. Costs some of the budget of this table.",
}


def top() -> Project:
    """A way back to step 5, the heading, and what this is."""
    project = context.project()
    st.html(WIDE)
    if st.button("← " + _("Back"), key="back", type="tertiary", help=_("to “{page}”", page=_("Protect it"))):
        steps.go_to("protect")
    st.title(_("Which new people should be made?"), anchor=False)
    desk.require_table(project)
    st.markdown(_(
        "A synthesizer learns the patterns of your table and then makes up people with the same patterns. "
        "**That no row is the same as a real one is not privacy:** a model can remember. So some people are held back "
        "before it learns, and what attackers gain is compared with what they gain on those."
    ))  # fmt: skip
    return project


def told(job: Job | None) -> None:
    """What did not work among several that were tried out."""
    for one in (job.result or {}).get("failed", []) if job and job.state == "done" else []:
        title = steps.plain(_(STEPS.build(one["step"]).title))
        st.warning(f"{title}: {steps.plain(one['what'])} {steps.plain(one['do'])}")


# --- what was trained


def found(project: Project) -> list[Mapping[str, Any]]:
    """The models of this project that hold good for the columns as they are now; the closest first."""
    now = training.basis(desk.recipe(project))
    return [m for m in training.models(context.store(), context.who(), project.id) if m["basis"] == now]


def show(project: Project, models: Sequence[Mapping[str, Any]]) -> None:
    """The models: recommended one, chart beside ways to protect rows, and a card for each."""
    st.header(_("What was trained"), anchor=False)
    advised = training.recommend(models)
    if advised and len(models) > 1:
        number = next(i for i, m in enumerate(models, 1) if m["key"] == advised.key)
        st.success(_("We would take number {number}.", number=number) + " " + " ".join(advised.reasons))
    if len(models) > 1 or finding.found(project):
        _chart(project, models)
    for number, model in enumerate(models, 1):
        _card(project, number, model)


def _chart(project: Project, models: Sequence[Mapping[str, Any]]) -> None:
    rows = [
        {"lost": 100 * m["trial"]["new"]["two_way"], "risk": m["trial"]["found"], "way": _title(m), "number": str(i)}
        for i, m in enumerate(models, 1)
        if m["trial"]["found"] is not None
    ]
    tried = finding.found(project)
    ways = tried["candidates"] if tried else []
    rows += [
        {"lost": 100 * c["lost"], "risk": c["found_in_100"], "way": _(c["title"]), "number": ""} for c in ways
    ]
    if len(rows) < 2:
        return
    charts.show(
        charts.trade(
            rows, x="lost", y="risk", name="way", number="number",
            x_title=_("Usefulness lost, in 100 (further left is better)"),
            y_title=_("Found, of 100 people looked for"),
        ),
        "models",
        _("Each model by the usefulness it loses and the people who could be found; the table below says the same."),
    )  # fmt: skip
    st.caption(
        _("For new people, lost is how far shares in two-way tables are off; found is how often a row picked among "
          "those that match a person gives the rest of that person right.")
        + (" " + _("Small rings are the ways to protect rows that were tried out: lost is the detail lost, found is "
                   "who could be picked out.") if ways else "")
    )  # fmt: skip
    charts.as_table(
        [_("Card"), _("Way"), _("Lost, in 100"), _("Found, of 100 looked for")],
        [(r["number"] or "–", r["way"], finding.small(r["lost"]), finding.small(r["risk"])) for r in rows],
        numbers=(2, 3),
    )


def _title(model: Mapping[str, Any]) -> str:
    return _(STEPS.build(model["step"]).title)


def _card(project: Project, number: int, model: Mapping[str, Any]) -> None:
    step = STEPS.build(model["step"])
    used = model["step"] in desk.recipe(project).data()["steps"]
    with st.container(border=True, key=f"card-model-{number}"):
        st.subheader(f"{number}. {steps.plain(_(step.title))}", anchor=False)
        st.html(_figures(model["trial"]))
        st.markdown(_verdict(model))
        for note in model["notes"]:
            st.caption(steps.plain(note))
        with st.expander(_("What attackers gained from model {number}", number=number)):
            _attacks(model["trial"])
        with st.expander(_("Its settings, and when it was trained ({number})", number=number)):
            st.markdown("\n".join(f"- {steps.plain(str(k))}: {steps.plain(_said(v))}" for k, v in dump(step).items()))
            st.caption(_("Trained {when} in {seconds} seconds; kept encrypted with the project, never given out.",
                         when=model["trained"][:16].replace("T", " "), seconds=f"{model['seconds']:g}"))
        with st.container(horizontal=True):
            if used:
                st.success(_("This is what you give out now."))
            else:
                st.button(
                    _("Use this one"), key=f"use-{number}", type="primary" if number == 1 else "secondary",
                    help=_("Model {number}: {title}", number=number, title=steps.plain(_(step.title))),
                    on_click=steps.guarded(lambda: _use(context.project(), step)),
                )
            st.button(
                _("Delete"), key=f"delete-{number}", help=_("Delete model {number}", number=number),
                on_click=steps.guarded(
                    lambda: training.delete(context.store(), context.who(), context.project().id, model["key"])
                ),
            )
    if context.take(f"used-{project.id}"):
        steps.go_to("protect")


def _use(project: Project, step: Any) -> None:
    recipe = training.with_synthesizer(desk.recipe(project), step)
    desk.change(project, _("Synthetic rows: {title}", title=_(step.title)), steps=recipe.data()["steps"])
    context.set_value(f"used-{project.id}", True)


def _said(value: Any) -> str:
    if isinstance(value, Mapping):
        return ", ".join(f"{k} {_said(v)}" for k, v in value.items())
    return ", ".join(_said(v) for v in value) if isinstance(value, (list, tuple)) else str(value)


def _figures(trial: Mapping[str, Any]) -> str:
    """What is kept, each beside what real new people (the control group) show."""
    new, real = trial["new"], trial["real"]
    shown = [
        (_("Rows made"), f"{trial['rows']:,}", ""),
        (_("Single columns off by"), _percent(new["one_way"]), real and _percent(real["one_way"])),
        (_("Pairs of columns off by"), _percent(new["two_way"]), real and _percent(real["two_way"])),
        (_("Told apart from real rows"), _percent(new["told_apart"]), real and _percent(real["told_apart"])),
    ]
    blocks = "".join(
        f"<div><span>{html.escape(n)}</span><b>{html.escape(v)}</b>"
        + (f"<span>{html.escape(_('real people: {share}', share=r))}</span>" if r else "") + "</div>"
        for n, v, r in shown
    )  # fmt: skip
    line = _(
        "Learned from {rows}; {control} held back and never looked at. Told apart: 50% is guessing, 100% is always.",
        rows=words.count(trial["learned_from"], "row", "rows"),
        control=words.count(trial["control"], "row was", "rows were"),
    )
    label = html.escape(_("What it keeps"))
    return f'<div class="figures" role="group" aria-label="{label}">{blocks}<p>{html.escape(line)}</p></div>'


def _percent(share: float | None) -> str:
    return "–" if share is None else f"{100 * share:.1f}%"


def _verdict(model: Mapping[str, Any]) -> str:
    """One sentence on what it gives away, before any detail."""
    trial, gained = model["trial"], training.gains(model)
    if not trial["attacks"]:
        return _("**Attackers were not tried out**: that needs a control group of at least 30 people.")
    if not gained and model["private"]:
        return _("**It has a promise (epsilon)**, which holds whatever attackers try; {count} attacks gained nothing.",
                 count=len(trial["attacks"]))
    if not gained:
        return _("**No attacker gained more than by chance** in {count} attacks. That is no proof, and no promise.",
                 count=len(trial["attacks"]))
    names = words.listed(list(dict.fromkeys(_(one["title"]) for one in gained)))
    return _("**Somebody could learn from it about real people**: {attacks}. Look at the details below.", attacks=names)


def _attacks(trial: Mapping[str, Any]) -> None:
    st.markdown(_("No identical rows is not privacy: an attacker who learns your income does not need your row."))
    gaining = training.gains({"trial": trial})
    for one in trial["attacks"]:
        mark = _("gains") if one in gaining else _("gains nothing")
        target = f" ({steps.plain(one['target'])})" if one["target"] else ""
        st.markdown(f"- **{_(one['title'])}**{target}: {mark}. {steps.plain(one['sentence'])}")
    if not trial["attacks"]:
        st.markdown(_("None was tried out."))


# --- training


def choose(project: Project) -> None:
    """“Choose for me”: several are trained within a time."""
    st.header(_("Choose for me"), anchor=False)
    st.markdown(_("Several synthesizers are trained one after the other, each is put to the test, and one is advised."))
    seconds = st.radio(
        _("How long may it take?"), list(TIMES), key="choose-seconds", horizontal=True,
        format_func=lambda s: _(TIMES[s]), help=_("The first is always finished."),
    )
    if st.button(_("Train several and advise me"), key="choose", type="primary"):
        tried = [{**step, "leave_out": desk.telling(project)} for step in training.candidates(seconds)]
        asked: dict[str, object] = {"steps": tried, "seconds": seconds}
        _start(project, asked)


def train(project: Project) -> None:
    """One synthesizer, its explanation, its settings, one button."""
    st.header(_("Or train one"), anchor=False)
    sort = st.radio(
        _("Should it promise something?"), list(SORTS), key="sort", format_func=lambda s: _(SORTS[s]),
        captions=[_(SORTS_WHEN[s]) for s in SORTS],
    )
    offered = {SYNTHESIZERS.name_of(s): s for s in SYNTHESIZERS if s.private == (sort == PROMISE)}
    name = st.radio(
        _("How?"), list(offered), key=f"synthesizer-{sort}", format_func=lambda n: _(offered[n].title),
        captions=[form.explain(s)[0] for s in offered.values()],
    )
    chosen = offered[name]
    with st.container(border=True):
        _first, rest = form.explain(chosen)
        st.subheader(_(chosen.title), anchor=False)
        with st.expander(_("How it works, what is kept and what is lost")):
            st.markdown(rest)
        with steps.problems_shown():
            data = form.draw(
                chosen, form.Columns.of(desk.original(project)), f"train-{name}", {"leave_out": desk.telling(project)}
            )
            step = STEPS.build({STEPS.tag: name, **data})
            payable = not isinstance(step, PrivateSynthesizer) or promising.show(project, step, f"train-{name}")
            if st.button(_("Train it"), key=f"train-{name}", type="primary", disabled=not payable):
                step.check(desk.original(project))
                _start(project, {"steps": [dump(step)]})
    if sort == PROMISE and st.button(_("To the budget of this table"), key="budget"):
        context.go("../pages/budget.py", project.id)


def _start(project: Project, asked: dict[str, object]) -> None:
    now = desk.version(project)
    waiting.start(project.id, "train", {**asked, **({"version": now.version} if now else {})})
    st.rerun()
