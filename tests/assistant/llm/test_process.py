"""The model in a process of its own, and lent to several."""

import os
import select
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from itertools import islice
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from assistant.errors import ModelStopped
from assistant.llm.exchange import (
    CloseRequest,
    DisagreementReply,
    EndReply,
    NextRequest,
    PieceReply,
    ProblemReply,
    ReadyReply,
    Reply,
    Request,
    StreamRequest,
    reply_of,
    request_of,
    to_line,
)
from assistant.llm.keeper import MOST_STOPS, REST, ProcessStanding
from assistant.llm.language_model import Prompt
from assistant.llm.llama import lacking
from assistant.llm.process import ModelProcess
from assistant.llm.sharing import BorrowedModel, LendableModel, lend_model
from ingestion.errors import ModelUnavailable
from tests.support.accounts_home import Clock
from tests.support.paths import ROOT
from tests.support.scripted_process import scripted_command

REPLIES = {"délai": "Le délai est de trente jours."}
WHILE_READING, WHILE_WRITING = 1, 3
"""Steps after which the scripted process ends: it reads in two, then writes a word a step."""

FATAL = (signal.SIGKILL, signal.SIGSEGV, signal.SIGILL, signal.SIGABRT)


def _process(**script: Any) -> ModelProcess:
    command = scripted_command(**{"replies": REPLIES, **script})
    return ModelProcess("script@1", command, clock=Clock(0.0))


def _reply(model: ModelProcess, asked: str) -> str:
    return "".join(piece or "" for piece in model.stream(Prompt("", (asked,)), 20))


def _kill(model: ModelProcess) -> None:
    """End its process, as the kernel does, and wait until it has ended."""
    pid = model.pid
    os.kill(pid, signal.SIGKILL)
    os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT)


@pytest.mark.parametrize("ends", FATAL, ids=lambda ends: ends.name)
@pytest.mark.parametrize("after", [WHILE_READING, WHILE_WRITING])
def test_a_process_that_ends_is_told_and_started_again(ends: signal.Signals, after: int) -> None:
    model = _process(stops={"meurs": (after, ends)}, replies=REPLIES | {"meurs": "un deux trois"})
    first = model.pid
    heard: list[str | None] = []
    with pytest.raises(ModelStopped, match=ends.name):
        heard.extend(model.stream(Prompt("", ("meurs",)), 20))
    assert _reply(model, "délai") == REPLIES["délai"]
    assert model.pid != first
    with pytest.raises(ProcessLookupError):
        os.kill(first, 0)


def test_what_was_said_before_it_ended_is_heard() -> None:
    model = _process(stops={"meurs": (4, 9)}, replies={"meurs": "un deux trois"})
    stream = model.stream(Prompt("", ("meurs",)), 20)
    assert list(islice(stream, 4)) == [None, None, "un", " deux"]
    with pytest.raises(ModelStopped):
        next(stream)


def test_one_that_ended_while_nobody_read_is_started_again_without_a_word() -> None:
    model = _process()
    _kill(model)
    assert _reply(model, "délai") == REPLIES["délai"]


def test_one_that_is_silent_is_ended() -> None:
    command = scripted_command(replies=REPLIES, stops={"attends": (1, 0)})
    model = ModelProcess("script@1", command, step_seconds=0.3)
    first = model.pid
    with pytest.raises(ModelStopped, match="sans réponse"):
        _reply(model, "attends")
    with pytest.raises(ProcessLookupError):
        os.kill(first, 0)
    assert _reply(model, "délai") == REPLIES["délai"]


def test_closing_a_stream_whose_process_has_ended_is_no_error() -> None:
    model = _process()
    stream = model.stream(Prompt("", ("délai",)), 20)
    next(stream)
    _kill(model)
    stream.close()
    assert _reply(model, "délai") == REPLIES["délai"]


