"""Periods: a minimum of days, what shortens or lengthens it, and its last day. Pure."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from assistant.calculators.amounts import number
from assistant.calculators.calculation import Line, Stated
from assistant.calculators.calendar import Zone, end_of_period, in_words
from assistant.calculators.law import Law


class Reduction(StrEnum):
    """What shortens a period; the value ends the name of its constant."""

    ELECTRONIC = "voie électronique"
    URGENT = "urgence"
    NOTICE = "préinformation"
    UNAGREED = "sans accord"

    @property
    def condition(self) -> str:
        """In which case, in French."""
        return _CONDITIONS[self]


_CONDITIONS = {
    Reduction.ELECTRONIC: "quand le dépôt se fait par voie électronique",
    Reduction.URGENT: "quand une urgence dûment justifiée rend le délai minimal intenable",
    Reduction.NOTICE: (
        "après un avis de préinformation, ou périodique indicatif, qui n'a pas servi d'appel à la "
        "concurrence et donnait les mêmes renseignements que l'avis de marché"
    ),
    Reduction.UNAGREED: (
        "quand l'acheteur, qui peut convenir de la date avec les candidats sélectionnés, ne "
        "s'accorde pas avec eux"
    ),
}


@dataclass(frozen=True, slots=True)
class Period:
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

    steps: tuple[Line, ...]
    result: Line
    last: date | None


def minimum(period: Period, start: Start, met: Collection[Reduction], law: Law) -> Minimum:
    """The shortest duration when these conditions are met; the other reductions are told too."""
    base = law.stated(period.name)
    reduced = {each: law.stated(f"{period.name}, {each}") for each in period.reductions}
    best = min((base, *(reduced[each] for each in reduced if each in met)), key=_days)
    first = f"{period.subject} : {start.until(base.value)}, à compter de {period.event}."
    steps = [Line(first, (base.ground,))]
    for reduction, stated in reduced.items():
        verb = "Délai réduit" if reduction in met else "Délai réductible"
        said = f"{verb} {reduction.condition} : {start.until(stated.value)}."
        steps.append(Line(said, (stated.ground,)))
    if period.is_for_tenders and Reduction.URGENT not in met:
        steps.append(_lengthened(best, start, law))
    return Minimum(tuple(steps), _result(period, best, start), start.end(best.value))


def _lengthened(best: Stated, start: Start, law: Law) -> Line:
    more = law.stated("documents hors du profil d'acheteur")
    longer = start.until(best.value + more.value)
    return Line(
        f"Délai augmenté de {_in_days(more.value)} quand des documents de la consultation ne "
        f"peuvent être mis sur le profil d'acheteur : {longer}.",
        (best.ground, more.ground),
    )


def _result(period: Period, best: Stated, start: Start) -> Line:
    last = start.end(best.value)
    if last is None:
        said = f"au moins {_in_days(best.value)} à compter de {period.event}."
    else:
        said = (
            f"le délai minimal de {_in_days(best.value)} court jusqu'au {in_words(last)} à "
            "minuit ; la date limite ne peut tomber avant."
        )
    return Line(f"{period.subject} : {said}", (best.ground,))


def _days(stated: Stated) -> Decimal:
    return stated.value


def _in_days(days: Decimal) -> str:
    return f"{number(days)} jours"
