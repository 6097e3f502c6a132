"""One click to a sensible protection for the recipient: shown in words before anything is done."""

from __future__ import annotations

from math import ceil

import streamlit as st

from core.language import translate as _
from core.policy.people import IndividualRisk
from core.protect import METHODS
from core.store import Project
from studio import desk, judging, steps


def show(project: Project, only_at_risk: bool = False) -> None:
    """The suggestion, while the recipe holds no protection yet.

    only_at_risk  instead of groups of people who look alike, only rows that stand out are changed
    """
    target = desk.target(project)
    st.markdown(_("For “{recipient}” this is what we would do. {why}", recipient=_(target.label), why=_(target.why)))
    suggested = desk.suggested_steps(project, only_at_risk)
    with st.container(border=True):
        for number, (step, reason) in enumerate(suggested, 1):
            words = METHODS.build(step).in_words()
            st.markdown(f"**{number}.** {steps.plain(_(words))}" + (f"  \n{steps.plain(_(reason))}" if reason else ""))
        if st.button(_("Protect it like this"), key="suggested", type="primary"):
            with steps.problems_shown():
                desk.take_suggestion(project, suggested)
                st.rerun()
    st.caption(_("Every step can be changed, taken away or undone afterwards."))
    _rules_ask_more(project, target.k)


def _rules_ask_more(project: Project, k: int) -> None:
    """Said beforehand, where the rules of step 6 would break: without weights a group of k leaves a risk of 1 in k."""
    policy, table = judging.chosen(project), desk.original(project)
    asked = next((rule.most for rule in policy.rules if isinstance(rule, IndividualRisk)), None) if policy else None
    if policy is None or asked is None or table.one("weight") or asked * k >= 1:
        return
    st.caption(
        _(
            "The rules of “{policy}”, by which it is judged on step 6, ask that nobody’s risk is above {risk} in 100. "
            "This table has no column of weights, so it is taken for everybody there is: that takes groups of at least "
            "{needed}. With smaller groups you are asked to write down why it goes out all the same.",
            policy=steps.plain(_(policy.title)), risk=f"{100 * asked:g}", needed=ceil(1 / asked),
        )
    )
