from dataclasses import replace
from datetime import date

from assistant.language import Language
from assistant.notices import not_found, not_found_of, remarks, uncertain
from ingestion.documents import Kind
from tests.passage_texts import evidence_of

STATE = date(2026, 8, 23)
SURE = "La commune garde les offres cinq ans."
UNSURE = f"{SURE}\n\nCertitude moyenne : texte à relire sur Légifrance."


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


def test_a_text_newer_than_the_day_asked_about_is_announced() -> None:
    cited = [evidence_of(SURE, state_date=STATE)]
    assert "droit au 23/08/2026" in remarks(Language.FRENCH, cited, date(2026, 3, 1), STATE)
    assert remarks(Language.FRENCH, cited, STATE, STATE) == ""
    assert "law of 2026-08-23" in remarks(Language.ENGLISH, cited, date(2026, 3, 1), STATE)
    assert "law of" not in remarks(Language.ENGLISH, cited, STATE, STATE)


def test_rules_indexed_before_the_day_asked_about_are_announced() -> None:
    cited = [evidence_of(SURE, state_date=STATE)]
    later = date(2026, 11, 24)
    assert "à jour au 23/08/2026" in remarks(Language.FRENCH, cited, later, STATE)
    assert "as of 2026-08-23" in remarks(Language.ENGLISH, cited, later, STATE)
    assert remarks(Language.FRENCH, cited, later, None) == ""
    clause = replace(cited[0], passage=replace(cited[0].passage, kind=Kind.TENDER))
    assert remarks(Language.FRENCH, [clause], later, STATE) == ""


def test_a_source_with_a_reservation_is_named() -> None:
    cited = [evidence_of(SURE, 1), evidence_of(UNSURE, 2)]
    said = remarks(Language.FRENCH, cited, STATE, STATE)
    assert "[2]" in said
    assert "[1]" not in said


def test_doubt_names_the_first_words_that_the_quotes_lack() -> None:
    said = uncertain(Language.FRENCH, ["un", "deux", "trois", "quatre", "cinq"])
    assert "« un », « deux », « trois », « quatre »" in said
    assert "cinq" not in said
    assert "rien de" not in uncertain(Language.FRENCH, [])
    assert "check" in uncertain(Language.ENGLISH, ["un"])
