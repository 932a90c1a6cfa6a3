"""The time limit of a payment: the day it runs from, its last day, and an interruption. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from assistant.calculators.amounts import add_days, numeral
from assistant.calculators.calculation import CalculationLine, LabelledWord, Stated, says
from assistant.calculators.constants import Law
from assistant.errors import WrongFigures
from ingestion.french import in_words

# The day from which the time limit runs (R2192-12 to R2192-16, R2192-23 to R2192-25).


class PaymentEvent(LabelledWord):
    """What the time limit of a payment runs from; the value is its word on the command line."""

    REQUEST = "demande", "réception de la demande de paiement"
    AVAILABLE = "portail", "notification du message de mise à disposition sur le portail"
    DATED = "date", "date de la demande, faute de réception connue"
    STATEMENT = "decompte", "réception du décompte général et définitif"
    CONTRACT = "notification", "notification du marché, pour une avance"
    ORDER = "ordre", "notification de l'acte qui fait commencer l'exécution, pour une avance"
    AGREEMENT = "accord", "réception de l'accord du titulaire, pour un sous-traitant"
    SILENCE = "silence", "réception de la demande par le titulaire, qui n'a pas répondu"

    @property
    def is_of_advance(self) -> bool:
        """Whether what is paid is an advance."""
        return self in (PaymentEvent.CONTRACT, PaymentEvent.ORDER)


_STARTS: Mapping[PaymentEvent, tuple[str, str]] = {
    PaymentEvent.REQUEST: (
        "départ du délai de paiement",
        "Le délai court à partir de la réception, le {day}.",
    ),
    PaymentEvent.AVAILABLE: (
        "réception sur le portail",
        "Sur le portail, la réception est la notification du message de mise à disposition : le "
        "délai court à partir du {day}.",
    ),
    PaymentEvent.STATEMENT: (
        "départ au décompte général",
        "Pour le solde d'un marché de travaux ou de maîtrise d'œuvre, le délai court à partir de "
        "la réception du décompte général et définitif, le {day}.",
    ),
    PaymentEvent.CONTRACT: (
        "départ de l'avance",
        "Pour une avance, le délai court à partir de la notification du marché, le {day}, quand "
        "le marché ne prévoit pas d'autre départ.",
    ),
    PaymentEvent.ORDER: (
        "départ de l'avance",
        "Pour une avance, comme le marché le prévoit, le délai court à partir de la notification "
        "de l'acte qui fait commencer l'exécution, le {day}.",
    ),
    PaymentEvent.AGREEMENT: (
        "départ à l'accord du titulaire",
        "Pour un sous-traitant payé directement, le délai court à partir de la réception de "
        "l'accord du titulaire, le {day}.",
    ),
    PaymentEvent.SILENCE: (
        "départ au silence du titulaire",
        "Sans réponse du titulaire, le délai de paiement du sous-traitant court à partir de "
        "l'expiration de ce délai, le {day}.",
    ),
}
"""Each constant that says from when the time limit runs, and the sentence of that day."""


def start_of(
    event: PaymentEvent, day: date, law: Law, not_before: date | None = None
) -> tuple[date, tuple[CalculationLine, ...]]:
    """The day from which the time limit runs, and why.

    `not_before` is the end of the performance, or the reception of the guarantee of an advance.
    """
    if event is PaymentEvent.DATED:
        return _presumed(day, law)
    if not_before is not None and not_before > day:
        return not_before, (_later(event, not_before, law),)
    steps: tuple[CalculationLine, ...] = ()
    if event is PaymentEvent.SILENCE:
        own = law.stated("délai du titulaire")
        given, day = day, add_days(day, int(own.value))
        text = f"Le titulaire avait {numeral(own.value)} jours à partir du {in_words(given)}"
        steps = (says(f"{text}, jusqu'au {in_words(day)}.", own),)
    name, sentence = _STARTS[event]
    text = sentence.format(day=in_words(day))
    return day, (*steps, CalculationLine(text, (law.stated(name).ground,)))


def _presumed(dated: date, law: Law) -> tuple[date, tuple[CalculationLine, ...]]:
    """The day of reception that counts for a request of this date where none was recorded."""
    added = law.stated("réception non constatée")
    day = add_days(dated, int(added.value))
    text = (
        f"Si la réception n'a pas été constatée, la date de la demande augmentée de "
        f"{numeral(added.value)} jours fait foi : le {in_words(day)}."
    )
    return day, (says(text, added),)


def _later(event: PaymentEvent, day: date, law: Law) -> CalculationLine:
    if event.is_of_advance:
        text = "Le délai ne court pas avant la réception de la garantie exigée pour l'avance, le"
        return says(f"{text} {in_words(day)}.", law.stated("départ de l'avance, garantie"))
    text = "Les prestations ont été exécutées après la demande : le délai court à partir du"
    return says(f"{text} {in_words(day)}.", law.stated("départ à l'exécution"))


# The last day (L2192-10, R2192-10, R2192-11), and the new one after an interruption (R2192-29).


@dataclass(frozen=True, slots=True)
class Interruption:
    """When the creditor received word that pieces lacked, and the buyer all of these.

    `notified` is None where it is not known: it only counts for time limits of more than a month.
    """

    completed: date
    notified: date | None = None

    def __post_init__(self) -> None:
        """Raises WrongFigures for pieces that came before they were asked for."""
        if self.notified is not None and self.completed < self.notified:
            raise WrongFigures(
                f"Les pièces ({self.completed:%d/%m/%Y}) sont arrivées avant la notification de "
                f"l'interruption ({self.notified:%d/%m/%Y}) : vérifiez les deux dates."
            )


@dataclass(frozen=True, slots=True)
class PaymentTerm:
    """A running time limit: its first day, the days that the contract gives, its interruption.

    The day of the event is not counted, the last day is.
    """

    start: date
    agreed: int | None = None
    interruption: Interruption | None = None

    def last_day(self, name: str, law: Law, whose: str = "") -> tuple[date, CalculationLine]:
        """The last day to pay by the time limit of a constant, and its sentence."""
        legal = law.stated(name)
        days = self._days(legal)
        grounds = [legal] if days == legal.value else [law.stated(_OF_CONTRACT)]
        told = "Paiement dans les {days} jours" + ("" if days == legal.value else " du marché")
        begins = self.start
        if self.interruption is not None:
            begins, days = self.interruption.completed, self._reopened(legal, law)
            grounds = [law.stated(_REOPENED), *grounds]
            told = "Nouveau délai de {days} jours : paiement"
        last = add_days(begins, int(days))
        text = f"{told.format(days=numeral(days))}{_COMMA[self.interruption is None]}"
        lead = f"{whose} : {text[0].lower()}{text[1:]}" if whose else text
        return last, says(f"{lead}au plus tard le {in_words(last)}.", *grounds)

    def steps(self, name: str, law: Law) -> tuple[CalculationLine, ...]:
        """What the contract gives that the law does not let it, and what an interruption left."""
        legal = law.stated(name)
        steps: list[CalculationLine] = []
        if self.agreed is not None and self.agreed > legal.value:
            text = (
                f"Le marché ne peut pas fixer un délai plus long : {self.agreed} jours dépassent "
                f"{numeral(legal.value)} jours."
            )
            steps.append(says(text, law.stated(_OF_CONTRACT), legal))
        if self.interruption is not None:
            steps += self._interrupted(legal, self.interruption, law)
        return tuple(steps)

    def _days(self, legal: Stated) -> Decimal:
        return legal.value if self.agreed is None else min(legal.value, Decimal(self.agreed))

    def _reopened(self, legal: Stated, law: Law) -> Decimal:
        """The days of the time limit that opens when all pieces have come."""
        least, left = law.stated(_REOPENED).value, self._left(legal)
        if left is None and self._days(legal) > least:
            raise WrongFigures("Donnez le jour où le créancier a reçu l'interruption du délai.")
        return max(least, left or least)

    def _left(self, legal: Stated) -> Decimal | None:
        """The days left when the creditor was told of the interruption, None if not known.

        Raises WrongFigures when none ran, or none were left: there was nothing to interrupt.
        """
        notified = self.interruption.notified if self.interruption else None
        if notified is None:
            return None
        left = self._days(legal) - (notified - self.start).days
        if notified < self.start or left < 0:
            raise WrongFigures(
                f"Le {notified:%d/%m/%Y}, le délai de paiement ne courait pas, ou plus : il ne "
                "pouvait pas être interrompu. Vérifiez les dates."
            )
        return left

    def _interrupted(
        self, legal: Stated, interruption: Interruption, law: Law
    ) -> list[CalculationLine]:
        rule, left = law.stated(_REOPENED), self._left(legal)
        steps = []
        if left is not None and interruption.notified is not None:
            kept = "plus de" if left > rule.value else "pas plus de"
            days = f"{numeral(left)} jour{'s' if left > 1 else ''}"
            text = (
                f"À la réception de l'interruption, le {in_words(interruption.notified)}, il "
                f"restait {days} sur {numeral(self._days(legal))}, {kept} {numeral(rule.value)} : "
                f"le nouveau délai est de {numeral(self._reopened(legal, law))} jours."
            )
            steps.append(says(text, rule))
        text = "Le nouveau délai court à partir de la réception de toutes les pièces, le"
        return [*steps, says(f"{text} {in_words(interruption.completed)}.", rule)]


_OF_CONTRACT = "délai de paiement, marché"
_REOPENED = "délai après interruption"
_COMMA = {True: ", ", False: " "}
