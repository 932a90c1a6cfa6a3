"""Whether a firm price is updated, and on which month (articles R2112-10 and R2112-11)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction

from assistant.calculators.amounts import add_days, add_months, euros, numeral
from assistant.calculators.calculation import Calculation, CalculationLine, says
from assistant.calculators.constants import Law
from assistant.calculators.formula import parse_formula
from assistant.calculators.revision import is_credible, is_of_price, price_of, told_price
from assistant.errors import WrongFigures
from ingestion.french import in_words, month_names


@dataclass(frozen=True, slots=True)
class Moment:
    """A day, or a month of which the day is not said: its first and last day."""

    first: date
    last: date

    @property
    def told(self) -> str:
        """The day as a letter writes it, or the month."""
        return in_words(self.first) if self.first == self.last else told_month(self.first)


def told_month(day: date) -> str:
    """The month of a day: "juillet 2026"."""
    return f"{month_names('fr')[day.month - 1]} {day.year}"


def _of(day: date) -> str:
    """The month of a day after what is of it: "d'avril 2026"."""
    month = told_month(day)
    return f"d'{month}" if month[0] in "ao" else f"de {month}"


@dataclass(frozen=True, slots=True)
class PriceUpdateAsked:
    """When the tenderer set the price in the tender, and when the performance begins.

    A month of which the day is not said goes to its last day, included. `formula`, `values` of its
    names, `price` and `indices`, that of each month by its first day, are those that are given;
    `is_provided`: the contract provides for the update, or must.
    """

    priced: date | None = None
    begins: date | None = None
    priced_last: date | None = None
    begins_last: date | None = None
    formula: str = ""
    price: Decimal | None = None
    tax: str = ""
    values: tuple[tuple[str, Decimal], ...] = ()
    indices: tuple[tuple[date, Decimal], ...] = ()
    is_provided: bool = False

    def __post_init__(self) -> None:
        """Raises WrongFigures without a day, and for a performance that begins before the price."""
        if self.set_at is None and self.starts is None:
            raise WrongFigures("Il manque le jour où le prix a été fixé dans l'offre.")
        if self.set_at and self.starts and self.starts.last < self.set_at.first:
            raise WrongFigures("L'exécution ne peut commencer avant que le prix ait été fixé.")

    @property
    def set_at(self) -> Moment | None:
        """When the price was set."""
        return Moment(self.priced, self.priced_last or self.priced) if self.priced else None

    @property
    def starts(self) -> Moment | None:
        """When the performance begins."""
        return Moment(self.begins, self.begins_last or self.begins) if self.begins else None


def price_update(asked: PriceUpdateAsked, law: Law) -> Calculation:
    """Whether the price is updated, on which month, and by the formula of the question if any."""
    delay = law.stated("actualisation, délai")
    duty = law.stated("actualisation, clauses")
    steps = [
        says(
            f"Le prix ferme est actualisé si plus de {numeral(delay.value)} mois séparent le jour "
            "où le soumissionnaire l'a fixé dans son offre du début de l'exécution.",
            delay,
        )
    ]
    if asked.set_at:
        after = _later(asked.set_at, int(delay.value))
        told_after = f"{numeral(delay.value)} mois après : {after.told}"
        steps.append(CalculationLine(f"Prix fixé : {asked.set_at.told} ; {told_after}."))
    return Calculation(
        name="actualisation",
        title="Actualisation du prix ferme",
        day=law.day,
        inputs=_given(asked),
        steps=tuple(steps),
        result=_told_update(asked, law),
        cautions=(
            "Travaux, et fournitures ou services non courants : les clauses prévoient "
            "l'actualisation ; fournitures ou services courants : seulement si le marché la "
            f"prévoit (art. {duty.ground.article}).",
            "La date du prix est celle que fixe l'offre, souvent le mois de la remise des offres.",
        ),
    )


def _given(asked: PriceUpdateAsked) -> tuple[tuple[str, str], ...]:
    moments = (("prix fixé", asked.set_at), ("début de l'exécution", asked.starts))
    price = (("prix", euros(asked.price)),) if asked.price is not None else ()
    indices = tuple((f"index, {told_month(day)}", numeral(value)) for day, value in asked.indices)
    return (*((name, each.told) for name, each in moments if each), *price, *indices)


def _later(moment: Moment, months: int) -> Moment:
    """The moment so many months later; of a month, the whole month reached."""
    first = add_months(moment.first, months)
    if moment.first == moment.last:
        return Moment(first, first)
    return Moment(first, add_days(add_months(first, 1), -1))


def _told_update(asked: PriceUpdateAsked, law: Law) -> tuple[CalculationLine, ...]:
    """Whether it is due, or what that depends on."""
    delay = law.stated("actualisation, délai")
    duty = law.stated("actualisation, clauses")
    if asked.starts is None or asked.set_at is None:
        return (says(_depends(asked, int(delay.value)), delay, duty),)
    limit, months = _later(asked.set_at, int(delay.value)), numeral(delay.value)
    if asked.starts.first > limit.last:
        return _due(asked, law, asked.set_at, asked.starts)
    moments = (
        f"la fixation du prix ({asked.set_at.told}) du début de l'exécution ({asked.starts.told})"
    )
    if asked.starts.last <= limit.first:
        text = f"Non : l'actualisation n'est pas due, car {months} mois au plus séparent {moments}."
    else:
        text = (
            "Cela dépend du jour : l'actualisation n'est due que si plus de "
            f"{months} mois séparent {moments}."
        )
    return (says(text, delay, duty),)


def _depends(asked: PriceUpdateAsked, months: int) -> str:
    """From when it is due, where one of the two days is not given."""
    if asked.set_at:
        limit = _later(asked.set_at, months)
        after = f"le {limit.told}" if limit.first == limit.last else limit.told
        return f"L'actualisation n'est due que si l'exécution commence après {after}."
    lacks = "Il manque le jour où le prix a été fixé dans l'offre : l'actualisation n'est due que"
    if asked.begins is None or asked.begins_last:
        return f"{lacks} s'il précède de plus de {months} mois le début de l'exécution."
    # The last day of a month may be three months before several days.
    last = add_days(add_months(asked.begins, -months), 3)
    while add_months(last, months) >= asked.begins:
        last = add_days(last, -1)
    return f"{lacks} si c'est au plus tard le {in_words(last)}."


def _due(
    asked: PriceUpdateAsked, law: Law, set_at: Moment, starts: Moment
) -> tuple[CalculationLine, ...]:
    """That it is, on which month, and the price where the question gives what it takes."""
    delay = law.stated("actualisation, délai")
    conditions = law.stated("actualisation, conditions économiques")
    duty = law.stated("actualisation, clauses")
    months = {True: set_at.first, False: add_months(starts.first, -int(conditions.value))}
    month, price = told_month(months[False]), _updated(asked, months)
    yes = "Oui" if asked.is_provided else "Oui, si le marché la prévoit"
    first = (
        f"{yes} : l'actualisation est due, aux conditions économiques du mois {_of(months[False])}"
    )
    first += f" : {price[0]}, par la formule que donne la question." if price else "."
    lines = [
        says(first, delay, conditions, duty),
        says(
            f"Plus de {numeral(delay.value)} mois séparent la fixation du prix "
            f"({set_at.told}) du début de l'exécution ({starts.told}).",
            delay,
        ),
        says(
            f"L'index est celui d'une date antérieure de {numeral(conditions.value)} mois au "
            f"début de l'exécution : {month}.",
            conditions,
        ),
    ]
    if price:
        lines.append(says(f"{price[1]} = {price[0]}.", conditions))
    elif lacking := _lacking_of_update(asked, months):
        lines.append(says(lacking, conditions))
    return tuple(lines)


def _updated(asked: PriceUpdateAsked, months: Mapping[bool, date]) -> tuple[str, str] | None:
    """The updated price and the formula with its figures, None where a value lacks.

    `months` has the day of the price (True) and that of the economic conditions (False).
    """
    if not asked.formula or asked.price is None:
        return None
    formula, indices = parse_formula(asked.formula), dict(asked.indices)
    price = price_of(formula)
    values = {name: Fraction(value) for name, value in asked.values if name != price}
    for name in {*formula.names} - {*values}:
        index = indices.get(months[is_of_price(name)].replace(day=1))
        value = asked.price if name == price else index
        if value is None:
            return None
        values[name] = Fraction(value)
    updated = formula.value(values)
    if not is_credible(updated / Fraction(asked.price)):
        return None
    return told_price(updated, asked.tax), formula.written(values)


def _lacking_of_update(asked: PriceUpdateAsked, months: Mapping[bool, date]) -> str:
    """What lacks to calculate the updated price, "" where nothing was to be calculated."""
    if asked.price is None and not asked.indices:
        return ""
    if not asked.formula:
        return "Le prix actualisé se calcule par la formule du marché, qui n'est pas lue ici."
    if asked.price is None:
        return "Pour le prix actualisé, il manque le prix de l'offre."
    known, given = dict(asked.indices), dict(asked.values)
    names = parse_formula(asked.formula).names
    told = {is_of_price(name) for name in names if name in given}
    lacking = [
        _of(day)
        for is_first, day in months.items()
        if day.replace(day=1) not in known and is_first not in told
    ]
    if not lacking:
        return ""
    return f"Pour le prix actualisé, il manque l'index du mois {' et '.join(lacking)}."
