"""`python -m core risk`: what a file reveals about the people in it."""

from __future__ import annotations

import argparse
import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import yaml

from core.command_line import answers_of
from core.problem import Problem
from core.risk import MEASURES, Measure, Measured, Study
from core.risk.asked import carry_out, in_plain
from core.risk.assessment import Risk, assess_study
from core.risk.explain import explain
from core.risk.few_facts import MOST_FACTS, few_facts
from core.risk.individual import individual_risk
from core.risk.measures.cells import UnsafeCells
from core.risk.pictures import column_contributions, risk_map, riskiest_combinations, value_contributions
from core.risk.stream import StreamedClasses
from core.risk.stream_household import StreamedHouseholds
from core.risk.stream_more import streamed_diversity, streamed_uniques
from core.risk.stream_study import StreamStudy, stream_study
from core.risk.subsets import uniques
from core.risk.suda import Suda, suda2
from core.table import Table
from core.table.reading import read
from core.whole import check_room, whole

HELP = "Measure how recognisable the people in a file are."

KEYS_SEARCHED_FULLY = 10
"""With more quasi-identifiers the SUDA scores of --records search sets of up to 3 columns; the result says so."""


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", type=Path, metavar="FILE", help="the table to measure")
    parser.add_argument("--keys", required=True, metavar="a,b,c", help="quasi-identifiers: what someone could know")
    parser.add_argument("--weight", metavar="COLUMN", help="the column of sample weights, for a sample survey")
    parser.add_argument("--household", metavar="COLUMN", help="the column that says who lives together")
    parser.add_argument("--sensitive", metavar="a,b", default="", help="what nobody should learn about a person")
    parser.add_argument("--measures", metavar="all|names|FILE.yaml", help="further measures: all, their names with "
                        "commas, or a YAML list of them with settings: " + ", ".join(MEASURES.by_name))
    parser.add_argument("--subsets", type=int, default=0, metavar="N", help="unique rows of every set of 1 to N keys")
    parser.add_argument("--few-facts", action="store_true", help="which combinations of up to three keys single most "
                        "rows out, and which columns and values are behind it")
    parser.add_argument("--map", metavar="a,b", help="rows in groups below 5, of how many, by two columns")
    parser.add_argument("--cells", metavar="a,b", help="which cells of a table by these columns would be unsafe, "
                        "by name: for the owner of the file")
    parser.add_argument("--amount", metavar="COLUMN", help="with --cells: the amounts added up in the table, for the "
                        "dominance rules; without it rows are counted")
    parser.add_argument("--alpha", type=float, metavar="A", help="also count missing cells as wildcards, as sdcMicro")
    parser.add_argument("--population", type=Path, metavar="FILE", help="a table of the population with the same keys")
    parser.add_argument("--population-size", type=float, metavar="N", help="how many people the file was drawn from")
    parser.add_argument("--original", type=Path, metavar="FILE", help="the table this one was made from, row by row")
    parser.add_argument("--explain", type=int, metavar="ROW", help="what singles out this row (from 1), and the cure")
    parser.add_argument("--records", type=Path, metavar="OUT.csv", help="write one line of figures per row")
    parser.add_argument("--stream", action="store_true", help="for a Parquet file larger than memory: the same "
                        "figures, a piece at a time, with encrypted working files in the temporary folder; not --map, "
                        "--explain, distance_linkage and suggested_keys. --population and --original are Parquet too")
    parser.add_argument("--answer", action="append", default=[], metavar="KEY=VALUE", help="as for `read`")


def run(args: argparse.Namespace) -> dict[str, Any]:
    """The figures; per-record ones go to `args.records`."""
    check_room(args.records)
    if args.stream:
        return _streamed(args)
    study = _study(args)
    wanted = _wanted(args)
    _check_needs(wanted, study, args.measures == "all")
    risk = assess_study(study)
    result = risk.as_dict()
    measured = {name: m.of(study) for name, m in _by_name(wanted).items() if not m.lacks(study)}
    if wanted:
        result["measures"] = {name: in_plain(m, measured.get(name), study) for name, m in _by_name(wanted).items()}
    if args.cells:
        result["unsafe_cells"] = _unsafe(study, wanted)
    if args.subsets:
        result["subsets"] = uniques(study.table, study.keys, args.subsets).as_list()
    if args.map:
        result["map"] = _mapped(study, risk, names(args.map))
    if args.few_facts:
        result["few_facts"] = _few_facts(study)
    if args.explain is not None:
        result["explanation"] = _explained(study, args.explain)
    if args.records:
        result["records"] = _records(study, risk, measured, args.records)
    return result


