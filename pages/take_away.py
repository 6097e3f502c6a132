"""Step 7: check the answers, make the file, and a confirmation that says how to open it and what to tell."""

from __future__ import annotations

import streamlit as st

from core.language import translate as _
from core.problem import Problem
from core.release import PLAIN, called, how_to_open
from core.store import Project
from studio import context, desk, export, figures, judging, outcome, panel, papers, steps, waiting
from studio.export import Export


def check(project: Project) -> None:
    """Everything that was answered, each with a way back to change it."""
    recipe, table, done = desk.recipe(project), desk.original(project), export.ready(project)
    risk = figures.before(project)
    with st.container(border=True, gap="small"):
        answer(_("File"), project.source_name, "bring")
        answer(_("Who receives it"), _(desk.target(project).label), "bring")
        answer(_("What for"), project.purpose, "bring")
        answer(_("Names people"), ", ".join(table.having("direct_identifier")) or _("no column"), "columns")
        answer(_("Could be known"), ", ".join(risk.keys), "roles")
        answer(_("Secret"), ", ".join(table.having("sensitive")) or _("no column"), "roles")
        answer(_("What was done"), "; ".join(_(s.in_words()) for s in recipe.steps) or _("nothing"), "protect")
        answer(
            _("Promised and counted again"),
            "; ".join(c["what"].rstrip(".") for c in done.claims) or _("nothing"),
            "protect",
        )
        answer(
            _("Rows and columns"),
            _("{rows} rows, {columns} columns", rows=f"{done.rows:,}", columns=len(outcome.released(project).names)),
            "compare",
        )


def answer(question: str, given: str, where: str) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key=f"answer-{question}"):
        st.markdown(f"**{question}**  \n{steps.plain(given) or _('not said')}", width="stretch")
        if st.button(_("Change"), key=f"change-{question}", type="tertiary", help=question):
            steps.go_to(where)


def stands(project: Project) -> bool:
    """Whether there is a table that may go out; if not, why, and the way back to where that is mended."""
    try:
        export.ready(project)
    except Problem as problem:
        steps.show_problem(problem)
        if st.button(_("Go to “Protect it”"), key="to-protect", type="primary"):
            steps.go_to("protect")
        return False
    return True


def make(project: Project) -> None:
    job = export.under_way(project)
    if job is not None and job.live:
        waiting.show(job, "Making your file")
        return
    if job is not None:
        with steps.problems_shown():
            if (made := export.fetch(project)) is not None:
                context.set_value(f"export-{project.id}", made)
                st.rerun()
    format = choose_format()
    judging.ask_reason(project)
    if st.button(_("Make the file"), key="make", type="primary"):
        with steps.problems_shown():
            judging.require_reason(context.project())
            with st.spinner(_("Writing, opening again, comparing …")):
                context.set_value(f"export-{project.id}", export.make(project, format))
            st.rerun()


def choose_format() -> str:
    """A locked file; one without a passphrase only for who says so, and says that everybody may read it."""
    everybody = context.value("everybody", False)
    offered = tuple(PLAIN) if everybody else export.OFFERED
    key = "format-plain" if everybody else "format"
    format = st.radio(_("What should it be?"), offered, key=key, format_func=lambda f: _(called(f)))
    st.checkbox(_("Without a passphrase: it is meant for everybody, and anyone may read it"), key="everybody")
    st.markdown(
        _(
            "The file has no passphrase. It is read back and compared cell by cell before you get it. Making it is "
            "entered in the register of releases; that cannot be undone."
            if everybody
            else "The file is locked with a new passphrase, opened again and compared cell by cell before you get it. "
            "Making it is entered in the register of releases; that cannot be undone."
        )
    )
    return str(format)


def confirm(project: Project, made: Export) -> None:
    """What was made, its reference, the passphrase, how to open it, what to tell, and what happens next."""
    st.success(
        _(
            "It is encrypted, opened again, and compared. Reference number **{reference}**"
            if made.passphrase
            else "It is read back and compared; it is not encrypted. Reference number **{reference}**",
            reference=made.record.reference,
        )
    )
    st.download_button(
        _("Download the encrypted file") if made.passphrase else _("Download the file"),
        made.data,
        made.file_name,
        made.mime,
        type="primary",
        key="file",
        on_click="ignore",
    )
    if made.passphrase:
        st.subheader(_("The passphrase"), anchor=False)
        st.markdown(
            _("It is shown this once. Write it down now, and give it to the recipient by another way than the file.")
        )
        st.code(made.passphrase, language=None)
    st.subheader(_("How to open it"), anchor=False)
    st.markdown(_(how_to_open(made.format)))
    st.download_button(
        _("These words as a file, to go with it"), how_to_open(made.format) + "\n",
        f"{made.record.reference}-how-to-open.txt", "text/plain", key="how", on_click="ignore", type="tertiary",
    )
    if made.neutralised:
        st.markdown(
            _(
                "{cells} cells looked like formulas. They begin with an apostrophe now: no spreadsheet runs them.",
                cells=f"{made.neutralised:,}",
            )
        )
    if made.unlabelled:
        st.markdown(
            _(
                "This format cannot hold the labels of {columns}: they stand in the codebook.",
                columns=steps.plain(", ".join(made.unlabelled)),
            )
        )
    st.subheader(_("What to tell the recipient"), anchor=False)
    tell(project, made)
    st.subheader(_("What else you can take"), anchor=False)
    papers.offer(project, made)
    st.subheader(_("What happens next"), anchor=False)
    st.markdown(
        _(
            "The project stays here, encrypted, until you delete it. If the page is loaded again, the passphrase is "
            "gone; you can always make a new file with a new one."
        )
    )
    with st.container(horizontal=True):
        st.button(_("Make another file"), key="more", on_click=lambda: context.forget(f"export-{project.id}"))
        if st.button(_("To my projects"), key="projects"):
            context.go(steps.named("bring").path, None)


def tell(project: Project, made: Export) -> None:
    found = figures.comparison(project)
    risk = found.after if found else None
    st.markdown(
        "\n".join(
            [
                "- " + _("It is for this purpose only: {purpose}.", purpose=steps.plain(project.purpose.rstrip("."))),
                "- " + _("Do not try to find out who someone is, and do not join it with other files about people."),
                "- " + _("A star (*) is a cell that was suppressed; values may be wider than in the original."),
                "- "
                + (
                    _(
                        "Each combination of what could be known about a person occurs at least {k} times.",
                        k=risk.smallest_class,
                    )
                    if risk
                    else _("It holds no column by which a person could be looked for.")
                ),
                "- "
                + _("Quote the reference number {reference} with every question.", reference=made.record.reference),
            ]
        )
    )


def earlier(project: Project) -> None:
    found = context.store().releases(context.who(), project.id)
    if found:
        st.header(_("Files made before"), anchor=False)
        for record in found:
            st.markdown(
                _(
                    "**{reference}** — {format}, {day}",
                    reference=record.reference,
                    format=_(called(record.format)),
                    day=record.created.strftime("%d %B %Y, %H:%M UTC"),
                )
            )


made = context.value(f"export-{context.project_id()}")
project = steps.begin("take_away", "Your file is ready" if made else None)
desk.require_table(project)
if made:
    confirm(project, made)
else:
    panel.show(project)
    if stands(project):
        check(project)
        make(project)
    earlier(project)
