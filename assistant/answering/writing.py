"""Writing: what the model says of the quotes in its own words, sentence by sentence.

A written sentence comes after the quotes, cites the quoted passage that carries it, and is shown
only when the checks say so. "Oui" and "Non" are taken off: they answer the question, and no
passage can be asked whether they are right.
"""

import re
from collections.abc import Generator, Sequence

from assistant.answering.extraction import Draft
from assistant.citations.checker import check_sentence
from assistant.llm.language_model import LanguageModel, Prompt, load_prompt
from ingestion.chunking.sentences import sentences

LONGEST = 90
"""Tokens; one or two sentences."""

SENTENCES = 2

_YES_OR_NO = re.compile(r"^(oui|non)\b[\s,.:;–-]*", re.IGNORECASE)


def write_sentences(
    question: str, quoted: Sequence[Draft], model: LanguageModel
) -> Generator[str | None, None, None]:
    """The sentences that the model writes, each as soon as it is whole; None while it writes."""
    extract = load_prompt("extract", "quotes").fill(quotes="\n".join(d.text for d in quoted))
    asked = load_prompt("question", "question").fill(question=question)
    prompt = Prompt(load_prompt("write").fill(), (extract, asked))
    text, told = "", 0
    for piece in model.stream(prompt, LONGEST):
        text += piece or ""
        whole = sentences(text)[:-1]
        yield None
        for span in whole[told:SENTENCES]:
            yield bare(text[span.start : span.end])
        told = max(told, len(whole))
        if told >= SENTENCES:
            return
    # The last sentence is whole only if it was closed: the rest was cut by the limit.
    for span in sentences(text)[told:SENTENCES]:
        if text[span.end - 1] in ".!":
            yield bare(text[span.start : span.end])


def bare(sentence: str) -> str:
    """The sentence without its opening "Oui," or "Non,". Pure."""
    rest = _YES_OR_NO.sub("", sentence)
    return rest[:1].upper() + rest[1:]


def carried(sentence: str, quoted: Sequence[Draft]) -> Draft:
    """The sentence as a draft that cites the quote whose passage carries it, else the first."""
    carrying = (
        quote
        for quote in quoted
        if check_sentence(sentence, [quote.evidence[0].passage.text]).support
    )
    quote = next(carrying, quoted[0])
    return Draft(sentence, quote.evidence, quote.start, quote.end)
