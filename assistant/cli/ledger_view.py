"""Tables of the ledger in a terminal, as JSON, or in a file. Door of rich, for the ledger."""

import argparse
import json
import sys
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.padding import Padding
from rich.table import Table as Grid
from rich.text import Text

from assistant.bookkeeping import Bookkeeping
from assistant.calculators.situation import Buyer
from assistant.cli.asking import add_day
from assistant.cli.terminal import Terminal
from assistant.errors import Ungrounded, WrongFigures
from assistant.identity import ALONE
from assistant.journal import journal_of
from assistant.ledger.export import SUFFIXES
from assistant.ledger.fields import Population
from assistant.ledger.sights import Look
from assistant.ledger.table import Cell, Table, written
from assistant.settings import load_settings
from ingestion.durable import replace_bytes
from ingestion.generation import Generation, open_generation
from ingestion.publication import current_name

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


def bookkeeping(home: Path) -> Bookkeeping:
    """The ledger of a data folder, under the law of the index in service when it is needed."""

    @cache
    def generation() -> Generation:
        return open_generation(home, current_name(home))

    buyer = Buyer(load_settings(home).buyer)
    return Bookkeeping(home, journal_of(home), generation, buyer)


def see(over: Population, view: str, arguments: argparse.Namespace) -> int:
    """Show a view on the day asked, for the buyer given if it takes one."""
    books = bookkeeping(arguments.home)
    look = Look(over, view, arguments.as_of, getattr(arguments, "buyer", books.buyer))
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


def put(tables: Sequence[Table], arguments: argparse.Namespace, lead: str = "") -> None:
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


def _show(console: Console, table: Table) -> None:
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


def _fields(table: Table) -> dict[str, Any]:
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
