"""The small parts of the studio: what may be shown, how it is said, and what leaves memory."""

from __future__ import annotations

import logging
import sys
import threading
import tomllib
from datetime import UTC, datetime
from importlib.metadata import packages_distributions
from pathlib import Path
from types import SimpleNamespace

import altair as alt
import pytest
from hypothesis import given
from hypothesis import strategies as st
from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager
from streamlit.runtime.uploaded_file_manager import UploadedFileRec

from core.jobs import Job
from core.table import Column
from studio import charts, context, logs, masking, pictures, waiting, warm, words
from studio.form import escape, in_label
from studio.recipients import RECIPIENTS, recipient


def test_an_upload_is_dropped_from_streamlits_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    """`remove_file` is private to Streamlit: this pins it."""
    uploads = MemoryUploadedFileManager("/_stcore/upload_file")
    uploads.add_file("tab", UploadedFileRec("file", "people.csv", "text/csv", b"Asha Patel"))
    monkeypatch.setattr("streamlit.runtime.get_instance", lambda: SimpleNamespace(uploaded_file_mgr=uploads))
    monkeypatch.setattr("streamlit.runtime.scriptrunner.get_script_run_ctx", lambda: SimpleNamespace(session_id="tab"))
    context.drop_upload(SimpleNamespace(file_id="file"))
    assert uploads.get_files("tab", ["file"]) == []


def test_no_log_line_holds_an_exceptions_text(caplog: pytest.LogCaptureFixture) -> None:
    made = logging.getLogRecordFactory()
    try:
        logs.quiet()
        logs.quiet()
        try:
            float("Asha Canary")
        except ValueError as error:
            logging.getLogger("anything").exception("it broke: %s", error)
        assert "Canary" not in caplog.text
        assert "ValueError in" in caplog.text
    finally:
        logging.setLogRecordFactory(made)


@given(st.text(min_size=1, max_size=80))
def test_masking_hides_every_letter_and_digit_but_the_first(text: str) -> None:
    shown = masking.masked(text)
    assert not any(c.isalnum() for c in shown[1:])
    assert len(shown) <= masking.LONGEST + 1


def test_examples() -> None:
    assert masking.example(Column.of(["b", "a", "b", None]), False) == "b"
    assert masking.example(Column.of(["Asha Patel"]), True) == "A••• •••••"
    assert masking.example(Column.of([None, None]), True) == "(empty)"
    coded = Column.of(["1", "1", "2"], "category", {"1": "Male"})
    assert (masking.example(coded, False), masking.example(coded, True)) == ("1 = Male", "1")


@pytest.mark.parametrize(
    ("part", "whole", "said"),
    [
        (0, 50, "none"),
        (50, 50, "all"),
        (7, 100, "7 in 100"),
        (4, 1000, "4 in 1,000"),
        (9999, 10000, "99 in 100"),
        (1, 3_000_000, "fewer than 1 in 1,000,000"),
        (1, 2, "50 in 100"),
    ],
)
def test_shares_a_person_can_picture(part: int, whole: int, said: str) -> None:
    assert words.share(part, whole) == said


@pytest.mark.parametrize(
    ("percent", "shown"),
    [
        (0, "0"),
        (0.004, "<0.1"),
        (0.44, "0.4"),
        (9.97, "10"),
        (57.2, "57"),
        (99.7, ">99"),
        (100, "100"),
    ],
)
def test_a_cell_never_says_all_or_none_unless_it_is(percent: float, shown: str) -> None:
    assert pictures.per_hundred(percent) == shown


@given(st.text(max_size=40))
def test_hostile_column_names_are_no_markup(name: str) -> None:
    sheet = charts.sheet(("a",), [(f"<img src=x onerror=alert(1)>{name}",)])
    assert "<img" not in sheet
    shown = escape(f"[x](http://evil) <b>{name}</b> :material/bomb: $$x$$")
    assert "<b>" not in shown
    assert "](" not in shown
    assert ":material" not in shown.replace("\\:", "")


