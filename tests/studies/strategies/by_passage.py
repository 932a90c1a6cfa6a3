"""Passage by passage: each after the system prompt, where its state can be kept and reused."""

from datetime import date

from assistant.llm.language_model import LanguageModel, Prompt
from tests.studies.strategies.strategy import (
    LONGEST,
    Moment,
    Reached,
    Reply,
    Said,
    Search,
    asking,
    generate,
    prompt,
    refuses,
    shown,
)


class ByPassage:
    """One prompt a passage, which it opens; a passage that does not answer is passed over.

    Asked the same again, the model has read the passages before.
    """

    def __init__(self, search: Search, model: LanguageModel) -> None:
        self._search = search
        self._model = model

    def answer(self, question: str, as_of: date | None, reached: Reached) -> Reply:
        evidence = self._search(question, as_of)
        reached(Moment.EVIDENCE)
        system, said = prompt("by_passage").fill(), list[Said]()
        for item in evidence:
            parts = (f"Article :\n{shown(item.passage)}\n\n", asking(question))
            text = generate(
                self._model, Prompt(system, parts), LONGEST // len(evidence), lambda moment: None
            )
            if not refuses(text):
                reached(Moment.TEXT)
                said.append(Said(f"{text} [{item.number}]", (item.passage,)))
        return Reply("\n\n".join(each.text for each in said), tuple(said), refused=not said)
