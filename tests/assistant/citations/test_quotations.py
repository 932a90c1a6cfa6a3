"""Quotations found in a text, character by character."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.citations.quotations import find_quote, is_verbatim

PASSAGE = (
    "Avant le 1er avril 2026, le seuil était de 40\u00a0000 € HT. L'acheteur ne peut négocier, "
    "sauf urgence. L'acheteur ne peut pas exiger :\n- une caution de toutes les entreprises ;\n"
    "- un chiffre d’affaires minimal trop élevé."
)


def test_spaces_and_apostrophes_may_differ_but_nothing_else() -> None:
    text = "Le\u202fmarché « d’appel »  vaut 40\u00a0000 €."
    found = find_quote('marché "d\'appel" vaut 40 000 €', text)
    assert found is not None
    assert text[slice(*found)] == "marché « d’appel »  vaut 40\u00a0000 €"
    assert find_quote("marché d'Appel", text) is None
    assert find_quote("marche", text) is None


@pytest.mark.parametrize(
    "quote", ["000 € HT", "40 00", "cheteur", "avril 202", "0 000 € HT", "", "  "]
)
def test_a_quote_does_not_start_or_end_inside_a_word_or_a_number(quote: str) -> None:
    assert find_quote(quote, PASSAGE) is None


def test_the_occurrence_at_word_edges_is_found_behind_one_that_is_not() -> None:
    assert find_quote("lot", "ilot et lot") == (8, 11)


@pytest.mark.parametrize(
    "sentence",
    [
        "Avant le 1er avril 2026, le seuil était de 40 000 € HT.",
        "L'acheteur ne peut négocier, sauf urgence",
        "Avant le 1er avril 2026, le seuil était de 40 000 € HT. L'acheteur ne peut négocier, "
        "sauf urgence.",
        "- une caution de toutes les entreprises ;",
        PASSAGE,
    ],
)
def test_whole_sentences_are_verbatim(sentence: str) -> None:
    assert is_verbatim(sentence, PASSAGE)


@pytest.mark.parametrize(
    "sentence",
    [
        "le seuil était de 40 000 € HT.",
        "L'acheteur ne peut négocier.",
        "peut négocier, sauf urgence.",
        "une caution de toutes les entreprises",
        "L'acheteur ne peut pas exiger :\n- une caution de toutes les entreprises.",
        "L'acheteur ne peut pas exiger.",
        "40 000 € HT",
    ],
)
def test_a_cut_that_changes_the_sense_is_not_verbatim(sentence: str) -> None:
    assert not is_verbatim(sentence, PASSAGE)


def test_a_question_and_a_heading_carry_nothing() -> None:
    passage = "# Un seuil de 40 000 euros\nLe seuil est-il de 40 000 euros ?"
    assert not is_verbatim("Le seuil est-il de 40 000 euros ?", passage)
    assert not is_verbatim("# Un seuil de 40 000 euros", passage)


_WORDS = st.lists(st.sampled_from(["marché", "l’offre", "40\u00a0000", "€", "«", "et", "ou"]))


@given(_WORDS, _WORDS, _WORDS)
def test_offsets_are_those_of_the_original_text(
    before: list[str], quoted: list[str], after: list[str]
) -> None:
    text = "\u00a0".join([*before, *quoted, *after])
    quote = " ".join(quoted).replace("’", "'").replace("\u00a0", " ").replace("«", '"')
    found = find_quote(quote, text)
    if not quote.strip():
        assert found is None
    elif found:
        copied = text[slice(*found)].replace("’", "'").replace("\u00a0", " ").replace("«", '"')
        assert copied == quote
    else:
        assert quote[0].isdigit() or quote[-1].isdigit()
