"""`sourcier law`: an article as it was, is and will be. Door of rich, for this command."""

import argparse
import json
import sys
from collections.abc import Sequence
from datetime import date

from rich.console import Console
from rich.padding import Padding
from rich.text import Text

from assistant.cli.asking import iso_date
from assistant.cli.terminal import Terminal
from assistant.cli.wording import compared
from assistant.language import Language
from assistant.law_record import law_fields
from assistant.page.version_line import days, remarks
from assistant.page.words import words
from ingestion.documents import Document
from ingestion.references import normalise
from ingestion.versions import History, histories, near_references
from ingestion.wording import compare

FOUND, NOT_FOUND = 0, 3
SAID = words(Language.FRENCH)

EPILOG = """\
exemples :
  sourcier law R2122-8
  sourcier law "art. R. 2122-8" --as-of 2024-03-15
  sourcier law R2122-8 --history
  sourcier law R2122-8 --history --json | jq '.articles[].versions[].valid_from'
"""


def register(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command."""
    parser = subparsers.add_parser(
        "law",
        help="montre un article en vigueur un jour donné, ou toutes ses versions",
        description="Montre la version d'un article en vigueur un jour donné ; avec --history, "
        "toutes les versions connues, chacune comparée mot à mot à la précédente.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("reference", nargs="+", metavar="REFERENCE", help="par exemple R2122-8")
    parser.add_argument("--history", action="store_true", help="toutes les versions connues")
    parser.add_argument(
        "--as-of",
        type=iso_date,
        default=date.today(),
        metavar="AAAA-MM-JJ",
        help="jour du droit applicable (défaut : aujourd'hui)",
    )
    parser.add_argument("--json", action="store_true", help="un objet JSON, pour les programmes")
    parser.set_defaults(run=_run)


def _run(arguments: argparse.Namespace) -> int:
    from ingestion.generation import open_generation
    from ingestion.publication import current_name

    reference = normalise(" ".join(arguments.reference))
    store = open_generation(arguments.home, current_name(arguments.home)).store
    found, day, console = histories(store.versions(reference)), arguments.as_of, Terminal()
    if not found:
        near = near_references(reference, store.documents())
        return _unknown(reference, near)
    if arguments.json:
        fields = law_fields(found, reference, day, whole=arguments.history)
        console.out(json.dumps(fields, ensure_ascii=False, indent=2), highlight=False)
    else:
        for history in found:
            _show(console, history, day, arguments.history)
    in_force = any(history.on(day) for history in found)
    return FOUND if in_force or arguments.history else NOT_FOUND


def _unknown(reference: str, near: Sequence[str]) -> int:
    proposed = f" Références proches : {', '.join(near)}." if near else ""
    sys.stderr.write(f"L'index en service n'a pas d'article {reference}.{proposed}\n")
    return NOT_FOUND


def _show(console: Console, history: History, day: date, is_whole: bool) -> None:
    # Texts are shown as Text: rich reads "[…]" in a plain string as one of its own marks.
    console.print(Text(f"{history.title}, {history.reference}", style="bold"))
    current = history.on(day)
    if current is None:
        console.print(f"Aucune version connue n'est en vigueur le {day:%d/%m/%Y}.")
    shown = history.versions if is_whole else filter(None, (current,))
    before = None
    for version in shown:
        _show_version(console, version, day if version is current else None)
        console.print(Padding(_text(console, before, version), (1, 2)))
        before = version
    if current is None and not is_whole:
        for version in history.versions:
            console.print(Text(f"  {_line(version)}"))


def _show_version(console: Console, version: Document, in_force_on: date | None) -> None:
    if version.path:
        console.print(Text(" › ".join(version.path), style="dim"))
    console.print(Text(_line(version)))
    if in_force_on:
        console.print(Text(f"▶ en vigueur le {in_force_on:%d/%m/%Y}", style="green"))
    if version.address:
        console.print(Text(version.address, style="dim"), soft_wrap=True)


def _line(version: Document) -> str:
    line = " · ".join((days(version, SAID), *remarks(version, SAID)))
    return line[:1].upper() + line[1:]


def _text(console: Console, before: Document | None, version: Document) -> Text:
    if before is None:
        return Text(version.text)
    return compared(compare(before.text, version.text), marked=not console.is_terminal)
