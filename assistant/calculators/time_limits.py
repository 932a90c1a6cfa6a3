"""Minimum time limits to receive applications and tenders (R2151-1, R2161-2 to R2161-22)."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from assistant.calculators.amounts import Zone, add_days, add_months, end_of_period, numeral
from assistant.calculators.calculation import (
    Buyer,
    Calculation,
    CalculationLine,
    LabelledWord,
    Stated,
    says,
    yes_or_no,
)
from assistant.calculators.constants import Law
from assistant.errors import WrongFigures
from ingestion.french import in_words

# Periods: a minimum of days, what shortens or lengthens it, and its last day. Pure.


class Reduction(LabelledWord):
    """What shortens a period: the end of the name of its constant, and in which case."""

    ELECTRONIC = "voie électronique", "quand le dépôt se fait par voie électronique"
    URGENT = "urgence", "quand une urgence dûment justifiée rend le délai minimal intenable"
    NOTICE = (
        "préinformation",
        "après un avis de préinformation, ou périodique indicatif, qui n'a pas servi d'appel à la "
        "concurrence et donnait les mêmes renseignements que l'avis de marché",
    )
    UNAGREED = (
        "sans accord",
        "quand l'acheteur, qui peut convenir de la date avec les candidats sélectionnés, ne "
        "s'accorde pas avec eux",
    )


@dataclass(frozen=True, slots=True)
class MinimumPeriod:
    """A period: the name of its constant, what it is for, the event it runs from, what shortens it.

    Only one that `is_for_tenders` lasts longer when documents are not on the buyer's profile.
    """

    name: str
    subject: str
    event: str
    reductions: tuple[Reduction, ...] = ()
    is_for_tenders: bool = True


@dataclass(frozen=True, slots=True)
class Start:
    """The day of the event, None while it is not known, and where it takes place."""

    day: date | None
    zone: Zone

    def end(self, days: Decimal) -> date | None:
        """The last day of so many days."""
        return end_of_period(self.day, int(days), self.zone) if self.day else None

    def until(self, days: Decimal) -> str:
        """How long so many days are, in French: "30 jours, jusqu'au jeudi 24 décembre 2026"."""
        end = self.end(days)
        return f"{_in_days(days)}, jusqu'au {in_words(end)}" if end else _in_days(days)


@dataclass(frozen=True, slots=True)
class Minimum:
    """The shortest duration that a period may have, its last day where it is known, and why."""

    steps: tuple[CalculationLine, ...]
    result: CalculationLine
    last: date | None


def minimum(
    period: MinimumPeriod,
    start: Start,
    met: Collection[Reduction],
    law: Law,
    *,
    is_off_profile: bool = False,
) -> Minimum:
    """The shortest duration when these conditions are met; the other reductions are told too."""
    base = law.stated(period.name)
    reduced = {each: law.stated(f"{period.name}, {each}") for each in period.reductions}
    best = min(
        (base, *(reduced[each] for each in reduced if each in met)), key=lambda stated: stated.value
    )
    first = f"{period.subject} : {start.until(base.value)}, à compter de {period.event}."
    steps = [says(first, base)]
    for reduction, stated in reduced.items():
        verb = "Délai réduit" if reduction in met else "Délai réductible"
        said = f"{verb} {reduction.label} : {start.until(stated.value)}."
        steps.append(says(said, stated))
    grounds = [best]
    if period.is_for_tenders and Reduction.URGENT not in met:
        steps.append(_lengthened(best, start, law))
        if is_off_profile:
            grounds.append(law.stated("documents hors du profil d'acheteur"))
    days = sum((each.value for each in grounds), Decimal(0))
    return Minimum(tuple(steps), _result(period, days, grounds, start), start.end(days))


def _lengthened(best: Stated, start: Start, law: Law) -> CalculationLine:
    more = law.stated("documents hors du profil d'acheteur")
    longer = start.until(best.value + more.value)
    return says(
        f"Délai augmenté de {_in_days(more.value)} quand des documents de la consultation ne "
        f"peuvent être mis sur le profil d'acheteur : {longer}.",
        best,
        more,
    )


def _result(
    period: MinimumPeriod, days: Decimal, grounds: Sequence[Stated], start: Start
) -> CalculationLine:
    last = start.end(days)
    if last is None:
        said = f"au moins {_in_days(days)} à compter de {period.event}."
    else:
        said = (
            f"le délai minimal de {_in_days(days)} court jusqu'au {in_words(last)} à "
            "minuit ; la date limite ne peut tomber avant."
        )
    return says(f"{period.subject} : {said}", *grounds)


def _in_days(days: Decimal) -> str:
    return f"{numeral(days)} jours"


class Procedure(LabelledWord):
    """Procedures whose time limits differ; the value is its word on the command line."""

    OPEN = "appel-offres-ouvert", "appel d'offres ouvert"
    RESTRICTED = "appel-offres-restreint", "appel d'offres restreint"
    NEGOTIATED = "procedure-avec-negociation", "procédure avec négociation"
    ADAPTED = "mapa", "procédure adaptée"


@dataclass(frozen=True, slots=True)
class TimeLimitsAsked:
    """The day the contract notice is sent, and what shortens the periods.

    `has_prior_notice`: a notice that announced the contract without calling for competition.
    `invited`: the day the invitation to tender is sent, where there is one and it is known.
    `due`: when what the notice calls for is to be in, where the day of the notice is asked for;
    `sent` is then None, as it may be where only the tenders of those invited are asked about.
    `is_unagreed`: those invited did not agree on a date. `is_off_profile`: documents of the
    consultation cannot be put on the buyer's profile.
    """

    procedure: Procedure
    sent: date | None
    buyer: Buyer
    is_electronic: bool = True
    is_urgent: bool = False
    has_prior_notice: bool = False
    invited: date | None = None
    zone: Zone = Zone.METROPOLE
    due: date | None = None
    is_unagreed: bool = False
    is_off_profile: bool = False

    def __post_init__(self) -> None:
        """Raises WrongFigures for an invitation that the procedure does not have.

        And where not one of the notice and the day that tenders are due is given.
        """
        is_counted = self.procedure is not Procedure.ADAPTED
        given = [self.sent or self.invited, self.due]
        if is_counted and given.count(None) != 1:
            raise WrongFigures(
                "Donnez le jour d'envoi de l'avis ou de l'invitation, ou la date limite voulue."
            )
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
            Reduction.UNAGREED: self.is_unagreed,
        }
        return tuple(reduction for reduction, is_met in conditions.items() if is_met)


def time_limits(asked: TimeLimitsAsked, law: Law) -> Calculation:
    """The shortest time limits, as last days where the day they run from is known.

    Raises WrongFigures for an invitation sent before the time limit of the applications has ended.
    """
    if asked.procedure is Procedure.ADAPTED:
        steps, result = _adapted(law)
    elif asked.due:
        steps, result = _counted_back(asked, asked.due, law)
    else:
        steps, result = _formal(asked, law)
    return Calculation(
        name="delais",
        title="Délais minimaux de réception",
        day=law.day,
        inputs=_inputs(asked),
        steps=steps,
        result=result,
        cautions=(
            "Visites, renseignements tardifs et modifications du dossier allongent les délais.",
            "Un avis de préinformation qui sert lui-même d'appel à la concurrence n'est pas "
            "calculé : d'autres délais courent de l'invitation à confirmer l'intérêt.",
        ),
    )


def _inputs(asked: TimeLimitsAsked) -> tuple[tuple[str, str], ...]:
    return (
        ("procédure", asked.procedure.label),
        ("acheteur", asked.buyer.label),
        ("envoi de l'avis", in_words(asked.sent) if asked.sent else "non donné"),
        *((("date limite voulue", in_words(asked.due)),) if asked.due else ()),
        ("envoi de l'invitation", in_words(asked.invited) if asked.invited else "non donné"),
        ("dépôt électronique", yes_or_no(asked.is_electronic)),
        ("urgence justifiée", yes_or_no(asked.is_urgent)),
        ("avis de préinformation", yes_or_no(asked.has_prior_notice)),
        ("jours fériés", asked.zone.value),
    )


def _adapted(law: Law) -> tuple[tuple[CalculationLine, ...], tuple[CalculationLine, ...]]:
    stated = law.stated("délai adapté")
    return (
        (says("En procédure adaptée, l'acheteur fixe lui-même le délai.", stated),),
        (
            says(
                "Aucun minimum en jours : le délai doit convenir à la complexité du marché et au "
                "temps qu'il faut pour préparer une offre.",
                stated,
            ),
        ),
    )


def _formal(
    asked: TimeLimitsAsked, law: Law
) -> tuple[tuple[CalculationLine, ...], tuple[CalculationLine, ...]]:
    steps: list[CalculationLine] = []
    result: list[CalculationLine] = []
    for period, day in zip(_periods(asked), (asked.sent, asked.invited), strict=False):
        if day is None and asked.sent is None:
            continue  # the candidates are chosen: only their tenders are waited for
        start, off = Start(day, asked.zone), asked.is_off_profile
        found = minimum(period, start, asked.met, law, is_off_profile=off)
        if not period.is_for_tenders:
            _check_invited(asked, found)
        steps += found.steps
        if asked.sent and Reduction.NOTICE in period.reductions:
            steps.append(_prior_notice(period, asked.sent, law))
        result.append(found.result)
    suited = law.stated("délai adapté")
    said = "Ces minimums ne dispensent pas d'un délai adapté à la complexité du marché."
    return tuple(steps), (*result, says(said, suited))


def _counted_back(
    asked: TimeLimitsAsked, due: date, law: Law
) -> tuple[tuple[CalculationLine, ...], tuple[CalculationLine, ...]]:
    """The last day to send the notice, then the time limits that run from it."""
    period = _periods(asked)[0]
    stated = [law.stated(period.name)]
    reduced = [each for each in period.reductions if each in asked.met]
    stated += [law.stated(f"{period.name}, {each}") for each in reduced]
    shortest = [min(stated, key=lambda each: each.value)]
    if asked.is_off_profile and period.is_for_tenders and not asked.is_urgent:
        shortest.append(law.stated("documents hors du profil d'acheteur"))
    days = int(sum(each.value for each in shortest))
    sent = add_days(due, -days)
    while end_of_period(sent, days, asked.zone) > due:
        sent = add_days(sent, -1)
    steps, result = _formal(replace(asked, sent=sent, due=None, invited=None), law)
    said = (
        f"{period.subject} : pour une date limite le {in_words(due)}, l'avis part au plus tard le "
        f"{in_words(sent)}."
    )
    return steps, (says(said, *shortest), *result)


def _periods(asked: TimeLimitsAsked) -> tuple[MinimumPeriod, ...]:
    """The periods of a procedure: one from the notice, then one from the invitation if any."""
    name = _PERIODS.get(asked.procedure)
    if name is None:
        return (
            MinimumPeriod("appel d'offres ouvert", "Candidatures et offres", _NOTICE, _REDUCTIONS),
        )
    if asked.buyer is Buyer.ENTITY:
        return (
            MinimumPeriod(
                f"candidatures d'{name} d'une entité", "Candidatures", _NOTICE, (), False
            ),
            MinimumPeriod(f"offres d'{name} d'une entité", "Offres", _INVITATION_UNLESS_AGREED),
        )
    agreement = () if asked.buyer is Buyer.STATE else (Reduction.UNAGREED,)
    return (
        MinimumPeriod(
            f"candidatures d'{name}", "Candidatures", _NOTICE, (Reduction.URGENT,), False
        ),
        MinimumPeriod(f"offres d'{name}", "Offres", _INVITATION, (*_REDUCTIONS, *agreement)),
    )


def _check_invited(asked: TimeLimitsAsked, applications: Minimum) -> None:
    if asked.invited and applications.last and asked.invited <= applications.last:
        raise WrongFigures(
            f"L'invitation à soumissionner ne peut partir le {in_words(asked.invited)} : le délai "
            f"des candidatures court jusqu'au {in_words(applications.last)}."
        )


def _prior_notice(period: MinimumPeriod, sent: date, law: Law) -> CalculationLine:
    """When a prior notice must have been sent to count; counted back, a period is never moved."""
    latest = law.stated(f"{period.name}, préinformation au plus tard")
    earliest = law.stated(f"{period.name}, préinformation au plus tôt")
    first = add_months(sent, -int(earliest.value))
    last = add_days(sent, -int(latest.value))
    return says(
        f"L'avis de préinformation ne réduit le délai que s'il a été envoyé entre le "
        f"{in_words(first)} et le {in_words(last)}.",
        latest,
        earliest,
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
