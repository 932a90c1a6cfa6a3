"""Sentence numbers: the model says which sentences answer, and they are quoted."""

import re
from datetime import date

from assistant.answering.extraction import quotable
from assistant.llm.language_model import LanguageModel, Prompt
from tests.studies.strategies.strategy import (
    Moment,
    Reached,
    Reply,
    Said,
    Search,
    asking,
    generate,
    prompt,
)

CHOSEN = 3
LONGEST = 16
"""Tokens; three numbers and what is between them."""


class SentenceNumbers:
    """The quotable sentences and lists of the passages, numbered through."""

    def __init__(self, search: Search, model: LanguageModel) -> None:
        self._search = search
        self._model = model

    def answer(self, question: str, as_of: date | None, reached: Reached) -> Reply:
        evidence = self._search(question, as_of)
        reached(Moment.EVIDENCE)
        units = [unit for item in evidence for unit in quotable(item, as_of or date.today())]
        listed = "\n".join(f"{number}. {unit.text}" for number, unit in enumerate(units, 1))
        parts = (f"Phrases :\n{listed}\n\n", asking(question))
        asked = Prompt(prompt("sentence_numbers").fill(), parts)
        text = generate(self._model, asked, LONGEST, lambda moment: None)
        chosen = [units[number - 1] for number in numbers(text, len(units))]
        reached(Moment.TEXT)
        said = tuple(Said(unit.text, (unit.evidence.passage,)) for unit in chosen)
        return Reply("\n\n".join(each.text for each in said), said, refused=not said)


def numbers(text: str, highest: int) -> list[int]:
    """The numbers that a reply names, in order, each once, those that are not there left out."""
    found = dict.fromkeys(int(digits) for digits in re.findall(r"\d+", text))
    return sorted([number for number in found if 1 <= number <= highest][:CHOSEN])
