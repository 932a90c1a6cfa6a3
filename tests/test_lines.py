"""The quoted sentence that answers in a line, before the others."""

from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from assistant.answering.answer import Answer, Prominence
from assistant.answering.extraction import quotes
from assistant.answering.pipeline import Assistant
from assistant.answering.prepared import NO_ANSWERS, NearAnswers
from assistant.answering.quoted_line import line_of_quotes, lines_of_quotes
from assistant.answering.record import contract
from assistant.citations.checker import Support
from assistant.evaluation.runs import run_turn
from assistant.journal.journal import Journal
from assistant.law.sheets import disputed_figures
from assistant.question.language import Language
from assistant.retrieval.evidence import Evidence, Scope
from assistant.retrieval.ranking import LineWeights
from assistant.retrieval.retriever import Retriever
from assistant.retrieval.snapshots import SnapshotHolder
from ingestion.index.questions import LeadingQuestion, Likeness, QuestionIndex
from ingestion.index.search import Embedder
from tests.fakes import ScriptedModel
from tests.index_home import add, build_and_publish
from tests.small_index import TODAY, answering_embedder, write_code
from tests.words_tuning import words_tunings

ASKED = "À partir de quel montant l'acheteur accorde-t-il une avance ?"
LINE = "L'acheteur accorde une avance lorsque le montant initial du marché dépasse 30 000 euros."
OTHER = "Le titulaire peut la refuser par écrit avant la notification de son marché."
LONG = f"{LINE[:-1]}{', et le montant de cette avance du marché' * 8}."
SHEET = f"""---
title: Avances
etat_au: 2026-05-01
---

# Avances

## {ASKED} (art. R2191-3)

{LINE}
"""
LIKELY = LineWeights(cosine=1.0, share=1.0, bias=-0.1)


def _assistant(folder: Path, weights: LineWeights, text: str) -> Assistant:
    home = folder / "home"
    add(home, write_code(folder, [("R2191-3", ("Avances",), text, None, None)]))
    return _assistant_of(home, weights)


def _assistant_of(home: Path, weights: LineWeights) -> Assistant:
    embedder = answering_embedder()
    build_and_publish(home, embedder, partial(disputed_figures, day=TODAY))
    tuning = replace(words_tunings()[0], line=weights)
    journal, holder = Journal(home / "journal.jsonl"), SnapshotHolder(home, embedder)
    return Assistant(holder, embedder, ScriptedModel(), journal, 6, tuning=tuning)


def _answer(
    folder: Path, weights: LineWeights = LIKELY, text: str = f"{OTHER} {LINE}", asked: str = ASKED
) -> Answer:
    return run_turn(_assistant(folder, weights, text), asked, None, None).answer


def test_the_sentence_that_answers_comes_first_and_once(tmp_path: Path) -> None:
    answer = _answer(tmp_path)
    assert [(each.text, each.place) for each in answer.sentences] == [
        (LINE, Prominence.LEAD),
        (OTHER, Prominence.BODY),
    ]
    assert {(each.support, each.citations) for each in answer.sentences} == {
        (Support.VERBATIM, (1,))
    }


@pytest.mark.parametrize(
    ("weights", "text"),
    [
        (LineWeights(), LINE),
        (replace(LIKELY, bias=-2.0), LINE),
        (LIKELY, LONG),
        (LIKELY, f"{LINE[:-1]} :\n\n- de fournitures ;\n- de services."),
    ],
)
def test_what_may_not_answer_or_takes_long_to_tell_is_no_line(
    tmp_path: Path, weights: LineWeights, text: str
) -> None:
    answer = _answer(tmp_path, weights, text)
    assert answer.sentences
    assert answer.lead is None


def _with_sheet(folder: Path) -> Path:
    home, sheet = folder / "home", folder / "avances.md"
    sheet.write_text(SHEET, encoding="utf-8")
    add(home, sheet)
    return home


def test_a_sheet_has_no_line(tmp_path: Path) -> None:
    answer = run_turn(_assistant_of(_with_sheet(tmp_path), LIKELY), ASKED, None, None).answer
    assert [each.text for each in answer.sentences] == [LINE]
    assert answer.lead is None


