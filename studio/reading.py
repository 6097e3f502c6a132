"""How reading a file ended, as the job wrote it down for the page: no cell values but the previews of a question."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple


class Finding(NamedTuple):
    """Something noticed in the file; `where` is {sheet, row, column} as far as known."""

    code: str
    message: str
    where: Mapping[str, Any] | None


class Choice(NamedTuple):
    value: str
    label: str
    preview: tuple[str, ...]


class Question(NamedTuple):
    """`default` is what is taken while nobody answers; None where the file cannot be read without an answer."""

    key: str
    text: str
    choices: tuple[Choice, ...]
    default: str | None = None


class Reading(NamedTuple):
    """status is accepted, accepted_with_warnings, needs_answer or rejected."""

    status: str
    findings: tuple[Finding, ...]
    questions: tuple[Question, ...]
    proposals: Mapping[str, Mapping[str, Any]]
    answers: Mapping[str, str]
    rows: int | None
    columns: int | None

    @property
    def accepted(self) -> bool:
        return self.status in ("accepted", "accepted_with_warnings")


def from_json(plain: Mapping[str, Any]) -> Reading:
    return Reading(
        plain["status"],
        tuple(Finding(f["code"], f["message"], f.get("where")) for f in plain.get("findings", ())),
        tuple(_question(q) for q in plain.get("questions", ())),
        plain.get("proposals") or {},
        plain.get("answers") or {},
        plain.get("rows"),
        plain.get("columns"),
    )


def _question(plain: Mapping[str, Any]) -> Question:
    choices = tuple(Choice(c["value"], c["label"], _lines(c.get("preview"))) for c in plain.get("choices", ()))
    return Question(plain["key"], plain["text"], choices, plain.get("default"))


def _lines(preview: Any) -> tuple[str, ...]:
    """A preview is lines of text, or rows of cells."""
    rows = preview or ()
    return tuple(r if isinstance(r, str) else " | ".join("" if c is None else str(c) for c in r) for r in rows)
