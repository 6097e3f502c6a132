"""Before a private synthesizer is trained: what it costs, and where each column's values are known from."""

from __future__ import annotations

import streamlit as st

from core.language import translate as _
from core.query.ask import ground_of
from core.store import Project
from core.synthesise.paying import price
from core.synthesise.private import PrivateSynthesizer, Source
from studio import budgeting, charts, context, desk, steps

WHERE: dict[Source, str] = {
    "settled": "settled with the budget: public",
    "stated": "stated above: public",
    "paid": "found in the data, and paid for",
}

WHOM = {
    "row": "each row", "person": "each person with all their rows", "household": "each household as a whole",
}


def show(project: Project, step: PrivateSynthesizer, key: str) -> bool:
    """The price and the domain. False where it cannot be paid for, or nothing is known of a column yet.

    key  that of the form, in which columns can be left out
    """
    budget = budgeting.ledger(project)
    if budget is None:
        st.warning(_("This table has no budget yet. Settle first who is protected, what is public and how much may be "
                     "spent; then come back."))
        return False
    ground = ground_of(budget)
    unknown = step.unknown(desk.original(project), ground)
    if unknown:
        _ask_about(unknown, step, key)
        return False
    sources = step.sources(desk.original(project), ground)
    cost, left = price(step, budget), budget.left_for(context.who())
    st.markdown(_(
        "Training once costs **{share}%** of what is left of the budget, for every training, and is charged before it "
        "begins. It promises epsilon {epsilon} at delta {delta} for {unit}.",
        share=f"{100 * cost.amount / left:.1f}" if left > 0 else "∞", epsilon=f"{cost.epsilon:g}",
        delta=f"{cost.delta:.2g}", unit=_(WHOM[ground.unit.kind]),
    ))  # fmt: skip
    rows = [(name, _(WHERE[public.source])) for name, public in sources.items()]
    st.markdown(_("Nothing but these is taken for known about the columns; nobody looked into the data for them."))
    st.html(charts.sheet([_("Column"), _("Its values and bounds are")], rows))
    st.caption(_(
        "The noise itself is never seeded: training again gives other rows, and costs again. More rows from a model "
        "that is kept cost nothing. The figures shown afterwards are counted on real people: they are for you, and not "
        "part of the promise."
    ))  # fmt: skip
    if cost.amount > left:
        st.warning(_("That is more than is left. Take a smaller epsilon."))
        return False
    return True


def _ask_about(unknown: tuple[str, ...], step: PrivateSynthesizer, key: str) -> None:
    """Columns of which nothing is known, all at once, and the quickest way on."""
    st.warning(_(
        "Which values these columns can have is not known yet: {columns}. Nobody looks for them in the data unasked. "
        "Say above what is public about them, have their values or bounds found (that is paid for), or leave them out.",
        columns=steps.plain(", ".join(unknown))))
    st.button(_("Leave these columns out"), key=f"{key}-without",
              on_click=steps.guarded(lambda: context.set_value(f"{key}.leave_out", [*step.leave_out, *unknown])))
