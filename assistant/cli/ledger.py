"""`sourcier invoices` and `purchases`: asked, listed, explained. Door of rich, for the ledger."""

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

from rich.console import Console
from rich.padding import Padding
from rich.table import Table as Grid
from rich.text import Text
from typer import BadParameter, Context

from assistant.answering.notices import read_elsewhere
from assistant.calculators.calculation import Buyer
from assistant.cli import ledger_import
from assistant.cli.actions import Actions
from assistant.cli.options import (
    AS_JSON,
    Terminal,
    argument,
    day_of_law,
    one_of,
    option,
    print_json,
    question_text,
)
from assistant.identity import ALONE
from assistant.journal.journal import journal_of
from assistant.ledger.parsing.proposal import ModelPlanner
from assistant.ledger.parsing.questions import NotUnderstood
from assistant.ledger.parsing.subject import population_asked
from assistant.ledger.query.names import Name
from assistant.ledger.query.plan import Plan, Population
from assistant.ledger.query.wording import describe_plan
from assistant.ledger.service import LedgerService
from assistant.ledger.tables import SUFFIXES, LedgerTable, table_fields, written
from assistant.ledger.views import ViewRequest
from assistant.llm.language_model import EngineUse
from assistant.question.language import Language
from assistant.settings import load_settings
from ingestion.durable import replace_bytes
from ingestion.index.publication import current_name, open_snapshot
from ingestion.index.snapshot import IndexSnapshot
from ingestion.ledger.rows import FileKind

OK, USAGE, REFUSED = 0, 2, 3

_SHOWN = 30


def _export_path(text: str) -> Path:
    path = Path(text)
    if path.suffix.lower() not in SUFFIXES:
        raise BadParameter(f"« {text} » ne finit pas par {' ou '.join(SUFFIXES)}")
    return path


DAY = day_of_law("--date --as-of", of="calcul et du ")
OUT = option(
    "--out FICHIER",
    "écrit le premier tableau en entier dans un fichier .csv ou .xlsx",
    _export_path,
)
BUYER = option("--acheteur …", f"qui achète : {', '.join(Buyer)}", one_of(Buyer))
REQUIRED_BUYER = option(
    "--acheteur …", f"qui achète : {', '.join(Buyer)}", one_of(Buyer), default=...
)


@dataclass(frozen=True, slots=True)
class TableOutput:
    """Where tables go: as JSON, the first one into a file."""

    home: Path
    as_json: bool = False
    out: Path | None = None


def bookkeeping(home: Path) -> LedgerService:
    """The ledger of a data folder, under the law of the index in service when it is needed."""

    @cache
    def generation() -> IndexSnapshot:
        return open_snapshot(home, current_name(home))

    buyer = Buyer(load_settings(home).buyer)
    return LedgerService(home, journal_of(home), generation, buyer)


def see(books: LedgerService, look: ViewRequest, output: TableOutput) -> int:
    """Show what a view gives; raises WrongPlan, WrongFigures or Ungrounded when it cannot."""
    lead, tables = books.figures(look)
    put(tables, output, lead)
    return OK


def put(tables: Sequence[LedgerTable], output: TableOutput, lead: str = "") -> None:
    """Show tables as asked: a lead and the first rows of each, all of them as JSON, or a file."""
    console, out = Terminal(), output.out
    if out:
        books = bookkeeping(output.home)
        replace_bytes(out, books.export(tables[0], out.suffix.lower(), ALONE.user))
    if output.as_json:
        print_json({"answer": lead, "tables": [table_fields(table) for table in tables]})
        return
    if lead:
        console.print(Padding(Text(lead, style="bold"), (1, 0)))
    for table in tables:
        _show(console, table)
    if out:
        console.print(Text(f"Écrit : {out}"))


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


SHOWN, COMPUTED = "montrer", "calculer"


QUESTION = argument("question", read=question_text)
PROPOSAL = option(
    f"--proposition {SHOWN}|{COMPUTED}",
    "quand des mots ne sont pas compris, le modèle dit ce qu'ils veulent dire : le calcul est "
    "montré sans chiffre, ou fait si vous l'acceptez",
    one_of((SHOWN, COMPUTED)),
)


def _answer(
    over: Population,
    question: str,
    day: date | None,
    proposal: str | None,
    buyer: Buyer | None,
    output: TableOutput,
) -> int:
    """Compute what is understood; the exit code says whether everything was."""
    books, day = bookkeeping(output.home), day or date.today()
    plan = books.plan(question, over, day)
    if isinstance(plan, NotUnderstood) and proposal:
        given = (question, books.names(over), day, over)
        plan = _proposed(plan, given, proposal, output)
    if isinstance(plan, NotUnderstood):
        sys.stderr.write(_refusal(plan, over, question))
        return REFUSED
    if plan.is_computed and buyer is None:
        sys.stderr.write("Ce calcul demande le type d'acheteur : ajoutez --acheteur.\n")
        return USAGE
    return see(books, ViewRequest(over, "calcul", day, buyer or books.buyer, plan), output)


