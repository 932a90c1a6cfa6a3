"""What is asked of a purchase, told by the words of others."""

import pytest

from ingestion.index.purchase_claims import (
    LIKELY,
    JudgedClaim,
    PurchaseClaim,
    PurchaseClaims,
    purchase_claims,
    read_judged_claims,
)
from tests.studies.purchase_claims import INVERTED, OPPOSITE, claims_above, told_by_others

FREE, MUST, OTHER = "on achète sans publier", "il faut publier", "combien de devis"


@pytest.fixture(scope="module")
def claims() -> PurchaseClaims:
    known = {
        FREE: PurchaseClaim.UNADVERTISED,
        MUST: PurchaseClaim.COMPETED,
        OTHER: PurchaseClaim.UNTOLD,
    }
    return PurchaseClaims(
        [JudgedClaim(words, 1, claim) for words, claim in known.items() for _ in range(5)]
    )


@pytest.mark.parametrize(
    ("question", "claim"),
    [
        (FREE, PurchaseClaim.UNADVERTISED),
        (MUST.upper(), PurchaseClaim.COMPETED),
        (OTHER, PurchaseClaim.UNTOLD),
        (f"{FREE}, ou {MUST}", PurchaseClaim.UNTOLD),
        ("xyz", PurchaseClaim.UNTOLD),
    ],
)
def test_words_tell_what_is_asked_where_they_are_those_of_one_claim(
    claims: PurchaseClaims, question: str, claim: PurchaseClaim
) -> None:
    assert claims.claim(question) is claim


def test_each_question_was_judged_once() -> None:
    asked = [each.question.lower() for each in read_judged_claims()]
    assert len({*asked}) == len(asked)


def test_by_the_words_of_others_half_are_told_and_hardly_one_the_opposite() -> None:
    judged = read_judged_claims()
    said = claims_above(judged, told_by_others(judged), LIKELY)
    asked = sum(each.claim is not PurchaseClaim.UNTOLD for each in judged)
    right = sum(each.claim is claim for each, claim in said)
    assert right > 0.5 * asked
    assert right > 0.88 * len(said)
    plain = [(each, claim) for each, claim in said if each.author != INVERTED]
    opposite = sum(each.claim is OPPOSITE.get(claim) for each, claim in plain)
    assert opposite < 0.03 * len(plain)


@pytest.mark.parametrize(
    ("question", "claim"),
    [
        ("Une pompe à 33 000 €, on peut l'acheter directement ?", PurchaseClaim.UNADVERTISED),
        ("Une pompe à 33 000 €, faut-il une mise en concurrence ?", PurchaseClaim.COMPETED),
        ("Une pompe à 330 000 €, le MAPA est-il encore possible ?", PurchaseClaim.ADAPTED),
        ("Une pompe à 330 000 €, faut-il un appel d'offres ?", PurchaseClaim.FORMALISED),
        ("Une pompe à 120 000 €, publication au BOAMP obligatoire ?", PurchaseClaim.ANNOUNCED),
        ("Une pompe à 120 000 €, quelle procédure ?", PurchaseClaim.UNTOLD),
    ],
)
def test_the_corpus_tells_what_is_asked(question: str, claim: PurchaseClaim) -> None:
    assert purchase_claims().claim(question) is claim
