"""docs/risk.md lists every measure as it is declared. To renew it: python -m tests.risk.test_docs"""

from __future__ import annotations

from pathlib import Path

from core.risk import MEASURES
from core.risk.measure import IN_WORDS

PAGE = Path(__file__).resolve().parents[2] / "docs" / "risk.md"
START, END = "<!-- measures -->\n", "<!-- end -->"


def table() -> str:
    lines = ["| measure | in words | unit | needs | source |", "|---|---|---|---|---|"]
    for measure in MEASURES:
        needs = "; ".join(IN_WORDS[n] for n in measure.needs)
        cells = (f"`{MEASURES.name_of(measure)}`", measure.title, measure.unit, needs, measure.source)
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines) + "\n"


def test_the_page_is_current() -> None:
    text = PAGE.read_text(encoding="utf-8")
    assert text.partition(START)[2].partition(END)[0] == table()


if __name__ == "__main__":
    text = PAGE.read_text(encoding="utf-8")
    before, _, rest = text.partition(START)
    PAGE.write_text(before + START + table() + END + rest.partition(END)[2], encoding="utf-8")
