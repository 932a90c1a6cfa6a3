"""English put in French by the language model, since the texts are, and what is kept of that."""

import re
from collections.abc import Generator, Sequence

from assistant.llm.language_model import LanguageModel, Prompt, fill_prompt
from assistant.question.quantities import Quantity, find_quantities, fold_same_length

LONGEST_TRANSLATION = 80
"""Tokens; a question is one sentence."""


def in_french(question: str, model: LanguageModel) -> Generator[None, None, str]:
    """An English question as it is searched in French texts; pauses while the model writes.

    The question itself where the model writes nothing. A bad translation mostly finds nothing;
    `is_translation` tells of those that are no question, or of other figures.
    """
    translated = yield from _write(model, fill_prompt("translate", question=question))
    return translated or question


def is_translation(written: str, question: str) -> bool:
    """Whether it asks where the question does, no amount, rate, day or days being its own. Pure.

    Other figures may only be said in French: "both parties", "les deux parties".
    """
    asks = written.endswith("?") or not question.strip().endswith("?")
    return asks and _are_asked(
        [each for each in _figures(written) if each.unit in _NAMED], question
    )


def keeps_figures(rewritten: str, *asked: str) -> bool:
    """Whether every figure of a rewriting was asked, be its unit said there alone. Pure."""
    return _are_asked(_figures(rewritten), *asked)


def keeps_all_figures(rewritten: str, question: str) -> bool:
    """Whether its figures are those of the question, none lost. Pure."""
    values = {each.value for each in _figures(rewritten)}
    return keeps_figures(rewritten, question) and all(
        each.value in values for each in _figures(question)
    )


_NAMED = {"euro", "ratio", "date", "day"}
_ORDINAL_DAY = re.compile(r"\b(\d{1,2})(?:st|nd|rd|th)\b(?: of\b)?")


def _figures(text: str) -> tuple[Quantity, ...]:
    return find_quantities(_ORDINAL_DAY.sub(r"\1", fold_same_length(text)))


def _are_asked(figures: Sequence[Quantity], *asked: str) -> bool:
    given = [each for text in asked for each in _figures(text)]
    keys = {each.key for each in given}
    bare = {each.value for each in given if each.unit == "count"}
    return all(each.key in keys or each.value in bare for each in figures)


def _write(model: LanguageModel, instruction: str) -> Generator[None, None, str]:
    """The first line that the model writes, up to its question mark."""
    system = fill_prompt("rewriter")
    text = ""
    for piece in model.stream(Prompt(system, (instruction,)), LONGEST_TRANSLATION):
        text += piece or ""
        yield
        if "?" in text or "\n" in text.strip():
            break
    asked, mark, _ = text.strip().partition("\n")[0].partition("?")
    return f"{asked}{mark}".removeprefix("Question :").strip(' "«»')
