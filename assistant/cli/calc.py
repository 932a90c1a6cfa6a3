"""`sourcier calc`: procedures, time limits, amounts and dates computed on the law of a day."""

import argparse
import json
import sys
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.padding import Padding
from rich.panel import Panel
from rich.table import Column, Table
from rich.text import Text

from assistant.answering.answer import Citation
from assistant.answering.record import calculation_fields, citations
from assistant.calculators.amounts import euros, numeral, percent
from assistant.calculators.calculation import Calculation, CalculationLine, Ground
from assistant.calculators.catalogue import Asked, calculate
from assistant.calculators.constants import Constant, IndexedLaw, constants, read_rates, ungrounded
from assistant.cli.calc_options import COMMANDS, Command, Option
from assistant.cli.options import Terminal, add_day
from assistant.errors import Ungrounded, WrongFigures
from assistant.law.hierarchy import LABELS, Rank, rank_of
from assistant.question.language import Language
from ingestion.chunking.passages import Passage
from ingestion.index.publication import current_name
from ingestion.index.snapshot import open_snapshot

# A calculation in a terminal. Door of rich, for `calc`.


def show(console: Console, calculation: Calculation, cited: Mapping[Ground, Citation]) -> None:
    """What was given, the steps, the result, what it did not look at, and the articles."""
    # Texts are shown as Text: rich reads "[1]" in a plain string as one of its own marks.
    title = Text(calculation.title, style="bold")
    title.append(f" · droit au {calculation.day:%d/%m/%Y}", style="not bold dim")
    console.print(Padding(title, (1, 0, 0, 0)))
    console.print(Padding(_inputs(calculation), (1, 2)))
    for number, line in enumerate(calculation.steps, 1):
        console.print(Padding(Text(f"{number}. {_marked(line, cited)}"), (0, 2)))
    result = Text("\n".join(_marked(line, cited) for line in calculation.result))
    console.print(Padding(Panel(result, title="Résultat", title_align="left"), (1, 0)))
    for caution in calculation.cautions:
        console.print(Padding(Text(f"– {caution}", style="dim"), (0, 2)))
    console.print()
    for ground, citation in cited.items():
        console.print(Text(f"[{citation.n}] {citation.locator} · {_version(ground.passage)}"))
        console.print(Padding(Text(citation.quote, style="dim"), (0, 0, 0, 4)))


def _inputs(calculation: Calculation) -> Table:
    table = Table.grid(padding=(0, 2))
    for label, value in calculation.inputs:
        table.add_row(Text(label, style="dim"), Text(value))
    return table


def _marked(line: CalculationLine, cited: Mapping[Ground, Citation]) -> str:
    numbers = sorted({cited[ground].n for ground in line.grounds})
    return " ".join([line.text, *(f"[{number}]" for number in numbers)])


def _version(passage: Passage) -> str:
    """The days of an article's version, both included; of a sheet, the day it was written for."""
    rank = rank_of(passage)
    kind = LABELS[Language.FRENCH][rank] if rank else passage.title
    if rank is Rank.SHEET:
        return f"{kind}, droit au {passage.state_date:%d/%m/%Y}"
    begins = f"du {passage.valid_from:%d/%m/%Y}" if passage.valid_from else "de début inconnu"
    last = passage.valid_to and passage.valid_to - timedelta(days=1)
    return f"{kind}, version {begins}" + (f" au {last:%d/%m/%Y}" if last else "")


# `sourcier calc constantes`: what calculators take from the law, and whether the index says it.
#
# Door of rich, for this action.

STATED, NOT_STATED = 0, 3
SHOWN = 10

_WORDS: Mapping[str, Callable[[Decimal], str]] = {
    "euro": euros,
    "percent": percent,
    "day": lambda value: f"{numeral(value)} jours",
    "month": lambda value: f"{numeral(value)} mois",
    "times": lambda value: f"{numeral(value)} fois",
}


