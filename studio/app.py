"""The router: every page runs inside one net, so that a Problem is a sentence and nothing else reaches the screen.

`streamlit run studio/app.py` works on one's own machine; `python -m studio.server` adds sign-in and security headers.
"""

from __future__ import annotations

import sys
from pathlib import Path

import streamlit as st

from core.language import translate as _
from core.problem import Problem
from studio import context, logs, steps

HERE = Path(__file__).resolve().parent
# Streamlit puts this folder on the path, where a file of ours would hide a package of the same name.
sys.path[:] = [entry for entry in sys.path if not entry or Path(entry).resolve() != HERE]

st.set_page_config(
    page_title=_("Anonymisation Studio"),
    page_icon=str(HERE / "icon.png"),
    initial_sidebar_state="collapsed",
)
logs.quiet()


def main() -> None:
    pages = [
        st.Page(
            step.path,
            title=_(
                "Step {number} of {count}: {name}", number=step.number, count=len(steps.STEPS), name=_(step.called)
            ),
            url_path=step.name,
            default=step.number == 1,
        )
        for step in steps.STEPS
    ]
    pages.append(st.Page("../pages/hierarchy.py", title=_("Step 5 of 7: Groups of values"), url_path="hierarchy"))
    pages.append(st.Page("../pages/find.py", title=_("Step 5 of 7: Find it for me"), url_path="find"))
    pages.append(st.Page("../pages/synthesis.py", title=_("Step 5 of 7: Synthetic rows"), url_path="synthesis"))
    pages.append(st.Page("../pages/weigh.py", title=_("Step 6 of 7: Which release is best"), url_path="weigh"))
    pages.append(st.Page("../pages/catalogue.py", title=_("Tables in this studio"), url_path="catalogue"))
    pages.append(st.Page("../pages/keys.py", title=_("Keys"), url_path="keys"))
    pages.append(st.Page("../pages/ask.py", title=_("Ask the data"), url_path="ask"))
    pages.append(st.Page("../pages/dashboards.py", title=_("A page of answers"), url_path="dashboards"))
    pages.append(st.Page("../pages/budget.py", title=_("Budget"), url_path="budget"))
    chosen = st.navigation(pages, position="hidden")
    steps.open_frame()
    try:
        context.let_in()
        chosen.run()
        if context.asks_for_password():
            st.html(f'<p class="rule"><a href="/sign-out" target="_self">{_("Sign out")}</a></p>')
    except Problem as problem:
        steps.show_problem(problem)
        if st.button(_("To the first page"), key="home"):
            context.go(steps.STEPS[0].path, None)
    except Exception as error:  # noqa: BLE001 -- the last net: its text may quote a cell
        steps.show_problem(steps.unexpected(error))


main()
