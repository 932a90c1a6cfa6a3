"""Turns at the language model: waiting for it, letting it rewrite a question or write sentences."""

from collections.abc import Generator, Sequence
from contextlib import closing

from assistant.answering.answer import Event, Exchange, ModelReading, QueueWaiting
from assistant.answering.extraction import Draft
from assistant.answering.notices import not_rewritten, not_written, notice
from assistant.answering.state import TurnState
from assistant.answering.writing import carried, write_sentences
from assistant.errors import ModelStopped
from assistant.llm.language_model import LanguageModel
from assistant.llm.sharing import FairQueue
from assistant.question.language import Language
from assistant.question.rewriting import (
    in_french,
    is_dependent,
    is_translation,
    keeps_figures,
    side_by_side,
    standalone,
)
from ingestion.errors import ModelUnavailable


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

    def rewrite(self, turn: TurnState, history: Sequence[Exchange]) -> Generator[Event, None, None]:
        """Make the question one that can be searched by itself, in the language of the texts."""
        if history and is_dependent(turn.question):
            previous = history[-1].question
            yield from self._rewritten(turn, standalone(turn.question, previous, self._model))
            if turn.unread:
                turn.standalone = side_by_side(previous, turn.question)
        if turn.language is Language.ENGLISH and not turn.unread:
            asked = turn.standalone
            yield from self._rewritten(turn, in_french(asked, self._model))
            if not is_translation(turn.standalone, asked):
                turn.standalone, turn.unread = asked, notice("not_translated", turn.language)
            turn.has_own_figures = keeps_figures(turn.standalone, asked)

    def write(self, turn: TurnState, quoted: Sequence[Draft]) -> Generator[Event, None, None]:
        """Let the model say it in its own words; each sentence cites the quote that carries it."""
        ticket = yield from self._enter(turn.user)
        try:
            with closing(write_sentences(turn.standalone, quoted, self._model)) as written:
                for text in written:
                    if text is None:
                        yield ModelReading()
                    elif not turn.quotes(text):
                        yield turn.judge(carried(text, quoted))
        except (ModelStopped, ModelUnavailable) as failure:
            turn.unread = not_written(turn.language, failure)
        finally:
            turn.asked(self._model)
            self._turnstile.leave(ticket)

    def _rewritten(
        self, turn: TurnState, rewriting: Generator[None, None, str]
    ) -> Generator[Event, None, None]:
        """Keep the question as it is rewritten, once that ends."""
        ticket = yield from self._enter(turn.user)
        try:
            # Closed before its model is asked what was sent: it is told once the stream ends.
            with closing(rewriting):
                while True:
                    next(rewriting)
                    yield ModelReading()
        except StopIteration as rewritten:
            turn.standalone = rewritten.value
        except (ModelStopped, ModelUnavailable) as failure:
            turn.unread = not_rewritten(turn.language, failure)
        finally:
            turn.asked(self._model)
            self._turnstile.leave(ticket)

    def _enter(self, user: str) -> Generator[Event, None, object]:
        """Wait for this turn's place at the model, and return the ticket to leave with."""
        entering = self._turnstile.enter(user)
        while True:
            try:
                yield QueueWaiting(next(entering))
            except StopIteration as entered:
                ticket: object = entered.value
                return ticket
