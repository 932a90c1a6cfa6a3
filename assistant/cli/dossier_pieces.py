"""`sourcier dossier add | pieces | set-piece | remove | index` and `sourcier notices fetch`.

Door of rich, for these.
"""

import sys
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import Progress
from rich.table import Table
from typer import BadParameter, Context

from assistant.cli.actions import Actions
from assistant.cli.options import (
    AS_JSON,
    AS_JSON_LIST,
    CPV,
    SINCE,
    UNTIL,
    Steps,
    Terminal,
    argument,
    number,
    one_bar,
    one_of,
    option,
    print_json,
    progress_bars,
)
from assistant.identity import ALONE
from assistant.journal.journal import journal_of
from assistant.settings import load_settings
from assistant.tenders.published_notices import add_published, list_published
from assistant.tenders.service import DossierService
from ingestion.documents.pieces import PieceKind
from ingestion.index.search import Embedder
from ingestion.library.library import Holding
from ingestion.opendata.fetching import FoundNotices, PublicDataCriteria, notices_where
from ingestion.opendata.portal import REACH, OpenDataset
from ingestion.tenders.intake import Parcel, Receipt

OK, BROKEN, USAGE, NONE = 0, 1, 2, 3

TO_INDEX = (
    "À indexer : les pièces ont changé depuis l'index qui répond. Si aucun ajout n'est en cours : "
    "sourcier dossier index {}"
)


app = Actions("dossier")
ID = argument("ID")


def filing_of(home: Path) -> DossierService:
    """The dossiers of a data folder; the embedding model is loaded when pieces are indexed."""

    def embedder() -> Embedder:
        from assistant.container import load_embedder  # the models take seconds to import

        return load_embedder(home, load_settings(home))

    return DossierService(home, journal_of(home), embedder, user=ALONE.user)


def show_pieces(console: Console, filing: DossierService, dossier_id: str) -> None:
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


def piece_fields(piece: Holding) -> dict[str, Any]:
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


@app.action("add")
def _add(
    ctx: Context,
    dossier: str = ID,
    paths: list[Path] = argument("CHEMIN", "fichiers, dossiers ou archives ZIP", Path),
    as_json: bool = AS_JSON_LIST,
) -> int:
    if absent := [str(path) for path in paths if not path.exists()]:
        sys.stderr.write(f"Introuvable : {', '.join(absent)}\n")
        return USAGE
    with progress_bars(Terminal(is_stderr=True)) as progress:
        receipts = _added(filing_of(ctx.obj), dossier, paths, progress)
    show_receipts(receipts, as_json=as_json)
    return OK if any(receipt.entry for receipt in receipts) else BROKEN


def _added(
    filing: DossierService, dossier: str, paths: Sequence[Path], progress: Progress
) -> tuple[Receipt, ...]:
    """Take in the files, one step of the bar each; how many there are is known at the end."""
    bar = progress.add_task("Lecture des fichiers", total=None)

    def told(receipt: Receipt) -> None:
        progress.update(bar, advance=1, description=f"Lecture de {receipt.name}")

    return filing.add(dossier, _parcels(paths), told, Steps(progress))


def _parcels(paths: Sequence[Path]) -> Iterator[Parcel]:
    """The files at these paths, each open while it is looked at, hidden ones left out."""
    for path in map(Path.resolve, paths):
        for file in sorted(path.rglob("*")) if path.is_dir() else [path]:
            name = file.relative_to(path.parent)
            if file.is_file() and not any(part.startswith(".") for part in name.parts):
                with file.open("rb") as content:
                    yield Parcel(name.as_posix(), content)


def show_receipts(receipts: Sequence[Receipt], *, as_json: bool) -> None:
    """What became of each file, as a table or as programs read it."""
    if as_json:
        print_json([_receipt_fields(receipt) for receipt in receipts])
        return
    table = Table("fichier", "issue", "genre", "à savoir")
    for receipt in receipts:
        piece = receipt.entry.piece if receipt.entry else None
        table.add_row(receipt.name, receipt.fate, piece or "", "\n".join(receipt.told))
    Terminal().print(table)


def _receipt_fields(receipt: Receipt) -> dict[str, Any]:
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


@app.action("pieces")
def _pieces(ctx: Context, dossier: str = ID, as_json: bool = AS_JSON_LIST) -> int:
    filing = filing_of(ctx.obj)
    if as_json:
        print_json([piece_fields(piece) for piece in filing.pieces(dossier)])
    else:
        show_pieces(Terminal(), filing, dossier)
    return OK


