"""Keys: of the open project, and those that several projects share."""

from __future__ import annotations

import streamlit as st

from core.language import translate as _
from studio import context, keyring, steps

steps.plain_page(_("Which keys make codes?"), back="protect" if context.project_id() else None)
st.markdown(
    _(
        "A key turns names and numbers into codes. Who has it can check which code is whose; destroyed, nobody can. "
        "Keys lie encrypted in this studio and are never shown."
    )
)
if context.project_id():
    keyring.of_project(context.project())
keyring.shared()
