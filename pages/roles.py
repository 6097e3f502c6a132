"""Step 3: what each column is for, prefilled; and only what is needed goes on."""

from __future__ import annotations

import streamlit as st

from core.declare import dump
from core.language import translate as _
from core.problem import Problem
from core.protect import METHODS
from core.store import Project
from studio import context, desk, form, history, masking, steps, words

A_PAGE = 25
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
            "{named} name people by themselves, {known} could be known to someone who looks for a person, {secret} "
            "hold what nobody should learn. Change what is wrong.",
            named=words.count(named, "column", "columns"),
            known=known,
            secret=secret,
        )
    )


def one(project: Project, number: int, name: str) -> None:
    found = desk.detected(project)[name]
    table = desk.original(project)
    key = f"role-{number}"
    context.set_value(key, table.role(name))
    with st.container(border=True):
        left, right = st.columns([3, 2], gap="medium")
        with left:
            identifying = found.role == "direct_identifier" or table.role(name) == "direct_identifier"
            st.markdown(f"**{steps.plain(name)}**  \n{steps.plain(masking.example(table[name], identifying))}")
            st.caption(
                _(
                    "Suggested: {role}, because {reason}.",
                    role=_(words.ROLES[found.role]).lower(),
                    reason=steps.plain(_(found.reason)).rstrip(".\\"),
                )
            )
        with right:
            st.selectbox(
                _("What is “{column}”?", column=steps.plain(name)),
                list(words.ROLES),
                key=key,
                format_func=lambda r: _(words.ROLES[r]),
                label_visibility="collapsed",
                on_change=steps.guarded(lambda: desk.say_role(context.project(), name, context.value(key))),
            )


def columns(project: Project) -> None:
    names = desk.original(project).names
    pages = -(-len(names) // A_PAGE)
    at = 1
    if pages > 1:
        at = st.selectbox(
            _("Columns"),
            range(1, pages + 1),
            key="roles-page",
            format_func=lambda p: _(
                "{first} to {last} of {count}",
                first=(p - 1) * A_PAGE + 1,
                last=min(p * A_PAGE, len(names)),
                count=len(names),
            ),
        )
    for number, name in enumerate(names[(at - 1) * A_PAGE : at * A_PAGE], (at - 1) * A_PAGE):
        one(project, number, name)


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
summary(project)
explain()
columns(project)
rows(project)
history.show(project)
steps.go_on("roles", check=ready)
