from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from assistant.reports.evaluation import report
from tests.support.graded import ABSTAINED, answer_of, evaluation_of, graded_of, question_of
from tests.support.page_server import chromium


@pytest.fixture
def page(tmp_path: Path) -> Iterator[Page]:
    """The report of three questions on each of two themes, two of them wrong."""
    right = answer_of("Trente jours.")
    graded = [
        graded_of(question_of((("trente",),), name=f"{theme}-{n}", theme=theme), answer)
        for theme in ("Avances", "Offres")
        for n, answer in enumerate((right, ABSTAINED, ABSTAINED))
    ]
    path = tmp_path / "report.html"
    path.write_text(report(evaluation_of(graded)), encoding="utf-8")
    problems: list[str] = []
    with chromium() as browser:
        page = browser.new_page()
        page.on("console", lambda line: problems.append(line.text))
        page.on("pageerror", lambda error: problems.append(str(error)))
        page.goto(path.as_uri())
        yield page
    assert problems == []


def test_the_filter_shows_a_theme_and_a_result(page: Page) -> None:
    shown = page.locator("[data-theme]:visible")
    expect(shown).to_have_count(6)
    page.get_by_role("combobox", name="Thème").select_option("Avances")
    expect(shown).to_have_count(3)
    page.get_by_role("combobox", name="Résultat").select_option("Refus à tort")
    expect(shown).to_have_count(2)
    expect(page.locator("output")).to_have_text("2 questions")
    page.get_by_role("combobox", name="Thème").select_option("")
    expect(shown).to_have_count(4)


def test_nothing_is_wider_than_a_phone(page: Page) -> None:
    page.set_viewport_size({"width": 390, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth") == 390
