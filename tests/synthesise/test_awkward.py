"""Tables as they come: Hindi words, codes that begin with 0, odd dates, wide tables, rules that cannot be kept."""

from __future__ import annotations

import numpy as np
import pytest

from core.problem import Problem
from core.synthesise import SYNTHESIZERS
from core.synthesise.trained import Trained
from core.table import Column, Table
from tests.synthesise.people import run

QUICK = [SYNTHESIZERS.name_of(s) for s in SYNTHESIZERS if issubclass(s, Trained) and not s.slow]
ROWS = 400


def wide() -> Table:
    """Twenty columns: words in Hindi, codes, days, decimals, yes and no, and nearly empty ones."""
    rng = np.random.default_rng(8)
    district = rng.choice(["पुणे", "नाशिक", "Goa (North)", "a, b; \"c\""], ROWS)
    columns = {
        "ज़िला": Column.of(list(district), "category"),
        "code": Column.of([f"00{i % 7}" for i in range(ROWS)], "code"),
        "day": Column.of([str(np.datetime64("1899-12-30") + int(d)) for d in rng.integers(0, 60_000, ROWS)], "date"),
        "cents": Column.of([f"{v:.2f}" for v in rng.lognormal(3, 1, ROWS)], "number"),
        "below zero": Column.of([str(v) for v in rng.integers(-40, 40, ROWS)], "number"),
        "hardly": Column.of([("x", "y")[i % 2] if i % 20 == 0 else None for i in range(ROWS)], "category"),
        "starred": Column.of(["*" if i % 3 == 0 else str(20 + i % 30) for i in range(ROWS)], "number"),
    }
    columns |= {f"q{i}": Column.of(list(rng.choice(["हाँ", "नहीं", "no answer"], ROWS)), "category") for i in range(13)}
    return Table.of(columns)


@pytest.mark.parametrize("name", QUICK)
def test_a_wide_table_of_awkward_cells_comes_back_as_it_is_written(name: str) -> None:
    real = wide()
    new = SYNTHESIZERS.build({"method": name, "rows": 700}).apply(real, run())
    assert new.names == real.names and new.rows == 700 and len(new.names) == 20
    for word in ("ज़िला", "code", "hardly", *(f"q{i}" for i in range(13))):
        assert set(new[word].values.to_pylist()) == set(real[word].values.to_pylist())
    assert all(len(str(np.datetime64(t))) == 10 for t in new["day"].values.to_pylist())
    assert all(t == "*" or len(t.partition(".")[2]) <= 2 for t in new["cents"].values.to_pylist())
    assert new["below zero"].numbers.min() < 0 and abs(new["hardly"].missing.mean() - 0.95) < 0.04


@pytest.mark.parametrize("name", QUICK)
@pytest.mark.parametrize("rules", [
    [{"rule": "between", "column": "below zero", "low": 1000}],
    [{"rule": "not_above", "lower": "below zero", "upper": "cents", "strict": True},
     {"rule": "between", "column": "below zero", "low": 39}, {"rule": "between", "column": "cents", "high": 1}],
])  # fmt: skip
def test_rules_that_cannot_be_kept_are_a_problem_and_end(name: str, rules: list) -> None:
    with pytest.raises(Problem):
        SYNTHESIZERS.build({"method": name, "rules": rules, "rows": 50}).apply(wide(), run())


@pytest.mark.parametrize("name", QUICK)
@pytest.mark.parametrize("text", ["asha.patel{}@example.org", "Asha {} Patel", "She said {} times that she was ill."])
def test_texts_that_each_stand_for_one_person_are_never_learned(name: str, text: str) -> None:
    real = wide().with_columns({"note": Column.of([text.format(i) for i in range(ROWS)], "text")})
    step = SYNTHESIZERS.build({"method": name})
    with pytest.raises(Problem, match="copied") as caught:
        step.check(real)
    assert "Asha" not in str(caught.value) and "asha" not in str(caught.value)
    # Few enough to pass the check, but still each by one person: among blanks, and among a common answer.
    for common in (None, "nothing to say"):
        some = [text.format(i) if i % 8 == 0 else common for i in range(ROWS)]
        few = real.with_columns({"note": Column.of(some, "text")})
        if common is None:
            with pytest.raises(Problem, match="copied"):
                step.apply(few, run())
        else:
            assert set(step.apply(few, run())["note"].values.to_pylist()) == {common}


def test_a_private_synthesizer_makes_no_value_that_was_not_stated() -> None:
    from core.protect.method import silent
    from core.query.ground import Categories, Ground
    from core.query.noise import Spend
    from core.synthesise.paying import Paid

    real = wide()
    table = Table({n: real[n] for n in ("q0", "q1")}).with_columns(
        {"note": Column.of([f"Asha {i}" for i in range(ROWS)], "text")})
    told = {n: Categories(values=("हाँ", "नहीं", "no answer")) for n in ("q0", "q1")}
    ground = Ground(known={**told, "note": Categories(values=("a", "b"))})
    step = SYNTHESIZERS.build({"method": "aim", "epsilon": 5})
    paid = Paid(ground, Spend("pure", 5.0), 0.0, 5.0, 0.0)
    rng = np.random.default_rng(1)
    new = step.train(table, step.sources(table, ground), paid, rng, silent).draw(500, rng)
    assert set(new["note"].values.to_pylist()) <= {"a", "b"}
    assert set(new["q0"].values.to_pylist()) == {"हाँ", "नहीं", "no answer"}
