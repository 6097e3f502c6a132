"""Every method of the gallery has a form, and the form hands back exactly the step it was filled in with."""

from __future__ import annotations

import inspect
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from core.declare import Declared, Parameter, build, dump, parameters
from core.protect import METHODS
from studio.form import Columns

COLUMNS = Columns({
    "age": ("number", "quasi_identifier"), "income": ("number", "sensitive"), "wealth": ("number", "sensitive"),
    "state": ("category", "quasi_identifier"), "ill": ("category", "sensitive"), "born": ("date", "quasi_identifier"),
    "name": ("text", "direct_identifier"), "pin": ("code", "quasi_identifier"), "home": ("code", "household"),
    "weight": ("number", "weight"), "round": ("category", "stratum"),
})
SPECIAL: dict[str, dict[str, Any]] = {}
"""Settings of methods whose required settings depend on each other."""


def filled(declared: type[Declared]) -> dict[str, Any]:
    """Something for every setting that must be given."""
    return {p.name: _something(p) for p in parameters(declared) if p.required or p.limits.get("min_length")}


def _something(p: Parameter) -> Any:
    if p.default not in (None, (), {}) and not p.required:
        return p.default.model_dump() if isinstance(p.default, Declared) else p.default
    offered = COLUMNS.offered(p)
    least = max(int(p.limits.get("min_length", 1)), 1)
    if p.shape == "columns":
        return offered[: max(least, 2)]
    if p.shape == "column":
        return offered[0]
    if p.shape == "per_column":
        return {name: _entry(p) for name in offered[:least]}
    if p.shape == "list":
        return [_entry(p) for _ in range(least)]
    if p.shape == "options":
        tag, chosen = next(iter((p.options or {}).items()))
        return {p.tag: tag, **filled(chosen)}
    if p.shape == "choice":
        return p.choices[0]
    if p.shape in ("number", "integer"):
        return int(p.limits.get("ge", p.limits.get("gt", 0) + 1)) if p.shape == "integer" else p.limits.get("ge", 1.0)
    return {"text": "a", "flag": True, "matrix": [[0.5, 0.5], [0.5, 0.5]], "table": [["a", "b"]]}[p.shape]


def _entry(p: Parameter) -> Any:
    return filled(p.item) if inspect.isclass(p.item) else _something(p.item)  # type: ignore[arg-type]


def page(names, starts):  # its text alone is run: no name from outside may stand in it
    import streamlit as st

    from core.protect import METHODS
    from studio import form
    from tests.studio.test_gallery_forms import COLUMNS

    st.session_state["given"] = {
        name: form.draw(METHODS.named(name), COLUMNS, f"new-{name}", start)
        for name, start in zip(names, starts, strict=True)
    }


@pytest.fixture(scope="module")
def drawn() -> tuple[dict[str, Declared], dict[str, Any], AppTest]:
    """The steps the forms were filled in with, what the forms hand back, and the page they stand on."""
    steps = {
        name: build(METHODS.named(name), {"method": name, **filled(METHODS.named(name)), **SPECIAL.get(name, {})})
        for name in METHODS.by_name
    }
    starts = [step.model_dump() for step in steps.values()]
    app = AppTest.from_function(page, kwargs={"names": list(steps), "starts": starts}, default_timeout=60).run()
    assert not app.exception
    return steps, app.session_state["given"], app


@pytest.mark.parametrize("name", list(METHODS.by_name))
def test_the_form_hands_back_the_step(name: str, drawn: tuple[dict[str, Declared], dict[str, Any], AppTest]) -> None:
    steps, given, _app = drawn
    assert dump(METHODS.build({"method": name, **given[name]})) == dump(steps[name])


@pytest.mark.parametrize("name", list(METHODS.by_name))
def test_every_setting_has_a_widget(name: str, drawn: tuple[dict[str, Declared], dict[str, Any], AppTest]) -> None:
    _steps, _given, app = drawn
    keys = {w.key or "" for kind in ("selectbox", "multiselect", "radio", "checkbox", "number_input", "text_input",
                                     "text_area", "button") for w in app.get(kind)}
    for p in parameters(METHODS.named(name)):
        assert any(k.startswith(f"new-{name}.{p.name}") for k in keys), f"{name} cannot be told its {p.name}"
