"""Small lots that leave the procedure of all the lots."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as some

from assistant.calculators.calculation import Buyer, Nature, Route
from assistant.calculators.small_lots import SmallLotsAsked, small_lots
from assistant.errors import Ungrounded, WrongFigures
from tests.support.fake_law import FakeLaw

POSSIBLE, IMPOSSIBLE, CLOSED = "possible,", "impossible", "exclu pour"


def _said(
    amount: str,
    *lots: str,
    nature: Nature = Nature.SERVICES,
    buyer: Buyer = Buyer.LOCAL,
    route: Route | None = Route.EXEMPT,
) -> list[str]:
    asked = SmallLotsAsked(Decimal(amount), tuple(map(Decimal, lots)), nature, buyer, route)
    return [
        line.text.replace("\u202f", " ").replace("\u00a0", " ")
        for line in small_lots(asked, FakeLaw()).result
    ]


@pytest.mark.parametrize(
    ("amount", "lots", "nature", "route", "verdict"),
    [
        ("300000", ("59999.99",), Nature.SERVICES, Route.EXEMPT, POSSIBLE),
        ("300000", ("60000",), Nature.SERVICES, Route.EXEMPT, CLOSED),
        ("600000", ("99999.99",), Nature.WORKS, Route.EXEMPT, POSSIBLE),
        ("600000", ("100000",), Nature.WORKS, Route.EXEMPT, CLOSED),
        ("500000", ("50000", "50000"), Nature.SUPPLIES, Route.EXEMPT, POSSIBLE),
        ("500000", ("50000", "50000.01"), Nature.SUPPLIES, Route.EXEMPT, IMPOSSIBLE),
        ("400000", ("79999.99",), Nature.SERVICES, Route.ADAPTED, POSSIBLE),
        ("500000", ("80000",), Nature.SERVICES, Route.ADAPTED, CLOSED),
        ("6000000", ("999999.99",), Nature.WORKS, Route.ADAPTED, POSSIBLE),
        ("6000000", ("1000000",), Nature.WORKS, Route.ADAPTED, CLOSED),
        ("6000000", ("700000", "500000.01"), Nature.WORKS, Route.ADAPTED, IMPOSSIBLE),
    ],
)
def test_a_small_lot_is_below_its_limit_and_all_within_their_part(
    amount: str, lots: tuple[str, ...], nature: Nature, route: Route, verdict: str
) -> None:
    first = _said(amount, *lots, nature=nature, route=route)[0]
    assert verdict in first
    assert first.startswith(route[:1].upper())


@pytest.mark.parametrize(
    ("amount", "route", "limit"),
    [("59999", Route.EXEMPT, "60 000 € HT"), ("215999", Route.ADAPTED, "216 000 € HT")],
)
def test_below_the_threshold_of_the_whole_every_lot_may_be(
    amount: str, route: Route, limit: str
) -> None:
    first = _said(amount, "40000", route=route)[0]
    assert "possible pour tous les lots" in first
    assert limit in first


def test_where_not_all_may_be_the_largest_that_may_are_told() -> None:
    said = _said("208000", "48000", "39000")
    assert "48 000 € + 39 000 € = 87 000 €, soit 41,83 %, dépasse 20 %" in said[0]
    assert said[1] == "Dans ces limites : 39 000 €, soit 18,75 %."
    combined = _said("500000", "50000", "40000", "30000")[1]
    assert "50 000 € + 40 000 € = 90 000 €" in combined
    assert "50 000 € + 30 000 € = 80 000 €" in combined
    assert "; ou bien" in combined
    assert "aucun de ces lots" in _said("100000", "50000", "45000")[1]


def test_without_a_route_both_are_told() -> None:
    adapted, exempt = _said("410000", "78000", nature=Nature.SUPPLIES, route=None)
    assert adapted.startswith("Procédure adaptée : possible")
    assert exempt.startswith("Sans publicité ni mise en concurrence : exclu pour 78 000 € HT")


def test_a_constant_that_no_text_states_stops_it() -> None:
    asked = SmallLotsAsked(Decimal(300000), (Decimal(1),), Nature.SERVICES, Buyer.LOCAL)
    for name in ("petits lots, part", "petit lot", "dispense"):
        with pytest.raises(Ungrounded):
            small_lots(asked, FakeLaw(silent={name}))


@pytest.mark.parametrize(
    ("amount", "lots"), [("0", ("1",)), ("10", ()), ("10", ("0",)), ("10", ("6", "5"))]
)
def test_what_cannot_be_true_is_explained(amount: str, lots: tuple[str, ...]) -> None:
    with pytest.raises(WrongFigures):
        _said(amount, *lots)


@given(some.lists(some.integers(1000, 59000), min_size=1, max_size=4))
def test_lots_that_may_be_together_may_be_with_one_less(lots: list[int]) -> None:
    whole = "400000"
    if "possible," in _said(whole, *map(str, lots))[0] and len(lots) > 1:
        assert "possible," in _said(whole, *map(str, lots[1:]))[0]
