"""Whole turns on the fakes and a real small index."""

import json
import shutil
import threading
from collections.abc import Generator, Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from assistant.answering.answer import (
    Dropped,
    Event,
    Exchange,
    Finished,
    Found,
    ModelReading,
    Outcome,
    Prominence,
    QueueWaiting,
    TurnResult,
    Wrote,
)
from assistant.answering.pipeline import Assistant
from assistant.answering.record import EXAMINED
from assistant.citations.checker import Support
from assistant.errors import BrokenPrompt, ModelStopped
from assistant.journal.journal import Journal
from assistant.llm.language_model import Prompt
from assistant.question.day import DaySource
from assistant.question.language import Language
from assistant.retrieval.ranking import ClauseWeights, Refusal, default_tuning
from assistant.retrieval.retriever import FIRST
from ingestion.errors import ModelUnavailable, UnknownSnapshot
from ingestion.index.questions import LeadingQuestion, QuestionIndex
from ingestion.index.search import Vectors
from ingestion.tenders.dossiers import Dossier, Dossiers
from tests.fakes import ScriptedModel, WordReader
from tests.journals import bodies, recorded
from tests.small_index import DOSSIER, TODAY, answering_embedder, assistant_over, result_of

ASKED = "Sous quel montant acheter des fournitures sans publicité ni mise en concurrence ?"
NOT_THERE = "Quelle météo demain à Brest ?"
FOLLOW_UP = "et pour une avance ?"
WHOLE = "Sous quel montant accorder une avance ?"


@pytest.fixture
def journal(tmp_path: Path) -> Journal:
    return Journal(tmp_path / "journal.jsonl")


@pytest.fixture
def assistant(small_home: Path, journal: Journal) -> Assistant:
    return assistant_over(small_home, journal)


def test_a_question_is_answered_in_order(assistant: Assistant, journal: Journal) -> None:
    events = list(assistant.ask(ASKED, as_of=TODAY))
    result = result_of(events)
    assert [type(event) for event in events[:2]] == [Found, Wrote]
    assert result.answer.outcome is Outcome.ANSWERED
    assert "60 000 €" in result.answer.markdown
    assert "[1]" in result.answer.markdown
    assert result.route == "rule"
    [entry] = journal.entries()
    assert entry["hash"].startswith(result.record_id)
    assert entry["kind"] == "answer"
    [body] = bodies(journal)
    assert body["ended"] == "finished"
    assert body["outcome"] == "answered"
    assert body["generation"] == assistant.generation.manifest.name
    assert body["model"] == "script@1"


def test_what_was_shown_is_what_is_recorded(assistant: Assistant, journal: Journal) -> None:
    events = list(assistant.ask(ASKED, as_of=TODAY))
    result = result_of(events)
    [found] = [event for event in events if isinstance(event, Found)]
    assert found.evidence == result.evidence
    wrote = [event for event in events if isinstance(event, Wrote)]
    assert tuple(event.sentence for event in wrote) == result.answer.sentences
    assert {citation for event in wrote for citation in event.citations} == set(
        result.answer.citations
    )
    dropped = [event.removed for event in events if isinstance(event, Dropped)]
    assert tuple(dropped) == result.answer.removed
    [body] = bodies(journal)
    assert [each["text"] for each in body["sentences"]] == [each.sentence.text for each in wrote]


def test_every_citation_is_among_the_evidence_and_at_its_place(assistant: Assistant) -> None:
    result = result_of(assistant.ask(ASKED, as_of=TODAY))
    shown = {item.number: item for item in result.evidence}
    assert result.answer.citations
    for citation in result.answer.citations:
        passage = shown[citation.n].passage
        assert citation.passage_id == passage.id
        document = assistant.generation.store.document(citation.document)
        assert document.text[citation.start : citation.end] == citation.quote
    for sentence in result.answer.sentences:
        assert sentence.citations
        assert set(sentence.citations) <= set(shown)
        if sentence.support is Support.VERBATIM:
            assert any(sentence.text in shown[n].passage.text for n in sentence.citations)


def test_a_superseded_sentence_is_never_quoted_as_in_force(assistant: Assistant) -> None:
    today = result_of(assistant.ask(ASKED, as_of=TODAY)).answer.markdown
    assert "40 000 €" not in today
    before = result_of(assistant.ask(ASKED, as_of=date(2026, 3, 31)))
    assert "40 000 €" in before.answer.markdown
    assert before.as_of == date(2026, 3, 31)


