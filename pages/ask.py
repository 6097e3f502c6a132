"""Statistics instead of rows: settle once, ask by pointing, see the price, pay once, look again for nothing."""

from __future__ import annotations

import streamlit as st

from core.language import translate as _
from studio import asking, budgeting, context, steps

priced, shown = context.value(asking.PRICED), context.value(asking.SHOWN)
budget = budgeting.ledger(context.project())
if budget is None:
    heading = "Who is protected, and how strongly?"
else:
    heading = "Is this worth its price?" if priced else "What do you want to know?"
back = budgeting.PAGES["ask"] if priced else steps.named("protect").path
project = budgeting.top(heading, back, asking.PRICED if priced else "")
if budget is None:
    budgeting.settle(project)
elif priced:
    asking.interrupt(project, budget, priced)
else:
    budgeting.left(budget)
    with st.container(horizontal=True):
        if st.button(_("See what was spent"), key="history", type="tertiary"):
            context.go(budgeting.PAGES["budget"], project.id)
        if st.button(_("Answer several questions on one page"), key="plan", type="tertiary"):
            context.go(budgeting.PAGES["dashboards"], project.id)
    paid = next((c for c in context.store().charges(context.who(), budget.id) if c.id == shown), None)
    if paid:
        asking.show_answer(budget, paid)
    asking.build_question(project, budget)
    asking.paid_for(budget)
