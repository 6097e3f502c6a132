"""Settling once who is protected, how strongly, and what is public; and the budget's history."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import streamlit as st

from core.declare import build
from core.language import translate as _
from core.problem import Problem
from core.query.ask import delta_spent, epsilon_spent, ground_of, open_budget
from core.query.digest import digest
from core.query.examples import EXAMPLES
from core.query.explain import in_a_persons_words, promise
from core.query.ground import Ground
from core.query.learn import add
from core.store import Budget, Charge, Project
from core.table import Table
from studio import charts, context, desk, form, steps
from studio.style import WIDE

STRENGTHS = ((0.3, "Very strict"), (1.0, "Strict"), (3.0, "Moderate"), (8.0, "Weak"))
"""Named totals of epsilon; each is explained by what it means for one person."""

PAGES = {"ask": "../pages/ask.py", "budget": "../pages/budget.py", "dashboards": "../pages/dashboards.py"}


def link_key(budget: Budget) -> str:
    """Session key of the token that was made last for a budget, shown this once."""
    return f"link-made-{budget.id}"


def known(budget: Budget) -> tuple[int, tuple[str, ...]]:
    """What tells one state of a ledger's public knowledge from another: it only ever grows."""
    return budget.id, tuple(sorted(budget.ground["known"]))


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


def none_yet(project: Project) -> None:
    """The way forward where nobody has settled what may be answered."""
    st.markdown(_("This table has no budget yet. It gets one when you settle who is protected, and how strongly."))
    if st.button(_("Settle it now"), key="settle-first", type="primary"):
        context.go(PAGES["ask"], project.id)


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
    before = of_earlier_files(project)
    if before:
        st.warning(_(
            "An earlier file of this project has a budget of its own, of which epsilon {epsilon} was spent. What is "
            "known about people who are in both files adds up: settle this one so that both together are what you can "
            "promise.", epsilon=f"{sum(epsilon_spent(b, lifetime=True) for b in before):.4g}"))
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
                context.store(), context.who(), name_for(project, len(before)), table(project), build(Ground, data),
                chosen, float(delta or 0), renews,
            )
            st.rerun()


def name_for(project: Project, earlier: int) -> str:
    """What the budget is called: by the project, and by which of its files where it is not the first."""
    return f"{project.name[:150]} ({project.id[:6]})" + (f", {_('file')} {earlier + 1}" if earlier else "")


def of_earlier_files(project: Project) -> tuple[Budget, ...]:
    """Budgets that were settled in this project for files it held before: newer versions of one table, as a rule."""
    mine = (b for b in context.store().budgets(context.who()) if b.owner == context.who().user)
    return tuple(b for b in mine if f" ({project.id[:6]})" in b.name)


def known_of_sample(project: Project) -> dict[str, Any]:
    """What is public beforehand: for our own invented tables, what they are made of; for others, ages."""
    found = desk.original(project)
    if project.source_name == "sample survey.csv" and "monthly_expenditure" in found.columns:
        return {"known": {n: k for n, k in _public_of_sample().items() if n in found.columns}}
    name = project.source_name.removeprefix("example ").removesuffix(".csv")
    if name in EXAMPLES and project.source_name.startswith("example "):
        return {**EXAMPLES[name][0]}
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
    if budget.renews != "never":
        st.caption(_("It begins anew every {period}; over the lifetime {lifetime} was spent.", period=_(budget.renews),
                     lifetime=amount(budget, budget.lifetime)))
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
        rows.append({"label": f"{len(rows) + 1}. {c.at:%d %b %Y %H:%M}", "value": 100 * spent / budget.total,
                     "shown": f"{spent:.4g}"})
    charts.show(
        charts.bars(rows[-20:], label="label", value="value", shown="shown", top=max(100.0, rows[-1]["value"]),
                    title=_("Spent so far, of 100 of the budget")),
        key="spent", says=_("The budget spent after each question."),
    )
    by_whom(charged)
    st.html(charts.sheet(
        [_("Question"), _("When"), _("Who"), _("Paid")],
        [(question(c.query), f"{c.at:%d %B %Y %H:%M} UTC", c.user, f"{c.price:.4g}") for c in reversed(charged)],
        numbers=(3,), caption=_("Questions paid for"), stacked=True,
    ))


