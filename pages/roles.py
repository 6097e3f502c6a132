"""Step 3: what each column is for, prefilled; and only what is needed goes on."""

from __future__ import annotations

import streamlit as st

from core.declare import dump
from core.language import translate as _
from core.problem import Problem
from core.protect import METHODS
from core.store import Project
from studio import cards, classification, context, desk, figures, form, history, masking, steps, words

FILTER = "select_rows"


def explain() -> None:
    with st.expander(_("What the answers mean")):
        for role, label in words.ROLES.items():
            st.markdown(f"**{_(label)}** — {_(words.ROLE_MEANINGS[role])}")


def summary(project: Project) -> None:
    table = desk.original(project)
    named, known, secret = (len(table.having(r)) for r in ("direct_identifier", "quasi_identifier", "sensitive"))
    st.markdown(
        _(
            "As we see it, columns that name people by themselves: {named}; that someone could know: {known}; that "
            "nobody should learn: {secret}. Change what is wrong.",
            named=named,
            known=known,
            secret=secret,
        )
    )


def one(project: Project, number: int, name: str) -> None:
    found, table = desk.detected(project)[name], desk.original(project)
    key = f"role-{number}"
    context.set_value(key, table.role(name))
    reason = _("Suggested because {reason}.", reason=steps.plain(_(found.reason)))
    shown = masking.example(table[name], desk.identifies(project, name))
    with cards.card(f"role-{number}", name, shown, [reason], (4,), table[name].description) as (place,), place:
        st.selectbox(
            _("What is “{column}”?", column=form.in_label(name)),
            list(words.ROLES),
            key=key,
            format_func=lambda r: _(words.ROLES[r]),
            label_visibility="collapsed",
            on_change=steps.guarded(lambda: desk.say_role(context.project(), name, context.value(key))),
        )


def how_risky(project: Project) -> None:
    """What the choice means: how many stand out, which columns do most, and one click to leave out what is too fine."""
    if not desk.original(project).having("quasi_identifier"):
        return
    risk = figures.before(project)
    most = figures.drivers(project)[:3]
    st.markdown(
        _(
            "**{people} the only one of their kind** by the {count} columns someone could know.",
            people=words.are(risk.uniques, risk.rows),
            count=len(risk.keys),
        )
        + (" " + _("Most of it comes from {most}.", most=steps.plain(words.listed(most))) if most else "")
    )
    finer = desk.finer_than_needed(project)
    if finer:
        st.button(
            _("Leave out {columns}", columns=steps.plain(words.listed(finer))),
            key="finer",
            on_click=steps.guarded(lambda: desk.leave_out(context.project(), finer)),
        )
        st.caption(
            _("Other columns say the same more coarsely. Without these, much more of the rest can stay as it is.")
        )


def overlooked(project: Project) -> None:
    """Columns called harmless that others may know: what that would mean, and one click to say so."""
    names = figures.overlooked(project)
    few = figures.below_by(project, names)
    if not few:
        return
    st.markdown(
        _(
            "**Called harmless and kept as it is: {columns}.** By this alone, {people} in a group smaller than {k}. "
            "Could a neighbour, a classmate or a colleague know it?",
            columns=steps.plain(words.listed(names)),
            people=words.are(few, desk.original(project).rows),
            k=desk.target(project).k,
        )
    )
    st.button(
        _("Yes, someone could know this"),
        key="overlooked",
        on_click=steps.guarded(lambda: desk.could_be_known(context.project(), names)),
    )


def rows(project: Project) -> None:
    """Only what is needed goes on: conditions on rows, as a step of the recipe."""
    st.header(_("Which rows are needed?"), anchor=False)
    chosen = [(i, s) for i, s in enumerate(desk.recipe(project).steps) if METHODS.name_of(s) == FILTER]
    if not chosen:
        st.markdown(
            _("All rows go on. What the purpose does not need is best left out: nobody can be recognised by it.")
        )
    for index, step in chosen:
        with st.container(border=True):
            st.markdown(steps.plain(_(step.in_words())))
            st.button(
                _("Keep all rows again"),
                key=f"all-rows-{index}",
                on_click=steps.guarded(lambda i=index: desk.remove_step(context.project(), i)),
            )
    with st.expander(_("Keep only some rows")), steps.problems_shown():
        method = METHODS.named(FILTER)
        data = form.draw(method, form.Columns.of(desk.original(project)), "rows")
        if st.button(_("Keep only these rows"), key="keep-rows"):
            step = METHODS.build({METHODS.tag: FILTER, **data})
            desk.add_step(project, dump(step), at=len(chosen))
            context.forget("rows")
            st.rerun()


def ready() -> None:
    if not desk.original(context.project()).having("quasi_identifier"):
        raise Problem(
            "No column is marked as something someone could know about a person.",
            "Mark at least one, as age, sex or place: risk is counted on these columns.",
        )


project = steps.begin("roles")
desk.require_table(project)
with st.spinner(_("Looking at what the columns hold …")):
    desk.suggest(project)
summary(project)
explain()
for number, name in cards.page_of(desk.original(project).names, "roles-page"):
    one(project, number, name)
how_risky(project)
overlooked(project)
rows(project)
classification.show(project)
history.show(project)
steps.go_on("roles", check=ready)
