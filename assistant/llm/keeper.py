"""Keeps a model's process running: started, proved, watched, started again when it ends."""

import logging
import select
import signal
import subprocess
import sys
import weakref
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from enum import Enum, auto
from io import BufferedReader
from pathlib import Path
from tempfile import TemporaryFile
from time import monotonic
from typing import IO

import ingestion
from assistant.llm.exchange import (
    DisagreementReply,
    ProblemReply,
    ReadyReply,
    Reply,
    Request,
    reply_of,
    to_line,
)
from ingestion.durable import in_words
from ingestion.errors import ModelUnavailable

# The process that holds the model, as the one that started it sees it: alive, or how it ended.

_ROOT = Path(ingestion.__file__).parent.parent
_MOST_WORDS = 300
"""Characters of its last words that are kept for the log."""


class ProcessEnded(Exception):
    """The process has ended, or does not answer; `signal` is what killed it, 0 when none did."""

    def __init__(self, how: str, signal_number: int = 0, last_words: str = "") -> None:
        super().__init__(how)
        self.signal = signal_number
        self.last_words = last_words


class Child:
    """A process that replies to each request with one line.

    It ends by itself when its standard input does, so that it never outlives who started it.
    """

    def __init__(self, command: Sequence[str]) -> None:
        """Start it, and hear what it replies first with `hear`.

        Raises ModelUnavailable when the system does not start it.
        """
        try:
            self._process, self._errors = _begun(command)
        except OSError as error:
            raise ModelUnavailable(
                f"Le processus du modèle de langue ne peut pas être démarré : {in_words(error)}. "
                "Si la mémoire manque, ou le nombre de processus et de fichiers ouverts, arrêtez "
                "d'autres programmes : il est tenté de nouveau à chaque demande."
            ) from error
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._requests = self._process.stdin
        self._replies = BufferedReader(self._process.stdout)  # type: ignore[type-var]
        self._heard = select.poll()
        self._heard.register(self._replies.fileno(), select.POLLIN)

    @property
    def pid(self) -> int:
        """The number of the process."""
        return self._process.pid

    @property
    def is_alive(self) -> bool:
        """Whether it has not ended yet."""
        return self._process.poll() is None

    def ask(self, request: Request, seconds: float) -> Reply:
        """Its reply to a request; raises ProcessEnded, also when it is silent for so long."""
        try:
            self._requests.write(to_line(request))
        except BrokenPipeError as error:
            raise self.ended() from error
        return self.hear(seconds)

    def hear(self, seconds: float) -> Reply:
        """What it says next; raises ProcessEnded, also when that is nothing, or no reply."""
        if not self._heard.poll(seconds * 1000):
            self.end()
            raise ProcessEnded(f"sans réponse depuis {seconds:.0f} s")
        try:
            return reply_of(self._replies.readline())
        except ValueError as error:
            raise self.ended() from error

    def ended(self) -> ProcessEnded:
        """How it ended, once it does nothing more."""
        self._requests.close()
        try:
            code = self._process.wait(timeout=5)
        except subprocess.TimeoutExpired:  # it said something that is no reply
            self._process.kill()
            code = self._process.wait()
        last_words = self._last_words()
        self.end()
        if code >= 0:
            return ProcessEnded(f"code {code}", 0, last_words)
        return ProcessEnded(signal.Signals(-code).name, -code, last_words)

    def end(self) -> None:
        """End it now; nothing happens when it has ended."""
        self._process.kill()
        self._process.wait()
        for stream in (self._requests, self._replies, self._errors):
            stream.close()

    def _last_words(self) -> str:
        self._errors.seek(0)
        return self._errors.read().decode(errors="replace").strip()[-_MOST_WORDS:]


def _begun(command: Sequence[str]) -> tuple[subprocess.Popen[bytes], IO[bytes]]:
    """A process, and the file of what it says of its errors."""
    with ExitStack() as left:
        errors = left.enter_context(TemporaryFile())
        process = subprocess.Popen(
            command,
            cwd=_ROOT,  # the first place where the child looks for modules
            bufsize=0,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=errors,
        )
        left.pop_all()  # `Child.end` closes it
    return process, errors


CHECKED, PLAIN = "--checked", "--plain"
"""Options of the process: say first whether it calculates right; calculate without detours."""

MOST_STOPS = 3
"""How often in a row the process may end before it is left alone."""

REST = 300.0
"""Seconds before it is started again after that: what was lacking, memory mostly, may be back."""

START_SECONDS = 600.0
"""How long the process may take to load its weights."""

_FAULTS = (signal.SIGILL, signal.SIGSEGV, signal.SIGBUS, signal.SIGFPE, signal.SIGABRT)
"""How a process ends whose instructions go wrong."""

logger = logging.getLogger(__name__)