def _streamed(args: argparse.Namespace) -> dict[str, Any]:
    """The figures of a Parquet file that is never wholly in memory."""
    for option in ("map", "explain", "answer"):
        if getattr(args, option):
            raise Problem("“--{option}” cannot be had while streaming.", "Leave it out, or leave out --stream.",
                          option=option)
    keys, wanted, everything = names(args.keys), _by_name(_wanted(args)), args.measures == "all"
    with stream_study(args.file, keys, args.weight, args.household, names(args.sensitive), args.population,
                      args.population_size, args.original) as study:
        _check_needs(list(wanted.values()), study, everything)
        result = _summarised(study)
        if args.records:
            _write_streamed(study, args.records)
        if everything:
            result["measures"] = dict(zip(wanted, carry_out(study, wanted.values()), strict=True))
        elif wanted:
            result["measures"] = {n: in_plain(m, study.measured(m), study) for n, m in wanted.items()}
        if args.few_facts:
            size = min(MOST_FACTS, len(keys))
            result["few_facts"] = _told_facts(study.special(size, 0.01, "original", "value"))
    if args.subsets:
        result["subsets"] = streamed_uniques(args.file, keys, args.subsets).as_list()
    if args.sensitive:
        result["closeness"] = {
            name: {"distinct": d.distinct, "entropy": d.entropy, "recursive": d.recursive, "t": d.closeness,
                   "alpha": d.largest_share, "beta": d.likeness, "delta": d.disclosure,
                   "rows_single_value": d.rows_single_value}
            for name in names(args.sensitive) for d in [streamed_diversity(args.file, keys, name)]
        }
        result["diversity"] = {
            name: {figure: found[figure] for figure in ("distinct", "entropy", "recursive", "rows_single_value")}
            for name, found in result["closeness"].items()
        }
    return result


def _summarised(study: StreamStudy) -> dict[str, Any]:
    """What `Risk.as_dict` says of a table."""
    found, households = study.streamed.summary, study.households
    together = {} if households is None else {
        "expected_household": households.expected, "highest_household_risk": households.highest}
    return {
        "keys": list(study.keys), "weight": study.weight, "household": study.household,
        "sensitive": list(study.sensitive), "rows": found.rows, "classes": found.classes,
        "uniques": found.uniques, "smallest_class": found.smallest_class,
        "violations": {str(k): n for k, n in found.violations.items()},
        "expected_reidentifications": found.expected_reidentifications,
        "global_risk": found.expected_reidentifications / found.rows,
        "highest_individual_risk": found.highest_individual_risk, **together,
    }


def _write_streamed(study: StreamStudy, path: Path) -> None:
    header = ("row", "fk", "Fk", "individual_risk", *(("household_risk",) if study.households else ()))
    _write(path, header, _streamed_lines(study.streamed, study.households))


def _streamed_lines(
    streamed: StreamedClasses, households: StreamedHouseholds | None = None
) -> Iterator[Sequence[object]]:
    row = 1
    together = households.batches() if households else None
    for fk, wk in streamed.batches():
        risk = individual_risk(fk, wk)
        people = fk if wk is None else wk
        figures = [fk.tolist(), people.tolist(), risk.tolist(), *([next(together).tolist()] if together else [])]
        yield from zip(range(row, row + len(fk)), *figures, strict=True)
        row += len(fk)


def _study(args: argparse.Namespace) -> Study:
    answers = answers_of(args.answer)
    return Study.of(
        read_table(args.file, answers), names(args.keys), args.weight, args.household, names(args.sensitive),
        population=read_table(args.population, answers) if args.population else None,
        population_size=args.population_size,
        original=read_table(args.original, answers) if args.original else None,
    )


def names(text: str) -> list[str]:
    """Column names separated by commas; one that holds a comma stands in double quotes."""
    return [name.strip() for name in next(csv.reader([text], skipinitialspace=True), []) if name.strip()]


def read_table(path: Path, answers: Mapping[str, str]) -> Table:
    """The table in a file, or a Problem where reading it needs an answer or the file is rejected."""
    reading = read(path, answers=answers)
    if reading.table is None or reading.status in ("needs_answer", "rejected"):
        why = " ".join(f.message for f in reading.findings[:2])
        raise Problem(
            "The file cannot be measured: it is not read yet (status {status}). {why}",
            "Run `python -m core read` on it: that says what to answer (--answer) or to repair.",
            status=reading.status, why=why,
        )
    return reading.table


