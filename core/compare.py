"""compare: an original and its release side by side, risk and utility, in one call."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from core.language import translate
from core.problem import Problem
from core.risk import Risk, assess
from core.risk.kernel import class_sizes
from core.risk.study import matching_rows
from core.table import Table
from core.utility import METRICS, Association, Both, ColumnMetric, Estimate, PairMetric, TableMetric
from core.utility.both import Matched

if TYPE_CHECKING:
    from core.attack import Attacked

Value = float | None


@dataclass(frozen=True)
class PairResult:
    """Two columns: metric -> how strongly they hang together before and after (see the metric's help page)."""

    columns: tuple[str, str]
    associations: Mapping[str, Association]


@dataclass(frozen=True, eq=False)
class Comparison:
    """An original and its release, side by side. No cell value is in it.

    before, after     disclosure risk on the quasi-identifiers; None where there is none (see `notes`)
    columns           column -> metric -> value; None where the metric says nothing about the column
    pairs             every pair of comparable columns
    table             metric -> value; an Estimate, with its interval, where it was estimated
    matched           how rows were matched: "row numbers", "position" or "none" (then cells are not compared)
    matched_rows      rows of the release whose original row is known
    removed, added    columns only the original, or only the release has
    notes             what could not be measured and why, in sentences
    synthetic         rows are people who never existed: classes of them say nothing about anyone
    replicated        share of the original's rows that are alone with their quasi-identifiers, and whose values stand
                      exactly once in the release too (replicated uniques: Raab, Nowok and Dibben 2016,
                      doi:10.29012/jpc.v7i3.407); None without quasi-identifiers
    """

    before: Risk | None
    after: Risk | None
    columns: Mapping[str, Mapping[str, Value]]
    pairs: tuple[PairResult, ...]
    table: Mapping[str, Value]
    matched: Matched
    matched_rows: int
    removed: tuple[str, ...]
    added: tuple[str, ...]
    notes: tuple[str, ...] = field(default=())
    synthetic: bool = False
    replicated: Value = None

    def as_dict(self) -> dict[str, Any]:
        """{"risk": {"before", "after"}, "utility": {"columns", "pairs", "table", "intervals"}, "matched", ...}."""
        return {
            "risk": {"before": None if self.before is None else self.before.as_dict(),
                     "after": None if self.after is None else self.after.as_dict()},
            "utility": {
                "columns": {n: {m: _plain(v) for m, v in found.items()} for n, found in self.columns.items()},
                "pairs": [_plain_pair(p) for p in self.pairs],
                "table": {m: _plain(v) for m, v in self.table.items()},
                "intervals": {m: [v.low, v.high] for m, v in self.table.items() if isinstance(v, Estimate)},
            },
            "matched": {"how": self.matched, "rows": self.matched_rows},
            "removed": list(self.removed), "added": list(self.added), "notes": list(self.notes),
            "synthetic": self.synthetic, "replicated": self.replicated,
        }


def compare(
    original: Table,
    released: Table,
    *,
    keys: Sequence[str] | None = None,
    weight: str | None = None,
    household: str | None = None,
    sensitive: Sequence[str] = (),
    thorough: bool = False,
    by_position: bool = False,
    metrics: Sequence[TableMetric] = (),
    synthetic: bool = False,
) -> Comparison:
    """Risk before and after, and every utility metric that applies.

    Columns are compared by name. Roles of the original are the defaults for keys, weight, household and sensitive.
    Rows are matched by `row_ids`; a release without them (synthetic data) is compared as a whole, never cell by cell.
    `by_position` says that row i of one file is row i of the other (both read from files in one order).
    `thorough` adds the metrics that fit models, `metrics` further ones with settings (a regression, a survey table);
    of one kind, the second is called “name 2”, and so on. `synthetic` says that rows are people who never existed:
    class sizes are then nobody's risk. Raises a Problem for a column the original does not have.
    """
    keys = tuple(original.having("quasi_identifier") if keys is None else keys)
    weight = weight or original.one("weight")
    household = household or original.one("household")
    sensitive = tuple(sensitive) or original.having("sensitive")
    original.require([*keys, *sensitive, *(n for n in (weight, household) if n)])
    if not original.rows or not released.rows:
        raise Problem("There is nothing to compare: {which} has no rows.", "Choose another file, or undo a step.",
                      which="the original" if not original.rows else "the release")
    both = _both(original, released, keys, weight, household, by_position)
    notes: list[str] = []
    before = _risk(original, keys, weight, household, sensitive, notes, "original")
    after = _risk(released, keys, weight, household, sensitive, notes, "release")
    if synthetic:
        notes.append(translate(
            "The rows are people who never existed. How many of them are alike says nothing about a real person: look "
            "at what attackers gain."))
    if both.matched == "none":
        notes.append(translate(
            "Rows of the release belong to no row of the original, so single cells are not compared."))
    if len(both.comparable) < len(both.fitting):
        notes.append(translate("Pairs are measured for {some} of {all} columns, quasi-identifiers first.",
                               some=len(both.comparable), all=len(both.fitting)))
    columns = {n: {m: metric.value(c) for m, metric in _named(ColumnMetric, thorough)} for n, c in both.columns.items()}
    pairs = tuple(
        PairResult((p.first.name, p.second.name), {
            m: found for m, metric in _named(PairMetric, thorough)
            if metric.applies(p) and (found := metric.value(p)) is not None})
        for p in both.pairs)
    table = {m: metric.value(both) for m, metric in _named(TableMetric, thorough)}
    for metric in metrics:
        name, again = METRICS.name_of(metric), 2
        while name in table:
            name, again = f"{METRICS.name_of(metric)} {again}", again + 1
        table[name] = metric.value(both)
    return Comparison(
        before, after, columns, pairs, table, both.matched, 0 if both.rows is None else len(both.rows[0]),
        tuple(n for n in original.names if n not in released.columns),
        tuple(n for n in released.names if n not in original.columns), tuple(notes), synthetic,
        _replicated(original, released, keys))


def _replicated(original: Table, released: Table, keys: Sequence[str]) -> Value:
    left = [k for k in keys if k in released.columns]
    if not left:
        return 0.0 if keys else None
    alone = class_sizes([original[k] for k in left]).fk == 1
    return float((alone & (matching_rows(original, released, left) == 1)).mean())


def _both(
    original: Table, released: Table, keys: tuple[str, ...], weight: str | None, household: str | None,
    by_position: bool,
) -> Both:
    if not by_position:
        return Both.of(original, released, keys, weight, household)
    if original.rows != released.rows:
        raise Problem("The files have {before} and {after} rows, so rows cannot be matched by their position.",
                      "Leave the matching by position out.", before=original.rows, after=released.rows)
    import numpy as np

    rows = np.arange(original.rows)
    return Both(original, released, keys, weight, household, "position", (rows, rows))


def _risk(
    table: Table, keys: tuple[str, ...], weight: str | None, household: str | None, sensitive: tuple[str, ...],
    notes: list[str], which: str,
) -> Risk | None:
    """The risk on what is left of the quasi-identifiers; a note for everything that is gone."""
    left = tuple(k for k in keys if k in table.columns)
    file = translate(f"the {which}")
    if not keys:
        said = translate("No quasi-identifier is named, so there is no risk to measure.")
        notes += [said] if said not in notes else []
        return None
    if not left:
        notes.append(translate("There is no quasi-identifier in {file}: nobody can be singled out by one.", file=file))
        return None
    if len(left) < len(keys):
        notes.append(translate("Gone from {file}: {gone} of {all} quasi-identifiers. The risk is measured on the rest.",
                               file=file, gone=len(keys) - len(left), all=len(keys)))
    if weight and weight not in table.columns:
        notes.append(translate("There are no sample weights in {file}; every row counts once.", file=file))
    here = {n: n if n and n in table.columns else None for n in (weight, household)}
    # Roles are emptied so that only what is given here counts: a role must not bring back a column by default.
    plain = Table(table.columns, {}, table.row_ids)
    return assess(plain, left, here[weight], here[household], tuple(s for s in sensitive if s in table.columns))


def _named(level: type[Any], thorough: bool) -> list[tuple[str, Any]]:
    return [(METRICS.name_of(m), m()) for m in METRICS
            if issubclass(m, level) and not m.asks() and (thorough or not m.thorough)]


def _plain(value: Value) -> Value:
    return None if value is None or not math.isfinite(value) else value


def _plain_pair(pair: PairResult) -> dict[str, Any]:
    return {"columns": list(pair.columns),
            "associations": {m: {"before": a.before, "after": a.after, "difference": a.difference}
                             for m, a in pair.associations.items()}}


@dataclass(frozen=True)
class Row:
    """One measure over several releases.

    kind     "risk", "attack" or "utility"
    original the original's own value; None for utility, which compares with it
    values   release -> value, None where it does not apply
    winners  the releases with the best value; nobody where all are equal or only one has a value
    """

    kind: str
    name: str
    title: str
    better: str
    original: Value
    values: Mapping[str, Value]
    winners: tuple[str, ...]


@dataclass(frozen=True)
class SideBySide:
    """Several releases of one original.

    rows   every measure with the winner of each
    points release -> (risk, mean error of two-way tables), both better low. The risk is the share of people expected to
           be recognised; of synthetic rows, which belong to nobody, the share of people alone before and after
    front  the releases that no other beats in one of the two without losing in the other (Pareto front)
    """

    rows: tuple[Row, ...]
    points: Mapping[str, tuple[float, float]]
    front: tuple[str, ...]


RISKS = {
    "uniques": "Rows that are the only ones of their kind",
    "violations_5": "Rows in groups of fewer than 5",
    "global_risk": "Share of people expected to be recognised",
    "highest_individual_risk": "Highest chance of recognising a single row",
}


def side_by_side(
    releases: Mapping[str, Comparison], attacks: Mapping[str, Sequence[Attacked]] | None = None,
) -> SideBySide:
    """Candidates for one release, measured by `compare` against the same original, measure by measure.

    attacks  release -> what simulated attackers won from it: what the release adds, beyond the control or baseline
    """
    if not releases:
        raise Problem("There is nothing to compare.", "Choose at least one release.")
    first = next(iter(releases.values()))
    rows = [_row("risk", name, title, "lower", _risk_value(first.before, name),
                 {r: None if c.synthetic else _risk_value(c.after, name) for r, c in releases.items()})
            for name, title in RISKS.items()]
    rows.append(_row("risk", "replicated", "Share of people alone with the same values before and after", "lower", None,
                     {r: c.replicated for r, c in releases.items()}))
    rows += _attack_rows(attacks or {}, tuple(releases))
    for name in first.table:
        metric = METRICS.named(name.split()[0])
        rows.append(_row("utility", name, metric.title, metric.better(), None,
                         {r: c.table.get(name) for r, c in releases.items()}, metric.perfect))
    points = {}
    for release, found in releases.items():
        risk = found.replicated if found.synthetic else _risk_value(found.after, "global_risk")
        loss = found.table.get("two_way_marginals")
        if risk is not None and loss is not None:
            points[release] = (risk, loss)
    front = tuple(r for r, p in points.items() if not any(
        q[0] <= p[0] and q[1] <= p[1] and q != p for q in points.values()))
    return SideBySide(tuple(r for r in rows if any(v is not None for v in r.values.values())), points, front)


def _attack_rows(attacks: Mapping[str, Sequence[Attacked]], releases: Sequence[str]) -> list[Row]:
    # One attacker may try several ways, each with a title of its own.
    found = {r: {(a.attack, a.target, a.title): a for a in attacks.get(r, ())} for r in releases}
    rows = []
    for key in dict.fromkeys(k for won in found.values() for k in won):
        one = next(won[key] for won in found.values() if key in won)
        title = translate(one.title) + (f" ({one.target})" if one.target else "")
        row = _row("attack", ":".join(key[:2]).rstrip(":"), title, "lower", None,
                   {r: won[key].advantage.value if key in won else None for r, won in found.items()})
        # Who gains nothing, gains nothing: how far below 0 chance took the estimate is no merit of a release.
        gains = {r: max(v, 0.0) for r, v in row.values.items() if v is not None and math.isfinite(v)}
        best = tuple(r for r, v in gains.items() if v == min(gains.values()))
        rows.append(replace(row, winners=best if len(best) < len(gains) else ()))
    return rows


def _risk_value(risk: Risk | None, name: str) -> Value:
    if risk is None:
        return None
    return float(risk.violations[5]) if name == "violations_5" else float(getattr(risk, name))


def _row(
    kind: str, name: str, title: str, better: str, original: Value, values: Mapping[str, Value], perfect: float = 0.0,
) -> Row:
    """Best is what is nearest to perfect: of a ratio whose perfect value is 1, neither the largest nor the smallest."""
    known = {r: abs(v - perfect) for r, v in values.items() if v is not None and math.isfinite(v)}
    best = min(known.values(), default=0.0)
    winners = tuple(r for r, v in known.items() if v == best)
    return Row(kind, name, title, better, original, values, winners if len(winners) < len(known) else ())
