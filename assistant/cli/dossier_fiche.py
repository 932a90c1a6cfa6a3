"""`sourcier dossier fiche`: what the pieces of a dossier state, on each subject. Door of rich."""

import argparse
from pathlib import Path
from typing import Any

from rich.table import Column, Table
from rich.text import Text

from assistant.cli.dossier_pieces import filing_of, print_json
from assistant.cli.terminal import Terminal
from assistant.fiche import LINES, Entry, Fiche, State

OK = 0

EPILOG = """\
exemples :
  sourcier dossier fiche ecole-2026
  sourcier dossier fiche ecole-2026 --docx fiche.docx --csv fiche.csv

Chaque texte est repris mot pour mot de la pièce citée ; seules les sommes sont calculées. Le
journal garde la trace des fichiers écrits.
"""

_STYLES = {State.FOUND: "green", State.ABSENT: "dim", State.DIFFERS: "yellow"}


def register(actions: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the action to those of `dossier`."""
    parser = actions.add_parser(
        "fiche",
        help="résume un dossier en une fiche, chaque texte avec sa source",
        description="La fiche de synthèse : ce que disent les pièces d'un dossier, par sujet.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("id", metavar="ID", help="l'identifiant du dossier")
    for name, told in (("docx", "un traitement de texte"), ("csv", "un tableur")):
        parser.add_argument(
            f"--{name}", type=Path, metavar="FICHIER", help=f"l'écrit dans un fichier pour {told}"
        )
    parser.add_argument("--json", action="store_true", help="un objet JSON, pour les programmes")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Write the fiche to the files that are named; show it where there are none."""
    from assistant.fiche_export import FileFormat  # what writes DOCX takes a while to import

    filing = filing_of(arguments.home)
    files = {each: path for each in FileFormat if (path := getattr(arguments, each))}
    for file_format, path in files.items():
        path.write_bytes(filing.export(arguments.id, file_format))
    if arguments.json:
        print_json({"dossier": arguments.id} | fiche_fields(filing.fiche(arguments.id)))
    elif files:
        for path in files.values():
            Terminal().print(Text(f"Fiche écrite : {path}"), soft_wrap=True)
    else:
        _show(filing.fiche(arguments.id))
    return OK


def fiche_fields(fiche: Fiche) -> dict[str, Any]:
    """A fiche as programs read it; offsets are half-open characters of the document's text."""
    return {
        "priority": {"pieces": list(fiche.priority.pieces), "locator": fiche.priority.locator},
        "lines": [
            {
                "name": name,
                "label": line.label,
                "state": line.state,
                "remark": line.remark,
                "entries": [_entry_fields(entry) for entry in line.entries],
            }
            for name, line in zip(LINES, fiche.lines, strict=True)
        ],
    }


def _entry_fields(entry: Entry) -> dict[str, Any]:
    return {
        "piece": entry.piece,
        "locator": entry.passage.locator,
        "source": entry.passage.source,
        "document": entry.passage.document_id,
        "start": entry.start,
        "end": entry.end,
        "text": entry.text,
        "values": [{"unit": value.unit, "written": value.written} for value in entry.values],
    }


def _show(fiche: Fiche) -> None:
    # Texts are shown as Text: rich reads brackets in a plain string as its own marks.
    table = Table(
        Column("sujet", max_width=22), "texte de la pièce", Column("source", max_width=24)
    )
    for line in fiche.lines:
        head = Text.assemble((line.label, "bold"), "\n", (line.state, _STYLES[line.state]))
        told = [(Text(line.remark, style="italic"), "")] if line.remark else []
        told += [
            (Text(text), "\n".join(entry.passage.locator for entry in entries))
            for text, entries in line.texts.items()
        ]
        for text, locators in told or [(Text(), "")]:
            table.add_row(head, text, Text(locators))
            head = Text()
        table.add_section()
    Terminal().print(table)
