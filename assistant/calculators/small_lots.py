"""Small lots: which may leave the procedure of all the lots, one by one and together (R2123-1)."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from itertools import combinations

from assistant.calculators.amounts import euros, percent, percent_of, require_positive
from assistant.calculators.calculation import (
    Buyer,
    Calculation,
    CalculationLine,
    Nature,
    Route,
    Stated,
    says,
)
from assistant.calculators.constants import Law
from assistant.calculators.procedure import (
    european,
    exemption,
    small_lot,
    small_lots_part,
    without_tax,
)
from assistant.errors import WrongFigures

_MOST_COMBINED = 5
"""Lots of which every combination is told where all together are too many."""


@dataclass(frozen=True, slots=True)
class SmallLotsAsked:
    """The value of all lots without tax, and of those that would be awarded apart, in order.

    `route` is how these would be awarded; None where both ways are asked.
    """

    amount: Decimal
    lots: tuple[Decimal, ...]
    nature: Nature
    buyer: Buyer
    route: Route | None = None

    def __post_init__(self) -> None:
        """Raises WrongFigures for what is not positive, no lot, or lots above them all."""
        require_positive(self.amount, "La valeur de tous les lots")
        for lot in self.lots:
            require_positive(lot, "Le montant d'un lot")
        if not self.lots or sum(self.lots) > self.amount:
            raise WrongFigures(
                "Donnez la valeur HT de tous les lots ensemble, puis celle d'un ou de plusieurs "
                "d'entre eux."
            )

    @property
    def routes(self) -> tuple[Route, ...]:
        """The ways that are asked about."""
        return (Route.ADAPTED, Route.EXEMPT) if self.route is None else (self.route,)


def small_lots(asked: SmallLotsAsked, law: Law) -> Calculation:
    """Whether lots may be awarded apart from the procedure of all."""
    part = law.stated(small_lots_part())
    results = [line for route in asked.routes for line in _awarded(asked, route, part, law)]
    ceiling = asked.amount * part.value / 100
    step = says(
        f"Petits lots ensemble : {percent(part.value)} de {euros(asked.amount)} = "
        f"{without_tax(ceiling)} au plus.",
        part,
    )
    return Calculation(
        name="petits-lots",
        title="Petits lots",
        day=law.day,
        inputs=(
            ("valeur de tous les lots", without_tax(asked.amount)),
            ("lots à passer à part", " ; ".join(map(without_tax, asked.lots))),
            ("objet", asked.nature.label),
            ("acheteur", asked.buyer.label),
            ("passation", " ; ".join(asked.routes)),
        ),
        steps=(step,),
        result=tuple(results),
        cautions=(
            "D'autres lots déjà passés ainsi comptent dans la même limite.",
            "La valeur de tous les lots (options, reconductions) n'est pas vérifiée.",
        ),
    )


def _awarded(
    asked: SmallLotsAsked, route: Route, part: Stated, law: Law
) -> Iterator[CalculationLine]:
    """What is possible one way: of the whole need where its amount allows it, else of the lots."""
    whole = law.stated(
        exemption(asked.nature) if route is Route.EXEMPT else european(asked.nature, asked.buyer)
    )
    lead = f"{route[:1].upper()}{route[1:]}"
    if asked.amount < whole.value:
        yield says(
            f"{lead} : possible pour tous les lots, {without_tax(asked.amount)} au total étant "
            f"inférieur à {without_tax(whole.value)}.",
            whole,
        )
        return
    limit = law.stated(
        exemption(asked.nature) if route is Route.EXEMPT else small_lot(asked.nature)
    )
    yield says(f"{lead} : {_verdict(asked, limit, part)}.", limit, part)
    if fitting := _fitting(asked, limit, part):
        yield says(f"Dans ces limites : {fitting}.", limit, part)


def _verdict(asked: SmallLotsAsked, limit: Stated, part: Stated) -> str:
    """Whether all the lots asked about may be awarded so."""
    above = [lot for lot in asked.lots if lot >= limit.value]
    if above:
        named = " ; ".join(map(without_tax, above))
        return f"exclu pour {named}, limite non respectée : moins de {without_tax(limit.value)}"
    ceiling = f"{percent(part.value)} de tous les lots ({euros(asked.amount * part.value / 100)})"
    together = _told(asked.lots, asked, part)
    which = "chaque lot est" if len(asked.lots) > 1 else "le lot est"
    below = f"{which} inférieur à {without_tax(limit.value)}"
    if _fits(asked.lots, asked, part):
        return f"possible, {below} et {together}, n'excède pas {ceiling}"
    subject = "impossible pour tous ces lots" if len(asked.lots) > 1 else "impossible"
    return f"{subject} : {together}, dépasse {ceiling}, même si {below}"


def _told(lots: Iterable[Decimal], asked: SmallLotsAsked, part: Stated) -> str:
    """Some lots added, and what share of all they are."""
    listed = [*lots]
    total = sum(listed, Decimal(0))
    added = " + ".join(map(euros, listed))
    said = f"{added} = {euros(total)}" if len(listed) > 1 else added
    return f"{said}, soit {percent_of(total, asked.amount, part.value)}"


def _fits(lots: Iterable[Decimal], asked: SmallLotsAsked, part: Stated) -> bool:
    return sum(lots, Decimal(0)) <= asked.amount * part.value / 100


def _fitting(asked: SmallLotsAsked, limit: Stated, part: Stated) -> str:
    """The largest combinations that may be awarded so, where all the lots may not."""
    small = [lot for lot in asked.lots if lot < limit.value]
    if len(small) == len(asked.lots) and _fits(small, asked, part):
        return ""
    if not small or len(small) > _MOST_COMBINED:
        return ""
    found: list[tuple[int, ...]] = []
    for size in range(len(small), 0, -1):
        for places in combinations(range(len(small)), size):
            is_within = any({*places} <= {*larger} for larger in found)
            if not is_within and _fits((small[each] for each in places), asked, part):
                found.append(places)
    told = [_told((small[each] for each in places), asked, part) for places in found]
    return " ; ou bien ".join(told) if told else "aucun de ces lots, même seul"
