"""The column beside the conversation: the ways to other pages, and what the browser keeps. Pure."""

from dataclasses import dataclass

from assistant.accounts.identity import ALONE, AREAS, Identity, UserRole
from assistant.reports.markup import Html, Words, render_macro
from assistant.web.buyer.conversation import Conversation
from assistant.web.buyer.shelf import ConversationShelf, title_of

SIDE = "buyer/side.html"


@dataclass(frozen=True, slots=True)
class ShownConversation:
    """A conversation set aside: its title, and the words that it is found by."""

    title: str
    words: str


def ways(said: Words, reader: Identity) -> Html:
    """To the other pages of a buyer, those of their other roles, and their account."""
    others = (area for area in AREAS if area.role not in (None, UserRole.BUYER))
    areas = [area for area in others if area.admits(reader)]
    return render_macro(SIDE, "ways", said, areas, None if reader is ALONE else reader.name)


def here(said: Words, conversation: Conversation) -> Html:
    """The title of the open conversation."""
    return render_macro(SIDE, "here", said, title_of(conversation))


def shelf_list(said: Words, shelf: ConversationShelf) -> Html:
    """The conversations set aside, and the field that searches their questions."""
    shown = [
        ShownConversation(title_of(each), " ".join(turn.question for turn in each.turns))
        for each in shelf.conversations
    ]
    return render_macro(SIDE, "shelf", said, shown)
