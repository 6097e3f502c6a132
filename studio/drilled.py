"""One measure of several releases: what it is, where it comes from, and all that was found, with intervals."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from core.attack import ATTACKS
from core.language import translate as _
from core.release.blocks import figure
from core.utility import METRICS
from studio import charts, form, steps

RISKS = {
    "uniques": "How many rows stand alone with their combination of columns that others may know. Whoever knows those "
               "of a person, finds the row.",
    "violations_5": "How many rows stand in groups of fewer than five that look alike on the columns others may know.",
    "global_risk": "Which share of all people would be recognised by somebody who tries everybody, picking one of the "
                   "rows that fit. Sample weights count.",
    "highest_individual_risk": "The chance of picking the right row for the one person who is easiest to recognise.",
    "replicated": "How many people stand alone with their combination in the original, and with the same one alone in "
                  "the release. For synthetic rows it stands in the place of the risk.",
}


def drill(measured: Mapping[str, Any]) -> None:
    """A choice of one measure; its definition, and its values."""
    rows = measured["rows"]
    st.subheader(_("One measure, explained"), anchor=False)
    at = st.selectbox(_("Which one?"), range(len(rows)), key="drill",
                      format_func=lambda i: _(rows[i]["title"]))
    row = rows[at or 0]
    with st.container(border=True):
        {"risk": _risk, "attack": _attack, "utility": _utility}[row["kind"]](row, measured)


def _risk(row: Mapping[str, Any], measured: Mapping[str, Any]) -> None:
    st.markdown(_(RISKS.get(row["name"], "")))
    _values(row, measured, {})


def _utility(row: Mapping[str, Any], measured: Mapping[str, Any]) -> None:
    name = row["name"].split()[0]
    metric = METRICS.named(name)
    first, rest = form.explain(metric)
    st.markdown(f"{first}\n\n{rest}")
    high = "∞" if math.isinf(metric.high) else figure(metric.high)
    low = "−∞" if math.isinf(metric.low) else figure(metric.low)
    st.caption(_("From {low} to {high}; a release like the original has {perfect}.", low=low, high=high,
                 perfect=figure(metric.perfect)) + " " + _("Source: {source}", source=steps.plain(metric.source)))
    _values(row, measured, {r["name"]: (r.get("intervals") or {}).get(row["name"]) for r in measured["releases"]})


def _values(
    row: Mapping[str, Any], measured: Mapping[str, Any], intervals: Mapping[str, Sequence[float] | None],
) -> None:
    estimated = any(intervals.values())
    lines = [(_("As it came"), figure(row["original"]), "")] if row["original"] is not None else []
    for one in measured["releases"]:
        value, between = row["values"].get(one["name"]), intervals.get(one["name"])
        star = " ★" if one["name"] in row["winners"] else ""
        lines.append((one["name"], "–" if value is None else figure(value) + star,
                      f"{figure(between[0])} – {figure(between[1])}" if between else ""))
    headings = (_("Release"), _("Value"), *([_("95% interval")] if estimated else []))
    st.html(charts.sheet(headings, [line[: len(headings)] for line in lines], numbers=(1, 2), caption=_(row["title"])))


def _attack(row: Mapping[str, Any], measured: Mapping[str, Any]) -> None:
    attacker = ATTACKS.named(row["name"].partition(":")[0])
    first, rest = form.explain(attacker)
    st.markdown(f"{first}\n\n{rest}")
    st.caption(_("The attacker holds: {holds}.", holds=_(attacker.holds)) + " "
               + _("Source: {source}", source=steps.plain(attacker.source)))
    found = [(one["name"], a) for one in measured["releases"] for a in one["attacks"] if is_of(row, a)]
    st.html(charts.sheet(
        (_("Release"), _("People"), _("Success"), _("Without the release"), _("People outside"), _("Gained")),
        [(release, f"{a['tries']:,}", *(_rate(a[side], a["measure"]) for side in (
            "success", "baseline", "control", "advantage"))) for release, a in found],
        numbers=range(1, 6), caption=_(row["title"]), stacked=True,
    ))
    for release, a in found:
        st.markdown(f"{'⚠ ' if a['found'] else ''}**{release}:** {steps.plain(a['sentence'])}")


def is_of(row: Mapping[str, Any], attack: Mapping[str, Any]) -> bool:
    """Whether a row of the table is this attack's."""
    name, _sep, target = row["name"].partition(":")
    title = _(attack["title"]) + (f" ({target})" if target else "")
    return bool(attack["attack"] == name and attack["target"] == target and row["title"] == title)


def _rate(rate: Mapping[str, float] | None, measure: str) -> str:
    """“12.3% (11.0 to 13.7)”, or plain figures for areas and epsilons."""
    if rate is None:
        return "–"
    if measure != "share":
        return f"{rate['value']:.3f} ({rate['low']:.3f} – {rate['high']:.3f})"
    value, low, high = (round(100 * rate[side], 1) + 0.0 for side in ("value", "low", "high"))
    return f"{value:.1f}% ({low:.1f} – {high:.1f})"