@app.action("set-piece")
def _set_piece(
    ctx: Context,
    dossier: str = ID,
    name: str = argument("NOM", "nom du fichier (voir : dossier pieces)"),
    kind: PieceKind = argument("GENRE", ", ".join(PieceKind), one_of(PieceKind)),
) -> int:
    with progress_bars(Terminal(is_stderr=True)) as progress:
        filing_of(ctx.obj).set_piece(dossier, name, kind, Steps(progress))
    Terminal().print(f"{name} : {kind}")
    return OK


@app.action("remove")
def _remove(
    ctx: Context, dossier: str = ID, names: list[str] = argument("NOM", "nom d'un fichier ajouté")
) -> int:
    with progress_bars(Terminal(is_stderr=True)) as progress:
        removed = filing_of(ctx.obj).remove(dossier, names, Steps(progress))
    for source in removed:
        Terminal().print(f"{source} : retiré")
    return OK


@app.action("index")
def _index(ctx: Context, dossier: str = ID) -> int:
    filing = filing_of(ctx.obj)
    with progress_bars(Terminal(is_stderr=True)) as progress:
        filing.index(dossier, Steps(progress))
    show_pieces(Terminal(), filing, dossier)
    return OK


# `sourcier notices fetch`: notices of the BOAMP, listed or put into a dossier.


notices = Actions("notices")


@notices.action("fetch")
def _fetch(
    ctx: Context,
    notice: str | None = argument("NUMÉRO", "le numéro d'un avis, avec --into", default=None),
    buyer: str = option("--buyer NOM", "l'acheteur : nom, SIRET ou SIREN", default=""),
    cpv: str = CPV,
    since: date | None = SINCE,
    until: date | None = UNTIL,
    most: int = option(
        "--most NOMBRE",
        "combien d'avis au plus",
        number(1, REACH, f"un nombre entre 1 et {REACH}"),
        default=50,
    ),
    dossier: str | None = option("--into DOSSIER", "met cet avis parmi les pièces d'un dossier"),
    as_json: bool = AS_JSON,
) -> int:
    dataset = OpenDataset(load_settings(ctx.obj).notices_source, "notices_source")
    if (notice is None) != (dossier is None):
        raise BadParameter(
            "NUMÉRO et --into DOSSIER vont ensemble ; sans eux, les avis sont listés"
        )
    if notice is not None and dossier is not None:
        return _put(ctx.obj, dataset, notice, dossier, as_json=as_json)
    where = notices_where(PublicDataCriteria(buyer, cpv, since, until))
    return _list(ctx.obj, dataset, where, most, as_json=as_json)


def _put(home: Path, dataset: OpenDataset, notice: str, dossier: str, *, as_json: bool) -> int:
    with progress_bars(Terminal(is_stderr=True)) as bars:
        receipts = add_published(
            dataset, notice, filing_of(home), dossier, journal_of(home), ALONE.user, Steps(bars)
        )
    if not receipts:
        sys.stderr.write(f"Il n'y a pas d'avis {notice} sur {dataset.host}.\n")
        return NONE
    show_receipts(receipts, as_json=as_json)
    return OK if any(receipt.entry for receipt in receipts) else BROKEN


def _list(home: Path, dataset: OpenDataset, where: str, most: int, *, as_json: bool) -> int:
    with one_bar(Terminal(is_stderr=True), f"Avis de {dataset.host}") as told:
        found = list_published(dataset, where, most, journal_of(home), ALONE.user, told)
    if as_json:
        print_json({**asdict(found), "notices": [asdict(each) for each in found.notices]})
    else:
        _show(found)
    return OK if found.notices else NONE


def _show(found: FoundNotices) -> None:
    console = Terminal()
    if not found.notices:
        console.print("Aucun avis publié ne correspond.")
        return
    table = Table("numéro", "parution", "limite", "nature", "acheteur", "objet")
    for each in found.notices:
        nature = f"{each.nature} ({each.state.lower()})" if each.state else each.nature
        table.add_row(each.number, each.published, each.deadline, nature, each.buyer, each.subject)
    console.print(table)
    shown = len(found.notices)
    rest = f" sur {found.total} (--most en montre davantage)" if found.total > shown else ""
    console.print(
        f"{shown} avis{rest}. Pour en lire un : sourcier notices fetch NUMÉRO --into DOSSIER",
        soft_wrap=True,
    )
