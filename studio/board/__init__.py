"""A board on which values are dragged into groups, as a component of our own: no outside request, no stored state."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import streamlit as st

from core.language import translate as _

NAME = "anonymisation-studio.board"

STYLE = """
.board { font: inherit; color: var(--st-text-color); font-size: .95rem }
.bar, .head { display: flex; flex-wrap: wrap; gap: .5rem; align-items: center; margin-bottom: .5rem }
.head b { overflow-wrap: anywhere } .head span, .picked { font-size: .9rem }
input { font: inherit; color: inherit; background: var(--st-background-color); padding: .35rem .6rem; min-width: 0;
  border: 1px solid color-mix(in srgb, var(--st-text-color) 55%, transparent); border-radius: 6px; flex: 0 1 16rem }
button { font: inherit; font-size: .9rem; color: inherit; background: transparent; cursor: pointer;
  padding: .2rem .6rem; border-radius: 6px;
  border: 1px solid color-mix(in srgb, var(--st-text-color) 40%, transparent) }
button:hover { border-color: currentColor }
button:focus-visible, input:focus-visible { outline: 3px solid var(--st-primary-color); outline-offset: 1px }
.put { background: var(--st-primary-color); border-color: var(--st-primary-color); color: #fff }
[hidden] { display: none !important }
.box { border: 1px solid color-mix(in srgb, var(--st-text-color) 30%, transparent); border-radius: 8px;
  padding: .6rem .7rem; margin-bottom: .6rem }
.box.new { border-style: dashed; display: flex; flex-wrap: wrap; gap: .5rem; align-items: center }
.box.over { border-color: var(--st-primary-color); box-shadow: 0 0 0 2px var(--st-primary-color) }
.chips { display: flex; flex-wrap: wrap; gap: .35rem; max-height: 22rem; overflow-y: auto; padding: 2px }
.chip { border-radius: 999px; overflow-wrap: anywhere; text-align: left; cursor: grab }
.chip small { font-size: .82em; font-variant-numeric: tabular-nums }
.chip[aria-pressed="true"] { background: var(--st-primary-color); border-color: var(--st-primary-color); color: #fff }
.naming { margin-bottom: .5rem }
"""


@lru_cache(maxsize=1)
def _component(runtime: object) -> Callable[..., Any]:  # noqa: ARG001 -- a new server has no components yet
    """The component, its script served by this server from this folder: the page's policy lets no inline script run.

    Streamlit finds such folders in installed packages only; ours is named to it here (pinned by tests/browser).
    """
    from streamlit.components.v2.get_bidi_component_manager import get_bidi_component_manager
    from streamlit.components.v2.manifest_scanner import ComponentConfig, ComponentManifest

    package, _dot, _name = NAME.partition(".")
    manifest = ComponentManifest(name=package, version="1", components=[ComponentConfig("board", "board")])
    get_bidi_component_manager().register_from_manifest(manifest, Path(__file__).resolve().parent.parent)
    return st.components.v2.component(NAME, html='<div class="board"></div>', css=STYLE, js="board.js")


def show(
    key: str, level: str, groups: Mapping[str, Sequence[tuple[str, int]]], alone: Sequence[tuple[str, int]]
) -> tuple[str, Mapping[str, Any]] | None:
    """The board; what was done on it since the last run, once: ("moved", {"members", "group"}), ("renamed", {"group",
    "name"}) or ("apart", {"group"}).

    level   tells one board from another: what is picked is forgotten when it changes
    groups  name -> its members with their numbers of rows; `alone` are those in no group
    """
    from streamlit.runtime import Runtime

    shown = [{"name": name, "members": [_member(*m) for m in members]} for name, members in groups.items()]
    made = _component(Runtime.instance())(
        key=key,
        data={"level": level, "groups": shown, "alone": [_member(*m) for m in alone], "words": _words()},
        on_moved_change=_nothing, on_renamed_change=_nothing, on_apart_change=_nothing,
    )
    for what in ("moved", "renamed", "apart"):
        if done := getattr(made, what):
            return what, done
    return None


def _nothing() -> None:
    """What was done is read from the component itself; Streamlit wants to hear of each trigger."""


def _member(name: str, rows: int) -> dict[str, str]:
    return {"id": name, "label": name, "rows": f"{rows:,}"}


def _words() -> dict[str, str]:
    return {
        "picked": _("{count} picked", count="{count}"),
        "holds": _("holds {count}", count="{count}"),
        "more": _("and {count} more: narrow them down above", count="{count}"),
        "put": _("Put here"),
        "rename": _("Rename"),
        "apart": _("Take apart"),
        "name": _("Name of the group"),
        "fresh": _("New group"),
        "unnamed": _("Group"),
        "filter": _("Show those that contain …"),
        "every": _("Pick all that are shown"),
        "none": _("Pick none"),
        "alone": _("In no group yet"),
    }
