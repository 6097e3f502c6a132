"""Redact: names, numbers and addresses inside free text."""

from __future__ import annotations

from typing import Any, ClassVar, Literal

from core.declare import columns_of, param
from core.protect.changes import places
from core.protect.free_text import known_values
from core.protect.free_text.known_values import Found, merged
from core.protect.identifiers.normalise import normaliser
from core.protect.identifiers.pseudonymise import tokens
from core.protect.method import Group, Method, Run
from core.table import SUPPRESSED, Column, Table

AT_A_TIME = 5_000
"""Cells between two reports of progress."""


class Redact(Method):
    """Hide names, phones, e-mails and numbers inside free text.

    At a glance: “Asha came with her son, call 98765 43210” becomes “[NAME] came with her son, call [PHONE]”.

    Two searches. First, values of the file's own direct identifiers (as they were before the first step, so the names
    may be removed earlier): found wherever they stand, and in a person's own row also their single words. Second,
    Presidio and our own recognizers, by form and context. Without a language model they find nearly all numbers and
    addresses of e-mail, but only part of the names that stand in no column: read some of the result, and when a name
    must not slip through, remove the column. Nicknames, places and stories still tell who it is.
    Preserved: the rest of the text. Lost: what was found.

    - {method: redact, columns: [remarks], operator: label}

    Source: Presidio (presidio-anonymizer operators); NIST SP 800-188, 4.3.7.
    """

    method: Literal["redact"] = "redact"
    title: ClassVar[str] = "Hide names inside text"
    group: ClassVar[Group] = "identifiers"
    columns: columns_of() = param(  # type: ignore[valid-type]
        "Which columns hold free text?", why="Notes and answers often name people.", min_length=1
    )
    operator: Literal["label", "delete", "mask", "token"] = param(
        "What stands in its place?",
        default="label",
        why="A label keeps the sentence readable; a code also shows that two notes name the same person.",
        labels={"label": "what it was, as [PERSON]", "delete": "nothing", "mask": "XXXX", "token": "a code (token)"},
    )
    threshold: float = param(
        "How sure must a finding be?",
        default=0.35,
        ge=0,
        le=1,
        search=(0.2, 0.6),
        advanced=True,
        why="Lower finds more, and hides more that is harmless. Values of the file's own columns are always hidden.",
    )
    key: str = param(
        "Which key makes the codes?",
        why="The same as in “Replace by a code” gives the same codes.",
        default="default",
        min_length=1,
        advanced=True,
    )

    def apply(self, table: Table, run: Run) -> Table:
        from core.detect.freetext import spans

        identifiers = _identifiers(table, run)
        new = {}
        for number, name in enumerate(self.columns):
            column = table[name]
            texts, guessed = column.values.to_pylist(), []
            for start in range(0, len(texts), AT_A_TIME):
                run.progress((number + start / max(len(texts), 1)) / len(self.columns), self.title)
                guessed += spans(texts[start : start + AT_A_TIME])
            beside = {n: c for n, c in identifiers.items() if n not in self.columns}
            new[name] = self._redacted(column, guessed, known_values.find(column, beside), run)
        return table.with_columns(new)

    def rewrites(self) -> tuple[str, ...]:
        return tuple(self.columns)

    def _redacted(self, column: Column, guessed: list[list[Any]], known: list[list[Found]], run: Run) -> Column:
        texts = column.values.to_pylist()
        sure = [[Found(s.start, s.end, s.entity) for s in cell if s.score >= self.threshold] for cell in guessed]
        engine, operators = _engine(), self._operators(run)
        done: dict[tuple[int, tuple[Found, ...]], str] = {}
        cells: list[str | None] = []
        for code, own in zip(column.codes.tolist(), known, strict=True):
            if code < 0 or texts[code] == SUPPRESSED:
                cells.append(None if code < 0 else SUPPRESSED)
                continue
            found = tuple(merged(own, sure[code]))
            if (code, found) not in done:
                done[code, found] = engine(texts[code], found, operators) if found else texts[code]
            cells.append(done[code, found])
        return Column.of(cells, column.kind)

    def _operators(self, run: Run) -> tuple[str, dict[str, Any]]:
        if self.operator == "delete":
            return "redact", {}
        if self.operator == "mask":
            return "mask", {"masking_char": "X", "chars_to_mask": 10**6, "from_end": False}
        if self.operator == "label":
            return "label", {}
        key, spelling = run.key(self.key, "pseudonymise"), normaliser("name")
        return "custom", {"lambda": lambda value: tokens([spelling(value)], key, 16)[0].as_py()}


def _identifiers(table: Table, run: Run) -> dict[str, Column]:
    """The direct identifiers as they were before the first step, for the rows that are still there."""
    if run.original is None or run.original.row_ids is None or table.row_ids is None:
        return {n: table.columns[n] for n in table.having("direct_identifier")}
    at = places(run.original, table)
    return {n: run.original.columns[n].take(at) for n in run.original.having("direct_identifier")}


def _engine() -> Any:
    """presidio-anonymizer, imported only here: it takes seconds."""
    from presidio_anonymizer import AnonymizerEngine
    from presidio_anonymizer.entities import OperatorConfig, RecognizerResult

    presidio = AnonymizerEngine()

    def redact(text: str, found: tuple[Found, ...], operators: tuple[str, dict[str, Any]]) -> str:
        what, settings = operators
        results = [RecognizerResult(_entity(f.label), f.start, f.end, 1.0) for f in found]
        config = {
            r.entity_type: OperatorConfig("replace", {"new_value": f"[{r.entity_type}]"})
            if what == "label"
            else OperatorConfig(what, settings)
            for r in results
        }
        return str(presidio.anonymize(text, results, config).text)

    return redact


def _entity(label: str) -> str:
    """A column's name as a label: “Full name” is FULL_NAME."""
    return "".join(c if c.isalnum() else "_" for c in label).upper()
