"""`sourcier dossier`: open, describe, show and remove a dossier. Door of rich, for these."""

import argparse
import sys
from dataclasses import asdict, replace
from typing import TYPE_CHECKING, Any

from rich.table import Table
from rich.text import Text

from assistant.cli import dossier_check, dossier_fiche, dossier_pieces
from assistant.cli.asking import iso_date
from assistant.cli.dossier_pieces import filing_of, piece_fields, print_json, show_pieces
from assistant.cli.terminal import Terminal
from ingestion.dossiers import Dossier, Stage

if TYPE_CHECKING:
    from assistant.filing import Filing

OK, BROKEN = 0, 1

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

EPILOG = """\
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
        epilog=EPILOG,
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
    showing.set_defaults(run=_show)
    for action in (listing, showing):
        action.add_argument("--json", action="store_true", help="du JSON, pour les programmes")
    dossier_pieces.register(actions)
    dossier_fiche.register(actions)
    dossier_check.register(actions)
    deleting = actions.add_parser("delete", help="efface un dossier et tout ce qu'il contient")
    deleting.add_argument("id", metavar="ID")
    deleting.add_argument("--yes", action="store_true", help="sans redemander l'identifiant")
    deleting.set_defaults(run=_delete)


def _add_fields(action: argparse.ArgumentParser) -> None:
    for name, told in FIELDS.items():
        is_day = name in {"sent", "deadline", "notified"}
        kind: dict[str, Any] = {"type": iso_date, "metavar": "AAAA-MM-JJ"} if is_day else {}
        action.add_argument(f"--{name}", help=told, **kind)
    action.add_argument("--stage", type=Stage, choices=list(Stage), help="étape")


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
    return OK


def _describe(arguments: argparse.Namespace) -> int:
    filing = filing_of(arguments.home)
    filing.describe(replace(filing.get(arguments.id), **_given(arguments)))
    _show_one(filing, arguments.id)
    return OK


def _list(arguments: argparse.Namespace) -> int:
    filing = filing_of(arguments.home)
    counted = [(dossier, filing.count(dossier.id)) for dossier in filing.all()]
    if arguments.json:
        print_json([_fields(dossier) | {"pieces": number} for dossier, number in counted])
        return OK
    table = Table("identifiant", "référence", "objet", "acheteur", "étape", "offres le", "pièces")
    for dossier, number in counted:
        about = (_name(dossier), dossier.reference, dossier.subject, dossier.buyer)
        deadline = f"{dossier.deadline:%d/%m/%Y}" if dossier.deadline else ""
        table.add_row(*about, dossier.stage, deadline, str(number))
    none = "Aucun dossier. Ouvrez-en un : sourcier dossier create ID"
    Terminal().print(table if counted else none)
    return OK


def _show(arguments: argparse.Namespace) -> int:
    filing = filing_of(arguments.home)
    if not arguments.json:
        _show_one(filing, arguments.id)
        return OK
    dossier, pieces = filing.get(arguments.id), filing.pieces(arguments.id)
    waiting = {"to_index": filing.awaits_index(arguments.id)}
    print_json(_fields(dossier) | waiting | {"pieces": [piece_fields(piece) for piece in pieces]})
    return OK


def _show_one(filing: "Filing", dossier_id: str) -> None:
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
    return OK


def _is_confirmed(dossier_id: str) -> bool:
    sys.stdout.write(
        f"Les pièces de {dossier_id}, leur index et les réponses données seront effacés, sans "
        "retour.\nTapez de nouveau l'identifiant : "
    )
    sys.stdout.flush()
    return sys.stdin.readline().strip() == dossier_id
