"""The shipped lists and models: made for this version, and good enough on the labelled tables."""

from __future__ import annotations

import argparse
import csv
import json
from collections import defaultdict
from pathlib import Path

import numpy as np
import pytest

from core.commands import detect as command
from core.detect import ENTITIES, detect
from core.detect.features import FEATURES
from core.detect.model import VALUES
from core.detect.names import CLASSES, NGRAMS, likely, lists
from core.problem import Problem
from core.table import Column, Table

PII = Path(__file__).resolve().parents[2].parent / "shared" / "data" / "pii"


def test_shipped_models_fit_the_code() -> None:
    with np.load(VALUES) as file:
        assert tuple(file["features"]) == FEATURES
        assert tuple(file["entities"]) == ENTITIES
    with np.load(NGRAMS) as file:
        assert tuple(file["classes"]) == CLASSES


def test_names_and_places() -> None:
    table = lists()
    assert {"asha", "maria", "सीता"} <= table.given
    assert {"patel", "smith", "garcia"} <= table.family
    assert {"lucknow", "paris", "uttar pradesh", "sao paulo"} <= table.places
    best = [
        CLASSES[k]
        for k in likely(["John Smith", "12 Rue de la Paix, Lyon", "Software engineer", "Bank of Baroda"]).argmax(axis=1)
    ]
    assert best == ["PERSON", "ADDRESS", "OTHER", "ORGANIZATION"]


@pytest.mark.parametrize(("hide", "least"), [(False, 0.92), (True, 0.60)])
def test_macro_f1_on_the_labelled_tables(hide: bool, least: float) -> None:
    """The aims of the issue: 0.92 with headers, 0.60 with headers hidden. benchmarks/detection.py says the rest."""
    if not PII.exists():
        pytest.skip("the labelled tables are not here")
    labels: dict[str, dict[str, str]] = defaultdict(dict)
    with (PII / "labels.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            labels[row["file"]][row["column"]] = row["label"]
    pairs = [pair for file, known in labels.items() for pair in _judged(PII / "files" / file, known, hide)]
    f1 = []
    for entity in {true for true, _ in pairs}:
        hit = sum(true == entity == said for true, said in pairs)
        f1.append(2 * hit / sum((true == entity) + (said == entity) for true, said in pairs))
    assert sum(f1) / len(f1) >= least


def _judged(path: Path, known: dict[str, str], hide: bool) -> list[tuple[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        header, *rows = [r for r in csv.reader(file) if r]
    names = [f"column {i}" for i in range(len(header))] if hide else header
    table = Table.of(
        {n: Column.of([(r[i] if i < len(r) else "") or None for r in rows[:200]]) for i, n in enumerate(names)}
    )
    found = detect(table)
    return [(known[old], found[new].entity) for old, new in zip(header, names, strict=True) if old in known]


def test_command(tmp_path: Path) -> None:
    file = tmp_path / "people.csv"
    file.write_text(
        "name;dob;hh_id;city\n" + "".join(f"Asha Patel;19{n}-01-02;{n // 3};Pune\n" for n in range(60, 90)), "utf-8"
    )
    parser = argparse.ArgumentParser()
    command.arguments(parser)
    result = command.run(parser.parse_args([str(file)]))
    columns = {c["name"]: c for c in json.loads(json.dumps(result))["columns"]}
    assert [c["entity"] for c in columns.values()] == ["PERSON", "DATE_OF_BIRTH", "RECORD_ID", "LOCATION"]
    assert columns["hh_id"]["role"] == "household"
    assert set(columns["name"]) >= {"name", "kind", "entity", "subtype", "confidence", "evidence", "role"}
    assert "PERSON" in command.say(result)


def test_command_refuses_an_unknown_country(tmp_path: Path) -> None:
    file = tmp_path / "people.csv"
    file.write_text("name\nAsha\nRavi\n", "utf-8")
    parser = argparse.ArgumentParser()
    command.arguments(parser)
    with pytest.raises(Problem, match="xx"):
        command.run(parser.parse_args([str(file), "--countries", "xx"]))