def test_who_waits_for_their_turn_hears_so_and_may_leave(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("assistant.llm.process.LOOK_SECONDS", 0.01)
    model = _process()
    first, second = (model.stream(Prompt("", ("délai",)), 20) for _ in range(2))
    written = list(islice(first, WHILE_WRITING))
    heard: list[str | None] = []
    waiting = Thread(target=lambda: heard.extend(islice(second, 5)), daemon=True)
    waiting.start()
    waiting.join(10)
    assert heard == [None] * 5
    second.close()
    assert "".join(piece or "" for piece in [*written, *first]) == REPLIES["délai"]
    assert _reply(model, "délai") == REPLIES["délai"]


def test_its_last_words_are_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    with pytest.raises(ModelStopped):
        _reply(_process(stops={"meurs": (1, signal.SIGILL)}), "meurs")
    [line] = [record.getMessage() for record in caplog.records]
    assert "SIGILL" in line
    assert "the last words of the process" in line


def test_one_that_keeps_ending_is_left_alone_for_a_while() -> None:
    clock = Clock(0.0)
    command = scripted_command(replies=REPLIES, stops={"meurs": (1, signal.SIGKILL)})
    model = ModelProcess("script@1", command, clock=clock)
    for _ in range(MOST_STOPS):
        with pytest.raises(ModelStopped):
            _reply(model, "meurs")
    for asked in ("meurs", "délai"):
        with pytest.raises(ModelUnavailable, match=r"3 fois de suite \(SIGKILL\).*mémoire"):
            _reply(model, asked)
    clock.now = REST
    assert _reply(model, "délai") == REPLIES["délai"]


def test_a_reply_between_two_ends_counts_them_anew() -> None:
    model = _process(stops={"meurs": (1, signal.SIGSEGV)})
    for _ in range(MOST_STOPS + 1):
        with pytest.raises(ModelStopped):
            _reply(model, "meurs")
        assert _reply(model, "délai") == REPLIES["délai"]


def test_a_reply_of_which_enough_was_read_counts_them_anew() -> None:
    model = _process()
    for _ in range(MOST_STOPS + 1):
        _kill(model)
        with closing(model.stream(Prompt("", ("délai",)), 20)) as stream:
            assert "Le" in next(piece for piece in stream if piece)


def test_one_that_the_system_does_not_start_is_told_and_tried_again_at_once(tmp_path: Path) -> None:
    program, *arguments = scripted_command(replies=REPLIES)
    starter = tmp_path / "python"
    starter.write_text(f'#!/bin/sh\nexec "{program}" "$@"\n')
    starter.chmod(0o700)
    model = ModelProcess("script@1", (str(starter), *arguments))
    _kill(model)
    starter.chmod(0o600)
    for _ in range(MOST_STOPS + 1):
        with pytest.raises(ModelUnavailable, match=r"ne peut pas être démarré : accès refusé"):
            _reply(model, "délai")
    assert model.standing is ProcessStanding.STOPPED
    starter.chmod(0o700)
    assert _reply(model, "délai") == REPLIES["délai"]


def test_weights_that_are_refused_are_so_in_the_process_s_words() -> None:
    with pytest.raises(ModelUnavailable, match=r"^Le modèle a\.gguf ne se charge pas"):
        _process(problem="Le modèle a.gguf ne se charge pas.")


@pytest.mark.parametrize(
    "script",
    [
        {"start": {"full": signal.SIGILL}},
        {"start": {"full": signal.SIGSEGV}},
        {"disagrees": "un même texte diffère de 0.4"},
    ],
)
def test_a_processor_on_which_it_goes_wrong_gets_the_plain_way(
    script: dict[str, Any], caplog: pytest.LogCaptureFixture
) -> None:
    model = _process(**script)
    [line] = [record.getMessage() for record in caplog.records]
    assert "without matrix instructions" in line
    _kill(model)
    assert _reply(model, "délai") == REPLIES["délai"]  # started again, it is in the plain way too


def test_a_processor_for_which_it_was_not_compiled_is_told_with_the_command_that_mends() -> None:
    start = {"full": signal.SIGILL, "--plain": signal.SIGILL}
    with pytest.raises(ModelUnavailable, match=r"SIGILL.*make engine"):
        _process(start=start)


def test_no_memory_to_start_is_told_as_such() -> None:
    with pytest.raises(ModelUnavailable, match=r"SIGKILL.*mémoire"):
        _process(start={"full": signal.SIGKILL})


COMPILED = (
    "CPU : SSE3 = 1 | SSSE3 = 1 | AVX = 1 | AVX2 = 1 | AVX512 = 1 | AMX_INT8 = 1 | REPACK = 1 | "
)


@pytest.mark.parametrize(
    ("flags", "absent"),
    [
        ("pni ssse3 avx avx2 avx512f amx_int8 fma", []),
        ("pni ssse3 avx avx2 fma", ["avx512f", "amx_int8"]),
        ("pni ssse3 avx avx2 avx512f avx512_vnni", ["amx_int8"]),
    ],
)
def test_what_the_engine_uses_and_the_processor_lacks_is_named(
    flags: str, absent: list[str]
) -> None:
    cpuinfo = f"processor\t: 0\nflags\t\t: fpu {flags} ht\nbugs\t\t: amx_int8\n"
    assert lacking(COMPILED, cpuinfo) == absent
    assert lacking("CPU : NEON = 1 | DOTPROD = 1 | ", "Features\t: fp asimd\n") == []


def test_it_ends_with_who_started_it_even_in_the_middle_of_a_step() -> None:
    script = scripted_command(stops={"attends": (1, 0)})
    code = (
        "import sys; from assistant.llm.process import ModelProcess;"
        "from assistant.llm.language_model import Prompt;"
        f"model = ModelProcess('script@1', {script!r});"
        "stream = model.stream(Prompt('', ('attends',)), 9); next(stream);"
        "print(model.pid, flush=True); next(stream)"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code], cwd=ROOT, stdout=subprocess.PIPE, text=True
    ) as service:
        assert service.stdout is not None
        pid = int(service.stdout.readline())
        held = os.pidfd_open(pid)
        service.kill()
    assert select.select([held], [], [], 20)[0]  # readable once the process has ended
    os.close(held)


