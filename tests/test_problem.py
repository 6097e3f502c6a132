"""Problem, translation, redaction: templates are looked up before they are filled; no library's text passes."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest

from core import language
from core.problem import Problem, near
from core.redact import RedactExceptions, where_it_broke


def test_a_problem_says_what_happened_and_what_to_do() -> None:
    problem = Problem("{count} rows are empty.", "Remove them.", count=3, column="age")
    assert str(problem) == "3 rows are empty. Remove them."
    assert problem.at_step(2).as_dict() == {
        "what": "3 rows are empty.", "do": "Remove them.", "column": "age", "step": 2,
    }


def test_braces_without_facts_are_left_alone() -> None:
    assert language.translate("a {b} c") == "a {b} c"
    assert language.translate("") == ""


def test_the_template_is_translated_before_it_is_filled(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "xx" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    (folder / "studio.mo").write_bytes(_catalogue("{count} rows are empty.", "{count} Zeilen sind leer."))
    monkeypatch.setattr(language, "CATALOGUES", tmp_path)
    language._catalogue.cache_clear()
    token = language.language.set("xx")
    try:
        assert Problem("{count} rows are empty.", "Go on.", count=3).what == "3 Zeilen sind leer."
    finally:
        language.language.reset(token)
        language._catalogue.cache_clear()


def _catalogue(text: str, translated: str) -> bytes:
    """A compiled gettext catalogue with a header and one entry (format: GNU gettext manual, section 10.3)."""
    import struct

    pairs = [(b"", b"Content-Type: text/plain; charset=UTF-8\n"), (text.encode(), translated.encode())]
    keys, texts = b"", b""
    offsets: list[tuple[int, int, int, int]] = []
    for key, value in pairs:
        offsets.append((len(key), len(keys), len(value), len(texts)))
        keys, texts = keys + key + b"\0", texts + value + b"\0"
    start = 28 + 16 * len(pairs)
    head = struct.pack("<7I", 0x950412DE, 0, len(pairs), 28, 28 + 8 * len(pairs), 0, 0)
    table = b"".join(struct.pack("<2I", n, start + at) for n, at, _, _ in offsets)
    table += b"".join(struct.pack("<2I", n, start + len(keys) + at) for _, _, n, at in offsets)
    return head + table + keys + texts


def test_near_misses_come_first_then_what_there_is() -> None:
    assert near("kk", ["k", "columns"]) == "Did you mean “k”?"
    assert near("zzz", ["age", "sex"]) == "There is: “age”, “sex”."
    assert near("zzz", []) == ""


def test_an_exception_is_told_by_type_and_place_only() -> None:
    try:
        float("Asha Patel")
    except ValueError as error:
        place = where_it_broke(error)
    assert place.startswith("ValueError in test_problem.py, line ")
    assert "Asha" not in place


def test_log_records_lose_the_text_of_exceptions(caplog: pytest.LogCaptureFixture) -> None:
    log = logging.getLogger("redacted")
    log.addFilter(RedactExceptions())
    try:
        float("Asha Patel")
    except ValueError as error:
        log.exception("it broke")
        log.error("it broke: %s", error)
    assert "Asha" not in caplog.text
    assert caplog.text.count("ValueError in test_problem.py") == 2
