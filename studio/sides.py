"""The comparison in words, pictures and tables: what the protection won, and what it cost."""

from __future__ import annotations

import streamlit as st

from core.compare import Comparison
from core.language import translate as _
from core.risk import Risk
from core.store import Project
from core.utility import METRICS
from studio import charts, desk, figures, outcome, steps, words

COLUMN_METRICS = ("cells_changed", "cells_suppressed", "total_variation", "kolmogorov_smirnov")
TABLE_METRICS = (
    "table_cells_changed",
    "table_cells_suppressed",
    "rows_kept",
    "columns_kept",
    "two_way_marginals",
    "association_difference",
)
SHOWN_PAIRS = 10


def verdict(project: Project, found: Comparison) -> None:
    """One sentence on safety against the recipient's target."""
    target = desk.target(project)
    if found.synthetic:
        st.info(
            _(
                "The rows are people who never existed, so no row is anybody's. “No identical rows” is not privacy "
                "either: keep this release below, and let simulated attackers try. {people} alone in the original with "
                "values that also stand alone here.",
                people=words.are(round((found.replicated or 0.0) * 1_000_000), 1_000_000),
            )
        )
        return
    if found.after is None:
        st.success(_("No column is left by which someone could look for a person."))
        return
    k = found.after.smallest_class
    if k >= target.k:
        st.success(
            _(
                "Everyone shares what could be known about them with at least {others} others: what “{recipient}” asks "
                "for.",
                others=k - 1,
                recipient=_(target.label),
            )
        )
    else:
        st.warning(
            _(
                "{rows} still stand in groups smaller than {k}, which is what “{recipient}” asks for. "
                "Go back and protect "
                "more, or choose another recipient.",
                rows=words.count(figures.below(found.after, target.k), "row", "rows"),
                k=target.k,
                recipient=_(target.label),
            )
        )


def overlooked(project: Project, found: Comparison) -> None:
    """What the figures rest on: that nobody knows what was called harmless."""
    alone = None if found.synthetic else figures.alone_if_known(project)
    if not alone:
        return
    st.warning(
        steps.plain(
            _(
                "This holds while nobody knows what was called harmless. Whoever also knew {columns} would find "
                "{people} alone. If somebody could, say so on step 3.",
                columns=words.listed(figures.overlooked(project)),
                people=words.count(alone, "person", "people"),
            )
        )
    )


def risk(project: Project, found: Comparison) -> None:
    if found.before is None or found.after is None or found.synthetic:
        return
    st.header(_("How much safer is it?"), anchor=False)
    says = _(
        "Of 100 people, {before} were in a group smaller than {k}; now it is {after}.",
        k=desk.target(project).k,
        before=_hundred(figures.below(found.before, desk.target(project).k), found.before),
        after=_hundred(figures.below(found.after, desk.target(project).k), found.after),
    )
    st.markdown(says)
    rows = [
        {"label": label, "which": which, "value": 100 * n / one.rows, "shown": _hundred(n, one)}
        for which, one in ((_("as it came"), found.before), (_("now"), found.after))
        for label, n in _counts(project, one)
    ]
    charts.show(
        charts.pairs_of_bars(rows, label="label", which="which", value="value", shown="shown", title=_("rows in 100")),
        key="risk",
        says=says,
    )
    pairs = zip(_counts(project, found.before), _counts(project, found.after), strict=True)
    charts.as_table(
        (_("Rows"), _("As it came"), _("Now")),
        [
            *((label, f"{n:,}", f"{m:,}") for (label, n), (_same, m) in pairs),
            (_("Smallest group"), f"{found.before.smallest_class:,}", f"{found.after.smallest_class:,}"),
            (_("Different combinations"), f"{found.before.classes:,}", f"{found.after.classes:,}"),
            (
                _("Expected to be found"),
                figures.people(found.before.expected_reidentifications),
                figures.people(found.after.expected_reidentifications),
            ),
            (
                _("Highest chance of one person, in 100"),
                f"{100 * found.before.highest_individual_risk:.3g}",
                f"{100 * found.after.highest_individual_risk:.3g}",
            ),
        ],
        numbers=(1, 2),
    )


