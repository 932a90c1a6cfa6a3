from dataclasses import replace
from datetime import date

import pytest

from assistant.answering.answer import Answer, Outcome, Removed, Sentence, cite, conclude, marked
from assistant.answering.composer import bare, carried, write_sentences
from assistant.answering.extraction import Draft
from assistant.citations.checker import Support
from tests.fakes import ScriptedModel
from tests.page_texts import SMALL_PURCHASES, numbered, passage_of, text_document
from tests.passage_texts import evidence_of

DOCUMENT = text_document("fiches/petits.md", SMALL_PURCHASES, date(2026, 4, 1))
EVIDENCE = numbered(
    passage_of(DOCUMENT, "art. R2122-8", "L’acheteur peut", "R. 2122-8)."),
    passage_of(DOCUMENT, "ce qui reste à faire", "Même dispensé", "au besoin."),
)


def _sentence(text: str, *numbers: int) -> Sentence:
    return Sentence(text, numbers, Support.VERBATIM)


def test_a_citation_points_at_its_words_in_the_document() -> None:
    item = EVIDENCE[1]
    start = item.passage.text.index("- choisir")
    citation = cite(item, start, start + 31)
    assert citation.quote == DOCUMENT.text[citation.start : citation.end]
    assert citation.quote.startswith("- choisir")
    assert citation.n == 2
    assert citation.document == DOCUMENT.id
    assert citation.passage_id == item.passage.id
    assert citation.locator == "ce qui reste à faire"
    assert citation.sha256 == item.document_sha256
    assert (citation.valid_from, citation.valid_to) == (date(2026, 4, 1), None)


def test_a_sentence_is_followed_by_its_marks() -> None:
    assert marked(_sentence("C'est écrit.", 1)) == "C'est écrit. [1]"
    assert marked(_sentence("C'est écrit.", 1, 3)) == "C'est écrit. [1] [3]"
    assert marked(_sentence("C'est écrit.")) == "C'est écrit."


def test_an_answer_is_its_sentences_then_its_notice() -> None:
    sentences = (_sentence("Un.", 1), _sentence("Deux.", 2))
    answer = Answer(Outcome.ANSWERED, sentences)
    assert answer.markdown == "Un. [1]\n\nDeux. [2]"
    assert replace(answer, notice="Attention.").markdown == "Un. [1]\n\nDeux. [2]\n\nAttention."
    assert Answer(Outcome.ABSTAINED, notice="Rien.").markdown == "Rien."
    assert Answer(Outcome.ABSTAINED).markdown == ""


def test_nothing_standing_is_an_abstention() -> None:
    removed = [Removed("Faux.", "chiffre absent")]
    answer = conclude([], [], removed, "Je ne trouve pas.")
    assert answer.outcome is Outcome.ABSTAINED
    assert answer.removed == tuple(removed)
    assert answer.notice == "Je ne trouve pas."


def test_what_stands_is_an_answer_and_a_citation_is_given_once() -> None:
    first, second = cite(EVIDENCE[0], 0, 10), cite(EVIDENCE[0], 20, 30)
    sentences = [_sentence("Un.", 1), _sentence("Deux.", 1)]
    answer = conclude(sentences, [first, second, first], [])
    assert answer.outcome is Outcome.ANSWERED
    assert answer.sentences == tuple(sentences)
    assert answer.citations == (first, second)


def test_outcomes_are_those_of_the_contract() -> None:
    assert [outcome.value for outcome in Outcome] == ["answered", "partial", "abstained"]
    with pytest.raises(AttributeError):
        conclude([], [], []).notice = "altered"  # type: ignore[misc]


# Writing


RULE = "L'acheteur peut conserver les offres pendant 5 ans."
OTHER = "Le titulaire doit remettre son rapport sous 10 jours."


def _quote(number: int, text: str) -> Draft:
    return Draft(text, (evidence_of(text, number),), 0, len(text))


QUOTES = [_quote(1, RULE), _quote(2, OTHER)]


def _written(reply: str) -> list[str]:
    model = ScriptedModel({"Question": reply})
    return [
        text for text in write_sentences("Combien de temps ?", QUOTES, model) if text is not None
    ]


def test_whole_sentences_come_out_one_by_one() -> None:
    assert _written("Il faut 5 ans. Le rapport vient ensuite. Et puis rien.") == [
        "Il faut 5 ans.",
        "Le rapport vient ensuite.",
    ]


def test_a_sentence_cut_by_the_limit_is_not_given() -> None:
    assert _written("Il faut 5 ans. Le rapport doit être") == ["Il faut 5 ans."]


def test_oui_and_non_are_taken_off() -> None:
    assert bare("Oui, l'acheteur peut le faire.") == "L'acheteur peut le faire."
    assert bare("NON : il ne peut pas.") == "Il ne peut pas."
    assert bare("Nonobstant cela, il peut.") == "Nonobstant cela, il peut."


def test_a_sentence_cites_the_quote_that_carries_it() -> None:
    assert carried(OTHER, QUOTES).evidence[0].number == 2
    assert carried(RULE, QUOTES).evidence[0].number == 1
    assert carried("Rien ne porte cette phrase.", QUOTES).evidence[0].number == 1
