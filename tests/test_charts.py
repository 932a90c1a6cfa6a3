import re
from xml.etree import ElementTree

import pytest

from assistant.reports.charts import (
    Bar,
    ChartPart,
    Interval,
    Shift,
    Spread,
    Stack,
    ageing,
    intervals,
    ranks,
    shifts,
    spreads,
    timeline,
)

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


# Amount charts


PARTS = (ChartPart("en retard", is_alarming=True), ChartPart("à payer", is_alarming=False))
AMOUNT_CHARTS = {
    "ranks": ranks("Rangs", [Bar(HOSTILE, 3.0, "3 €"), Bar("avoir", -1.0, "-1 €")]).svg,
    "timeline": timeline("Temps", [Bar(HOSTILE, 3.0, "3 €"), Bar("b", 1.0, "1 €")], str).svg,
    "ageing": ageing("Âges", PARTS, [Stack(HOSTILE, (2.0, 1.0), "3 €")]).svg,
    "nothing": ageing("Rien", PARTS, [Stack(HOSTILE, (0.0, 0.0), "0 €")]).svg,
}

amounts_drawn = pytest.mark.parametrize("chart", AMOUNT_CHARTS.values(), ids=AMOUNT_CHARTS)


@amounts_drawn
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
