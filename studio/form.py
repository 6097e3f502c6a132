"""Draws any declared class as widgets and hands back plain data: all that is asked is read off the class.

Each shape of `core.declare.Parameter` has one function here. A widget's key is the form's key and the parameter's
path, so the same class can stand on a page twice, nested to any depth.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import streamlit as st

from core.declare import Declared, Parameter, parameters
from core.language import translate as _
from core.problem import Problem
from core.table import Table
from studio import context

Data = dict[str, Any]
MAX_LIST_ENTRIES = 40
RADIO_UP_TO = 5


@dataclass(frozen=True)
class Columns:
    """The columns a form may offer: name -> (kind, role), in file order."""

    kinds: Mapping[str, tuple[str, str]]

    @staticmethod
    def of(table: Table) -> Columns:
        return Columns({name: (column.kind, table.role(name)) for name, column in table.columns.items()})

    def offered(self, parameter: Parameter) -> list[str]:
        """The names that fit the parameter's kinds and roles."""
        pick = parameter.pick
        return [
            name
            for name, (kind, role) in self.kinds.items()
            if not pick or ((not pick.kinds or kind in pick.kinds) and (not pick.roles or role in pick.roles))
        ]


def draw(
    declared: type[Declared], columns: Columns, key: str, initial: Mapping[str, Any] | None = None,
    without: Collection[str] = (),
) -> Data:
    """The form of a declared class. Returns the answers as plain data for `build`; Problem on a slip of the pen.

    initial  answers to begin with, by parameter name; what the person changed since then wins
    without  parameters that the page asks for in its own words
    """
    found = [p for p in parameters(declared) if p.name not in without]
    answers: Data = {}
    for parameter in (p for p in found if not p.advanced):
        _answer(parameter, columns, key, initial or {}, answers)
    advanced = [p for p in found if p.advanced]
    if advanced:
        with st.expander(_("More settings: the usual answer is right for most files")):
            for parameter in advanced:
                _answer(parameter, columns, key, initial or {}, answers)
    return answers


def explain(declared: type[Declared]) -> tuple[str, str]:
    """The help page of a declared class: its first sentence, and the rest."""
    text = inspect.getdoc(declared) or ""
    first, _sep, rest = text.partition("\n\n")
    return _(" ".join(first.split())), _(rest.strip())


def _answer(parameter: Parameter, columns: Columns, key: str, initial: Mapping[str, Any], answers: Data) -> None:
    start = initial.get(parameter.name, parameter.default)
    path = f"{key}.{parameter.name}"
    value = _optional(parameter, columns, path, start) if parameter.optional else ask(parameter, columns, path, start)
    if value is not None or not parameter.required:
        answers[parameter.name] = value


def _optional(parameter: Parameter, columns: Columns, key: str, start: Any) -> Any:
    """An answer that may stay open: a flag first, the question itself only where it is wanted.

    Number, text and choice can be left empty as they are.
    """
    if parameter.shape in ("number", "integer", "text", "choice", "column"):
        return ask(parameter, columns, key, start)
    wanted = st.checkbox(_(parameter.question), value=start is not None, key=f"{key}?", help=_(parameter.why) or None)
    return ask(parameter, columns, key, start) if wanted else None


def ask(parameter: Parameter, columns: Columns, key: str, start: Any) -> Any:
    """One question, by the parameter's shape."""
    if isinstance(start, Declared):
        start = start.model_dump()
    return _SHAPES[parameter.shape](parameter, columns, key, start)


def _label(parameter: Parameter) -> str:
    text = _(parameter.question)
    return f"{text} ({_(parameter.unit)})" if parameter.unit else text


def _number(parameter: Parameter, columns: Columns, key: str, start: Any) -> Any:  # noqa: ARG001
    whole = parameter.shape == "integer"
    low, high = parameter.limits.get("ge"), parameter.limits.get("le")
    if whole:
        low = parameter.limits["gt"] + 1 if low is None and "gt" in parameter.limits else low
        high = parameter.limits["lt"] - 1 if high is None and "lt" in parameter.limits else high
    kind: Any = int if whole else float
    value = st.number_input(
        _label(parameter),
        value=None if start is None else kind(start),
        key=key,
        help=_(parameter.why) or None,
        min_value=None if low is None else kind(low),
        max_value=None if high is None else kind(high),
        step=1 if whole else None,
        format=None if whole else "%g",
        placeholder=_("empty") if parameter.optional else None,
    )
    _within(parameter, value)
    return value