class ProcessStanding(Enum):
    """Whether a process that is kept is there."""

    RUNNING = auto()
    STOPPED = auto()
    """It has ended, and another is started for who asks next."""
    RESTING = auto()
    """It has ended too often, and is left alone for a while."""


class Keeper:
    """Gives out the process of a command; a lock around it is its user's affair."""

    def __init__(self, command: Sequence[str], clock: Callable[[], float] = monotonic) -> None:
        """Start it and wait until its weights are loaded; raises ModelUnavailable."""
        self._command = command
        self._clock = clock
        self._options: tuple[str, ...] = ()
        self._stops = 0
        self._last = ProcessEnded("")
        self._rests_until = 0.0
        self.restarts = 0
        self._child: Child | None = self._first()

    @property
    def standing(self) -> ProcessStanding:
        """Whether the process is there; nothing is started, and nobody is waited for."""
        child = self._child
        if child and child.is_alive:
            return ProcessStanding.RUNNING
        if self._stops >= MOST_STOPS and self._clock() < self._rests_until:
            return ProcessStanding.RESTING
        return ProcessStanding.STOPPED

    def running(self) -> Child:
        """The process, started again where it has ended; raises ModelUnavailable."""
        if self._child and not self._child.is_alive:
            self.lost(self._child, self._child.ended())
        while self._child is None:
            self._child = self._again()
        return self._child

    def lost(self, child: Child, ended: ProcessEnded) -> None:
        """Take note that a process has ended; said again of the same one, nothing changes."""
        if child is self._child:
            self._child = None
            self._count(ended)

    def succeeded(self) -> None:
        """What was asked of the process has been done: its ends are counted anew."""
        self._stops = 0

    def _again(self) -> Child | None:
        """Another process; None when it ended while it started."""
        if self._stops >= MOST_STOPS:
            if self._clock() < self._rests_until:
                raise ModelUnavailable(
                    f"Le modèle de langue s'est arrêté {self._stops} fois de suite "
                    f"({self._last}). Il sera relancé dans {REST / 60:.0f} minutes au plus. "
                    f"{_remedy(self._last)}"
                )
            self._stops = 0
        try:
            child = self._started(self._options)
        except ProcessEnded as ended:
            self._count(ended)
            return None
        self.restarts += 1
        return child

    def _count(self, ended: ProcessEnded) -> None:
        self._last = ended
        self._stops += 1
        self._rests_until = self._clock() + REST
        logger.warning("The language model's process ended: %s. %s", ended, ended.last_words)

    def _first(self) -> Child:
        """The process, once it has shown that it calculates right on this processor."""
        try:
            return self._started((CHECKED,))
        except ProcessEnded as ended:
            if ended.signal not in (0, *_FAULTS):
                raise _not_started(ended) from ended
            reason = ended
        self._options = (PLAIN,)
        try:
            child = self._started((CHECKED, PLAIN))
        except ProcessEnded as ended:
            raise _not_started(ended) from ended
        logger.warning(
            "The language model calculates without matrix instructions and without rearranged "
            "weights, which is slower: with them it failed on this processor (%s). %s",
            reason,
            reason.last_words,
        )
        return child

    def _started(self, options: Sequence[str]) -> Child:
        """Raises ProcessEnded, or ModelUnavailable when the weights or the process are refused."""
        child = Child((*self._command, *options))
        weakref.finalize(self, child.end)
        match child.hear(START_SECONDS):
            case ReadyReply():
                return child
            case ProblemReply(problem):
                child.end()
                raise ModelUnavailable(problem)
            case DisagreementReply(found):
                child.end()
                raise ProcessEnded(found)
            case other:
                raise AssertionError(other)


ENGINE_CHECK = (sys.executable, "-m", "assistant.llm")


def engine_problem(command: Sequence[str] = ENGINE_CHECK) -> str:
    """Why the engine does not suit this processor, with what to do; "" when it does."""
    try:
        child = Child(command)
        reply = child.hear(START_SECONDS)
    except ModelUnavailable as refused:
        return str(refused)
    except ProcessEnded as ended:
        return f"Le moteur du modèle de langue ne se charge pas ({ended}). {_remedy(ended)}"
    child.end()
    return reply.problem if isinstance(reply, ProblemReply) else ""


def _not_started(ended: ProcessEnded) -> ModelUnavailable:
    logger.warning("The language model's process does not start: %s. %s", ended, ended.last_words)
    return ModelUnavailable(f"Le modèle de langue ne démarre pas ({ended}). {_remedy(ended)}")


def _remedy(ended: ProcessEnded) -> str:
    if ended.signal == signal.SIGKILL:
        return (
            "La mémoire manque sans doute : arrêtez d'autres programmes, ou choisissez un modèle "
            "plus petit (llm dans settings.toml)."
        )
    return (
        "Si Sourcier a été installé sur un autre processeur (dossier copié, machine virtuelle "
        "déplacée), recompilez le moteur : make engine. Sinon, vérifiez les poids : "
        "sourcier models verify"
    )
