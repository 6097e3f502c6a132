"""Measures asked for by name: carried out one after the other, and told in plain data."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from core.declare import dump
from core.problem import Problem
from core.risk.measure import Measure, Measured
from core.risk.study import Study

Progress = Callable[[float, str], None]


def carry_out(study: Study, measures: Iterable[Measure], progress: Progress | None = None) -> list[dict[str, Any]]:
    """One entry for each measure, in order, as `in_plain` tells it.

    A measure that lacks something, or meets a Problem of its own, says so in its entry and leaves the others alone.
    """
    wanted, told = list(measures), []
    for number, measure in enumerate(wanted):
        if progress:
            progress(number / len(wanted), measure.title)
        if measure.lacks(study):
            told.append(in_plain(measure, None, study))
            continue
        try:
            told.append(in_plain(measure, study.measured(measure), study))
        except Problem as problem:
            told.append(in_plain(measure, None, study) | {"problem": problem.as_dict()})
    return told


def in_plain(measure: Measure, found: Measured | None, study: Study) -> dict[str, Any]:
    """Ready for JSON: the settings, title, unit and source of the measure, and its answer or what it needs."""
    about: dict[str, Any] = {"title": measure.title, "unit": measure.unit, "source": measure.source,
                             "settings": _settings(measure)}
    if found is None:
        return {**about, "value": None, "needs": list(measure.lacks(study))}
    interval = list(found.interval) if found.interval else None
    return {**about, "value": found.value, "interval": interval, "sentence": found.sentence,
            "details": dict(found.details)}


def _settings(measure: Measure) -> Mapping[str, Any]:
    return {name: value for name, value in dump(measure).items() if name != "measure"}
