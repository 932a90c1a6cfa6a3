import re
from xml.etree import ElementTree

import pytest

from assistant.reports.charts import Bar, ChartPart, Stack, ageing, ranks, timeline

SVG = "{http://www.w3.org/2000/svg}"
HOSTILE = '<b>$x^2$</b> & "co"'
PARTS = (ChartPart("en retard", is_alarming=True), ChartPart("à payer", is_alarming=False))
CHARTS = {
    "ranks": ranks("Rangs", [Bar(HOSTILE, 3.0, "3 €"), Bar("avoir", -1.0, "-1 €")]).svg,
    "timeline": timeline("Temps", [Bar(HOSTILE, 3.0, "3 €"), Bar("b", 1.0, "1 €")], str).svg,
    "ageing": ageing("Âges", PARTS, [Stack(HOSTILE, (2.0, 1.0), "3 €")]).svg,
    "nothing": ageing("Rien", PARTS, [Stack(HOSTILE, (0.0, 0.0), "0 €")]).svg,
}

drawn = pytest.mark.parametrize("chart", CHARTS.values(), ids=CHARTS)


@drawn
def test_a_chart_says_its_rows_in_text_and_in_the_colours_of_the_page(chart: str) -> None:
    root = ElementTree.fromstring(chart)
    assert HOSTILE in [text.text for text in root.iter(f"{SVG}text")]
    described = {child.get("id"): child.text for child in root if child.tag != f"{SVG}defs"}
    _, rows = (described[name] for name in str(root.get("aria-labelledby")).split())
    assert str(rows).startswith(f"{HOSTILE} : ")
    assert root.get("width") is None
    assert not re.search(r"(?<=[ :])#[0-9a-f]{6}", chart)


def _widths(chart: str, colour: str) -> list[float]:
    """How wide the bars of a colour are."""
    found = []
    for path in ElementTree.fromstring(chart).iter(f"{SVG}path"):
        if f"fill: var(--{colour})" in (path.get("style") or ""):
            across = [float(each) for each in path.get("d", "").split() if each[0].isdigit()][::2]
            found.append(max(across) - min(across))
    return found


def test_bars_are_as_long_as_their_values() -> None:
    long, short = _widths(ranks("Rangs", [Bar("a", 3.0, ""), Bar("b", 1.0, "")]).svg, "accent")
    assert long == pytest.approx(3 * short, rel=1e-3)


def test_what_is_late_has_a_colour_of_its_own() -> None:
    chart = ageing("Âges", PARTS, [Stack("a", (2.0, 1.0), "3 €")]).svg
    late, key = _widths(chart, "alert")
    left, _ = _widths(chart, "accent")
    assert late == pytest.approx(2 * left, rel=1e-3)
    assert key < left


def test_a_timeline_names_at_most_seven_periods() -> None:
    bars = [Bar(f"2026-{month:02}", float(month), "") for month in range(1, 25)]
    texts = [
        text.text or ""
        for text in ElementTree.fromstring(timeline("T", bars, str).svg).iter(f"{SVG}text")
    ]
    assert sum(text.startswith("2026-") for text in texts) == 6
