"""Keys as the page shows them: names and versions, never a key. New versions, destruction, sharing, taking away."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import streamlit as st

from core.language import translate as _
from core.problem import Problem
from core.project import SECRETS, with_shared
from core.protect.secrets import Secrets
from core.store import Project
from core.store.domain_keys import SHARED, DomainKey
from studio import charts, context, desk, steps

WHO = {"me": "Only I", "everyone": "Everybody in my department", "people": "I and these people"}


def of_project(project: Project) -> None:
    """The project's own keys: which there are, a new version, destruction, and a locked file to turn codes back."""
    st.header(_("Keys of “{name}”", name=steps.plain(project.name)), anchor=False)
    secrets = _secrets(project)
    if secrets is None:
        st.markdown(_("There is none yet: keys are drawn when the first codes are made."))
        return
    names = [n for n in secrets.keys if ".v" not in n]
    held = {n: [int(k.rpartition(".v")[2]) for k in secrets.keys if k.startswith(f"{n}.v")] for n in names}
    rows = [(n, str(secrets.versions.get(n, 1)), ", ".join(map(str, held[n])) or "–") for n in names]
    for gone in secrets.destroyed:
        rows.append((gone, _("destroyed"), "–"))
    headings = (_("Key"), _("Version for new codes"), _("Older versions held"))
    st.html(charts.sheet(headings, rows, caption=_("Keys of this project")))
    versions = {n: sorted({*held[n], secrets.versions.get(n, 1)}) for n in names}
    _change(
        "own",
        versions,
        lambda name: _keep(project, lambda s: s.rotate(name)),
        lambda name, version: _keep(project, lambda s: s.destroy(f"{name}.v{version}")),
    )
    _take_away(project)


def shared() -> None:
    """Keys that several projects use, of this person and of those who shared theirs."""
    st.header(_("Keys shared between projects"), anchor=False)
    st.markdown(
        _(
            "Files made with one key can be joined on their codes, whoever made them. Write the key's name, as "
            "{example}, where “Replace by a code” asks which key. Never use one key for recipients who must not put "
            "their files together.",
            example=f"`{SHARED}health`",
        )
    )
    found = context.store().domain_keys(context.who())
    if found:
        headings = (_("Key"), _("Owner"), _("Who may use it"), _("Version for new codes"), _("All versions held"))
        st.html(charts.sheet(headings, [_row(k) for k in found], caption=_("Shared keys")))
    mine = [k for k in found if k.owner == context.who().user]
    if mine:
        store, who = context.store(), context.who()
        _change(
            "shared",
            {k.name: list(k.versions) for k in mine},
            lambda name: store.rotate_domain_key(who, name),
            lambda name, version: store.destroy_domain_key(who, name, version),
        )
        _sharing(mine)
    _new()


def _row(key: DomainKey) -> tuple[str, ...]:
    may = _("everybody in the department") if key.everyone else ", ".join(key.people) or _("only the owner")
    version = str(key.version) if key.version else _("destroyed")
    return key.name, key.owner, may, version, ", ".join(map(str, key.versions)) or "–"


def _change(
    kind: str,
    versions: Mapping[str, Sequence[int]],
    rotate: Callable[[str], object],
    destroy: Callable[[str, int], object],
) -> None:
    """A new version, or the end of one: the second is asked for twice, because nothing brings it back."""
    with st.expander(_("New version, or destroy one")):
        name = st.selectbox(_("Which key?"), list(versions), key=f"{kind}-which")
        st.button(
            _("New version for codes to come"),
            key=f"{kind}-rotate",
            on_click=steps.guarded(lambda: rotate(context.value(f"{kind}-which"))),
            help=_("Older versions stay: what they made can still be joined and turned back."),
        )
        if not versions.get(name):
            return
        st.selectbox(_("Which version is to be destroyed?"), list(versions[name]), key=f"{kind}-version")
        st.checkbox(
            _("I know that codes made with it can never be checked or turned back again."), key=f"{kind}-sure"
        )
        st.button(_("Destroy this version"), key=f"{kind}-destroy", on_click=steps.guarded(lambda: _end(kind, destroy)))


