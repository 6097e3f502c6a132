"""One click to a sensible protection for the recipient: shown in words before anything is done."""

from __future__ import annotations

import streamlit as st

from core.language import translate as _
from core.protect import METHODS
from core.store import Project
from studio import desk, steps


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
