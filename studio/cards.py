"""One column of the table as a row of the page: name and example, reasons below, the answers beside them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from core.language import translate as _
from studio import steps

A_PAGE = 25


def page_of(names: Sequence[str], key: str) -> list[tuple[int, str]]:
    """(number, name) of the columns to show: 25 at a time, the page chosen where there are more."""
    pages = -(-len(names) // A_PAGE)
    at = 1
    if pages > 1:
        at = st.selectbox(
            _("Columns"),
            range(1, pages + 1),
            key=key,
            format_func=lambda p: _(
                "{first} to {last} of {count}",
                first=(p - 1) * A_PAGE + 1,
                last=min(p * A_PAGE, len(names)),
                count=len(names),
            ),
        )
    return list(enumerate(names))[(at - 1) * A_PAGE : at * A_PAGE]


@contextmanager
def card(
    key: str, name: str, example: str, said: Sequence[str], answers: Sequence[int], about: str = ""
) -> Iterator[list[DeltaGenerator]]:
    """Draws the left side and hands out a place for each answer.

    said     sentences, shown small in one paragraph
    answers  the widths of the places, where the left side is 5
    about    the long name or question that the file has for the column
    """
    with st.container(border=True, key=f"card-{key}", gap="small"):
        left, *places = st.columns([5, *answers], gap="small", vertical_alignment="center")
        text = " ".join(sentence for sentence in said if sentence)
        left.markdown(
            f"**{steps.plain(name)}** &nbsp; {steps.plain(example)}"
            + (f"  \n{steps.plain(about)}" if about else "") + (f"  \n:small[{text}]" if text else "")
        )
        yield places