def _end(kind: str, destroy: Callable[[str, int], object]) -> None:
    if not context.value(f"{kind}-sure"):
        raise Problem("A key is destroyed for good.", "Say first that you know what that means.")
    destroy(context.value(f"{kind}-which"), int(context.value(f"{kind}-version")))
    context.forget(f"{kind}-version")
    context.set_value(f"{kind}-sure", False)


def _who(kind: str) -> tuple[list[str], bool]:
    chosen = st.radio(_("Who may use it?"), list(WHO), format_func=lambda w: _(WHO[w]), key=f"{kind}-who")
    text = st.text_input(_("User names, with commas between them"), key=f"{kind}-people") if chosen == "people" else ""
    return [p.strip() for p in text.split(",") if p.strip()], chosen == "everyone"


def _sharing(mine: Sequence[DomainKey]) -> None:
    with st.expander(_("Share a key of yours")):
        name = st.selectbox(_("Which of your keys?"), [k.name for k in mine], key="share-which")
        people, everyone = _who("share")
        st.button(
            _("Save who may use it"),
            key="share-save",
            on_click=steps.guarded(
                lambda: context.store().share_domain_key(context.who(), str(name), people, everyone)
            ),
        )


def _new() -> None:
    with st.expander(_("New shared key")):
        st.text_input(
            _("What is it for?"), key="new-key", max_chars=40, placeholder="health",
            help=_("Small letters, digits and dashes; “shared-” is put in front."),
        )  # fmt: skip
        people, everyone = _who("new")
        st.button(_("Make the key"), key="new-make", on_click=steps.guarded(lambda: _make(people, everyone)))


def _make(people: list[str], everyone: bool) -> None:
    name = SHARED + str(context.value("new-key", "")).strip().removeprefix(SHARED)
    context.store().create_domain_key(context.who(), name, people, everyone)
    context.forget("new-key")


def _take_away(project: Project) -> None:
    """The secrets as a locked file: what `python -m core detokenise` needs. Made on request, and recorded."""
    with st.expander(_("Take the keys away, to turn codes back")):
        st.markdown(
            _(
                "Whoever has this file can tell who the codes stand for. It is locked with a passphrase that is shown "
                "once; that you took it is recorded. `python -m core detokenise` turns codes back with it."
            )
        )
        made = context.value("keys-locked")
        st.button(_("Make the locked file"), key="keys-lock", on_click=steps.guarded(lambda: _lock(project)))
        if made and made[0] == project.id:
            st.markdown(_("Passphrase: {passphrase}", passphrase=f"`{made[2]}`"))
            st.download_button(
                _("Download the keys"), made[1], f"keys-{project.id[:8]}-{made[3]}.zip", "application/zip",
                key="keys-download",
            )  # fmt: skip


def _lock(project: Project) -> None:
    from core.release import passphrase
    from core.release.csv_zip import locked

    secrets = _secrets(project)
    if secrets is None:
        raise Problem("This project has no keys yet.", "Make codes first.")
    secrets = with_shared(context.store(), context.who(), desk.recipe(project), secrets)
    context.store().note_event(context.who(), project.id, "secrets_taken_away", keys=sorted(secrets.keys))
    word = passphrase.new()
    data = locked(secrets.to_yaml().encode(), word, "keys.yaml")
    context.set_value("keys-locked", (project.id, data, word, secrets.id))


def _secrets(project: Project) -> Secrets | None:
    kept = context.store().secret(context.who(), project.id, SECRETS)
    return Secrets.from_yaml(kept.decode()) if kept else None


def _keep(project: Project, change: Callable[[Secrets], Secrets]) -> None:
    def changed(before: bytes | None) -> bytes:
        if before is None:
            raise Problem("This project has no keys yet.", "Make codes first.")
        return change(Secrets.from_yaml(before.decode())).to_yaml().encode()

    context.store().change_secret(context.who(), project.id, SECRETS, changed)
