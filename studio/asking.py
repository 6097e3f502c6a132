"""A question by pointing, its price before it is paid, and the answer."""

from __future__ import annotations

import csv
import functools
import io
import json
from collections.abc import Mapping
from typing import Any

import streamlit as st

from core.declare import dump
from core.language import translate as _
from core.query import QUERIES, Query
from core.query.ask import ask, check, ground_of, price
from core.query.explain import code, in_words
from core.query.foresee import Expected, epsilon_for, expected
from core.query.ground import Bounds, Ground, Span
from core.query.tidy import non_negative
from core.store import Budget, Charge, Project
from core.table import Table
from studio import budgeting, charts, context, form, steps

PRICED, SHOWN, DRAFT = "priced-question", "shown-answer", "draft-question"
"""Session keys: the question whose price is shown, the charge whose answer is shown, the question as last written."""

GROUP_SIZES = (30, 100, 300, 1000)


def columns(table: Table, ground: Ground) -> form.Columns:
    """Columns as a question sees them: those with public bounds are numbers, those with a span are dates."""

    def kind(name: str) -> str:
        known = ground.known.get(name)
        if isinstance(known, Bounds):
            return "number"
        return "date" if isinstance(known, Span) else table.columns[name].kind

    return form.Columns({name: (kind(name), table.role(name)) for name in table.names})


def build_question(project: Project, budget: Budget) -> None:
    """What is asked, of which rows, in which groups."""
    ground, table = ground_of(budget), budgeting.table(project)
    st.header(_("Ask a question"), anchor=False)
    with steps.problems_shown():
        draft: dict[str, Any] = context.value(DRAFT, {})
        names = list(QUERIES.by_name)
        begun = draft.get(QUERIES.tag)
        name = st.selectbox(
            _("What do you want to know?"), names, index=names.index(begun) if begun in names else 0, key="question",
            format_func=lambda n: _(QUERIES.by_name[n].title),
        )
        chosen = QUERIES.named(name)
        first, rest = form.explain(chosen)
        st.markdown(steps.plain(first))
        with st.expander(_("How it works")):
            st.markdown(steps.plain(rest))
        data = form.draw(chosen, columns(table, ground), f"ask-{name}", draft if name == begun else {})
        if st.button(_("See the price"), key="price", type="primary"):
            query = QUERIES.build({QUERIES.tag: name, **data})
            check(query, table, ground)
            context.set_value(PRICED, dump(query))
            context.set_value(DRAFT, query.model_dump())  # Streamlit forgets what is not on the screen
            st.rerun()


def interrupt(project: Project, budget: Budget, plain: Mapping[str, Any]) -> None:
    """Before the budget is spent: the price, what is left after, and the error to expect."""
    query, ground = QUERIES.build(plain), ground_of(budget)
    cost = price(query, budget)
    paid = context.store().paid(context.who(), budget.id, dump(query), query.epsilon)
    st.markdown(f"**{steps.plain(budgeting.question(plain))}**")
    if paid is not None:
        st.info(_("This was asked and paid for before. It is shown again for nothing."))
    else:
        st.warning(_(
            "This costs {price} of the {left} that is left; {after} will remain. What is spent cannot be taken back.",
            price=budgeting.amount(budget, cost.amount), left=budgeting.amount(budget, budget.left),
            after=budgeting.amount(budget, max(budget.left - cost.amount, 0))))
    foresee(query, ground, budget)
    with st.container(horizontal=True):
        if st.button(_("Show it") if paid else _("Pay and ask"), key="pay", type="primary"):
            with steps.problems_shown():
                with st.spinner(_("Asking …")):
                    found = ask(context.store(), context.who(), budget, budgeting.table(project), query)
                context.forget(PRICED)
                context.set_value(SHOWN, found.charge.id)
                st.rerun()
        if st.button(_("Back to the question"), key="not-now"):
            context.forget(PRICED)
            st.rerun()


def foresee(query: Query, ground: Ground, budget: Budget) -> None:
    """The error to expect, on invented data; and the epsilon for an error that is wanted."""
    cost, whole = price(query, budget), json.dumps(dump(query), sort_keys=True)

    def tried_with(size: int) -> Expected:
        return expected(query, ground, cost, size)

    tried = [(size, context.keep(("expected", whole, budget.id, size), functools.partial(tried_with, size)))
             for size in GROUP_SIZES]
    st.markdown(_("How exact will it be? Tried on invented data, never on yours:"))
    name = tried[0][1].name.replace("_", " ")
    st.html(charts.sheet(
        [_("Rows in a group"), _("The {name} is off by at most about (95%)", name=name), _("on a value of about")],
        [(f"{size:,}", _figure(about.error), _figure(about.value)) for size, about in tried], numbers=(0, 1, 2),
        caption=_("Expected error")))
    with st.expander(_("Which epsilon for which error?")):
        wanted = st.number_input(_("The error you could live with"), value=None, min_value=0.0, key="wanted")
        size = st.number_input(_("with about how many rows in a group"), value=300, min_value=1, max_value=50_000,
                               key="size")
        if wanted and st.button(_("Find the epsilon"), key="find"):
            with st.spinner(_("Trying on invented data …")):
                found = epsilon_for(query, budget, float(wanted), int(size))
            st.markdown(_("About epsilon {epsilon}.", epsilon=f"{found:.3g}") if found
                        else _("No price is enough for that."))


