"""The commands beside asking: load, new conversation, other language, export."""

import base64
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime

import gradio as gr

from assistant.language import Language
from assistant.page.conversation import Conversation, UnreadableMemory, recalled
from assistant.page.desk import Desk
from assistant.page.export import as_docx, as_markdown
from assistant.page.layout import RULES, Layout, spoken_in
from assistant.page.markup import NOTHING, Html, element
from assistant.page.screen import (
    Screen,
    conversation_in,
    conversation_screen,
    said_of,
    seen_by,
    spoken_line,
)
from assistant.page.site import EventDesk
from assistant.page.words import words

MARKDOWN = "text/markdown"
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


class Commands:
    """What the buttons of the page do; holds nothing between two calls."""

    def __init__(self, desk_of: EventDesk, layout: Layout) -> None:
        self._desk_of = desk_of
        self._layout = layout

    def load(self, memory: str, request: gr.Request) -> Screen:
        """The page as it was left, without a chosen day; its address may choose a dossier.

        What was asked about a dossier that is gone, or that the reader sees no more, is left out.
        """
        layout, desk = self._layout, self._desk_of(request)
        try:
            conversation = seen_by(recalled(memory), desk)
            if chosen := request.query_params.get("dossier"):
                is_known = chosen in {each.id for each in desk.dossiers}
                conversation = replace(conversation, dossier=chosen if is_known else None)
        except UnreadableMemory:
            conversation = Conversation(owner=desk.reader.user)
            line = spoken_line(said_of(conversation)["error_memory"], alert=True)
        else:
            line = NOTHING
        return {**self._spoken(conversation, desk), layout.status: line}

    def new(self, memory: str, request: gr.Request) -> Screen:
        """An empty conversation in the same language, about the rules of today."""
        layout = self._layout
        conversation = replace(kept(memory, self._desk_of(request)), turns=(), dossier=None)
        line = spoken_line(said_of(conversation)["status_new"])
        screen = conversation_screen(layout, conversation)
        return {**screen, layout.status: line, layout.dossier: RULES, layout.as_of: ""}

    def switch(self, memory: str, dossier: str | None, request: gr.Request) -> Screen:
        """The same conversation, and the same choice, in the other language."""
        desk = self._desk_of(request)
        conversation = replace(kept(memory, desk), dossier=dossier or None)
        french = conversation.language is Language.FRENCH
        other = Language.ENGLISH if french else Language.FRENCH
        return self._spoken(replace(conversation, language=other), desk)

    def export_markdown(self, memory: str, request: gr.Request) -> Screen:
        """The conversation as a Markdown file, handed to the browser."""
        return self._export(
            memory, request, "md", MARKDOWN, lambda talk, day: as_markdown(talk, day).encode()
        )

    def export_docx(self, memory: str, request: gr.Request) -> Screen:
        """The conversation as a Word file, handed to the browser."""
        return self._export(memory, request, "docx", WORD, as_docx)

    def _spoken(self, conversation: Conversation, desk: Desk) -> Screen:
        spoken = spoken_in(conversation.language, desk, conversation.dossier)
        return {
            **conversation_screen(self._layout, conversation),
            **dict(zip(self._layout.spoken, spoken, strict=True)),
        }

    def _export(
        self,
        memory: str,
        request: gr.Request,
        suffix: str,
        media: str,
        made: Callable[[Conversation, date], bytes],
    ) -> Screen:
        layout, desk = self._layout, self._desk_of(request)
        conversation = kept(memory, desk)
        said = words(conversation.language)
        if not conversation.turns:
            return {layout.status: spoken_line(said["error_nothing"], alert=True)}
        now = datetime.now()
        name = f"{said['export_file']}-{now:%Y-%m-%d-%H%M%S}.{suffix}"
        content = made(conversation, now.date())
        desk.exported(suffix, [turn.record_id for turn in conversation.turns if turn.record_id])
        return {
            layout.outbox: parcel(name, media, content),
            layout.status: spoken_line(said["status_exported"]),
        }


def kept(memory: str, desk: Desk) -> Conversation:
    """What the browser kept of a conversation, as far as this desk's reader may see it."""
    return seen_by(conversation_in(memory), desk)


def parcel(name: str, media: str, content: bytes) -> Html:
    """A file inside the page, which script.js saves as soon as it appears. Pure."""
    address = f"data:{media};base64,{base64.b64encode(content).decode()}"
    return element("a", name, href=address, download=name, hidden=True)