def _within(parameter: Parameter, value: float | None) -> None:
    """The open limits, which a number field does not know."""
    above, below = parameter.limits.get("gt"), parameter.limits.get("lt")
    if value is not None and ((above is not None and value <= above) or (below is not None and value >= below)):
        raise Problem(
            "“{question}” has an answer that does not fit.",
            "Give {limits}.",
            question=parameter.question,
            limits=parameter.limits_in_words(),
        )


def _flag(parameter: Parameter, columns: Columns, key: str, start: Any) -> bool:  # noqa: ARG001
    return st.checkbox(_label(parameter), value=bool(start), key=key, help=_(parameter.why) or None)


def _text(parameter: Parameter, columns: Columns, key: str, start: Any) -> str | None:  # noqa: ARG001
    longest = parameter.limits.get("max_length")
    value = st.text_input(
        _label(parameter),
        value=str(start or ""),
        key=key,
        help=_(parameter.why) or None,
        max_chars=int(longest) if longest else None,
    )
    return value if value or not (parameter.optional or parameter.required) else None


def _choice(parameter: Parameter, columns: Columns, key: str, start: Any) -> Any:  # noqa: ARG001
    labels = parameter.labels or {}
    return _pick(
        _label(parameter),
        parameter.choices,
        start,
        key,
        _(parameter.why),
        lambda c: _(labels.get(c, str(c).replace("_", " "))),
        parameter.optional,
    )


def _pick(label: str, options: Sequence[Any], start: Any, key: str, why: str, name: Any, optional: bool = False) -> Any:
    index = list(options).index(start) if start in options else (None if optional or start is None else 0)
    if len(options) <= RADIO_UP_TO and not optional:
        return st.radio(label, options, index=index or 0, key=key, help=why or None, format_func=name)
    return st.selectbox(
        label, options, index=index, key=key, help=why or None, format_func=name, placeholder=_("Choose one")
    )


def _column(parameter: Parameter, columns: Columns, key: str, start: Any) -> str | None:
    offered = columns.offered(parameter)
    return st.selectbox(
        _label(parameter),
        offered,
        index=offered.index(start) if start in offered else None,
        key=key,
        help=_(parameter.why) or None,
        placeholder=_("Choose a column") if offered else _("No column of a fitting kind"),
    )


def _columns(parameter: Parameter, columns: Columns, key: str, start: Any) -> list[str]:
    offered = columns.offered(parameter)
    return st.multiselect(
        _label(parameter),
        offered,
        default=[c for c in start or () if c in offered],
        key=key,
        help=_(parameter.why) or None,
        placeholder=_("Choose columns") if offered else _("No column of a fitting kind"),
    )


def _list(parameter: Parameter, columns: Columns, key: str, start: Any) -> list[Any]:
    """A list of plain entries is typed one to a line; a list of settings gets a block for each."""
    if isinstance(parameter.item, Parameter) and parameter.item.shape in ("number", "integer", "text"):
        return _lines(parameter, parameter.item, key, start)
    st.markdown(f"**{_label(parameter)}**", help=_(parameter.why) or None)
    begun = list(start or ())
    least = int(parameter.limits.get("min_length", 0))
    count = context.counter(f"{key}#", max(len(begun), least, 1 if parameter.required else 0))
    entries = []
    for number in range(count):
        with st.container(border=True):
            entries.append(
                _entry(parameter, columns, f"{key}.{number}", begun[number] if number < len(begun) else None)
            )
    _more_or_fewer(parameter, key, count, least)
    return entries


def _lines(parameter: Parameter, item: Parameter, key: str, start: Any) -> list[Any]:
    text = st.text_area(
        _label(parameter) + " – " + _("one to a line"),
        value="\n".join(_plain(v) for v in start or ()),
        key=key,
        help=_(parameter.why) or None,
        height=120,
    )
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return lines if item.shape == "text" else [_read_number(parameter, line, item.shape == "integer") for line in lines]


def _more_or_fewer(parameter: Parameter, key: str, count: int, least: int) -> None:
    most = int(parameter.limits.get("max_length", MAX_LIST_ENTRIES))
    with st.container(horizontal=True):
        if count < most:
            more = _("Add another") if count else _("Add one")
            st.button(more, key=f"{key}+", on_click=context.count, args=(f"{key}#", count + 1))
        if count > least:
            st.button(_("Take the last one away"), key=f"{key}-", on_click=context.count, args=(f"{key}#", count - 1))


def _entry(parameter: Parameter, columns: Columns, key: str, start: Any) -> Any:
    if inspect.isclass(parameter.item):
        begun = start.model_dump() if isinstance(start, Declared) else start
        return draw(parameter.item, columns, key, begun)
    assert isinstance(parameter.item, Parameter)  # noqa: S101 -- told apart by core.declare
    return ask(parameter.item, columns, key, start if start is not None else parameter.item.default)


