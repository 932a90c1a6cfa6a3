"""Thresholds of supplies and services on any day, as the texts in force that day state them."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from functools import cache

from assistant.calculators.law import Law
from assistant.calculators.situation import Buyer, Nature
from assistant.calculators.thresholds import european, exemption
from assistant.errors import Ungrounded

LawOf = Callable[[date], Law]
"""The law of a day."""


class Limits:
    """The thresholds of a kind of buyer by day, each day read once."""

    def __init__(self, law_of: LawOf, buyer: Buyer) -> None:
        """Nothing is read before the first threshold."""
        self._buyer = buyer
        self._stated = cache(lambda name, day: _stated(name, law_of(day)))

    def exemption(self, day: date) -> Decimal | None:
        """The amount below which there is no publicity; None where no text in force says it."""
        return self._stated(exemption(Nature.SUPPLIES), day)

    def european(self, day: date) -> Decimal | None:
        """The amount from which the procedure is formalised; None where no text says it."""
        return self._stated(european(Nature.SUPPLIES, self._buyer), day)


def _stated(name: str, law: Law) -> Decimal | None:
    try:
        return law.stated(name).value
    except Ungrounded:
        return None
