"""The conversations that a browser keeps beside the open one."""

from dataclasses import fields, replace
from datetime import date
from typing import Any

import gradio as gr
import pytest

from assistant.identity import ALONE
from assistant.question.language import Language
from assistant.reports.markup import load_words
from assistant.web.buyer.chat import Chat
from assistant.web.buyer.commands import Commands, shelf_of
from assistant.web.buyer.conversation import (
    LONGEST_SHELF,
    MOST_CONVERSATIONS,
    Conversation,
    ConversationShelf,
    ScopeChoice,
    Turn,
    TurnStage,
    choice_in,
    recalled,
    remembered,
    set_aside,
    shelf_in,
    shelf_text,
    taken,
    title_of,
)
from assistant.web.buyer.layout import EXAMPLES, Layout
from assistant.web.buyer.wording import shelf_list
from tests.support.fakes_page import FakeService

SAID = load_words(Language.FRENCH)


def talk(*questions: str, owner: str = ALONE.user, dossier: str | None = None) -> Conversation:
    turns = (Turn(each, None, TurnStage.FINISHED, dossier=dossier) for each in questions)
    return Conversation(tuple(turns), owner=owner)


@pytest.fixture
def service() -> FakeService:
    return FakeService()


@pytest.fixture
def commands(service: FakeService) -> Commands:
    places: dict[str, Any] = {field.name: field.name for field in fields(Layout)}
    places["examples"] = tuple(f"example-{n}" for n in range(EXAMPLES))
    return Commands(lambda _: service, Layout(**places))


def test_a_title_is_the_first_question_cut_after_a_word() -> None:
    assert title_of(talk("Faut-il allotir ?", "Et sinon ?")) == "Faut-il allotir ?"
    assert title_of(Conversation()) == ""
    cut = title_of(
        talk("Sous combien de jours faut-il payer une facture reçue en retard par lui ?")
    )
    assert cut == "Sous combien de jours faut-il payer une facture reçue en retard…"
    assert title_of(talk("x" * 99)) == "x" * 64


def test_a_new_conversation_sets_the_open_one_aside_and_it_can_be_opened_again(
    commands: Commands,
) -> None:
    request, first, second = gr.Request(), talk("Faut-il allotir ?"), talk("Quand payer ?")
    screen: Any = commands.new(remembered(first), "", request)
    assert recalled(screen["memory"]).turns == ()
    screen = commands.new(remembered(second), screen["kept_aside"], request)
    aside = screen["kept_aside"]
    assert shelf_in(aside).conversations == (second, first)
    assert commands.new("", aside, request)["kept_aside"] == aside  # nothing was asked in it
    english = replace(talk("May I buy?"), language=Language.ENGLISH)
    screen = commands.reopen("1", remembered(english), aside, request)
    assert recalled(screen["memory"]) == replace(first, language=Language.ENGLISH)
    assert shelf_in(screen["kept_aside"]).conversations == (english, second)


def test_what_is_forgotten_is_kept_nowhere(commands: Commands) -> None:
    aside = shelf_text(ConversationShelf((talk("Faut-il allotir ?"), talk("Quand payer ?"))))
    screen: Any = commands.forget("0", "", aside, gr.Request())
    assert "allotir" not in str(screen)
    assert shelf_in(screen["kept_aside"]).conversations == (talk("Quand payer ?"),)


@pytest.mark.parametrize("place", ["", "2", "-1", "x", "²", "1e0", "99999"])
def test_a_place_without_a_conversation_is_told(commands: Commands, place: str) -> None:
    shelf = ConversationShelf((talk("Faut-il allotir ?"), talk("Quand payer ?")))
    assert taken(shelf, place) is None
    for command in (commands.reopen, commands.forget):
        screen = command(place, "", shelf_text(shelf), gr.Request())
        assert list(screen) == ["status"]
        assert SAID["kept_gone"] in screen["status"]


def test_only_what_the_reader_may_see_is_shown_and_kept(service: FakeService) -> None:
    seen = talk("Sur mon dossier ?", dossier="montelyre-2026")
    others = (talk("D’une autre personne ?", owner="u-9"), talk("Sur un autre ?", dossier="parti"))
    kept = shelf_of(shelf_text(ConversationShelf((*others, seen))), service)
    assert [title_of(each) for each in kept.conversations] == ["Sur mon dossier ?"]


