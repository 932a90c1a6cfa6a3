"""The language model as a process beside this one: the seam, by requests and replies.

Native code can end its process: instructions that the processor refuses, memory that runs out. The
turn in flight is then told so, the service stays, and who reads next finds another process.
"""

import sys
from collections.abc import Callable, Generator, Sequence
from contextlib import suppress
from pathlib import Path
from threading import Lock
from time import monotonic

from assistant.errors import ModelStopped
from assistant.llm.exchange import (
    CloseRequest,
    EndReply,
    NextRequest,
    PieceReply,
    ProblemReply,
    Reply,
    Request,
    StreamRequest,
)
from assistant.llm.keeper import Child, Keeper, ProcessEnded, ProcessStanding
from assistant.llm.language_model import Prompt
from ingestion.errors import ModelUnavailable

LOOK_SECONDS = 1.0
"""Between two looks of who waits for their turn at whether anybody waits for them."""

STEP_SECONDS = 300.0
"""How long a step may take before the process is taken for dead.

One takes a second on two cores that are free, a hundred times that among twenty busy programs.
"""


def engine_command(weights: Path, chat_format: str) -> tuple[str, ...]:
    """The command of the process that holds a GGUF file."""
    return (sys.executable, "-m", "assistant.llm", str(weights.absolute()), chat_format)


class ModelProcess:
    """A language model held by a process of its own, for one caller at a time.

    Beside what the seam says, its streams raise ModelStopped when the process ends under them,
    and ModelUnavailable when it has too often.
    """

    engine = None

    def __init__(
        self,
        name: str,
        command: Sequence[str],
        *,
        step_seconds: float = STEP_SECONDS,
        clock: Callable[[], float] = monotonic,
    ) -> None:
        """Start the process and wait until its weights are loaded; raises ModelUnavailable."""
        self.name = name
        self._step_seconds = step_seconds
        self._keeper = Keeper(command, clock)
        self._turn = Lock()

    @property
    def pid(self) -> int:
        """The number of the process, another one each time it is started again."""
        return self._keeper.running().pid

    @property
    def restarts(self) -> int:
        """How often it was started again."""
        return self._keeper.restarts

    @property
    def standing(self) -> ProcessStanding:
        """Whether the process is there, told at once, whoever reads."""
        return self._keeper.standing

    def stream(
        self, prompt: Prompt, max_tokens: int, schema: str = ""
    ) -> Generator[str | None, None, None]:
        """The reply, piece by piece."""
        while not self._turn.acquire(timeout=LOOK_SECONDS):
            yield None
        try:
            child = self._keeper.running()
            reply = self._ask(child, StreamRequest(prompt, max_tokens, schema))
            has_written = False
            try:
                while isinstance(reply, PieceReply):
                    has_written |= bool(reply.piece)
                    yield reply.piece
                    reply = self._ask(child, NextRequest())
            except GeneratorExit:
                with suppress(ModelStopped):  # nobody waits for it any more
                    self._ask(child, CloseRequest())
                    if has_written:  # who reads only a first line has been served
                        self._keeper.succeeded()
                raise
        finally:
            self._turn.release()
        assert isinstance(reply, EndReply), reply
        self._keeper.succeeded()

    def _ask(self, child: Child, request: Request) -> Reply:
        try:
            reply = child.ask(request, self._step_seconds)
        except ProcessEnded as ended:
            self._keeper.lost(child, ended)
            raise ModelStopped(f"Le modèle de langue s'est arrêté ({ended}).") from ended
        if isinstance(reply, ProblemReply):
            raise ModelUnavailable(reply.problem)
        return reply
