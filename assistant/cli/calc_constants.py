"""`sourcier calc constantes`: what calculators take from the law, and whether the index says it.

Door of rich, for this action.
"""

import argparse
import json
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from pathlib import Path

from rich.console import Console
from rich.table import Column, Table
from rich.text import Text

from assistant.calculators.amounts import euros, number, percent
from assistant.calculators.constants import Constant, constants
from assistant.calculators.grounding import ungrounded
from assistant.calculators.law import IndexedLaw
from assistant.cli.terminal import Terminal
from ingestion.generation import open_generation
from ingestion.publication import current_name

STATED, NOT_STATED = 0, 3
SHOWN = 10

_WORDS: Mapping[str, Callable[[Decimal], str]] = {
    "euro": euros,
    "percent": percent,
    "day": lambda value: f"{number(value)} jours",
    "month": lambda value: f"{number(value)} mois",
    "times": lambda value: f"{number(value)} fois",
}


def run(arguments: argparse.Namespace) -> int:
    """Show every constant; the exit code is 3 when the indexed texts do not state one."""
    home, console = arguments.home, Terminal()
    law = IndexedLaw(open_generation(home, current_name(home)), arguments.as_of)
    refused = ungrounded(law)
    if arguments.json:
        rows = [_fields(each, law, each not in refused) for each in constants().values()]
        console.out(json.dumps(rows, ensure_ascii=False, indent=2), highlight=False)
    else:
        console.print(_table(law, refused))
        said = f"{len(refused)} ne sont pas dites" if refused else "toutes sont dites"
        console.print(
            f"{len(constants())} constantes au {law.day:%d/%m/%Y} : {said} par les textes indexés."
        )
    return NOT_STATED if refused else STATED


def warn(home: Path, generation: str, console: Console) -> None:
    """Name what the texts of a generation no longer say today: its calculations are refused.

    Of an article that was not added, nothing is said: only what is read can have changed.
    """
    law = IndexedLaw(open_generation(home, generation), date.today())
    refused = [each for each in ungrounded(law) if law.holds(each.article)]
    for each in refused[:SHOWN]:
        said = f"Calcul refusé : aucun texte indexé ne dit « {each.label} » ({each.article})."
        console.print(Text(said, style="yellow"))
    if (rest := len(refused) - SHOWN) > 0:
        console.print(f"… et {rest} autre{'s' if rest > 1 else ''} : sourcier calc constantes")


def _table(law: IndexedLaw, refused: tuple[Constant, ...]) -> Table:
    table = Table("constante", Column("valeur", justify="right"), "article", "dite", box=None)
    for each in constants().values():
        is_stated = each not in refused
        table.add_row(
            Text(each.label),
            Text(_value(each, law)),
            Text(each.article),
            "oui" if is_stated else "non",
            style="" if is_stated else "red",
        )
    return table


def _value(constant: Constant, law: IndexedLaw) -> str:
    value = constant.on(law.day)
    if value is None:
        return "inconnue" if constant.values else ""
    return _WORDS.get(constant.unit, number)(value)


def _fields(constant: Constant, law: IndexedLaw, is_stated: bool) -> dict[str, object]:
    value = constant.on(law.day)
    return {
        "name": constant.name,
        "label": constant.label,
        "article": constant.article,
        "unit": constant.unit,
        "value": None if value is None else str(value),
        "stated": is_stated,
    }