def run(arguments: argparse.Namespace) -> int:
    """Show every constant; the exit code is 3 when the indexed texts do not state one."""
    home, console = arguments.home, Terminal()
    law = IndexedLaw(open_snapshot(home, current_name(home)), arguments.as_of)
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
    law = IndexedLaw(open_snapshot(home, generation), date.today())
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
    return _WORDS.get(constant.unit, numeral)(value)


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


# `sourcier calc`: procedures, time limits, amounts and dates computed on the law of a day.

OK, USAGE, REFUSED = 0, 2, 3

EPILOG = """\
exemples :
  sourcier calc procedure --montant 150000 --nature fournitures --acheteur collectivite
  sourcier calc delais --procedure appel-offres-ouvert --envoi 2026-11-26 --acheteur etat
  sourcier calc standstill --help
  sourcier calc constantes

codes de sortie : 0 calculé, 3 refusé (le texte ne dit plus une constante), 2 mal écrit, 1 panne
"""


def register(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command."""
    parser = subparsers.add_parser(
        "calc",
        help="calcule procédure, délais, avance, paiement, modification…",
        description="Calcule sur le droit d'un jour. Chaque nombre tiré de la loi est relu dans "
        "les textes indexés ; s'ils ne le disent plus, le calcul est refusé.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    actions = parser.add_subparsers(dest="action", required=True, metavar="CALCUL")
    for command in COMMANDS:
        _register(actions, command)
    constants = actions.add_parser(
        "constantes", help="les nombres de la loi, et si le texte indexé les dit"
    )
    _add_shared(constants)
    constants.set_defaults(run=run)


def _register(
    actions: "argparse._SubParsersAction[argparse.ArgumentParser]", command: Command
) -> None:
    examples = "\n".join(f"  sourcier calc {command.name} {each}" for each in command.examples)
    parser = actions.add_parser(
        command.name,
        help=command.help,
        description=f"{command.help[:1].upper()}{command.help[1:]}.",
        epilog=f"exemples :\n{examples}\n",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    for option in command.options:
        _add(parser, option)
    _add_shared(parser)
    parser.set_defaults(run=partial(_run, command))


def _add(parser: argparse.ArgumentParser, option: Option) -> None:
    if option.read is None:
        action = "store_true" if option.sets else "store_false"
        parser.add_argument(option.flag, dest=option.field, action=action, help=option.help)
        return
    needed = " (obligatoire)" if option.is_required else ""
    parser.add_argument(
        option.flag,
        dest=option.field,
        type=option.read,
        action="append" if option.is_list else "store",
        metavar="…",
        help=f"{option.help}{needed}",
    )


def _add_shared(parser: argparse.ArgumentParser) -> None:
    add_day(parser, "jour du droit applicable")
    parser.add_argument("--json", action="store_true", help="un objet JSON, pour les programmes")


def _run(command: Command, arguments: argparse.Namespace) -> int:
    try:
        return _calculate(command.asked(**_given(command, arguments)), arguments)
    except WrongFigures as error:
        sys.stderr.write(f"{error}\n")
        return USAGE
    except Ungrounded as error:
        sys.stderr.write(f"{error}\n")
        return REFUSED


def _given(command: Command, arguments: argparse.Namespace) -> dict[str, Any]:
    """The fields that were given; raises WrongFigures without one that is needed."""
    found = {option.field: getattr(arguments, option.field) for option in command.options}
    absent = [o.flag for o in command.options if o.is_required and found[o.field] is None]
    if absent:
        raise WrongFigures(
            f"Il manque {' et '.join(absent)}. Exemple : sourcier calc {command.name} "
            f"{command.examples[0]}"
        )
    return {
        name: tuple(value) if isinstance(value, list) else value
        for name, value in found.items()
        if value is not None
    }


def _calculate(asked: Asked, arguments: argparse.Namespace) -> int:
    home, console = arguments.home, Terminal()
    generation = open_snapshot(home, current_name(home))
    found = calculate(asked, IndexedLaw(generation, arguments.as_of), read_rates(home))
    cited = citations(found, generation.store)
    if arguments.json:
        fields = calculation_fields(found, cited)
        console.out(json.dumps(fields, ensure_ascii=False, indent=2), highlight=False)
    else:
        show(console, found, cited)
    return OK
