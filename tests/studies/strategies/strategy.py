"""Strategies: ways to answer a question, which tests/studies/reading.py compares."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Protocol

from assistant.llm.language_model import LanguageModel, Prompt, PromptFile, load_prompt
from assistant.retrieval.evidence import Evidence
from ingestion.chunking.passages import Passage
from ingestion.chunking.sentences import sentences
from ingestion.index.search import context
from ingestion.legislation.references import find_references

PASSAGES = 3
"""Passages that a strategy answers from."""

LONGEST = 160
"""Tokens that a model may write for one question, whatever the strategy."""

_MARKS = re.compile(r"([.!?])\s*((?:\[\d+\]\s*)+)")
_OPENING_MARKS = re.compile(r"\A((?:\[\d+\][\s,]*)+)\.")
_NUMBER = re.compile(r"\[(\d+)\]|\b[Ss]ources? (\d+)")
_REFUSAL = re.compile(
    r"[\W\d]*(rien\b|je ne (trouve|sais|peux|dispose)|"
    r"(les|aucune?|ces) (articles?|sources?|documents?|textes?) (donnée?s |fournie?s )?ne\b)",
    re.IGNORECASE,
)


class Moment(StrEnum):
    """What a reader waits for, before the whole answer."""

    EVIDENCE = "evidence"
    TEXT = "text"


@dataclass(frozen=True, slots=True)
class Said:
    """A sentence of a reply, with the passages that it cites."""

    text: str
    passages: tuple[Passage, ...]


@dataclass(frozen=True, slots=True)
class Reply:
    """What a strategy answers; `text` is all that is read, marks and notices included."""

    text: str
    said: tuple[Said, ...]
    refused: bool


Reached = Callable[[Moment], None]
"""Called by a strategy when a moment comes; later calls for the same one mean nothing."""

Search = Callable[[str, date | None], tuple[Evidence, ...]]
"""The passages to answer from, best first, by the law of the day given or named, else today's."""


class Strategy(Protocol):
    """A way to answer."""

    def answer(self, question: str, as_of: date | None, reached: Reached) -> Reply:
        """The reply to a question asked alone; `reached` is told of each moment."""
        ...


class Writer(Protocol):
    """A model driven by the library's own chat, as frameworks drive it."""

    def generate(self, request: str, reached: Reached, grammar: str | None = None) -> str:
        """The reply to one message after the system prompt; a grammar (GBNF) may force it."""
        ...


def prompt(name: str, *placeholders: str) -> PromptFile:
    """A prompt of the strategies."""
    return load_prompt(name, *placeholders, folder=Path(__file__).parent / "prompts")


def asking(question: str) -> str:
    """The end of a prompt, after its passages."""
    return prompt("question", "question").fill(question=question)


def shown(passage: Passage) -> str:
    """A passage as every strategy shows it to a model."""
    return f"{context(passage)}\n{passage.text}"


def numbered(evidence: Sequence[Evidence]) -> str:
    """Passages with their numbers."""
    return "\n\n".join(f"[{item.number}] {shown(item.passage)}" for item in evidence)


def generate(model: LanguageModel, asked: Prompt, longest: int, reached: Reached) -> str:
    """All that the model writes, its first piece being the first text."""
    text = ""
    for piece in model.stream(asked, longest):
        if piece:
            reached(Moment.TEXT)
            text += piece
    return text.strip()


def refuses(text: str) -> bool:
    """Whether a model's reply is that the passages do not answer. Pure."""
    return not re.search(r"[^\W\d_]", text) or _REFUSAL.match(text) is not None


def written(text: str, passages: Sequence[Passage]) -> Reply:
    """A model's text as a reply, given the passages in the order of their numbers. Pure.

    A sentence cites the passages whose number or article it names.
    """
    if refuses(text):
        return Reply(text, (), refused=True)
    opened = _OPENING_MARKS.sub(r"\1", text)
    marked = _MARKS.sub(lambda match: f" {match[2].strip()}{match[1]} ", opened)
    cut = [marked[span.start : span.end] for span in sentences(marked)]
    return Reply(text, tuple(Said(each, _cited(each, passages)) for each in cut), refused=False)


def _cited(sentence: str, passages: Sequence[Passage]) -> tuple[Passage, ...]:
    numbers = {int(match[1] or match[2]) for match in _NUMBER.finditer(sentence)}
    named = {reference.key for reference in find_references(sentence)}
    return tuple(
        passage
        for number, passage in enumerate(passages, 1)
        if number in numbers or not named.isdisjoint(passage.references)
    )
