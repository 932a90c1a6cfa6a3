from assistant.retrieval.candidates import Phrases, phrases_of
from ingestion.index.lexical import Term

TERMS = (
    Term(("avance",), ("R2191-3", "L2191-2")),
    Term(("remboursement de l'avance", "rembourser l'avance"), ("R2191-11",)),
    Term(("MAPA", "procédure adaptée"), ("L2123-1", "R2123-1", "R2123-4")),
    Term(("le marché",), ("L1111-1",)),
)
PHRASES = Phrases(TERMS)


def test_a_phrase_leads_to_its_articles_in_order() -> None:
    assert PHRASES.articles("C'est quoi un MAPA ?") == ["L2123-1", "R2123-1", "R2123-4"]


def test_a_phrase_counts_only_when_all_its_words_are_asked() -> None:
    assert PHRASES.articles("Quelle procédure ?") == []
    assert PHRASES.articles("Une PROCEDURE bien adaptee ?")[0] == "L2123-1"


def test_the_phrase_that_says_more_leads_first() -> None:
    found = PHRASES.articles("Quand se fait le remboursement de l'avance ?")
    assert found == ["R2191-11", "R2191-3", "L2191-2"]


def test_a_phrase_without_a_meaningful_word_leads_nowhere() -> None:
    assert "L1111-1" not in PHRASES.articles("Le marché de l'acheteur ?")


def test_a_glossary_is_prepared_once() -> None:
    assert phrases_of(TERMS) is phrases_of(tuple(TERMS))
