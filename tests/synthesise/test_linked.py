"""Two linked tables: every child has its parent, as many of each as there are, what holds between them kept."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from core.__main__ import main
from core.problem import Problem
from core.synthesise.bayesian_network import BayesianNetwork
from core.synthesise.linked import synthesise_linked
from core.synthesise.sequential_trees import SequentialTrees
from core.table import Column, Table
from core.table.writing import write_csv
from tests.synthesise.people import run


def schools(count: int = 200) -> tuple[Table, Table]:
    """Schools, some without pupils; pupils of private schools pay more."""
    rng = np.random.default_rng(4)
    private = rng.random(count) < 0.3
    size = rng.integers(0, 6, count)
    of = np.repeat(np.arange(count), size)
    fee = np.rint(np.where(private[of], 900, 100) * rng.lognormal(0, 0.1, len(of)))
    return (
        Table.of({
            "school": Column.of([f"S{i:03d}" for i in range(count)], "code"),
            "head": Column.of([f"Head {i}" for i in range(count)], "text"),
            "sort": Column.of(np.where(private, "private", "public").tolist(), "category"),
        }, {"head": "direct_identifier"}),
        Table.of({
            "pupil": Column.of([f"P{i}" for i in range(len(of))], "text"),
            "at": Column.of([f"S{i:03d}" for i in of], "code"),
            "fee": Column.of_numbers(fee),
        }, {"pupil": "direct_identifier"}),
    )  # fmt: skip


@pytest.mark.parametrize("step", [SequentialTrees(), BayesianNetwork()], ids=["trees", "network"])
def test_every_child_has_its_parent_and_relations_hold(step: SequentialTrees | BayesianNetwork) -> None:
    parents, children = schools()
    made = synthesise_linked(parents, children, "school", "at", step, run())
    assert made.parents.names == ("school", "sort") and made.children.names == ("at", "fee")
    assert made.parents.rows == 200 and made.orphans == 0
    numbers = set(made.parents["school"].texts())
    assert len(numbers) == 200 and set(made.children["at"].texts()) <= numbers
    sort = dict(zip(made.parents["school"].texts(), made.parents["sort"].texts(), strict=True))
    dear = np.array([sort[a] == "private" for a in made.children["at"].texts()])
    fee = made.children["fee"].numbers
    assert fee[dear].mean() > 4 * fee[~dear].mean()
    count = np.bincount([list(numbers).index(a) for a in made.children["at"].texts()], minlength=200)
    assert count.max() <= 5 and (count == 0).any() and abs(count.mean() - children.rows / 200) < 0.5


def test_children_without_a_parent_are_counted_and_not_learned_from() -> None:
    parents, children = schools()
    lost = children.with_columns({"at": children["at"].recode(lambda v: "S999" if v == "S001" else v)})
    alone = int((np.array(lost["at"].texts()) == "S999").sum())
    assert synthesise_linked(parents, lost, "school", "at", SequentialTrees(), run()).orphans == alone


def test_what_is_not_linked_is_a_problem() -> None:
    parents, children = schools()
    with pytest.raises(Problem, match="stands twice"):
        synthesise_linked(parents, children, "sort", "at", SequentialTrees(), run())
    with pytest.raises(Problem, match="belongs to a row"):
        synthesise_linked(parents, children, "school", "pupil", SequentialTrees(), run())
    with pytest.raises(Problem, match="for one table"):
        synthesise_linked(parents, children, "school", "at", SequentialTrees(keep=("sort",)), run())


def test_on_the_command_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for table, name in zip(schools(), ("schools", "pupils"), strict=True):
        write_csv(table, tmp_path / f"{name}.csv")
    (tmp_path / "r.yaml").write_text("roles: {head: direct_identifier}\nsteps:\n- method: sequential_trees\n")
    (tmp_path / "c.yaml").write_text("roles: {pupil: direct_identifier}\n")
    done = main([
        "synthesise", str(tmp_path / "schools.csv"), str(tmp_path / "pupils.csv"), "--key", "school", "--child-key",
        "at", "--recipe", str(tmp_path / "r.yaml"), "--child-recipe", str(tmp_path / "c.yaml"), "--out",
        str(tmp_path / "new.csv"), "--child-out", str(tmp_path / "new_pupils.csv"),
    ])  # fmt: skip
    assert done == 0 and "every one has its parent" in capsys.readouterr().out
    assert "Head" not in (tmp_path / "new.csv").read_text() and "P1" not in (tmp_path / "new_pupils.csv").read_text()
