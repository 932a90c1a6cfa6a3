"""`sourcier dossier`: open, describe, check, sum up and remove a dossier. Door of rich."""

import argparse
import json
import sys
from dataclasses import asdict, replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.padding import Padding
from rich.table import Column, Table
from rich.text import Text

from assistant.cli import dossier_pieces
from assistant.cli.dossier_pieces import filing_of, piece_fields, print_json, show_pieces
from assistant.cli.options import Terminal, iso_date
from assistant.tenders.conformity.review import FiledReview, review_fields, review_of
from assistant.tenders.conformity.rules import FindingSeverity
from assistant.tenders.fiche import LINES, Fiche, FicheEntry, FicheState
from ingestion.index.publication import current_name
from ingestion.index.snapshot import open_snapshot
from ingestion.tenders.dossiers import Dossier, Dossiers, DossierStage

if TYPE_CHECKING:
    from assistant.tenders.service import DossierService


# `sourcier dossier check`: a dossier against the law of its day and itself. Door of rich.

OK = 0

EPILOG = """\
exemples :
  sourcier dossier check ecole-2026
  sourcier dossier check ecole-2026 --date 2026-10-08 --json

Le droit est celui du jour d'envoi de l'avis, donné dans la description ou lu dans les pièces, sinon
celui d'aujourd'hui. Rien n'est un verdict : chaque point montre ses passages et reste à vérifier.
"""

_STYLES = {
    FindingSeverity.GRAVE: "bold red",
    FindingSeverity.CORRECT: "yellow",
    FindingSeverity.CHECK: "cyan",
}
_ABOVE = (1, 0, 0, 0)


