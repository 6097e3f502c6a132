"""Step 4 in a real browser on sdcMicro's testdata: a click on a heat map, a row explained, a picture taken along."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from core.jobs import Work
from core.recipe import Recipe
from core.store import Actor, open_store
from core.work import read
from tests.browser.conftest import Studio
from tests.browser.person import Person
from tests.shared import shared

pytestmark = pytest.mark.browser
KNOWN = ("urbrur", "roof", "walls", "water", "electcon", "relat", "sex")
CELL = (0.56, 0.677)
"""Where relat with water stands in the heat map of seven columns, as shares of its width and height."""


class Here(Work):
    def progress(self, share: float, doing: str = "") -> None:
        """Nobody watches."""


@pytest.fixture
def number(studio: Studio, monkeypatch: pytest.MonkeyPatch) -> str:
    """A project with roles, made in the studio's own folder without a walk through the first pages."""
    monkeypatch.setenv("STUDIO_DATA", str(studio.data))
    monkeypatch.setenv("STUDIO_MASTER_KEY_FILE", str(studio.data.parent / "master.key"))
    store, who = open_store(), Actor("owner")
    made = store.create_project(who, "testdata", recipient="researchers")
    store.put(who, made.id, "source", shared("data/sdcmicro/testdata.csv"))
    store.change_project(who, made.id, source_name="testdata.csv")
    read(Here(store, who, made.id, {"answers": {}}, "here"))
    roles = {**dict.fromkeys(KNOWN, "quasi_identifier"), "sampling_weight": "weight", "ori_hid": "household"}
    store.save_recipe(who, made.id, Recipe.from_data({"roles": roles}).data(), "start")
    store.close()
    return made.id


def test_a_click_counts_only_the_people_behind_the_cell(
    person: Callable[..., Person], number: str, tmp_path: Path
) -> None:
    asha = person(width=1280)
    asha.open(f"/risk?project={number}")
    asha.sees("157 of 4,580 rows share their combination")
    chart = asha.page.get_by_test_id("stVegaLiteChart").first
    chart.scroll_into_view_if_needed()
    box = chart.bounding_box()
    assert box is not None
    asha.page.mouse.click(box["x"] + box["width"] * CELL[0], box["y"] + box["height"] * CELL[1])
    asha.sees("6 people")
    asha.settled()
    asha.sees("All people are alone or share their combination with just one other.")
    asha.shot("risk-clicked")
    asha.is_accessible()
    asha.press("Count everybody again")
    asha.sees("6 in 100 people are alone")
    asha.page.get_by_role("radio", name="Why does one row stand out?").click()
    asha.sees("What would hide it among at least 5")
    asha.shot("risk-row")
    asha.is_accessible()
    asha.page.get_by_text("The same numbers as a table, and the picture").first.click()
    with asha.page.expect_download() as taken:
        asha.page.get_by_role("button", name="Take the picture (PNG)").first.click()
    taken.value.save_as(tmp_path / "pairs.png")
    assert (tmp_path / "pairs.png").read_bytes().startswith(b"\x89PNG")
    asha.kept_to_the_house()
    small = person(width=390, scheme="dark")
    small.open(f"/risk?project={number}")
    small.sees("Take a closer look")
    small.shot("risk")
    small.is_accessible()
    small.does_not_scroll_sideways()
    small.kept_to_the_house()
