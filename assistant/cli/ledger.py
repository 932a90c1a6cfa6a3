"""`sourcier invoices` and `purchases`: asked, listed, explained. Door of rich, for the ledger."""

import argparse
import json
import sys
from collections.abc import Callable, Sequence
from datetime import date
from decimal import Decimal
from functools import cache, partial
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.padding import Padding
from rich.table import Table as Grid
from rich.text import Text

from assistant.accounts.identity import ALONE
from assistant.calculators.calculation import Buyer
from assistant.calculators.constants import IndexedLaw, read_rates
from assistant.cli import ledger_import
from assistant.cli.options import Terminal, add_day, one_of, question_text
from assistant.errors import Ungrounded, WrongFigures, WrongPlan
from assistant.journal.journal import journal_of
from assistant.ledger.parsing.proposal import ModelPlanner
from assistant.ledger.parsing.questions import NotUnderstood, parse_plan, population_asked
from assistant.ledger.parsing.vocabulary import names
from assistant.ledger.payments.late import Basis, terms
from assistant.ledger.query.plan import Plan, Population
from assistant.ledger.query.result import PlanResult, compute_result
from assistant.ledger.query.sql import LateColumns
from assistant.ledger.query.wording import (
    answer,
    describe_plan,
    figures,
    listing,
    ranked,
    require_rows,
)
from assistant.ledger.service import LedgerService
from assistant.ledger.tables import SUFFIXES, Cell, LedgerTable, written
from assistant.ledger.views import ViewRequest
from assistant.settings import load_settings
from ingestion.durable import replace_bytes
from ingestion.index.publication import current_name
from ingestion.index.snapshot import IndexSnapshot, open_snapshot
from ingestion.ledger.database import open_ledger
from ingestion.ledger.embedded import Ledger
from ingestion.ledger.rows import FileKind

# Tables of the ledger in a terminal, as JSON, or in a file. Door of rich, for the ledger.

OK, USAGE, REFUSED = 0, 2, 3

_SHOWN = 30


def add_output(parser: argparse.ArgumentParser) -> None:
    """Add the options by which tables are dated and written."""
    add_day(parser, "jour du calcul et du droit applicable")
    parser.add_argument("--json", action="store_true", help="un objet JSON, pour les programmes")
    parser.add_argument(
        "--out",
        type=_export_path,
        metavar="FICHIER",
        help="écrit le premier tableau en entier dans un fichier .csv ou .xlsx",
    )


def bookkeeping(home: Path) -> LedgerService:
    """The ledger of a data folder, under the law of the index in service when it is needed."""

    @cache
    def generation() -> IndexSnapshot:
        return open_snapshot(home, current_name(home))

    buyer = Buyer(load_settings(home).buyer)
    return LedgerService(home, journal_of(home), generation, buyer)


def see(over: Population, view: str, arguments: argparse.Namespace) -> int:
    """Show a view on the day asked, for the buyer given if it takes one."""
    books = bookkeeping(arguments.home)
    look = ViewRequest(over, view, arguments.as_of, getattr(arguments, "buyer", books.buyer))
    try:
        tables = [books.part(look, each.table) for each in books.exhibits(look)]
    except WrongFigures as error:
        sys.stderr.write(f"{error}\n")
        return USAGE
    except Ungrounded as error:
        sys.stderr.write(f"{error}\n")
        return REFUSED
    put(tables, arguments)
    return OK


def put(tables: Sequence[LedgerTable], arguments: argparse.Namespace, lead: str = "") -> None:
    """Show tables as asked: a lead and the first rows of each, all of them as JSON, or a file."""
    console = Terminal()
    if arguments.out:
        books, suffix = bookkeeping(arguments.home), arguments.out.suffix.lower()
        replace_bytes(arguments.out, books.export(tables[0], suffix, ALONE.user))
    if arguments.json:
        fields = {"answer": lead, "tables": [_fields(table) for table in tables]}
        console.out(json.dumps(fields, ensure_ascii=False, indent=2), highlight=False)
        return
    if lead:
        console.print(Padding(Text(lead, style="bold"), (1, 0)))
    for table in tables:
        _show(console, table)
    if arguments.out:
        console.print(Text(f"Écrit : {arguments.out}"))


