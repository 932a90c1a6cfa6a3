"""The conversations that a browser keeps beside the open one. Pure values.

The server keeps none of them: the browser sends them along when one is opened, set aside or
forgotten, never with a question, and what comes back is checked like any foreign text.
"""

import textwrap
from collections.abc import Callable
from dataclasses import dataclass, replace

from pydantic import TypeAdapter, ValidationError

from assistant.web.buyer.conversation import Conversation, remembered

MOST_CONVERSATIONS = 60
LONGEST_SHELF = 1_500_000
"""Characters of all that is set aside: with the open conversation, what a browser has room for."""
LONGEST_TITLE = 64


@dataclass(frozen=True, slots=True)
class ConversationShelf:
    """The conversations set aside, the latest first."""

    conversations: tuple[Conversation, ...] = ()


def title_of(conversation: Conversation) -> str:
    """The first question, cut after a word; "" for a conversation without one. Pure."""
    asked = conversation.turns[0].question if conversation.turns else ""
    cut = textwrap.shorten(asked, LONGEST_TITLE, placeholder="…")
    return asked[:LONGEST_TITLE] if cut == "…" else cut


def set_aside(shelf: ConversationShelf, conversation: Conversation) -> ConversationShelf:
    """The shelf with a conversation before the others, unless nothing was asked in it. Pure."""
    if not conversation.turns:
        return shelf
    return ConversationShelf((conversation, *shelf.conversations))


def taken(shelf: ConversationShelf, place: str) -> tuple[Conversation, ConversationShelf] | None:
    """The conversation at a place, counted from 0, and the shelf without it; None for no place."""
    number = int(place) if place.isascii() and place.isdigit() and len(place) < 4 else -1
    if not 0 <= number < len(shelf.conversations):
        return None
    rest = shelf.conversations[:number] + shelf.conversations[number + 1 :]
    return shelf.conversations[number], ConversationShelf(rest)


def seen_on(
    shelf: ConversationShelf, seen: Callable[[Conversation], Conversation]
) -> ConversationShelf:
    """What a reader sees of each conversation, without those of which nothing is left. Pure."""
    shown = map(seen, shelf.conversations)
    return ConversationShelf(tuple(each for each in shown if each.turns))


KEPT = TypeAdapter(tuple[Conversation, ...])


def shelf_text(shelf: ConversationShelf) -> str:
    """The shelf as JSON, without the oldest beyond what a browser has room for. Pure."""
    lines: list[str] = []
    room = LONGEST_SHELF
    for each in shelf.conversations[:MOST_CONVERSATIONS]:
        line = remembered(each)
        room -= len(line) + 1
        if room < 0:
            break
        lines.append(line)
    return f"[{','.join(lines)}]"


def shelf_in(text: str) -> ConversationShelf:
    """What a browser kept; an empty shelf when it cannot be read. Pure."""
    if not text or len(text) > LONGEST_SHELF:
        return ConversationShelf()
    try:
        kept = KEPT.validate_json(text)
    except ValidationError:
        return ConversationShelf()
    return ConversationShelf(tuple(replace(each, dossiers=()) for each in kept))
