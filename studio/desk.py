"""What the pages read of the open project and write back: its file, its recipe, its tables, their risk.

The recipe is the one truth about kinds, roles and steps. Each change saves a version of it, so undo and redo reach
everything a person pointed and clicked, any number of times. Nothing here is kept but in the store, and in caches keyed
by content.
"""

from __future__ import annotations

import io
import json
from collections.abc import Mapping
from pathlib import PurePath
from typing import Any, BinaryIO

from core.detect import Detected
from core.language import translate as _
from core.problem import Problem
from core.protect.recipe import Recipe, prepare
from core.risk import Risk, assess
from core.store import Project
from core.table import Table
from studio import context, waiting

SOURCE, READING, TABLE = "source", "reading.json", "table.parquet"
RELEASED, OUTCOME = "released.parquet", "outcome.json"


# --- the file -------------------------------------------------------------------------------------------------------

def bring(file: BinaryIO, name: str, project: Project | None) -> None:
    """Puts an uploaded file into the vault and starts reading it: in a new project, or instead of a refused file."""
    store, actor = context.store(), context.who()
    name = PurePath(name.replace("\\", "/")).name[:200]
    if project is None:
        project = store.create_project(actor, PurePath(name).stem[:120] or _("My project"))
    store.put(actor, project.id, SOURCE, file)
    store.change_project(actor, project.id, source_name=name)
    start_reading(project.id, {})
    context.open_project(project.id)


def bring_sample() -> None:
    """The sample survey, as if it had been uploaded."""
    from core.sample import sample
    from core.table.writing import write_csv

    file = io.BytesIO()
    write_csv(sample(), file)
    file.seek(0)
    bring(file, "sample survey.csv", None)


def start_reading(project_id: str, answers: Mapping[str, str]) -> None:
    """Reads the file with these answers to the questions it raises."""
    waiting.start(project_id, "read", {"answers": dict(answers)})


def describe(project_id: str, **said: str) -> None:
    """Recipient, purpose or name of a project, as soon as it is said."""
    context.store().change_project(context.who(), project_id, **said)
