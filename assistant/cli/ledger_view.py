"""Tables of the ledger in a terminal, as JSON, or in a file. Door of rich, for the ledger."""

import argparse
import json
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.padding import Padding
from rich.table import Table as Grid
from rich.text import Text

from assistant.cli.asking import iso_date
from assistant.identity import ALONE
from assistant.journal import journal_of
from assistant.ledger.export import SUFFIXES, export
from assistant.ledger.table import Cell, Table, written

_SHOWN = 30


def add_output(parser: argparse.ArgumentParser) -> None:
    """Add the options by which tables are dated and written."""
    parser.add_argument(
        "--date",
        "--as-of",
        dest="as_of",
        type=iso_date,
        default=date.today(),
        metavar="AAAA-MM-JJ",
        help="jour du calcul et du droit applicable (défaut : aujourd'hui)",
    )
    parser.add_argument("--json", action="store_true", help="un objet JSON, pour les programmes")
    parser.add_argument(
        "--out",
        type=_export_path,
        metavar="FICHIER",
        help="écrit le premier tableau en entier dans un fichier .csv ou .xlsx",
    )


def put(tables: Sequence[Table], arguments: argparse.Namespace, lead: str = "") -> None:
    """Show tables as asked: a lead and the first rows of each, all of them as JSON, or a file."""
    console = Console()
    if arguments.out:
        export(table := tables[0], arguments.out)
        told = {"ledger": table.title, "rows": len(table.rows), "format": arguments.out.suffix[1:]}
        journal_of(arguments.home).append("export", told, user=ALONE.user)
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
        console.print(Text(f"… et {more} autres : --json ou --out les donnent.", style="dim"))
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
