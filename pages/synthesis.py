"""A detour of step 5: new people who never existed. Train a synthesizer, see what it keeps and gives away, take it."""

from __future__ import annotations

from studio import history, linking, synthesis, waiting

project = synthesis.top()
job = waiting.latest(project.id, "train")
if waiting.is_running(job):
    waiting.show(job, "Learning the patterns of your table")
else:
    waiting.ended_badly(job)
    synthesis.told(job)
found = synthesis.found(project)
if found:
    synthesis.show(project, found)
if not waiting.is_running(job):
    synthesis.choose(project)
    synthesis.train(project)
    linking.ask(project)
history.show(project)
