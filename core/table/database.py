"""Tables in databases: a table or query through an SQLAlchemy URL. Read-only and streamed, in the reading child.

In the studio only databases that whoever runs it has listed can be read: `STUDIO_DATABASES`, entries `name=url`
separated by blanks or line breaks. URLs hold credentials: they reach the reading child on its standard input, and
appear in no answer, recipe, message or log.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping

from core.problem import Problem, near
from core.table.limits import Limits
from core.table.reading import Reading, run_child

DATABASES = "STUDIO_DATABASES"


def listed(environment: Mapping[str, str] | None = None) -> dict[str, str]:
    """The databases that may be read, name -> URL. Show the names only."""
    text = (os.environ if environment is None else environment).get(DATABASES, "")
    pairs = (entry.partition("=") for entry in text.split() if entry.strip())
    return {name: url for name, _, url in pairs if name and url}


def read_listed(
    name: str,
    *,
    query: str | None = None,
    answers: Mapping[str, str] | None = None,
    limits: Limits | None = None,
    progress: Callable[[float, str], None] | None = None,
) -> Reading:
    """A table (answer `member`) or a query of a listed database."""
    known = listed()
    if name not in known:
        raise Problem(
            "There is no database “{name}” in the list.",
            "Ask whoever runs the studio to list it. {hint}",
            name=name[:60],
            hint=near(name, known),
        )
    return read_database(known[name], query=query, answers=answers, limits=limits, progress=progress)


def read_database(
    url: str,
    *,
    query: str | None = None,
    answers: Mapping[str, str] | None = None,
    limits: Limits | None = None,
    progress: Callable[[float, str], None] | None = None,
) -> Reading:
    """A table (answer `member`) or a single SELECT through an SQLAlchemy URL."""
    if query is not None:
        require_select(query)
    limits = limits or Limits.configured()
    return run_child({"path": "", "source": {"url": url, "query": query}}, answers, None, limits, progress)


def require_select(query: str) -> None:
    """Stop anything that is not one SELECT; the connection is read-only besides."""
    bare = (
        re.sub(r"'(?:[^']|'')*'|\"(?:[^\"]|\"\")*\"|--[^\n]*|/\*.*?\*/", " ", query, flags=re.S)
        .strip()
        .rstrip(";")
        .strip()
    )
    if not re.match(r"(?i)(select|with)\b", bare) or ";" in bare:
        raise Problem("Only a single SELECT can be read.", "Write one query that begins with SELECT or WITH.")
    if re.search(
        r"(?i)\b(insert|update|delete|drop|alter|create|attach|pragma|grant|copy|into|truncate|vacuum|call|exec(ute)?)\b",
        bare,
    ):
        raise Problem("The query would do more than read.", "Write one query that only selects.")
