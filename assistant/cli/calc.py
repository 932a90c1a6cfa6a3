"""`sourcier calc`: procedures, time limits, amounts and dates computed on the law of a day."""

import argparse
import json
import sys
from functools import partial
from typing import Any

from assistant.calculators.catalogue import Asked, calculate
from assistant.calculators.law import IndexedLaw
from assistant.calculators.rates import read_rates
from assistant.calculators.record import calculation_fields, citations
from assistant.cli import calc_constants
from assistant.cli.asking import add_day
from assistant.cli.calc_options import COMMANDS, Command, Option
from assistant.cli.calc_view import show
from assistant.cli.terminal import Terminal
from assistant.errors import Ungrounded, WrongFigures
from ingestion.generation import open_generation
from ingestion.publication import current_name

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
    constants.set_defaults(run=calc_constants.run)


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
    generation = open_generation(home, current_name(home))
    found = calculate(asked, IndexedLaw(generation, arguments.as_of), read_rates(home))
    cited = citations(found, generation.store)
    if arguments.json:
        fields = calculation_fields(found, cited)
        console.out(json.dumps(fields, ensure_ascii=False, indent=2), highlight=False)
    else:
        show(console, found, cited)
    return OK
