import json
import threading
import time
from collections.abc import Generator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from functools import reduce

import pytest

from assistant.answering.answer import Event, Exchange, Found, ModelReading, QueueWaiting
from assistant.question.day import DaySource
from assistant.question.language import Language
from assistant.reports.markup import load_words
from assistant.web.buyer.chat import Refused, opened
from assistant.web.buyer.conversation import (
    KEPT_TURNS,
    Conversation,
    Turn,
    TurnStage,
    UnreadableMemory,
    about,
    advance,
    exchanges,
    owned,
    recalled,
    remembered,
)
from assistant.web.buyer.screens import announced
from assistant.web.stopping import Stopped, stoppable
from ingestion.tenders.dossiers import Dossier
from tests.support.fakes_page import TODAY, FakeService

SAID = load_words(Language.FRENCH)
DAY = date(2026, 11, 24)


def blank(question: str = "Puis-je acheter ?") -> Turn:
    return Turn(question, DAY)


def answered(question: str = "Puis-je acheter ?") -> Turn:
    events = FakeService().ask(question, as_of=DAY, history=())
    return reduce(advance, events, blank(question))


def test_evidence_is_known_before_any_sentence() -> None:
    turn, seen = blank(), []
    for event in FakeService().ask("Q", as_of=DAY, history=()):
        turn = advance(turn, event)
        seen.append((len(turn.evidence), len(turn.answer.sentences)))
    assert seen[0] == (5, 0)
    assert turn.stage is TurnStage.FINISHED
    assert turn.record_id == "essai-1"


def test_a_conversation_survives_the_browser() -> None:
    conversation = Conversation((answered(), answered("Quelle météo ?")), Language.ENGLISH)
    assert recalled(remembered(conversation)) == conversation
    assert recalled("") == Conversation()


def test_an_unfinished_turn_comes_back_as_interrupted() -> None:
    (turn,) = recalled(remembered(Conversation((blank(),)))).turns
    assert turn.stage is TurnStage.INTERRUPTED


def test_a_turn_learns_its_day_with_its_evidence() -> None:
    for question, day, source in (
        ("Quel seuil ?", TODAY, DaySource.TODAY),
        ("Quel seuil en 2019 ?", date(2019, 12, 31), DaySource.QUESTION),
    ):
        turn = replace(blank(question), as_of=None)
        events = FakeService().ask(question, as_of=None, history=())
        turn = advance(turn, next(events))
        assert (turn.as_of, turn.day_source) == (day, source)


def test_a_conversation_kept_before_days_had_a_source_is_read() -> None:
    kept = json.loads(remembered(Conversation((answered(),))))
    del kept["turns"][0]["day_source"]
    (turn,) = recalled(json.dumps(kept)).turns
    assert (turn.as_of, turn.day_source) == (DAY, DaySource.GIVEN)


def test_who_comes_next_to_a_browser_sees_nothing_of_who_was_there() -> None:
    kept = Conversation((answered(),), Language.ENGLISH, "voirie", owner="u-1")
    assert owned(kept, "u-1") == kept
    assert owned(kept, "u-2") == Conversation(language=Language.ENGLISH, owner="u-2")


@pytest.mark.parametrize("memory", ["{", '{"turns": [{"question": 3}]}', "[]", "x" * 4_000_001])
def test_foreign_memory_is_refused(memory: str) -> None:
    with pytest.raises(UnreadableMemory):
        recalled(memory)


def test_the_oldest_turns_are_forgotten() -> None:
    turns = tuple(blank(str(n)) for n in range(KEPT_TURNS + 3))
    assert recalled(remembered(Conversation(turns))).turns[0].question == "3"


def test_only_finished_turns_are_told_to_the_next_question() -> None:
    turn = answered()
    conversation = Conversation((turn, replace(turn, stage=TurnStage.STOPPED), blank()))
    assert exchanges(conversation, None) == (Exchange(turn.question, turn.answer.markdown),)


