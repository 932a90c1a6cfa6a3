"""Every entry of corpus/premisses.toml is proved on its own examples, our sheets and the code."""

import json
import re
import tomllib
from collections.abc import Callable
from datetime import date
from functools import cache
from typing import Any
from unicodedata import normalize

import pytest

from assistant.answering.premises import (
    Premise,
    ground,
    is_near,
    premise_of,
    premises,
    statement,
)
from assistant.citations.checker import Support, check_sentence
from assistant.question.language import Language
from assistant.retrieval.evidence import Evidence
from ingestion.chunking.passages import Passage, passages_of
from ingestion.documents.document import Kind
from ingestion.index.question_bank import read_bank
from ingestion.library.corpus import CORPUS
from tests.support.passage_texts import article_of
from tests.support.paths import DATA
from tests.support.question_lists import read_lists
from tests.support.reading_files import read
from tests.support.shared_texts import code_texts

DAY = date(2026, 8, 23)
FIGURE = re.compile(r"\d+(?: \d{3})*")

RIGHTLY_HEARD = {
    "Combien d'années peut durer un marché de services ?",
    "Combien de temps peut durer un marché ?",
    "Quel délai minimal pour remettre une offre en procédure adaptée ?",
}
"""Questions of our own whose answer is that the code sets no such figure."""

ENTRIES: list[dict[str, Any]] = tomllib.loads(
    (CORPUS / "premisses.toml").read_text(encoding="utf-8")
)["premise"]
(BESIDE,) = read_lists("premises_beside.txt")
NAMES = [entry["name"] for entry in ENTRIES]


@cache
def _sheets() -> tuple[Passage, ...]:
    return tuple(
        passage
        for path in sorted((CORPUS / "fiches").glob("*.md"))
        for passage in passages_of(read(path.read_bytes(), path.name, Kind.RULES))
    )


@cache
def _code() -> tuple[Passage, ...]:
    return tuple(article_of(*article) for article in code_texts().items())


def _found(*articles: str) -> list[Evidence]:
    passages = [article_of(each, "Un délai de onze jours est respecté.") for each in articles]
    return [Evidence(number, each, 0.1, "0" * 64) for number, each in enumerate(passages, 1)]


def _premise(name: str) -> Premise:
    return premises()[NAMES.index(name)]


def _digits(text: str) -> set[str]:
    return set(FIGURE.findall(normalize("NFKC", text)))


@pytest.mark.parametrize("entry", ENTRIES, ids=NAMES)
def test_a_question_that_rests_on_a_premise_shows_it_and_its_neighbour_does_not(
    entry: dict[str, Any],
) -> None:
    assert len(entry["rests"]) >= 2
    for question in entry["rests"]:
        heard = premise_of(question)
        assert heard is not None, question
        assert heard.name == entry["name"], question
    assert premise_of(entry["near"]) is None


@pytest.mark.parametrize("question", [question for question, _ in BESIDE])
def test_what_only_has_words_of_a_premise_is_answered(question: str) -> None:
    heard = premise_of(question)
    assert heard is None, heard.name


def test_a_premise_is_hardly_ever_heard_in_what_another_article_answers() -> None:
    asked = [(wording, each.article) for each in read_bank() for wording in each.asked]
    heard = [(premise_of(wording), article) for wording, article in asked]
    others = [one for one, article in heard if one and not is_near(one, _found(article))]
    assert len(others) < len(asked) / 2000


@pytest.mark.parametrize("entry", ENTRIES, ids=NAMES)
def test_spelling_does_not_hide_a_premise(entry: dict[str, Any]) -> None:
    for question in entry["rests"]:
        for written in (
            question.upper(),
            normalize("NFD", question),
            question.replace("'", "’").replace(" ?", "\u00a0?"),
        ):
            heard = premise_of(written)
            assert heard is not None, written
            assert heard.name == entry["name"]