def _export_path(text: str) -> Path:
    path = Path(text)
    if path.suffix.lower() not in SUFFIXES:
        raise argparse.ArgumentTypeError(f"« {text} » ne finit pas par {' ou '.join(SUFFIXES)}")
    return path


def _show(console: Console, table: LedgerTable) -> None:
    # Cells are shown as Text: rich reads "[1]" in a plain string as one of its own marks.
    grid = Grid(title=Text(table.title), title_justify="left")
    for column in table.columns:
        grid.add_column(
            Text(column.heading), justify="right" if column.format.is_number else "left"
        )
    for row in table.rows[:_SHOWN]:
        pairs = zip(row, table.columns, strict=True)
        grid.add_row(*(Text(written(cell, column.format)) for cell, column in pairs))
    console.print(grid if table.rows else Text(f"{table.title} : rien."))
    if len(table.rows) > _SHOWN:
        more = len(table.rows) - _SHOWN
        others = f"{more} autres" if more > 1 else "1 autre"
        console.print(Text(f"… et {others} : --json ou --out donnent tout.", style="dim"))
    for note in table.notes:
        console.print(Padding(Text(f"– {note}", style="dim"), (0, 2)))
    console.print()


def _fields(table: LedgerTable) -> dict[str, Any]:
    """A table for programs: amounts as decimal text, days as YYYY-MM-DD, the ids of each row."""
    headings = [column.heading for column in table.columns]
    return {
        "title": table.title,
        "rows": [dict(zip(headings, map(_plain, row), strict=True)) for row in table.rows],
        "sources": [list(ids) for ids in table.rows_of],
        "notes": list(table.notes),
    }


def _plain(cell: Cell) -> str | int | None:
    if isinstance(cell, Decimal):
        return f"{cell:f}"
    return cell.isoformat() if isinstance(cell, date) else cell


# `sourcier invoices ask` and `purchases ask`: a question, its plan in French, its figures.

LEDGER_ASKING_OK, LEDGER_ASKING_USAGE, NOT_UNDERSTOOD = 0, 2, 3
SHOWN, COMPUTED = "montrer", "calculer"


