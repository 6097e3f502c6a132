"""Step 1: a file, the sample, or one of my projects; who will receive the result, and what for."""

from __future__ import annotations

import streamlit as st

from core.language import translate as _
from core.problem import Problem
from core.recipe import Recipe
from core.store import Project
from core.table.database import listed
from studio import context, desk, planning, projects, steps, tables_held, waiting
from studio import newer as again
from studio.recipients import RECIPIENTS, recipient


def choose() -> None:
    """No project is open: three ways to begin."""
    st.markdown(
        _(
            "Bring a table that names people. In seven steps you see who could be recognised in it, protect them, "
            "and take away an encrypted file with an honest report. Nothing leaves this machine."
        )
    )
    place, database_place = st.container(), st.container()
    recipe = recipe_of_before()
    with place:
        upload(None, recipe)
    with database_place:
        database()
    st.markdown(_("No file at hand? The sample is an invented survey of 10,000 people."))
    if st.button(_("Try it with sample data"), key="sample"):
        with st.spinner(_("Making the sample …")):
            desk.bring_sample()
        st.rerun()
    with st.container(horizontal=True):
        for name, called in planning.CALLED.items():
            if st.button(_(called), key=f"example-{name}", type="tertiary"):
                planning.bring_example(name)
                st.rerun()
    projects.show_list()
    steps.go_on("bring", check=nothing_yet)


def nothing_yet() -> None:
    raise Problem("There is no file yet.", "Choose a file, try the sample, or go on with one of your projects.")


def recipe_of_before() -> Recipe | None:
    """The recipe of an earlier file of the same kind, if the person has one."""
    with st.expander(_("Is it a newer file of a kind you have protected before?")):
        given = st.file_uploader(
            _("Its recipe (a .yaml file from step 7). Choose it first, then the file"),
            key="recipe",
            type=["yaml", "yml"],
        )
        st.caption(
            _("The file is read with the answers you gave then, and protected the same way; what differs is said.")
        )
    found: Recipe | None = None
    if given is not None:
        with steps.problems_shown():
            found = Recipe.load(given.getvalue().decode("utf-8-sig", "replace"))
            st.info(_("The recipe is read. Now choose the file."))
    return found


def newer(project: Project) -> None:
    """A newer file in the place of this one, or the database once more; answers and protection stay."""
    with st.expander(_("Bring a newer file of the same kind")):
        st.markdown(
            _(
                "It is read with the answers you gave, and what you chose on the next pages stays. What differs is "
                "said there. The file that is here now goes; files made from it stay in the register."
            )
        )
        if project.notes.get("database"):
            if st.button(_("Read the database again"), key="read_again"):
                with steps.problems_shown():
                    again.read_again(project)
                    st.rerun()
            return
        given = st.file_uploader(_("Choose the newer file"), key="newer")
        if given is not None:
            with steps.problems_shown(), st.spinner(_("Encrypting your file …")):
                try:
                    again.bring(given, given.name, project)
                finally:
                    context.drop_upload(given)
                st.rerun()


def upload(project: Project | None, recipe: Recipe | None = None) -> None:
    """The place to drop a file. It goes into the vault at once and out of the upload's memory."""
    given = st.file_uploader(
        _("Choose a file"),
        key="upload",
        help=_(
            "CSV and other text, Excel, OpenDocument, JSON, Parquet, Feather, SPSS, Stata, SAS, SQLite, or a zip with "
            "one of these. Up to one gigabyte."
        ),
    )
    if given is not None:
        with steps.problems_shown(), st.spinner(_("Encrypting your file …")):
            try:
                if recipe is not None:
                    again.begin(given, given.name, recipe)
                else:
                    desk.bring(given, given.name, project)
            finally:
                context.drop_upload(given)
            st.rerun()


def database() -> None:
    """Databases that whoever runs the studio has listed; nothing is shown where there are none."""
    names = sorted(listed())
    if not names:
        return
    with st.expander(_("Read from a database")):
        name = st.selectbox(
            _("Which database?"), names, key="database",
            help=_("Whoever runs the studio decides which databases stand here. They are only read."),
        )
        query = st.text_area(
            _("Which rows? A query, or empty to choose a table"), key="query", placeholder="SELECT * FROM survey_2024",
        )
        if st.button(_("Read it"), key="read_database"):
            with steps.problems_shown():
                desk.bring_database(name, query)
                st.rerun()


def describe(project: Project) -> None:
    """A file is there: how reading goes, who gets the result, and what for."""
    reading = desk.reading(project)
    job = waiting.latest(project.id, "read")
    st.markdown(f"**{steps.plain(project.source_name)}**")
    if job is not None and waiting.is_running(job):
        waiting.show(job, "Reading your file")
    elif reading is None and waiting.ended_badly(job):
        pass
    elif reading and reading.status == "rejected":
        for finding in reading.findings:
            steps.show_problem(Problem(finding.message, "Choose another file."))
        upload(project)
        if st.button(_("To the first page"), key="home", type="tertiary"):
            context.go(steps.named("bring").path, None)
        return
    elif reading:
        st.caption(
            _("{rows} rows, {columns} columns", rows=f"{reading.rows:,}", columns=reading.columns)
            if reading.accepted
            else _("There is a question about this file: it comes on the next page.")
        )
    who_and_why(project)
    tables_held.ask_permission(project)
    if reading and reading.accepted and not (job is not None and waiting.is_running(job)):
        newer(project)
    if st.button(_("Use another file"), key="another", type="tertiary"):
        context.go(steps.named("bring").path, None)
    steps.go_on("bring", check=lambda: answered(project.id))


def who_and_why(project: Project) -> None:
    keys = [r.key for r in RECIPIENTS]
    context.set_value("recipient", project.recipient if project.recipient in keys else None)
    st.radio(
        _("Who will receive the result?"),
        keys,
        index=None,
        key="recipient",
        format_func=lambda k: _(recipient(k).label),
        captions=[_(r.hint) for r in RECIPIENTS],
        on_change=steps.guarded(lambda: desk.describe(project.id, recipient=context.value("recipient"))),
        help=_("The answer presets how strictly people are protected; you can change that later."),
    )
    context.set_value("purpose", project.purpose)
    st.text_input(
        _("What will they use it for?"),
        key="purpose",
        max_chars=300,
        placeholder=_("For example: a study of schooling by district"),
        on_change=steps.guarded(lambda: desk.describe(project.id, purpose=context.value("purpose"))),
        help=_("It stands in the report. Only what this purpose needs should go on."),
    )


def answered(project_id: str) -> None:
    project = context.store().project(context.who(), project_id)
    if project.recipient not in [r.key for r in RECIPIENTS]:
        raise Problem("It is not yet said who will receive the result.", "Choose one of the three answers.")
    if not project.purpose.strip():
        raise Problem("It is not yet said what the result is for.", "Write a few words about the purpose.")


open_now = steps.begin("bring")
if open_now is None:
    choose()
else:
    describe(open_now)
