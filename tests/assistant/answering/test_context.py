"""A list of an article that is cut between passages, quoted with what the cut took."""

from pathlib import Path

import pytest

from assistant.answering.answer import Sentence
from assistant.citations.checker import Support
from assistant.journal.journal import journal_of
from tests.support.small_index import assistant_over, home_of_law, result_of

CASES = [
    f"{number}° Lorsque le besoin relève du cas {number}, que décrit la présente liste en des "
    f"termes assez longs pour que l'article ne tienne pas dans un seul passage, {word}"
    for number, word in enumerate(["plan ;"] * 12 + ["télescope."], 1)
]
LISTED = "\n".join(["L'acheteur peut négocier dans les cas suivants :", *CASES])


@pytest.fixture(scope="module")
def listed_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return home_of_law(tmp_path_factory.mktemp("listed"), {"R2124-3": LISTED})


def _quoted(home: Path, tmp_path: Path, question: str) -> list[Sentence]:
    """The sentences of an answer that are words of the texts."""
    answer = result_of(assistant_over(home, journal_of(tmp_path)).ask(question)).answer
    return [each for each in answer.sentences if each.support is Support.VERBATIM]


def test_an_item_is_quoted_below_its_lead_that_stands_in_another_passage(
    listed_home: Path, tmp_path: Path
) -> None:
    lead, *items = _quoted(listed_home, tmp_path, "Un télescope relève-t-il d'un cas ?")
    assert lead.text == "L'acheteur peut négocier dans les cas suivants :"
    assert items[0].text.endswith(CASES[-1])
    assert lead.citations != items[0].citations


def test_a_list_that_is_quoted_from_its_lead_is_quoted_to_its_end(
    listed_home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("assistant.answering.quoted_passages.CLOSE", 1.0)
    asked = "L'acheteur peut-il négocier lorsque le besoin relève d'un plan ?"
    said = [each.text for each in _quoted(listed_home, tmp_path, asked)]
    assert "\n".join(said) == LISTED
