"""A recipe with a synthesizer on the command line: the same secrets give the same table; nothing of a name goes out."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.__main__ import main
from core.table.writing import write_csv
from tests.synthesise.people import workers

RECIPE = """roles: {name: direct_identifier, age: quasi_identifier, income: sensitive, pin: keep}
kinds: {pin: code, start: date, end: date}
steps:
- method: select_rows
  where: [{test: number, column: age, compare: more_than, value: 20}]
- method: %s
  rules:
  - {rule: not_above, lower: start, upper: end}
  - {rule: together, columns: [state, district]}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write_csv(workers(300), tmp_path / "people.csv")
    assert main(["secrets", "--out", str(tmp_path / "s.yaml")]) == 0
    return tmp_path


def protect(folder: Path, method: str, out: str) -> int:
    (folder / "r.yaml").write_text(RECIPE.replace("select_rows", "select_rows") % method)
    return main(["protect", str(folder / "people.csv"), "--recipe", str(folder / "r.yaml"), "--secrets",
                 str(folder / "s.yaml"), "--out", str(folder / out)])  # fmt: skip


@pytest.mark.parametrize("method", ["sequential_trees", "bayesian_network", "gaussian_copula", "independent_columns"])
def test_same_secrets_same_table(folder: Path, method: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert protect(folder, method, "one.csv") == 0
    assert protect(folder, method, "two.csv") == 0
    one = (folder / "one.csv").read_text()
    assert one == (folder / "two.csv").read_text()
    assert "Person" not in one and one.splitlines()[0].count("name") == 0
    assert '"0' in one or ",0" in one
    assert method in capsys.readouterr().out


def test_a_protection_may_come_after(folder: Path) -> None:
    (folder / "r.yaml").write_text(
        "roles: {name: direct_identifier, age: quasi_identifier, state: quasi_identifier}\nsteps:\n"
        "- {method: sequential_trees}\n- {method: k_anonymity, k: 5}\n"
    )
    done = main(["protect", str(folder / "people.csv"), "--recipe", str(folder / "r.yaml"), "--out",
                 str(folder / "out.csv")])  # fmt: skip
    assert done == 0
    import csv
    from collections import Counter

    with (folder / "out.csv").open(encoding="utf-8") as source:
        rows = list(csv.DictReader(source))
    assert min(Counter((r["age"], r["state"]) for r in rows).values()) >= 5


def test_methods_lists_synthesizers(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["methods"]) == 0
    out = capsys.readouterr().out
    assert "sequential_trees" in out and "k_anonymity" in out
