"""A closer look at risk, one question at a time: groups, chances, few facts, households. Each with its sentence first.

Whom a heat map's cell chose (studio/focus.py) is whom they count.
"""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from core.language import translate as _
from core.risk import pictures as data
from core.risk.suda import Suda
from core.store import Project
from core.table.column import Mask
from studio import charts, context, desk, drawn, figures, focus, measuring, one_row, steps, waiting, words


def show(project: Project) -> None:
    """The choice of a question, and its answer."""
    st.header(_("Take a closer look"), anchor=False)
    focus.ask(project)
    only = focus.mask(project, focus.now(project))
    if only is not None and not only.any():
        return
    questions = _questions(project)
    chosen = st.pills(
        _("What do you want to know?"), list(questions), format_func=lambda q: _(questions[q][0]), key="closer",
        default="sizes", required=True,
    )
    questions[chosen or "sizes"][1](project, only)


def _questions(project: Project) -> dict[str, tuple[str, Callable[[Project, Mask | None], None]]]:
    found: dict[str, tuple[str, Callable[[Project, Mask | None], None]]] = {
        "sizes": ("How many people look alike?", class_sizes),
        "chance": ("How likely is each to be found?", individual),
        "facts": ("Which few facts are enough?", few_facts),
        "values": ("Which values drive the risk?", values),
        "row": ("Why does one row stand out?", one_row.show),
        "measures": ("Every measure", measuring.show),
    }
    if figures.before(project).household:
        facts_first = list(found.items())
        facts_first.insert(2, ("households", ("And whole households?", households)))
        found = dict(facts_first)
    return found


def class_sizes(project: Project, only: Mask | None) -> None:
    """How many people stand in groups of each size, and where the usual thresholds lie."""
    risk, k = figures.before(project), desk.target(project).k
    fk = risk.fk if only is None else risk.fk[only]
    bands = data.size_histogram(fk, k)
    says = _(
        "{share} people are alone or share their combination with just one other.",
        share=words.share(bands[0].rows + bands[1].rows, len(fk)).capitalize(),
    )
    st.markdown(says)
    thresholds = sorted({2, 3, 5, k})
    below = {t: int((fk < t).sum()) for t in thresholds}
    rows = [{"label": band.label, "value": 100 * band.rows / len(fk), "shown": f"{band.rows:,}",
             "which": _side(band, k)} for band in bands]
    drawn.show(
        charts.bars(
            rows,
            label="label",
            value="value",
            shown="shown",
            title=_("people in 100"),
            labels_title=_("size of the group"),
            which="which",
        ),
        key="sizes",
        says=says,
        headings=(_("Size of the group"), _("Rows"), _("Groups")),
        rows=[(b.label, f"{b.rows:,}", f"{b.classes:,}") for b in bands],
        numbers=(1, 2),
        name="group-sizes",
    )
    st.html(charts.sheet(
        (_("Groups should have at least"), _("People in smaller groups"), _("of {count}", count=f"{len(fk):,}")),
        [(_("{k} (your recipient)", k=t) if t == k else str(t), f"{n:,}", words.share(n, len(fk)))
         for t, n in below.items()],
        numbers=(1, 2), caption=_("People in groups below the usual thresholds"),
    ))


def _side(band: data.SizeBand, k: int) -> str:
    """On which side of the wanted size the band lies."""
    return _("groups below {k}", k=k) if band.low < k else _("groups of {k} and more", k=k)


