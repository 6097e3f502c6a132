"""What each step touched, said under it; and what two attackers would find in the result."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st

from core.language import translate as _
from core.protect.changes import transitions
from core.protect.perturbation.pram import Pram
from core.protect.promises.attackers import Found, attackers
from core.store import Project
from studio import charts, context, desk, outcome, steps, words

MOST_CHANGES = 30


def of_step(entry: Mapping[str, Any]) -> str:
    """One line: rows, cells, blanks and rows that left; and what the step says of itself."""
    parts = []
    if entry["cells_changed"]:
        parts.append(
            _("{cells} in {rows} changed", cells=words.count(entry["cells_changed"], "cell", "cells"),
              rows=words.count(entry["rows_changed"], "row", "rows"))
        )
    if entry["cells_suppressed"]:
        parts.append(_("{count} blanked", count=f"{entry['cells_suppressed']:,}"))
    if entry["rows_dropped"]:
        parts.append(_("{rows} left out", rows=words.count(entry["rows_dropped"], "row", "rows")))
    if entry["columns_removed"]:
        parts.append(_("{columns} removed", columns=words.count(len(entry["columns_removed"]), "column", "columns")))
    if entry["columns_added"]:
        parts.append(_("{columns} added", columns=words.count(len(entry["columns_added"]), "column", "columns")))
    said = "; ".join(parts) if parts else _("No cell was changed")
    return " ".join([f"{said}.", *entry.get("notes", ())])


def log(project: Project) -> tuple[Mapping[str, Any], ...]:
    """What each step of the recipe as it stands did; empty until that is worked out."""
    done = outcome.current(project)
    return done.log if done and len(done.log) == len(desk.recipe(project).steps) else ()


def show_chances(project: Project) -> None:
    """What became of what in columns that were changed by chance: the realised change, beside the chances asked for."""
    names = [n for step in desk.recipe(project).steps if isinstance(step, Pram) for n in step.columns]
    if not names or not log(project):
        return
    before, after = desk.original(project), outcome.released(project)
    for name in dict.fromkeys(n for n in names if n in after.columns):
        found = [(old, new, rows) for old, new, rows in transitions(before, after, name) if old != new]
        total = sum(rows for _old, _new, rows in found)
        with st.expander(_("What became of “{column}” by chance", column=steps.plain(name))):
            st.markdown(
                _("{share} of the cells read differently now.", share=words.share(total, after.rows).capitalize())
            )
            st.html(
                charts.sheet(
                    (_("It was"), _("It is"), _("Rows")),
                    [(old or "–", new or "–", f"{rows:,}") for old, new, rows in
                     sorted(found, key=lambda c: -c[2])[:MOST_CHANGES]],
                    (2,), caption=_("The most frequent changes"),
                )
            )


def show_attackers(project: Project) -> None:
    """Strict counting, somebody who knows true values, and blanks taken for anything: side by side."""
    found = _attackers(project)
    if not found:
        return
    k = desk.target(project).k
    mine = next(f for f in found if f.k == k)
    with st.expander(_("What two attackers would find in it")):
        st.markdown(_sentence(mine))
        st.html(
            charts.sheet(
                (_("Fewer than"), _("Rows written alike"), _("Found by someone who knows true values"),
                 _("… of these down to one row"), _("Someone who treats blanks as wildcards")),
                [(f"{f.k}", f"{f.as_written:,}", *(_count(n) for n in (f.knowing, f.alone, f.wildcard)))
                 for f in found],
                (0, 1, 2, 3, 4), caption=_("What two attackers would find in it"), stacked=True,
            )
        )
        st.caption(
            _(
                "Rows left in groups smaller than the number at the left. Someone who knows true values rules out "
                "every row that says otherwise; a blank or a wider group could be anybody’s. The last column counts as "
                "sdcMicro does, for comparison; it is not k-anonymity."
            )
        )


def _sentence(found: Found) -> str:
    if found.knowing is None:
        return _("How much someone who knows true values would find was too much to count for this table.")
    if not found.knowing:
        return _("**Someone who knows true values of a person narrows nobody down to fewer than {k} rows.**", k=found.k)
    return _(
        "**Someone who knows true values narrows {count} down to fewer than {k} rows; {alone} of them to a single "
        "one.**",
        count=words.count(found.knowing, "person", "people"), k=found.k, alone=f"{found.alone:,}",
    )


def _count(number: int | None) -> str:
    return _("not counted") if number is None else f"{number:,}"


def _attackers(project: Project) -> list[Found]:
    done = outcome.current(project)
    if done is None or not done.rows:
        return []
    ks = sorted({2, 3, 5, desk.target(project).k})
    before = desk.original(project)
    names = before.having("quasi_identifier")
    key = ("attackers", project.id, done.stamp, context.stamp(project.id, desk.TABLE), done.version, tuple(ks))
    return context.keep(key, lambda: attackers(before, outcome.released(project), names, ks))