def test_it_ends_when_nobody_holds_it_any_more() -> None:
    model = _process()
    pid = model.pid
    del model
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


PROMPT = Prompt("Tu lis.", ("« 40 000 € »\n", "é\ud800\u2028\n"))


@pytest.mark.parametrize(
    "request_",
    [
        StreamRequest(PROMPT, 12, '{"type": "object"}'),
        NextRequest(),
        CloseRequest(),
    ],
)
def test_a_request_is_read_as_it_was_written(request_: Request) -> None:
    line = to_line(request_)
    assert line.count(b"\n") == 1
    assert request_of(line) == request_


@pytest.mark.parametrize(
    "reply",
    [
        ReadyReply(),
        ReadyReply("RUNNING", 2),
        PieceReply(None),
        PieceReply("é\n"),
        EndReply(),
        ProblemReply("Trop long."),
        DisagreementReply("0.4"),
    ],
)
def test_a_reply_is_read_as_it_was_written(reply: Reply) -> None:
    assert reply_of(to_line(reply)) == reply


@pytest.mark.parametrize(
    "line", [b"", b"\n", b"[]\n", b"3\n", b"{}\n", b'{"is": "os"}\n', to_line(NextRequest())]
)
def test_what_is_no_reply_is_refused(line: bytes) -> None:
    with pytest.raises(ValueError, match=r"message|Expecting|char"):
        reply_of(line)


TWO_REPLIES = {"délai": "Le délai est de trente jours.", "meurs": "un deux trois"}


def lendable() -> ModelProcess:
    stops = {"meurs": (WHILE_WRITING, signal.SIGKILL)}
    return ModelProcess("script@1", scripted_command(replies=TWO_REPLIES, stops=stops))


@contextmanager
def lent(path: Path, load: Callable[[], LendableModel]) -> Iterator[BorrowedModel]:
    end = lend_model(load, path)
    try:
        yield BorrowedModel("script@1", path)
    finally:
        end()


def reply(model: BorrowedModel, asked: str) -> str:
    return "".join(piece or "" for piece in model.stream(Prompt("", (asked,)), 20))


def test_who_borrows_reads_and_is_told_how_the_process_is(tmp_path: Path) -> None:
    held = lendable()
    with lent(tmp_path / "model", lambda: held) as model:
        assert reply(model, "délai") == TWO_REPLIES["délai"]
        with pytest.raises(ModelStopped, match="SIGKILL"):
            reply(model, "meurs")
        assert reply(model, "délai") == TWO_REPLIES["délai"]
        assert (model.standing, model.restarts) == (ProcessStanding.RUNNING, 1)


def test_a_reading_that_is_left_gives_the_model_to_who_waits(tmp_path: Path) -> None:
    held = lendable()
    with lent(tmp_path / "model", lambda: held) as model:
        heard: list[str] = []
        waiting = Thread(target=lambda: heard.append(reply(model, "délai")))
        with closing(model.stream(Prompt("", ("délai",)), 20)) as left:
            list(islice(left, WHILE_WRITING))
            waiting.start()
            assert heard == []
        waiting.join(30)
        assert heard == [TWO_REPLIES["délai"]]


def test_without_weights_or_without_anybody_who_lends_it_is_said_so(tmp_path: Path) -> None:
    def refused() -> LendableModel:
        raise ModelUnavailable("Les poids manquent.")

    with pytest.raises(ModelUnavailable, match="manquent"), lent(tmp_path / "none", refused):
        pass
    held = lendable()
    with lent(tmp_path / "model", lambda: held) as model:
        pass
    with pytest.raises(ModelStopped, match="ne répond plus"):
        reply(model, "délai")
    assert model.standing is ProcessStanding.RESTING
