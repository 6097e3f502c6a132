"""Step 6: risk and usefulness before and after, side by side."""

from __future__ import annotations

from core.problem import Problem
from studio import context, desk, export, figures, history, judging, outcome, panel, sides, steps, weighing


def ready() -> None:
    export.ready(context.project())


project = steps.begin("compare")
desk.require_table(project)
if outcome.work_out(project):
    panel.show(project)
else:
    panel.show(project)
    found = figures.comparison(project)
    if found is None:
        raise Problem("There is nothing to compare yet.", "Go back and choose how the table is protected.")
    outcome.show_leaks(project)
    sides.verdict(project, found)
    sides.overlooked(project, found)
    judging.choose(project)
    judged = judging.verdict(project)
    if judged:
        judging.show(judged)
    sides.risk(project, found)
    sides.columns(found)
    sides.associations(found)
    weighing.keep(project)
    sides.promises(project)
    sides.notes(found)
history.show(project)
steps.go_on("compare", check=ready)
