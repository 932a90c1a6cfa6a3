"""Questions made ready for the search: follow-ups made standalone, English ones put in French."""

import re
from collections.abc import Generator

from assistant.language_model import LanguageModel, Prompt
from assistant.prompts import load_prompt
from assistant.words import stems

LONGEST_REWRITE = 80
"""Tokens; a standalone question is one sentence."""

_DEPENDENT = re.compile(
    r"^\W*(et|mais|ou|donc|alors|sinon|pourquoi|and|but|what about|how about|why)\b"
    r"|\b(ce|cet|cette|ces) (cas|seuil|délai|montant|règle|taux|durée)\b"
    r"|\b(celui|celle|ceux|celles)(-ci|-là)\b|\bdans ce cas\b"
    r"|\b(ça|cela)\b|^\W*(il|elle|ils|elles|it|they)\b",
    re.IGNORECASE,
)
SHORT = 4
"""Words under which a question cannot name its subject by itself."""


def is_dependent(question: str) -> bool:
    """Whether a question seems to need the one before it. Pure."""
    return bool(_DEPENDENT.search(question)) or len(question.split()) <= SHORT


def standalone(question: str, previous: str, model: LanguageModel) -> Generator[None, None, str]:
    """The question as it would be asked first in a conversation; pauses while the model writes.

    What the model writes is only kept when all its words come from the two questions; otherwise
    the two are put side by side, which the search reads as well.
    """
    instruction = load_prompt("standalone", "previous", "question")
    rewritten = yield from _write(model, instruction.fill(previous=previous, question=question))
    is_kept = is_faithful(rewritten, previous, question)
    return rewritten if is_kept else side_by_side(previous, question)


def side_by_side(previous: str, question: str) -> str:
    """A question that needs the one before it, as it is searched when no model rewrote it. Pure."""
    return f"{previous} {question}"


def in_french(question: str, model: LanguageModel) -> Generator[None, None, str]:
    """An English question as it is searched in French texts; pauses while the model writes.

    The translation is never shown as the question: a bad one finds nothing, and nothing more.
    """
    instruction = load_prompt("translate", "question")
    translated = yield from _write(model, instruction.fill(question=question))
    return translated or question


def is_faithful(rewritten: str, previous: str, question: str) -> bool:
    """Whether a rewriting is a question that keeps what is new and invents no word. Pure."""
    kept = stems(rewritten)
    return rewritten.endswith("?") and stems(question) <= kept <= stems(previous) | stems(question)


def _write(model: LanguageModel, instruction: str) -> Generator[None, None, str]:
    """The first line that the model writes, up to its question mark."""
    system = load_prompt("rewriter").fill()
    text = ""
    for piece in model.stream(Prompt(system, (instruction,)), LONGEST_REWRITE):
        text += piece or ""
        yield
        if "?" in text or "\n" in text.strip():
            break
    line = text.strip().partition("\n")[0]
    return line.removeprefix("Question :").strip(' "«»')