def _per_column(parameter: Parameter, columns: Columns, key: str, start: Any) -> dict[str, Any]:
    """First which columns, then the setting of each."""
    begun = dict(start or {})
    offered = columns.offered(parameter)
    chosen = st.multiselect(
        _label(parameter),
        offered,
        default=[c for c in begun if c in offered],
        key=key,
        help=_(parameter.why) or None,
        placeholder=_("Choose columns") if offered else _("No column of a fitting kind"),
    )
    answers: dict[str, Any] = {}
    for name in chosen:
        with st.container(border=True):
            st.markdown(f"**{escape(name)}**")
            answers[name] = _entry(parameter, columns, f"{key}.{name}", begun.get(name))
    return answers


def _matrix(parameter: Parameter, columns: Columns, key: str, start: Any) -> list[list[float]]:  # noqa: ARG001
    text = st.text_area(
        _label(parameter) + " – " + _("one row to a line, numbers set apart by spaces"),
        key=key,
        height=150,
        value="\n".join(" ".join(_plain(v) for v in row) for row in start or ()),
        help=_(parameter.why) or None,
    )
    rows = [
        [_read_number(parameter, cell, False) for cell in re.split(r"[\s;,]+", line.strip())]
        for line in text.splitlines()
        if line.strip()
    ]
    if len({len(row) for row in rows}) > 1:
        raise Problem(
            "The rows of “{question}” are not of one length.",
            "Give every row the same count of numbers.",
            question=parameter.question,
        )
    wanted = parameter.matrix.row_sum if parameter.matrix else None
    for number, row in enumerate(rows, 1):
        if wanted is not None and abs(sum(row) - wanted) > 1e-6:
            raise Problem(
                "Row {row} of “{question}” adds up to {sum:g}.",
                "It must add up to {wanted:g}.",
                row=number,
                question=parameter.question,
                sum=sum(row),
                wanted=wanted,
            )
    return rows


def _table(parameter: Parameter, columns: Columns, key: str, start: Any) -> list[list[str]]:  # noqa: ARG001
    """A value hierarchy: the value first, then its ever wider groups, as ARX writes it."""
    text = st.text_area(
        _label(parameter) + " – " + _("one value to a line, then its wider groups, set apart by ;"),
        key=key,
        height=180,
        value="\n".join(";".join(row) for row in start or ()),
        help=_(parameter.why) or None,
    )
    rows = [[cell.strip() for cell in line.split(";")] for line in text.splitlines() if line.strip()]
    if len({len(row) for row in rows}) > 1:
        raise Problem(
            "The lines of “{question}” do not all have the same number of groups.",
            "Give every value the same number of groups, set apart by a semicolon.",
            question=parameter.question,
        )
    return rows


def _options(parameter: Parameter, columns: Columns, key: str, start: Any) -> Data:
    """A choice whose options have questions of their own."""
    options = parameter.options or {}
    begun = dict(start) if isinstance(start, Mapping) else {}
    tag = _pick(
        _label(parameter),
        list(options),
        begun.get(parameter.tag, next(iter(options))),
        f"{key}@",
        _(parameter.why),
        lambda t: _(options[t].title or t.replace("_", " ")),
    )
    chosen = options[tag]
    first, _rest = explain(chosen)
    if first:
        st.caption(first)
    same = begun if begun.get(parameter.tag) == tag else {}
    return {parameter.tag: tag, **draw(chosen, columns, f"{key}.{tag}", same)}


_SHAPES = {
    "number": _number,
    "integer": _number,
    "flag": _flag,
    "text": _text,
    "choice": _choice,
    "column": _column,
    "columns": _columns,
    "list": _list,
    "per_column": _per_column,
    "matrix": _matrix,
    "options": _options,
    "table": _table,
}


def _plain(value: Any) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)


def _read_number(parameter: Parameter, text: str, whole: bool) -> float:
    try:
        return int(text) if whole else float(text)
    except ValueError:
        pass
    raise Problem(
        "“{question}” holds something that is no number.",
        "Write {kind} only.",
        question=parameter.question,
        kind="whole numbers" if whole else "numbers",
    )


def escape(text: str) -> str:
    """Text from a file (a column's name) with nothing left that markdown or HTML would act on."""
    shown = "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in text)
    return re.sub(r"([\\`*_{}\[\]()<>#+\-.!|~$:&^=])", r"\\\1", shown)


def in_label(text: str) -> str:
    """As `escape`, for the name of a widget, which a screen reader reads as it stands: as few signs as possible."""
    shown = "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in text)
    return re.sub(r"([\\`*\[\]<>~$:]|(?<![^\W_])_|_(?![^\W_]))", r"\\\1", shown)
