"""Turns that are stopped, that break, and that wait for others."""

import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from assistant.answering.answer import (
    Event,
    Finished,
    ModelReading,
    QueueWaiting,
    TurnResult,
    Wrote,
)
from assistant.answering.pipeline import Assistant
from assistant.journal.journal import Journal
from assistant.question.language import Language
from ingestion.errors import ModelUnavailable, UnknownSnapshot
from ingestion.index.search import Vectors
from tests.support.fakes import ScriptedModel
from tests.support.journals import bodies
from tests.support.small_index import ASKED, IN_ENGLISH, TODAY, WHOLE, assistant_over, result_of


@pytest.mark.parametrize("events_seen", [1, 2, 3])
def test_a_stopped_turn_leaves_a_record(
    small_home: Path, journal: Journal, events_seen: int
) -> None:
    model = ScriptedModel({IN_ENGLISH: WHOLE}, pauses=2)
    assistant = assistant_over(small_home, journal, model=model)
    turn = assistant.ask(IN_ENGLISH, as_of=TODAY, language=Language.ENGLISH)
    for _ in range(events_seen):
        assert isinstance(next(turn), ModelReading)
    turn.close()
    assert model.running == 0
    [body] = bodies(journal)
    assert body["ended"] == "interrupted"
    assert body["question"] == IN_ENGLISH
    assert list(journal.faults()) == []
    # The queue was left: the next turn does not wait.
    again = assistant.ask(IN_ENGLISH, as_of=TODAY, language=Language.ENGLISH)
    assert isinstance(next(again), ModelReading)


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
    model = ScriptedModel({IN_ENGLISH: WHOLE})
    assistant = assistant_over(small_home, journal, model=model)
    first, second, third = (
        assistant.ask(IN_ENGLISH, as_of=TODAY, language=Language.ENGLISH) for _ in range(3)
    )
    assert isinstance(next(first), ModelReading)
    assert next(second) == QueueWaiting(1)
    assert next(third) == QueueWaiting(2)
    second.close()
    assert next(third) == QueueWaiting(1)
    list(first)
    assert isinstance(result_of(third), TurnResult)
    assert [body["ended"] for body in bodies(journal)] == ["interrupted", "finished", "finished"]


def test_several_threads_ask_at_once(small_home: Path, journal: Journal) -> None:
    model = ScriptedModel({IN_ENGLISH: WHOLE})
    assistant = assistant_over(small_home, journal, model=model)
    results: list[TurnResult] = []

    def ask() -> None:
        asking = assistant.ask(IN_ENGLISH, as_of=TODAY, language=Language.ENGLISH)
        results.append(result_of(asking))

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert len(results) == 4
    assert len({result.answer.markdown for result in results}) == 1
    assert list(journal.faults()) == []
