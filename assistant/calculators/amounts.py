"""Amounts: decimal arithmetic and its French wording. Pure."""

from decimal import ROUND_HALF_UP, Decimal

from assistant.errors import WrongFigures

CENT = Decimal("0.01")


def positive(amount: Decimal, subject: str) -> Decimal:
    """The amount itself; raises WrongFigures when it is zero or less."""
    if amount <= 0:
        raise WrongFigures(f"{subject} doit être supérieur à zéro ; vous avez donné {amount}.")
    return amount


def share(amount: Decimal, rate: Decimal) -> Decimal:
    """`rate` percent of an amount, rounded to the cent, halves up."""
    return (amount * rate / 100).quantize(CENT, ROUND_HALF_UP)


def euros(amount: Decimal) -> str:
    """An amount as French texts write it: "1 234,50 €", without cents when there are none."""
    rounded = amount.quantize(CENT, ROUND_HALF_UP)
    digits = f"{rounded:,.0f}" if rounded == rounded.to_integral_value() else f"{rounded:,.2f}"
    return digits.replace(",", "\u202f").replace(".", ",") + "\u00a0€"


def percent(rate: Decimal) -> str:
    """A rate as French texts write it: "5 %", "1,5 %"."""
    return f"{rate.normalize():f}".replace(".", ",") + "\u00a0%"
