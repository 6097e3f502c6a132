"""`python -m core risk`, and a household survey of 100,000 persons against sdcMicro's figures."""

from __future__ import annotations

import argparse
import csv
import json
import os
import runpy
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq
import pytest

from core.commands import risk as command
from core.problem import Problem
from core.risk import MEASURES, Study, assess
from core.risk.individual import threshold_for
from core.risk.loglinear import log_linear
from core.risk.suda import suda2
from core.table import Table
from tests.risk.oracles import ADULT, K7, expected, table_of
from tests.shared import shared


def run(*words: object) -> dict[str, Any]:
    parser = argparse.ArgumentParser()
    command.arguments(parser)
    result = command.run(parser.parse_args([str(w) for w in words]))
    assert command.say(result)
    return json.loads(json.dumps(result, default=float, allow_nan=False))


def test_testdata_with_everything(tmp_path: Path) -> None:
    out = tmp_path / "records.csv"
    result = run(
        shared("data/sdcmicro/testdata.csv"), "--keys", ",".join(K7), "--weight", "sampling_weight", "--household",
        "ori_hid", "--sensitive", "age", "--measures", "all", "--subsets", "2", "--alpha", "1", "--explain", "251",
        "--records", out,
    )
    assert (result["rows"], result["classes"], result["uniques"], result["smallest_class"]) == (4580, 412, 157, 1)
    assert result["violations"] == {"2": 157, "3": 281, "5": 458}
    assert result["expected_reidentifications"] == pytest.approx(10.7782989187348, abs=1e-9)
    assert result["highest_individual_risk"] == pytest.approx(0.0465168705655363, abs=1e-9)
    assert set(result["measures"]) == set(MEASURES.by_name)
    assert len(result["subsets"]) == 7 + 21
    assert result["explanation"]["fk"] == 1
    with out.open(newline="") as file:
        records = list(csv.DictReader(file))
    assert list(records[0])[:8] == ["row", "fk", "Fk", "individual_risk", "household_risk", "suda_score", "suda_dis",
                                    "l_distinct"]
    assert [int(r["row"]) for r in records] == list(range(1, 4581))
    oracle, suda = expected("risk_testdata_k7_w_hid"), expected("suda2_testdata_k7")
    for column, wanted, off in [
        ("fk", oracle["fk"], 0), ("Fk", oracle["Fk"], 0), ("individual_risk", oracle["risk"], 1e-9),
                                ("household_risk", oracle["hier_risk"], 1e-9), ("suda_score", suda["suda_score"], 0),
                                ("suda_dis", suda["dis_suda"], 1e-6), ("wildcard_fk", oracle["fk"], 0)]:
        np.testing.assert_allclose([float(r[column]) for r in records], wanted, rtol=0, atol=off)


def test_adult_is_read_whatever_its_separator() -> None:
    result = run(shared("data/adult/adult.csv"), "--keys", ",".join(ADULT), "--population-size", "3016200",
                 "--measures", "pitman,zayatz,prosecutor")
    assert result["classes"] == 19502
    assert result["measures"]["pitman"]["value"] == pytest.approx(0.1446083531, abs=1e-9)
    assert result["measures"]["zayatz"]["value"] == pytest.approx(0.2717127199, abs=1e-9)


def small_file(folder: Path, text: str = "sex,age,note\nf,30,Asha\nf,30,Vikram\nm,40,Meera\n") -> Path:
    path = folder / "people.csv"
    path.write_text(text, encoding="utf-8")
    return path


def test_measures_from_a_list_with_settings(tmp_path: Path) -> None:
    chosen = tmp_path / "measures.yaml"
    chosen.write_text("- measure: k_anonymity\n  k: 7\n- {measure: km_anonymity, m: 1}\n")
    result = run(small_file(tmp_path), "--keys", "sex,age", "--measures", chosen)
    assert result["measures"]["k_anonymity"]["details"]["violations"]["7"] == 3


def test_one_measure_with_two_settings_is_told_twice(tmp_path: Path) -> None:
    chosen = tmp_path / "measures.yaml"
    chosen.write_text("- {measure: km_anonymity, m: 1}\n- {measure: km_anonymity, m: 2}\n")
    result = run(small_file(tmp_path), "--keys", "sex,age", "--measures", chosen)
    assert list(result["measures"]) == ["km_anonymity", "km_anonymity 2"]
    assert result["measures"]["km_anonymity"]["settings"] == {"m": 1}
    assert result["measures"]["km_anonymity"]["source"].startswith("Terrovitis")


