"""Settling once who is protected, how strongly, and what is public; and the budget's history."""

from __future__ import annotations

from typing import Any

import streamlit as st

from core.declare import build
from core.language import translate as _
from core.problem import Problem
from core.query.ask import delta_spent, epsilon_spent, ground_of, open_budget
from core.query.digest import digest
from core.query.explain import in_a_persons_words, promise
from core.query.ground import Ground
from core.store import Budget, Project
from core.table import Table
from studio import charts, context, desk, form, steps
from studio.style import WIDE

STRENGTHS = ((0.3, "Very strict"), (1.0, "Strict"), (3.0, "Moderate"), (8.0, "Weak"))
"""Named totals of epsilon; each is explained by what it means for one person."""

PAGES = {"ask": "../pages/ask.py", "budget": "../pages/budget.py"}


def top(heading: str, back: str, leaves: str = "") -> Project:
    """The top of a page about statistics: Back and the heading. `leaves`: what Back forgets, to show the question."""
    project = context.project()
    st.html(WIDE)
    if st.button("← " + _("Back"), key="back", type="tertiary"):
        if leaves:
            context.forget(leaves)
        context.go(back, project.id)
    st.title(_(heading), anchor=False)
    desk.require_table(project)
    return project


def table(project: Project) -> Table:
    """The table as it was read: what its ledger is found by."""
    return context.table(project.id, desk.TABLE)


def ledger(project: Project) -> Budget | None:
    """The budget of this table, whatever project it was made in."""
    stamp = context.stamp(project.id, desk.TABLE)
    if not stamp:
        return None
    of_table = context.keep(("digest", project.id, stamp), lambda: digest(table(project)))
    return context.store().budget_of_table(context.who(), of_table)


def settle(project: Project) -> None:
    """Who is protected, what is public, how strongly: asked once for this table."""
    st.markdown(
        _(
            "Instead of rows, answers to questions leave: counts, means, trends. Noise is added to each, so that no "
            "answer shows whether any one person is in the table. Every answer uses up some of a budget; when it is "
            "spent, nothing more is answered. This is settled once for this table, and cannot be undone."
        )
    )
    with steps.problems_shown():
        data = form.draw(Ground, form.Columns.of(desk.original(project)), "ground", known_of_sample(project))
        st.subheader(_("How strongly are people protected?"), anchor=False)
        chosen = st.radio(
            _("How strongly?"),
            [e for e, _name in STRENGTHS],
            index=1,
            key="strength",
            label_visibility="collapsed",
            format_func=lambda e: f"{_(dict(STRENGTHS)[e])} (epsilon {e:g})",
            captions=[in_a_persons_words(e) for e, _name in STRENGTHS],
        )
        with st.expander(_("More settings: the usual answer is right for most files")):
            delta = st.number_input(
                _("Chance that the promise fails (delta)"), value=0.0, min_value=0.0, max_value=0.01, format="%g",
                key="delta",
                help=_("0 is the strictest. A tiny one, far below one in the number of people, makes many questions "
                       "cheaper and allows values to be found that are not public."),
            )
            renews = st.radio(
                _("Does the budget begin anew?"), ("never", "year", "quarter", "month"), key="renews",
                help=_("Each time it does, more becomes known about everybody. The total over the lifetime is shown."),
                format_func=lambda r: _("never") if r == "never" else _("every {period}", period=_(r)),
            )
        if st.button(_("Settle this"), key="settle", type="primary"):
            open_budget(
                context.store(), context.who(), project.name[:150] + f" ({project.id[:6]})", table(project),
                build(Ground, data), chosen, float(delta or 0), renews,
            )
            st.rerun()


def known_of_sample(project: Project) -> dict[str, Any]:
    """What is public beforehand: for our own sample survey, the lists it is made from; for others, ages."""
    found = desk.original(project)
    if project.source_name == "sample survey.csv" and "monthly_expenditure" in found.columns:
        return {"known": {n: k for n, k in _public_of_sample().items() if n in found.columns}}
    ages = [n for n, c in found.columns.items() if n.lower() in ("age", "age_years") and c.kind == "number"]
    return {"known": {n: {"kind": "bounds", "low": 0.0, "high": 110.0, "cuts": [18.0, 40.0, 60.0]} for n in ages}}


def _public_of_sample() -> dict[str, Any]:
    from core.sample import SEXES
    from core.sample.words import STATES

    def listed(values: list[str]) -> dict[str, Any]:
        return {"kind": "categories", "values": values}

    return {
        "state": listed([s.name for s in STATES]),
        "district": listed([d for s in STATES for d, _pin in s.districts]),
        "sector": listed(["Rural", "Urban"]),
        "sex": listed(list(SEXES)),
        "age": {"kind": "bounds", "low": 0.0, "high": 110.0, "cuts": [18.0, 40.0, 60.0]},
        "monthly_expenditure": {"kind": "bounds", "low": 0.0, "high": 60_000.0},
    }


