"""A language model on an OpenAI-compatible server, by the seam."""

from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import replace
from time import monotonic

from assistant.errors import EngineFailure
from assistant.llm.call import (
    CallFailed,
    EndHeard,
    Heard,
    ModelsHeard,
    Patience,
    PieceHeard,
    ServerCall,
    patience_of,
)
from assistant.llm.completions import (
    Body,
    EventLines,
    WrongReply,
    chat_bodies,
)
from assistant.llm.language_model import EngineUse, Prompt
from assistant.settings import Engine

PAUSE_SECONDS = 1.0
"""How long nothing is given out at most while the server reads."""

LETTERS_A_TOKEN = 4
"""About, in French; the protocol has no way to count."""

LONGEST_TOKEN = 40
"""Letters of a token at most, on the mean of a reply; beyond, the server ignores the limit."""

CONTEXT_TOKENS = 4096
"""What prompts are written for; a server that reads less says so when it is asked."""


class RemoteModel:
    """The model that a server writes with; its streams raise EngineFailure.

    Each reply begins by asking the server which model it has, so that the record says what wrote.
    """

    context_tokens = CONTEXT_TOKENS

    def __init__(
        self,
        engine: Engine,
        secret: str = "",
        patience: Patience | None = None,
        clock: Callable[[], float] = monotonic,
    ) -> None:
        """Nothing is sent before something is asked; `patience` is that of the settings."""
        self._address = engine.address
        self._secret = secret
        self._patience = patience or patience_of(engine)
        self._clock = clock
        self.engine = EngineUse(engine.host, engine.model)

    @property
    def name(self) -> str:
        """The model's name there, and the host."""
        return f"{self.engine.model}@{self.engine.host}"

    def count_tokens(self, text: str) -> int:
        """About how many tokens a text has."""
        return -(-len(text) // LETTERS_A_TOKEN)

    def stream(
        self, prompt: Prompt, max_tokens: int, schema: str = ""
    ) -> Generator[str | None, None, None]:
        """The reply, piece by piece."""
        bodies = chat_bodies(self.engine.model, prompt, max_tokens, schema)
        lines, written = EventLines(), 0
        with self._told():
            for piece in self._pieces(bodies):
                text = "".join(lines.feed(piece or b""))
                written += len(text)
                if written > max_tokens * LONGEST_TOKEN:
                    raise WrongReply("il écrit plus qu'il ne lui est demandé")
                if text or piece is None:
                    yield text or None
                if lines.ended:
                    return
            raise WrongReply("sa réponse est coupée")

    def _pieces(self, bodies: Sequence[Body]) -> Generator[bytes | None, None, None]:
        """The bytes of the reply, None while there are none."""
        began, patience = self._clock(), self._patience
        until, why = began + patience.first, f"il n'a rien dit en {patience.first:.0f} s"
        with closing(ServerCall(self._address, self._secret, patience, bodies)) as call:
            yield None
            while not isinstance(heard := self._hear(call, until, why), EndHeard):
                if isinstance(heard, ModelsHeard):
                    self.engine = replace(self.engine, version=heard.version, sent=True)
                elif isinstance(heard, PieceHeard):
                    until, why = (
                        began + patience.whole,
                        f"il n'a pas fini en {patience.whole:.0f} s",
                    )
                    yield heard.piece
                else:
                    yield None

    def _hear(self, call: ServerCall, until: float, why: str) -> Heard | None:
        left = until - self._clock()
        if left <= 0:
            raise CallFailed(why)
        return call.hear(min(PAUSE_SECONDS, left))

    @contextmanager
    def _told(self) -> Iterator[None]:
        """Keep what came of a request; what goes wrong is an EngineFailure."""
        self.engine = replace(self.engine, version=(), sent=False, problem="")
        try:
            yield
        except (CallFailed, WrongReply) as reason:
            self.engine = replace(self.engine, problem=str(reason))
            raise EngineFailure(
                f"Le serveur de modèles {self.engine.host} ne sert pas : {reason}."
            ) from reason