def individual(project: Project, only: Mask | None) -> None:
    """How many rows lie above a chosen individual risk: a threshold to drag."""
    risk = figures.before(project)
    chances = risk.individual_risk if only is None else risk.individual_risk[only]
    end = figures.round_end(float(chances.max()))
    at = st.slider(
        _("Count people whose chance to be found is above"),
        0.0,
        float(end),
        end / 5,
        end / 100,
        format="%g%%",
        key=f"above-{end}",
    )
    above = data.rows_above(chances, at / 100)
    says = _(
        "{count} ({share}) have a chance of more than {at:g} in 100 to be found by someone who looks for them.",
        count=words.count(above, "person", "people"),
        share=words.share(above, len(chances)),
        at=at,
    )
    st.markdown(f"**{says}**")
    points = figures.curve(chances, end)
    drawn.show(
        charts.curve(
            [{"x": t, "y": 100 * n / len(chances)} for t, n in points],
            x="x",
            y="y",
            x_title=_("chance to be found, in 100"),
            y_title=_("people above it, in 100"),
            at=at,
            top=end,
        ),
        key="curve",
        says=says,
        headings=(_("Chance above, in 100"), _("People")),
        rows=[(f"{t:.4g}", f"{n:,}") for t, n in points[::10]],
        numbers=(0, 1),
        name="chances",
    )
    if end < 100:
        st.caption(_("The axis ends at {end} in 100: nobody’s chance is higher.", end=end))


def households(project: Project, only: Mask | None) -> None:
    """Who finds one of a household finds the others: the chance by size of household, alone and together."""
    table, risk = desk.original(project), figures.before(project)
    assert risk.household is not None and risk.household_risk is not None  # noqa: S101 -- else it is not offered
    inside = slice(None) if only is None else only
    alone, whole = risk.individual_risk[inside], risk.household_risk[inside]
    bands = data.household_view(
        table[risk.household].codes, risk.individual_risk, risk.household_risk, only=only
    )
    says = _(
        "Who finds one of a household finds the others: {whole} people are expected to be found, instead of {alone}.",
        whole=figures.people(float(whole.sum())),
        alone=figures.people(float(alone.sum())),
    )
    st.markdown(says)
    if not bands:
        st.markdown(_("No row says which household it belongs to."))
        return
    end = figures.round_end(max(b.mean_household for b in bands))
    label = {b.size: _("{size} and more", size=b.size) if b.size == data.LARGEST_HOUSEHOLD else str(b.size)
             for b in bands}
    rows = [
        {"label": label[b.size], "which": which, "value": 100 * share, "shown": f"{100 * share:.3g}"}
        for b in bands
        for which, share in ((_("by themselves"), b.mean_individual), (_("with their household"), b.mean_household))
    ]
    drawn.show(
        charts.pairs_of_bars(
            rows, label="label", which="which", value="value", shown="shown",
            title=_("average chance to be found, in 100"), top=end, labels_title=_("people in the household"),
        ),
        key="households",
        says=says,
        headings=(_("People in the household"), _("Households"), _("Average chance alone, in 100"),
                  _("With the household, in 100")),
        rows=[(label[b.size], f"{b.households:,}", f"{100 * b.mean_individual:.3g}", f"{100 * b.mean_household:.3g}")
              for b in bands],
        numbers=(1, 2, 3),
    )


# --- few facts


def begin(project: Project) -> None:
    """For a large table: starts the search for small combinations when the page opens, so that it is soon there."""
    if figures.is_large(project) and figures.small_combinations(project) is None:
        _job(project)


def _job(project: Project) -> waiting.Job:
    mine, now = f"facts-{figures.name(project)}", desk.version(project)
    job = waiting.latest(project.id, "facts")
    if job is None or job.id != context.value(mine):
        version = now.version if now else None
        job = waiting.start(project.id, "facts", {"key": figures.name(project), "version": version})
        context.set_value(mine, job.id)
    return job


def _found(project: Project, only: Mask | None) -> Suda | None:
    """What the search found, or None while its job goes on or after it failed: both are shown."""
    if not figures.is_large(project):
        with st.spinner(_("Looking for small combinations …")):
            found = figures.small_combinations(project)
    else:
        found = figures.small_combinations(project)
    if found is not None:
        return found if only is None else found.among(only)
    job = _job(project)
    if waiting.is_running(job):
        waiting.show(job, "Looking for the few facts that single people out")
    elif not waiting.ended_badly(
        job, lambda again: context.set_value(f"facts-{figures.name(project)}", again.id)
    ):
        st.rerun()  # it has ended since this page began
    return None


