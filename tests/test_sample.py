"""The sample survey: repeatable, plausible, and about nobody."""

from __future__ import annotations

import argparse
import csv

import numpy as np
import polars as pl
import pytest

from core.commands import sample as command
from core.problem import Problem
from core.sample import ROLES, sample, verhoeff, wrong_aadhaar
from core.table import Table


@pytest.fixture(scope="module")
def survey() -> Table:
    return sample()


@pytest.fixture(scope="module")
def rows(survey: Table) -> pl.DataFrame:
    return survey.to_polars()


def test_size_and_columns(survey: Table) -> None:
    assert 9_000 < survey.rows < 11_500
    assert survey.names == tuple(ROLES)
    assert len(survey.columns["household_id"].values) == 2500
    assert {n: c.kind for n, c in survey.columns.items() if c.kind == "number"}.keys() == {
        "person_no", "age", "monthly_expenditure", "sample_weight"}


def test_same_seed_same_cells() -> None:
    assert sample(5, 100).digest() == sample(5, 100).digest()
    assert sample(5, 100).digest() != sample(6, 100).digest()


def test_verhoeff_of_the_textbook() -> None:
    # 236 -> 3 is the usual worked example; 75872 -> 2 and 12345 -> 1 are Wikipedia's and the ISBN handbook's.
    assert verhoeff(np.array([236, 75872, 12345])).tolist() == [3, 2, 1]


def test_no_aadhaar_can_be_real(survey: Table) -> None:
    numbers = [int(v) for v in survey.columns["aadhaar"].values.to_pylist()]
    digits = np.array(numbers)
    assert (digits // 10**11 >= 2).all() and (digits < 10**12).all()
    assert (verhoeff(digits // 10) != digits % 10).all()


def test_wrong_check_digits_take_all_nine_wrong_values() -> None:
    drawn = wrong_aadhaar(np.random.default_rng(1), 2000)
    assert set(((drawn % 10 - verhoeff(drawn // 10)) % 10).tolist()) == set(range(1, 10))


def test_children_neither_work_nor_marry(rows: pl.DataFrame) -> None:
    young = rows.filter(pl.col("age").cast(pl.Int64) < 15)
    assert set(young["occupation"].drop_nulls()) <= {"Student", "Child below school age", "NA"}
    minors = rows.filter(pl.col("age").cast(pl.Int64) < 18)
    assert set(minors["marital_status"].drop_nulls()) == {"Never married"}


def test_households_share_what_households_share(rows: pl.DataFrame) -> None:
    family = rows.filter(pl.col("relation_to_head") != "Domestic help")
    per_home = family.group_by("household_id").agg(
        pl.col("address").n_unique(), pl.col("state").n_unique(), pl.col("religion").drop_nulls().n_unique(),
        pl.col("sample_weight").n_unique(), pl.col("monthly_expenditure").n_unique(),
        pl.col("name").str.split(" ").list.last().n_unique().alias("surnames"),
        (pl.col("relation_to_head") == "Head").sum().alias("heads"),
    )
    assert all((per_home[c] == 1).all() for c in ("address", "state", "sample_weight", "monthly_expenditure",
                                                  "surnames", "heads"))
    assert (per_home["religion"] <= 1).all()


def test_expenditure_follows_schooling_and_sector(rows: pl.DataFrame) -> None:
    heads = rows.filter(pl.col("relation_to_head") == "Head")
    heads = heads.with_columns(pl.col("monthly_expenditure").cast(pl.Float64))
    by_sector = dict(heads.group_by("sector").agg(pl.col("monthly_expenditure").median()).iter_rows())
    assert by_sector["Urban"] > 1.2 * by_sector["Rural"]
    schooled = heads.filter(pl.col("education").is_in(["Graduate", "Postgraduate"]))["monthly_expenditure"].median()
    unschooled = heads.filter(pl.col("education") == "Not literate")["monthly_expenditure"].median()
    assert schooled > 1.5 * unschooled


def test_birthdays_agree_with_ages(rows: pl.DataFrame) -> None:
    known = rows.filter(pl.col("date_of_birth").is_not_null() & (pl.col("age") != "999"))
    born = known["date_of_birth"].str.to_date()
    before_july = (born.dt.month() < 7) | ((born.dt.month() == 7) & (born.dt.day() == 1))
    age = 2025 - born.dt.year() - (~before_july).cast(pl.Int32)
    assert (age == known["age"].cast(pl.Int32)).all()


def test_weights_add_up_to_the_country(rows: pl.DataFrame) -> None:
    heads = rows.filter(pl.col("relation_to_head") == "Head")
    assert heads["sample_weight"].cast(pl.Float64).sum() == pytest.approx(300e6, rel=0.1)


def test_there_is_something_to_find(rows: pl.DataFrame) -> None:
    """Missing cells, odd cells and rare slices, so that the risk page has something to show."""
    assert rows["phone"].null_count() > 100
    assert rows["monthly_expenditure"].null_count() > 10
    assert (rows["age"] == "999").any()
    assert rows["phone"].str.starts_with("+91").any()
    pairs = rows.group_by("district", "occupation").len()
    assert pairs.filter(pl.col("len") == 1).height > 100
    assert rows.group_by("religion").len().filter(pl.col("len") < 20).height >= 1


def test_at_least_one_household() -> None:
    with pytest.raises(Problem, match="at least one household"):
        sample(households=0)


def test_command_writes_the_same_table(tmp_path) -> None:
    parser = argparse.ArgumentParser()
    command.arguments(parser)
    out = tmp_path / "sample.csv"
    result = command.run(parser.parse_args(["--out", str(out), "--households", "40", "--seed", "3"]))
    with out.open(encoding="utf-8", newline="") as file:
        header, *lines = csv.reader(file)
    table = sample(3, 40)
    assert tuple(header) == table.names and len(lines) == table.rows == result["rows"]
    cells = zip(*(column.texts() for column in table.columns.values()), strict=True)
    assert lines == [[cell or "" for cell in row] for row in cells]
    assert str(table.rows) in command.say(result)


def test_command_names_a_folder_that_is_not_there(tmp_path) -> None:
    parser = argparse.ArgumentParser()
    command.arguments(parser)
    with pytest.raises(Problem, match="cannot be written"):
        command.run(parser.parse_args(["--out", str(tmp_path / "no" / "x.csv"), "--households", "2"]))
