"""The plain prompt: the best passages, the question, and a request to cite."""

from datetime import date

from assistant.llm.language_model import LanguageModel, Prompt
from tests.studies.strategies.strategy import (
    LONGEST,
    Moment,
    Reached,
    Reply,
    Search,
    asking,
    generate,
    numbered,
    prompt,
    written,
)


class Plain:
    """Everything in one prompt, which may allow to say that the articles do not answer."""

    def __init__(self, search: Search, model: LanguageModel, *, may_refuse: bool = False) -> None:
        self._search = search
        self._model = model
        self._instruction = prompt("plain_refusing" if may_refuse else "plain")

    def answer(self, question: str, as_of: date | None, reached: Reached) -> Reply:
        evidence = self._search(question, as_of)
        reached(Moment.EVIDENCE)
        articles = f"Articles :\n{numbered(evidence)}\n\n"
        asked = Prompt(self._instruction.fill(), (articles, asking(question)))
        text = generate(self._model, asked, LONGEST, reached)
        return written(text, [item.passage for item in evidence])
