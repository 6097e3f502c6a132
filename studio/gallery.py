"""The gallery of protection methods: each explained in plain words, with its form; and the steps taken, in words."""

from __future__ import annotations

import streamlit as st

from core.declare import dump
from core.language import translate as _
from core.protect import METHODS, Method
from core.recipe.steps import STEPS
from core.store import Project
from studio import context, desk, form, steps, touched

GROUPS = {
    "identifiers": "Names, numbers and addresses that point at one person",
    "categories": "What someone could know: age, place, job",
    "numbers": "Amounts and other numbers",
    "rows": "Whole rows and their order",
    "select": "Keep only what is needed",
}


def show(project: Project) -> None:
    """Choose what to protect, then a method; its explanation and form; one button that adds it."""
    st.header(_("Add another protection"), anchor=False)
    group = st.selectbox(
        _("What do you want to protect?"), list(GROUPS), key="group", format_func=lambda g: _(GROUPS[g])
    )
    methods = {METHODS.name_of(m): m for m in METHODS if m.group == group}
    name = st.radio(
        _("How?"),
        list(methods),
        key=f"method-{group}",
        format_func=lambda m: _(methods[m].title),
        captions=[form.explain(m)[0] for m in methods.values()],
    )
    with st.container(border=True):
        _one(project, methods[name], name)


def _one(project: Project, method: type[Method], name: str) -> None:
    _first, rest = form.explain(method)
    st.subheader(_(method.title), anchor=False)
    with st.expander(_("How it works, what is kept and what is lost")):
        st.markdown(rest)
    key = f"new-{name}"
    with steps.problems_shown():
        data = form.draw(method, form.Columns.of(desk.original(project)), key, start(project, method))
        if st.button(_("Add this step"), key=f"add-{name}"):
            desk.add_step(project, dump(STEPS.build({STEPS.tag: name, **data})))
            context.forget(key)
            st.rerun()


def start(project: Project, method: type[Method]) -> dict[str, object]:
    """Answers worth beginning with: the recipient's k, where a method asks for one."""
    k = desk.target(project).k
    begun = {"k": k, "rule": {"rule": "few_alike", "k": k}}
    return {name: answer for name, answer in begun.items() if name in method.model_fields}


def taken(project: Project) -> None:
    """The steps of the recipe in words; each can be changed or taken away."""
    done = desk.recipe(project).steps
    if not done:
        return
    st.header(_("What is done to the table"), anchor=False)
    log = touched.log(project)
    if any(hasattr(step, "key") for step in done) and st.button(
        _("Which keys make the codes?"), key="keys", type="tertiary"
    ):
        context.go("../pages/keys.py", project.id)
    for index, step in enumerate(done):
        name = STEPS.name_of(step)
        with st.container(border=True, key=f"card-step-{index}"):
            with st.container(horizontal=True, vertical_alignment="center", gap="small"):
                said = f"  \n:small[{steps.plain(touched.of_step(log[index]))}]" if log else ""
                st.markdown(f"**{index + 1}.** {steps.plain(_(step.in_words()))}{said}", width="stretch")
                if st.button(_("Change"), key=f"change-{index}", help=_(step.title)):
                    context.set_value("changing", None if context.value("changing") == index else index)
                st.button(
                    _("Take away"),
                    key=f"take-{index}",
                    help=_(step.title),
                    on_click=steps.guarded(lambda i=index: desk.remove_step(context.project(), i)),
                )
            if context.value("changing") == index:
                _change(project, index, step, name)


def _change(project: Project, index: int, step: Method, name: str) -> None:
    key = f"old-{index}-{name}"
    with steps.problems_shown():
        data = form.draw(type(step), form.Columns.of(desk.original(project)), key, step.model_dump())
        if st.button(_("Save the change"), key=f"save-{index}", type="primary"):
            desk.change_step(project, index, dump(STEPS.build({STEPS.tag: name, **data})))
            context.forget(key)
            context.forget("changing")
            st.rerun()
