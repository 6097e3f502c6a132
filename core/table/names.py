"""Column names made safe and distinct; the file's own names stay recognisable."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from core.table.findings import Found
from core.table.limits import Limits

INVISIBLE = re.compile("[\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff\u00ad]")
MARKUP = re.compile(r"<[^>]*>|javascript:|\]\(|!\[|`|https?://|<|>|\$\{|\{\{", re.I)
CONFUSABLE = str.maketrans("АВЕКМНОРСТХаеорсухіјѕΑΒΕΖΗΙΚΜΝΟΡΤΥΧο", "ABEKMHOPCTXaeopcyxijsABEZHIKMNOPTYXo")


def clean_names(names: Sequence[str], found: Found, limits: Limits) -> list[str]:
    """One safe, distinct name per column; notes what was changed."""
    tidy = [_tidy(name, limits) for name in names]
    unsafe = [
        p + 1
        for p, (old, new) in enumerate(zip(names, tidy, strict=True))
        if _unsafe(old) or len(old) > limits.name_chars
    ]
    if unsafe:
        found.add(
            "UNSAFE_COLUMN_NAMES",
            "{count} column names held markup, formulas or control characters, or were very long "
            "(column {column} first). They were cleaned.",
            {"column": unsafe[0]},
            count=len(unsafe),
            column=unsafe[0],
        )
    unnamed = [p + 1 for p, new in enumerate(tidy) if not new]
    taken = {t for t in tidy if t}
    for place in unnamed:
        tidy[place - 1] = _free(f"column_{place}", taken)
    if unnamed:
        found.add(
            "UNNAMED_COLUMNS",
            "{count} columns have no name (column {column} first). They are named by their position.",
            {"column": tidy[unnamed[0] - 1]},
            count=len(unnamed),
            column=unnamed[0],
        )
    return _distinct(tidy, found)


def _tidy(name: str, limits: Limits) -> str:
    name = INVISIBLE.sub("", name)
    name = "".join(
        " " if unicodedata.category(c) in ("Cc", "Zl", "Zp", "Cf", "Co", "Cs") and c not in "\u200c\u200d" else c
        for c in name
    )
    name = re.sub(r"\s+", " ", name.replace("\u00a0", " ")).strip()
    if _unsafe(name):
        name = re.sub(r"\s+", " ", MARKUP.sub(" ", name)).strip()
        if not name.startswith("-") or not name[1:].strip().isalpha():
            name = name.lstrip("=+-@|*#`!").strip()
    return name[: limits.name_chars].strip()


def _unsafe(name: str) -> bool:
    if MARKUP.search(name) or INVISIBLE.search(name.strip("\ufeff")):
        return True
    if any(unicodedata.category(c) == "Cc" and c not in "\r\n\t" for c in name):
        return True
    if name.startswith(("=", "@")) or (name.startswith(("+", "-", "|")) and len(name) > 1):
        return True
    return bool(re.match(r"#{1,6} |\*\*|__\S+__$", name))


def _free(name: str, taken: set[str]) -> str:
    new, number = name, 2
    while new in taken:
        new, number = f"{name}_{number}", number + 1
    taken.add(new)
    return new


def _distinct(names: list[str], found: Found) -> list[str]:
    taken = set(names)
    seen: set[str] = set()
    out, doubled = [], []
    for name in names:
        if name in seen:
            doubled.append(name)
            name = _free(f"{name}_2", taken) if f"{name}_2" in taken else f"{name}_2"
            number = 3
            while name in seen:
                name, number = re.sub(r"_\d+$", f"_{number}", name), number + 1
            taken.add(name)
        seen.add(name)
        out.append(name)
    if doubled:
        found.add(
            "DUPLICATE_COLUMNS",
            "{count} columns have a name that was there before: {names}. They were numbered.",
            {"column": doubled[0]},
            count=len(doubled),
            names=", ".join(sorted(set(doubled))[:5]),
        )
    alike: dict[str, list[str]] = {}
    for name in sorted(set(names)):
        alike.setdefault(folded(name), []).append(name)
    pairs = [group for group in alike.values() if len(group) > 1]
    if pairs:
        found.add(
            "LOOKALIKE_COLUMNS",
            "Column names look alike but are different: {names}.",
            {"column": pairs[0][0]},
            names=", ".join(pairs[0][:4]),
        )
    return out


def folded(text: str) -> str:
    """What a text looks like: without capitals, spaces, invisible characters and look-alike letters."""
    text = unicodedata.normalize("NFKC", INVISIBLE.sub("", text)).translate(CONFUSABLE)
    return re.sub(r"[\s_]+", " ", text).strip().casefold()
