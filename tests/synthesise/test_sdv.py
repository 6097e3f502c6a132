"""SDV's synthesizers: told of our kinds, seeded, with progress by epoch; nothing printed, nothing written at home."""

from __future__ import annotations

import pickle
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from core.problem import Problem
from core.synthesise import SYNTHESIZERS
from core.synthesise.gaussian_copula import GaussianCopula
from core.synthesise.sdv_model import _observed, _scores
from core.synthesise.tvae import TVAE
from core.table import Column
from tests.synthesise.people import run, workers

DEEP = ("tvae", "ctgan", "copula_gan")


@pytest.mark.parametrize("name", DEEP)
def test_networks_give_types_back_keep_rules_and_tell_each_epoch(name: str, capfd: pytest.CaptureFixture[str]) -> None:
    told: list[tuple[float, str]] = []
    real = workers(150)
    step = SYNTHESIZERS.build({"method": name, "epochs": 2, "batch": 50, "rows": 60, "rules": [
        {"rule": "not_above", "lower": "start", "upper": "end"}, {"rule": "together", "columns": ["state", "district"]},
    ]})  # fmt: skip
    step.check(real)
    given = run(progress=lambda share, doing: told.append((share, doing)))
    new = step.apply(real, given)
    assert new.rows == 60 and {n: new[n].kind for n in new.names} == {n: real[n].kind for n in new.names}
    assert all(a <= b for a, b in zip(new["start"].texts(), new["end"].texts(), strict=True))
    places = set(zip(real["state"].texts(), real["district"].texts(), strict=True))
    assert set(zip(new["state"].texts(), new["district"].texts(), strict=True)) <= places
    assert all(len(text) == 4 and text.startswith("0") for text in new["pin"].texts())
    assert "." not in "".join(new["age"].texts())
    said = [doing for _share, doing in told]
    assert "epoch 1 of 2" in said
    assert any(doing.startswith("epoch 2 of 2, ") and any(c.isdigit() for c in doing[14:]) for doing in said)
    assert all(0 <= share <= 1 for share, _doing in told)
    assert step.apply(real, run()).digest() == new.digest(), "same seed, same table"
    out = capfd.readouterr()
    assert out.out == "" and out.err == ""


def test_a_trained_network_is_kept_and_drawn_from_again() -> None:
    step = TVAE(epochs=1, batch=50)
    kept = step.train(workers(150), np.random.default_rng(1), lambda *_: None)
    again = pickle.loads(pickle.dumps(kept))  # noqa: S301 - as the vault does
    first, second = (k.model.draw(30, np.random.default_rng(2)) for k in (kept, again))
    assert first.digest() == second.digest()


def test_networks_need_rows_and_a_fitting_batch() -> None:
    with pytest.raises(Problem, match="at least 100"):
        TVAE().check(workers(80))
    with pytest.raises(Problem, match="multiple of 10"):
        TVAE(batch=55).check(workers(200))


@pytest.mark.parametrize("name", ["tvae", "ctgan", "copula_gan"])
def test_a_graphics_processor_is_asked_for_unless_told_otherwise(name: str) -> None:
    from core.synthesise.sdv_model import Prepared, _metadata, quiet

    table = workers(50)
    columns = [Prepared.of(f"c{i}", n, table[n], False) for i, n in enumerate(("age", "school"))]
    with quiet():
        asked = [SYNTHESIZERS.build({"method": name, **more}).fitted(_metadata(columns), columns).get_parameters()
                 for more in ({}, {"gpu": False})]
    assert [a["enable_gpu"] for a in asked] == [True, False]


@pytest.mark.parametrize("marginal", ["beta", "gamma", "norm", "truncnorm", "uniform", "gaussian_kde"])
def test_marginals_are_chosen_per_column(marginal: str) -> None:
    real = workers(200)
    new = GaussianCopula.model_validate({"marginals": {"income": marginal}}).apply(real, run())
    assert new["income"].kind == "number" and new.rows == 200


def test_what_is_observed_fits_skewed_numbers_better_than_beta() -> None:
    rng = np.random.default_rng(5)
    real = workers(1000).with_columns({"worth": Column.of_numbers(np.exp(rng.normal(8, 2, 1000)), 0)})

    def off(marginal: str) -> float:
        new = GaussianCopula.model_validate({"marginal": marginal}).apply(real, run())["worth"].numbers
        at = np.quantile(real["worth"].numbers, np.arange(1, 10) / 10)
        return float(np.abs([(new <= a).mean() - (real["worth"].numbers <= a).mean() for a in at]).max())

    assert off("observed") < 0.05 < off("beta")


def test_ranks_turn_back_into_what_was_observed() -> None:
    numbers = np.array([3.0, np.nan, 1.0, 7.0, 7.0, 2.0])
    ranked = np.sort(numbers[~np.isnan(numbers)])
    back = _observed(_scores(numbers, ranked), ranked)
    assert np.isnan(back[1])
    np.testing.assert_allclose(back[[0, 2, 3, 4, 5]], [3, 1, 7, 7, 2])


def test_correlations_are_kept() -> None:
    new = GaussianCopula().apply(workers(1500), run())
    age, first = new["age"].numbers, new["first_work"].numbers
    assert np.corrcoef(age, first)[0, 1] > 0.9


def test_what_sdv_cannot_learn_is_a_problem_without_a_cell(monkeypatch: pytest.MonkeyPatch) -> None:
    import sdv.single_table

    def breaks(self: object, data: object) -> None:
        raise ValueError("could not convert 'Asha Patel'")

    monkeypatch.setattr(sdv.single_table.GaussianCopulaSynthesizer, "fit", breaks)
    with pytest.raises(Problem, match="SDV could not learn") as problem:
        GaussianCopula().apply(workers(100), run())
    assert "Asha" not in str(problem.value) and problem.value.__context__ is None


def test_sdv_writes_nothing_into_the_home_folder(tmp_path: Path) -> None:
    aside = tmp_path / "aside"
    aside.mkdir()
    code = (
        "from core.synthesise.sdv_model import quiet\nwith quiet():\n    import sdv.single_table\n"
        "import os; print(os.environ.get('XDG_DATA_HOME'))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=Path(__file__).resolve().parents[2], capture_output=True, text=True,
        check=True, env={"HOME": str(tmp_path), "PATH": "/usr/bin:/bin", "TMPDIR": str(aside)},
    )  # fmt: skip
    assert done.stdout.strip() == "None"
    assert not (tmp_path / ".local").exists()
