"""What was found inside the texts of one column: spans marked by kind, the rest masked until asked."""

from __future__ import annotations

import html
from collections import Counter
from collections.abc import Sequence

import streamlit as st

from core.detect import ner
from core.detect.entities import WORDS
from core.detect.freetext import EXPECT, Span, spans
from core.language import translate as _
from core.store import Project
from core.table import SUPPRESSED
from studio import context, desk, masking, steps
from studio.form import in_label

LOOKED_AT, SHOWN, LONGEST = 200, 5, 600
"""Different texts looked at; texts shown; characters shown of each."""
SHORT = {
    "PERSON": "name",
    "EMAIL_ADDRESS": "e-mail",
    "PHONE_NUMBER": "phone",
    "ADDRESS": "address",
    "DATE_OF_BIRTH": "date of birth",
    "NATIONAL_ID": "official number",
    "CREDIT_CARD": "card",
    "BANK_ACCOUNT": "account",
    "IP_ADDRESS": "IP address",
    "URL": "link",
    "USERNAME": "user name",
}
"""The kinds as they stand beside a marked place."""


def offer(project: Project, number: int, name: str) -> None:
    """A switch beside a column of texts; what it opens is worked out only then."""
    shown = st.toggle(
        _("Show what names people inside these texts"),
        key=f"texts-{number}",
        help=_("What is found in “{column}”", column=in_label(name)),
    )
    if shown:
        show(project, number, name)


def show(project: Project, number: int, name: str) -> None:
    texts, found = _found(project, name)
    named = [(t, f) for t, f in zip(texts, found, strict=True) if f]
    kinds = Counter(s.entity for f in found for s in f)
    if not named:
        st.markdown(_("In {count} different texts nobody was found.", count=len(texts)))
    else:
        counts = ", ".join(f"{count} × {_(SHORT.get(e, WORDS[e]))}" for e, count in kinds.most_common())
        st.markdown(
            _("{named} of {count} different texts name somebody or say how to reach them: {counts}.",
              named=len(named), count=len(texts), counts=counts)
        )  # fmt: skip
        _samples(project, number, name, named[:SHOWN])
    st.caption(_expected())


def _expected() -> str:
    model = ner.installed()
    if model:
        return _("The language model {model} is installed and is used. It, too, overlooks names.", model=model)
    return _(EXPECT) + " " + _(ner.ADDS)


def _samples(project: Project, number: int, name: str, named: Sequence[tuple[str, list[Span]]]) -> None:
    key = f"texts-open-{project.id}-{number}"
    open_ = bool(context.value(key, False))
    if open_:
        st.button(_("Hide these texts"), key=f"texts-hide-{number}", on_click=lambda: context.set_value(key, False))
    else:
        st.button(
            _("Show these texts as they are"),
            key=f"texts-reveal-{number}",
            on_click=steps.guarded(lambda: _reveal(project, key, name, len(named))),
            help=_("Names and numbers of real people become visible on this screen. That you looked is recorded."),
        )
    st.html("".join(f'<p class="text">{marked(text, found, open_)}</p>' for text, found in named))


def _reveal(project: Project, key: str, name: str, count: int) -> None:
    context.store().note_event(context.who(), project.id, "identifying_cells_shown", columns=[name], rows=count)
    context.set_value(key, True)


def marked(text: str, found: Sequence[Span], revealed: bool) -> str:
    """The text as HTML: each place found stands in a mark with its kind; letters are dots unless revealed."""
    text, out, at = text[:LONGEST], [], 0
    for span in (s for s in found if s.end <= len(text)):
        out.append(_said(text[at : span.start], revealed))
        kind = _(SHORT.get(span.entity, WORDS[span.entity]))
        inside = _said(text[span.start : span.end], revealed)
        out.append(f"<mark>{inside} <small>{html.escape(kind)}</small></mark>")
        at = span.end
    return "".join(out) + _said(text[at:], revealed) + ("…" if len(text) == LONGEST else "")


def _said(piece: str, revealed: bool) -> str:
    return html.escape(piece if revealed else masking.dotted(piece))


def _found(project: Project, name: str) -> tuple[list[str], list[list[Span]]]:
    """Different texts of the column, spread evenly, and what stands in each."""
    column, countries = desk.original(project)[name], desk.countries(project)
    stamp = context.stamp(project.id, desk.TABLE)

    def look() -> tuple[list[str], list[list[Span]]]:
        values = [v for v in column.values.to_pylist() if v.strip() and v != SUPPRESSED]
        texts = values[:: max(1, len(values) // LOOKED_AT)][:LOOKED_AT]
        return texts, spans(texts, countries)

    return context.keep(("texts", project.id, stamp, name, column.kind, countries), look)