def left(budget: Budget) -> None:
    """What is left, in a sentence and a bar."""
    percent = round(100 * min(max(budget.left / budget.total if budget.total else 0.0, 0.0), 1.0))
    st.markdown(_("**{percent}%** of the budget is left ({left} of {total}).", percent=percent,
                  left=amount(budget, budget.left), total=amount(budget, budget.total)))
    st.html(f'<div aria-hidden="true" style="height:10px;border:1px solid #8a8778;border-radius:5px">'
            f'<div style="height:8px;width:{percent}%;background:{charts.MAIN};border-radius:4px"></div></div>')


def amount(budget: Budget, units: float) -> str:
    return f"{'epsilon' if budget.measure == 'pure' else 'rho'} {units:.4g}"


def history(budget: Budget) -> None:
    """What was spent over time, on what, by whom."""
    store, actor = context.store(), context.who()
    epsilon = epsilon_spent(budget, lifetime=True)
    st.markdown(
        _("All answers so far together: epsilon {epsilon}{delta}.", epsilon=f"{epsilon:.4g}",
          delta=f", delta {delta_spent(budget):.3g}" if budget.delta else "") + " " + in_a_persons_words(epsilon)
    )
    charged = store.charges(actor, budget.id)
    if not charged:
        st.markdown(_("Nothing was asked yet."))
        return
    rows: list[dict[str, Any]] = []
    spent = 0.0
    for c in charged:
        spent += c.price
        rows.append({"label": f"{len(rows) + 1}. {c.at:%d %b %Y %H:%M}", "value": 100 * min(spent / budget.total, 1),
                     "shown": f"{spent:.4g}"})
    if budget.renews == "never":
        charts.show(
            charts.bars(rows[-20:], label="label", value="value", shown="shown",
                        title=_("Spent after each question, of 100")),
            key="spent", says=_("The budget spent after each question."),
        )
    st.html(charts.sheet(
        [_("When"), _("Who"), _("Question"), _("Paid")],
        [(f"{c.at:%d %B %Y %H:%M} UTC", c.user, question(c.query), f"{c.price:.4g}") for c in reversed(charged)],
        numbers=(3,), caption=_("Questions paid for"),
    ))


def links(budget: Budget) -> None:
    """Answers already paid for, laid out for a reader who sees nothing else: a link that can be taken back."""
    store, actor = context.store(), context.who()
    answered = {c.id: c for c in store.charges(actor, budget.id) if c.answer is not None}
    if not answered:
        return
    st.header(_("Show answers to somebody else"), anchor=False)
    st.markdown(_("Who has the link sees these answers and nothing else of the studio. It costs nothing."))
    title = st.text_input(_("Title of the page"), key="link-title", max_chars=200)
    chosen = st.multiselect(_("Which answers?"), list(answered), default=list(answered), key="link-answers",
                            format_func=lambda i: f"{i}: {question(answered[i].query)}")
    with steps.problems_shown():
        if st.button(_("Make the link"), key="link", type="primary"):
            if not chosen:
                raise Problem("No answer is chosen.", "Choose at least one.")
            tiles = [{"heading": question(answered[i].query), "query": dict(answered[i].query),
                      "answer": answered[i].answer} for i in chosen]
            content = {"title": title or budget.name, "promise": promise(ground_of(budget)), "tiles": tiles}
            context.set_value("link-made", store.create_dashboard(actor, budget.id, content))
    if token := context.value("link-made"):
        st.markdown(_("This is shown this once. The reader opens the studio’s address followed by:"))
        st.code(f"/reader/{token}", language=None)
    for made in store.dashboards(actor, budget.id):
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.markdown(f"**{steps.plain(made.title)}** · {made.created:%d %B %Y}"
                        + (" · " + _("taken back") if made.revoked else ""), width="stretch")
            if not made.revoked and st.button(_("Take the link back"), key=f"revoke-{made.id}", help=made.title):
                store.revoke_dashboard(actor, made.id)
                st.rerun()


def question(plain: Any) -> str:
    """A stored question in a few words."""
    from core.query import QUERIES

    title = QUERIES.named(plain["query"]).title
    of = plain.get("column") or ", ".join(filter(None, (plain.get("first"), plain.get("second"), plain.get("target"))))
    by = ", ".join(plain.get("by") or ())
    where = ", ".join(_condition(c) for c in plain.get("where") or ())
    return " ".join(filter(None, (
        _(title), _("of {column}", column=of) if of else "", _("by {columns}", columns=by) if by else "",
        _("where {conditions}", conditions=where) if where else "")))


def _condition(c: Any) -> str:
    if c["test"] == "number":
        return f"{c['column']} {c['compare'].replace('_', ' ')} {c['value']:g}"
    if c["test"] == "one_of":
        return f"{c['column']} {_('is not') if c.get('otherwise') else _('is')} {', '.join(c['values'])}"
    if c["test"] == "dates":
        return f"{c['column']} {c.get('first', '')}–{c.get('last', '')}"
    if c["test"] == "group":
        return "(" + f" {_('or') if c.get('join', 'any') == 'any' else _('and')} ".join(
            _condition(x) for x in c["where"]) + ")"
    return f"{c['column']} {_('is filled') if c.get('otherwise') else _('is missing')}"