def _counts(project: Project, one: Risk) -> list[tuple[str, int]]:
    k = desk.target(project).k
    asked = sorted({2, 3, 5, k})
    return [(_("alone") if size == 2 else _("in groups below {k}", k=size), figures.below(one, size)) for size in asked]


def _hundred(rows: int, one: Risk) -> str:
    from studio.pictures import per_hundred

    return per_hundred(100 * rows / one.rows)


def columns(found: Comparison) -> None:
    """What each column lost."""
    st.header(_("What did it cost?"), anchor=False)
    metrics = {m: METRICS.named(m)() for m in TABLE_METRICS if found.table.get(m) is not None}
    st.markdown("\n".join(f"- {steps.plain(metric.say(found.table[m]))}" for m, metric in metrics.items()))
    changed = [(n, share) for n, v in found.columns.items() if (share := v.get("cells_changed")) is not None]
    if changed:
        worst = max(changed, key=lambda one: one[1])
        says = _(
            "“{column}” changed most: {share} of its cells read differently.",
            column=worst[0],
            share=words.share(round(worst[1] * 10_000), 10_000),
        ) if worst[1] else _("No cell reads differently.")
        st.markdown(steps.plain(says))
        charts.show(
            charts.bars(
                [{"label": n, "value": 100 * v, "shown": f"{100 * v:.0f}"} for n, v in changed],
                label="label",
                value="value",
                shown="shown",
                title=_("cells changed, in 100"),
            ),
            key="cost",
            says=says,
        )
    headings = [_("Column"), *(_(METRICS.named(m).title) for m in COLUMN_METRICS)]
    charts.as_table(
        headings,
        [(n, *(_share(v.get(m)) for m in COLUMN_METRICS)) for n, v in found.columns.items()],
        numbers=range(1, len(headings)),
    )
    if found.removed:
        st.caption(_("Left out of the result: {columns}.", columns=", ".join(steps.plain(n) for n in found.removed)))


def associations(found: Comparison) -> None:
    """Pairs of columns that no longer hang together as they did."""
    moved = sorted(
        (
            (p.columns, m, a)
            for p in found.pairs
            for m, a in p.associations.items()
            if m in ("pearson", "cramers_v", "correlation_ratio")
        ),
        key=lambda one: -one[2].difference,
    )
    if not moved:
        return
    st.header(_("What happens to results?"), anchor=False)
    pair, _metric, most = moved[0]
    st.markdown(
        _("How strongly columns hang together is what most analyses rest on. No two columns moved.")
        if not most.difference
        else steps.plain(
            _(
                "How strongly columns hang together is what most analyses rest on. "
                "The largest move: {first} and {second}, from "
                "{before} to {after} (1 is as close as can be).",
                first=pair[0],
                second=pair[1],
                before=f"{most.before:.2f}",
                after=f"{most.after:.2f}",
            )
        )
    )
    with st.expander(_("The {count} pairs that moved most", count=min(SHOWN_PAIRS, len(moved)))):
        st.html(
            charts.sheet(
                (_("Columns"), _("Measured by"), _("As it came"), _("Now")),
                [
                    (" + ".join(c), _(METRICS.named(m).title), f"{a.before:.2f}", f"{a.after:.2f}")
                    for c, m, a in moved[:SHOWN_PAIRS]
                ],
                numbers=(2, 3),
            )
        )


def promises(project: Project) -> None:
    """What the steps promised; each was counted again on the finished table."""
    done = outcome.current(project)
    if done and done.claims:
        st.header(_("What is promised"), anchor=False)
        st.markdown(_("Each of these was counted again on the finished table, by another way than it was made:"))
        st.markdown("\n".join(f"- {steps.plain(_(c['what']))}" for c in done.claims))


def notes(found: Comparison) -> None:
    for note in found.notes:
        st.caption(steps.plain(_(note)))


def _share(value: float | None) -> str:
    return "–" if value is None else f"{100 * value:.1f}%"
