"""What can be taken beside the file: reports for three readers as PDF, Word and page, codebook, recipe."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import streamlit as st

from core import weighing
from core.language import language
from core.language import translate as _
from core.problem import Problem
from core.release.blocks import Document
from core.release.codebook import Entry, codebook, to_csv
from core.release.page import html
from core.release.pdf import pdf
from core.release.report import About, one_page, release_report
from core.release.word import word
from core.store import Project
from core.weighing import promise_of
from studio import desk, export, figures, judging, outcome
from studio import weighing as weighed
from studio.export import Export

KINDS = {
    "external": "Report for the recipient",
    "internal": "Report for your own files",
    "summary": "Summary on one page",
}
LANGUAGES = {"en": "English", "hi": "हिन्दी"}
PRINTERS: dict[str, tuple[str, str, Callable[[Document, Any], bytes]]] = {
    "pdf": ("PDF", "application/pdf", pdf),
    "docx": ("Word", "application/vnd.openxmlformats-officedocument.wordprocessingml.document", word),
    "html": ("HTML", "text/html", lambda document, made: html(document).encode()),  # noqa: ARG005
}


def offer(project: Project, made: Export) -> None:
    """Three reports in the language and format chosen; codebook and recipe. Each is made when it is asked for."""
    name = made.record.reference
    with st.container(horizontal=True):
        code = st.segmented_control(_("Language of the reports"), list(LANGUAGES), default=language.get(),
                                    format_func=lambda c: LANGUAGES[c], key="report-language") or "en"
        form = st.segmented_control(_("Format of the reports"), list(PRINTERS), default="pdf",
                                    format_func=lambda f: PRINTERS[f][0], key="report-format") or "pdf"
    with st.container(horizontal=True):
        for kind, label in KINDS.items():
            st.download_button(_(label), partial(printed, project, made, kind, form, code),
                               f"{name}-{kind}.{form}", PRINTERS[form][1], key=f"{name}-{kind}", on_click="ignore")
    with st.container(horizontal=True):
        st.download_button(_("Codebook (CSV)"), lambda: to_csv(entries(project)), f"{name}-codebook.csv", "text/csv",
                           key=f"{name}-codebook", on_click="ignore")
        st.download_button(_("Recipe (YAML), to run it again"), desk.to_keep(project).dump(),
                           f"{name}-recipe.yaml", "text/yaml", key=f"{name}-recipe", on_click="ignore")
    st.caption(_("The recipe is for you, not for the recipient: it may hold values that you typed into settings."))


def printed(project: Project, made: Export, kind: str, form: str, code: str) -> bytes:
    """One report as a file, in a language."""
    token = language.set(code)
    try:
        return PRINTERS[form][2](report(project, made, kind), made.record.created)
    finally:
        language.reset(token)


def report(project: Project, made: Export, kind: str) -> Document:
    """The report for the recipient, for the owner, or the summary; without a cell of the table."""
    found = figures.comparison(project)
    if found is None:
        raise Problem("There is nothing to report.", "Undo a step: no row is left.")
    about, verdict, reason = _about(project, made), judging.verdict(project), judging.reason(project)
    if kind == "summary":
        return one_page(about, found, verdict, reason)
    return release_report(
        about, desk.to_hand_out(project), found, entries(project), "internal" if kind == "internal" else "external",
        verdict=verdict, reason=reason, **_measured(project),
    )


def _measured(project: Project) -> dict[str, Any]:
    """Attackers and other releases, as far as this very release was weighed against them."""
    done, plain = outcome.current(project), weighed.found(project)
    one = next((r for r in (plain or {}).get("releases", ()) if done and r["digest"] == done.digest_out), None)
    if plain is None or one is None:
        return {}
    return {"attacks": weighing.attacks_in(one), "candidates": weighing.side_in(plain), "chosen": one["name"]}


def _about(project: Project, made: Export) -> About:
    done, recipe = export.ready(project), desk.to_hand_out(project)
    return About(
        title=project.name, reference=made.record.reference, made=made.record.created, purpose=project.purpose,
        recipient=recipe.recipient, format=made.format, rows_in=desk.original(project).rows, rows_out=done.rows,
        digest_in=made.record.digest_in, digest_out=made.record.digest_out, log=done.log,
        claims=[c["what"] for c in done.claims], prepared_by=made.record.user, promise=promise_of(recipe),
    )


def entries(project: Project) -> tuple[Entry, ...]:
    """The codebook: every column of the original and what became of it."""
    return codebook(outcome.released(project), desk.original(project), desk.recipe(project).steps)
