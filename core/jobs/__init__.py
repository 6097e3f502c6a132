"""Long work in a process of its own, its state in the store: progress, a stop that stops at once, recorded once."""

from core.jobs.board import again, job, jobs, latest, start, stop
from core.jobs.record import Job
from core.jobs.work import Stopped, Work

__all__ = ["Job", "Stopped", "Work", "again", "job", "jobs", "latest", "start", "stop"]
