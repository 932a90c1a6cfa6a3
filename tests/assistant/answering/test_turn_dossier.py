"""Whole turns about a dossier."""

import json
import shutil
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from assistant.answering.answer import Outcome
from assistant.answering.pipeline import Assistant
from assistant.citations.checker import Support
from assistant.journal.journal import Journal
from assistant.question.day import DaySource
from assistant.question.language import Language
from assistant.retrieval.tuning import ClauseWeights, Refusal, default_tuning
from ingestion.index.questions import LeadingQuestion, QuestionIndex
from ingestion.tenders.dossiers import Dossier, Dossiers
from tests.support.fakes import WordReader
from tests.support.small_index import (
    ASKED,
    DOSSIER,
    TODAY,
    answering_embedder,
    assistant_over,
    result_of,
)

PENALTY = "Un retard de livraison d'une seule borne donne-t-il lieu à une pénalité ?"


def test_a_day_named_in_a_question_about_a_dossier_is_not_that_of_the_law(
    assistant: Assistant,
) -> None:
    question = "Quelle pénalité pour un retard de livraison le 15 mars 2026 ?"
    result = result_of(assistant.ask(question, dossier=DOSSIER))
    assert result.route == "dossier"
    assert (result.as_of, result.day_source) == (TODAY, DaySource.TODAY)


def test_a_question_about_a_piece_stays_with_the_rules_and_proposes_the_dossier(
    assistant: Assistant,
) -> None:
    result = result_of(assistant.ask("Que dit l'article 12 du CCAP des pénalités ?"))
    assert (result.route, result.dossier) != ("dossier", DOSSIER)
    assert result.dossier is None
    assert [each.id for each in result.proposed] == [DOSSIER]
    assert not any(item.passage.dossier for item in result.evidence)


def test_a_dossier_is_answered_for_its_own_people(assistant: Assistant) -> None:
    question = "Quelle pénalité pour un retard de livraison ?"
    inside = result_of(assistant.ask(question, as_of=TODAY, dossier=DOSSIER))
    assert (inside.route, inside.dossier) == ("dossier", DOSSIER)
    assert inside.dossier_generation not in ("", inside.generation)
    assert "150 euros" in inside.answer.markdown
    outside = result_of(assistant.ask(question, as_of=TODAY))
    assert "150 euros" not in json.dumps(
        [item.passage.text for item in outside.evidence] + [outside.answer.markdown]
    )


@pytest.mark.parametrize(
    ("enough", "sure", "language", "asked", "has_line"),
    [
        (1, -99.0, Language.FRENCH, PENALTY, True),
        (9, -99.0, Language.FRENCH, PENALTY, False),
        (1, 99.0, Language.FRENCH, PENALTY, False),
        (1, -99.0, Language.ENGLISH, PENALTY, False),
        (1, -99.0, Language.FRENCH, f"{PENALTY[:-2]}, et qui livre les bornes ?", False),
    ],
)
def test_in_a_dossier_the_sentence_that_surely_answers_is_the_line(
    small_home: Path,
    journal: Journal,
    enough: int,
    sure: float,
    language: Language,
    asked: str,
    has_line: bool,
) -> None:
    tuning = replace(
        default_tuning(),
        clause=ClauseWeights(reading=1.0, bias=0.0),
        refusal={**default_tuning().refusal, "dossier read": Refusal(refused=-99.0, sure=sure)},
    )
    assistant = assistant_over(small_home, journal, tuning=tuning, reader=WordReader(enough))
    answer = result_of(assistant.ask(asked, language=language, dossier=DOSSIER)).answer
    assert answer.sentences
    assert (answer.lead is not None) is has_line
    if answer.lead is not None:
        assert answer.lead.support is Support.VERBATIM
        assert "150 euros" in answer.lead.text


@pytest.mark.parametrize("is_open", [True, False])
def test_what_dossiers_leave_open_has_no_line_in_one(
    small_home: Path, journal: Journal, monkeypatch: pytest.MonkeyPatch, is_open: bool
) -> None:
    texts, answered = ("Que faut-il remettre ?", PENALTY), ((), ("ecole",))
    known = [
        LeadingQuestion(texts[0], answered[is_open]),
        LeadingQuestion(texts[1], answered[not is_open]),
    ]
    asked = QuestionIndex(tuple(known), answering_embedder().embed_questions(texts))
    monkeypatch.setattr(
        "assistant.answering.reading.questions_of_dossiers", lambda name, dimension: asked
    )
    tuning = replace(
        default_tuning(),
        clause=ClauseWeights(unanswered=-1.0, bias=0.0),
        refusal={**default_tuning().refusal, "dossier read": Refusal(refused=-99.0, sure=-99.0)},
    )
    assistant = assistant_over(small_home, journal, tuning=tuning, reader=WordReader(1))
    answer = result_of(assistant.ask(PENALTY, dossier=DOSSIER)).answer
    assert (answer.lead is None) is is_open


def test_a_question_that_dossiers_leave_open_is_refused_in_one(
    small_home: Path, journal: Journal, monkeypatch: pytest.MonkeyPatch
) -> None:
    question, embedder = "Quelle pénalité pour un retard de livraison ?", answering_embedder()
    texts = ("Que faut-il remettre ?", question)
    known = [LeadingQuestion(texts[0], ("ecole",)), LeadingQuestion(texts[1], ())]
    left_open = QuestionIndex(tuple(known), embedder.embed_questions(texts))
    monkeypatch.setattr(
        "assistant.answering.reading.questions_of_dossiers", lambda name, dimension: left_open
    )
    weights = Refusal(refused=-1.0, sure=-0.3, unanswered=-10.0)
    tuning = replace(default_tuning(), refusal={**default_tuning().refusal, "dossier": weights})
    assistant = assistant_over(small_home, journal, tuning=tuning)
    refused = result_of(assistant.ask(question, as_of=TODAY, dossier=DOSSIER))
    assert refused.answer.outcome is Outcome.ABSTAINED
    assert "dans les pièces de ce dossier" in refused.answer.notice
    of_the_rules = result_of(assistant.ask(ASKED, as_of=TODAY))
    assert of_the_rules.answer.outcome is Outcome.ANSWERED


def test_a_dossier_is_answered_by_the_law_of_the_day_its_notice_was_sent(
    small_home: Path, tmp_path: Path, journal: Journal
) -> None:
    home = shutil.copytree(small_home, tmp_path / "home")
    assistant = assistant_over(home, journal)

    def asked(dossier: str | None, as_of: date | None = None) -> tuple[date, DaySource, str]:
        question = "Sous quel montant accorder une avance (art. R2191-3) ?"
        result = result_of(assistant.ask(question, dossier=dossier, as_of=as_of))
        shown = " ".join(item.passage.text for item in result.evidence)
        assert ("30 000 euros" in shown) is not ("50 000 euros" in shown)
        return result.as_of, result.day_source, "50" if "50 000 euros" in shown else "30"

    assert asked(DOSSIER) == (TODAY, DaySource.TODAY, "30")
    sent = date(2026, 3, 10)
    Dossiers(home).describe(Dossier(DOSSIER, sent=sent))
    assert asked(DOSSIER) == (sent, DaySource.DOSSIER, "50")
    assert asked(DOSSIER, TODAY) == (TODAY, DaySource.GIVEN, "30")
    assert asked(None) == (TODAY, DaySource.TODAY, "30")