def test_cells_of_a_table_a_map_and_few_facts(tmp_path: Path) -> None:
    people = tmp_path / "people.csv"
    people.write_text("sex,town,pay\nf,x,90\nf,x,5\nf,x,5\nf,y,40\nf,y,30\nf,y,30\nm,x,10\nm,y,10\n")
    result = run(people, "--keys", "sex,town", "--cells", "sex,town", "--amount", "pay", "--map", "sex,town",
                 "--few-facts", "--measures", "unsafe_cells")
    unsafe = result["measures"]["unsafe_cells"]
    assert unsafe["details"] == {"cells": 4, "threshold": 2, "dominance": 3, "p_percent": 3}
    assert result["unsafe_cells"] == [
        {"cell": {"sex": "m", "town": "x"}, "rows": 1, "rules": ["threshold", "dominance", "p_percent"]},
        {"cell": {"sex": "m", "town": "y"}, "rows": 1, "rules": ["threshold", "dominance", "p_percent"]},
        {"cell": {"sex": "f", "town": "x"}, "rows": 3, "rules": ["dominance", "p_percent"]},
    ]
    assert "Unsafe: m, x (1 row(s); threshold, dominance, p_percent)." in command.say(result)
    cells = {(c["sex"], c["town"]): (c["at_risk"], c["of"]) for c in result["map"]["cells"]}
    assert cells == {("f", "x"): (3, 3), ("f", "y"): (3, 3), ("m", "x"): (1, 1), ("m", "y"): (1, 1)}
    assert result["few_facts"]["combinations"] == [{"columns": ["sex", "town"], "rows": 2}]
    assert result["few_facts"]["columns"] == {"sex": 100, "town": 100}
    assert result["few_facts"]["values"]["sex"] == {"m": 100}
    counted = run(people, "--keys", "sex", "--cells", "sex,town")
    assert counted["measures"]["unsafe_cells"]["details"] == {"cells": 4, "threshold": 2}
    assert [c["cell"] for c in counted["unsafe_cells"]] == [{"sex": "m", "town": "x"}, {"sex": "m", "town": "y"}]


def test_what_cannot_be_had_is_a_problem_that_names_it(tmp_path: Path) -> None:
    people = small_file(tmp_path)
    typo, broken = tmp_path / "typo.yaml", tmp_path / "broken.yaml"
    typo.write_text("- {measure: k_anonymity, kk: 3}\n")
    broken.write_text("- {measure: [Asha\n")
    for words, said in [
        (["--keys", "sx"], "Did you mean “sex”"),
        (["--keys", "sex", "--measures", "k_anonymty"], "Did you mean “k_anonymity”"),
        (["--keys", "sex", "--measures", "l_diversity"], "needs a sensitive column"),
        (["--keys", "sex", "--measures", typo], "no setting “kk”"),
        (["--keys", "sex", "--measures", broken], "cannot be read"),
        (["--keys", "sex", "--explain", "9"], "no row 9"),
        (["--keys", "sex", "--weight", "note"], "3 of 3 cells"),
        (["--keys", "sex", "--alpha", "2"], "alpha"),
        (["--keys", "sex", "--map", "sex"], "two columns"),
        (["--keys", "sex", "--amount", "age"], "Name the table too"),
        (["--keys", "sex", "--records", tmp_path / "no" / "folder.csv"], "cannot be written"),
    ]:
        with pytest.raises(Problem) as caught:
            run(people, *words)
        assert said in str(caught.value)
        assert not any(name in str(caught.value) for name in ("Asha", "Vikram", "Meera"))


def test_a_file_that_is_no_table_is_a_problem(tmp_path: Path) -> None:
    with pytest.raises(Problem, match="cannot be measured"):
        run(small_file(tmp_path, ""), "--keys", "sex")


