"""The page of who answers a contract: its switch, its own words, the questions it suggests."""

import json
import re
from dataclasses import fields, replace
from datetime import date
from typing import Any

import gradio as gr
import pytest

from assistant.question.language import Language
from assistant.reports.markup import load_words
from assistant.web.buyer.chat import Chat
from assistant.web.buyer.commands import Commands
from assistant.web.buyer.conversation import (
    Conversation,
    ScopeChoice,
    Turn,
    TurnStage,
    choice_text,
    recalled,
    remembered,
)
from assistant.web.buyer.firms import firm_themes, words_for
from assistant.web.buyer.layout import Layout
from tests.support.fakes_page import FakeService
from tests.support.page_texts import parsed

REQUEST = gr.Request(query_params={}, cookies={})
DOSSIER = choice_text(ScopeChoice("montelyre-2026", date(2026, 3, 12)))
FIRM, BUYER = (
    Conversation((Turn(question, None, TurnStage.FINISHED),), is_firm=is_firm)
    for question, is_firm in (("Ai-je droit à une avance ?", True), ("Faut-il allotir ?", False))
)


@pytest.fixture
def layout() -> Layout:
    places: dict[str, Any] = {field.name: field.name for field in fields(Layout)}
    return Layout(**places | {"examples": tuple(f"example-{n}" for n in range(6))})


@pytest.fixture
def commands(layout: Layout) -> Commands:
    return Commands(lambda _: FakeService(), layout)


def asked(shown: str) -> list[str]:
    """The questions that the buttons send."""
    sent = re.findall(r'data-again="([^"]*)"', shown)
    return [json.loads(each.replace("&#34;", '"'))["question"] for each in sent]


@pytest.mark.parametrize("language", Language)
def test_sixty_questions_are_suggested_by_theme_and_asked_in_french(language: Language) -> None:
    questions = [each for about in firm_themes(language).values() for each in about]
    shown = {each.shown for each in questions}
    assert len(shown) == len(questions) == 60
    assert all(each.endswith("?") for each in shown)
    sent = [json.loads(each.asked)["question"] for each in questions]
    french = firm_themes(Language.FRENCH).values()
    assert sent == [each.shown for about in french for each in about]


def test_the_switch_is_kept_with_the_conversation(commands: Commands) -> None:
    screen: Any = commands.take_side(True, remembered(BUYER), "", REQUEST)
    kept = recalled(screen["memory"])
    assert kept == replace(BUYER, is_firm=True, dossiers=kept.dossiers)
    assert screen["firm"]["value"] is True
    assert len(asked(screen["firm_start"])) == 60
    screen = commands.load(screen["memory"], "", "", REQUEST)
    assert (screen["firm"]["value"], bool(screen["firm_start"])) == (True, True)
    screen = commands.take_side(False, screen["memory"], "", REQUEST)
    assert (recalled(screen["memory"]).is_firm, screen["firm_start"]) == (False, "")


def test_another_conversation_has_its_own_side_and_a_new_one_that_of_before(
    commands: Commands,
) -> None:
    screen: Any = commands.new(remembered(FIRM), "", REQUEST)
    assert (recalled(screen["memory"]).is_firm, screen["firm"]["value"]) == (True, True)
    aside = screen["kept_aside"]
    screen = commands.reopen("0", remembered(BUYER), aside, REQUEST)
    assert (recalled(screen["memory"]).is_firm, screen["firm"]["value"]) == (True, True)
    screen = commands.reopen("0", remembered(FIRM), screen["kept_aside"], REQUEST)
    assert (recalled(screen["memory"]).is_firm, screen["firm"]["value"]) == (False, False)


def test_a_question_leaves_the_switch_where_it_is(layout: Layout) -> None:
    chat = Chat(lambda _: FakeService(pace=0), layout)
    screens: list[Any] = list(chat.ask("Et alors ?", "", None, remembered(FIRM), REQUEST))
    assert recalled(screens[-1]["memory"]).is_firm
    assert screens[0]["firm"]["interactive"] is False
    assert screens[-1]["firm"]["interactive"] is True


def test_nothing_of_the_rules_is_suggested_about_a_dossier(commands: Commands) -> None:
    screen: Any = commands.take_side(True, "", DOSSIER, REQUEST)
    assert screen["firm_start"] == ""
    screen = commands.choose("", "", screen["memory"], REQUEST)
    assert asked(screen["firm_start"])
    screen = commands.choose("montelyre-2026", "", remembered(FIRM), REQUEST)
    assert screen["firm_start"] == ""


def test_a_firm_is_not_told_that_the_buyer_decides(commands: Commands) -> None:
    screen: Any = commands.take_side(True, remembered(FIRM), "", REQUEST)
    assert "À vous de vérifier avant d’écrire à l’acheteur" in parsed(screen["footer"]).text
    assert "confrère" in screen["question"]["placeholder"]
    screen = commands.take_side(False, remembered(FIRM), "", REQUEST)
    assert "L'acheteur vérifie et décide" in parsed(screen["footer"]).text


def test_only_the_page_s_own_words_change() -> None:
    said = load_words(Language.ENGLISH)
    firm = words_for(said, is_firm=True)
    changed = {key for key in said if firm[key] != said[key]}
    assert changed == {"footer", "footer_undated", "question_placeholder"}
    assert words_for(said, is_firm=False) == said
