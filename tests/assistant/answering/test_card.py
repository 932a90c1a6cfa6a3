"""The card: which sentences of what is quoted become labelled lines after the quotes."""

from dataclasses import replace
from datetime import date

import pytest

from assistant.answering.answer import LineRole, Prominence
from assistant.answering.card import Card, role_of
from assistant.answering.quotable import Draft
from assistant.question.language import Language
from assistant.retrieval.evidence import Evidence
from tests.support.fakes import WordEmbedder
from tests.support.passage_texts import article_of

RULE = "Le marché réservé est confié à une entreprise adaptée."
LIMIT = "L'acheteur ne peut réserver à nouveau le même lot."
EXCEPTION = "Toutefois, l'acheteur peut y renoncer pour un besoin urgent."
ANSWERED = "Le marché réservé, à qui est-il confié ?"
DAY = date(2026, 6, 1)


def article(text: str, number: int = 1) -> Evidence:
    passage = replace(article_of("L2113-12", text), id=f"d{number}", document_id=f"d{number}")
    return Evidence(number, passage, 0.9, "0" * 64)


def quoted(item: Evidence, text: str, place: Prominence = Prominence.BODY) -> Draft:
    start = item.passage.text.index(text)
    return Draft(text, (item,), start, start + len(text), place)


def parted(question: str, *drafts: Draft) -> tuple[list[str], list[tuple[str, str]]]:
    card = Card(WordEmbedder(), Language.FRENCH, DAY)
    kept = card.part(WordEmbedder().embed_questions([question])[0], drafts)
    return [each.text for each in kept], [(each.label, each.text) for each in card.lines]


def test_what_limits_a_quote_stands_after_it_once_and_the_exception_last() -> None:
    item = article(f"{RULE} {EXCEPTION} {LIMIT}")
    kept, lines = parted(ANSWERED, quoted(item, item.passage.text))
    assert kept == [RULE]
    assert lines == [("À respecter", LIMIT), ("Attention", EXCEPTION)]


def test_what_answers_is_no_line() -> None:
    item = article(f"{RULE} {EXCEPTION}")
    whole = item.passage.text
    question = "L'acheteur peut-il renoncer pour un besoin urgent ?"
    assert parted(question, quoted(item, whole)) == ([whole], [])
    figure = "Il ne peut durer plus de trois ans."
    item = article(f"{RULE} {figure}")
    assert parted(ANSWERED, quoted(item, item.passage.text)) == ([item.passage.text], [])


def test_what_comes_right_after_a_quote_and_limits_it_is_told_too() -> None:
    item = article(f"{RULE} {EXCEPTION} Il est écrit. {LIMIT}")
    assert parted(ANSWERED, quoted(item, RULE)) == ([RULE], [("Attention", EXCEPTION)])


def test_what_another_sentence_leans_on_stays_before_it() -> None:
    item = article(f"{RULE} {LIMIT} Dans ce cas, il en donne le motif.")
    whole = item.passage.text
    assert parted(ANSWERED, quoted(item, whole)) == ([whole], [])
    item = article(f"{RULE} {LIMIT} {EXCEPTION}")
    rule = f"{RULE} {LIMIT}"
    assert parted(ANSWERED, quoted(item, item.passage.text)) == ([rule], [("Attention", EXCEPTION)])


REFERRING = "Elle ne peut le réserver à nouveau."


def test_what_refers_to_the_sentence_before_stays_after_it() -> None:
    item = article(f"{RULE} {REFERRING} {LIMIT}")
    whole = f"{RULE} {REFERRING}"
    for draft in (quoted(item, item.passage.text), quoted(item, RULE)):
        assert parted(ANSWERED, draft) == ([whole], [("À respecter", LIMIT)])


def test_only_the_passage_that_is_quoted_first_has_lines() -> None:
    first, second = article(RULE), article(f"{RULE} {LIMIT}", 2)
    drafts = quoted(first, RULE), quoted(second, second.passage.text)
    assert parted(ANSWERED, *drafts) == ([RULE, second.passage.text], [])
    aside = quoted(second, second.passage.text, Prominence.ASIDE)
    assert parted(ANSWERED, aside) == ([second.passage.text], [])


def test_three_lines_are_told_and_the_rest_stays_quoted() -> None:
    reserved = "un lot", "tout", "rien", "encore"
    limits = [f"L'acheteur ne peut réserver {what}." for what in reserved]
    item = article(" ".join([RULE, *limits]))
    kept, lines = parted(ANSWERED, quoted(item, item.passage.text))
    assert [text for _, text in lines] == limits[:3]
    assert kept == [RULE, limits[3]]


@pytest.mark.parametrize(
    ("sentence", "role"),
    [
        ("Il peut toutefois être confié à un seul opérateur.", LineRole.EXCEPTION),
        ("Cette exclusion n’est pas applicable en cas de sursis.", LineRole.EXCEPTION),
        ("À défaut, son avis est réputé favorable.", LineRole.EXCEPTION),
        ("Par dérogation au premier alinéa, l'avis est facultatif.", None),
        ("Ce délai peut être prolongé, à condition d'en être informé.", LineRole.CONDITION),
        ("L'opérateur est une personne, à condition d'être choisi.", None),
        ("Il peut également être constitué, à condition que chacun adhère.", None),
        ("Lorsque l'objet ne peut être déterminé, le contrat est soumis au livre Ier.", None),
        ("Elle fixe un délai qui ne peut être inférieur à dix jours.", None),
        ("Les candidats doivent signer leur offre.", None),
    ],
)
def test_a_sentence_limits_by_its_first_clause(sentence: str, role: LineRole | None) -> None:
    assert role_of(sentence) is role
