"""Scores of tenders by the method of a question."""

from decimal import Decimal

import pytest

from assistant.calculators.scores import ScoredTender, ScoresAsked, scores
from assistant.errors import Ungrounded, WrongFigures
from tests.support.fake_law import FakeLaw

WEIGHTS = (("prix", Decimal(40)), ("technique", Decimal(60)))
METHOD = "40 x mini/offre"
SPACES = str.maketrans("\u202f\u00a0", "  ")


def _tender(name: str, price: int, technique: str) -> ScoredTender:
    return ScoredTender(name, (("technique", Decimal(technique)),), Decimal(price))


def _told(asked: ScoresAsked) -> list[str]:
    return [line.text.translate(SPACES) for line in scores(asked, FakeLaw()).result]


def test_the_terms_of_each_total_are_told() -> None:
    asked = ScoresAsked(
        WEIGHTS, (_tender("A", 100, "50"), _tender("B", 80, "45.5")), formula=METHOD
    )
    assert _told(asked)[:3] == [
        "En tête : B, 85,5 sur 100, contre 82 sur 100 pour A, "
        "par la formule que donne la question.",
        "A : 32 (40 × 80 / 100) + 50 = 82.",
        "B : 40 (40 × 80 / 80) + 45,5 = 85,5.",
    ]


def test_equal_totals_and_those_a_rounding_may_turn_are_told() -> None:
    tenders = (_tender("A", 80, "50"), _tender("B", 80, "50"))
    assert _told(ScoresAsked(WEIGHTS, tenders, formula=METHOD))[0].startswith("Égalité en tête : ")
    near = (_tender("A", 80, "50"), _tender("B", 80, "50.004"))
    assert "inférieur au centième" in _told(ScoresAsked(WEIGHTS, near, formula=METHOD))[1]


def test_weights_that_are_not_the_whole_give_no_note() -> None:
    tender = ScoredTender("A", (("prix", Decimal(8)), ("technique", Decimal(9))))
    weights = (("prix", Decimal(40)), ("technique", Decimal(65)))
    asked = ScoresAsked(weights, (tender,), Decimal(10), in_percent=True, is_weighted=True)
    assert _told(asked)[0] == (
        "Les pondérations font 40 % + 65 % = 105 %, et non 100 % ; aucune note n'est calculée."
    )


def test_the_method_that_lacks_is_asked_for() -> None:
    told = _told(ScoresAsked(WEIGHTS, (_tender("A", 100, "50"),)))
    assert told[0].startswith("Il manque la formule de notation du prix")
    assert not any(" = " in each for each in told)


@pytest.mark.parametrize("technique", ["61", "-1"])
def test_a_note_outside_its_bounds_is_refused(technique: str) -> None:
    with pytest.raises(WrongFigures, match="maximum"):
        ScoresAsked(WEIGHTS, (_tender("A", 100, technique),), formula=METHOD)


@pytest.mark.parametrize(
    "formula", ["40 x prix moyen / offre", "40 x mini / estimation", "40 x mini / 3"]
)
def test_a_method_whose_terms_are_not_read_is_refused(formula: str) -> None:
    with pytest.raises(WrongFigures):
        ScoresAsked(WEIGHTS, (_tender("A", 100, "50"),), formula=formula)


def test_the_lowest_price_may_be_of_another_tender() -> None:
    alone = ScoredTender("l'offre", (), Decimal(100))
    asked = ScoresAsked(WEIGHTS[:1], (alone,), formula=METHOD, lowest=Decimal(75))
    assert _told(asked)[:2] == [
        "Note « prix » : 30 sur 40, par la formule que donne la question.",
        "L'offre : 40 × 75 / 100 = 30.",
    ]


def test_the_lowest_price_that_lacks_is_named() -> None:
    told = _told(ScoresAsked(WEIGHTS, (_tender("A", 100, "50"),), formula=METHOD))
    assert told[0] == (
        "Il manque le prix de l'offre la plus basse : avec ce que donne la question, la note "
        "« prix » est 40 × mini / 100."
    )
    assert not any(each.startswith("A : ") for each in told)


def test_notes_on_a_scale_are_brought_to_points() -> None:
    tenders = (_tender("A", 100, "8"), _tender("B", 80, "5"))
    told = _told(ScoresAsked(WEIGHTS, tenders, Decimal(10), METHOD))
    assert told[0].startswith("En tête : A, 80 sur 100, contre 70 sur 100 pour B")
    assert told[1] == "A : 32 (40 × 80 / 100) + 48 (8/10 × 60) = 80."


def test_scores_rest_on_the_articles_that_leave_them_to_the_documents() -> None:
    asked = ScoresAsked(WEIGHTS, (_tender("A", 100, "50"),), formula=METHOD)
    grounds = scores(asked, FakeLaw()).grounds
    assert {each.article for each in grounds} == {"R2152-6", "R2152-7", "R2152-11"}
    with pytest.raises(Ungrounded):
        scores(asked, FakeLaw(silent={"critères, modalités"}))
