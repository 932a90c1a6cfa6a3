"""The yes or no to what is asked of a purchase, by the lightest procedure that is open to it. Pure.

A verdict names what may overturn it and is not looked at: a dispense by object or circumstance
(articles R2122-1 to R2122-11), small lots (R2123-1, R2123-2).
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from assistant.calculators.calculation import CalculationLine, Route
from ingestion.index.purchase_claims import PurchaseClaim

_EXEMPT = "marché possible sans publicité ni mise en concurrence préalables."
_FORMALISED = "procédure formalisée, par appel d'offres, négociation ou dialogue compétitif."
_BUT_DISPENSED = "sauf dispense par l'objet ou les circonstances"
_BUT_SMALL_LOTS = f"{_BUT_DISPENSED}, ou petits lots"

_SAID: Mapping[PurchaseClaim, Mapping[Route, str]] = {
    PurchaseClaim.UNADVERTISED: {
        Route.EXEMPT: f"Oui : {_EXEMPT}",
        Route.ADAPTED: f"Non, {_BUT_DISPENSED} : publicité et mise en concurrence, en procédure "
        "adaptée possible.",
        Route.FORMALISED: f"Non, {_BUT_DISPENSED} : {_FORMALISED}",
    },
    PurchaseClaim.COMPETED: {
        Route.EXEMPT: f"Non : {_EXEMPT}",
        Route.ADAPTED: f"Oui, {_BUT_DISPENSED} : publicité et mise en concurrence, en procédure "
        "adaptée possible.",
        Route.FORMALISED: f"Oui, {_BUT_DISPENSED} : {_FORMALISED}",
    },
    PurchaseClaim.ADAPTED: {
        Route.EXEMPT: f"Oui, sans que ce soit obligatoire : {_EXEMPT}",
        Route.ADAPTED: "Oui : procédure adaptée possible.",
        Route.FORMALISED: f"Non, {_BUT_SMALL_LOTS} : {_FORMALISED}",
    },
    PurchaseClaim.FORMALISED: {
        Route.EXEMPT: f"Non : {_EXEMPT}",
        Route.ADAPTED: "Non : procédure adaptée possible.",
        Route.FORMALISED: f"Oui, {_BUT_SMALL_LOTS} : {_FORMALISED}",
    },
    PurchaseClaim.ALLOWED: {
        Route.EXEMPT: f"Oui : {_EXEMPT}",
        Route.ADAPTED: "Oui, en procédure adaptée au moins.",
        Route.FORMALISED: f"Oui, en {_FORMALISED}",
    },
    PurchaseClaim.ANNOUNCED: {Route.EXEMPT: f"Non : {_EXEMPT}"},
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
