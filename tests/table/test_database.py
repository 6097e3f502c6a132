"""Databases are read through a URL: only read, only what is listed, and nothing of the URL in any message."""

# ruff: noqa: E501 - tables and queries stand on one line

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from core.problem import Problem
from core.table.database import DATABASES, listed, read_database, read_listed, require_select


@pytest.fixture
def url(tmp_path: Path) -> str:
    path = tmp_path / "people.db"
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE people (id TEXT, age INTEGER, rate REAL)")
    connection.executemany("INSERT INTO people VALUES (?, ?, ?)", [("001", 34, 1.5), ("002", None, 2.0), ("003", 29, 0.1)])
    connection.execute("CREATE TABLE visits (id TEXT)")
    connection.execute("INSERT INTO visits VALUES ('x')")
    connection.commit()
    connection.close()
    return f"sqlite:///{path}"


def test_a_table_is_chosen_and_read_exactly(url: str) -> None:
    asked = read_database(url)
    assert (asked.status, [c.value for c in asked.questions[0].choices]) == ("needs_answer", ["people", "visits"])
    table = read_database(url, answers={"member": "people"}).as_text
    assert [c.texts() for c in table.columns.values()] == [["001", "002", "003"], ["34", None, "29"], ["1.5", "2", "0.1"]]


def test_a_query_is_read(url: str) -> None:
    table = read_database(url, query="SELECT id, age + 1 AS next FROM people WHERE age IS NOT NULL").as_text
    assert table["next"].texts() == ["35", "30"]


@pytest.mark.parametrize("query", [
    "DELETE FROM people", "SELECT 1; DROP TABLE people", "WITH x AS (SELECT 1) INSERT INTO people SELECT * FROM x", "PRAGMA writable_schema=1",
    "SELECT 1 /* */; DELETE FROM people", "", "ATTACH 'x' AS y",
])  # fmt: skip
def test_only_a_single_select_is_run(query: str) -> None:
    with pytest.raises(Problem):
        require_select(query)


@pytest.mark.parametrize("query", ["SELECT ';' AS x", "select * from people where note = 'drop table'", "WITH a AS (SELECT 1) SELECT * FROM a;"])
def test_words_in_quotation_marks_are_no_commands(query: str) -> None:
    require_select(query)


def test_no_message_holds_the_url_or_the_query(tmp_path: Path) -> None:
    for url in ("postgresql://clerk:Canary@127.0.0.1:1/x", f"sqlite:///{tmp_path}/Canary/none.db", "nonsense://Canary"):
        result = read_database(url, query="SELECT 'Canary' FROM nowhere")
        assert result.status == "rejected"
        assert "Canary" not in result.findings[0].message


def test_only_listed_databases_are_read(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(DATABASES, f"office={url}\nother=sqlite:///none.db?x=1")
    assert list(listed()) == ["office", "other"]
    assert read_listed("office", answers={"member": "people"}).table.rows == 3
    with pytest.raises(Problem, match="no database “offise”") as problem:
        read_listed("offise")
    assert "office" in problem.value.do
