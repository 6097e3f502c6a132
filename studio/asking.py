"""A question by pointing, its price before it is paid, and the answer."""

from __future__ import annotations

import functools
import json
from collections.abc import Mapping
from typing import Any

import streamlit as st

from core.declare import dump
from core.language import translate as _
from core.query import QUERIES, Query
from core.query.ask import ask, check, ground_of, price
from core.query.count import Count
from core.query.explain import NAMED_PRICES, by_this_alone, code, in_words
from core.query.foresee import Expected, epsilon_for, expected, preview
from core.query.ground import Bounds, Ground, Span
from core.query.learn import learn, learned
from core.query.tidy import add_up, fitting, non_negative
from core.release import passphrase
from core.release.answers import as_csv, as_excel, as_json
from core.store import Budget, Charge, Project
from core.table import Table
from studio import answers, budgeting, charts, context, form, steps

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
        data = point(table, ground, "ask", draft)
        epsilon = paying(budget, "paying", draft.get("epsilon"))
        if st.button(_("See the price"), key="price", type="primary"):
            query = QUERIES.build({**data, "epsilon": epsilon})
            check(query, table, ground)
            context.set_value(PRICED, dump(query))
            context.set_value(DRAFT, query.model_dump())  # Streamlit forgets what is not on the screen
            st.rerun()


def point(table: Table, ground: Ground, key: str, draft: Mapping[str, Any]) -> dict[str, Any]:
    """A question by pointing, without its price: plain data."""
    names = list(QUERIES.by_name)
    begun = draft.get(QUERIES.tag)
    name = st.selectbox(
        _("What do you want to know?"), names, index=names.index(begun) if begun in names else 0,
        key="question" if key == "ask" else f"{key}-question", format_func=lambda n: _(QUERIES.by_name[n].title),
    )
    chosen = QUERIES.named(name)
    first, rest = form.explain(chosen)
    st.markdown(steps.plain(first))
    with st.expander(_("How it works")):
        st.markdown(steps.plain(rest))
    begun_with = draft if name == begun else {}
    return {QUERIES.tag: name,
            **form.draw(chosen, columns(table, ground), f"{key}-{name}", begun_with, without=("epsilon",))}


def paying(budget: Budget, key: str, start: float | None = None) -> float:
    """How much of the budget a question may spend: named, each with what it means for one person."""
    named: dict[float, str] = dict(NAMED_PRICES)
    other = 0.0
    begun = start if start is not None else 0.1
    chosen = st.radio(
        _("How much of the budget may it spend?"), [*named, other], key=key,
        index=list(named).index(begun) if begun in named else len(named),
        format_func=lambda e: f"{_(named[e])} (epsilon {e:g})" if e else _("Another amount"),
        captions=[_("{percent}% of what is left. {risk}", percent=_share(budget, e), risk=by_this_alone(e))
                  for e in named] + [_("For those who know which epsilon they want.")],
        help=_("More gives a more exact answer and leaves less for other questions."),
    )
    if chosen != other:
        return float(chosen)
    amount = st.number_input(_("Epsilon"), value=float(begun), min_value=1e-4, max_value=20.0, format="%g",
                             key=f"{key}-epsilon")
    return float(amount or begun)


def _share(budget: Budget, epsilon: float) -> str:
    """What a price is of what this person may still spend, of 100."""
    left = budget.left_for(context.who())
    percent = 100 * price(Count(epsilon=epsilon), budget).amount / left if left > 0 else float("inf")
    return _("more than 100") if percent > 100 else f"{percent:.3g}"


