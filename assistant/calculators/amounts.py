"""Amounts: decimal arithmetic and its French wording. Pure."""

from decimal import ROUND_HALF_UP, Decimal

from assistant.errors import WrongFigures

CENT = Decimal("0.01")

_HIGHEST = Decimal(10) ** 12


def positive(value: Decimal, subject: str) -> Decimal:
    """The value itself; raises WrongFigures when it is zero, less, or not credible."""
    if plausible(value, subject) <= 0:
        raise WrongFigures(f"{subject} doit être supérieur à zéro ; vous avez donné {value}.")
    return value


def plausible(value: Decimal, subject: str) -> Decimal:
    """The value itself, of any sign; raises WrongFigures when no purchase reaches it."""
    if not value.is_finite() or abs(value) >= _HIGHEST:
        raise WrongFigures(
            f"{subject} doit être un nombre inférieur à {number(_HIGHEST)} ; "
            f"vous avez donné {value}."
        )
    return value


def share(amount: Decimal, rate: Decimal) -> Decimal:
    """`rate` percent of an amount, rounded to the cent, halves up."""
    return rounded(amount * rate / 100)


def rounded(amount: Decimal) -> Decimal:
    """An amount to the cent, halves up."""
    return amount.quantize(CENT, ROUND_HALF_UP)


def euros(amount: Decimal) -> str:
    """An amount as French texts write it: "1 234,50 €", without cents when there are none."""
    cents = rounded(amount)
    return f"{_french(cents, 0 if cents == cents.to_integral_value() else 2)}\u00a0€"


def percent(rate: Decimal) -> str:
    """A rate as French texts write it: "5 %", "1,5 %"."""
    return f"{number(rate)}\u00a0%"


def number(value: Decimal) -> str:
    """A number as French texts write it: "60 000", "2,5"."""
    exponent = value.normalize().as_tuple().exponent
    return _french(value, -exponent if isinstance(exponent, int) and exponent < 0 else 0)


def _french(value: Decimal, decimals: int) -> str:
    return f"{value:,.{decimals}f}".replace(",", "\u202f").replace(".", ",")