def register_asking(
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
    law = IndexedLaw(open_snapshot(home, current_name(home)), day)
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
            result = compute_result(plan, ledger, arguments.as_of, late)
        except (WrongPlan, WrongFigures) as error:
            sys.stderr.write(f"{error}\n")
            return LEDGER_ASKING_USAGE
        except Ungrounded as error:
            sys.stderr.write(f"{error}\n")
            return NOT_UNDERSTOOD
        put(_tables(ledger, result, arguments), arguments, answer(result))
    return LEDGER_ASKING_OK


def _plan(
    ledger: Ledger, population: Population, arguments: argparse.Namespace
) -> Plan | NotUnderstood:
    """What the rules understand; else what the model proposes, where it is accepted."""
    given = (arguments.question, names(ledger, population), arguments.as_of, population)
    found = parse_plan(*given)
    if isinstance(found, Plan) or not arguments.proposal:
        return found
    from assistant.container import load_model  # takes seconds

    home = arguments.home
    proposed = ModelPlanner(load_model(home, load_settings(home)))(*given)
    if isinstance(proposed, Plan) and arguments.proposal == SHOWN:
        sys.stdout.write(
            f"Calcul proposé : {describe_plan(proposed)}.\n"
            f"S'il est le bon, ajoutez --proposition {COMPUTED}.\n"
        )
        return found
    return proposed


def _late(
    ledger: Ledger, arguments: argparse.Namespace
) -> Callable[[], Sequence[LateColumns]] | None:
    return partial(basis_of(arguments).costs_of_all, ledger) if arguments.buyer else None


def _tables(ledger: Ledger, result: PlanResult, arguments: argparse.Namespace) -> list[LedgerTable]:
    """The figures by group and the rows of all of them; where there is no group, these first."""
    ids = [each for line in ranked(result) for each in line.rows]
    tables = [figures(result), listing(ledger, result.plan.over, ids, arguments.as_of)]
    return tables if result.lines else tables[::-1]


def _refusal(found: NotUnderstood, population: Population, question: str) -> str:
    named = population_asked(question)
    if named and named is not population:
        return f"Question non comprise ici ; essayez : sourcier {named} ask …\n"
    return "\n  ".join((f"Question non comprise : {found.why}", *found.can)) + "\n"


# `sourcier invoices list | late | anomalies | explain`: what is computed of invoices.


def register_invoice_views(actions: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the actions."""
    listed = actions.add_parser("list", help="les factures, chacune avec sa source")
    add_output(listed)
    listed.set_defaults(run=partial(see, Population.INVOICES, "liste"))
    late = actions.add_parser(
        "late", help="retards, intérêts moratoires, étapes et prévision, sur le droit du jour"
    )
    add_output(late)
    add_buyer(late, is_required=True)
    late.set_defaults(run=_late_ledger_invoices)
    found = actions.add_parser("anomalies", help="doublons, TVA, références, IBAN, dépistages…")
    add_output(found)
    found.set_defaults(run=partial(see, Population.INVOICES, "anomalies"))
    explained = actions.add_parser("explain", help="dit pourquoi une anomalie n'en est pas une")
    explained.add_argument("identifier", metavar="IDENTIFIANT", help="celui de l'anomalie")
    explained.add_argument("--reason", required=True, help="l'explication")
    explained.set_defaults(run=_explain)
    register_asking(actions, Population.INVOICES)


def _late_ledger_invoices(arguments: argparse.Namespace) -> int:
    """Raises UnknownGeneration without an index: nothing is late without the law."""
    current_name(arguments.home)
    return see(Population.INVOICES, "retards", arguments)


def _explain(arguments: argparse.Namespace) -> int:
    try:
        anomaly = bookkeeping(arguments.home).explain(
            arguments.identifier, arguments.reason, ALONE.user
        )
    except WrongPlan as error:
        sys.stderr.write(f"{error}\n")
        return USAGE
    sys.stdout.write(f"Expliquée : {anomaly.says}\n")
    return OK


# `sourcier purchases summary | suppliers | pooling | thresholds`: what is computed of them.


def register_purchase_views(actions: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the actions."""
    for name, view, said in (
        ("summary", "apercu", "dépenses par année, procédure, CPV, acheteur et titulaire"),
        ("suppliers", "titulaires", "titulaires : volume, fréquence, dépendance, concentration"),
        ("pooling", "mutualisation", "besoins proches de plusieurs acheteurs"),
    ):
        parser = actions.add_parser(name, help=said)
        add_output(parser)
        parser.set_defaults(run=partial(see, Population.PURCHASES, view))
    thresholds = actions.add_parser(
        "thresholds", help="cumuls par catégorie homogène, risques de fractionnement"
    )
    add_output(thresholds)
    add_buyer(thresholds, is_required=True)
    thresholds.set_defaults(run=_thresholds)
    register_asking(actions, Population.PURCHASES)


def _thresholds(arguments: argparse.Namespace) -> int:
    """Raises UnknownGeneration without an index: thresholds are those of the law."""
    current_name(arguments.home)
    return see(Population.PURCHASES, "seuils", arguments)


# `sourcier invoices`: its actions, one file each.

EPILOG = """\
exemples :
  sourcier invoices import exports/ --preview
  sourcier invoices import chorus.csv --map "Montant TTC=gross"
  sourcier invoices ask "Combien de factures reçues en 2026 ne sont pas payées ?"
  sourcier invoices late --acheteur collectivite --out retards.xlsx
  sourcier invoices anomalies
"""


def register_invoices(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command."""
    parser = subparsers.add_parser(
        "invoices",
        help="importe des factures, et répond par le calcul",
        description="Les factures reçues, importées puis interrogées par le calcul : chaque "
        "chiffre mène à ses lignes.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    ledger_import.register(actions, FileKind.INVOICES)
    register_invoice_views(actions)


# `sourcier purchases`: its actions, one file each.

PURCHASES_EPILOG = """\
exemples :
  sourcier purchases import decp-2026.json --preview
  sourcier purchases import decp/
  sourcier purchases ask "Montant des marchés notifiés en 2025 par procédure"
  sourcier purchases thresholds --acheteur collectivite
"""


def register_purchases(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command."""
    parser = subparsers.add_parser(
        "purchases",
        help="importe des marchés (DECP), et répond par le calcul",
        description="Les marchés passés, importés des données essentielles puis interrogés par "
        "le calcul : chaque chiffre mène à ses lignes.",
        epilog=PURCHASES_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    ledger_import.register(actions, FileKind.PURCHASES)
    register_purchase_views(actions)
