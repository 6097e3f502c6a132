"""A page of answers: a saved set of questions, answered together under one price, and laid out for a reader."""

from __future__ import annotations

import functools
import io
import json
from typing import Any

import streamlit as st
import yaml

from core.declare import dump
from core.language import translate as _
from core.problem import Problem
from core.query import QUERIES
from core.query.ask import check, ground_of
from core.query.dashboard import Plan, Tile, answer_all, foreseen, whole_price
from core.query.examples import EXAMPLES, example_table, suggested
from core.query.ground import Ground
from core.recipe.yaml_text import parse
from core.store import Budget, Project
from core.table.writing import write_csv
from studio import answers, asking, budgeting, charts, context, desk, form, steps

PLAN, ANSWERED = "plan.yaml", "dashboard.json"
"""Files of the project: the questions, and the answers they were given last."""

PRICED = "priced-plan"
"""Session key: the price whose division is shown."""

WEIGHTS = ((0.5, "less than others"), (1.0, "as much as others"), (3.0, "more than others"))
BEGINNINGS = ("suggested", "empty", *EXAMPLES)


CALLED = {"hr": "An invented table of staff", "students": "An invented table of marks"}
"""The examples, as the first page offers them."""


def bring_example(name: str) -> None:
    """The invented table of an example, as if it had been uploaded."""
    file = io.BytesIO()
    write_csv(example_table(name), file)
    file.seek(0)
    desk.bring_invented(file, f"example {name}.csv")


def load(project: Project) -> Plan | None:
    """The saved plan of the project; None before there is one."""
    text = _file(project, PLAN)
    return Plan.from_data(parse(text)) if text is not None else None


def save(project: Project, plan: Plan) -> None:
    context.store().put(context.who(), project.id, PLAN, as_yaml(plan).encode())


def as_yaml(plan: Plan) -> str:
    return str(yaml.safe_dump(plan.data(), sort_keys=False, allow_unicode=True))


def _file(project: Project, name: str) -> str | None:
    store, actor = context.store(), context.who()
    there = any(f.name == name for f in store.files(actor, project.id))
    return store.get(actor, project.id, name).decode() if there else None


def begin(project: Project, ground: Ground) -> None:
    """No plan yet: what to begin with."""
    called = {"suggested": _("What is public about this table: counts, means, distributions, trends"),
              "empty": _("One count, and whatever you add"),
              "hr": _("The example for a table of staff (department, sex, salary, years)"),
              "students": _("The example for a table of marks (student, school, subject, marks)")}
    chosen = st.radio(_("What do you want to begin with?"), BEGINNINGS, key="begin-plan",
                      format_func=lambda b: called[b])
    with steps.problems_shown():
        if st.button(_("Begin"), key="begin", type="primary"):
            save(project, beginning(chosen, project, ground))
            st.rerun()


def beginning(chosen: str, project: Project, ground: Ground) -> Plan:
    if chosen in EXAMPLES:
        plan = Plan.from_data({"title": project.name, "tiles": list(EXAMPLES[chosen][1])})
        for tile in plan.tiles:
            check(tile.query, budgeting.table(project), ground)
        return plan
    found = suggested(ground, project.name) if chosen == "suggested" else None
    return found or Plan.from_data({"title": project.name, "tiles": [{"heading": _("How many"),
                                                                      "query": {"query": "count"}}]})


def edit(project: Project, budget: Budget, plan: Plan) -> None:
    """The questions of the page, what they may cost together, and what they cost each."""
    st.text_input(_("Title of the page"), value=plan.title, key="plan-title", max_chars=200,
                  on_change=steps.guarded(functools.partial(_change, project, plan, "title", "plan-title")))
    for place, tile in enumerate(plan.tiles):
        _tile(project, plan, place, tile)
    with st.expander(_("Add a question")):
        add(project, budget, plan)
    st.number_input(
        _("About how many rows does a group hold?"), value=plan.group_size, min_value=1, max_value=50_000,
        key="plan-size", help=_("A guess of yours, not taken from the data. Counts that are paid for correct it."),
        on_change=steps.guarded(functools.partial(_change, project, plan, "group_size", "plan-size")))
    with steps.problems_shown():
        epsilon = asking.paying(budget, "plan-paying", 1.0)
        if st.button(_("See the price"), key="price-plan", type="primary"):
            for tile in plan.tiles:
                check(tile.query, budgeting.table(project), ground_of(budget))
            whole_price(budget, plan, epsilon)
            context.set_value(PRICED, epsilon)
            st.rerun()
    st.download_button(_("Download these questions (YAML)"), as_yaml(plan), "plan.yaml", "application/yaml",
                       key="plan-yaml", on_click="ignore", type="tertiary")


def _tile(project: Project, plan: Plan, place: int, tile: Tile) -> None:
    key = f"tile-{place}-{len(plan.tiles)}"
    with st.container(border=True):
        st.text_input(_("Heading"), value=tile.heading, key=f"{key}-heading", max_chars=200,
                      on_change=steps.guarded(functools.partial(_change_tile, project, plan, place, "heading",
                                                                f"{key}-heading")))
        st.caption(form.escape(budgeting.question(dump(tile.query))))
        with st.container(horizontal=True, vertical_alignment="bottom"):
            known = dict(WEIGHTS) | ({} if tile.weight in dict(WEIGHTS) else {tile.weight: f"{tile.weight:g}"})
            st.selectbox(_("Its exactness matters"), list(known), index=list(known).index(tile.weight),
                         key=f"{key}-weight", format_func=lambda w: _(known[w]),
                         on_change=steps.guarded(functools.partial(_change_tile, project, plan, place, "weight",
                                                                   f"{key}-weight")))
            if st.button(_("Take it off the page"), key=f"{key}-off", help=tile.heading, type="tertiary"):
                if len(plan.tiles) == 1:
                    steps.show_problem(Problem("A page needs at least one question.", "Add another one first."))
                    return
                save(project, plan._replace(tiles=plan.tiles[:place] + plan.tiles[place + 1:]))
                st.rerun()


