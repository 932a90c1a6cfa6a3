"""The constants of the review, against our sheets and the real articles."""

import json
import os
import re
import tomllib
from collections.abc import Iterable
from datetime import date
from pathlib import Path

import pytest

from assistant.calculators.constants import Constant, constants
from ingestion.legislation.references import find_references
from ingestion.library.library import CORPUS

SHARED = Path(os.environ.get("SOURCIER_SHARED") or Path(__file__).parents[2] / "shared")
ARTICLES = SHARED / "data" / "law" / "ccp_articles.jsonl"
CCAG = SHARED / "data" / "law" / "ccag_fcs_art14_extrait.md"
DAY = date(2026, 11, 24)
TABLE = tomllib.loads((CORPUS / "constantes/conformite.toml").read_text("utf-8"))
NAMES = [row["name"] for row in TABLE["constant"]]


@pytest.fixture(scope="module")
def law() -> dict[str, str]:
    """The real texts by reference."""
    if not ARTICLES.exists():
        pytest.skip("no ../shared: the real articles are absent")
    rows = map(json.loads, ARTICLES.read_text("utf-8").splitlines())
    return {row["num"]: row["texte"] for row in rows} | {"CCAG-FCS 14.1.2": CCAG.read_text("utf-8")}


def _sheets(constant: Constant) -> list[str]:
    """The sections of our sheets whose heading names the article of a constant."""
    texts = [path.read_text("utf-8") for path in sorted((CORPUS / "fiches").glob("*.md"))]
    sections = [each for text in texts for each in re.split(r"^## ", text, flags=re.M)[1:]]
    return [
        each
        for each in sections
        if constant.article in {found.key for found in find_references(each.partition("\n")[0])}
    ]


def _statement(constant: Constant, texts: Iterable[str]) -> str:
    """The words that state a constant; fails when there are none."""
    for text in texts:
        if found := constant.found_in(text, DAY):
            return text[found.start : found.end]
    pytest.fail(f"no text states « {constant.name} »")


@pytest.mark.parametrize("name", NAMES)
def test_our_sheets_state_it(name: str) -> None:
    assert _statement(constants()[name], _sheets(constants()[name]))


@pytest.mark.parametrize("name", NAMES)
def test_the_real_text_states_it(name: str, law: dict[str, str]) -> None:
    assert _statement(constants()[name], [law[constants()[name].article]])


@pytest.mark.parametrize("name", NAMES)
def test_a_text_that_says_otherwise_does_not_state_it(name: str) -> None:
    constant = constants()[name]
    statement = _statement(constant, _sheets(constant))
    otherwise = re.sub(r"\d+|quatre|huit", "77", statement) if constant.values else "Rien."
    assert constant.found_in(otherwise, DAY) is None