def show_answer(budget: Budget, charge: Charge) -> None:
    """The answer with its interval: sentence, chart, table, downloads, and how it was made."""
    if charge.answer is None:
        st.warning(_("No answer was kept: the program ended between the charge and the answer."))
        return
    st.header(steps.plain(budgeting.question(charge.query)), anchor=False)
    answer: Mapping[str, Any] = charge.answer
    if any(n in ("count", "distinct") for n in answer["estimates"]) and st.checkbox(
            _("Never below zero (costs nothing)"), key=f"zero-{charge.id}"):
        answer = non_negative(answer)
    _picture(answer, charge.id)
    headings, rows = sheet_of(answer)
    st.html(charts.sheet(headings, rows, numbers=range(len(answer["by"]), len(headings)), caption=_("The answer")))
    if answer["withheld"]:
        st.markdown(_("{count} groups are withheld: too few people for an answer that says anything.",
                      count=answer["withheld"]))
    for note in answer["notes"]:
        st.markdown(_(note))
    st.caption(_("Each number lies with 95% between the two beside it, as far as the noise goes."))
    _downloads(answer, charge)
    query = QUERIES.build(charge.query)
    with st.expander(_("How it was made, in words and as code")):
        st.markdown(steps.plain(in_words(query, budget)))
        for line in answer["mechanism"]:
            st.markdown("- " + steps.plain(line))
        st.code(code(query, budget), language="python")


def sheet_of(answer: Mapping[str, Any]) -> tuple[list[str], list[list[str]]]:
    """Headings and rows of an answer as texts."""
    parts = [(n, end) for n in answer["estimates"] for end in ("", "_low", "_high")]
    ends = {"": "", "_low": _("from"), "_high": _("to")}
    headings = [*answer["by"], *(f"{n.replace('_', ' ')} {ends[end]}".strip() for n, end in parts)]
    rows = [[*(str(line[b]) for b in answer["by"]), *(_figure(line[n + end]) for n, end in parts)]
            for line in answer["lines"]]
    return headings, rows


def _picture(answer: Mapping[str, Any], key: int) -> None:
    name = answer["estimates"][0]
    shown = [line for line in answer["lines"] if line[name] is not None and line[name] >= 0]
    if not answer["by"] or not shown:
        return
    top = max((line[name + "_high"] or line[name]) for line in shown) or 1.0
    rows = [{"label": ", ".join(str(line[b]) for b in answer["by"]), "value": line[name],
             "shown": _figure(line[name]) + (f" ({_figure(line[name + '_low'])} – {_figure(line[name + '_high'])})"
                                             if line[name + "_low"] is not None else "")}
            for line in shown[: charts.MOST_CELLS]]
    charts.show(charts.bars(rows, label="label", value="value", shown="shown", title=name.replace("_", " "),
                            top=float(top) * 1.25, labels_title=", ".join(answer["by"])),
                key=f"answer-{key}", says=_("The answer for each group, with its interval behind the bar."))


def _downloads(answer: Mapping[str, Any], charge: Charge) -> None:
    headings = [*answer["by"], *(n + end for n in answer["estimates"] for end in ("", "_low", "_high"))]
    name = f"answer-{charge.budget_id}-{charge.id}"
    file = io.StringIO()
    writer = csv.writer(file, quoting=csv.QUOTE_ALL)
    writer.writerow(headings)
    writer.writerows([["" if line[h] is None else line[h] for h in headings] for line in answer["lines"]])
    plain = {"question": dict(charge.query), "paid": charge.price, "answer": dict(answer)}
    with st.container(horizontal=True):
        st.download_button(_("CSV"), file.getvalue(), f"{name}.csv", "text/csv", key=f"csv-{charge.id}",
                           on_click="ignore")
        st.download_button(_("JSON"), json.dumps(plain, ensure_ascii=False, indent=1), f"{name}.json",
                           "application/json", key=f"json-{charge.id}", on_click="ignore")
        if st.button(_("Encrypted Excel"), key=f"xlsx-{charge.id}"):
            context.set_value(f"workbook-{charge.id}", _workbook(headings, answer))
    if made := context.value(f"workbook-{charge.id}"):
        st.markdown(_("The passphrase, shown this once:"))
        st.code(made[1], language=None)
        st.download_button(_("Download the encrypted file"), made[0], f"{name}.xlsx", key=f"file-{charge.id}",
                           on_click="ignore")


def _workbook(headings: list[str], answer: Mapping[str, Any]) -> tuple[bytes, str]:
    from core.release import excel, passphrase
    from core.table.column import Column

    numbers = set(headings[len(answer["by"]):])
    table = Table.of({h: Column.of([None if line[h] is None else str(line[h]) for line in answer["lines"]],
                                   "number" if h in numbers else "category") for h in headings})
    words = passphrase.new()
    return excel.encrypted(table, words), words


def paid_for(budget: Budget) -> None:
    """Answers that can be looked at again for nothing."""
    answered = [c for c in context.store().charges(context.who(), budget.id) if c.answer is not None]
    if not answered:
        return
    st.header(_("Answers already paid for"), anchor=False)
    for c in reversed(answered[-20:]):
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.markdown(steps.plain(budgeting.question(c.query)) + f" · {c.at:%d %B %Y}", width="stretch")
            if st.button(_("Show again"), key=f"again-{c.id}", help=budgeting.question(c.query)):
                context.set_value(SHOWN, c.id)
                st.rerun()


def _figure(number: float | None) -> str:
    if number is None or number != number:  # NaN: nothing is known
        return "–"
    return f"{number:,.0f}" if abs(number) >= 100 else f"{number:,.3g}"
