"""`sourcier invoices ask` and `purchases ask`: a question, its plan in French, its figures."""

import argparse
import sys
from collections.abc import Callable, Sequence
from functools import partial

from assistant.calculators.law import IndexedLaw
from assistant.calculators.rates import read_rates
from assistant.calculators.situation import Buyer
from assistant.cli.asking import question_text
from assistant.cli.figures import one_of
from assistant.cli.ledger_view import add_output, put
from assistant.errors import Ungrounded, WrongFigures, WrongPlan
from assistant.ledger.asked import NotUnderstood, asked, population_asked
from assistant.ledger.fields import Population
from assistant.ledger.late import Basis, terms
from assistant.ledger.plan import Plan
from assistant.ledger.proposal import ModelPlanner
from assistant.ledger.query import Late
from assistant.ledger.result import Result, computed
from assistant.ledger.result_view import answer, figures, listing, ranked, require_rows
from assistant.ledger.table import Table
from assistant.ledger.vocabulary import names
from assistant.ledger.wording import said
from assistant.settings import load_settings
from ingestion.generation import open_generation
from ingestion.ledger.database import Ledger, open_ledger
from ingestion.publication import current_name

OK, USAGE, NOT_UNDERSTOOD = 0, 2, 3
SHOWN, COMPUTED = "montrer", "calculer"


def register(
    actions: "argparse._SubParsersAction[argparse.ArgumentParser]", population: Population
) -> None:
    """Add the action for a population."""
    parser = actions.add_parser(
        "ask", help="une question en français, comprise en entier ou pas du tout"
    )
    parser.add_argument("question", type=question_text)
    add_output(parser)
    parser.add_argument(
        "--proposition",
        dest="proposal",
        choices=(SHOWN, COMPUTED),
        help="quand des mots ne sont pas compris, le modèle dit ce qu'ils veulent dire : le calcul "
        "est montré sans chiffre, ou fait si vous l'acceptez",
    )
    if population is Population.INVOICES:
        add_buyer(parser)
    parser.set_defaults(run=partial(_run, population))


def add_buyer(parser: argparse.ArgumentParser, *, is_required: bool = False) -> None:
    """Add who buys, on which time limits and thresholds depend."""
    parser.add_argument(
        "--acheteur",
        dest="buyer",
        type=one_of(Buyer),
        required=is_required,
        metavar="…",
        help=f"qui achète : {', '.join(Buyer)}",
    )


def basis_of(arguments: argparse.Namespace) -> Basis:
    """The law and rates of the day asked, for the buyer given.

    Raises:
        UnknownGeneration: when no index is published.
        Ungrounded: when no text in force states a constant.
        WrongFigures: for a buyer without a single time limit, and for rates that cannot be read.
    """
    home, day = arguments.home, arguments.as_of
    law = IndexedLaw(open_generation(home, current_name(home)), day)
    return Basis(day, terms(arguments.buyer, law), read_rates(home))


def _run(population: Population, arguments: argparse.Namespace) -> int:
    with open_ledger(arguments.home) as ledger:
        require_rows(ledger, population)
        plan = _plan(ledger, population, arguments)
        if isinstance(plan, NotUnderstood):
            sys.stderr.write(_refusal(plan, population, arguments.question))
            return NOT_UNDERSTOOD
        try:
            late = _late(ledger, arguments) if plan.is_computed else None
            result = computed(plan, ledger, arguments.as_of, late)
        except (WrongPlan, WrongFigures) as error:
            sys.stderr.write(f"{error}\n")
            return USAGE
        except Ungrounded as error:
            sys.stderr.write(f"{error}\n")
            return NOT_UNDERSTOOD
        put(_tables(ledger, result, arguments), arguments, answer(result))
    return OK


def _plan(
    ledger: Ledger, population: Population, arguments: argparse.Namespace
) -> Plan | NotUnderstood:
    """What the rules understand; else what the model proposes, where it is accepted."""
    given = (arguments.question, names(ledger, population), arguments.as_of, population)
    found = asked(*given)
    if isinstance(found, Plan) or not arguments.proposal:
        return found
    from assistant.wiring import load_model  # takes seconds

    home = arguments.home
    proposed = ModelPlanner(load_model(home, load_settings(home)))(*given)
    if isinstance(proposed, Plan) and arguments.proposal == SHOWN:
        sys.stdout.write(
            f"Calcul proposé : {said(proposed)}.\n"
            f"S'il est le bon, ajoutez --proposition {COMPUTED}.\n"
        )
        return found
    return proposed


def _late(ledger: Ledger, arguments: argparse.Namespace) -> Callable[[], Sequence[Late]] | None:
    return partial(basis_of(arguments).costs_of_all, ledger) if arguments.buyer else None


def _tables(ledger: Ledger, result: Result, arguments: argparse.Namespace) -> list[Table]:
    """The figures by group and the rows of all of them; where there is no group, these first."""
    ids = [each for line in ranked(result) for each in line.rows]
    tables = [figures(result), listing(ledger, result.plan.over, ids, arguments.as_of)]
    return tables if result.lines else tables[::-1]


def _refusal(found: NotUnderstood, population: Population, question: str) -> str:
    named = population_asked(question)
    if named and named is not population:
        return f"Question non comprise ici ; essayez : sourcier {named} ask …\n"
    return "\n  ".join((f"Question non comprise : {found.why}", *found.can)) + "\n"