def test_a_question_is_not_told_what_was_said_of_another_dossier() -> None:
    turns = [
        replace(answered(), question=f"Question sur {dossier} ?", standalone="", dossier=dossier)
        for dossier in (None, "voirie", "ecole")
    ]
    conversation = Conversation(tuple(turns))
    for dossier, told in ((None, [None]), ("voirie", [None, "voirie"]), ("rien", [None])):
        asked = [each.question for each in exchanges(conversation, dossier)]
        assert asked == [f"Question sur {each} ?" for each in told]


def test_a_conversation_keeps_only_what_is_about_the_dossiers_there_are() -> None:
    turns = tuple(replace(answered(), dossier=dossier) for dossier in (None, "voirie", "ecole"))
    conversation = Conversation(turns, dossier="ecole")
    kept = about(conversation, [Dossier("voirie")])
    assert [turn.dossier for turn in kept.turns] == [None, "voirie"]
    assert kept.dossier is None
    assert recalled(remembered(kept)) == replace(kept, dossiers=())


def test_each_stage_is_announced() -> None:
    turn = answered()
    assert announced(turn, SAID) == "Réponse terminée, 4 phrases."
    assert announced(replace(turn, stage=TurnStage.READING), SAID) == turn.answer.sentences[-1].text
    assert "2 questions" in announced(advance(blank(), QueueWaiting(2)), SAID)
    assert announced(
        advance(blank(), Found("Q", turn.evidence, DAY, DaySource.TODAY)), SAID
    ).startswith("5 passages")
    assert "panne" in announced(replace(turn, stage=TurnStage.FAILED, problem="panne"), SAID)


@pytest.mark.parametrize(
    ("question", "as_of", "said"),
    [("  ", "", "Écrivez une question"), ("x" * 2001, "", "2000"), ("Q", "demain", "2026-11-24")],
)
def test_what_cannot_be_asked_says_what_to_change(question: str, as_of: str, said: str) -> None:
    with pytest.raises(Refused, match=said):
        opened(question, as_of, SAID)


def test_without_a_chosen_day_it_is_the_one_named_or_today() -> None:
    assert opened(" Q ", "", SAID).as_of is None
    assert opened("Q", "2025-01-31", SAID).as_of == date(2025, 1, 31)


def test_a_turn_stops_at_once_even_while_the_next_event_is_being_made() -> None:
    made, closed = threading.Event(), threading.Event()

    def slow() -> Generator[Event, None, None]:
        try:
            yield QueueWaiting(1)
            made.wait(30)
            yield ModelReading()
        finally:
            closed.set()

    stop = threading.Event()
    events = stoppable(slow(), stop)
    assert next(events) == QueueWaiting(1)
    stop.set()
    with pytest.raises(Stopped):
        next(events)
    assert not closed.is_set()
    made.set()
    assert closed.wait(30)


def test_a_turn_that_is_cut_while_its_reader_waits_is_stopped(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("assistant.web.stopping.PATIENCE", 60)
    waiting, made, stop = threading.Event(), threading.Event(), threading.Event()

    def slow() -> Generator[Event, None, None]:
        waiting.set()
        made.wait(30)
        yield ModelReading()

    def read() -> str:
        try:
            return f"ended: {list(stoppable(slow(), stop))}"
        except Stopped:
            return "stopped"

    with ThreadPoolExecutor(1) as pool:
        ending = pool.submit(read)
        assert waiting.wait(30)
        time.sleep(0.05)  # until the reader waits as well; what follows holds before too
        stop.set()
        made.set()
        assert ending.result(30) == "stopped"


def test_a_failure_of_the_service_reaches_the_reader() -> None:
    service = FakeService()
    events = service.ask("panne", as_of=DAY, history=())
    with pytest.raises(RuntimeError, match="on purpose"):
        list(stoppable(events, threading.Event()))
    assert service.closed == 1
