"""What is said to an OpenAI-compatible server, and how its replies are read. Pure."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from assistant.llm.language_model import Prompt

Body = dict[str, Any]

MOST_SAID = 12
"""Facts that are kept of what a server says of a model."""

LONGEST_SAID = 200
"""Characters that are kept of each."""

_MARK = re.compile(r"([<\[])(?=[/|]?\w+\|?>|/?[A-Z_]{4,}\])")
"""Where a mark of a chat format begins: a server reads those of a text as its own."""


# What is asked


def chat_bodies(model: str, prompt: Prompt, max_tokens: int, schema: str = "") -> list[Body]:
    """The request for a streamed reply; of two, the second is for servers that refuse the first.

    OpenAI's way to ask for a schema is that of most servers; llama_cpp.server has its own. An
    opening goes as a message of the model, which some servers continue and others only read.
    """
    body = _chat(model, prompt, max_tokens) | {"stream": True}
    if not schema:
        return [body]
    rules = json.loads(schema)
    named = {"name": "reply", "schema": rules, "strict": True}
    forms = (
        {"type": "json_schema", "json_schema": named},
        {"type": "json_object", "schema": rules},
    )
    return [body | {"response_format": form} for form in forms]


def _chat(model: str, prompt: Prompt, max_tokens: int) -> Body:
    messages = [
        {"role": "system", "content": unmarked(prompt.system)},
        {"role": "user", "content": unmarked("".join(prompt.parts))},
    ]
    if prompt.opening:
        messages.append({"role": "assistant", "content": unmarked(prompt.opening)})
    return {"model": model, "messages": messages, "max_tokens": max_tokens, "temperature": 0}


def unmarked(text: str) -> str:
    """A text whose marks of chat formats are parted, so that they are read as text."""
    return _MARK.sub(r"\1 ", text)


# What is answered


class WrongReply(ValueError):
    """A reply is not what the protocol describes; the message says in French what was found."""


@dataclass(slots=True)
class EventLines:
    """A stream of server-sent events, fed by pieces of any size; `ended` once it was told so."""

    left: bytes = b""
    ended: bool = False

    def feed(self, piece: bytes) -> Iterator[str]:
        """The text that the whole lines so far add to the reply; raises WrongReply."""
        *lines, self.left = (self.left + piece).split(b"\n")
        for line in lines:
            field, _, value = line.strip().partition(b":")
            if field == b"data" and not self.ended:
                yield self._text(value.strip())

    def _text(self, data: bytes) -> str:
        if data == b"[DONE]":
            self.ended = True
            return ""
        event = read_object(data)
        if "error" in event:
            raise WrongReply("le serveur annonce une erreur au milieu de sa réponse")
        choices = event.get("choices")
        if not choices:  # what it counts, after the last word
            return ""
        try:
            self.ended = choices[0].get("finish_reason") is not None
            text = choices[0]["delta"].get("content") or ""
        except (AttributeError, KeyError, IndexError, TypeError) as error:
            raise WrongReply("un morceau de réponse sans texte") from error
        if not isinstance(text, str):
            raise WrongReply("un morceau de réponse qui n'est pas un texte")
        return text


def read_object(data: bytes) -> Mapping[str, Any]:
    """A JSON object; raises WrongReply."""
    try:
        found = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise WrongReply("une réponse qui n'est pas du JSON") from error
    if not isinstance(found, dict):
        raise WrongReply("une réponse qui n'est pas un objet JSON")
    return found


def version_said(data: bytes, model: str) -> tuple[tuple[str, str], ...]:
    """What /v1/models says of a model beside its name; raises WrongReply, also without it."""
    rows = read_object(data).get("data")
    if not isinstance(rows, list):
        raise WrongReply("une liste de modèles illisible")
    served = {str(row.get("id")): row for row in rows if isinstance(row, dict)}
    if model not in served:
        known = ", ".join(served)[:LONGEST_SAID] or "aucun"
        raise WrongReply(f"il ne sert pas le modèle « {model} » (servis : {known})")
    row = served[model]
    meta = row.get("meta")
    facts = row | {f"meta.{k}": v for k, v in (meta if isinstance(meta, dict) else {}).items()}
    said = (
        (str(key)[:LONGEST_SAID], str(value)[:LONGEST_SAID])
        for key, value in facts.items()
        if key not in ("id", "object") and isinstance(value, str | int | float)
    )
    return tuple(said)[:MOST_SAID]


def embeddings_said(data: bytes, count: int, dimension: int) -> list[Sequence[float]]:
    """The vectors of a reply, in the order of the texts; raises WrongReply.

    Each has as many numbers as the others, and as `dimension` says where it is not 0.
    """
    rows = read_object(data).get("data")
    try:
        found = {row["index"]: row["embedding"] for row in rows or ()}
        vectors = [found[place] for place in range(count)]
        are_numbers = all(isinstance(each, int | float) for row in vectors for each in row)
    except (KeyError, TypeError) as error:
        raise WrongReply("une liste de vecteurs illisible") from error
    lengths = {len(row) for row in vectors} | ({dimension} if dimension else set())
    if not are_numbers or len(found) != count or 0 in lengths:
        raise WrongReply("une liste de vecteurs illisible")
    if len(lengths) > 1:
        told = ", ".join(map(str, sorted(lengths)))
        raise WrongReply(f"des vecteurs de longueurs différentes ({told})")
    return vectors
