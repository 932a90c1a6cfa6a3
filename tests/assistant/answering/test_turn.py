"""Whole turns on the fakes and a real small index."""

from datetime import date
from pathlib import Path

import pytest

from assistant.answering.answer import (
    Dropped,
    Exchange,
    Found,
    Outcome,
    Prominence,
    Wrote,
)
from assistant.answering.pipeline import Assistant
from assistant.answering.record import EXAMINED
from assistant.citations.checker import Support
from assistant.journal.journal import Journal
from assistant.question.day import DaySource
from assistant.question.language import Language
from assistant.retrieval.answerability import FIRST
from ingestion.index.questions import QuestionIndex
from tests.support.fakes import WordReader
from tests.support.journals import bodies, recorded
from tests.support.small_index import (
    ASKED,
    FOLLOW_UP,
    NOT_THERE,
    TODAY,
    WHOLE,
    assistant_over,
    judge_comparisons,
    result_of,
)

IN_MARCH = "Quel montant initial du marché pour accorder une avance au 15 mars 2026 ?"


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


def test_the_law_of_a_year_far_ahead_is_told_with_its_doubt(assistant: Assistant) -> None:
    result = result_of(assistant.ask(f"{ASKED[:-1].rstrip()} en 2031 ?"))
    assert result.as_of == date(2031, 12, 31)
    assert result.answer.outcome is Outcome.PARTIAL
    assert "pour le 31/12/2031, rien n’est sûr" in result.answer.preface
    assert not result_of(assistant.ask(ASKED, as_of=TODAY)).answer.preface


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


def test_a_follow_up_keeps_the_day_of_the_question_it_depends_on(
    small_home: Path, journal: Journal
) -> None:
    assistant = assistant_over(small_home, journal)
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


def test_the_figure_asked_about_is_held_against_the_nearest_text_alone(
    assistant: Assistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    question = (
        "Quelle avance pour un marché au montant initial de 45 000 euros, "
        "et sans publicité ni mise en concurrence des fournitures ?"
    )
    judge_comparisons(monkeypatch, {"euro 60000": True, "euro 30000": True}, question)
    said = result_of(assistant.ask(question, as_of=TODAY)).answer.markdown
    assert "45 000 euros est inférieur à 60 000 €" in said
    assert "dépasse 30 000 euros" in said
    assert "est supérieur à 30 000 euros" not in said


@pytest.mark.parametrize("is_same", [True, False, None])
def test_a_figure_is_held_against_a_limit_that_readers_held_to_be_of_the_same_thing(
    assistant: Assistant, monkeypatch: pytest.MonkeyPatch, *, is_same: bool | None
) -> None:
    question = "Une avance de 45 000 euros sans publicité ni mise en concurrence ?"
    if is_same is not None:  # else nobody has judged any
        judge_comparisons(monkeypatch, {"euro 60000": is_same}, question)
    said = result_of(assistant.ask(question)).answer.markdown
    assert "60 000 €" in said
    assert ("45 000 euros est inférieur" in said) is bool(is_same)


def test_an_examined_answer_is_recorded_as_no_reader_s(
    assistant: Assistant, journal: Journal
) -> None:
    list(assistant.ask(ASKED, as_of=TODAY, purpose=EXAMINED))
    [(entry, body)] = recorded(journal)
    assert (entry["kind"], body["act"]) == ("evaluation", "asked")


def test_what_questions_around_are_answered_by_is_quoted_beside_the_first(
    assistant: Assistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("assistant.answering.quoted_passages.CLOSE", 2.0)
    alone = result_of(assistant.ask(ASKED, as_of=TODAY))
    assert {citation.n for citation in alone.answer.citations} == {1}
    far = alone.evidence[1].passage.id
    monkeypatch.setattr(QuestionIndex, "answering", lambda *_: {far: 1.0})
    answer = result_of(assistant.ask(ASKED, as_of=TODAY)).answer
    assert {citation.n for citation in answer.citations} == {1, 2}


def test_what_is_quoted_aside_is_said_aside(
    assistant: Assistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = "Puis-je acheter des fournitures à 35 000 € sans publicité ni mise en concurrence ?"
    judge_comparisons(monkeypatch, {"euro 60000": True}, asked)
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
