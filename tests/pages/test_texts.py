"""Step 2: what stands inside texts, masked until asked; and whose official numbers are looked for."""

from __future__ import annotations

import re

from core.detect.freetext import Span
from core.store import Store
from studio.texts import marked
from tests.pages.conftest import WHO, Wizard

NOTES = [
    "Spoke to Mr. Rajesh Patel about the meter, call back on 98765 43210 after noon please.",
    "Mrs. Asha Verma visited the office today and left her address with the clerk.",
    "Dear Sunita Rao, thank you for the payment; write to sunita.rao@example.com if anything is open.",
    "The roof was repaired in March and nobody complained about the noise since then.",
]
FILE = ("age,remarks\n" + "".join(f'{20 + n},"{NOTES[n % 4]} ({n})"\n' for n in range(24))).encode()


def test_texts_are_masked_until_somebody_asks_and_that_is_recorded(wizard: Wizard, store: Store) -> None:
    project = wizard.bring(FILE)
    page = wizard.open("columns", project)
    switch = next(t for t in page.toggle if t.key.startswith("texts-"))
    page = switch.set_value(True).run()
    assert not page.exception
    said = [str(e.value) for e in [*page.markdown, *page.caption]]
    whole = " ".join([*said, *(h.proto.body for h in page.get("html"))])
    assert "24 different texts" in whole and "nine in ten" in whole
    assert "<mark>" in whole and "name</small>" in whole and "Rajesh" not in whole and "98765" not in whole
    page = next(b for b in page.button if b.key.startswith("texts-reveal")).click().run()
    whole = " ".join(h.proto.body for h in page.get("html"))
    assert "<mark>Rajesh Patel <small>name</small></mark>" in whole
    shown = [e for e in store.events(WHO, project.id) if e.what == "identifying_cells_shown"]
    assert shown and shown[-1].facts["columns"] == ["remarks"]


def test_marks_are_safe_html_and_dots_hide_everything() -> None:
    text = "<b>Asha</b> & आशा 12"
    open_ = marked(text, [Span(3, 7, "PERSON", 0.9)], revealed=True)
    assert open_ == "&lt;b&gt;<mark>Asha <small>name</small></mark>&lt;/b&gt; &amp; आशा 12"
    hidden = marked(text, [Span(3, 7, "PERSON", 0.9)], revealed=False)
    bare = re.sub(r"<small>name</small>|</?mark>|&(?:lt|gt|amp);", "", hidden)
    assert not any(c.isalnum() for c in bare) and "•" in bare


def test_countries_are_chosen_and_change_what_is_found(wizard: Wizard, store: Store) -> None:
    rows = "".join(f"{k},{n}\n" for k, n in enumerate(["ABCPK1234F", "BNZPM2501F", "AAAPL1234C", "CKLPS7788Q"] * 6))
    project = wizard.bring(("id,code\n" + rows).encode())
    page = wizard.open("columns", project)
    assert page.selectbox(key="entity-1").value == "NATIONAL_ID"
    page = page.multiselect(key="countries").set_value(["us", "gb"]).run()
    assert not page.exception
    assert store.project(WHO, project.id).notes["countries"] == ["us", "gb"]
    assert page.selectbox(key="entity-1").value != "NATIONAL_ID"
    page = page.multiselect(key="countries").set_value([]).run()
    assert any("No country is chosen" in e.value for e in page.error)
