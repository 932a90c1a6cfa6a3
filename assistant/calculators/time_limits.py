"""Minimum time limits to receive applications and tenders (articles R2151-1, R2161-2 to R2161-22).

Periods run as règlement (CEE, Euratom) n° 1182/71 has them (calendar.py).
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from assistant.calculators.calculation import Calculation, Line
from assistant.calculators.calendar import Zone, add_days, add_months, in_words
from assistant.calculators.law import Law
from assistant.calculators.periods import Minimum, Period, Reduction, Start, minimum
from assistant.calculators.situation import Buyer
from assistant.errors import WrongFigures


class Procedure(StrEnum):
    """Procedures whose time limits differ; the value is its word on the command line."""

    OPEN = "appel-offres-ouvert"
    RESTRICTED = "appel-offres-restreint"
    NEGOTIATED = "procedure-avec-negociation"
    ADAPTED = "mapa"

    @property
    def label(self) -> str:
        """The procedure in French."""
        return _LABELS[self]


@dataclass(frozen=True, slots=True)
class TimeLimitsAsked:
    """The day the contract notice is sent, and what shortens the periods.

    `has_prior_notice`: a notice that announced the contract without calling for competition.
    `invited`: the day the invitation to tender is sent, where there is one and it is known.
    """

    procedure: Procedure
    sent: date
    buyer: Buyer
    is_electronic: bool = True
    is_urgent: bool = False
    has_prior_notice: bool = False
    invited: date | None = None
    zone: Zone = Zone.METROPOLE

    def __post_init__(self) -> None:
        """Raises WrongFigures for an invitation that the procedure does not have."""
        if self.invited and self.procedure not in _PERIODS:
            raise WrongFigures(
                f"Pas d'invitation à soumissionner en {self.procedure.label} ; donnez seulement "
                "la date d'envoi de l'avis."
            )

    @property
    def met(self) -> tuple[Reduction, ...]:
        """The reductions whose condition is met."""
        conditions = {
            Reduction.ELECTRONIC: self.is_electronic,
            Reduction.URGENT: self.is_urgent,
            Reduction.NOTICE: self.has_prior_notice,
        }
        return tuple(reduction for reduction, is_met in conditions.items() if is_met)


def time_limits(asked: TimeLimitsAsked, law: Law) -> Calculation:
    """The shortest time limits, as last days where the day they run from is known.

    Raises WrongFigures for an invitation sent before the time limit of the applications has ended.
    """
    steps, result = _adapted(law) if asked.procedure is Procedure.ADAPTED else _formal(asked, law)
    return Calculation(
        name="delais",
        title="Délais minimaux de réception",
        day=law.day,
        inputs=(
            ("procédure", asked.procedure.label),
            ("acheteur", asked.buyer.label),
            ("envoi de l'avis", in_words(asked.sent)),
            ("envoi de l'invitation", in_words(asked.invited) if asked.invited else "non donné"),
            ("dépôt électronique", "oui" if asked.is_electronic else "non"),
            ("urgence justifiée", "oui" if asked.is_urgent else "non"),
            ("avis de préinformation", "oui" if asked.has_prior_notice else "non"),
            ("jours fériés", asked.zone.value),
        ),
        steps=steps,
        result=result,
        cautions=(
            "Visites, renseignements tardifs et modifications du dossier allongent les délais.",
            "Un avis de préinformation qui sert lui-même d'appel à la concurrence n'est pas "
            "calculé : d'autres délais courent de l'invitation à confirmer l'intérêt.",
        ),
    )


def _adapted(law: Law) -> tuple[tuple[Line, ...], tuple[Line, ...]]:
    grounds = (law.stated("délai adapté").ground,)
    return (
        (Line("En procédure adaptée, l'acheteur fixe lui-même le délai.", grounds),),
        (
            Line(
                "Aucun minimum en jours : le délai doit convenir à la complexité du marché et au "
                "temps qu'il faut pour préparer une offre.",
                grounds,
            ),
        ),
    )


def _formal(asked: TimeLimitsAsked, law: Law) -> tuple[tuple[Line, ...], tuple[Line, ...]]:
    steps: list[Line] = []
    result: list[Line] = []
    for period, day in zip(_periods(asked), (asked.sent, asked.invited), strict=False):
        found = minimum(period, Start(day, asked.zone), asked.met, law)
        if not period.is_for_tenders:
            _check_invited(asked, found)
        steps += found.steps
        if asked.has_prior_notice and Reduction.NOTICE in period.reductions:
            steps.append(_prior_notice(period, asked.sent, law))
        result.append(found.result)
    suited = law.stated("délai adapté")
    said = "Ces minimums ne dispensent pas d'un délai adapté à la complexité du marché."
    return tuple(steps), (*result, Line(said, (suited.ground,)))


def _periods(asked: TimeLimitsAsked) -> tuple[Period, ...]:
    """The periods of a procedure: one from the notice, then one from the invitation if any."""
    name = _PERIODS.get(asked.procedure)
    if name is None:
        return (Period("appel d'offres ouvert", "Candidatures et offres", _NOTICE, _REDUCTIONS),)
    if asked.buyer is Buyer.ENTITY:
        return (
            Period(f"candidatures d'{name} d'une entité", "Candidatures", _NOTICE, (), False),
            Period(f"offres d'{name} d'une entité", "Offres", _INVITATION_UNLESS_AGREED),
        )
    agreement = () if asked.buyer is Buyer.STATE else (Reduction.UNAGREED,)
    return (
        Period(f"candidatures d'{name}", "Candidatures", _NOTICE, (Reduction.URGENT,), False),
        Period(f"offres d'{name}", "Offres", _INVITATION, (*_REDUCTIONS, *agreement)),
    )


def _check_invited(asked: TimeLimitsAsked, applications: Minimum) -> None:
    if asked.invited and applications.last and asked.invited <= applications.last:
        raise WrongFigures(
            f"L'invitation à soumissionner ne peut partir le {in_words(asked.invited)} : le délai "
            f"des candidatures court jusqu'au {in_words(applications.last)}."
        )


def _prior_notice(period: Period, sent: date, law: Law) -> Line:
    """When the prior notice must have been sent; counted back, a period is never moved."""
    latest = law.stated(f"{period.name}, préinformation au plus tard")
    earliest = law.stated(f"{period.name}, préinformation au plus tôt")
    first = add_months(sent, -int(earliest.value))
    last = add_days(sent, -int(latest.value))
    return Line(
        f"L'avis de préinformation doit avoir été envoyé entre le {in_words(first)} et le "
        f"{in_words(last)}.",
        (latest.ground, earliest.ground),
    )


_REDUCTIONS = (Reduction.ELECTRONIC, Reduction.URGENT, Reduction.NOTICE)
_NOTICE = "l'envoi de l'avis de marché"
_INVITATION = "l'envoi de l'invitation à soumissionner"
_INVITATION_UNLESS_AGREED = f"{_INVITATION}, à défaut d'accord avec les candidats sélectionnés"
_PERIODS = {
    Procedure.RESTRICTED: "un appel d'offres restreint",
    Procedure.NEGOTIATED: "une négociation",
}
"""How the constants of a procedure in two steps are named."""
_LABELS = {
    Procedure.OPEN: "appel d'offres ouvert",
    Procedure.RESTRICTED: "appel d'offres restreint",
    Procedure.NEGOTIATED: "procédure avec négociation",
    Procedure.ADAPTED: "procédure adaptée",
}
