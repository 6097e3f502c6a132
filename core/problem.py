"""Problem: the one exception a person meets.

Exception
 `- Problem          what happened, what to do; caught by pages, the command line, the API and workers
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable

from core.language import translate


class Problem(Exception):
    """What happened and what to do about it, in a data owner's words.

    `what` and `do` are templates: `Problem("{count} rows are empty.", "Remove them.", count=3)`.
    They may name columns, options and counts, never a cell value.

    >>> print(Problem("The file is empty.", "Choose another file."))
    The file is empty. Choose another file.
    """

    def __init__(
        self, what: str, do: str, *, column: str | None = None, step: int | None = None, **facts: object
    ) -> None:
        self._what, self._do, self._facts = what, do, facts
        self.column, self.step = column, step
        super().__init__(what)

    @property
    def what(self) -> str:
        return translate(self._what, **self._facts)

    @property
    def do(self) -> str:
        return translate(self._do, **self._facts)

    def __str__(self) -> str:
        return f"{self.what} {self.do}"

    def at_step(self, step: int) -> Problem:
        """The same problem, with the recipe step (counted from 1) it happened in."""
        return Problem(self._what, self._do, column=self.column, step=step, **self._facts)

    def as_dict(self) -> dict[str, object]:
        return {"what": self.what, "do": self.do, "column": self.column, "step": self.step}


def near(name: str, known: Iterable[str]) -> str:
    """A hint naming near misses of a mistyped name, for the end of a `do` sentence."""
    known = [str(k) for k in known]
    lower = {k.lower(): k for k in known}
    close = [lower[m] for m in difflib.get_close_matches(name.lower(), lower, n=3, cutoff=0.6)]
    if close:
        return "Did you mean " + " or ".join(f"“{c}”" for c in close) + "?"
    shown = ", ".join(f"“{k}”" for k in known[:12])
    return f"There is: {shown}{' and more' if len(known) > 12 else ''}." if known else ""
