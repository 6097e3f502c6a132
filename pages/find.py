"""A detour of step 5: say what matters, let several protections be tried out, and take one of them."""

from __future__ import annotations

from studio import finding, history, waiting

project = finding.top()
job = waiting.latest(project.id, "find")
if waiting.is_running(job):
    waiting.show(job, "Trying out ways to protect your table")
else:
    waiting.ended_badly(job)
    finding.ask(project)
    tried = finding.found(project)
    if tried:
        finding.show(project, tried)
    history.show(project)