def _wanted(args: argparse.Namespace) -> list[Measure]:
    wanted: list[Measure] = []
    if args.measures == "all":
        wanted = [m() for m in MEASURES]
    elif args.measures and args.measures.endswith((".yaml", ".yml")):
        wanted = _from_file(Path(args.measures))
    elif args.measures:
        wanted = [MEASURES.named(name)() for name in names(args.measures)]
    if args.alpha is not None:
        wanted = _instead(wanted, {"measure": "wildcard_counts", "alpha": args.alpha})
    if args.cells:
        wanted = _instead(wanted, {"measure": "unsafe_cells", "by": names(args.cells), "amount": args.amount})
    elif args.amount:
        raise Problem("“--amount” says what is added up in a table of cells.", "Name the table too: --cells state,age.")
    return wanted


def _instead(wanted: list[Measure], entry: dict[str, Any]) -> list[Measure]:
    """With this measure as it is set here, in place of its usual settings."""
    return [m for m in wanted if m != type(m)() or MEASURES.name_of(m) != entry["measure"]] + [MEASURES.build(entry)]


def _from_file(path: Path) -> list[Measure]:
    try:
        listed = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError):
        listed = None
    if not isinstance(listed, list):
        raise Problem("The list of measures cannot be read.",
                      "Write a YAML file with one entry for each, such as “- measure: t_closeness”.")
    return [MEASURES.build(entry, step) for step, entry in enumerate(listed, start=1)]


def _check_needs(wanted: list[Measure], study: Study, everything: bool) -> None:
    """Asked for by name, a measure that cannot be had is a Problem; with `all` it only says what it lacks."""
    for measure in wanted:
        lacks = measure.lacks(study)
        if lacks and not everything:
            raise Problem("“{title}” needs {needed}.", "Name it, or leave this measure out.",
                          title=measure.title, needed=" and ".join(lacks))


def _by_name(wanted: Sequence[Measure]) -> dict[str, Measure]:
    """Measures by name; the same one asked for again, with other settings, is called “t_closeness 2”."""
    found: dict[str, Measure] = {}
    for measure in wanted:
        name, number = MEASURES.name_of(measure), 1
        while name in found:
            number += 1
            name = f"{MEASURES.name_of(measure)} {number}"
        found[name] = measure
    return found


def _mapped(study: Study, risk: Risk, two: Sequence[str], k: int = 5) -> dict[str, Any]:
    """How many rows stand in groups below k, of how many, by two columns: for the owner of the file."""
    if len(two) != 2 or two[0] == two[1]:
        raise Problem("A map of risk has two columns.", "Name two different ones: --map state,age.")
    found = risk_map(study.table, two[0], two[1], risk.fk < k)
    cells = [
        {two[0]: row, two[1]: column, "at_risk": int(found.at_risk[i, j]), "of": int(found.of[i, j])}
        for i, row in enumerate(found.rows) for j, column in enumerate(found.columns) if found.of[i, j]
    ]
    return {"columns": list(two), "at_risk_below": k, "cells": cells, "sentence": found.sentence}


def _unsafe(study: Study, wanted: Sequence[Measure]) -> list[dict[str, Any]]:
    """The cells of the table of --cells that must not be published: for the owner of the file."""
    measure = next(m for m in reversed(wanted) if isinstance(m, UnsafeCells))
    return [{"cell": dict(zip(measure.by, cell.labels, strict=True)), "rows": cell.rows, "rules": list(cell.rules)}
            for cell in measure.listed(study)]


def _few_facts(study: Study) -> dict[str, Any]:
    """Which combinations of up to three columns single most rows out, and what each column and value adds."""
    table = study.table.with_roles({n: "keep" for n in study.table.having("quasi_identifier")})
    return _told_facts(few_facts(table.with_roles(dict.fromkeys(study.keys, "quasi_identifier"))))


def _told_facts(found: Suda, most: int = 20) -> dict[str, Any]:
    return {
        "columns": {share.column: share.percent for share in column_contributions(found)},
        "combinations": [{"columns": list(c.columns), "rows": c.rows} for c in riskiest_combinations(found, most)],
        "values": {key: {str(s.value): s.percent for s in value_contributions(found, key, most)}
                   for key in found.keys},
    }


