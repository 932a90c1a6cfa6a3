"""The language model as the assistant sees it: prompts in parts, weighed options, streamed text."""

from collections.abc import Generator, Sequence
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Prompt:
    """A chat of one user message, cut where its beginning is worth remembering.

    What ends with `system`, or with any of `parts` but the last, is a prefix that the model keeps
    and does not read again when another prompt starts with it. `opening` is the beginning of the
    model's own reply.
    """

    system: str
    parts: tuple[str, ...]
    opening: str = ""


class LanguageModel(Protocol):
    """One model in memory, for one caller at a time.

    Its generators also yield None every second or so while the prompt is being read: closing
    them there stops at once. They raise ModelUnavailable when the prompt cannot be read, and
    ModelStopped when the model is in another process and that one ends.
    """

    @property
    def name(self) -> str:
        """Which weights these are: model and digest, as records name them."""
        ...

    @property
    def context_tokens(self) -> int:
        """The most tokens that a prompt and its reply may have together."""
        ...

    def count_tokens(self, text: str) -> int:
        """Length of a text in tokens, outside any chat."""
        ...

    def stream(
        self, prompt: Prompt, max_tokens: int, schema: str = ""
    ) -> Generator[str | None, None, None]:
        """The model's reply after `opening`, piece by piece, always the likeliest token.

        With a JSON schema, the likeliest of those that may follow in a text of that schema.
        """
        ...

    def weigh(
        self, prompt: Prompt, options: Sequence[str]
    ) -> Generator[None, None, tuple[float, ...]]:
        """Log-probability of each option's first token as what the reply says next.

        Options must differ in their first token.
        """
        ...
