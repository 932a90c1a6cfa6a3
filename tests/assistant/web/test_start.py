"""What an empty conversation begins with: of the rules, or of a dossier."""

from dataclasses import fields, replace
from typing import Any

import gradio as gr
import pytest

from assistant.question.language import Language
from assistant.question.topics import topics_asked
from assistant.reports.markup import load_words
from assistant.tenders.fiche import LINES, Fiche, FicheState, fiche
from assistant.web.buyer.commands import Commands
from assistant.web.buyer.conversation import Conversation, Turn, TurnStage, remembered
from assistant.web.buyer.layout import EXAMPLES, Layout
from assistant.web.buyer.start import questions_about
from ingestion.chunking.passages import passages_of
from tests.support.conformity_dossier import builtin_documents, corrected_documents
from tests.support.fakes_page import FakeService

SAID = load_words(Language.FRENCH)
PLACES: dict[str, Any] = {field.name: field.name for field in fields(Layout)} | {
    "examples": tuple(f"example-{n}" for n in range(EXAMPLES))
}


def made_of(*documents: Any) -> Fiche:
    return fiche([(each, passages_of(each)) for each in documents])


def test_questions_begin_with_what_the_pieces_disagree_on() -> None:
    made = made_of(*builtin_documents())
    asked = questions_about(made, SAID)
    assert len(asked) == len(set(asked)) == 5
    assert asked[0] == SAID["start_contradictions"]
    states = {
        SAID[f"start_{name}"]: line.state for name, line in zip(LINES, made.lines, strict=True)
    }
    assert states[asked[1]] is FicheState.DIFFERS
    assert FicheState.ABSENT not in {states[each] for each in asked[1:]}


def test_of_pieces_that_agree_nobody_is_asked_for_contradictions() -> None:
    made = made_of(*corrected_documents())
    agreed = replace(
        made, lines=tuple(replace(line, state=FicheState.FOUND) for line in made.lines)
    )
    assert SAID["start_contradictions"] not in questions_about(agreed, SAID)
    absent = tuple(replace(line, state=FicheState.ABSENT) for line in made.lines)
    assert questions_about(replace(made, lines=absent), SAID) == ()


@pytest.mark.parametrize("name", LINES)
def test_each_question_is_about_its_subject(name: str) -> None:
    assert name in {topic.name for topic in topics_asked(SAID[f"start_{name}"])}


def test_a_dossier_shows_what_is_known_of_it_until_something_is_asked() -> None:
    service = FakeService()
    commands = Commands(lambda _: service, Layout(**PLACES))
    screen: Any = commands.choose("montelyre-2026", "", "", gr.Request())
    assert "Entretien des parcs" in screen["welcome"]
    assert "example-5" in screen
    assert screen["example-5"]["visible"] is False
    rules: Any = commands.choose("", "", "", gr.Request())
    assert SAID["welcome_title"] in rules["welcome"]
    assert rules["example-5"] == gr.update(value=SAID["example_6"], visible=True)
    talk = remembered(Conversation((Turn("Faut-il allotir ?", None, TurnStage.FINISHED),)))
    assert "welcome" not in commands.choose("montelyre-2026", "", talk, gr.Request())