def _change(project: Project, plan: Plan, part: str, key: str) -> None:
    save(project, plan._replace(**{part: context.value(key)}))


def _change_tile(project: Project, plan: Plan, place: int, part: str, key: str) -> None:
    tiles = list(plan.tiles)
    tiles[place] = tiles[place]._replace(**{part: context.value(key)})
    save(project, plan._replace(tiles=tuple(tiles)))


def add(project: Project, budget: Budget, plan: Plan) -> None:
    """One more question, by pointing."""
    ground, table = ground_of(budget), budgeting.table(project)
    with steps.problems_shown():
        data = asking.point(table, ground, "plan", {})
        heading = st.text_input(_("Its heading"), key="plan-heading", max_chars=200)
        if st.button(_("Put it on the page"), key="plan-add"):
            query = QUERIES.build(data)
            check(query, table, ground)
            tile = Tile(heading or budgeting.question(dump(query)), query)
            save(project, plan._replace(tiles=(*plan.tiles, tile)))
            context.forget("plan-")
            st.rerun()


def interrupt(project: Project, budget: Budget, plan: Plan, epsilon: float) -> None:
    """Before it is paid: how the price is shared out, which errors to expect, and what will be left."""
    cost, left = whole_price(budget, plan, epsilon), budget.left_for(context.who())
    st.warning(_(
        "All of it costs at most {price} of the {left} that is left; {after} will remain. What is spent cannot be "
        "taken back.", price=budgeting.amount(budget, cost), left=budgeting.amount(budget, left),
        after=budgeting.amount(budget, max(left - cost, 0))))
    with st.spinner(_("Trying on invented data …")):
        shared = context.keep(("foreseen", budgeting.known(budget), as_yaml(plan), epsilon),
                              lambda: foreseen(budget, plan, epsilon))
    st.markdown(_("The price is shared out so that the errors, together, are smallest. Tried on invented data:"))
    st.html(charts.sheet(
        [_("Question"), _("epsilon"), _("off by at most about (95%), in 100")],
        [(tile.heading, f"{tile.query.epsilon:.3g}", _percent(error)) for tile, error in shared],
        numbers=(1, 2), caption=_("How the price is shared out")))
    st.caption(_("What is cheap is asked first. Counts then tell how large the groups are, and the rest is shared out "
                 "anew. What was paid for before costs nothing again."))
    with st.container(horizontal=True):
        if st.button(_("Pay and answer all"), key="pay-plan", type="primary"):
            with steps.problems_shown():
                _answer(project, budget, plan, epsilon)
                context.forget(PRICED)
                st.rerun()
        if st.button(_("Back to the questions"), key="not-now"):
            context.forget(PRICED)
            st.rerun()


def _percent(error: float) -> str:
    if error != error:  # NaN: nothing is known
        return "–"
    return _("more than 100") if error > 1 else f"{100 * error:.3g}"


def _answer(project: Project, budget: Budget, plan: Plan, epsilon: float) -> None:
    bar = st.progress(0.0, _("Asking …"))

    def progress(share: float, doing: str) -> None:
        bar.progress(share, form.escape(doing))

    content = answer_all(context.store(), context.who(), budget, budgeting.table(project), plan, epsilon, progress)
    context.store().put(context.who(), project.id, ANSWERED, json.dumps(content, ensure_ascii=False).encode())


def answered(project: Project) -> dict[str, Any] | None:
    """What the page's questions were answered last; it costs nothing to look again."""
    text = _file(project, ANSWERED)
    return dict(json.loads(text)) if text is not None else None


def show(budget: Budget, content: dict[str, Any]) -> None:
    """The answers, laid out as the reader will see them; and the link for the reader."""
    st.header(form.escape(content["title"] or _("Answers")), anchor=False)
    st.markdown(steps.plain(content["promise"]))
    for place, tile in enumerate(content["tiles"]):
        if place % 2 == 0:  # row by row: on a phone the order stays
            sides = st.columns(2, gap="medium")
        with sides[place % 2], st.container(border=True):
            st.subheader(form.escape(tile["heading"]), anchor=False)
            answers.show(tile["answer"], f"tile-{place}")
            answers.withheld(tile["answer"])
            for note in tile["answer"]["notes"]:
                st.markdown(steps.plain(_(note)))
            with st.expander(_("The same numbers as a table")):
                answers.sheet(tile["answer"], tile["heading"])
    st.header(_("Show it to somebody else"), anchor=False)
    st.markdown(_("Who has the link sees this page and nothing else of the studio. It costs nothing."))
    if st.button(_("Make the link"), key="link-plan", type="primary"):
        token = context.store().create_dashboard(context.who(), budget.id, content)
        context.set_value(budgeting.link_key(budget), token)
    budgeting.links_made(budget)
