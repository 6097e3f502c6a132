"""Whose official numbers are looked for: the countries a person chooses on the page of columns."""

from __future__ import annotations

import streamlit as st

from core.detect import ner
from core.detect.columns import KNOWN_COUNTRIES
from core.language import translate as _
from core.problem import Problem
from core.store import Project
from studio import context, desk, steps

NAMES = {
    "in": "India",
    "us": "United States",
    "gb": "United Kingdom",
    "eu": "Europe (Germany, France, Spain, Italy, Poland, Romania, Sweden, Finland, Turkey)",
    "au": "Australia",
    "kr": "South Korea",
    "sg": "Singapore",
    "th": "Thailand",
    "za": "South Africa",
}


def show(project: Project) -> None:
    """Folded away: the countries, and what a language model would add."""
    with st.expander(_("Whose official numbers are looked for?")):
        key = "countries"
        context.set_value(key, list(desk.countries(project)))
        st.multiselect(
            _("Countries"),
            list(KNOWN_COUNTRIES),
            key=key,
            format_func=lambda c: _(NAMES[c]),
            on_change=steps.guarded(lambda: _say(context.value(key))),
        )
        st.caption(
            _("Formats of other countries are not tried: a ten-digit phone number is no NHS number. "
              "What you have answered yourself stays as it is.")
        )  # fmt: skip
        model = ner.installed()
        st.caption(
            _("The language model {model} is installed and is used for texts.", model=model) if model else _(ner.ADDS)
        )


def _say(chosen: list[str]) -> None:
    if not chosen:
        raise Problem("No country is chosen.", "Choose at least one: official numbers differ from country to country.")
    context.store().change_project(context.who(), context.project().id, notes={"countries": list(chosen)})
