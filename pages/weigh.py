"""A detour of step 6: releases kept are measured alike, side by side, and one is advised."""

from __future__ import annotations

from studio import history, holding, waiting, weighing

project = weighing.top()
some = weighing.listed(project)
job = waiting.latest(project.id, "weigh")
if waiting.is_running(job):
    waiting.show(job, "Measuring the releases")
elif some:
    waiting.ended_badly(job)
    weighing.ask(project)
    measured = weighing.found(project)
    if measured:
        weighing.show(project, measured)
    holding.tables(project)
history.show(project)
