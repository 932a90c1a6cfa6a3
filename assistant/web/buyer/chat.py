"""Asking on the page: a question becomes a turn, and each event redraws it."""

import logging
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime

import gradio as gr
from fastapi import HTTPException
from pydantic import TypeAdapter, ValidationError

from assistant.errors import AssistantError
from assistant.question.language import LONGEST, Language, readable
from assistant.reports.markup import Words, load_words
from assistant.web.buyer.conversation import (
    Conversation,
    Turn,
    TurnStage,
    advance,
    chosen,
    exchanges,
)
from assistant.web.buyer.layout import Layout
from assistant.web.buyer.screens import (
    Screen,
    conversation_in,
    conversation_screen,
    said_of,
    scope_screen,
    seen_by,
    settled_screen,
    spoken_line,
    turn_screen,
)
from assistant.web.buyer.turn_view import TODAY
from assistant.web.service import BuyerService
from assistant.web.site import Site
from assistant.web.stopping import Stopped, stoppable
from ingestion.errors import IngestionError

# Whose page it is.

ServiceOfEvent = Callable[[gr.Request], BuyerService]
"""The service of the buyer at a Gradio page, for a handler of it; a gr.Error for anyone else."""


def service_of_event(site: Site) -> ServiceOfEvent:
    """The services of a site, for handlers.

    Gradio runs any handler for who names its number, so every handler begins here.
    """

    def service_of(event: gr.Request) -> BuyerService:
        assert event.request is not None
        try:
            return site.service_of(event.request)
        except HTTPException as refusal:
            said = load_words(Language.FRENCH)["event_refused"]
            raise gr.Error(said, print_exception=False) from refusal

    return service_of


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


Place = tuple[str, str]
"""A page: the pseudonym of its reader, and its session."""


def place_of(service: BuyerService, event: gr.Request) -> Place:
    """The page that an event comes from."""
    return service.reader.user, str(event.session_hash)


class Refused(Exception):
    """The question cannot be asked as it is; the message says what to change."""


class Chat:
    """Asks the service and redraws the page; one `Chat` for all sessions, each has its service."""

    def __init__(self, service_of: ServiceOfEvent, layout: Layout) -> None:
        self._service_of = service_of
        self._layout = layout
        self._running: dict[Place, threading.Event] = {}
        self._lock = threading.Lock()

    def is_answering(self, request: gr.Request) -> bool:
        """Whether a question of this page is being answered."""
        return self._place(request) in self._running

    def ask(
        self, question: str, as_of: str, dossier: str | None, memory: str, request: gr.Request
    ) -> Iterator[Screen]:
        """One turn on the screen, from the question to the recorded answer."""
        service = self._service_of(request)
        layout, place = self._layout, place_of(service, request)
        kept = seen_by(conversation_in(memory), service)
        conversation = replace(kept, dossier=dossier or None)
        said = said_of(conversation)
        try:
            turn = replace(opened(question, as_of, said), dossier=conversation.dossier)
            stop = self._begin(place, said)
        except Refused as refusal:
            yield {layout.status: spoken_line(str(refusal), alert=True)}
            return
        try:
            yield conversation_screen(layout, with_turn(conversation, turn), running=True)
            for grown in _advancing(service, turn, conversation, stop):
                turn = grown
                if not turn.settled:  # what looks finished is kept, and another may be asked
                    yield turn_screen(layout, with_turn(conversation, turn))
        finally:
            stop.set()
            with self._lock:
                del self._running[place]
        yield settled_screen(layout, with_turn(conversation, turn))

    def ask_again(self, asked: str, memory: str, request: gr.Request) -> Iterator[Screen]:
        """The turn of a question put to another scope or day, which stay chosen from then on."""
        service = self._service_of(request)  # whoever asks, and whatever they send
        said = said_of(conversation_in(memory))
        try:
            again = AGAIN.validate_json(readable(asked))
        except ValidationError:
            yield {self._layout.status: spoken_line(said["problem_422"], alert=True)}
            return
        day = date.today().isoformat() if again.as_of == TODAY else again.as_of
        shown = scope_screen(self._layout, chosen(again.dossier, day), service, said)
        for screen in self.ask(again.question, day, again.dossier, memory, request):
            yield {**screen, **shown}
            shown = {}

    def stop(self, request: gr.Request) -> None:
        """Stop the turn of this session, if there is one."""
        if running := self._running.get(self._place(request)):
            running.set()

    def _place(self, request: gr.Request) -> Place:
        return place_of(self._service_of(request), request)

    def _begin(self, place: Place, said: Words) -> threading.Event:
        """What stops the turn of a page.

        Raises Refused while the page is answering, or as many others of the same person as may.
        """
        with self._lock:
            others = [user for user, _ in self._running if user == place[0]]
            if place in self._running or len(others) >= MOST_AT_ONCE:
                raise Refused(said["error_busy"])
            return self._running.setdefault(place, threading.Event())


def _advancing(
    service: BuyerService, turn: Turn, conversation: Conversation, stop: threading.Event
) -> Iterator[Turn]:
    """The turn as it grows, then settled, whatever happens."""
    events = service.ask(
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
        turn = replace(turn, stage=TurnStage.STOPPED)
    except (AssistantError, IngestionError) as failure:
        turn = replace(turn, stage=TurnStage.FAILED, problem=str(failure))
    except Exception:
        logger.exception("A turn failed")
        time = datetime.now().strftime("%H:%M")
        problem = said_of(conversation)["error_internal"].format(time=time)
        turn = replace(turn, stage=TurnStage.FAILED, problem=problem)
    yield turn if turn.settled else replace(turn, stage=TurnStage.INTERRUPTED)


def opened(question: str, as_of: str, said: Words) -> Turn:
    """The turn for what was typed.

    Raises:
        Refused: there is no question, it is too long, or the date is not one.
    """
    question = readable(question).replace("\u00a0", " ").strip()
    if not question:
        raise Refused(said["error_empty"])
    if len(question) > LONGEST:
        raise Refused(said["error_long"].format(limit=LONGEST))
    try:
        day = date.fromisoformat(as_of.strip()) if as_of.strip() else None
    except ValueError as error:
        raise Refused(said["error_date"].format(text=as_of[:40])) from error
    return Turn(question, day)


def with_turn(conversation: Conversation, turn: Turn) -> Conversation:
    """The conversation with this turn after the others. Pure."""
    return replace(conversation, turns=(*conversation.turns, turn))