def test_streaming_gives_the_same_figures(tmp_path: Path) -> None:
    table = table_of("data/sdcmicro/testdata.csv")
    path, out = tmp_path / "testdata.parquet", tmp_path / "records.csv"
    pq.write_table(table.to_arrow(), path)
    words = [path, "--keys", ",".join(K7), "--weight", "sampling_weight", "--records", out, "--stream"]
    result, oracle = run(*words), expected("risk_testdata_k7_w")
    assert result["violations"] == {"2": 157, "3": 281, "5": 458}
    assert result["expected_reidentifications"] == pytest.approx(10.7782989187348, abs=1e-9)
    with out.open(newline="") as file:
        records = list(csv.DictReader(file))
    for column, wanted in [("fk", oracle["fk"]), ("Fk", oracle["Fk"]), ("individual_risk", oracle["risk"])]:
        np.testing.assert_allclose([float(r[column]) for r in records], wanted, rtol=0, atol=1e-12)
    whole = run(shared("data/sdcmicro/testdata.csv"), *words[1:5], "--few-facts", "--alpha", "1", "--cells", "roof,sex")
    streamed = run(*words, "--few-facts", "--alpha", "1", "--cells", "roof,sex", "--measures", "all")
    assert streamed["few_facts"]["combinations"] == whole["few_facts"]["combinations"]
    assert streamed["few_facts"]["values"]["relat"] == pytest.approx(whole["few_facts"]["values"]["relat"])
    for name, told in whole["measures"].items():
        there = streamed["measures"][name]
        assert there["value"] == pytest.approx(told["value"])
        assert there["details"].keys() == told["details"].keys()
    assert "cannot be had while streaming" in streamed["measures"]["suggested_keys"]["problem"]["what"]
    assert set(streamed["measures"]) == set(MEASURES.by_name)
    for option in (("--map", "roof,sex"), ("--explain", "3")):
        with pytest.raises(Problem, match=option[0]):
            run(*words, *option)


def test_names_with_a_comma_are_quoted() -> None:
    assert command.names('a, "b, c",d') == ["a", "b, c", "d"]
    assert command.names("") == []


@pytest.fixture(scope="module")
def survey(tmp_path_factory: pytest.TempPathFactory) -> Table:
    script = shared("data/tools/survey100k.py")
    folder, before = tmp_path_factory.mktemp("survey"), Path.cwd()
    os.chdir(folder)
    try:
        runpy.run_path(str(script))
    finally:
        os.chdir(before)
    return table_of(str(folder / "survey100k.csv"))


SURVEY5 = ("region", "urbrur", "sex", "agegrp", "marstat")
SURVEY7 = (*SURVEY5, "educ", "ethnic")


def test_survey_with_real_weights_and_households(survey: Table) -> None:
    theirs = json.loads(shared("oracle/sdcmicro/survey100k.json").read_text(encoding="utf-8"))
    plain, risk = assess(survey, SURVEY7), assess(survey, SURVEY7, "weight", "hid")
    for found, run_of in [(plain, "measure_risk7"), (risk, "measure_risk7_w"), (risk, "measure_risk7_w_hid")]:
        wanted = theirs[run_of]
        assert found.expected_reidentifications == pytest.approx(wanted["global_ER"], abs=1e-8)
        assert [found.violations[k] for k in (2, 3, 5)] == [wanted[f"viol{k}"] for k in (2, 3, 5)]
    assert risk.expected_household == pytest.approx(theirs["measure_risk7_w_hid"]["hier_ER"], abs=1e-8)
    assert threshold_for(plain.individual_risk, 0.01) == pytest.approx(theirs["measure_risk7"]["threshold"])


@pytest.mark.parametrize(
    ("keys", "run_of"),
    [(SURVEY5, "suda2_5"), (SURVEY7, "suda2_7"), ((*SURVEY7, "occup", "relat"), "suda2_9")],
)
def test_survey_special_rows(survey: Table, keys: tuple[str, ...], run_of: str) -> None:
    wanted = json.loads(shared("oracle/sdcmicro/survey100k.json").read_text(encoding="utf-8"))[run_of]
    found = suda2(survey, keys)
    assert int((found.score > 0).sum()) == wanted["n_gt0"]
    assert found.score.sum() == wanted["sum_score"]
    assert found.score.max() == wanted["max_score"]
    # Theirs adds up single-precision numbers: 6 digits of the sum.
    assert found.dis.sum() == pytest.approx(wanted["sum_dis"], rel=1e-6)


def test_survey_log_linear_brackets(survey: Table) -> None:
    columns = [survey[k] for k in SURVEY5]
    main, pairs = (log_linear(columns, 1 / survey["weight"].numbers, terms) for terms in ("main", "pairs"))
    assert pairs.converged
    assert 0 < pairs.tau1 < pairs.tau2 < main.uniques
    assert main.tau1 < main.tau2


def test_survey_studies_share_their_counts(survey: Table) -> None:
    study = Study.of(survey, SURVEY7, "weight")
    assert study.classes is study.classes
    assert study.tally("disease") is study.tally("disease")
