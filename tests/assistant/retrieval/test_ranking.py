"""How passages are ranked."""

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as some

from assistant.retrieval.candidates import Phrases, Searcher, phrases_of
from assistant.retrieval.evidence import Scope
from assistant.retrieval.ranking import (
    RANK_OFFSET,
    foreign_regime,
    fuse,
    is_foreign,
    likelihoods,
    signals,
    strength,
)
from assistant.retrieval.retriever import Retriever
from assistant.retrieval.tuning import default_tuning
from ingestion.chunking.passages import Passage
from ingestion.index.lexical import Term
from ingestion.index.question_bank import (
    BankQuestion,
    Form,
    Style,
    digest_of,
)
from tests.support.fakes import WordEmbedder
from tests.support.index_home import ARTICLES, passages_of_texts, published, with_articles
from tests.support.question_lists import read_lists
from tests.support.small_index import TODAY

PAID, ADVANCE, LIST = passages_of_texts(
    [
        "Le délai de paiement est de trente jours.",
        "Une avance est due au-delà de 50 000 euros.",
        "Le marché peut être modifié :\n1° Quand il le prévoit ;\n2° Quand c'est nécessaire.",
    ]
)


def found(question: str, *passages: Passage, everyday: str = "") -> list[dict[str, float]]:
    return signals(question, [(passage, everyday) for passage in passages], {})


def test_ranks_are_fused_whatever_the_number_of_rankings() -> None:
    scores = fuse(["a", "b"], ["b", "c"], [])
    assert max(scores, key=lambda each: scores[each]) == "b"
    assert scores["a"] == 1 / (RANK_OFFSET + 1)
    assert set(scores) == {"a", "b", "c"}
    assert fuse() == fuse([], []) == {}


@given(ids=some.lists(some.text(min_size=1, max_size=3), unique=True, min_size=1))
def test_two_equal_rankings_keep_their_order(ids: list[str]) -> None:
    fused = fuse(ids, ids)
    assert sorted(fused, key=lambda each: -fused[each]) == ids


def test_a_better_rank_is_a_greater_signal_and_no_rank_is_none() -> None:
    texts = [(PAID, ""), (ADVANCE, ""), (LIST, "")]
    first, second, third = signals("?", texts, {"words": [ADVANCE.id, PAID.id]})
    assert 1 > second["words"] > first["words"] > 0
    assert "words" not in third


def test_words_that_few_passages_have_cover_more() -> None:
    question = "Le délai de l'avance ?"
    paid, advance, listed = found(question, PAID, ADVANCE, replace(LIST, text="Le délai court."))
    assert advance["coverage"] > paid["coverage"] == listed["coverage"] > 0


def test_everyday_words_and_headings_cover_too() -> None:
    plain = found("Un MAPA ?", PAID, ADVANCE)
    told = signals("Un MAPA ?", [(PAID, "MAPA"), (ADVANCE, "")], {})
    headed = found("Un MAPA ?", replace(PAID, headings=("MAPA",)), ADVANCE)
    assert plain[0]["coverage"] == 0
    assert told[0]["coverage"] == headed[0]["coverage"] == 1


def test_another_regime_is_told_unless_it_is_named() -> None:
    defence = replace(PAID, headings=("Marchés publics de défense ou de sécurité",))
    assert is_foreign("Quel délai ?", defence)
    assert not is_foreign("Quel délai en défense ?", defence)
    assert not is_foreign("Quel délai ?", PAID)
    assert found("Quel délai ?", defence)[0]["other regime"] == 1


def test_strength_weighs_the_signals() -> None:
    weights = {"words": 2.0, "coverage": 3.0, "amount": 7.0}
    assert strength({"words": 1.0, "coverage": 0.5}, weights) == pytest.approx(3.5)
    assert strength({}, weights) == 0


@given(some.lists(some.integers(-20, 20).map(float), min_size=1, max_size=40))
def test_likelihoods_add_up_and_keep_the_order(strengths: list[float]) -> None:
    shares = likelihoods(strengths)
    assert sum(shares) == pytest.approx(1)
    assert shares.index(max(shares)) == strengths.index(max(strengths))


def test_without_candidates_there_are_no_likelihoods() -> None:
    assert likelihoods([]) == []


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


NAMED, IN_ANOTHER_SENSE = (
    [(heading, question) for heading, questions in each for question in questions]
    for each in read_lists("regimes.txt")
)


@pytest.mark.parametrize(("heading", "named"), NAMED)
def test_a_twin_of_another_regime_is_foreign_unless_it_is_named(heading: str, named: str) -> None:
    assert foreign_regime("Quel est le délai de paiement ?", [heading]) is not None
    assert foreign_regime(named, ["Passation", heading]) is None


@pytest.mark.parametrize(("heading", "question"), IN_ANOTHER_SENSE)
def test_a_word_in_another_sense_names_no_regime(heading: str, question: str) -> None:
    assert foreign_regime(question, [heading]) is not None


@pytest.mark.parametrize("question", ["Quel est le seuil ?", "Quelle concession ?", ""])
def test_the_ordinary_text_is_never_foreign(question: str) -> None:
    ordinary = ("Deuxième partie : marchés publics", "Livre Ier : dispositions générales")
    assert foreign_regime(question, ordinary) is None
    assert foreign_regime(question, ()) is None


def test_an_article_is_found_by_a_question_that_shares_no_word_with_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = ARTICLES["R2191-3"]
    asked = "Puis-je toucher des sous au démarrage ?"
    bank = (BankQuestion("R2191-3-01", asked, "R2191-3", digest_of(text), ((0, 20),),
                         Form.YES, Style.COMPANY, "Oui."),)  # fmt: skip
    monkeypatch.setattr("ingestion.index.build.read_bank", lambda: bank)
    home = with_articles(tmp_path, ARTICLES)
    searcher = Searcher(published(home), WordEmbedder(), default_tuning())
    found = searcher.candidates(asked, Scope(TODAY))
    for each in found:
        is_asked = each.passage.references == ("R2191-3",)
        nearness = 0.0 if is_asked else each.cosine
        assert each.signals["unasked"] == float(not is_asked)
        assert each.signals["unasked nearness"] == nearness
    evidence = Retriever(published(home), WordEmbedder(), default_tuning()).retrieve(
        "Toucher des sous au démarrage, possible ?", Scope(TODAY), 3
    )
    assert evidence[0].passage.references == ("R2191-3",)
    assert asked not in evidence[0].passage.text
