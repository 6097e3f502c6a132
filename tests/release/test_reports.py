"""Reports: self-contained, harmless whatever a column is called, silent about cells, sparing from outside."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import replace
from datetime import UTC, datetime
from html.parser import HTMLParser

import numpy as np
import pytest

from core.compare import compare
from core.protect.secrets import Secrets
from core.recipe import Recipe, run
from core.release import page
from core.release.blocks import Bars, Bullets, Document, Facts, Grid, Heading, Heat, Paragraph, figure, harmless
from core.release.codebook import codebook, to_csv
from core.release.report import About, release_report
from core.release.risk_page import risk_page
from core.risk import assess
from core.risk.subsets import uniques
from core.sample import sample
from core.table import Column, Table

HOSTILE = '<script>alert(1)</script>"&\'\u202e=1+1'
MADE = datetime(2026, 11, 21, 9, 30, tzinfo=UTC)
STEPS = [
    {"method": "remove", "columns": ["name", "phone", "aadhaar", "address"]},
    {"method": "band_number", "columns": ["age"], "width": 10},
    {"method": "local_suppression", "k": 5},
]


class Page(HTMLParser):
    """Counts tags, and complains of tags that are closed wrongly."""

    VOID = ("meta", "br", "rect")

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.said: list[str] = []
        self.feed(text)
        assert not self.open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.said.append(data)


@pytest.fixture(scope="module")
def survey() -> Table:
    table = sample(5, 250)
    roles = {"state": "quasi_identifier", "age": "quasi_identifier", "sex": "quasi_identifier",
             "occupation": "sensitive", "sample_weight": "weight", "household_id": "household",
             "name": "direct_identifier", "phone": "direct_identifier", "aadhaar": "direct_identifier",
             "address": "direct_identifier", "date_of_birth": "drop", "pin_code": "drop", "district": "drop"}
    return table.with_columns({HOSTILE: table["sector"]}).with_roles(roles)


@pytest.fixture(scope="module")
def pages(survey: Table) -> dict[str, str]:
    recipe = Recipe.from_data({"roles": dict(survey.roles), "steps": STEPS})
    outcome = run(recipe, survey, Secrets.draw(fresh=True))
    about = About(HOSTILE, "R-1", MADE, "Research & <i>more</i>", "", "xlsx", survey.rows, outcome.table.rows,
                  survey.digest(), outcome.table.digest(), [e.as_dict() for e in outcome.log],
                  [c.what for c in outcome.claims])
    compared = compare(survey, outcome.table)
    book = codebook(outcome.table, survey, recipe.steps)
    made = {who: page.html(release_report(about, recipe, compared, book, who)) for who in ("internal", "external")}
    found = uniques(survey, ["state", "age", "sex", HOSTILE], 2)
    made["risk"] = page.html(risk_page(HOSTILE, assess(survey), MADE, survey.digest(), found))
    return made


@pytest.mark.parametrize("which", ["internal", "external", "risk"])
def test_pages_are_whole_and_call_nobody(which: str, pages: dict[str, str]) -> None:
    found = Page(pages[which])
    names = {tag for tag, _ in found.tags}
    assert not names & {"script", "link", "img", "iframe", "object", "form", "i"}
    assert not any(k in ("src", "href", "srcset", "action", "style") or k.startswith("on")
                   for _, attributes in found.tags for k in attributes)
    assert "url(" not in pages[which] and "http" not in pages[which].replace("http-equiv", "")
    policy = next(a["content"] for t, a in found.tags if a.get("http-equiv") == "Content-Security-Policy")
    assert policy.startswith("default-src 'none'")


@pytest.mark.parametrize("which", ["internal", "external", "risk"])
def test_pages_can_be_read_by_everyone(which: str, pages: dict[str, str]) -> None:
    found = Page(pages[which])
    tags = [tag for tag, _ in found.tags]
    assert tags.count("h1") == tags.count("main") == tags.count("title") - tags.count("svg") == 1
    assert next(a for t, a in found.tags if t == "html")["lang"] == "en"
    assert tags.count("caption") == tags.count("table") and all(a.get("scope") for t, a in found.tags if t == "th")
    assert all(a.get("role") == "img" for t, a in found.tags if t == "svg")


@pytest.mark.parametrize("which", ["internal", "external", "risk"])
def test_a_hostile_column_name_is_only_text(which: str, pages: dict[str, str]) -> None:
    assert "<script>" not in pages[which] and "\u202e" not in pages[which]
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in pages[which]


@pytest.mark.parametrize("which", ["internal", "external", "risk"])
def test_no_cell_is_in_a_page(which: str, pages: dict[str, str], survey: Table) -> None:
    said = " ".join(Page(pages[which]).said)
    for name in ("name", "phone", "aadhaar", "address", "district", "state", "occupation", "religion", "date_of_birth",
                 "pin_code", "household_id"):
        for value in survey[name].values.to_pylist():
            assert not re.search(rf"(?<!\w){re.escape(value)}(?!\w)", said), name


def test_the_internal_report_holds_everything(pages: dict[str, str], survey: Table) -> None:
    said = " ".join(Page(pages["internal"]).said)
    for needed in ("R-1", "21 November 2026", "Research & <i>more</i>", "not said", "Put into bands (10 wide): age",
                   "width = 10", "k = 5", "counted again", survey.digest(), "numpy",
                   "no legal advice", "Signatures", f"{assess(survey).uniques:,} rows", "at least 5 times"):
        assert needed in said, needed
    assert pages["internal"].count("<svg") == 1


def test_the_external_report_helps_nobody_to_undo_it(pages: dict[str, str], survey: Table) -> None:
    said = " ".join(Page(pages["external"]).said)
    before = assess(survey)
    for hidden in (survey.digest(), f"{before.uniques:,} rows", f"{before.violations[5]:,} rows", "Original",
                   "Cells changed", "width = 10"):
        assert hidden not in said, hidden
    assert "at least 5" in said
    cells = [re.fullmatch(r"([\d,]+) rows", text) for text in Page(pages["external"]).said]
    counts = [int(found[1].replace(",", "")) for found in cells if found]
    assert counts and all(n == 0 or n >= 10 for n in counts)


def test_small_counts_of_people_are_only_named_as_small_from_outside(survey: Table) -> None:
    """A release with 3 unique rows and one smallest group of 1."""
    table = Table.of({"a": Column.of(["x"] * 97 + ["p", "q", "r"], "category")}, {"a": "quasi_identifier"})
    about = About("t", "R-2", MADE, "", "", "csv.zip", 100, 100, "in", "out")
    texts = {who: page.html(release_report(about, Recipe(), compare(table, table), codebook(table, table), who))
             for who in ("internal", "external")}
    assert "3 rows" in texts["internal"]
    assert "3 rows" not in texts["external"] and "fewer than 10 rows" in texts["external"]


def test_a_release_without_quasi_identifiers() -> None:
    table = Table.of({"a": Column.of(["x", "y"])})
    about = About("t", "R-3", MADE, "", "", "xlsx", 2, 2, "in", "out")
    text = page.html(release_report(about, Recipe(), compare(table, table), codebook(table), "internal"))
    assert "no column by which a person could be looked for" in text and "Nothing was done" in text


def test_codebook_says_what_was_done_to_each_column(survey: Table) -> None:
    recipe = Recipe.from_data({"roles": dict(survey.roles), "steps": STEPS})
    told = {"sex": "Sex of the person", "age": "Age in years", "name": "Who answered"}
    survey = survey.with_columns({n: replace(survey[n], description=d) for n, d in told.items()})
    outcome = run(recipe, survey, Secrets.draw(fresh=True))
    entries = {e.name: e for e in codebook(outcome.table, survey, recipe.steps)}
    assert entries["age"].done[0].startswith("2. Put into bands") and entries["age"].role == "quasi_identifier"
    assert [d[0] for d in entries["sex"].done] == ["3"] and entries["sex"].description == "Sex of the person"
    assert entries["age"].description == "Age in years" and entries["name"].description == ""  # it is gone
    assert not entries["name"].kept and entries["name"].done[0].startswith("1. Remove")
    assert entries["sector"].done == () and entries["sector"].filled == survey.rows
    state = outcome.table["state"]
    assert entries["state"].suppressed == state.suppressed.sum() > 0
    assert entries["state"].different == len(state.values) - 1


def test_codebook_labels_only_what_still_occurs_and_csv_is_harmless() -> None:
    column = Column.of(["1", "1", "2"], "category", {"1": "yes", "2": "=no", "9": "refused"})
    table = Table.of({"=cmd": column, "b": column.take(np.array([0, 1, 1]))})
    first, second = codebook(table)
    assert first.labels == {"1": "yes", "2": "=no"} and second.labels == {"1": "yes"}
    rows = list(csv.reader(io.StringIO(to_csv((first, second)).decode("utf-8-sig"))))
    assert rows[1][0] == "'=cmd" and rows[1][9] == "1 = yes; 2 = =no" and len(rows) == 3


def test_whatever_a_block_says_is_escaped() -> None:
    hostile = "<b>"
    blocks = (Heading(hostile), Paragraph(hostile), Bullets((hostile,)), Facts(((hostile, hostile),)),
              Grid(hostile, (hostile,), ((hostile,),)), Bars(hostile, ((hostile, 0.1, 0.2),), (hostile, hostile)),
              Heat(hostile, (hostile,), ((1.0,),)))
    said = page.html(Document(hostile, blocks))
    assert hostile not in said and said.count("&lt;b&gt;") > 12
    assert harmless("a\x00b\u2066c") == "a\ufffdb\ufffdc" and harmless("क्‍ष") == "क्‍ष"


@pytest.mark.parametrize(("value", "shown"), [(0, "0"), (0.0058756, "0.00588"), (1.03375, "1.03"), (99.95, "100"),
                                              (1234.5, "1,234"), (0.1, "0.1"), (10.0, "10"), (1e-7, "0.0000001")])
def test_figures(value: float, shown: str) -> None:
    assert figure(value) == shown


def test_of_a_private_release_nothing_outside_the_guarantee_goes_out(survey: Table) -> None:
    """Utility of a differentially private release is measured on the real data: for the owner, and marked so."""
    promise = "Differential privacy with epsilon 1."
    about = About("t", "R-9", MADE, "", "", "xlsx", 1, 1, "in", "out", promise=promise)
    found = compare(survey, survey, synthetic=True)
    made = {who: page.html(release_report(about, Recipe(), found, codebook(survey), who))
            for who in ("internal", "external")}
    assert all(promise in text for text in made.values())
    assert "outside the guarantee of differential privacy" in made["internal"]
    assert "read differently" in made["internal"] and "read differently" not in made["external"]
    assert "people who never existed" in made["external"] and "stand alone in the release too" not in made["external"]
