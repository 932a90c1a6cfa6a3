"""The product itself: quotes, with or without sentences of the model's own."""

from datetime import date

from assistant.answers import Outcome
from assistant.assistant import Assistant
from assistant.checking import Support
from assistant.language import language_of
from assistant.turn import Finished, Found, Result, Wrote
from tests.strategies.strategy import Moment, Reached, Reply, Said


class Product:
    """An assistant as users have it: its own search, refusals, checks and notices."""

    def __init__(self, assistant: Assistant) -> None:
        self._assistant = assistant

    def answer(self, question: str, as_of: date | None, reached: Reached) -> Reply:
        for event in self._assistant.ask(question, as_of=as_of, language=language_of(question)):
            if isinstance(event, Found):
                reached(Moment.EVIDENCE)
            elif isinstance(event, Wrote):
                reached(Moment.TEXT)
            elif isinstance(event, Finished):
                return _reply(event.result)
        raise AssertionError("a turn that is not interrupted ends with Finished")


def _reply(result: Result) -> Reply:
    answer = result.answer
    passages = {item.number: item.passage for item in result.evidence}
    said = tuple(
        Said(sentence.text, tuple(passages[number] for number in sentence.citations))
        for sentence in answer.sentences
        # What code computes of the user's figures is said by no passage.
        if sentence.support is not Support.COMPUTED
    )
    return Reply(answer.markdown, said, answer.outcome is Outcome.ABSTAINED)
