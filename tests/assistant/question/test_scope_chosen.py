"""The scope of a question is the one chosen; a dossier that it may be about is proposed."""

import json
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.answering.answer import Answer, Outcome
from assistant.question.day import DaySource
from assistant.question.language import Language, readable
from assistant.question.scope import dossiers_meant
from assistant.reports.markup import load_words
from assistant.web.buyer.chat import AGAIN, Refused, opened
from assistant.web.buyer.conversation import (
    Conversation,
    Turn,
    TurnStage,
    about,
    recalled,
    remembered,
)
from assistant.web.buyer.dossier_pages import DossierPages
from assistant.web.buyer.turn_view import scope_bar
from ingestion.library.corpus import DOSSIER
from ingestion.tenders.dossiers import Dossier, Dossiers, provided_additions
from tests.support.fakes_page import FakeService

SAID = load_words(Language.FRENCH)
DEMONSTRATION = Dossier(DOSSIER, "2026-04", "Entretien des parcs")
ROADS, SCHOOL = Dossier("voirie-2026", "2026-07"), Dossier("ecole-2025")
ALL = (DEMONSTRATION, ROADS, SCHOOL)


@pytest.mark.parametrize(
    ("question", "meant"),
    [
        ("Quelles pénalités de retard dans le dossier Montelyre ?", [DEMONSTRATION]),
        ("Quelle est la durée du marché 2026-07 ?", [ROADS]),
        ("Que dit ecole-2025 des variantes ?", [SCHOOL]),
        ("What does the file voirie say about penalties?", [ROADS]),
        ("Que prévoit l’article 12.3 du CCAP ?", list(ALL)),
        ("que dit le ccap ?", list(ALL)),
        ("Que doit contenir un règlement de consultation ?", []),
        ("Que contient le règlement de consultation ?", list(ALL)),
        ("Quels seuils pour des travaux de voirie ?", []),
        ("Puis-je acheter pour 35 000 € HT sans mise en concurrence ?", []),
        ("Le seuil du 2026-07-01 ?", []),
    ],
)
def test_a_dossier_that_a_question_seems_to_be_about(question: str, meant: list[Dossier]) -> None:
    assert list(dossiers_meant(question, ALL)) == meant


def test_of_many_dossiers_none_is_proposed_that_is_not_named() -> None:
    many = tuple(Dossier(f"lot-{number}") for number in range(9))
    assert dossiers_meant("Que prévoit l’article 12.3 du CCAP ?", many) == ()
    assert dossiers_meant("Que prévoit le CCAP de lot-4 ?", many) == (many[4],)


def finished(**known: object) -> Turn:
    turn = Turn("Que prévoit le CCAP ?", date(2026, 11, 27), TurnStage.FINISHED)
    turn = replace(turn, answer=Answer(Outcome.ABSTAINED), day_source=DaySource.TODAY)
    return replace(turn, **known)  # type: ignore[arg-type]


def test_an_answer_shows_its_scope_and_its_day_and_one_click_changes_them() -> None:
    talk = Conversation(dossiers=ALL)
    of_rules = scope_bar(finished(), talk, SAID)
    assert "Répondu d’après les règles · Droit au 27 novembre 2026" in of_rules
    assert of_rules.count("data-again") == len(ALL)
    of_dossier = scope_bar(finished(dossier=ROADS.id), talk, SAID)
    assert "Répondu d’après le dossier 2026-07, et les règles" in of_dossier
    assert "aux règles seules" in of_dossier
    chosen = finished(day_source=DaySource.GIVEN)
    assert "au droit d’aujourd’hui" in scope_bar(chosen, talk, SAID)
    assert "2026-11-27" in scope_bar(chosen, talk, SAID)


def test_what_is_proposed_is_a_button_that_asks_again() -> None:
    bar = scope_bar(finished(proposed=(DEMONSTRATION,)), Conversation(), SAID)
    assert "il n’a pas été consulté" in bar
    assert "au dossier 2026-04 (démonstration)" in bar
    sent = json.dumps({"question": "Que prévoit le CCAP ?", "dossier": DOSSIER, "as_of": ""})
    assert AGAIN.validate_json(sent).dossier == DOSSIER


def test_while_an_answer_is_made_nothing_is_to_be_clicked() -> None:
    assert "data-again" not in scope_bar(
        finished(stage=TurnStage.READING), Conversation(dossiers=ALL), SAID
    )


def test_a_new_conversation_begins_with_the_rules() -> None:
    assert about(Conversation(dossier=ROADS.id), ALL).dossier is None
    going_on = Conversation((finished(dossier=ROADS.id),), dossier=ROADS.id)
    assert about(going_on, ALL).dossier == ROADS.id


def test_the_browser_does_not_keep_the_dossiers_of_a_reader() -> None:
    talk = Conversation((finished(),), dossiers=ALL)
    assert recalled(remembered(talk)) == replace(talk, dossiers=())
    assert ROADS.id not in remembered(talk)


def test_the_demonstration_is_marked_and_goes_by_one_confirmed_click() -> None:
    service = FakeService()
    pages = DossierPages(service, Language.FRENCH)
    page = bytes(pages.all().body).decode()
    assert "2026-04 (démonstration)" in page
    assert f'name="confirmation" value="{DOSSIER}"' in page
    service.filing.delete(DOSSIER)
    service.filing.create(ROADS)
    assert "Retirer" not in bytes(pages.all().body).decode()


def test_the_demonstration_stays_removed_until_it_is_created_again(tmp_path: Path) -> None:
    def provided() -> set[str | None]:
        return {each.dossier for each in provided_additions(tmp_path)}

    dossiers = Dossiers(tmp_path)
    dossiers.create(Dossier(DOSSIER))
    dossiers.create(ROADS)
    assert provided() == {None, DOSSIER}
    dossiers.delete(ROADS.id)
    assert provided() == {None, DOSSIER}
    dossiers.delete(DOSSIER)
    assert provided() == {None}
    assert Dossiers(tmp_path).all() == ()
    dossiers.create(Dossier(DOSSIER))
    assert provided() == {None, DOSSIER}


@given(st.text(st.characters(codec="utf-8"), max_size=40))
def test_a_text_without_halves_of_pairs_stays_as_it_is(text: str) -> None:
    assert readable(text) == text


@given(st.text(st.characters(categories=["Cs", "Lu", "So"]), max_size=20))
def test_any_text_can_be_written_once_it_is_readable(text: str) -> None:
    assert len(readable(text).encode()) >= len(readable(text))


def test_half_a_pair_in_a_question_is_replaced_and_a_whole_one_joined() -> None:
    assert opened("Puis-je \ud800 acheter ?", "", SAID).question == "Puis-je \ufffd acheter ?"
    assert opened("\ud83d\ude00 ?", "", SAID).question == "😀 ?"
    with pytest.raises(Refused):
        opened(" ", "", SAID)
