"""The language model as the assistant sees it: prompts, chat formats, streamed text."""

from collections.abc import Generator
from dataclasses import dataclass
from pathlib import Path
from string import Template
from typing import Protocol

from assistant.errors import BrokenPrompt


@dataclass(frozen=True, slots=True)
class Prompt:
    """A chat of one user message, cut where its beginning is worth remembering.

    What ends with `system`, or with any of `parts` but the last, is a prefix that the model keeps
    and does not read again when another prompt starts with it.
    """

    system: str
    parts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class EngineUse:
    """What a server elsewhere had to do with the last reply.

    `version` is what the server says of its model beside the name. `sent` says whether the request
    went there; where several are told as one, whether any did, and `is_last_sent` whether the last
    of them did. `problem` is why it did not write the reply, or not to its end, in French.
    """

    host: str
    model: str
    version: tuple[tuple[str, str], ...] = ()
    sent: bool = False
    problem: str = ""
    is_last_sent: bool = False


class LanguageModel(Protocol):
    """One model, in memory or on a server, for one caller at a time.

    Its streams also yield None every second or so while the prompt is being read: closing them
    there stops at once. They raise ModelUnavailable when the prompt cannot be read, and
    ModelStopped when the model is in another process, or on a server, and that one ends or fails.
    """

    @property
    def name(self) -> str:
        """Which weights these are: model and digest, or host, as records name them.

        Of several, those of the last reply.
        """

    @property
    def engine(self) -> EngineUse | None:
        """The server that it is on and its part in the last reply, None for this machine."""

    def stream(
        self, prompt: Prompt, max_tokens: int, schema: str = ""
    ) -> Generator[str | None, None, None]:
        """The model's reply, piece by piece, always the likeliest token.

        With a JSON schema, the likeliest of those that may follow in a text of that schema.
        """


# Chat formats: the marks that the families of models were trained with. Pure.
#
# They are ours and fixed: a format stored inside a weights file is code from outside.


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of text in a prompt; only a mark may become special tokens, documents never."""

    text: str
    mark: bool


Segment = tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class ChatFormat:
    """What stands before the system message, between it and the user's, and before the reply."""

    before_system: str
    before_user: str
    before_reply: str

    def segments(self, prompt: Prompt) -> tuple[Segment, ...]:
        """The prompt cut where its beginning is worth remembering; the last segment is not."""
        system = (
            Piece(self.before_system, mark=True),
            Piece(prompt.system, mark=False),
            Piece(self.before_user, mark=True),
        )
        *kept, last = prompt.parts
        reply = (Piece(last, mark=False), Piece(self.before_reply, mark=True))
        return (system, *((Piece(part, mark=False),) for part in kept), reply)


CHAT_FORMATS = {
    "chatml": ChatFormat(
        "<|im_start|>system\n",
        "<|im_end|>\n<|im_start|>user\n",
        "<|im_end|>\n<|im_start|>assistant\n",
    ),
    # Without thoughts: the empty ones stand for those of a model that also answers with them.
    "qwen3.5": ChatFormat(
        "<|im_start|>system\n",
        "<|im_end|>\n<|im_start|>user\n",
        "<|im_end|>\n<|im_start|>assistant\n<think>\n\n</think>\n\n",
    ),
    "gemma": ChatFormat(  # which has no system message of its own
        "<bos><start_of_turn>user\n", "\n\n", "<end_of_turn>\n<start_of_turn>model\n"
    ),
    "mistral": ChatFormat("<s>[SYSTEM_PROMPT]", "[/SYSTEM_PROMPT][INST]", "[/INST]"),
    "llama3": ChatFormat(
        "<|begin_of_text|><|start_header_id|>system<|end_header_id|>\n\n",
        "<|eot_id|><|start_header_id|>user<|end_header_id|>\n\n",
        "<|eot_id|><|start_header_id|>assistant<|end_header_id|>\n\n",
    ),
}


# Prompts: files with declared placeholders, checked when they are filled.
#
# ```
# placeholders: question
# ---
# Question : $question
# ```
# What replaces a placeholder is never searched for placeholders itself.

FOLDER = Path(__file__).parent.parent.parent / "prompts"


def fill_prompt(name: str, folder: Path = FOLDER, /, **values: str) -> str:
    """The text of `name`.md, which must declare and use just these placeholders, with the values.

    Raises BrokenPrompt.
    """
    path = folder / f"{name}.md"
    if not path.exists():
        raise BrokenPrompt(f"Le fichier d'invite {path} est introuvable.")
    head, _, body = path.read_text(encoding="utf-8").partition("\n---\n")
    if not head.startswith("placeholders:") or not body.strip():
        raise BrokenPrompt(
            f"L'invite {path} doit commencer par « placeholders: … », puis une ligne « --- »."
        )
    template = Template(body.strip("\n"))
    declared = set(head.removeprefix("placeholders:").split())
    used = set(template.get_identifiers())
    if not template.is_valid() or not declared == used == set(values):
        raise BrokenPrompt(
            f"L'invite {path} annonce {sorted(declared)}, emploie {sorted(used)}, "
            f"et le programme lui donne {sorted(values)}."
        )
    return template.substitute(values)
