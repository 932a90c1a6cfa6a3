"""The standstill: the earliest day of signature after the losers are told (R2182-1, R2182-2).

The period runs from date to date, the day of sending included, and neither weekends nor public
holidays move it: Conseil d'État, 2 août 2011, n° 347526.
"""

from dataclasses import dataclass
from datetime import date

from assistant.calculators.amounts import number
from assistant.calculators.calculation import Calculation, Line
from assistant.calculators.calendar import add_days, in_words
from assistant.calculators.law import Law


@dataclass(frozen=True, slots=True)
class StandstillAsked:
    """The day the rejections are sent, how, and what exempts from waiting.

    `is_only_tenderer`: the contract goes to the only one who took part.
    """

    sent: date
    is_electronic: bool = True
    is_formalised: bool = True
    is_only_tenderer: bool = False


def standstill(asked: StandstillAsked, law: Law) -> Calculation:
    """The earliest day of signature, or why there is nothing to wait for."""
    steps, result = _waiting(asked, law)
    return Calculation(
        name="standstill",
        title="Délai avant la signature",
        day=law.day,
        inputs=(
            ("envoi de la notification du rejet", in_words(asked.sent)),
            ("voie électronique", "oui" if asked.is_electronic else "non"),
            ("procédure formalisée", "oui" if asked.is_formalised else "non"),
            ("seul participant", "oui" if asked.is_only_tenderer else "non"),
        ),
        steps=(steps,),
        result=(result,),
        cautions=(
            "Quand les notifications partent à plusieurs dates, comptez de la dernière.",
            "Les marchés subséquents et spécifiques, dispensés du délai, ne sont pas demandés ici.",
            "Un référé, qui suspend la signature, n'est pas pris en compte.",
        ),
    )


def _waiting(asked: StandstillAsked, law: Law) -> tuple[Line, Line]:
    """The step and its result."""
    if not asked.is_formalised:
        grounds = (law.stated("suspension").ground,)
        return (
            Line("Le délai n'est imposé qu'aux procédures formalisées.", grounds),
            Line("Aucun délai minimal n'est imposé avant la signature.", grounds),
        )
    if asked.is_only_tenderer:
        grounds = (law.stated("suspension, seul opérateur").ground,)
        return (
            Line("Le délai n'est pas exigé quand un seul opérateur a participé.", grounds),
            Line("Le marché peut être signé sans attendre.", grounds),
        )
    days = law.stated("suspension" if asked.is_electronic else "suspension, sans voie électronique")
    earliest = in_words(add_days(asked.sent, int(days.value)))
    way = "par voie électronique" if asked.is_electronic else "autrement que par voie électronique"
    return (
        Line(
            f"Notification envoyée {way} : {number(days.value)} jours entre l'envoi et la "
            "signature, comptés de date à date.",
            (days.ground,),
        ),
        Line(f"Le marché peut être signé à partir du {earliest}.", (days.ground,)),
    )
