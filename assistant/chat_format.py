"""Chat formats: the marks that the families of models were trained with. Pure.

They are ours and fixed: a format stored inside a weights file is code from outside.
"""

from dataclasses import dataclass

from assistant.language_model import Prompt


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
        reply = (
            Piece(last, mark=False),
            Piece(self.before_reply, mark=True),
            Piece(prompt.opening, mark=False),
        )
        return (system, *((Piece(part, mark=False),) for part in kept), reply)


CHAT_FORMATS = {
    "chatml": ChatFormat(
        "<|im_start|>system\n",
        "<|im_end|>\n<|im_start|>user\n",
        "<|im_end|>\n<|im_start|>assistant\n",
    ),
    "mistral": ChatFormat("<s>[SYSTEM_PROMPT]", "[/SYSTEM_PROMPT][INST]", "[/INST]"),
    "llama3": ChatFormat(
        "<|begin_of_text|><|start_header_id|>system<|end_header_id|>\n\n",
        "<|eot_id|><|start_header_id|>user<|end_header_id|>\n\n",
        "<|eot_id|><|start_header_id|>assistant<|end_header_id|>\n\n",
    ),
}
