"""The budget of a table over time: what is left, what was spent on what, by whom."""

from __future__ import annotations

import streamlit as st

from core.query.ask import ground_of
from core.query.explain import promise
from studio import budgeting, steps

project = budgeting.top("What was spent on answers?", budgeting.PAGES["ask"])
budget = budgeting.ledger(project)
if budget is None:
    budgeting.none_yet(project)
else:
    budgeting.left(budget)
    st.markdown(steps.plain(promise(ground_of(budget))))
    budgeting.more_is_public(project, budget)
    budgeting.history(budget)
    budgeting.allowances(budget)
    budgeting.links(budget)
