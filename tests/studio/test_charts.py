"""Numbers of a picture stay inside it, and go where they would run into one another."""

from __future__ import annotations

import pytest
import vl_convert

from studio import charts, drawn


@pytest.fixture(autouse=True)
def light(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(charts.context, "is_dark", lambda: False)


def svg(chart: charts.Chart, width: int) -> str:
    spec = {**chart.to_dict(), "width": width}
    return str(vl_convert.vegalite_to_svg(spec, vl_version=drawn._version()))


@pytest.mark.parametrize(("width", "shown"), [(700, True), (230, False)])
def test_numbers_stand_in_cells_only_where_they_fit(width: int, shown: bool) -> None:
    names = [f"c{i}" for i in range(13)]
    rows = [{"x": a, "y": b, "share": 40, "shown": "<0.1"} for a in names for b in names]
    chart = charts.heat_map(rows, x="x", y="y", share="share", shown="shown", xs=names, ys=names, share_title="in 100")
    numbers = [part for part in svg(chart, width).split("<text ")[1:] if "&lt;0.1" in part]
    assert len(numbers) == 169
    assert all(('opacity="0"' in part) is not shown for part in numbers)


def test_the_number_of_a_long_bar_stands_inside_it() -> None:
    rows = [{"label": "all", "value": 100, "shown": "10,192"}, {"label": "few", "value": 4, "shown": "408"}]
    chart = charts.bars(rows, label="label", value="value", shown="shown", title="in 100")
    anchors = {text: part for part in svg(chart, 300).split("<text ")[1:] for text in ("10,192", "408") if text in part}
    assert 'text-anchor="end"' in anchors["10,192"]
    assert 'text-anchor="start"' in anchors["408"]