def few_facts(project: Project, only: Mask | None) -> None:
    """Which few facts single people out: combinations with counts, and the columns behind them. Never whom."""
    found = _found(project, only)
    if found is None:
        return
    worst = data.riskiest_combinations(found, 12)
    if not worst:
        st.markdown(_("No combination of three facts or fewer singles anybody out."))
        return
    says = _(
        "Knowing {columns} is enough to single out {count}; nothing less would do for them.",
        columns=words.listed(worst[0].columns),
        count=words.count(worst[0].rows, "person", "people"),
    )
    st.markdown(steps.plain(says))
    most = max(w.rows for w in worst)
    drawn.show(
        charts.bars(
            [{"label": " + ".join(w.columns), "value": w.rows, "shown": f"{w.rows:,}"} for w in worst],
            label="label", value="value", shown="shown", title=_("people singled out"), top=1.15 * most,
            labels_title="", label_limit=320,
        ),
        key="facts",
        says=says,
        headings=(_("Known together"), _("People singled out")),
        rows=[(" + ".join(w.columns), f"{w.rows:,}") for w in worst],
        numbers=(1,),
        name="few-facts",
    )
    shares = data.column_contributions(found)
    says = _("{column} takes part in {percent} in 100 of all that singles people out.",
             column=shares[0].column, percent=f"{shares[0].percent:.0f}")
    st.markdown(steps.plain(says))
    drawn.show(
        charts.bars(
            [{"label": s.column, "value": s.percent, "shown": f"{s.percent:.0f}"} for s in shares],
            label="label",
            value="value",
            shown="shown",
            title=_("part in what singles people out, in 100"),
            labels_title="",
        ),
        key="columns",
        says=says,
        headings=(_("Column"), _("Part in what singles people out, in 100")),
        rows=[(s.column, f"{s.percent:.1f}") for s in shares],
        numbers=(1,),
        name="columns-behind",
    )
    st.caption(_("Several columns take part together, so the numbers add up to more than 100."))


def values(project: Project, only: Mask | None) -> None:
    """Which values of a column drive the risk: their part in the scores of small combinations, and rows at risk."""
    found = _found(project, only)
    if found is None:
        return
    shares = data.column_contributions(found)
    if not shares or not shares[0].percent:
        st.markdown(_("No combination of three facts or fewer singles anybody out."))
        return
    name = st.selectbox(_("Values of which column?"), [s.column for s in shares], key="values-of")
    parts = data.value_contributions(found, name, 15)
    if not parts:
        st.markdown(_("No value of this column helps to single anybody out."))
        return
    says = _("“{value}” makes {percent} in 100 of what singles people out by {column}.",
             value=parts[0].value, percent=f"{parts[0].percent:.0f}", column=name)
    st.markdown(steps.plain(says))
    table, risk, k = desk.original(project), figures.before(project), desk.target(project).k
    known = {value: (n, of) for value, n, of in data.values_at_risk(table, name, risk.fk < k, 10**6, only)}
    drawn.show(
        charts.bars(
            [{"label": str(p.value), "value": p.percent, "shown": f"{p.percent:.0f}"} for p in parts],
            label="label", value="value", shown="shown", title=_("part in what singles people out, in 100"),
            labels_title=name,
        ),
        key=f"values-{name}",
        says=says,
        headings=(name, _("Part, in 100"), _("People in groups below {k}", k=k), _("People with this value")),
        rows=[(str(p.value), f"{p.percent:.1f}", *(f"{n:,}" for n in known.get(p.value or "", (0, 0)))) for p in parts],
        numbers=(1, 2, 3),
        name="values-behind",
    )
