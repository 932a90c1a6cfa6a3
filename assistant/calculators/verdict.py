"""The yes or no to what is asked of a purchase, by the lightest procedure that is open to it. Pure.

A verdict says what is possible or due, for who asked the other way round, and names what may
overturn it and is not looked at: a dispense by object or circumstance (articles R2122-1 to
R2122-11), small lots (R2123-1, R2123-2).
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from assistant.calculators.calculation import CalculationLine, Route
from ingestion.index.purchase_claims import PurchaseClaim

_EXEMPT = "sans publicité ni mise en concurrence préalables."
_FORMALISED = "procédure formalisée, par appel d'offres, négociation ou dialogue compétitif."
_BUT_DISPENSED = "sauf dispense (urgence, exclusivité…)"
_BUT_SMALL_LOTS = "sauf dispense (urgence, exclusivité…) ou petits lots"
_NOT_DUE = f"Non, ce n'est pas obligatoire : marché possible {_EXEMPT}"

_SAID: Mapping[PurchaseClaim, Mapping[Route, str]] = {
    PurchaseClaim.UNADVERTISED: {
        Route.EXEMPT: f"Oui, c'est possible {_EXEMPT}",
        Route.ADAPTED: f"Non, {_BUT_DISPENSED} : il faut publicité et mise en concurrence, en "
        "procédure adaptée au moins.",
        Route.FORMALISED: f"Non, {_BUT_DISPENSED} : il faut une {_FORMALISED}",
    },
    PurchaseClaim.COMPETED: {
        Route.EXEMPT: _NOT_DUE,
        Route.ADAPTED: f"Oui, c'est obligatoire, {_BUT_DISPENSED} : publicité et mise en "
        "concurrence, en procédure adaptée au moins.",
        Route.FORMALISED: f"Oui, c'est obligatoire, {_BUT_DISPENSED} : {_FORMALISED}",
    },
    PurchaseClaim.ADAPTED: {
        Route.EXEMPT: f"Oui, c'est possible, et même {_EXEMPT}",
        Route.ADAPTED: "Oui, la procédure adaptée est possible.",
        Route.FORMALISED: f"Non, {_BUT_SMALL_LOTS} : il faut une {_FORMALISED}",
    },
    PurchaseClaim.FORMALISED: {
        Route.EXEMPT: _NOT_DUE,
        Route.ADAPTED: "Non, ce n'est pas obligatoire : procédure adaptée possible.",
        Route.FORMALISED: f"Oui, c'est obligatoire, {_BUT_SMALL_LOTS} : {_FORMALISED}",
    },
    PurchaseClaim.ALLOWED: {
        Route.EXEMPT: f"Oui, c'est possible {_EXEMPT}",
        Route.ADAPTED: "Oui, en procédure adaptée au moins.",
        Route.FORMALISED: f"Oui, en {_FORMALISED}",
    },
    PurchaseClaim.ANNOUNCED: {Route.EXEMPT: _NOT_DUE},
}


def with_verdict(
    claim: PurchaseClaim, route: Route, result: Sequence[CalculationLine], is_announced: bool | None
) -> tuple[CalculationLine, ...]:
    """The result of a procedure with the yes or no to a claim first; as it is where it has none.

    Its first line tells the route, its second, where the purchase is not exempt, the publicity;
    `is_announced` as `formalities` tells it.
    """
    route_line, *others = result
    if (said := _SAID.get(claim, {}).get(route)) is not None:
        return (replace(route_line, text=said), *others)
    if claim is PurchaseClaim.ANNOUNCED and is_announced is not None:
        publicity, *others = others
        yes_or_no = "Oui" if is_announced else "Non"
        said = f"{yes_or_no}. {publicity.text}"
        return (replace(publicity, text=said), route_line, *others)
    return tuple(result)
