"""`sourcier dossier add | pieces | set-piece | remove | index`: what a dossier holds.

Door of rich, for these.
"""

import argparse
import json
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from assistant.accounts.identity import ALONE
from assistant.cli import adding
from assistant.cli.index_build import Steps
from assistant.cli.options import Terminal
from assistant.settings import load_settings
from ingestion.tenders.pieces import PieceKind

if TYPE_CHECKING:
    from assistant.tenders.service import DossierService
    from ingestion.index.search import Embedder
    from ingestion.library.library import Holding
    from ingestion.tenders.intake import Parcel, Receipt


OK, BROKEN, USAGE = 0, 1, 2

TO_INDEX = (
    "À indexer : les pièces ont changé depuis l'index qui répond. Si aucun ajout n'est en cours : "
    "sourcier dossier index {}"
)


def register(actions: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the five actions."""
    taking = actions.add_parser("add", help="lit et garde des pièces, puis les indexe")
    taking.add_argument("id", metavar="ID")
    taking.add_argument(
        "paths", nargs="+", type=Path, metavar="CHEMIN", help="fichiers, dossiers ou archives ZIP"
    )
    taking.set_defaults(run=_add)
    listing = actions.add_parser("pieces", help="les pièces d'un dossier")
    listing.add_argument("id", metavar="ID")
    listing.set_defaults(run=_pieces)
    for action in (taking, listing):
        action.add_argument("--json", action="store_true", help="du JSON, pour les programmes")
    correcting = actions.add_parser("set-piece", help="corrige ou confirme le genre d'une pièce")
    correcting.add_argument("id", metavar="ID")
    correcting.add_argument("name", metavar="NOM", help="nom du fichier (voir : dossier pieces)")
    correcting.add_argument(
        "piece", type=PieceKind, choices=list(PieceKind), metavar="GENRE", help=", ".join(PieceKind)
    )
    correcting.set_defaults(run=_set_piece)
    removing = actions.add_parser("remove", help="retire des pièces de ce qui est interrogé")
    removing.add_argument("id", metavar="ID")
    removing.add_argument("names", nargs="+", metavar="NOM", help="nom d'un fichier ajouté")
    removing.set_defaults(run=_remove)
    indexing = actions.add_parser(
        "index", help="rend les pièces interrogeables, après un ajout ou un retrait interrompu"
    )
    indexing.add_argument("id", metavar="ID")
    indexing.set_defaults(run=_index)


def filing_of(home: Path) -> "DossierService":
    """The dossiers of a data folder; the embedding model is loaded when pieces are indexed."""
    from assistant.journal.journal import journal_of
    from assistant.tenders.service import DossierService

    def embedder() -> "Embedder":
        from assistant.container import load_embedder  # the models take seconds to import

        return load_embedder(home, load_settings(home))

    return DossierService(home, journal_of(home), embedder, user=ALONE.user)


def show_pieces(console: Console, filing: "DossierService", dossier_id: str) -> None:
    """The pieces as a table, below a word when they are not searched as they stand."""
    if filing.awaits_index(dossier_id):
        console.print(TO_INDEX.format(dossier_id), style="yellow")
    pieces = filing.pieces(dossier_id)
    table = Table("fichier", "genre", "version", "ko", "pages", "à savoir")
    for piece in pieces:
        entry = piece.entry
        doubt = (f"genre à confirmer : {entry.doubt}",) if entry.doubt else ()
        table.add_row(
            entry.source,
            entry.piece or "",
            str(entry.version),
            str(max(piece.size // 1000, 1)),
            str(piece.pages or ""),
            "\n".join((*doubt, *piece.told, *piece.remarks)),
        )
    console.print(table if pieces else "Aucune pièce.")


def piece_fields(piece: "Holding") -> dict[str, Any]:
    """A piece as programs read it."""
    entry = piece.entry
    return {
        "name": entry.source,
        "piece": entry.piece,
        "doubt": entry.doubt,
        "version": entry.version,
        "size": piece.size,
        "pages": piece.pages,
        "sha256": entry.sha256,
        "warnings": list(piece.warnings),
        "remarks": list(piece.remarks),
        "set_aside": piece.aside,
    }


def print_json(value: object) -> None:
    """A value on standard output, days as they are written."""
    written = json.dumps(value, ensure_ascii=False, indent=2, default=str)
    Terminal().out(written, highlight=False)


def _add(arguments: argparse.Namespace) -> int:
    absent = [str(path) for path in arguments.paths if not path.exists()]
    if absent:
        sys.stderr.write(f"Introuvable : {', '.join(absent)}\n")
        return USAGE
    with adding.progress_bars(Terminal(is_stderr=True)) as progress:
        receipts = _added(arguments, progress)
    if arguments.json:
        print_json([_receipt_fields(receipt) for receipt in receipts])
    else:
        _report(receipts)
    return OK if any(receipt.entry for receipt in receipts) else BROKEN


def _added(arguments: argparse.Namespace, progress: Progress) -> tuple["Receipt", ...]:
    """Take in the files, one step of the bar each; how many there are is known at the end."""
    bar = progress.add_task("Lecture des fichiers", total=None)

    def told(receipt: "Receipt") -> None:
        progress.update(bar, advance=1, description=f"Lecture de {receipt.name}")

    filing = filing_of(arguments.home)
    return filing.add(arguments.id, _parcels(arguments.paths), told, Steps(progress))


def _parcels(paths: Sequence[Path]) -> Iterator["Parcel"]:
    """The files at these paths, each open while it is looked at, hidden ones left out."""
    from ingestion.tenders.intake import Parcel

    for path in map(Path.resolve, paths):
        for file in sorted(path.rglob("*")) if path.is_dir() else [path]:
            name = file.relative_to(path.parent)
            if file.is_file() and not any(part.startswith(".") for part in name.parts):
                with file.open("rb") as content:
                    yield Parcel(name.as_posix(), content)


def _report(receipts: Sequence["Receipt"]) -> None:
    table = Table("fichier", "issue", "genre", "à savoir")
    for receipt in receipts:
        piece = receipt.entry.piece if receipt.entry else None
        table.add_row(receipt.name, receipt.fate, piece or "", "\n".join(receipt.told))
    Terminal().print(table)


def _receipt_fields(receipt: "Receipt") -> dict[str, Any]:
    entry = receipt.entry
    return {
        "name": receipt.name,
        "fate": receipt.fate,
        "piece": entry and entry.piece,
        "version": entry and entry.version,
        "sha256": entry and entry.sha256,
        "warnings": list(receipt.warnings),
        "remarks": list(receipt.remarks),
        "set_aside": receipt.aside,
        "refusal": receipt.refusal,
    }


def _pieces(arguments: argparse.Namespace) -> int:
    filing = filing_of(arguments.home)
    if arguments.json:
        print_json([piece_fields(piece) for piece in filing.pieces(arguments.id)])
    else:
        show_pieces(Terminal(), filing, arguments.id)
    return OK


def _index(arguments: argparse.Namespace) -> int:
    filing = filing_of(arguments.home)
    with adding.progress_bars(Terminal(is_stderr=True)) as progress:
        filing.index(arguments.id, Steps(progress))
    show_pieces(Terminal(), filing, arguments.id)
    return OK


def _set_piece(arguments: argparse.Namespace) -> int:
    with adding.progress_bars(Terminal(is_stderr=True)) as progress:
        filing_of(arguments.home).set_piece(
            arguments.id, arguments.name, arguments.piece, Steps(progress)
        )
    Terminal().print(f"{arguments.name} : {arguments.piece}")
    return OK


def _remove(arguments: argparse.Namespace) -> int:
    with adding.progress_bars(Terminal(is_stderr=True)) as progress:
        removed = filing_of(arguments.home).remove(arguments.id, arguments.names, Steps(progress))
    for source in removed:
        Terminal().print(f"{source} : retiré")
    return OK
