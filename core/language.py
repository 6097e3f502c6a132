"""The one place where texts that people read are translated: Problem, the form and the frame call `translate`."""

from __future__ import annotations

import gettext
from contextvars import ContextVar
from functools import lru_cache
from pathlib import Path

CATALOGUES = Path(__file__).parent / "locale"
language: ContextVar[str] = ContextVar("language", default="en")


@lru_cache(maxsize=8)
def _catalogue(code: str) -> gettext.NullTranslations:
    return gettext.translation("studio", CATALOGUES, languages=[code], fallback=True)


def translate(text: str, **facts: object) -> str:
    """The sentence in the current language, with `{name}` places filled from `facts`.

    The template is looked up before it is filled, so one catalogue entry serves every number.
    A text without facts is never formatted: braces in it stay as they are.
    """
    found = _catalogue(language.get()).gettext(text) if text else text
    return found.format(**facts) if facts else found
