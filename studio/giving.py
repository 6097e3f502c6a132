"""The question step 5 opens with: protected rows, synthetic rows, or statistics; and when each is right."""

from __future__ import annotations

import streamlit as st

from core.language import translate as _
from core.store import Project
from studio import context, desk
from studio.beginning import is_protected

ROWS, SYNTHETIC, STATISTICS = "rows", "synthetic", "statistics"
ANSWERS = {
    ROWS: "Protected rows",
    SYNTHETIC: "Synthetic rows",
    STATISTICS: "Statistics, no rows",
}
WHEN = {
    ROWS: "Every row stays that of a real person, made coarser. Right when results must add up to your own figures, or "
    "rows will be followed over time.",
    SYNTHETIC: "New people who never existed, with the same patterns. Right for trying out methods, teaching, testing "
    "software, and for research that is checked on the real data at the end.",
    STATISTICS: "Totals, means and tables with a stated privacy loss. Right when the questions are known beforehand, "
    "and the safest of the three.",
}


def ask(project: Project) -> bool:
    """Asks; opens the other two pages where they are chosen. True while the recipe makes synthetic rows."""
    synthetic = any(step.group == "synthetic" for step in desk.recipe(project).steps)
    settled = is_protected(project)
    now = SYNTHETIC if synthetic else ROWS
    answer = st.radio(
        _("What do you want to give out?"), list(ANSWERS), list(ANSWERS).index(now), key=f"give-{now}",
        format_func=lambda a: _(ANSWERS[a]), horizontal=settled,
        captions=None if settled else [_(WHEN[a]) for a in ANSWERS],
        help="\n\n".join(f"**{_(ANSWERS[a])}**: {_(WHEN[a])}" for a in ANSWERS) if settled else None,
    )
    if answer == STATISTICS:
        context.forget(f"give-{now}")
        context.go("../pages/ask.py", project.id)
    if answer == SYNTHETIC and not synthetic:
        context.forget(f"give-{now}")
        context.go("../pages/synthesis.py", project.id)
    if synthetic:
        _back_to_rows(project, answer == ROWS)
    return synthetic


def _back_to_rows(project: Project, wanted: bool) -> None:
    if not wanted:
        if st.button(_("Models: compare, train another, change"), key="models"):
            context.go("../pages/synthesis.py", project.id)
        return
    steps = [s for s in desk.recipe(project).data()["steps"] if not _synthetic(s)]
    desk.change(project, _("Protected rows instead of synthetic ones"), steps=steps)
    st.rerun()


def _synthetic(step: object) -> bool:
    from core.recipe.steps import STEPS

    return STEPS.build(step).group == "synthetic"
