"""Step 5: how to begin; then what is done to the table, what that touched, and undo without end."""

from __future__ import annotations

from core.problem import Problem
from studio import beginning, context, desk, gallery, giving, history, outcome, panel, preview, steps, touched

project = steps.begin("protect")
desk.require_table(project)
giving.ask(project)
if beginning.is_protected(project):
    busy = outcome.work_out(project)
    panel.show(project)
    if not busy:
        outcome.show_leaks(project)
        preview.show(project)
        touched.show_attackers(project)
        touched.show_chances(project)
    gallery.taken(project)
    beginning.more(project)
else:
    panel.show(project)
    beginning.show(project)
    gallery.taken(project)
history.show(project)


def ready() -> None:
    if outcome.current(context.project()) is None:
        raise Problem(
            "The table is not protected yet.",
            "Take the suggestion, or add a protection of your own, and wait until it is worked out.",
        )


steps.go_on("protect", check=ready)
