"""One click to a sensible protection for the recipient: shown in words before anything is done."""

from __future__ import annotations

import streamlit as st

from core.language import translate as _
from core.policy.target import Wanted
from core.protect import METHODS
from core.store import Project
from studio import desk, judging, steps, words

RULES, USUAL = "rules", "usual"


def show(project: Project, only_at_risk: bool = False) -> None:
    """The suggestion, while the recipe holds no protection yet.

    only_at_risk  instead of groups of people who look alike, only rows that stand out are changed
    """
    target = desk.target(project)
    st.markdown(_("For “{recipient}”: {why}", recipient=_(target.label), why=_(target.why)))
    asked = _asked(project, only_at_risk)
    st.markdown(_("So this is what we would do:"))
    suggested = desk.suggested_steps(project, only_at_risk, asked)
    with st.container(border=True):
        for number, (step, reason) in enumerate(suggested, 1):
            does = METHODS.build(step).in_words()
            st.markdown(f"**{number}.** {steps.plain(_(does))}" + (f"  \n{steps.plain(_(reason))}" if reason else ""))
        if st.button(_("Protect it like this"), key="suggested", type="primary"):
            with steps.problems_shown():
                desk.take_suggestion(project, suggested)
                st.rerun()
    st.caption(_("Every step can be changed, taken away or undone afterwards."))


def _asked(project: Project, only_at_risk: bool) -> Wanted | None:
    """What the rules of step 6 ask for, where that is more than is usual; the person may stay with what is usual.

    None: what is usual, because the rules ask for no more, or it was chosen.
    """
    asked, policy, table, usual = judging.asked(project), judging.chosen(project), desk.original(project), desk.target(
        project).k
    k, risk = asked.groups(table, usual), asked.risk(table)
    rules = () if only_at_risk else asked.rules(table)
    if policy is None or (k == usual and risk is None and not rules):
        return None
    parts = [_("groups of at least {k}", k=k)]
    if rules:
        parts.append(_("in each {count} different values of {columns}", count=rules[0].l,
                       columns=words.listed([rule.column for rule in rules])))
    if risk is not None:
        parts.append(_("nobody’s risk above {risk} in 100", risk=f"{100 * risk:g}"))
    title = steps.plain(_(policy.title))
    if table.rows < k:
        st.caption(_("The rules of “{policy}”, by which it is judged on step 6, ask for {what}. A table of {rows} rows "
                     "cannot keep them.", policy=title, what=", ".join(parts), rows=table.rows))
        return None
    picked = st.radio(
        _("How strictly?"), [RULES, USUAL], key=f"strictly-{project.id}",
        format_func=lambda way: _("So that it keeps the rules: {what}", what=", ".join(parts)) if way == RULES else _(
            "What is usual: groups of at least {k}", k=usual),
        captions=[_why(project, title, k, usual), _(
            "Loses less. Where it breaks a rule of “{policy}”, step 7 asks you to write down why it goes out all the "
            "same.", policy=title)],
    )
    return asked if picked == RULES else None


def _why(project: Project, title: str, k: int, usual: int) -> str:
    """Why the rules take this, in a sentence or two."""
    asked, table = judging.asked(project), desk.original(project)
    said = _("The rules of “{policy}”, by which it is judged on step 6, ask for it.", policy=title)
    if k > usual and asked.highest_risk is not None and asked.risk(table) is None:
        said += " " + _("They ask that nobody’s risk is above {risk} in 100, and without a column of weights this "
                        "table is taken for everybody there is: that takes groups of {k}. If it is a sample, mark its "
                        "column of weights on step 3.", risk=f"{100 * asked.highest_risk:g}", k=k)
    return said
