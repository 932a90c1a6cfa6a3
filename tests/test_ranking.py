from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as some

from assistant.retrieval.ranking import (
    RANK_OFFSET,
    fuse,
    is_foreign,
    likelihoods,
    signals,
    strength,
)
from ingestion.chunking.passages import Passage
from tests.index_home import passages_of_texts

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