def _explained(study: Study, row: int) -> dict[str, Any]:
    found = explain(study.table, row - 1, study.keys)
    return {
        "row": row, "fk": found.fk, "sentence": found.sentence,
        "combinations": [{"columns": list(c.columns), "rows": c.rows} for c in found.combinations],
        "hide": [{"columns": list(h.columns), "rows": h.rows} for h in found.hidings],
        "widen": [{"column": w.column, "by": w.by, "rows": w.rows} for w in found.widenings],
    }


def _records(study: Study, risk: Risk, measured: Mapping[str, Measured], path: Path) -> dict[str, Any]:
    size = None if len(study.keys) <= KEYS_SEARCHED_FULLY else 3
    more: dict[str, np.ndarray] = {}
    if "suda2" not in measured:
        suda = suda2(study.table, study.keys, size)
        more = {"suda_score": suda.score, "suda_dis": suda.dis}
    for found in measured.values():
        more.update(found.records)
    write_records(risk, path, more)
    return {"rows": risk.rows, "suda_max_size": size or len(study.keys)}


def write_records(risk: Risk, path: Path, more: Mapping[str, np.ndarray]) -> None:
    """One line per row, in file order: row (from 1), fk, Fk, individual_risk, and what else was measured."""
    columns: dict[str, Any] = {"row": np.arange(1, risk.rows + 1), "fk": risk.fk, "Fk": risk.Fk,
                               "individual_risk": risk.individual_risk}
    if risk.household_risk is not None:
        columns["household_risk"] = risk.household_risk
    columns |= {n: more[n] for n in ("suda_score", "suda_dis") if n in more}
    if risk.l_distinct is not None:
        columns["l_distinct"] = risk.l_distinct
    columns |= {n: figures for n, figures in more.items() if n not in columns}
    _write(path, tuple(columns), zip(*(figures.tolist() for figures in columns.values()), strict=True))


def _write(path: Path, header: Sequence[str], lines: Iterable[Sequence[object]]) -> None:
    try:
        with whole(path) as file:
            text = io.TextIOWrapper(file, "utf-8", newline="", write_through=True)
            out = csv.writer(text)
            out.writerow(header)
            out.writerows(lines)
            text.detach()
    except OSError:
        raise Problem("The file cannot be written.", "Choose a folder that exists and that you may write to.") from None


def say(result: dict[str, Any]) -> str:
    """A page of sentences."""
    rows = result["rows"]
    lines = [
        f"{rows:,} rows, {result['classes']:,} different combinations of {', '.join(result['keys'])}.",
        f"{result['uniques']:,} rows ({result['uniques'] / rows:.1%}) share their combination with nobody.",
        "The smallest group has one row." if result["smallest_class"] == 1
        else f"The smallest group has {result['smallest_class']:,} rows.",
        *(f"{n:,} rows stand in groups of fewer than {k}." for k, n in result["violations"].items()),
        f"An attacker who knows these columns is expected to recognise {result['expected_reidentifications']:,.1f} "
        f"people ({result['global_risk']:.2%} of the rows); the row most at risk with a chance of "
        f"{result['highest_individual_risk']:.1%}.",
    ]
    if "expected_household" in result:
        lines.append(f"Counting whole households, {result['expected_household']:,.1f} people.")
    for name, d in result.get("diversity", {}).items():
        lines.append(f"{d['rows_single_value']:,} rows stand in groups where all have the same value in {name}.")
    for about in result.get("measures", {}).values():
        lines.append(f"{about['title']}: {about.get('sentence') or 'needs ' + ' and '.join(about['needs']) + '.'}")
    for s in sorted(result.get("subsets", []), key=lambda s: -s["uniques"])[:10]:
        lines.append(f"{s['share']:.1%} of the rows are unique on {' + '.join(s['columns'])}.")
    for name, d in result.get("closeness", {}).items():
        lines.append(f"{name}: at least {d['distinct']} different value(s) in a group; its shares differ from the "
                     f"whole file's by up to {d['t']:.3f}.")
    for c in result.get("unsafe_cells", [])[:20]:
        cell = ", ".join("(missing)" if v is None else v for v in c["cell"].values())
        lines.append(f"Unsafe: {cell} ({c['rows']:,} row(s); {', '.join(c['rules'])}).")
    if "map" in result:
        lines.append(result["map"]["sentence"])
    for c in result.get("few_facts", {}).get("combinations", [])[:5]:
        lines.append(f"{', '.join(c['columns'])} are enough to single out {c['rows']:,} row(s).")
    if "explanation" in result:
        lines.append(f"Row {result['explanation']['row']}: {result['explanation']['sentence']}")
    return "\n".join(lines)
