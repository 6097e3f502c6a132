"""Every table the studio holds: owner, purpose, permission, how secret it is, and its risk."""

from __future__ import annotations

import streamlit as st

from core.language import translate as _
from studio import context, steps, tables_held

steps.plain_page(_("Which tables does the studio hold?"))
found = context.store().projects(context.who())
if found:
    tables_held.show(found)
else:
    st.markdown(_("There is none yet. A table appears here as soon as somebody brings it."))
if st.button(_("Keys shared between projects"), key="keys", type="tertiary"):
    context.go("../pages/keys.py", None)