def by_whom(charged: Sequence[Charge]) -> None:
    """What each person and each department spent over the lifetime."""
    spent: dict[tuple[str, str], list[float]] = {}
    for c in charged:
        spent.setdefault((c.department, c.user), []).append(c.price)
    if len(spent) > 1:
        st.html(charts.sheet(
            [_("Department"), _("Who"), _("Questions"), _("Paid")],
            [(department or "–", who, len(paid), f"{sum(paid):.4g}")
             for (department, who), paid in sorted(spent.items())],
            numbers=(2, 3), caption=_("Spent by whom"), stacked=True))


def allowances(budget: Budget) -> None:
    """Who else may spend, and how much in a period: the owner decides."""
    actor = context.who()
    if (budget.owner, budget.department) != (actor.user, actor.department):
        return
    st.header(_("Who may spend"), anchor=False)
    if budget.allowances:
        st.html(charts.sheet(
            [_("Department"), _("Who"), _("May spend"), _("Spent"), _("Over the lifetime")],
            [(a.department or "–", a.who or _("everybody"), f"{a.total:.4g}", f"{a.spent:.4g}", f"{a.lifetime:.4g}")
             for a in budget.allowances], numbers=(2, 3, 4), caption=_("Allowances"), stacked=True))
    else:
        st.markdown(_("Nobody but you."))
    with st.expander(_("Let somebody else spend")), steps.problems_shown():
        whose = st.radio(_("Who?"), ("user", "department"), key="allow-whose", horizontal=True,
                         format_func=lambda w: _("One person") if w == "user" else _("A whole department"))
        who = st.text_input(_("Their name in the studio"), key="allow-who") if whose == "user" else ""
        department = st.text_input(_("Department"), key="allow-department")
        most = st.number_input(
            _("How much may they spend{period}? ({unit})", period="" if budget.renews == "never" else
              " " + _("every {period}", period=_(budget.renews)), unit=amount(budget, budget.total).split()[0]),
            value=None, min_value=0.0, max_value=float(budget.total), format="%g", key="allow-most")
        if st.button(_("Allow it"), key="allow"):
            if most is None or (whose == "user" and not who.strip()):
                raise Problem("It is not said who may spend how much.", "Give a name and an amount.")
            context.store().allow(actor, budget.id, "user" if whose == "user" else "department", who.strip(),
                                  department.strip(), float(most))
            context.forget("allow-")
            st.rerun()


def more_is_public(project: Project, budget: Budget) -> None:
    """What else is known without looking at the data, of columns nothing was settled about."""
    actor = context.who()
    found = form.Columns.of(desk.original(project))
    left_over = {n: k for n, k in found.kinds.items() if n not in budget.ground["known"]}
    if (budget.owner, budget.department) != (actor.user, actor.department) or not left_over:
        return
    with st.expander(_("Something else is public")), steps.problems_shown():
        st.markdown(_("Bounds or lists of columns that nothing was said about yet. What stands cannot be changed: "
                      "answers that were paid for rest on it."))
        data = form.draw(Ground, form.Columns(left_over), "more", without=("unit", "size_public"))
        if st.button(_("Add it"), key="more-add"):
            if not data["known"]:
                raise Problem("No column is chosen.", "Choose one, and say what is public about it.")
            add(context.store(), actor, budget, data["known"])
            context.forget("more")
            st.rerun()


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
            context.set_value(link_key(budget), store.create_dashboard(actor, budget.id, content))
    links_made(budget)


def links_made(budget: Budget) -> None:
    """The link that was just made, and those there are, each with a button that takes it back."""
    store, actor = context.store(), context.who()
    if token := context.value(link_key(budget)):
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

    if plain["query"] == "synthesise":  # paid for a training, not for an answer
        from core.synthesise import SYNTHESIZERS

        return _(SYNTHESIZERS.named(plain["method"]).title)
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
