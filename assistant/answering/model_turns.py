"""Turns at the language model: waiting for it, letting it translate a question or write sentences.

A written sentence comes after the quotes, cites the quoted passage that carries it, and is shown
only when the checks say so. "Oui" and "Non" are taken off: they answer the question, and no
passage can be asked whether they are right.
"""

import re
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import closing, contextmanager

from assistant.answering.answer import Event, ModelReading, QueueWaiting
from assistant.answering.notices import not_translated, not_written, notice
from assistant.answering.quotable import Draft
from assistant.answering.state import TurnState
from assistant.citations.checker import check_sentence
from assistant.errors import ModelStopped
from assistant.llm.language_model import LanguageModel, Prompt, fill_prompt
from assistant.llm.sharing import FairQueue
from assistant.question.language import Language
from assistant.question.translation import in_french, is_translation, keeps_figures
from ingestion.chunking.sentences import sentences
from ingestion.errors import ModelUnavailable

LONGEST = 90
"""Tokens; one or two sentences."""

SENTENCES = 2

_YES_OR_NO = re.compile(r"^(oui|non)\b[\s,.:;–-]*", re.IGNORECASE)


class ModelTurns:
    """Asks the model for one reader at a time.

    A model that stops, or is not there, is no failure of the turn: its `unread` says so.
    """

    def __init__(self, model: LanguageModel) -> None:
        self._model = model
        self._turnstile = FairQueue()

    @property
    def waiting(self) -> int:
        """How many turns wait for the model."""
        return self._turnstile.waiting

    def translate(self, turn: TurnState) -> Generator[Event, None, None]:
        """Put an English question into the language of the texts."""
        if turn.language is not Language.ENGLISH:
            return
        asked = turn.standalone
        ticket = yield from self._enter(turn.user)
        translating = in_french(asked, self._model)
        with self._leaving(turn, ticket, not_translated), closing(translating):
            try:
                while True:
                    next(translating)
                    yield ModelReading()
            except StopIteration as translated:
                turn.standalone = translated.value
        if not turn.unread and not is_translation(turn.standalone, asked):
            turn.standalone, turn.unread = asked, notice("no_translation", turn.language)
        turn.has_own_figures = keeps_figures(turn.standalone, asked)

    def write(self, turn: TurnState, quoted: Sequence[Draft]) -> Generator[Event, None, None]:
        """Let the model say it in its own words; each sentence cites the quote that carries it."""
        ticket = yield from self._enter(turn.user)
        with (
            self._leaving(turn, ticket, not_written),
            closing(written_sentences(turn.standalone, quoted, self._model)) as written,
        ):
            for text in written:
                if text is None:
                    yield ModelReading()
                elif not turn.quotes(text):
                    yield turn.judge(carried(text, quoted))

    def _enter(self, user: str) -> Generator[Event, None, object]:
        """Wait for this turn's place at the model, and return the ticket to leave with."""
        entering = self._turnstile.enter(user)
        while True:
            try:
                yield QueueWaiting(next(entering))
            except StopIteration as entered:
                ticket: object = entered.value
                return ticket

    @contextmanager
    def _leaving(
        self, turn: TurnState, ticket: object, failed: Callable[[Language, Exception], str]
    ) -> Iterator[None]:
        """Leave the model to the next one, and keep that it was asked, or why it could not be.

        Its stream is closed before: only then does it tell what was sent.
        """
        try:
            yield
        except (ModelStopped, ModelUnavailable) as failure:
            turn.unread = failed(turn.language, failure)
        finally:
            turn.asked(self._model)
            self._turnstile.leave(ticket)


def written_sentences(
    question: str, quoted: Sequence[Draft], model: LanguageModel
) -> Generator[str | None, None, None]:
    """The sentences that the model writes, each as soon as it is whole; None while it writes."""
    extract = fill_prompt("extract", quotes="\n".join(d.text for d in quoted))
    asked = fill_prompt("question", question=question)
    prompt = Prompt(fill_prompt("write"), (extract, asked))
    text, told = "", 0
    for piece in model.stream(prompt, LONGEST):
        text += piece or ""
        whole = sentences(text)[:-1]
        yield None
        for span in whole[told:SENTENCES]:
            yield without_yes_or_no(text[span.start : span.end])
        told = max(told, len(whole))
        if told >= SENTENCES:
            return
    # The last sentence is whole only if it was closed: the rest was cut by the limit.
    for span in sentences(text)[told:SENTENCES]:
        if text[span.end - 1] in ".!":
            yield without_yes_or_no(text[span.start : span.end])


def without_yes_or_no(sentence: str) -> str:
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