@pytest.mark.parametrize("indexed", [_sheets, _code], ids=["sheets", "code"])
@pytest.mark.parametrize("name", NAMES)
def test_the_texts_of_august_2026_carry_every_correction(
    name: str, indexed: Callable[[], tuple[Passage, ...]]
) -> None:
    premise = _premise(name)
    passage = ground(premise, indexed())
    assert passage is not None
    draft = statement(premise, Evidence(1, passage, 0.0, "0" * 64), DAY)
    assert draft is not None
    assert passage.text[draft.start : draft.end] == draft.text
    assert check_sentence(draft.text, [passage.text]).support is Support.VERBATIM
    for language in Language:
        assert _digits(premise.correction[language]) <= _digits(draft.text)


@pytest.mark.parametrize("name", NAMES)
def test_a_correction_is_a_sentence_in_both_languages(name: str) -> None:
    for sentence in _premise(name).correction.values():
        assert sentence.endswith(".")
        assert 60 < len(sentence) < 260
        assert sentence.count(". ") == 0


def test_names_are_not_used_twice() -> None:
    assert len(set(NAMES)) == len(NAMES) >= 60


def test_a_premise_is_not_corrected_once_the_text_has_changed() -> None:
    premise = _premise("standstill of an adapted procedure")
    still = "Pour les marchés passés selon une procédure formalisée, un délai de onze jours est dû."
    changed = article_of("R2182-1", "Un délai de onze jours est respecté avant la signature.")
    assert ground(premise, [article_of("R2182-1", still)])
    assert ground(premise, [changed]) is None
    assert ground(premise, [article_of("R2182-2", still)]) is None
    assert statement(premise, Evidence(1, changed, 0.0, "0" * 64), DAY) is None


@pytest.mark.parametrize(
    ("name", "found", "expected"),
    [
        ("standstill of an adapted procedure", ["R2181-1", "R2181-3", "R2182-1"], True),
        ("standstill of an adapted procedure", ["L2182-1"], True),
        ("standstill of an adapted procedure", ["R2181-1", "R2181-3", "R2183-1", "R2182-1"], False),
        ("standstill of an adapted procedure", [], False),
        ("housing offices are no local authority", ["R2181-1", "L2191-7"], True),
        ("housing offices are no local authority", ["R2131-12"], True),
        ("housing offices are no local authority", ["R2100-1", "R2132-1", "L2192-1"], False),
        ("housing offices are no local authority", ["L1", "L2", "L3", "R2191-3"], False),
    ],
)
def test_what_corrects_a_premise_or_its_chapter_is_among_the_first_that_were_found(
    name: str, found: list[str], expected: bool
) -> None:
    assert is_near(_premise(name), _found(*found)) is expected


def test_a_sheet_does_not_speak_for_an_article_that_is_there_and_has_changed() -> None:
    premise = _premise("standstill of an adapted procedure")
    sheets = [sheet for sheet in _sheets() if "R2182-1" in sheet.references]
    changed = article_of("R2182-1", "Un délai de onze jours est respecté avant la signature.")
    assert ground(premise, sheets)
    assert ground(premise, [*sheets, changed]) is None


def _asked(name: str) -> list[str]:
    lines = (DATA / name).read_text(encoding="utf-8").splitlines()
    rows = [json.loads(line) for line in lines]
    return [row["question"] for row in rows if not row["attendu_refus"]]


@pytest.mark.parametrize("name", ["questions_execution.jsonl", "questions_passation.jsonl"])
def test_no_premise_is_heard_in_the_questions_that_have_an_answer(name: str) -> None:
    heard = {question for question in _asked(name) if premise_of(question)}
    assert heard <= RIGHTLY_HEARD


def test_no_premise_is_heard_in_the_questions_of_the_sheets() -> None:
    headings = {sheet.headings[-1].partition(" (art.")[0] for sheet in _sheets() if sheet.headings}
    asked = {heading for heading in headings if heading.endswith("?")}
    assert len(asked) > 500
    assert {question for question in asked if premise_of(question)} <= RIGHTLY_HEARD
