"""The rules a release is judged by: one policy for each project, chosen on step 6; why it goes out all the same."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st

from core.language import language
from core.language import translate as _
from core.policy import Policy, Release, Verdict, check, presets
from core.policy.target import Wanted, wanted
from core.problem import Problem
from core.release.measured import verdict_in_words
from core.store import Project
from studio import context, desk, figures, outcome, steps

NONE = ""
OF_RECIPIENT = {"colleague": "scientific_use", "researchers": "scientific_use", "public": "public_use"}
"""The policy that is proposed, by who receives the result."""

MARKS = {True: "✓", False: "✗", None: "?"}
WORDS = {True: "kept", False: "broken", None: "not judged"}


def chosen(project: Project) -> Policy | None:
    """The policy of this project: what was chosen, else what suits the recipient; None where none is wanted."""
    name = project.notes.get("policy", OF_RECIPIENT.get(desk.target(project).key, "public_use"))
    return presets().get(name)


def asked(project: Project) -> Wanted:
    """What the rules of this project's policy ask of a protection; nothing where there is no policy."""
    policy = chosen(project)
    return wanted(policy) if policy else Wanted()


def choose(project: Project) -> None:
    """The select box; the choice is kept with the project."""
    names = [*presets(), NONE]
    now = chosen(project)
    picked = st.selectbox(
        _("By which rules should it be judged?"), names, names.index(now.name if now else NONE), key="policy",
        format_func=lambda n: _(presets()[n].title) if n else _("By none"),
    )
    if picked != (now.name if now else NONE):
        context.store().change_project(context.who(), project.id, notes={"policy": picked})
        st.rerun()
    if now:
        st.caption(steps.plain(_(now.about)))


def verdict(project: Project) -> Verdict | None:
    """What the policy says of the release as it stands; None without policy or release."""
    policy, done = chosen(project), outcome.current(project)
    if policy is None or done is None:
        return None

    def judged() -> Verdict:
        release = Release.of(
            outcome.released(project), desk.original(project), encrypted=True, registered=True,
            synthetic=is_synthetic(project), purpose=project.purpose, recipient=desk.target(project).label,
            countries=desk.countries(project),
        )
        return check(policy, release)

    key = ("verdict", language.get(), policy.name, project.purpose, *figures.key(project, done.stamp))
    return context.keep(key, judged)


def is_synthetic(project: Project) -> bool:
    """Whether the rows of the release are people who never existed."""
    return any(step.group == "synthetic" for step in desk.recipe(project).steps)


def show(found: Verdict) -> None:
    """The verdict in a sentence, and every rule with what was found and what would mend it."""
    said = f"**{steps.plain(_(found.policy.title))}.** {verdict_in_words(found)}"
    (st.success if found.passed else st.warning if found.passed is False else st.info)(said)
    rules([j.as_dict() for j in found.judgements], open_at_once=found.passed is False)


def rules(judgements: list[dict[str, Any]], open_at_once: bool = False) -> None:
    """Each rule: kept, broken or open, with its source and whose number it is."""
    with st.expander(_("Rule by rule, and where each comes from"), expanded=open_at_once):
        st.markdown("\n".join(_rule(j) for j in judgements))


def _rule(judged: Mapping[str, Any]) -> str:
    source = ", ".join(part for part in (judged["source"], judged["date"]) if part)
    whose = "" if judged["whose"] == "theirs" else " " + _("The number is ours.")
    mend = f" *{_('What would mend it')}:* {steps.plain(judged['mend'])}" if judged["mend"] else ""
    return (f"- {MARKS[judged['passed']]} **{_(WORDS[judged['passed']])}:** {steps.plain(judged['asks'])} "
            f"{steps.plain(judged['found'])}{mend}  \n  *{_('Source')}:* {steps.plain(source)}.{whose}")


def reason(project: Project) -> str:
    """Why it goes out though a rule is broken, as written down; "" where nothing was."""
    return str(project.notes.get("reason", "")).strip()


def ask_reason(project: Project) -> None:
    """Where a rule is broken: the rule, the way to mend it, and a field for the reason; kept with the project."""
    found = verdict(project)
    if found is None or found.passed is not False:
        return
    st.warning(f"**{steps.plain(_(found.policy.title))}.** {verdict_in_words(found)}")
    rules([j.as_dict() for j in found.broken])
    written = st.text_area(
        _("Why should it go out all the same?"), reason(project), key="reason", max_chars=2_000,
        help=_("Your reason goes into the report, with your name. Better: go back and protect more."),
    )
    if written.strip() != reason(project):
        context.store().change_project(context.who(), project.id, notes={"reason": written.strip()})


def require_reason(project: Project) -> None:
    """A Problem where a rule is broken and nobody wrote down why it goes out."""
    found = verdict(project)
    if found is not None and found.passed is False and not reason(project):
        raise Problem(
            "The release breaks a rule of “{policy}”.",
            "Protect more under “Protect it”, choose other rules under “Compare”, or write down why it goes out all "
            "the same.", policy=_(found.policy.title),
        )
