"""What stands in for a server that fails: the model of this machine, for a while.

A server that fails again and again is left alone, and asked again after a rest.
"""

import logging
from collections.abc import Callable, Generator
from dataclasses import replace
from time import monotonic

from assistant.errors import EngineFailure
from assistant.llm.language_model import EngineUse, LanguageModel, Prompt

logger = logging.getLogger(__name__)

MOST_FAILURES = 3
"""How often in a row the server may fail before it is left alone."""


class CircuitBreaker:
    """Counts the failures of a server in a row; after the rest one more opens it again."""

    def __init__(self, rest: float, clock: Callable[[], float] = monotonic) -> None:
        """`rest` is in seconds."""
        self.failures = 0
        self._rest = rest
        self._clock = clock
        self._rests_until = 0.0

    @property
    def is_open(self) -> bool:
        """Whether the server is not to be asked now."""
        return self.failures >= MOST_FAILURES and self._clock() < self._rests_until

    def succeed(self) -> None:
        """Forget what failed before."""
        self.failures = 0

    def fail(self) -> bool:
        """Count a failure; whether the server is left alone from now on."""
        self.failures += 1
        self._rests_until = self._clock() + self._rest
        return self.failures >= MOST_FAILURES


class FallbackModel:
    """Asks the server; the model of this machine reads what the server failed to begin.

    After three failures in a row it reads everything for a while; then the server is tried again,
    and left alone again when it fails. The model of this machine is loaded when it first reads.
    """

    def __init__(
        self,
        server: LanguageModel,
        load_local: Callable[[], LanguageModel],
        rest: float,
        clock: Callable[[], float] = monotonic,
    ) -> None:
        """`rest` is in seconds; `load_local` may raise ModelUnavailable, then and each time.

        What it gave is the `stand_in`, None until then.
        """
        assert server.engine is not None, "a server says where it is"
        self.engine: EngineUse = server.engine
        self.name = server.name
        self.stand_in: LanguageModel | None = None
        self._server = server
        self._load_local = load_local
        self._rest = rest
        self._breaker = CircuitBreaker(rest, clock)

    def stream(
        self, prompt: Prompt, max_tokens: int, schema: str = ""
    ) -> Generator[str | None, None, None]:
        """The reply, piece by piece; raises EngineFailure when the server fails in its middle."""
        if self._breaker.is_open:
            unsent = EngineUse(self.engine.host, self.engine.model)
            self.engine = replace(unsent, problem=self.engine.problem)
        elif (yield from self._by_server(self._server.stream(prompt, max_tokens, schema))):
            return
        if self.stand_in is None:
            self.stand_in = self._load_local()
        self.name = self.stand_in.name
        yield from self.stand_in.stream(prompt, max_tokens, schema)

    def _by_server(
        self, steps: Generator[str | None, None, None]
    ) -> Generator[str | None, None, bool]:
        """What the server writes; False when it failed before it had begun to."""
        self.name, has_begun = self._server.name, False
        try:
            while True:
                said = next(steps)
                has_begun |= said is not None
                yield said
        except StopIteration:
            self._breaker.succeed()
            return True
        except GeneratorExit:
            if has_begun:
                self._breaker.succeed()
            raise
        except EngineFailure as failure:
            self._count(failure)
            if has_begun:
                raise
            return False
        finally:
            steps.close()
            self.engine = self._server.engine or self.engine

    def _count(self, failure: EngineFailure) -> None:
        is_left_alone = self._breaker.fail()
        logger.warning(
            "The model's server failed, %d in a row: %s", self._breaker.failures, failure
        )
        if is_left_alone:
            logger.warning(
                "The model of this machine reads in its place for %d min.", self._rest // 60
            )