def interrupt(project: Project, budget: Budget, plain: Mapping[str, Any]) -> None:
    """Before the budget is spent: the price, what is left after, and the error to expect."""
    query, ground = QUERIES.build(plain), ground_of(budget)
    cost, left = price(query, budget), budget.left_for(context.who())
    paid = context.store().paid(context.who(), budget.id, dump(query), query.epsilon)
    st.markdown(f"**{steps.plain(budgeting.question(plain))}**")
    if paid is not None:
        st.info(_("This was asked and paid for before. It is shown again for nothing."))
    else:
        st.warning(_(
            "This costs {price} of the {left} that is left; {after} will remain. What is spent cannot be taken back.",
            price=budgeting.amount(budget, cost.amount), left=budgeting.amount(budget, left),
            after=budgeting.amount(budget, max(left - cost.amount, 0))))
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
    cost, asked = price(query, budget), (json.dumps(dump(query), sort_keys=True), budgeting.known(budget))

    def tried_with(size: int) -> Expected:
        return expected(query, ground, cost, size)

    tried = [(size, context.keep(("expected", *asked, size), functools.partial(tried_with, size)))
             for size in GROUP_SIZES]
    st.markdown(_("How exact will it be? Tried on invented data, never on yours:"))
    name = tried[0][1].name.replace("_", " ")
    st.html(charts.sheet(
        [_("Rows in a group"), _("The {name} is off by at most about (95%)", name=name), _("on a value of about")],
        [(f"{size:,}", answers.figure(about.error), answers.figure(about.value)) for size, about in tried],
        numbers=(0, 1, 2), caption=_("Expected error")))
    with st.expander(_("How it could look")):
        st.markdown(_("An answer at this price on invented data with about 300 rows in a group. It says nothing of "
                      "your table."))
        answers.show(context.keep(("preview", *asked), lambda: preview(query, ground, cost, 300)), "preview")
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
    answer = tidied(budget, charge)
    answers.show(answer, f"answer-{charge.id}")
    answers.all_lines(answer, _("The answer"))
    answers.withheld(answer)
    for note in answer["notes"]:
        st.markdown(_(note))
    st.caption(_("Each number lies with 95% between the two beside it, as far as the noise goes."))
    becomes_known(budget, charge)
    _downloads(answer, charge)
    query = QUERIES.build(charge.query)
    with st.expander(_("How it was made, in words and as code")):
        st.markdown(steps.plain(in_words(query, budget)))
        for line in answer["mechanism"]:
            st.markdown("- " + steps.plain(line))
        st.code(code(query, budget), language="python")


def tidied(budget: Budget, charge: Charge) -> Mapping[str, Any]:
    """The answer, with what may be done to it for nothing: never below zero, and adding up with a total."""
    answer: Mapping[str, Any] = charge.answer or {}
    zero = any(n in ("count", "distinct") for n in answer["estimates"]) and st.checkbox(
        _("Never below zero (costs nothing)"), key=f"zero-{charge.id}")
    totals = fitting(context.store().charges(context.who(), budget.id), charge)
    if totals and st.checkbox(
            _("Make it add up with “{question}” (costs nothing)",
              question=form.in_label(budgeting.question(totals[0].query))), key=f"adds-{charge.id}",
            help=_("Both were paid for and carry noise of their own. Moved towards each other they are more exact. "
                   "Right only where every row is in one of the groups.")):
        with steps.problems_shown():
            answer = add_up(answer, totals[0].answer or {}, never_negative=zero)
    return non_negative(answer) if zero else answer


def becomes_known(budget: Budget, charge: Charge) -> None:
    """Bounds or values that were paid for can be used by later questions."""
    known = learned(charge)
    if known is None or set(known) & set(budget.ground["known"]):
        return
    (column,) = known
    if st.button(_("Use this for later questions about “{column}”", column=form.in_label(column)),
                 key=f"learn-{charge.id}", help=_("It was paid for, so it may be known. This cannot be undone.")):
        with steps.problems_shown():
            learn(context.store(), context.who(), budget, charge.id)
            st.rerun()


def _downloads(answer: Mapping[str, Any], charge: Charge) -> None:
    name, key = f"answer-{charge.budget_id}-{charge.id}", f"workbook-{charge.id}"
    with st.container(horizontal=True):
        st.download_button(_("CSV"), as_csv(answer), f"{name}.csv", "text/csv", key=f"csv-{charge.id}",
                           on_click="ignore")
        st.download_button(_("JSON"), as_json(answer, charge), f"{name}.json", "application/json",
                           key=f"json-{charge.id}", on_click="ignore")
        if st.button(_("Encrypted Excel"), key=f"xlsx-{charge.id}"):
            words = passphrase.new()
            context.set_value(key, (as_excel(answer, words), words))
    if made := context.value(key):
        st.markdown(_("The passphrase, shown this once:"))
        st.code(made[1], language=None)
        st.download_button(_("Download the encrypted file"), made[0], f"{name}.xlsx", key=f"file-{charge.id}",
                           on_click="ignore")


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
