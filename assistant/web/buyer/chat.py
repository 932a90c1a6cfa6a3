"""What happens on the page: a question becomes a turn, and each event redraws it."""

import logging
import threading
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime
from queue import Empty, Queue
from typing import Any

import gradio as gr
from fastapi import HTTPException
from pydantic import TypeAdapter, ValidationError

from assistant.answering.answer import Event, Outcome
from assistant.errors import AssistantError
from assistant.question.language import Language, readable
from assistant.reports.markup import Html, Words, count, load_words, render_macro
from assistant.web.buyer.conversation import (
    Conversation,
    ScopeChoice,
    Turn,
    TurnStage,
    UnreadableMemory,
    about,
    advance,
    chosen,
    exchanges,
    owned,
    recalled,
    remembered,
)
from assistant.web.buyer.export import stopped_line
from assistant.web.buyer.layout import LONGEST_QUESTION, PARTS, Layout, here, scoped
from assistant.web.buyer.turn_view import TODAY, turn_html
from assistant.web.service import BuyerService
from assistant.web.site import Site
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


# Events that can be stopped while the next one is being made.

PATIENCE = 0.05  # seconds between two looks at whether the reader has stopped


class Stopped(Exception):
    """The reader stopped the turn, or left."""


class _End:
    """The last thing a pump hands over: the failure that ended the turn, if any."""

    def __init__(self, failure: BaseException | None = None) -> None:
        self.failure = failure


def stoppable(events: Generator[Event, None, None], stop: threading.Event) -> Iterator[Event]:
    """The events of a turn, until they end or `stop` is set.

    A generator cannot be closed while it runs, so it runs in a thread of its own: the caller is
    released at once, and the generator is closed as soon as it hands over its next event.

    Raises:
        Stopped: `stop` was set before the end.
    """
    handed: Queue[Event | _End] = Queue()
    threading.Thread(target=_pump, args=(events, stop, handed), daemon=True).start()
    try:
        while True:
            if stop.is_set():
                raise Stopped
            try:
                event = handed.get(timeout=PATIENCE)
            except Empty:
                continue
            if isinstance(event, _End):
                if event.failure:
                    raise event.failure
                return
            yield event
    finally:
        stop.set()


def _pump(
    events: Generator[Event, None, None], stop: threading.Event, handed: "Queue[Event | _End]"
) -> None:
    try:
        for event in events:
            if stop.is_set():
                handed.put(_End(Stopped()))
                return
            handed.put(event)
        handed.put(_End())
    except BaseException as failure:  # noqa: BLE001 - raised again in the reader's thread
        handed.put(_End(failure))
    finally:
        events.close()


# The state of every component for a conversation: what a handler hands to Gradio. Pure.

Screen = dict[Any, Any]  # new value or gr.update by component


def said_of(conversation: Conversation) -> Words:
    """The words of the conversation's language."""
    return load_words(conversation.language)


def conversation_in(memory: str) -> Conversation:
    """The conversation kept by the browser, an empty one when it cannot be read."""
    try:
        return recalled(memory)
    except UnreadableMemory:
        return Conversation()


def seen_by(conversation: Conversation, service: BuyerService) -> Conversation:
    """A conversation as far as the reader of a service may see it: theirs, about their dossiers."""
    return about(owned(conversation, service.reader.user), service.dossiers)


def spoken_line(text: str, *, alert: bool = False) -> Html:
    """A line for the status region: read aloud, and shown as well when it is an alert."""
    return render_macro(PARTS, "status", text, alert)


def conversation_screen(
    layout: Layout, conversation: Conversation, *, running: bool = False
) -> Screen:
    """The whole conversation; `running` when its last turn is being answered."""
    last = len(conversation.turns) - 1
    turns = [turn_html(turn, n, conversation) for n, turn in enumerate(conversation.turns)]
    screen: Screen = {
        layout.start: gr.update(visible=not turns),
        layout.here: here(said_of(conversation), conversation),
        layout.past: Html("").join(turns[:last]) if turns else "",
        layout.current: turns[last] if turns else "",
        layout.memory: remembered(conversation),
        **controls(layout, running=running),
    }
    if running:
        screen[layout.question] = gr.update(value="")
        screen[layout.status] = spoken_line(said_of(conversation)["searching"])
    return screen


def turn_screen(layout: Layout, conversation: Conversation) -> Screen:
    """The last turn after an event."""
    position = len(conversation.turns) - 1
    turn = conversation.turns[position]
    return {
        layout.current: turn_html(turn, position, conversation),
        layout.status: spoken_line(announced(turn, said_of(conversation))),
    }


def settled_screen(layout: Layout, conversation: Conversation) -> Screen:
    """The last turn once it is over: kept, and ready for another question."""
    return {
        **turn_screen(layout, conversation),
        layout.memory: remembered(conversation),
        **controls(layout, running=False),
    }


def scope_screen(layout: Layout, choice: ScopeChoice, service: BuyerService, said: Words) -> Screen:
    """What the next question is asked of, said, chosen and kept."""
    return dict(zip(layout.scope, scoped(said, choice, service.dossiers), strict=True))


def controls(layout: Layout, *, running: bool) -> Screen:
    """The buttons that make sense now; only Stop while a question is being answered."""
    return {
        layout.ask: gr.update(visible=not running),
        layout.stop: gr.update(visible=running),
        layout.new: gr.update(interactive=not running),
        layout.other_language: gr.update(interactive=not running),
        layout.firm: gr.update(interactive=not running),
    }


def announced(turn: Turn, said: Words) -> str:
    """What a screen reader says about the latest change of a turn."""
    match turn.stage:
        case TurnStage.WAITING:
            return count(said, "ahead", turn.ahead) if turn.ahead else said["searching"]
        case TurnStage.READING if turn.answer.sentences:
            return turn.answer.sentences[-1].text
        case TurnStage.READING:
            found = len(turn.evidence)
            return count(said, "status_found", found) if found else said["status_none"]
        case TurnStage.FINISHED if turn.answer.outcome is Outcome.ABSTAINED:
            return said["status_abstained"]
        case TurnStage.FINISHED:
            return count(said, "status_finished", len(turn.answer.sentences))
        case TurnStage.FAILED:
            return f"{said['error_title']}. {turn.problem}"
        case TurnStage.STOPPED:
            return stopped_line(turn, said)
        case TurnStage.INTERRUPTED:
            return said[turn.stage]


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
