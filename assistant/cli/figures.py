"""Figures and words of the command line, read as people write them.

Each reader raises ArgumentTypeError, which argparse reports.
"""

import argparse
from collections.abc import Callable
from decimal import Decimal
from enum import StrEnum

from assistant.calculators.facts import exact
from assistant.checking.atoms import plain
from assistant.checking.quantities import find_quantities


def amount(text: str) -> Decimal:
    """An amount in euros."""
    return _measure(
        text, "euro", "€", "un montant ; par exemple 150000, « 150 000,50 », « 1,2 M€ »"
    )


def rate(text: str) -> Decimal:
    """A rate in percent."""
    return 100 * _measure(text, "ratio", "%", "un taux ; par exemple 5, « 2,5 », « 5 % »")


def months(text: str) -> Decimal:
    """A duration in months."""
    return _measure(text, "month", "mois", "une durée ; par exemple 8, « 18 mois », « 2 ans »")


def one_of(kind: type[StrEnum]) -> Callable[[str], StrEnum]:
    """The reader of a word among few."""

    def read(text: str) -> StrEnum:
        for each in kind:
            if each.value.casefold() == text.casefold():
                return each
        known = ", ".join(each.value for each in kind)
        raise argparse.ArgumentTypeError(f"« {text} » n'est pas l'un des mots connus : {known}")

    return read


def _measure(text: str, unit: str, word: str, example: str) -> Decimal:
    """A quantity of this unit and nothing else; its word may be left out."""
    said = plain(text.strip())
    bare = said.removeprefix("-").strip()
    for written in (bare, f"{bare} {word}"):
        match find_quantities(written):
            case [found] if found.unit == unit and found.end - found.start == len(written):
                return -exact(found) if said.startswith("-") else exact(found)
    raise argparse.ArgumentTypeError(f"« {text} » n'est pas {example}")
