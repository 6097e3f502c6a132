"""Who will receive the result: the targets each choice presets, and where they come from."""

from __future__ import annotations

from typing import NamedTuple


class Recipient(NamedTuple):
    """A choice on the first page.

    k    how many rows should share each combination of what someone could know
    why  a sentence that says so, with its source
    """

    key: str
    label: str
    hint: str
    k: int
    why: str


RECIPIENTS = (
    Recipient(
        "colleague",
        "A colleague in this organisation",
        "bound by the same rules as you",
        3,
        "Groups of at least 3: the smallest group in which nobody can find a neighbour by leaving themselves out "
        "(Handbook on Statistical Disclosure Control, section 5.2).",
    ),
    Recipient(
        "researchers",
        "Researchers under contract",
        "who signed not to look for anyone",
        5,
        "Groups of at least 5: usual for files handed to researchers under contract "
        "(El Emam and Dankar, 2008, doi:10.1197/jamia.M2716).",
    ),
    Recipient(
        "public",
        "The public",
        "anyone, with any knowledge, for ever",
        11,
        "Groups of at least 11: the rule for tables anyone may see of the US Centers for Medicare and Medicaid "
        "(cell size suppression policy: no count from 1 to 10).",
    ),
)


def recipient(key: str) -> Recipient:
    """The choice of that key; the strictest where nothing was chosen."""
    return next((r for r in RECIPIENTS if r.key == key), RECIPIENTS[-1])
