"""Ranges read back from the texts a recipient sees, to count again who could be meant by them."""

from __future__ import annotations


def as_range(text: str) -> tuple[float, float] | None:
    """The limits of “35-38”, “-2 to 5” or “7”; None where the text is no range."""
    parts = text.split(" to ") if " to " in text else [text]
    if len(parts) == 1 and "-" in text[1:]:
        at = text.index("-", 1)
        parts = [text[:at], text[at + 1:]]
    try:
        numbers = [float(p) for p in parts]
    except ValueError:
        return None
    return (numbers[0], numbers[-1]) if len(numbers) <= 2 else None

