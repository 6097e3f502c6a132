"""Step 4: how risky the file is as it stands: sentences first, then pictures. A person may stop here."""

from __future__ import annotations

import streamlit as st

from core.language import translate as _
from core.store import Project
from studio import closer, desk, figures, history, pictures, steps, tables_held, words


def sentences(project: Project) -> None:
    risk = figures.before(project)
    k = desk.target(project).k
    below = figures.below(risk, k)
    st.markdown(
        _(
            "**{people} the only one of their kind in this file**: {uniques} of {rows} rows share their combination of "
            "{known} with nobody.",
            people=words.are(risk.uniques, risk.rows),
            uniques=f"{risk.uniques:,}",
            rows=f"{risk.rows:,}",
            known=steps.plain(words.listed(risk.keys)),
        )
    )
    if below == risk.rows:
        st.markdown(
            _(
                "For the recipient you chose, everyone should share their combination with at least {others} others. "
                "Nobody does.",
                others=k - 1,
            )
        )
    elif below:
        st.markdown(
            _(
                "{share} share their combination with fewer than {others} others. For the recipient you chose, groups "
                "should have at least {k}.",
                share=words.share(below, risk.rows).capitalize(),
                others=k - 1,
                k=k,
            )
        )
    else:
        st.markdown(_("Everyone is in a group of at least {k}, as the recipient you chose asks for.", k=k))
    st.markdown(
        _(
            "Someone who looks for everybody would be expected to find about {found} of them{estimated}.",
            found=figures.people(risk.expected_reidentifications),
            estimated=_(", counting how many people each row stands for") if risk.weight else "",
        )
    )
    with st.container(horizontal=True):
        for term in ("k-anonymity", "quasi-identifier", "expected re-identifications"):
            words.term(term)


def stop_here(project: Project) -> None:
    st.header(_("Was this all you wanted to know?"), anchor=False)
    st.markdown(
        _(
            "You may stop here and take the figures along as a page to print. Your project stays under “My projects”. "
            "Or go on and protect the people in the file."
        )
    )
    pictures.printable(project)


project = steps.begin("risk")
desk.require_table(project)
with st.spinner(_("Counting …")):
    figures.before(project)
    figures.pairs(project)
closer.begin(project)
sentences(project)
tables_held.keep_risk(project, figures.before(project))
pictures.pair_map(project)
pictures.two_columns(project)
closer.show(project)
stop_here(project)
history.show(project)
steps.go_on("risk")
