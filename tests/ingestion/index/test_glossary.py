"""The glossary: everyday words, and the articles that they mean."""

from pathlib import Path

import pytest

from assistant.retrieval.candidates import phrases_of
from ingestion.documents.references import normalise
from ingestion.errors import IngestionError
from ingestion.index.lexical import EverydayWords, Term, read_glossary
from tests.support.index_home import passages_of_texts

TERMS = read_glossary()


def test_terms_are_read_from_every_file_with_normalised_articles(tmp_path: Path) -> None:
    entry = '[[term]]\nwords = ["MAPA"]\narticles = ["L. 2123-1"]\n'
    (tmp_path / "a.toml").write_text(entry, encoding="utf-8")
    (tmp_path / "b.toml").write_text(entry.replace("MAPA", "AO"), encoding="utf-8")
    assert read_glossary(tmp_path) == (
        Term(("MAPA",), ("L2123-1",)),
        Term(("AO",), ("L2123-1",)),
    )
    assert read_glossary(tmp_path / "nowhere") == ()


@pytest.mark.parametrize("written", ["[[term", "[[term]]\nwords = []", "term = 3", "[autre]"])
def test_a_file_that_is_no_glossary_is_named(tmp_path: Path, written: str) -> None:
    (tmp_path / "faux.toml").write_text(written, encoding="utf-8")
    with pytest.raises(IngestionError, match=r"faux\.toml"):
        read_glossary(tmp_path)


def test_a_passage_has_the_words_of_all_its_articles() -> None:
    first, second, *_ = passages_of_texts(["Un texte.", "Un autre."])
    everyday = EverydayWords(
        [Term(("un", "deux"), ("R1-0",)), Term(("trois",), ("R1-9", "R1-8", "R1-1"))]
    )
    assert everyday.of(first) == "un\ndeux"
    assert everyday.of(second) == ""


def test_every_entry_of_the_glossary_names_articles_of_the_code() -> None:
    assert len(TERMS) > 1000
    for term in TERMS:
        assert all(word.strip() for word in term.words), term
        assert 1 <= len(term.articles) <= 5, term
        for article in term.articles:
            assert normalise(article) == article, term
            assert article[0] in "LRDA", term


def test_no_phrase_stands_twice_in_an_entry() -> None:
    for term in TERMS:
        assert len(set(term.words)) == len(term.words), term


@pytest.mark.parametrize(
    "question",
    [
        "Puis-je recevoir les offres par e-mail pour un achat à 30 000 € ?",
        "Un candidat a envoyé son offre par mail, est-elle recevable ?",
        "Les devis par email suffisent-ils ?",
        "May we accept bids by e-mail?",
    ],
)
def test_an_offer_by_mail_leads_to_the_rule_and_to_its_exceptions(question: str) -> None:
    assert phrases_of(TERMS).articles(question)[:2] == ["R2132-7", "R2132-12"]