IN_MARCH = "Quel montant initial du marché pour accorder une avance au 15 mars 2026 ?"


def test_the_day_that_a_question_names_is_the_day_of_its_law(
    assistant: Assistant, journal: Journal
) -> None:
    events = list(assistant.ask(IN_MARCH))
    result = result_of(events)
    assert (result.as_of, result.day_source) == (date(2026, 3, 15), DaySource.QUESTION)
    assert "50 000 euros" in result.answer.markdown
    [found] = [event for event in events if isinstance(event, Found)]
    assert (found.as_of, found.day_source) == (result.as_of, result.day_source)
    [body] = bodies(journal)
    assert (body["as_of"], body["as_of_source"]) == ("2026-03-15", "question")


def test_a_day_given_wins_and_none_is_today(assistant: Assistant) -> None:
    given = result_of(assistant.ask(IN_MARCH, as_of=TODAY))
    assert (given.as_of, given.day_source) == (TODAY, DaySource.GIVEN)
    assert "30 000 euros" in given.answer.markdown
    today = result_of(assistant.ask(ASKED))
    assert (today.as_of, today.day_source) == (TODAY, DaySource.TODAY)


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


def test_a_follow_up_keeps_the_day_of_the_question_it_depends_on(
    small_home: Path, journal: Journal
) -> None:
    assistant = assistant_over(small_home, journal, model=ScriptedModel({FOLLOW_UP: WHOLE}))
    history = (Exchange("Sous quel montant acheter le 15 mars 2026 ?", "…"),)
    kept = result_of(assistant.ask(FOLLOW_UP, history=history))
    assert kept.as_of == date(2026, 3, 15)
    assert "50 000 euros" in kept.answer.markdown
    apart = result_of(assistant.ask(ASKED, history=history))
    assert apart.as_of == TODAY


def test_the_answer_says_when_a_cited_article_changes(assistant: Assistant) -> None:
    before = result_of(assistant.ask(IN_MARCH)).answer
    [line] = [each for each in before.sentences if each.role]
    assert line == before.sentences[-1]
    told = "L'article R2191-3 a un autre texte à partir du 01/04/2026."
    assert (line.text, line.citations, line.support) == (told, (1,), Support.COMPUTED)
    assert f"Depuis / avant : {told} [1]" in before.markdown
    assert "R2191-3" not in before.notice
    during = result_of(assistant.ask("Sous quel montant accorder une avance en 2026 ?"))
    assert "L'article R2191-3 [1] a changé le 01/04/2026" in during.answer.notice
    later = result_of(assistant.ask(WHOLE)).answer
    assert "R2191-3 a ce texte depuis le 01/04/2026, un autre avant." in later.markdown
    today = later.notice
    assert "R2191-3" not in today
    assert "Textes à jour au 01/05/2026, pas au-delà." in today


def test_nothing_found_is_an_abstention_that_says_what_was_searched(
    assistant: Assistant, journal: Journal
) -> None:
    events = list(assistant.ask(NOT_THERE, as_of=TODAY))
    result = result_of(events)
    assert result.answer.outcome is Outcome.ABSTAINED
    assert result.answer.sentences == ()
    assert "Légifrance" in result.answer.notice
    assert f"{assistant.generation.manifest.passages} passages" in result.answer.notice
    assert result.evidence
    assert not [event for event in events if isinstance(event, Wrote)]
    [body] = bodies(journal)
    assert body["outcome"] == "abstained"


def test_what_the_reader_holds_for_no_answer_is_not_quoted(
    small_home: Path, journal: Journal
) -> None:
    answered, silent = (WordReader(enough) for enough in (2, 40))
    told = result_of(assistant_over(small_home, journal, reader=answered).ask(ASKED))
    assert "60 000 €" in told.answer.markdown
    refused = result_of(assistant_over(small_home, journal, reader=silent).ask(ASKED))
    assert refused.answer.outcome is Outcome.ABSTAINED
    assert [item.passage for item in refused.evidence[:FIRST]] == silent.passages_read
    assert refused.evidence == told.evidence, "it stays on the screen"


def test_a_question_out_of_scope_is_not_read(small_home: Path, journal: Journal) -> None:
    reader = WordReader()
    result = result_of(
        list(assistant_over(small_home, journal, reader=reader).ask("Rédige le CCTP du marché."))
    )
    assert result.route == "out_of_scope"
    assert reader.passages_read == []


