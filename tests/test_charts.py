import re
from xml.etree import ElementTree

import pytest

from assistant.reports.charts import Interval, Shift, Spread, intervals, shifts, spreads

SVG = "{http://www.w3.org/2000/svg}"
HOSTILE = '<b>$x^2$</b> & "co"'
CHARTS = {
    "intervals": intervals("Mesures", [Interval(HOSTILE, 0.2, 0.5, 0.8, "50 %")] * 3).svg,
    "shifts": shifts("Écarts", [Shift(HOSTILE, 0.2, 0.5, "20 % → 50 %")]).svg,
    "spreads": spreads("Délais", [Spread(HOSTILE, (0.0, 0.1, 3.5), 0.1, 3.5, "p50 0,1 s")]).svg,
}

drawn = pytest.mark.parametrize("chart", CHARTS.values(), ids=CHARTS)


def _texts(chart: str) -> list[str]:
    return [text.text or "" for text in ElementTree.fromstring(chart).iter(f"{SVG}text")]


@drawn
def test_a_chart_is_well_formed_and_its_text_is_text(chart: str) -> None:
    texts = _texts(chart)
    assert HOSTILE in texts
    assert any("%" in text or " s" in text for text in texts)


@drawn
def test_a_chart_says_what_it_shows(chart: str) -> None:
    root = ElementTree.fromstring(chart)
    assert root.get("role") == "img"
    said = {child.get("id"): child.text for child in root if child.tag != f"{SVG}defs"}
    title, rows = (said[name] for name in str(root.get("aria-labelledby")).split())
    assert title in {"Mesures", "Écarts", "Délais"}
    assert str(rows).startswith(HOSTILE)


@drawn
def test_a_chart_fits_any_width_and_any_colours(chart: str) -> None:
    root = ElementTree.fromstring(chart)
    assert root.get("width") is None
    assert root.get("viewBox")
    assert "var(--accent)" in chart
    assert not re.search(r"(?<=[ :])#[0-9a-f]{6}", chart)
    assert "<style" not in chart


def test_charts_of_one_page_share_no_name() -> None:
    names = [
        {each.get("id") for each in ElementTree.fromstring(chart).iter() if each.get("id")}
        for chart in CHARTS.values()
    ]
    assert all(names)
    assert len(set.union(*names)) == sum(map(len, names))


def test_the_same_chart_is_the_same_bytes() -> None:
    rows = [Interval("a", 0.2, 0.5, 0.8, "50 %")]
    assert intervals("Mesures", rows).svg == intervals("Mesures", rows).svg


def test_rows_are_from_top_to_bottom_and_long_labels_keep_both_ends() -> None:
    rows = [Interval(f"{n}{'x' * 60}{n}", 0.2, 0.5, 0.8, "50 %") for n in range(3)]
    root = ElementTree.fromstring(intervals("Mesures", rows).svg)
    labels = {
        text.text: float(str(text.get("y")))
        for text in root.iter(f"{SVG}text")
        if "x" in str(text.text)
    }
    assert [f"{label}"[0] + f"{label}"[-1] for label in labels] == ["00", "11", "22"]
    assert list(labels.values()) == sorted(labels.values())
    assert all(len(str(label)) < 40 for label in labels)
