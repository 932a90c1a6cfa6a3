"""The product itself: quotes, with or without sentences of the model's own."""

from datetime import date

from assistant.answering.answer import Finished, Found, Outcome, TurnResult, Wrote
from assistant.answering.pipeline import Assistant
from assistant.citations.checker import Support
from assistant.question.language import detect_language
from tests.studies.strategies.strategy import Moment, Reached, Reply, Said


class Product:
    """An assistant as users have it: its own search, refusals, checks and notices."""

    def __init__(self, assistant: Assistant) -> None:
        self._assistant = assistant

    def answer(self, question: str, as_of: date | None, reached: Reached) -> Reply:
        for event in self._assistant.ask(question, as_of=as_of, language=detect_language(question)):
            if isinstance(event, Found):
                reached(Moment.EVIDENCE)
            elif isinstance(event, Wrote):
                reached(Moment.TEXT)
            elif isinstance(event, Finished):
                return _reply(event.result)
        raise AssertionError("a turn that is not interrupted ends with Finished")


def _reply(result: TurnResult) -> Reply:
    answer = result.answer
    passages = {item.number: item.passage for item in result.evidence}
    said = tuple(
        Said(sentence.text, tuple(passages[number] for number in sentence.citations))
        for sentence in answer.sentences
        # What code computes of the user's figures is said by no passage.
        if sentence.support is not Support.COMPUTED
    )
    return Reply(answer.markdown, said, answer.outcome is Outcome.ABSTAINED)
