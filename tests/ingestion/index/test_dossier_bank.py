import json
import re
from collections import Counter
from dataclasses import asdict
from functools import cache
from pathlib import Path

import pytest

from ingestion.encoders.lessons import lessons_of_dossier
from ingestion.errors import IngestionError
from ingestion.index.dossier_bank import (
    ANSWERED,
    HELD_OUT,
    UNANSWERED,
    BankDossier,
    DossierQuestion,
    LackingClause,
    UnansweredDossierQuestion,
    asked_of_dossiers,
    read_dossiers,
)
from ingestion.index.question_bank import Form, HasAnswer, Style
from tests.studies.asked_of_dossiers import read_asked

SIDES = {Form.YES: "oui", Form.YES_IF: "oui", Form.NO: "non", Form.NO_UNLESS: "non"}
DELAY = DossierQuestion(
    "ecole-001", "J'ai combien de temps ?", "CCAP", ("Le délai est de six mois.",),
    Form.DELAY, Style.SHORT, "Six mois.", ("C'est quoi le délai ?",),
)  # fmt: skip


def _written(folder: Path, question: DossierQuestion = DELAY) -> BankDossier:
    dossier = folder / "ecole"
    dossier.mkdir()
    (dossier / "CCAP.md").write_text(
        "# CCAP\n\n## 3 – Durée\n\nLe délai est de six mois. Il court."
    )
    unanswered = UnansweredDossierQuestion(
        "ecole-sans-01", "Qui gagne ?", "CCAP", LackingClause.LATER
    )
    (dossier / ANSWERED).write_text(json.dumps(asdict(question)) + "\n")
    (dossier / UNANSWERED).write_text(json.dumps(asdict(unanswered)) + "\n")
    [read] = read_dossiers(folder)
    return read


def test_what_stands_in_files_is_read(tmp_path: Path) -> None:
    dossier = _written(tmp_path)
    assert dossier.name == "ecole"
    assert dossier.questions == (DELAY,)
    assert [each.lacking for each in dossier.unanswered] == [LackingClause.LATER]
    [(start, end)] = dossier.spans(DELAY)
    assert dossier.piece("CCAP").text[start:end] == "Le délai est de six mois."
    [lesson] = lessons_of_dossier(dossier)
    assert lesson.wordings == ("J'ai combien de temps ?", "C'est quoi le délai ?")
    assert "Le délai est de six mois." in lesson.passage


def test_what_a_dossier_leaves_open_leads_nowhere(tmp_path: Path) -> None:
    _written(tmp_path)
    assert [(each.text, each.passage_ids) for each in asked_of_dossiers(tmp_path)] == [
        ("J'ai combien de temps ?", ("ecole",)),
        ("Qui gagne ?", ()),
    ]
    (tmp_path / "ecole").rename(tmp_path / min(HELD_OUT))
    assert asked_of_dossiers(tmp_path) == ()


def test_a_line_that_is_no_question_is_named(tmp_path: Path) -> None:
    _written(tmp_path)
    with (tmp_path / "ecole" / "questions.jsonl").open("a") as file:
        file.write("{}\n")
    with pytest.raises(IngestionError, match=r"questions\.jsonl, ligne 2"):
        read_dossiers(tmp_path)


# What stands in the bank.


@cache
def _bank() -> tuple[BankDossier, ...]:
    return read_dossiers()


def test_dossiers_held_out_are_never_learnt_from() -> None:
    assert {each.name for each in _bank() if not lessons_of_dossier(each)} == HELD_OUT


def test_each_question_stands_once() -> None:
    asked = [(each.id, each.question) for dossier in _bank() for each in dossier.questions]
    asked += [(each.id, each.question) for dossier in _bank() for each in dossier.unanswered]
    for said in ([name for name, _ in asked], [question.casefold() for _, question in asked]):
        assert [each for each, count in Counter(said).items() if count > 1] == []


def test_the_answering_words_stand_once_in_their_piece() -> None:
    for dossier in _bank():
        for question in dossier.questions:
            text = dossier.piece(question.piece).text
            assert [text.count(quote) for quote in question.quotes] == [1] * len(question.quotes)
        for unanswered in dossier.unanswered:
            assert dossier.piece(unanswered.piece)


def test_each_lead_is_short_and_says_its_side_first() -> None:
    questions = [each for dossier in _bank() for each in dossier.questions]
    assert [each.id for each in questions if len(each.lead.split()) > 27] == []
    sided = [each for each in questions if each.form in SIDES]
    assert [e.id for e in sided if not e.lead.casefold().startswith(SIDES[e.form])] == []


def test_what_readers_pointed_at_stands_in_its_piece() -> None:
    pieces = {dossier.name: dossier for dossier in _bank()}
    for asked in read_asked():
        if asked.answered is HasAnswer.NO:
            assert (asked.piece, asked.words) == ("", "")
        else:
            assert asked.words
            assert asked.words in pieces[asked.dossier].piece(asked.piece).text


def test_a_question_is_judged_once_for_a_dossier() -> None:
    asked, names = read_asked(), {each.name for each in _bank()}
    counts = Counter((each.dossier, each.question) for each in asked)
    assert [each for each, count in counts.items() if count > 1] == []
    assert {each.asked_of for each in asked} == {"", *names}
    assert not [each.question for each in asked if each.asked_of == each.dossier]
    assert all(each.author or each.asked_of for each in asked), "the bank asks its own elsewhere"


def test_questions_are_not_in_the_words_of_their_piece() -> None:
    for dossier in _bank():
        runs = {Path(each.source).stem: _runs(each.text) for each in dossier.pieces}
        asked = [(each, said) for each in dossier.questions for said in each.asked]
        assert [said for each, said in asked if _runs(said) & runs[each.piece]] == []


def _runs(text: str) -> set[tuple[str, ...]]:
    """Every six words that follow one another."""
    words = re.findall(r"\w+", text.casefold())
    return {tuple(words[place : place + 6]) for place in range(len(words) - 5)}
