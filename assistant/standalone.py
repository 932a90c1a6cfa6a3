"""Follow-up questions made standalone: "et pour les travaux ?" after a question on supplies."""

import re
from collections.abc import Generator, Sequence

from assistant.language_model import LanguageModel, Prompt
from assistant.prompts import load_prompt
from assistant.turn import Exchange

LONGEST_REWRITE = 80
"""Tokens; a standalone question is one sentence."""

_DEPENDENT = re.compile(
    r"^\W*(et|mais|ou|donc|alors|sinon|pourquoi|and|but|what about|how about|why)\b"
    r"|\b(ce|cet|cette|ces) (cas|seuil|délai|montant|marché|règle|article|taux|durée)\b"
    r"|\b(celui|celle|ceux|celles)(-ci|-là)?\b|\bdans ce cas\b|\ben (faut|faire|avoir)\b"
    r"|\b(ça|cela)\b|^\W*(il|elle|ils|elles|it|they)\b",
    re.IGNORECASE,
)
_WORD = re.compile(r"\w{4,}")
SHORT = 4
"""Words under which a question cannot name its subject by itself."""


def is_dependent(question: str) -> bool:
    """Whether a question seems to need the one before it. Pure."""
    return bool(_DEPENDENT.search(question)) or len(question.split()) <= SHORT


def standalone(
    question: str, history: Sequence[Exchange], model: LanguageModel
) -> Generator[None, None, str]:
    """The question as it would be asked first in a conversation; pauses while the model writes.

    What the model writes is only kept when all its words come from the two questions; otherwise
    the two are put side by side, which retrieval reads as well.
    """
    if not history or not is_dependent(question):
        return question
    previous = history[-1].question
    instruction = load_prompt("standalone", "previous", "question")
    prompt = Prompt("", (instruction.fill(previous=previous, question=question),))
    written = ""
    for piece in model.stream(prompt, LONGEST_REWRITE):
        written += piece or ""
        yield None
        if "?" in written:
            break
    rewritten = written.partition("\n")[0].strip().strip('"« »')
    return rewritten if is_faithful(rewritten, previous, question) else f"{previous} {question}"


def is_faithful(rewritten: str, previous: str, question: str) -> bool:
    """Whether a rewriting is a question that keeps what is new and invents no word. Pure."""
    given = _stems(previous) | _stems(question)
    kept = _stems(rewritten)
    return rewritten.endswith("?") and kept <= given and _stems(question) <= kept


def _stems(text: str) -> set[str]:
    return {word.lower()[:6] for word in _WORD.findall(text)} - {"quelle", "quels", "quel"}
