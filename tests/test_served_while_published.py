"""Ten clients ask while indexes are published, forced and rolled back: none of them notices."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from hashlib import sha256
from itertools import groupby
from pathlib import Path
from threading import Event
from time import monotonic
from typing import Protocol

from assistant.answering.answer import Answer
from assistant.evaluation.runs import run_turn
from assistant.retrieval.evidence import Evidence
from ingestion.durable import lock_for_writing
from ingestion.index.publication import current_name
from ingestion.index.snapshot import IndexSnapshot, open_snapshot
from tests.administered import (
    PAYMENT,
    add_code,
    administered,
    assistant_over,
    candidate,
    decisions,
    journal_of,
    with_text,
)
from tests.small_index import ARTICLES
from tests.test_gate import BROKEN, NEW

CLIENTS = 10
QUESTIONS = (PAYMENT, "Sous quel montant acheter sans publicité ni mise en concurrence ?")


class Answered(Protocol):
    """What a client keeps of an answer, however it came."""

    @property
    def record_id(self) -> str: ...

    @property
    def generation(self) -> str: ...

    @property
    def answer(self) -> Answer: ...

    @property
    def evidence(self) -> tuple[Evidence, ...]: ...


def faults(history: Sequence[str], asked: Sequence[Answered], home: Path) -> list[str]:
    """What is wrong with the answers of one client, given the indexes in their order of service."""
    opened = {name: open_snapshot(home, name) for name in set(history)}
    found = []
    for result in asked:
        if result.generation not in opened:
            found.append(f"{result.generation} was never in service")
        elif not _is_of(result, opened[result.generation]):
            found.append(f"an answer of {result.generation} cites another index")
    served = [name for name, _ in groupby(result.generation for result in asked)]
    left = iter(history)
    if not all(name in left for name in served):
        found.append(f"{served} does not follow {list(history)}")
    return found


def _is_of(result: Answered, generation: IndexSnapshot) -> bool:
    """Whether everything that is shown and cited stands in this index, to the letter."""
    documents = {each.id: each.text for each in generation.store.documents()}
    shown = (each.passage for each in result.evidence)
    if not all(documents.get(p.document_id, "")[p.start : p.end] == p.text for p in shown):
        return False
    return bool(result.answer.citations) and all(
        (text := documents.get(each.document)) is not None
        and sha256(text.encode()).hexdigest() == each.sha256
        and text[each.start : each.end] == each.quote
        for each in result.answer.citations
    )


class Clients:
    """Ask in turn, each keeping what it was answered."""

    def __init__(self, asked: Callable[[int, str], Answered]) -> None:
        """`asked` is how a client, by its number, gets the answer to a question."""
        self.answers: list[list[Answered]] = [[] for _ in range(CLIENTS)]
        self._asked = asked
        self._stopped = Event()

    def ask(self, client: int) -> None:
        while not self._stopped.is_set():
            for question in QUESTIONS:
                self.answers[client].append(self._asked(client, question))

    def stop(self) -> None:
        self._stopped.set()

    def wait_for_more(self) -> None:
        """Until every client was answered again, by whatever is in service now."""
        before = [len(each) for each in self.answers]
        began = monotonic()
        while any(len(now) < then + 2 for now, then in zip(self.answers, before, strict=True)):
            assert monotonic() - began < 600
            self._stopped.wait(0.05)

    def assert_served(self, history: Sequence[str], home: Path) -> None:
        """Every answer is of one index that was in service, and each of these gave some."""
        told = [fault for asked in self.answers for fault in faults(history, asked, home)]
        assert told == []
        assert {each.generation for asked in self.answers for each in asked} == set(history)


@contextmanager
def asking(clients: Clients) -> Iterator[None]:
    """All of them ask until this is left; what stopped one of them is raised."""
    with ThreadPoolExecutor(CLIENTS) as pool:
        running = [pool.submit(clients.ask, client) for client in range(CLIENTS)]
        try:
            yield
        finally:
            clients.stop()
        for each in running:
            each.result()


def test_no_error_and_no_mixed_answer(tmp_path: Path) -> None:
    home = administered(tmp_path / "home", tmp_path)
    assistant, history = assistant_over(home, journal_of(home)), [current_name(home)]
    clients = Clients(lambda client, question: run_turn(assistant, question, None, None))
    with asking(clients):
        for articles in ([*ARTICLES, NEW], with_text("R2192-10", BROKEN)):
            add_code(home, tmp_path, articles)
            manifest, _ = candidate(home)
            with lock_for_writing(home):
                decisions(home).publish(manifest.name, "Essai", force=True)
            history.append(current_name(home))
            clients.wait_for_more()
        with lock_for_writing(home):
            history.append(decisions(home).rollback("Essai"))
        clients.wait_for_more()
    assert len(set(history)) == 3
    clients.assert_served(history, home)


def test_the_checker_sees_a_mixed_answer_and_a_way_back(tmp_path: Path) -> None:
    home = administered(tmp_path / "home", tmp_path)
    first = current_name(home)
    right = run_turn(assistant_over(home, journal_of(home)), PAYMENT, None, None)
    add_code(home, tmp_path, with_text("R2192-10", BROKEN))
    second, _ = candidate(home)
    after = run_turn(assistant_over(home, journal_of(home), second.name), PAYMENT, None, None)
    history = [first, second.name]
    assert faults(history, [right, after], home) == []
    assert "does not follow" in faults(history, [after, right], home)[0]
    mixed = replace(right, generation=second.name)
    assert "cites another index" in faults(history, [mixed], home)[0]
    assert (
        "cites another index" in faults(history, [replace(right, evidence=after.evidence)], home)[0]
    )
