"""What happens on the page: a question becomes a turn, and each event redraws it."""

import logging
import threading
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime

import gradio as gr
from pydantic import TypeAdapter, ValidationError

from assistant.errors import AssistantError
from assistant.page.conversation import (
    Conversation,
    Stage,
    Turn,
    advance,
    exchanges,
)
from assistant.page.desk import Desk
from assistant.page.layout import LONGEST_QUESTION, Layout
from assistant.page.scope_bar import TODAY
from assistant.page.screen import (
    Screen,
    conversation_in,
    conversation_screen,
    said_of,
    seen_by,
    settled_screen,
    spoken_line,
    turn_screen,
)
from assistant.page.site import EventDesk
from assistant.page.stream import Stopped, stoppable
from assistant.page.words import Words
from assistant.words import readable
from ingestion.errors import IngestionError

MOST_AT_ONCE = 3
"""Questions that one person has answered at the same time, in as many pages."""

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Again:
    """A question as script.js sends it to be asked of something else."""

    question: str
    dossier: str
    as_of: str


AGAIN = TypeAdapter(Again)


class Refused(Exception):
    """The question cannot be asked as it is; the message says what to change."""


class Chat:
    """Asks the desk and redraws the page; one `Chat` serves all sessions, each at its own desk."""

    def __init__(self, desk_of: EventDesk, layout: Layout) -> None:
        self._desk_of = desk_of
        self._layout = layout
        self._running: dict[tuple[str, str], threading.Event] = {}

    def ask(
        self, question: str, as_of: str, dossier: str | None, memory: str, request: gr.Request
    ) -> Iterator[Screen]:
        """One turn on the screen, from the question to the recorded answer."""
        desk = self._desk_of(request)
        layout, place = self._layout, (desk.reader.user, str(request.session_hash))
        kept = seen_by(conversation_in(memory), desk)
        conversation = replace(kept, dossier=dossier or None)
        try:
            turn = opened(question, as_of, said_of(conversation), busy=self._is_busy(place))
            turn = replace(turn, dossier=conversation.dossier)
        except Refused as refusal:
            yield {layout.status: spoken_line(str(refusal), alert=True)}
            return
        stop = self._running[place] = threading.Event()
        try:
            yield conversation_screen(layout, with_turn(conversation, turn), running=True)
            for grown in _advancing(desk, turn, conversation, stop):
                turn = grown
                if not turn.settled:  # what looks finished is kept, and another may be asked
                    yield turn_screen(layout, with_turn(conversation, turn))
        finally:
            stop.set()
            del self._running[place]
        yield settled_screen(layout, with_turn(conversation, turn))

    def ask_again(self, asked: str, memory: str, request: gr.Request) -> Iterator[Screen]:
        """The turn of a question put to another scope or day, which stay chosen from then on."""
        try:
            again = AGAIN.validate_json(readable(asked))
        except ValidationError:
            return
        day = date.today().isoformat() if again.as_of == TODAY else again.as_of
        layout = self._layout
        chosen = {layout.as_of: day, layout.dossier: again.dossier}
        for screen in self.ask(again.question, day, again.dossier, memory, request):
            yield {**screen, **chosen}
            chosen = {}

    def stop(self, request: gr.Request) -> None:
        """Stop the turn of this session, if there is one."""
        user = self._desk_of(request).reader.user
        if running := self._running.get((user, str(request.session_hash))):
            running.set()

    def _is_busy(self, place: tuple[str, str]) -> bool:
        """Whether this page is answering, or as many others of the same person as may."""
        others = [user for user, _ in self._running if user == place[0]]
        return place in self._running or len(others) >= MOST_AT_ONCE


def _advancing(
    desk: Desk, turn: Turn, conversation: Conversation, stop: threading.Event
) -> Iterator[Turn]:
    """The turn as it grows, then settled, whatever happens."""
    events = desk.ask(
        turn.question,
        as_of=turn.as_of,
        history=exchanges(conversation, turn.dossier),
        dossier=turn.dossier,
    )
    try:
        for event in stoppable(events, stop):
            grown = advance(turn, event)
            if grown != turn:
                turn = grown
                yield turn
    except Stopped:
        turn = replace(turn, stage=Stage.STOPPED)
    except (AssistantError, IngestionError) as failure:
        turn = replace(turn, stage=Stage.FAILED, problem=str(failure))
    except Exception:
        logger.exception("A turn failed")
        time = datetime.now().strftime("%H:%M")
        problem = said_of(conversation)["error_internal"].format(time=time)
        turn = replace(turn, stage=Stage.FAILED, problem=problem)
    yield turn if turn.settled else replace(turn, stage=Stage.INTERRUPTED)


def opened(question: str, as_of: str, said: Words, *, busy: bool = False) -> Turn:
    """The turn for what was typed.

    Raises:
        Refused: another question is being answered, there is no question, it is too long, or
            the date is not one.
    """
    if busy:
        raise Refused(said["error_busy"])
    question = readable(question).replace("\u00a0", " ").strip()
    if not question:
        raise Refused(said["error_empty"])
    if len(question) > LONGEST_QUESTION:
        raise Refused(said["error_long"].format(limit=LONGEST_QUESTION))
    try:
        day = date.fromisoformat(as_of.strip()) if as_of.strip() else None
    except ValueError as error:
        raise Refused(said["error_date"].format(text=as_of[:40])) from error
    return Turn(question, day)


def with_turn(conversation: Conversation, turn: Turn) -> Conversation:
    """The conversation with this turn after the others. Pure."""
    return replace(conversation, turns=(*conversation.turns, turn))
