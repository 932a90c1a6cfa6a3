"""The state of every component for a conversation: what a handler hands to Gradio. Pure."""

from typing import Any

import gradio as gr

from assistant.answering.answer import Outcome
from assistant.reports.markup import Html, Words, count, load_words, render_macro
from assistant.web.buyer.conversation import (
    Conversation,
    ScopeChoice,
    Turn,
    TurnStage,
    UnreadableMemory,
    about,
    owned,
    recalled,
    remembered,
)
from assistant.web.buyer.export import stopped_line
from assistant.web.buyer.layout import Layout
from assistant.web.buyer.turn_view import turn_html
from assistant.web.buyer.wording import PARTS, here, scoped
from assistant.web.service import BuyerService

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
