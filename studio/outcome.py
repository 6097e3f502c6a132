"""What protecting the table gave: started by itself when the recipe changed, read back from the vault."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, NamedTuple

import streamlit as st

from core.language import translate as _
from core.store import Project
from core.table import Table
from studio import context, desk, steps, waiting

RELEASED, OUTCOME = "released.parquet", "outcome.json"


class Done(NamedTuple):
    """One protected table.

    version  of the recipe it was made with
    log      what each step did
    claims   what was promised and counted again
    leaks    where values of direct identifiers still stand
    """

    version: int
    log: tuple[Mapping[str, Any], ...]
    claims: tuple[Mapping[str, Any], ...]
    leaks: tuple[Mapping[str, Any], ...]
    rows: int
    stamp: str
    digest_in: str
    digest_out: str

    @property
    def rows_dropped(self) -> int:
        return sum(entry["rows_dropped"] for entry in self.log)


def latest(project: Project) -> Done | None:
    """The protected table worked out last, of whatever version of the recipe."""
    stamp = context.stamp(project.id, OUTCOME)
    if not stamp:
        return None
    plain = context.keep(
        ("outcome", project.id, stamp), lambda: json.loads(context.store().get(context.who(), project.id, OUTCOME))
    )
    return Done(
        plain["version"],
        tuple(plain["log"]),
        tuple(plain["claims"]),
        tuple(plain["leaks"]),
        plain["rows"],
        context.stamp(project.id, RELEASED),
        plain["digest_in"],
        plain["digest_out"],
    )


def current(project: Project) -> Done | None:
    """The protected table of the recipe as it stands now, or None."""
    done, now = latest(project), desk.version(project)
    return done if done and now and done.version == now.version else None


def work_out(project: Project) -> bool:
    """Starts protecting where the recipe changed since; True while that goes on or after it failed (both are shown)."""
    now = desk.version(project)
    if now is None or current(project):
        return False
    mine = f"protecting-{project.id}-{now.version}"
    job = waiting.latest(project.id, "protect")
    if job is None or job.id != context.value(mine):
        job = waiting.start(project.id, "protect", {"version": now.version})
        context.set_value(mine, job.id)
    if waiting.is_running(job):
        waiting.show(job, "Protecting your table")
        return True
    return waiting.ended_badly(job, lambda again: context.set_value(mine, again.id))


def released(project: Project) -> Table:
    """The protected table worked out last."""
    return context.table(project.id, RELEASED)


def show_leaks(project: Project) -> None:
    """Where values of direct identifiers still stand, said in time; letting them go is a deliberate click."""
    done, allowed = current(project), desk.recipe(project).keep_identifiers
    for number, leak in enumerate(done.leaks if done else ()):
        if leak["column"] in allowed:
            st.info(_("You decided that values of “{identifier}” may go out in “{column}”.", **_named(leak)))
            continue
        st.warning(
            _(
                "“{column}” still holds {cells} values that name people by themselves. Remove or replace them before "
                "you take the table away."
                if leak["column"] == leak["identifier"] and leak["cells"]
                else "The name, the description or a label of “{column}” holds a value of “{identifier}”, which names "
                "people by itself. Change it in the file and bring the file again."
                if not leak["cells"]
                else "“{column}” still holds {cells} values of “{identifier}”, which names people by itself. Remove or "
                "replace them before you take the table away.",
                cells=f"{leak['cells']:,}",
                **_named(leak),
            )
        )
        st.button(
            _("They may go out as they are"),
            key=f"allow-{number}",
            help=_named(leak)["column"],
            on_click=steps.guarded(lambda column=leak["column"]: desk.allow(context.project(), column)),
        )


def _named(leak: Mapping[str, Any]) -> dict[str, str]:
    return {part: steps.plain(leak[part]) for part in ("column", "identifier")}
