"""Step 7: check the answers, make the file, and a confirmation that says how to open it and what to tell."""

from __future__ import annotations

import streamlit as st

from core.language import translate as _
from core.release import FORMATS, how_to_open
from core.store import Project
from studio import context, desk, export, figures, outcome, panel, steps
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
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown(f"**{question}**  \n{steps.plain(given)}", width="stretch")
        if st.button(_("Change"), key=f"change-{question}", type="tertiary", help=question):
            steps.go_to(where)


def make(project: Project) -> None:
    format = st.radio(_("What should it be?"), export.OFFERED, key="format", format_func=lambda f: _(FORMATS[f]))
    st.markdown(
        _(
            "The file is locked with a new passphrase, opened again and compared cell by cell before you get it. "
            "Making it is entered in the register of releases; that cannot be undone."
        )
    )
    if st.button(_("Make the file"), key="make", type="primary"):
        with steps.problems_shown():
            with st.spinner(_("Encrypting, opening again, comparing …")):
                context.set_value(f"export-{project.id}", export.make(project, format))
            st.rerun()


def confirm(project: Project, made: Export) -> None:
    """What was made, its reference, the passphrase, how to open it, what to tell, and what happens next."""
    st.success(
        _(
            "It is encrypted, opened again, and compared. Reference number **{reference}**",
            reference=made.record.reference,
        )
    )
    st.download_button(
        _("Download the encrypted file"),
        made.data,
        made.file_name,
        made.mime,
        type="primary",
        key="file",
        on_click="ignore",
    )
    st.subheader(_("The passphrase"), anchor=False)
    st.markdown(
        _("It is shown this once. Write it down now, and give it to the recipient by another way than the file.")
    )
    st.code(made.passphrase, language=None)
    st.subheader(_("How to open it"), anchor=False)
    st.markdown(_(how_to_open(made.format)))
    if made.neutralised:
        st.markdown(
            _(
                "{cells} cells looked like formulas. They begin with an apostrophe now: no spreadsheet runs them.",
                cells=f"{made.neutralised:,}",
            )
        )
    st.subheader(_("What to tell the recipient"), anchor=False)
    tell(project, made)
    st.subheader(_("What else you can take"), anchor=False)
    with st.container(horizontal=True):
        papers(project, made)
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


def papers(project: Project, made: Export) -> None:
    """Report for the recipient and for the files at home, codebook, and the recipe that makes the same again."""
    name = made.record.reference
    inside, outside, columns = context.keep(("reports", project.id, name), lambda: export.reports(project, made))
    paper(_("Report for the recipient"), outside, f"{name}-report.html", "text/html")
    paper(_("Codebook (CSV)"), columns, f"{name}-codebook.csv", "text/csv")
    paper(_("Report for your own files"), inside, f"{name}-internal.html", "text/html")
    paper(_("Recipe (YAML), to run it again"), desk.to_hand_out(project).dump(), f"{name}-recipe.yaml", "text/yaml")


def paper(label: str, data: str | bytes, name: str, mime: str) -> None:
    st.download_button(label, data, name, mime, key=name, on_click="ignore")


def earlier(project: Project) -> None:
    found = context.store().releases(context.who(), project.id)
    if found:
        st.header(_("Files made before"), anchor=False)
        for record in found:
            st.markdown(
                _(
                    "**{reference}** — {format}, {day}",
                    reference=record.reference,
                    format=_(FORMATS[record.format]),
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
    check(project)
    make(project)
    earlier(project)