def test_heat_maps_have_fixed_colours_a_height_and_at_most_forty_cells() -> None:
    rows = [{"x": "a", "y": "b", "share": 12.0, "shown": "12"}]
    drawn = charts.heat_map(
        rows, x="x", y="y", share="share", shown="shown", xs=["a"], ys=["b"], share_title="s"
    ).to_dict()
    assert drawn["layer"][0]["encoding"]["color"]["scale"]["domain"] == [0, 100]
    assert drawn["height"] >= charts.LEAST_HEIGHT
    many = [str(i) for i in range(41)]
    with pytest.raises(ValueError, match="40 x 40"):
        charts.heat_map(rows, x="x", y="y", share="share", shown="shown", xs=many, ys=["b"], share_title="s")
    assert isinstance(
        charts.bars([{"l": "a", "v": 1, "s": "1"}], label="l", value="v", shown="s", title="t"), alt.LayerChart
    )


def luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    r, g, b = (c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    return 0.2126 * r + 0.7152 * g + 0.0722 * b


def contrast(one: str, other: str) -> float:
    a, b = sorted((luminance(one), luminance(other)))
    return (b + 0.05) / (a + 0.05)


def between(share: float) -> str:
    """The colour of a share, interpolated between the steps of the scale."""
    at = share / 100 * (len(charts.SCALE) - 1)
    low = min(int(at), len(charts.SCALE) - 2)
    pairs = [(int(charts.SCALE[low][i : i + 2], 16), int(charts.SCALE[low + 1][i : i + 2], 16)) for i in (1, 3, 5)]
    return "#" + "".join(f"{round(a + (b - a) * (at - low)):02x}" for a, b in pairs)


def test_the_number_in_a_cell_can_be_read_on_every_colour() -> None:
    for share in range(101):
        ink = charts.PAPER if share > charts.DARK_FROM else charts.BLACK
        assert contrast(ink, between(share)) >= 4.5, share


def test_the_scale_gets_darker_all_the_way() -> None:
    lights = [luminance(c) for c in charts.SCALE]
    assert lights == sorted(lights, reverse=True)


def job(state: str, left: float | None) -> Job:
    return Job("j", "p", "read", state, 0.5, "", datetime.now(UTC), None, None, left, None, None)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("state", "left", "said"),
    [
        ("queued", None, "Waiting for its turn"),
        ("running", None, "Working out"),
        ("running", 3, "A few seconds"),
        ("running", 42, "About 40 seconds"),
        ("running", 400, "About 7 minutes"),
    ],
)
def test_time_left_in_words(state: str, left: float | None, said: str) -> None:
    assert waiting.remaining(job(state, left)).startswith(said)


def test_recipients_get_stricter_and_an_open_answer_is_the_strictest() -> None:
    assert [r.k for r in RECIPIENTS] == sorted(r.k for r in RECIPIENTS)
    assert recipient("").k == RECIPIENTS[-1].k


def test_a_label_is_read_aloud_as_it_stands() -> None:
    assert in_label("marital-status") == "marital-status"
    assert in_label("pin_code") == "pin_code"
    assert in_label("_x_ [b](c) :red[y]") == "\\_x\\_ \\[b\\](c) \\:red\\[y\\]"


def test_recognizers_are_loaded_once_however_many_ask(monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[object] = []
    monkeypatch.setattr("core.detect.recognizers.checked", calls.append)
    monkeypatch.setattr(warm, "_done", set())
    threads = [threading.Thread(target=warm.detection) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(calls) == 1


def test_no_file_of_the_studio_hides_a_package() -> None:
    """Streamlit puts studio/ on the path: a `catalogue.py` there once hid the package spaCy is built on."""
    studio = Path(words.__file__).parent
    installed = set(packages_distributions()) | sys.stdlib_module_names
    assert not installed & {f.stem for f in studio.glob("*.py") if f.stem != "__init__"}


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_theme_can_be_read(theme: str) -> None:
    """WCAG AA: 4.5 for text, 3 for the edges of controls."""
    settings = Path(words.__file__).parents[1] / ".streamlit" / "config.toml"
    colours = tomllib.loads(settings.read_text())["theme"][theme]
    for ground in ("backgroundColor", "secondaryBackgroundColor"):
        assert contrast(colours["textColor"], colours[ground]) >= 7
        assert contrast(colours["linkColor"], colours[ground]) >= 4.5
        assert contrast(colours["borderColor"], colours[ground]) >= 3
    assert contrast("#ffffff", colours["primaryColor"]) >= 4.5, "the words on the main button"
    assert contrast(colours["primaryColor"], colours["backgroundColor"]) >= 3
    for name in ("red", "orange", "yellow", "green", "blue"):
        assert contrast(colours[f"{name}TextColor"], colours[f"{name}BackgroundColor"]) >= 4.5, name
