from dataclasses import replace
from datetime import date

from assistant.answering.notices import (
    not_found,
    not_found_of,
    of_unknown_days,
    remarks,
    untold_of,
)
from assistant.question.language import Language
from ingestion.readers.documents import Kind
from tests.passage_texts import evidence_of

STATE = date(2026, 8, 23)
SURE = "La commune garde les offres cinq ans."
UNSURE = "Certitude moyenne : texte à relire sur Légifrance."


def test_an_abstention_says_what_was_searched_and_as_of_when() -> None:
    said = not_found(Language.FRENCH, 1037, STATE)
    assert "1037 passages, à jour au 23/08/2026" in said
    assert "Légifrance" in said
    assert "1037 passages)" in not_found(Language.ENGLISH, 1037, None)


def test_a_partial_answer_says_which_questions_it_leaves_open() -> None:
    parts = ["Faut-il un écrit ?", "Faut-il une avance ?"]
    french = not_found_of(Language.FRENCH, parts)
    assert french.endswith("répondre à : « Faut-il un écrit ? », « Faut-il une avance ? ».")
    assert "“Faut-il un écrit ?”." in not_found_of(Language.ENGLISH, parts[:1])


def test_a_text_maybe_newer_than_the_day_asked_about_is_announced() -> None:
    cited = [evidence_of(SURE, state_date=STATE)]
    day = date(2026, 3, 1)
    assert "[1] décrit le droit au 23/08/2026" in of_unknown_days(Language.FRENCH, cited, day)
    assert "droit du 01/03/2026" in of_unknown_days(Language.FRENCH, cited, day)
    assert of_unknown_days(Language.FRENCH, cited, STATE) == ""
    assert "law of 2026-08-23" in of_unknown_days(Language.ENGLISH, cited, day)
    assert of_unknown_days(Language.ENGLISH, cited, STATE) == ""


def test_of_a_text_known_to_be_the_law_that_day_there_is_nothing_to_say() -> None:
    item = evidence_of(SURE, state_date=STATE)
    known = replace(item, passage=replace(item.passage, valid_from=date(2019, 4, 1)))
    assert of_unknown_days(Language.FRENCH, [known], date(2026, 3, 1)) == ""
    said = of_unknown_days(Language.FRENCH, [known, replace(item, number=2)], date(2026, 3, 1))
    assert "[2]" in said
    assert "[1]" not in said


def test_a_law_that_is_not_kept_is_said_for_its_day() -> None:
    assert "le droit du 01/03/2018 sur ce point" in untold_of(Language.FRENCH, date(2018, 3, 1), [])
    parts = ["Faut-il un écrit ?", "Faut-il une avance ?"]
    assert "« Faut-il un écrit ? », « Faut-il une avance ? »" in untold_of(
        Language.FRENCH, date(2018, 3, 1), parts
    )
    assert "law of 2018-03-01" in untold_of(Language.ENGLISH, date(2018, 3, 1), [])


def test_rules_indexed_before_the_day_asked_about_are_announced() -> None:
    cited = [evidence_of(SURE, state_date=STATE)]
    later = date(2026, 11, 24)
    assert "à jour au 23/08/2026" in remarks(Language.FRENCH, cited, later, STATE)
    assert "as of 2026-08-23" in remarks(Language.ENGLISH, cited, later, STATE)
    assert remarks(Language.FRENCH, cited, later, None) == ""
    clause = replace(cited[0], passage=replace(cited[0].passage, kind=Kind.TENDER))
    assert remarks(Language.FRENCH, [clause], later, STATE) == ""


def test_a_source_with_a_reservation_is_named() -> None:
    unsure = evidence_of(SURE, 2)
    unsure = replace(unsure, passage=replace(unsure.passage, notes=(UNSURE,)))
    cited = [evidence_of(SURE, 1), unsure]
    said = remarks(Language.FRENCH, cited, STATE, STATE)
    assert "[2]" in said
    assert "[1]" not in said
