"""The only file that touches session_state and the address: which project is open, and who is here.

The address names the project, so F5, a closed tab and a restarted server lose nothing. Whatever matters lives in the
store; session_state holds only what a widget shows, and what was said in the last run.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

import streamlit as st

from core.problem import Problem
from core.store import Actor, Project, Store, StoreSettings, open_store
from core.table import Table
from studio.sign_in import COOKIE, is_loopback, signed_in

PROJECT = "project"
"""The name of the project in the address."""


@st.cache_resource(show_spinner=False)
def store() -> Store:
    """The one store of this server."""
    return open_store(StoreSettings.from_environment())


def who() -> Actor:
    """Who is here. Until people have accounts of their own there is one owner."""
    return Actor(user=os.environ.get("STUDIO_USER", "owner"), department=os.environ.get("STUDIO_DEPARTMENT", ""))


def asks_for_password() -> bool:
    return bool(os.environ.get("STUDIO_PASSWORD"))


def let_in() -> None:
    """A Problem where a password is set and this browser has not given it, or where others could come in without one.

    `python -m studio.server` sees to both before anyone arrives; this holds where Streamlit was started by itself.
    """
    if asks_for_password():
        if not signed_in(st.context.cookies.get(COOKIE)):
            raise Problem("A sign-in password is set, and you are not signed in.",
                          "Start the studio with `python -m studio.server` and sign in.")
    elif not is_loopback(str(st.get_option("server.address") or "0.0.0.0")):  # noqa: S104 -- Streamlit's own default
        raise Problem("The studio was started so that other machines can reach it, without a sign-in.",
                      "Start it with `python -m studio.server`, or from the project's own folder.")


def is_dark() -> bool:
    """Whether the browser shows the dark theme now: charts are drawn in ink that can be read on it."""
    return st.context.theme.type == "dark"


def project_id() -> str | None:
    return st.query_params.get(PROJECT)


def project() -> Project:
    """The open project; a Problem if the address names none, or one that is not theirs."""
    found = project_id()
    if not found:
        raise Problem("No project is open.", "Bring a file, or go on with one of your projects, on the first page.")
    return store().project(who(), found)


def open_project(project_id: str | None) -> None:
    """Names the project in the address; None closes it."""
    if project_id:
        st.query_params[PROJECT] = project_id
    else:
        st.query_params.pop(PROJECT, None)


def go(path: str, project_id: str | None) -> None:
    """Changes to another page and takes the project along."""
    st.switch_page(path, query_params={PROJECT: project_id} if project_id else {})


def table(project_id: str, name: str) -> Table:
    """A table of the project, decrypted once per content and kept in memory for half an hour at most."""
    return _table(project_id, name, stamp(project_id, name))


def stamp(project_id: str, name: str) -> str:
    """What tells one content of a project's file from another; empty where there is no such file."""
    found = next((f for f in store().files(who(), project_id) if f.name == name), None)
    return found.stamp if found else ""


@st.cache_resource(show_spinner=False, max_entries=6, ttl=1800)
def _table(project_id: str, name: str, stamp: str) -> Table:  # noqa: ARG001 -- the stamp is part of the cache's key
    from core.table.writing import from_parquet

    return from_parquet(store().get(who(), project_id, name))


@st.cache_resource(show_spinner=False, max_entries=64, ttl=1800)
def _kept(key: tuple[object, ...], _make: Callable[[], Any]) -> Any:  # noqa: ARG001 -- the key is the cache's
    return _make()


def keep(key: tuple[object, ...], make: Callable[[], Any]) -> Any:
    """What `make` gives, remembered under `key`: project, stamps of content and settings, never a frame."""
    return _kept(key, make)


def forget_tables() -> None:
    """Drops every table and figure kept in memory: after a project is deleted."""
    _table.clear()
    _kept.clear()


def set_value(key: str, value: object) -> None:
    """What a widget is to show. Called before the widget is drawn, so that the store, not the widget, is the truth.

    A value that is there already is not set again: the browser would replace what somebody is typing just then.
    """
    simple = isinstance(value, str | int | float | list | None)
    if not simple or key not in st.session_state or st.session_state[key] != value:
        st.session_state[key] = value


def value(key: str, otherwise: Any = None) -> Any:
    return st.session_state.get(key, otherwise)


def take(key: str) -> Any:
    """A value that is used once: said in this run, gone in the next."""
    return st.session_state.pop(key, None)


def picked(key: str, selection: str) -> dict[str, Any] | None:
    """What was clicked in the chart with this key: the fields of one mark, or None where nothing is chosen."""
    state = st.session_state.get(key)
    found = list(state.selection.get(selection) or ()) if state is not None else []
    return dict(found[-1]) if found else None


def forget(prefix: str) -> None:
    """Drops everything whose key begins like this: a form is empty again."""
    for key in [k for k in st.session_state if str(k).startswith(prefix)]:
        del st.session_state[key]


def counter(key: str, start: int) -> int:
    """How many entries a list in a form has."""
    return int(st.session_state.setdefault(key, start))


def count(key: str, number: int) -> None:
    st.session_state[key] = number


def drop_upload(uploaded: Any) -> None:
    """Removes an uploaded file from Streamlit's memory as soon as it is in the vault."""
    from streamlit.runtime import get_instance
    from streamlit.runtime.scriptrunner import get_script_run_ctx

    here = get_script_run_ctx()
    if here is not None:
        get_instance().uploaded_file_mgr.remove_file(here.session_id, uploaded.file_id)  # type: ignore[attr-defined]