def test_a_browser_keeps_what_it_has_room_for_and_nonsense_is_an_empty_shelf() -> None:
    many = ConversationShelf(tuple(talk(f"Question {n}") for n in range(MOST_CONVERSATIONS + 5)))
    kept = shelf_in(shelf_text(many)).conversations
    assert kept == many.conversations[:MOST_CONVERSATIONS]
    long = ConversationShelf(tuple(talk("x" * (LONGEST_SHELF // 3)) for _ in range(5)))
    text = shelf_text(long)
    assert len(text) <= LONGEST_SHELF
    assert len(shelf_in(text).conversations) == 2
    for nonsense in ("{", '[{"turns": 3}]', f"[{' ' * LONGEST_SHELF}]"):
        assert shelf_in(nonsense) == ConversationShelf()


def test_a_conversation_without_room_leaves_the_older_ones_in_their_place() -> None:
    shelf = ConversationShelf((talk("x" * LONGEST_SHELF), talk("Faut-il allotir ?")))
    assert shelf_in(shelf_text(shelf)).conversations == (talk("Faut-il allotir ?"),)


@pytest.mark.parametrize("over", [0, 1])
def test_a_shelf_that_just_has_room_is_kept(over: int) -> None:
    room = LONGEST_SHELF - len(shelf_text(ConversationShelf((talk("x"),)))) + 1
    kept = shelf_text(ConversationShelf((talk("Et ?"), talk("x" * (room + over)))))
    just = shelf_text(ConversationShelf((talk("x" * (room + over)),)))
    assert len(shelf_in(kept).conversations) == 1
    assert len(just) == (2 if over else LONGEST_SHELF)
    assert len(shelf_in(just).conversations) == 1 - over


def test_a_choice_is_kept_as_far_as_its_dossier_is_there(commands: Commands) -> None:
    screen: Any = commands.choose("montelyre-2026", "2025-06-30", "", gr.Request())
    kept, dossiers = screen["kept_choice"], FakeService().dossiers
    assert choice_in(kept, dossiers) == ScopeChoice("montelyre-2026", date(2025, 6, 30))
    assert choice_in(kept, ()) == ScopeChoice(None, date(2025, 6, 30))
    assert choice_in("nonsense", dossiers) == ScopeChoice()
    screen = commands.choose("", "0020-13-99", "", gr.Request())
    assert SAID["chip_today"] in screen["chips"]
    assert choice_in(screen["kept_choice"], dossiers) == ScopeChoice()


def test_while_an_answer_is_written_no_other_conversation_is_opened(service: FakeService) -> None:
    places: dict[str, Any] = {field.name: field.name for field in fields(Layout)}
    layout = Layout(**places | {"examples": tuple(f"example-{n}" for n in range(EXAMPLES))})
    chat, memory = Chat(lambda _: service, layout), remembered(talk("Faut-il allotir ?"))
    commands = Commands(lambda _: service, layout, chat.is_answering)
    request = gr.Request(query_params={}, cookies={}, session_hash="page")
    aside = shelf_text(ConversationShelf((talk("Quand payer ?"),)))

    def screens() -> list[Any]:
        return [
            commands.open_dossier("montelyre-2026", memory, aside, request),
            commands.reopen("0", memory, aside, request),
            commands.new(memory, aside, request),
            commands.switch(memory, aside, "", request),
        ]

    answering: Any = chat.ask("Et alors ?", "", None, memory, request)
    next(answering)
    for screen in screens():
        assert list(screen) == ["status"]
        assert SAID["error_busy"] in screen["status"]
    assert "memory" in commands.new(memory, aside, gr.Request(session_hash="other"))
    answering.close()
    assert all("memory" in screen for screen in screens())


def test_a_title_stays_text() -> None:
    shown = shelf_list(SAID, set_aside(ConversationShelf(), talk('<img src=x onerror="a()">')))
    assert "<img" not in shown
    assert shelf_list(SAID, ConversationShelf()).strip() == ""
