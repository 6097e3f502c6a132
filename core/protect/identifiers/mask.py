"""Mask: hide characters of a value, keep a few."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import field_validator

from core.declare import columns_of, param
from core.protect.method import Claim, Group, Method, Run
from core.table import SUPPRESSED, Table


class Mask(Method):
    """Hide the characters of each value except the last (or first) few: XXXXXXXX3210.

    At a glance: a person can still check a number they already know ("ending in 3210"), and the digits kept narrow the
    value down for everybody: four digits kept of a phone number leave one in ten thousand.

    A value that would show more than half of itself is hidden completely. Spaces and marks stay where they stand.
    Preserved: length and separators, the characters kept. Lost: the value, and mostly that two rows name one person.

    - {method: mask, columns: [phone], keep: 4}

    Source: NIST SP 800-122, 4.2.2; UIDAI circular K-11020/217/2018 (masked Aadhaar: last four digits).
    """

    method: Literal["mask"] = "mask"
    title: ClassVar[str] = "Hide characters"
    group: ClassVar[Group] = "identifiers"
    columns: columns_of() = param(  # type: ignore[valid-type]
        "Which columns?", why="Hidden characters tell nobody anything.", min_length=1
    )
    keep: int = param(
        "How many characters stay readable?", why="Fewer tell less; 0 hides all.", default=4, ge=0, le=8, search=(0, 4)
    )
    end: Literal["last", "first"] = param(
        "Which ones stay?",
        why="The first digits of a number often tell the region or the bank.",
        default="last",
        labels={"last": "the last ones", "first": "the first ones"},
        advanced=True,
    )
    character: str = param(
        "Which character stands for a hidden one?",
        why="X is read aloud most easily.",
        default="X",
        min_length=1,
        max_length=1,
        advanced=True,
    )

    @field_validator("character")
    @classmethod
    def _visible(cls, character: str) -> str:
        if character == SUPPRESSED or character.isspace():
            raise ValueError("Choose another character; a space cannot be seen, and * stands for a suppressed cell.")
        return character

    def apply(self, table: Table, run: Run) -> Table:  # noqa: ARG002
        return table.with_columns(
            {
                name: table[name].recode(lambda v: v if v == SUPPRESSED else self.masked(v), "text")
                for name in self.columns
            }
        )

    def masked(self, value: str) -> str:
        """One value with all but the kept letters and digits hidden."""
        places = [i for i, c in enumerate(value) if c.isalnum()]
        # Keeping more than half of a value would be no masking: 4 of 6 digits leave a hundred possibilities.
        keep = self.keep if 2 * self.keep <= len(places) else 0
        kept = set(places[len(places) - keep :] if self.end == "last" else places[:keep])
        return "".join(
            c if i in kept or not (c.isalnum() or ord(c) > 127) else self.character for i, c in enumerate(value)
        )

    def claims(self, table: Table) -> tuple[Claim, ...]:  # noqa: ARG002
        columns, most = self.columns, self.keep
        return (
            Claim(
                f"At most {most} letters and digits of each value in {', '.join(columns)} are readable.",
                lambda released: all(
                    sum(c.isalnum() and c != self.character for c in v) <= most
                    for n in columns
                    if n in released.columns
                    for v in released.columns[n].values.to_pylist()
                ),
            ),
        )