def test_a_sheet_that_its_article_belies_is_told_and_not_quoted(tmp_path: Path) -> None:
    home, law = _with_sheet(tmp_path), LINE.replace("30 000", "20 000")
    add(home, write_code(tmp_path, [("R2191-3", ("Avances",), law, None, None)]))
    result = run_turn(_assistant_of(home, LIKELY), ASKED, None, None)
    assert [each.text for each in result.answer.sentences] == [law]
    shown = contract(result)["evidence"]
    assert [each["n"] for each in shown if each.get("disputed") == ["30 000 euros"]] == [len(shown)]


def test_the_figures_of_the_question_are_compared_with_those_of_the_line(tmp_path: Path) -> None:
    asked = "Pour un marché de 25 000 euros, l'acheteur accorde-t-il une avance ?"
    lead, compared, *_ = _answer(tmp_path, text=LINE, asked=asked).sentences
    assert (lead.text, lead.place) == (LINE, Prominence.LEAD)
    assert (compared.support, compared.place) == (Support.COMPUTED, Prominence.BODY)


def test_a_question_in_english_has_no_line_in_french(tmp_path: Path) -> None:
    assistant = _assistant(tmp_path, LIKELY, LINE)
    assert run_turn(assistant, ASKED, None, None, Language.ENGLISH).answer.lead is None


def test_the_line_is_what_answers_the_nearest_question_of_the_bank(tmp_path: Path) -> None:
    embedder = _embedder()
    found, asked = _found(tmp_path), embedder.embed_questions([ASKED])[0]
    quoted = quotes(ASKED, [found], TODAY, embedder)
    weights = LineWeights(asked=1.0, bias=0.0)
    for line in (LINE, OTHER):
        start = found.passage.start + found.passage.text.index(line)
        spans = ((start, start + len(line)),)
        bank = _bank(LeadingQuestion(ASKED, (found.passage.id,), "q", spans=spans))
        chosen = line_of_quotes(lines_of_quotes(asked, quoted, NO_ANSWERS, bank, embedder), weights)
        assert chosen is not None
        assert chosen.text == line


def test_the_line_is_near_what_the_bank_answers_nearby(tmp_path: Path) -> None:
    embedder = _embedder()
    found, asked = _found(tmp_path), embedder.embed_questions([ASKED])[0]
    quoted = quotes(ASKED, [found], TODAY, embedder)
    weights = LineWeights(central=1.0, bias=0.0)
    for line in (LINE, OTHER):
        alike = (Likeness(LeadingQuestion(ASKED, (found.passage.id,), "q", line), 1.0),)
        near = NearAnswers(alike, alike, tuple(embedder.embed_passages([line])))
        bank = _bank(LeadingQuestion(ASKED, ("elsewhere",), "q"))
        lines = lines_of_quotes(asked, quoted, near, bank, embedder)
        chosen = line_of_quotes(lines, weights)
        assert chosen is not None
        assert chosen.text == line


def test_questions_lead_to_a_passage_each_in_its_nearest_wording() -> None:
    bank = _bank(
        LeadingQuestion("Quel délai de paiement ?", ("a",), "1"),
        LeadingQuestion("Sous combien de jours paie une commune ?", ("a", "b"), "2"),
        LeadingQuestion("Quel délai pour payer ?", ("a",), "1"),
        LeadingQuestion("Quel délai pour payer une commune ?", ("b",), "3"),
    )
    [asked] = _embedder().embed_questions(["Quel délai pour payer ?"])
    found = bank.leading_to("a", asked)
    assert [(each.question.of, each.question.text) for each in found] == [
        ("1", "Quel délai pour payer ?"),
        ("2", "Sous combien de jours paie une commune ?"),
    ]
    assert found[0].cosine > found[1].cosine
    assert bank.leading_to("c", asked) == []


def _found(folder: Path) -> Evidence:
    """The article whose two sentences are quoted."""
    snapshot = _assistant(folder, LIKELY, f"{OTHER} {LINE}").generation
    [found] = Retriever(snapshot, _embedder()).retrieve(ASKED, Scope(TODAY), 6)
    return found


def _embedder() -> Embedder:
    return answering_embedder()


def _bank(*questions: LeadingQuestion) -> QuestionIndex:
    return QuestionIndex(questions, _embedder().embed_questions([each.text for each in questions]))