def test_a_question_out_of_scope_is_refused_with_where_to_look(
    assistant: Assistant, journal: Journal
) -> None:
    question = "Cite un arrêt du Conseil d'État sur la publicité et la mise en concurrence."
    result = result_of(assistant.ask(question, as_of=TODAY))
    assert result.answer.outcome is Outcome.ABSTAINED
    assert result.route == "out_of_scope"
    assert "ArianeWeb" in result.answer.notice
    assert bodies(journal)[0]["route"] == "out_of_scope"


def test_an_english_question_gets_an_english_notice(assistant: Assistant) -> None:
    events = assistant.ask("Show me court rulings.", as_of=TODAY, language=Language.ENGLISH)
    assert "case law" in result_of(events).answer.notice


def test_an_english_question_is_searched_in_french(small_home: Path, journal: Journal) -> None:
    model = ScriptedModel({"competition": ASKED})
    asking = assistant_over(small_home, journal, model=model).ask(
        "May I buy without competition?", as_of=TODAY, language=Language.ENGLISH
    )
    result = result_of(asking)
    assert result.question == "May I buy without competition?"
    assert result.standalone == ASKED
    assert "60 000 €" in result.answer.markdown
    assert "quoted" in result.answer.notice


@pytest.mark.parametrize(("translated", "is_compared"), [("45 000 €", True), ("450 000 €", False)])
def test_a_figure_that_the_model_mistranslates_is_not_held_against_a_text(
    small_home: Path, journal: Journal, translated: str, *, is_compared: bool
) -> None:
    model = ScriptedModel({"45,000": ASKED.replace(" ?", f" pour {translated} HT ?")})
    asking = assistant_over(small_home, journal, model=model).ask(
        "May I buy for €45,000 excl. tax without competition?",
        as_of=TODAY,
        language=Language.ENGLISH,
    )
    result = result_of(asking)
    assert (result.standalone != result.question) is is_compared
    assert ("Computed:" in result.answer.markdown) is is_compared


def test_what_the_model_writes_instead_of_a_translation_is_not_searched(
    small_home: Path, journal: Journal
) -> None:
    asked = "May I buy without competition?"
    model = ScriptedModel({"competition": "Oui, sans publicité ni mise en concurrence."})
    asking = assistant_over(small_home, journal, model=model).ask(
        asked, as_of=TODAY, language=Language.ENGLISH
    )
    result = result_of(asking)
    assert result.standalone == asked
    assert result.answer.notice.startswith("The language model did not translate the question")


def test_the_figure_asked_about_is_held_against_the_nearest_text_alone(
    assistant: Assistant,
) -> None:
    question = (
        "Quelle avance pour un marché au montant initial de 45 000 euros, "
        "et sans publicité ni mise en concurrence des fournitures ?"
    )
    said = result_of(assistant.ask(question, as_of=TODAY)).answer.markdown
    assert "45 000 euros est inférieur à 60 000 €" in said
    assert "dépasse 30 000 euros" in said
    assert "est supérieur à 30 000 euros" not in said


