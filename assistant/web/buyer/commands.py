"""The commands of the page of questions: every button but those of asking."""

import base64
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime

import gradio as gr

from assistant.question.language import Language
from assistant.reports.markup import NOTHING, Html, Words, render_macro
from assistant.web.buyer.chat import ServiceOfEvent
from assistant.web.buyer.conversation import (
    Conversation,
    ConversationShelf,
    ScopeChoice,
    UnreadableMemory,
    choice_in,
    choice_text,
    chosen,
    recalled,
    recorded,
    remembered,
    seen_on,
    set_aside,
    shelf_in,
    shelf_text,
    taken,
    title_of,
)
from assistant.web.buyer.export import answer_docx, as_docx, as_markdown
from assistant.web.buyer.firms import suggestions
from assistant.web.buyer.layout import Layout
from assistant.web.buyer.screens import (
    Screen,
    conversation_in,
    conversation_screen,
    said_of,
    scope_screen,
    seen_by,
    spoken_line,
)
from assistant.web.buyer.start import begun
from assistant.web.buyer.wording import PARTS, chips, shelf_list, sided_in, spoken_in
from assistant.web.frame import chosen_language
from assistant.web.service import BuyerService

MARKDOWN = "text/markdown"
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


class Commands:
    """What the buttons of the page do; holds nothing between two calls.

    While a page `is_answering`, its conversation stays open and in its language: the end of the
    answer would be put into another.
    """

    def __init__(
        self,
        service_of: ServiceOfEvent,
        layout: Layout,
        is_answering: Callable[[gr.Request], bool] = lambda event: False,
    ) -> None:
        self._service_of = service_of
        self._layout = layout
        self._is_answering = is_answering

    def load(self, memory: str, aside: str, choice: str, request: gr.Request) -> Screen:
        """The page as it was left; its address may choose a dossier.

        What was asked about a dossier that is gone, or that the reader sees no more, is left out.
        """
        layout, service = self._layout, self._service_of(request)
        try:
            conversation = seen_by(recalled(memory), service)
        except UnreadableMemory:
            conversation = Conversation(owner=service.reader.user)
            refusal = self._refused(conversation, "error_memory")
        else:
            refusal = {layout.status: NOTHING}
        spoken = chosen_language(request.cookies) or conversation.language
        conversation = replace(conversation, language=spoken)
        scope = choice_in(choice, service.dossiers)
        if asked := request.query_params.get("dossier"):
            is_known = asked in {each.id for each in service.dossiers}
            scope = replace(scope, dossier=asked if is_known else None)
        screen = self._spoken(conversation, shelf_of(aside, service), scope, service)
        return {**screen, **refusal}

    def choose(self, dossier: str | None, as_of: str, memory: str, request: gr.Request) -> Screen:
        """What the next question is asked of, said above its field and kept for a reload."""
        layout, service = self._layout, self._service_of(request)
        scope = choice_in(choice_text(chosen(dossier, as_of)), service.dossiers)
        conversation = kept(memory, service)
        said, is_firm = said_of(conversation), conversation.is_firm and not scope.dossier
        screen = {
            layout.chips: chips(said, scope, service.dossiers),
            layout.kept_choice: choice_text(scope),
            layout.firm_start: suggestions(said, conversation.language, is_firm=is_firm),
        }
        if conversation.turns:
            return screen
        return screen | begun(layout, conversation.language, scope.dossier, service)

    def new(self, memory: str, aside: str, request: gr.Request) -> Screen:
        """An empty conversation in the same language, about the rules of today."""
        service = self._service_of(request)
        before = kept(memory, service)
        if self._is_answering(request):
            return self._refused(before, "error_busy")
        shelf = set_aside(shelf_of(aside, service), before)
        conversation = replace(before, turns=(), dossier=None)
        return self._turned_to(conversation, shelf, said_of(conversation)["status_new"], service)

    def open_dossier(self, dossier: str, memory: str, aside: str, request: gr.Request) -> Screen:
        """An empty conversation about a dossier, which begins with what is known of it."""
        service = self._service_of(request)
        before = kept(memory, service)
        if self._is_answering(request):
            return self._refused(before, "error_busy")
        shelf = set_aside(shelf_of(aside, service), before)
        is_known = dossier in {each.id for each in service.dossiers}
        conversation = replace(before, turns=(), dossier=dossier if is_known else None)
        said = said_of(conversation)
        conversation = replace(conversation, dossiers=service.dossiers)
        line = said["status_dossier"] if is_known else said["problem_404"]
        return self._turned_to(conversation, shelf, line, service)

    def reopen(self, place: str, memory: str, aside: str, request: gr.Request) -> Screen:
        """A conversation set aside, in the place of the open one, which is set aside."""
        service = self._service_of(request)
        before = kept(memory, service)
        if self._is_answering(request):
            return self._refused(before, "error_busy")
        found = taken(shelf_of(aside, service), place)
        if found is None:
            return self._refused(before, "kept_gone")
        chosen, rest = found
        conversation = replace(chosen, language=before.language)
        line = said_of(before)["status_reopened"].format(title=title_of(conversation))
        return self._turned_to(conversation, set_aside(rest, before), line, service)

    def forget(self, place: str, memory: str, aside: str, request: gr.Request) -> Screen:
        """The shelf without one of its conversations."""
        layout, service = self._layout, self._service_of(request)
        conversation = kept(memory, service)
        found = taken(shelf_of(aside, service), place)
        if found is None:
            return self._refused(conversation, "kept_gone")
        said = said_of(conversation)
        line = spoken_line(said["status_forgotten"])
        return {**shelf_screen(layout, found[1], said), layout.status: line}

    def _refused(self, conversation: Conversation, key: str) -> Screen:
        """Why what was asked for is not done, by the key of its words."""
        return {self._layout.status: spoken_line(said_of(conversation)[key], alert=True)}

    def _turned_to(
        self, conversation: Conversation, shelf: ConversationShelf, line: str, service: BuyerService
    ) -> Screen:
        layout, said = self._layout, said_of(conversation)
        scope = ScopeChoice(conversation.dossier)
        return {
            **conversation_screen(layout, conversation),
            **self._begun(conversation, conversation.dossier, service),
            **shelf_screen(layout, shelf, said),
            **scope_screen(layout, scope, service, said),
            **side_screen(layout, conversation, scope, service),
            layout.status: spoken_line(line),
        }

    def switch(self, memory: str, aside: str, choice: str, request: gr.Request) -> Screen:
        """The same conversation, and the same choice, in the other language."""
        service = self._service_of(request)
        conversation, scope = kept(memory, service), choice_in(choice, service.dossiers)
        if self._is_answering(request):
            return self._refused(conversation, "error_busy")
        french = conversation.language is Language.FRENCH
        other = Language.ENGLISH if french else Language.FRENCH
        conversation = replace(conversation, language=other)
        return self._spoken(conversation, shelf_of(aside, service), scope, service)

    def take_side(self, is_firm: bool, memory: str, choice: str, request: gr.Request) -> Screen:
        """The same conversation in the words of a firm, or of a buyer, kept with it."""
        layout, service = self._layout, self._service_of(request)
        conversation = replace(kept(memory, service), is_firm=bool(is_firm))
        scope = choice_in(choice, service.dossiers)
        screen = side_screen(layout, conversation, scope, service)
        return {**screen, layout.memory: remembered(conversation)}

    def export_markdown(self, memory: str, request: gr.Request) -> Screen:
        """The conversation as a Markdown file, handed to the browser."""
        return self._export(
            memory, request, "md", MARKDOWN, lambda talk, day: as_markdown(talk, day).encode()
        )

    def export_docx(self, memory: str, request: gr.Request) -> Screen:
        """The conversation as a Word file, handed to the browser."""
        return self._export(memory, request, "docx", WORD, as_docx)

    def export_answer(self, record_id: str, memory: str, request: gr.Request) -> Screen:
        """One answer of the conversation, by its number, as a Word file."""
        layout, service = self._layout, self._service_of(request)
        conversation = kept(memory, service)
        turn = recorded(conversation, record_id)
        if turn is None:
            return self._refused(conversation, "export_answer_gone")
        said, now = said_of(conversation), datetime.now()
        name = f"{said['export_answer_file']}-{now:%Y-%m-%d-%H%M%S}.docx"
        content = answer_docx(turn, conversation.dossiers, now.date(), said)
        service.exported("docx", [record_id])
        return {
            layout.outbox: parcel(name, WORD, content),
            layout.status: spoken_line(said["status_answer_exported"]),
        }

    def _spoken(
        self,
        conversation: Conversation,
        shelf: ConversationShelf,
        scope: ScopeChoice,
        service: BuyerService,
    ) -> Screen:
        spoken = spoken_in(conversation.language, service, scope, is_firm=conversation.is_firm)
        return {
            **conversation_screen(self._layout, conversation),
            **shelf_screen(self._layout, shelf, said_of(conversation)),
            **dict(zip(self._layout.spoken, spoken, strict=True)),
            **self._begun(conversation, scope.dossier, service),
        }

    def _begun(
        self, conversation: Conversation, dossier: str | None, service: BuyerService
    ) -> Screen:
        """What stands before the first question; of a dossier only where nothing was asked yet."""
        about = None if conversation.turns else dossier
        return begun(self._layout, conversation.language, about, service)

    def _export(
        self,
        memory: str,
        request: gr.Request,
        suffix: str,
        media: str,
        made: Callable[[Conversation, date], bytes],
    ) -> Screen:
        layout, service = self._layout, self._service_of(request)
        conversation = kept(memory, service)
        if not conversation.turns:
            return self._refused(conversation, "error_nothing")
        said, now = said_of(conversation), datetime.now()
        name = f"{said['export_file']}-{now:%Y-%m-%d-%H%M%S}.{suffix}"
        content = made(conversation, now.date())
        service.exported(suffix, [turn.record_id for turn in conversation.turns if turn.record_id])
        return {
            layout.outbox: parcel(name, media, content),
            layout.status: spoken_line(said["status_exported"]),
        }


def kept(memory: str, service: BuyerService) -> Conversation:
    """What the browser kept of a conversation, as far as this service's reader may see it."""
    return seen_by(conversation_in(memory), service)


def shelf_of(aside: str, service: BuyerService) -> ConversationShelf:
    """What the browser set aside, as far as this service's reader may see it."""
    return seen_on(shelf_in(aside), lambda each: seen_by(each, service))


def shelf_screen(layout: Layout, shelf: ConversationShelf, said: Words) -> Screen:
    """The conversations set aside, shown and kept. Pure."""
    return {layout.shelf: shelf_list(said, shelf), layout.kept_aside: shelf_text(shelf)}


def side_screen(
    layout: Layout, conversation: Conversation, scope: ScopeChoice, service: BuyerService
) -> Screen:
    """The words, and the questions suggested, of who asks. Pure."""
    sided = sided_in(conversation.language, service, scope, is_firm=conversation.is_firm)
    return dict(zip(layout.side, sided, strict=True))


def parcel(name: str, media: str, content: bytes) -> Html:
    """A file inside the page, which script.js saves as soon as it appears. Pure."""
    address = f"data:{media};base64,{base64.b64encode(content).decode()}"
    return render_macro(PARTS, "parcel", name, address)
