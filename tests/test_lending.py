"""One model for several processes: lent, given back however a reading ends, and gone as it goes."""

import signal
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from itertools import islice
from pathlib import Path
from threading import Thread

import pytest

from assistant.errors import ModelStopped
from assistant.llm.keeper import ProcessStanding
from assistant.llm.language_model import Prompt
from assistant.llm.process import ModelProcess
from assistant.llm.sharing import BorrowedModel, LendableModel, lend_model
from ingestion.errors import ModelUnavailable
from tests.scripted_process import scripted_command

REPLIES = {"délai": "Le délai est de trente jours.", "meurs": "un deux trois"}
WHILE_WRITING = 3


def process() -> ModelProcess:
    stops = {"meurs": (WHILE_WRITING, signal.SIGKILL)}
    return ModelProcess("script@1", scripted_command(replies=REPLIES, stops=stops))


@contextmanager
def lent(path: Path, load: Callable[[], LendableModel]) -> Iterator[BorrowedModel]:
    end = lend_model(load, path)
    try:
        yield BorrowedModel("script@1", path)
    finally:
        end()


def reply(model: BorrowedModel, asked: str) -> str:
    return "".join(piece or "" for piece in model.stream(Prompt("", (asked,)), 20))


def test_who_borrows_reads_counts_and_is_told_how_the_process_is(tmp_path: Path) -> None:
    held = process()
    with lent(tmp_path / "model", lambda: held) as model:
        assert model.context_tokens == held.context_tokens
        assert reply(model, "délai") == REPLIES["délai"]
        assert model.count_tokens("un deux trois") == held.count_tokens("un deux trois") > 0
        with pytest.raises(ModelStopped, match="SIGKILL"):
            reply(model, "meurs")
        assert reply(model, "délai") == REPLIES["délai"]
        assert (model.standing, model.restarts) == (ProcessStanding.RUNNING, 1)


def test_a_reading_that_is_left_gives_the_model_to_who_waits(tmp_path: Path) -> None:
    held = process()
    with lent(tmp_path / "model", lambda: held) as model:
        heard: list[str] = []
        waiting = Thread(target=lambda: heard.append(reply(model, "délai")))
        with closing(model.stream(Prompt("", ("délai",)), 20)) as left:
            list(islice(left, WHILE_WRITING))
            waiting.start()
            assert heard == []
        waiting.join(30)
        assert heard == [REPLIES["délai"]]


def test_without_weights_or_without_anybody_who_lends_it_is_said_so(tmp_path: Path) -> None:
    def refused() -> LendableModel:
        raise ModelUnavailable("Les poids manquent.")

    with pytest.raises(ModelUnavailable, match="manquent"), lent(tmp_path / "none", refused):
        pass
    held = process()
    with lent(tmp_path / "model", lambda: held) as model:
        pass
    with pytest.raises(ModelStopped, match="ne répond plus"):
        reply(model, "délai")
    assert model.standing is ProcessStanding.RESTING
