"""The process that holds the model, as the one that started it sees it: alive, or how it ended."""

import select
import signal
import subprocess
from collections.abc import Sequence
from io import BufferedReader
from pathlib import Path
from tempfile import TemporaryFile

import ingestion
from assistant.llm.exchange import Reply, Request, reply_of, to_line

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
        """Start it; what it replies first is heard with `hear`."""
        self._errors = TemporaryFile()  # noqa: SIM115 - closed by `end`
        self._process = subprocess.Popen(
            command,
            cwd=_ROOT,  # the first place where the child looks for modules
            bufsize=0,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._errors,
        )
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