def test_a_figure_is_held_against_no_text_that_is_not_likely_to_be_meant(
    assistant: Assistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    question = "Une avance de 45 000 euros sans publicité ni mise en concurrence ?"
    assert "45 000 euros est inférieur" in result_of(assistant.ask(question)).answer.markdown
    monkeypatch.setattr("assistant.answering.state.LIKELY", 1.1)
    said = result_of(assistant.ask(question)).answer.markdown
    assert "60 000 €" in said
    assert "45 000 euros est inférieur" not in said


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


PENALTY = "Un retard de livraison d'une seule borne donne-t-il lieu à une pénalité ?"


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
        "assistant.answering.composer.questions_of_dossiers", lambda name, dimension: asked
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
        "assistant.answering.composer.questions_of_dossiers", lambda name, dimension: left_open
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


def test_a_follow_up_is_made_standalone(small_home: Path, journal: Journal) -> None:
    model = ScriptedModel({FOLLOW_UP: WHOLE})
    history = (Exchange("Sous quel montant accorder une dispense ?", "…"),)
    events = list(
        assistant_over(small_home, journal, model=model).ask(
            FOLLOW_UP, as_of=TODAY, history=history
        )
    )
    result = result_of(events)
    assert isinstance(events[0], ModelReading)
    assert result.question == FOLLOW_UP
    assert result.standalone == WHOLE
    [found] = [event for event in events if isinstance(event, Found)]
    assert found.standalone == WHOLE
    assert "30 000 euros" in result.answer.markdown
    assert bodies(journal)[0]["standalone"] == WHOLE


def test_a_question_that_stands_by_itself_is_not_rewritten(
    small_home: Path, journal: Journal
) -> None:
    model = ScriptedModel()
    history = (Exchange("Quel délai de paiement ?", "…"),)
    asking = assistant_over(small_home, journal, model=model).ask(
        ASKED, as_of=TODAY, history=history
    )
    assert result_of(asking).standalone == ASKED
    assert model.prompts == []


@pytest.mark.parametrize("events_seen", [1, 2, 3])
def test_a_stopped_turn_leaves_a_record(
    small_home: Path, journal: Journal, events_seen: int
) -> None:
    model = ScriptedModel({FOLLOW_UP: WHOLE}, pauses=2)
    history = (Exchange(ASKED, "…"),)
    assistant = assistant_over(small_home, journal, model=model)
    turn = assistant.ask(FOLLOW_UP, as_of=TODAY, history=history)
    for _ in range(events_seen):
        assert isinstance(next(turn), ModelReading)
    turn.close()
    assert model.running == 0
    [body] = bodies(journal)
    assert body["ended"] == "interrupted"
    assert body["question"] == FOLLOW_UP
    assert list(journal.faults()) == []
    # The queue was left: the next turn does not wait.
    assert isinstance(next(assistant.ask(FOLLOW_UP, as_of=TODAY, history=history)), ModelReading)


def test_a_turn_stopped_after_a_sentence_records_it(assistant: Assistant, journal: Journal) -> None:
    turn = assistant.ask(ASKED, as_of=TODAY)
    shown = next(event for event in turn if isinstance(event, Wrote))
    turn.close()
    [body] = bodies(journal)
    assert body["ended"] == "interrupted"
    assert [each["text"] for each in body["sentences"]] == [shown.sentence.text]
    assert body["evidence"]


def test_a_turn_never_begun_leaves_nothing(assistant: Assistant, journal: Journal) -> None:
    assistant.ask(ASKED, as_of=TODAY).close()
    assert bodies(journal) == []


class _BrokenModel(ScriptedModel):
    """Fails as it is said to, in the middle of every reply."""

    def __init__(self, failure: Exception) -> None:
        super().__init__()
        self._failure = failure

    def stream(
        self, prompt: Prompt, max_tokens: int, schema: str = ""
    ) -> Generator[str | None, None, None]:
        yield None
        raise self._failure


def test_an_error_leaves_a_record_and_is_raised(small_home: Path, journal: Journal) -> None:
    assistant = assistant_over(
        small_home, journal, model=_BrokenModel(BrokenPrompt("Une consigne manque."))
    )
    history = (Exchange(ASKED, "…"),)
    for _ in range(2):  # the second one is not kept waiting by the first
        with pytest.raises(BrokenPrompt):
            list(assistant.ask(FOLLOW_UP, as_of=TODAY, history=history))
    assert [body["ended"] != "finished" for body in bodies(journal)] == [True, True]


WITHOUT_IT = (
    (ModelStopped("Le modèle de langue s'est arrêté (SIGILL)."), "s’est arrêté", "stopped"),
    (ModelUnavailable("Trois fois de suite."), "ne peut pas servir", "cannot be used"),
)


@pytest.mark.parametrize(("failure", "french", "english"), WITHOUT_IT)
def test_a_follow_up_is_answered_without_the_model(
    small_home: Path, journal: Journal, failure: Exception, french: str, english: str
) -> None:
    assistant = assistant_over(small_home, journal, model=_BrokenModel(failure))
    history = (Exchange(ASKED, "…"),)
    for language, said in ((Language.FRENCH, french), (Language.ENGLISH, english)):
        result = result_of(
            list(assistant.ask(FOLLOW_UP, as_of=TODAY, history=history, language=language))
        )
        assert said in result.answer.notice
        assert result.standalone == f"{ASKED} {FOLLOW_UP}"
        assert result.evidence
        assert result.answer.citations
    assert [body["ended"] for body in bodies(journal)] == ["finished", "finished"]
    assert all(french in body["answer"] or english in body["answer"] for body in bodies(journal))


@pytest.mark.parametrize(("failure", "french", "english"), WITHOUT_IT)
def test_what_is_quoted_stays_when_the_model_does_not_write(
    small_home: Path, journal: Journal, failure: Exception, french: str, english: str
) -> None:
    assistant = assistant_over(small_home, journal, model=_BrokenModel(failure), writes=True)
    plain = result_of(assistant_over(small_home, journal).ask(ASKED, as_of=TODAY))
    for language, said in ((Language.FRENCH, french), (Language.ENGLISH, english)):
        result = result_of(assistant.ask(ASKED, as_of=TODAY, language=language))
        assert result.answer.sentences == plain.answer.sentences
        assert result.answer.notice.startswith(("Le modèle", "The language model"))
        assert said in result.answer.notice


class _BrokenEmbedder:
    name = "words@1"
    dimension = 512

    def embed_passages(self, texts: object) -> Vectors:
        raise ModelUnavailable("Le modèle de vecteurs ne répond plus.")

    def embed_questions(self, texts: object) -> Vectors:
        raise ModelUnavailable("Le modèle de vecteurs ne répond plus.")


def test_an_error_of_the_search_leaves_a_record(small_home: Path, journal: Journal) -> None:
    assistant = assistant_over(small_home, journal, _BrokenEmbedder())
    with pytest.raises(ModelUnavailable):
        list(assistant.ask(ASKED, as_of=TODAY))
    [body] = bodies(journal)
    assert body["ended"] != "finished"
    assert body["evidence"] == []


def test_without_an_index_the_remedy_is_said(tmp_path: Path, journal: Journal) -> None:
    with pytest.raises(UnknownSnapshot, match="sourcier index build"):
        list(assistant_over(tmp_path, journal).ask(ASKED, as_of=TODAY))


def test_an_examined_answer_is_recorded_as_no_reader_s(
    assistant: Assistant, journal: Journal
) -> None:
    list(assistant.ask(ASKED, as_of=TODAY, purpose=EXAMINED))
    [(entry, body)] = recorded(journal)
    assert (entry["kind"], body["act"]) == ("evaluation", "asked")


class _WatchedJournal(Journal):
    """Says no when it cannot write."""

    def append(
        self, kind: str, body: Mapping[str, Any], apart: Path | None = None, *, user: str = ""
    ) -> str:
        raise OSError(28, "No space left on device")


def test_nothing_is_finished_when_its_record_cannot_be_written(
    small_home: Path, tmp_path: Path
) -> None:
    assistant = assistant_over(small_home, _WatchedJournal(tmp_path / "journal.jsonl"))
    seen: list[Event] = []
    with pytest.raises(OSError, match="No space"):
        seen.extend(assistant.ask(ASKED, as_of=TODAY))
    assert not [event for event in seen if isinstance(event, Finished)]


def test_finished_comes_once_its_record_is_on_disk(assistant: Assistant, journal: Journal) -> None:
    for event in assistant.ask(ASKED, as_of=TODAY):
        written = [entry["hash"][:16] for entry in journal.entries()]
        expected = [event.result.record_id] if isinstance(event, Finished) else []
        assert written == expected


def test_a_second_reader_sees_the_place_in_the_queue(small_home: Path, journal: Journal) -> None:
    model = ScriptedModel({FOLLOW_UP: WHOLE})
    assistant = assistant_over(small_home, journal, model=model)
    history = (Exchange(ASKED, "…"),)
    first = assistant.ask(FOLLOW_UP, as_of=TODAY, history=history)
    assert isinstance(next(first), ModelReading)
    second = assistant.ask(FOLLOW_UP, as_of=TODAY, history=history)
    assert next(second) == QueueWaiting(1)
    third = assistant.ask(FOLLOW_UP, as_of=TODAY, history=history)
    assert next(third) == QueueWaiting(2)
    second.close()
    assert next(third) == QueueWaiting(1)
    list(first)
    assert isinstance(result_of(third), TurnResult)
    assert [body["ended"] for body in bodies(journal)] == ["interrupted", "finished", "finished"]


def test_several_threads_ask_at_once(small_home: Path, journal: Journal) -> None:
    model = ScriptedModel({FOLLOW_UP: WHOLE})
    assistant = assistant_over(small_home, journal, model=model)
    results: list[TurnResult] = []

    def ask() -> None:
        history = (Exchange(ASKED, "…"),)
        results.append(result_of(assistant.ask(FOLLOW_UP, as_of=TODAY, history=history)))

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert len(results) == 4
    assert len({result.answer.markdown for result in results}) == 1
    assert list(journal.faults()) == []


# Sentences of the model's own


TRUE = "Un marché de fournitures de moins de 60 000 € HT se passe sans publicité."
FALSE = "L'acheteur peut passer un marché de fournitures sans publicité sous 90 000 € HT."


def test_a_false_sentence_of_the_model_is_never_shown(small_home: Path, journal: Journal) -> None:
    model = ScriptedModel({"": f"{FALSE} Voilà."})
    events = list(
        assistant_over(small_home, journal, model=model, writes=True).ask(ASKED, as_of=TODAY)
    )
    result = result_of(events)
    assert "90 000" not in result.answer.markdown
    assert FALSE in [removed.text for removed in result.answer.removed]
    assert all(removed.reason for removed in result.answer.removed)
    [dropped] = [
        each for each in events if isinstance(each, Dropped) and each.removed.text == FALSE
    ]
    assert dropped.removed in result.answer.removed
    assert FALSE in [each["text"] for each in bodies(journal)[0]["removed"]]
    assert result.answer.outcome is Outcome.ANSWERED  # by the quotes


def test_what_the_model_writes_comes_after_the_quotes(small_home: Path, journal: Journal) -> None:
    model = ScriptedModel({"": f"{FALSE} Voilà."})
    events = list(
        assistant_over(small_home, journal, model=model, writes=True).ask(ASKED, as_of=TODAY)
    )
    kinds = [type(event) for event in events]
    assert kinds.index(Found) < kinds.index(Wrote) < kinds.index(ModelReading)
    written = result_of(events).answer.sentences
    quoted = result_of(
        list(assistant_over(small_home, journal).ask(ASKED, as_of=TODAY))
    ).answer.sentences
    assert written[: len(quoted)] == quoted


def test_a_model_that_says_nothing_or_repeats_a_quote_adds_nothing(
    small_home: Path, journal: Journal
) -> None:
    alone = result_of(assistant_over(small_home, journal).ask(ASKED, as_of=TODAY)).answer
    for reply in ("", "Oui.", alone.sentences[0].text, "Je ne sais pas ce qu'il"):
        model = ScriptedModel({"": reply})
        asking = assistant_over(small_home, journal, model=model, writes=True).ask(
            ASKED, as_of=TODAY
        )
        assert result_of(asking).answer.sentences == alone.sentences


def test_stopping_while_the_model_writes_leaves_a_record_and_the_queue(
    small_home: Path, journal: Journal
) -> None:
    model = ScriptedModel({"": f"{TRUE} Voilà."}, pauses=3)
    assistant = assistant_over(small_home, journal, model=model, writes=True)
    for _ in range(2):
        turn = assistant.ask(ASKED, as_of=TODAY)
        assert any(isinstance(event, ModelReading) for event in turn)
        turn.close()
        assert model.running == 0
    assert [body["ended"] for body in bodies(journal)] == ["interrupted"] * 2
    assert all(body["sentences"] for body in bodies(journal))


def test_a_question_not_answered_is_not_put_to_the_model(
    small_home: Path, journal: Journal
) -> None:
    model = ScriptedModel({"": FALSE})
    assistant = assistant_over(small_home, journal, model=model, writes=True)
    for question in (NOT_THERE, "Que dit la jurisprudence sur la publicité ?"):
        list(assistant.ask(question, as_of=TODAY))
    assert model.prompts == []


def test_what_is_quoted_aside_is_said_aside(
    assistant: Assistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = "Puis-je acheter des fournitures à 35 000 € sans publicité ni mise en concurrence ?"
    sentences = result_of(assistant.ask(asked)).answer.sentences
    assert sentences[0].place is not Prominence.ASIDE
    monkeypatch.setattr("assistant.answering.extraction.NEAR", 2.0)
    apart = result_of(assistant.ask(asked)).answer.sentences
    assert [each.text for each in apart] == [each.text for each in sentences]
    assert {each.support for each in apart} == {Support.VERBATIM, Support.COMPUTED}
    assert all(each.place is Prominence.ASIDE for each in apart)


def test_of_a_question_in_parts_nothing_is_folded(
    assistant: Assistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("assistant.answering.extraction.NEAR", 2.0)
    asked = "Quel est le délai de paiement ? Sous quel montant acheter sans publicité ?"
    sentences = result_of(assistant.ask(asked)).answer.sentences
    assert len({number for each in sentences for number in each.citations}) > 1
    assert not any(each.place is Prominence.ASIDE for each in sentences)