def register_check(actions: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the action to those of `dossier`."""
    parser = actions.add_parser(
        "check",
        help="compare un dossier aux règles de sa date et à lui-même",
        description="Compare les pièces d'un dossier aux règles de sa date et entre elles.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("dossier", metavar="ID", help="l'identifiant du dossier")
    parser.add_argument(
        "--date",
        "--as-of",
        dest="as_of",
        type=iso_date,
        metavar="AAAA-MM-JJ",
        help="jour du droit applicable (défaut : celui du dossier)",
    )
    parser.add_argument("--json", action="store_true", help="un objet JSON, pour les programmes")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Show what the review finds."""
    home, console = arguments.home, Terminal()
    rules = open_snapshot(home, current_name(home))
    known = Dossiers(home)
    found = review_of(arguments.dossier, known, rules, date.today(), arguments.as_of)
    if arguments.json:
        fields = review_fields(arguments.dossier, found)
        console.out(json.dumps(fields, ensure_ascii=False, indent=2), highlight=False)
    else:
        _show(console, found)
    return OK


def _show(console: Console, found: FiledReview) -> None:
    points = sum(each.severity is not FindingSeverity.UNCHECKED for each in found.findings)
    said = f"{points} point{'s' if points > 1 else ''} à vérifier" if points else "Rien à vérifier"
    console.print(Text(f"{said} · droit au {found.law_day:%d/%m/%Y}", style="bold"))
    for finding in found.findings:
        # Texts are shown as Text: rich reads brackets in a plain string as its own marks.
        is_unchecked = finding.severity is FindingSeverity.UNCHECKED
        style = _STYLES.get(finding.severity, "dim")
        head = Text("" if is_unchecked else f"{finding.severity} : ", style=style)
        console.print(Padding(head.append(finding.sentence, style="dim" * is_unchecked), _ABOVE))
        quoted = [(place.locator, place.text) for place in finding.places]
        quoted += [(ground.passage.locator, ground.quote) for ground in finding.grounds]
        for locator, text in quoted:
            console.print(Padding(Text.assemble((locator, "bold"), f" : {text}"), (0, 4)))


# `sourcier dossier fiche`: what the pieces of a dossier state, on each subject. Door of rich.

FICHE_EPILOG = """\
exemples :
  sourcier dossier fiche ecole-2026
  sourcier dossier fiche ecole-2026 --docx fiche.docx --csv fiche.csv

Chaque texte est repris mot pour mot de la pièce citée ; seules les sommes sont calculées. Le
journal garde la trace des fichiers écrits.
"""

_DOSSIER_FICHE_STYLES = {
    FicheState.FOUND: "green",
    FicheState.ABSENT: "dim",
    FicheState.DIFFERS: "yellow",
}


def register_fiche(actions: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the action to those of `dossier`."""
    parser = actions.add_parser(
        "fiche",
        help="résume un dossier en une fiche, chaque texte avec sa source",
        description="La fiche de synthèse : ce que disent les pièces d'un dossier, par sujet.",
        epilog=FICHE_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("id", metavar="ID", help="l'identifiant du dossier")
    for name, told in (("docx", "un traitement de texte"), ("csv", "un tableur")):
        parser.add_argument(
            f"--{name}", type=Path, metavar="FICHIER", help=f"l'écrit dans un fichier pour {told}"
        )
    parser.add_argument("--json", action="store_true", help="un objet JSON, pour les programmes")
    parser.set_defaults(run=run_fiche)


def run_fiche(arguments: argparse.Namespace) -> int:
    """Write the fiche to the files that are named; show it where there are none."""
    from assistant.tenders.service import FileFormat  # what writes DOCX takes a while to import

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
        _show_dossier_fiche(filing.fiche(arguments.id))
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


def _entry_fields(entry: FicheEntry) -> dict[str, Any]:
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


def _show_dossier_fiche(fiche: Fiche) -> None:
    # Texts are shown as Text: rich reads brackets in a plain string as its own marks.
    table = Table(
        Column("sujet", max_width=22), "texte de la pièce", Column("source", max_width=24)
    )
    for line in fiche.lines:
        head = Text.assemble(
            (line.label, "bold"), "\n", (line.state, _DOSSIER_FICHE_STYLES[line.state])
        )
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


# `sourcier dossier`: open, describe, show and remove a dossier. Door of rich, for these.

DOSSIER_OK, BROKEN = 0, 1

FIELDS = {
    "reference": "référence de la consultation",
    "subject": "objet",
    "buyer": "acheteur",
    "team": "équipe qui le voit (vide : tout le monde)",
    "sent": "jour d'envoi de l'avis à la publication",
    "deadline": "dernier jour de remise des offres",
    "notified": "jour de notification du marché",
}
"""What is said of a dossier, and the help of its option."""

DOSSIER_EPILOG = """\
exemples :
  sourcier dossier create voirie-2026 --reference 2026-07 --subject "Réfection de la voirie"
  sourcier dossier add voirie-2026 dce.zip "RC modifié.pdf"     un ZIP, des fichiers, des dossiers
  sourcier dossier pieces voirie-2026                           ce qui a été reconnu
  sourcier dossier set-piece voirie-2026 divers.pdf annexe      corrige le genre d'une pièce
  sourcier dossier index voirie-2026                            après un ajout interrompu
  sourcier dossier fiche voirie-2026                            ce que disent les pièces
  sourcier dossier check voirie-2026                            relit les pièces et les compare
  sourcier ask "Quelles pénalités de retard ?" --dossier voirie-2026
  sourcier dossier delete voirie-2026                           efface tout, sauf les empreintes
"""


def register(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command."""
    parser = subparsers.add_parser(
        "dossier",
        help="garde les pièces d'une consultation, à interroger avec les règles",
        description="Les dossiers de marché : chacun a ses pièces, son index et les réponses "
        "données à son sujet, dans un dossier à lui, qui disparaît avec lui.",
        epilog=DOSSIER_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    for name, run, told in (
        ("create", _create, "ouvre un dossier"),
        ("describe", _describe, "change ce qui est dit d'un dossier"),
    ):
        action = actions.add_parser(name, help=told)
        action.add_argument("id", metavar="ID", help="lettres sans accent, chiffres, . _ -")
        _add_fields(action)
        action.set_defaults(run=run)
    listing = actions.add_parser("list", help="les dossiers de cette machine")
    listing.set_defaults(run=_list)
    showing = actions.add_parser("show", help="un dossier et ses pièces")
    showing.add_argument("id", metavar="ID")
    showing.set_defaults(run=_show_dossier)
    for action in (listing, showing):
        action.add_argument("--json", action="store_true", help="du JSON, pour les programmes")
    dossier_pieces.register(actions)
    register_fiche(actions)
    register_check(actions)
    deleting = actions.add_parser("delete", help="efface un dossier et tout ce qu'il contient")
    deleting.add_argument("id", metavar="ID")
    deleting.add_argument("--yes", action="store_true", help="sans redemander l'identifiant")
    deleting.set_defaults(run=_delete)


def _add_fields(action: argparse.ArgumentParser) -> None:
    for name, told in FIELDS.items():
        is_day = name in {"sent", "deadline", "notified"}
        kind: dict[str, Any] = {"type": iso_date, "metavar": "AAAA-MM-JJ"} if is_day else {}
        action.add_argument(f"--{name}", help=told, **kind)
    action.add_argument("--stage", type=DossierStage, choices=list(DossierStage), help="étape")


def _given(arguments: argparse.Namespace) -> dict[str, Any]:
    """The fields that were given, the others being left as they are."""
    given = {name: getattr(arguments, name) for name in (*FIELDS, "stage")}
    return {name: value for name, value in given.items() if value is not None}


def _create(arguments: argparse.Namespace) -> int:
    filing_of(arguments.home).create(Dossier(arguments.id, **_given(arguments)))
    Terminal().print(
        f"Dossier {arguments.id} ouvert. Ajoutez-y des pièces : "
        f"sourcier dossier add {arguments.id} FICHIER…"
    )
    return DOSSIER_OK


def _describe(arguments: argparse.Namespace) -> int:
    filing = filing_of(arguments.home)
    filing.describe(replace(filing.get(arguments.id), **_given(arguments)))
    _show_one(filing, arguments.id)
    return DOSSIER_OK


def _list(arguments: argparse.Namespace) -> int:
    filing = filing_of(arguments.home)
    counted = [(dossier, filing.count(dossier.id)) for dossier in filing.all()]
    if arguments.json:
        print_json([_fields(dossier) | {"pieces": number} for dossier, number in counted])
        return DOSSIER_OK
    table = Table("identifiant", "référence", "objet", "acheteur", "étape", "offres le", "pièces")
    for dossier, number in counted:
        about = (_name(dossier), dossier.reference, dossier.subject, dossier.buyer)
        deadline = f"{dossier.deadline:%d/%m/%Y}" if dossier.deadline else ""
        table.add_row(*about, dossier.stage, deadline, str(number))
    none = "Aucun dossier. Ouvrez-en un : sourcier dossier create ID"
    Terminal().print(table if counted else none)
    return DOSSIER_OK


def _show_dossier(arguments: argparse.Namespace) -> int:
    filing = filing_of(arguments.home)
    if not arguments.json:
        _show_one(filing, arguments.id)
        return DOSSIER_OK
    dossier, pieces = filing.get(arguments.id), filing.pieces(arguments.id)
    waiting = {"to_index": filing.awaits_index(arguments.id)}
    print_json(_fields(dossier) | waiting | {"pieces": [piece_fields(piece) for piece in pieces]})
    return DOSSIER_OK


def _show_one(filing: "DossierService", dossier_id: str) -> None:
    console, dossier = Terminal(), filing.get(dossier_id)
    console.print(Text.assemble((_name(dossier), "bold"), f" · {dossier.stage}"))
    for name, told in FIELDS.items():
        if value := getattr(dossier, name):
            console.print(f"  {told.partition(' (')[0]} : {value}")
    show_pieces(console, filing, dossier_id)


def _name(dossier: Dossier) -> str:
    """The identifier, and whether it is that of the demonstration."""
    return f"{dossier.id} (démonstration)" if dossier.is_demonstration else dossier.id


def _fields(dossier: Dossier) -> dict[str, Any]:
    return asdict(dossier) | {"demonstration": dossier.is_demonstration}


def _delete(arguments: argparse.Namespace) -> int:
    filing = filing_of(arguments.home)
    filing.get(arguments.id)
    if not arguments.yes and not _is_confirmed(arguments.id):
        sys.stderr.write("L'identifiant n'est pas le même : rien n'a été effacé.\n")
        return BROKEN
    filing.delete(arguments.id)
    Terminal().print(f"Dossier {arguments.id} effacé.")
    return DOSSIER_OK


def _is_confirmed(dossier_id: str) -> bool:
    sys.stdout.write(
        f"Les pièces de {dossier_id}, leur index et les réponses données seront effacés, sans "
        "retour.\nTapez de nouveau l'identifiant : "
    )
    sys.stdout.flush()
    return sys.stdin.readline().strip() == dossier_id
