"""Tables drawn with lines: what SAP, MySQL, PostgreSQL and Markdown print. The lines and the padding are no data."""

from __future__ import annotations

import re

from core.table.raw import Job

RULE = re.compile(r"[\s|+:=-]*(?:-{3,}|={3,})[\s|+:=-]*")
"""A line that is drawn: at least three strokes in a row, and nothing but strokes, corners and bars."""
LOOK_AT = 400


def without_rules(text: str, job: Job) -> tuple[str, list[int]] | None:
    """The text without drawn lines and padding, and the number of each line that is left; None if it is not drawn.

    Drawn: at least one line of strokes, and bars in nearly every other line, as many in each.
    """
    lines = text.splitlines()
    sample = [line for line in lines[:LOOK_AT] if line.strip()]
    rules = [line for line in sample if RULE.fullmatch(line)]
    barred = [line for line in sample if "|" in line and not RULE.fullmatch(line)]
    if "|" not in text or not rules or len(barred) < 2 or any('"' in line for line in barred):
        return None
    if len({line.count("|") for line in barred}) > 1 or len(sample) - len(rules) - len(barred) > 0.3 * len(sample):
        return None
    left = [(n, line) for n, line in enumerate(lines, 1) if not RULE.fullmatch(line)]
    kept = ["|".join(cell.strip() for cell in line.split("|")) if "|" in line else line for _, line in left]
    job.found.add(
        "HEADER_NOT_FIRST",
        "The table is drawn with lines of strokes ({count} of them). They and the blanks around cells were left out.",
        count=len(lines) - len(left),
    )
    return "\n".join(kept), [n for n, _ in left]
