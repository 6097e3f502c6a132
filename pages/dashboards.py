"""A page of answers: questions answered together under one price, for a reader who sees nothing else."""

from __future__ import annotations

import streamlit as st

from core.language import translate as _
from core.query.ask import ground_of
from studio import budgeting, context, planning

priced = context.value(planning.PRICED)
project = budgeting.top("Is this worth its price?" if priced else "Which answers belong on one page?",
                        budgeting.PAGES["dashboards"] if priced else budgeting.PAGES["ask"],
                        planning.PRICED if priced else "")
budget = budgeting.ledger(project)
if budget is None:
    budgeting.none_yet(project)
else:
    plan = planning.load(project)
    if plan is not None and priced:
        planning.interrupt(project, budget, plan, priced)
    else:
        budgeting.left(budget)
        content = planning.answered(project)
        if content is not None:
            planning.show(budget, content)
        if plan is None:
            planning.begin(project, ground_of(budget))
        else:
            st.header(_("The questions"), anchor=False)
            planning.edit(project, budget, plan)
