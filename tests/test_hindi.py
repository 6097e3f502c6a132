"""The Hindi catalogue: compiled as written, every place for a fact kept, and a report that is Hindi throughout."""

from __future__ import annotations

import ast
import gettext
import io
import re
from pathlib import Path

import numpy as np
import pytest

from core import policy
from core.attack import ATTACKS
from core.compare import RISKS, compare
from core.language import CATALOGUES, language, translate
from core.recipe import Recipe
from core.recipe.steps import STEPS
from core.release import measured, page, report
from core.release.codebook import HEADER, ROLE_NAMES, codebook
from core.table import Column, Table
from core.utility import METRICS
from tests.release.test_reports import MADE

FOLDER = CATALOGUES / "hi" / "LC_MESSAGES"
PLACE = re.compile(r"\{[^}]*\}")


def catalogue() -> dict[str, str]:
    with (FOLDER / "studio.mo").open("rb") as file:
        found = gettext.GNUTranslations(file)
    return {k: v for k, v in found._catalog.items() if isinstance(k, str) and k}  # type: ignore[attr-defined]


def test_what_is_compiled_is_what_is_written() -> None:
    mofile, pofile = pytest.importorskip("babel.messages.mofile"), pytest.importorskip("babel.messages.pofile")
    out = io.BytesIO()
    with (FOLDER / "studio.po").open("rb") as file:
        mofile.write_mo(out, pofile.read_po(file))
    assert out.getvalue() == (FOLDER / "studio.mo").read_bytes(), "compile studio.po anew"


def test_every_place_for_a_fact_is_kept() -> None:
    for text, hindi in catalogue().items():
        assert sorted(PLACE.findall(text)) == sorted(PLACE.findall(hindi)), text
        assert re.search("[\u0900-\u097f]", hindi) or not re.search("[a-z]{4}", text.replace("sdcMicro", "")), text


def test_what_a_report_says_is_in_the_catalogue() -> None:
    known = catalogue()
    said = [*report.LIMITS, measured.OUTSIDE, *measured.PASSED.values(), *ROLE_NAMES.values(), *HEADER,
            *(p.title for p in policy.presets().values()), *(r.title for r in policy.RULES), *RISKS.values(),
            *(text for m in METRICS for text in (m.title, m.sentence)), *(a.title for a in ATTACKS),
            *(step.title for step in STEPS)]
    assert not [text for text in said if text not in known]
    folder = Path(report.__file__).parent
    for path in (folder / "report.py", folder / "measured.py", folder / "risk_page.py"):
        texts = re.findall(r'words\(\s*((?:"[^"\n]*"\s*)+)[,)]', path.read_text("utf-8"))
        for text in ("".join(re.findall(r'"([^"\n]*)"', found)) for found in texts):
            assert text in known, text


def test_what_attackers_and_the_advice_say_is_in_the_catalogue() -> None:
    known, core = catalogue(), Path(report.__file__).parents[1]
    for path in (*(core / "attack").glob("*.py"), core / "weighing.py", core / "compare.py"):
        for call in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id == "translate":
                said = call.args[0]
                if isinstance(said, ast.Constant):
                    assert said.value in known, (path.name, said.value)


def test_a_report_in_hindi_is_hindi() -> None:
    keys = {"age": "quasi_identifier", "town": "quasi_identifier"}
    table = Table({"age": Column.of(["1", "2", "2"]), "town": Column.of(["x", "y", "y"])}, keys, np.arange(3))
    token = language.set("hi")
    try:
        found = compare(table, table)
        verdict = policy.check(policy.preset("scientific_use"), policy.Release.of(table))
        about = report.About("t", "R-1", MADE, "", "", "xlsx", 3, 3, "in", "out")
        made = report.release_report(about, Recipe(), found, codebook(table), verdict=verdict)
        said = page.html(made)
        assert translate("Signatures") == "हस्ताक्षर"
    finally:
        language.reset(token)
    assert '<html lang="hi">' in said and "हस्ताक्षर" in said and "जोखिम" in said
    words = re.sub(r"<style>.*?</style>|<[^>]+>", " ", said, flags=re.S)
    left = [w for w in re.findall(r"(?<![0-9A-Za-z])[A-Za-z]{5,}(?![0-9])", words) if w[0].islower()]
    allowed = {"number", "category", "numpy", "polars", "pyarrow", "scipy", "msoffcrypto", "pyzipper", "anonymisation",
               "studio", "quasi", "identifier", "recipe", "anonymity", "digits", "token"}
    sources = set(re.findall(r"[A-Za-z]{5,}", " ".join(j.rule.source for j in verdict.judgements)))
    assert not [w for w in left if w not in allowed | sources], left