def _proposed(
    found: NotUnderstood,
    given: tuple[str, tuple[Name, ...], date, Population],
    proposal: str,
    output: TableOutput,
) -> Plan | NotUnderstood:
    """What the model proposes where the rules do not understand; shown only, unless accepted."""
    from assistant.container import load_model  # takes seconds

    model = load_model(output.home, load_settings(output.home))
    try:
        proposed = ModelPlanner(model)(*given)
    finally:
        _tell_where_it_went(model.engine, output)
    if isinstance(proposed, Plan) and proposal == SHOWN:
        sys.stdout.write(
            f"Calcul proposé : {describe_plan(proposed)}.\n"
            f"S'il est le bon, ajoutez --proposition {COMPUTED}.\n"
        )
        return found
    return proposed


def _tell_where_it_went(use: EngineUse | None, output: TableOutput) -> None:
    """As an answer does; a model that the rules did not leave anything to was not asked."""
    if use and (use.sent or use.problem):
        told = read_elsewhere(Language.FRENCH, use, with_quotes=False)
        (sys.stderr if output.as_json else sys.stdout).write(f"{told}\n")


def _refusal(found: NotUnderstood, over: Population, question: str) -> str:
    named = population_asked(question)
    if named and named is not over:
        return f"Question non comprise ici ; essayez : sourcier {named} ask …\n"
    return "\n  ".join((f"Question non comprise : {found.why}", *found.can)) + "\n"


def _add_view(actions: Actions, over: Population, name: str, view: str) -> None:
    """Add the action that shows a view."""

    def show(
        ctx: Context, day: date | None = DAY, as_json: bool = AS_JSON, out: Path | None = OUT
    ) -> int:
        books = bookkeeping(ctx.obj)
        look = ViewRequest(over, view, day or date.today(), books.buyer)
        return see(books, look, TableOutput(ctx.obj, as_json, out))

    actions.action(name)(show)


def _add_view_of_law(actions: Actions, over: Population, name: str, view: str) -> None:
    """Add the action that shows a view for a buyer: without an index there is no law to apply."""

    def show(
        ctx: Context,
        day: date | None = DAY,
        as_json: bool = AS_JSON,
        out: Path | None = OUT,
        buyer: Buyer = REQUIRED_BUYER,
    ) -> int:
        current_name(ctx.obj)
        look = ViewRequest(over, view, day or date.today(), buyer)
        return see(bookkeeping(ctx.obj), look, TableOutput(ctx.obj, as_json, out))

    actions.action(name)(show)


invoices = Actions("invoices")
ledger_import.add_action(invoices, FileKind.INVOICES)


INVOICES, PURCHASES = Population.INVOICES, Population.PURCHASES
_add_view(invoices, INVOICES, "list", "liste")
_add_view_of_law(invoices, INVOICES, "late", "retards")
_add_view(invoices, INVOICES, "anomalies", "anomalies")


@invoices.action("explain")
def _explain(
    ctx: Context,
    identifier: str = argument("IDENTIFIANT", "celui de l'anomalie"),
    reason: str = option("--reason RAISON", "l'explication", default=...),
) -> int:
    anomaly = bookkeeping(ctx.obj).explain(identifier, reason, ALONE.user)
    sys.stdout.write(f"Expliquée : {anomaly.says}\n")
    return OK


@invoices.action("ask")
def _ask_invoices(
    ctx: Context,
    question: str = QUESTION,
    day: date | None = DAY,
    as_json: bool = AS_JSON,
    out: Path | None = OUT,
    proposal: str | None = PROPOSAL,
    buyer: Buyer | None = BUYER,
) -> int:
    output = TableOutput(ctx.obj, as_json, out)
    return _answer(INVOICES, question, day, proposal, buyer, output)


purchases = Actions("purchases")
ledger_import.add_action(purchases, FileKind.PURCHASES)
ledger_import.add_fetching(purchases)


_add_view(purchases, PURCHASES, "summary", "apercu")
_add_view(purchases, PURCHASES, "suppliers", "titulaires")
_add_view(purchases, PURCHASES, "pooling", "mutualisation")
_add_view_of_law(purchases, PURCHASES, "thresholds", "seuils")


@purchases.action("ask")
def _ask_purchases(
    ctx: Context,
    question: str = QUESTION,
    day: date | None = DAY,
    as_json: bool = AS_JSON,
    out: Path | None = OUT,
    proposal: str | None = PROPOSAL,
) -> int:
    output = TableOutput(ctx.obj, as_json, out)
    return _answer(PURCHASES, question, day, proposal, None, output)


app = Actions()
app.add_typer(invoices, name="invoices")
app.add_typer(purchases, name="purchases")
