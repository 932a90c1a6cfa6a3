"""`sourcier invoices import`, `purchases import | fetch`: what is stored, doubted, refused."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import date
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text
from typer import BadParameter, Context

from assistant.cli.actions import Actions
from assistant.cli.options import (
    AS_JSON,
    CPV,
    SINCE,
    UNTIL,
    Terminal,
    argument,
    flag,
    one_bar,
    option,
    print_json,
)
from assistant.identity import ALONE
from assistant.journal.journal import journal_of
from assistant.ledger.import_report import (
    SAMPLE_HEADS,
    VERDICTS,
    count_rows,
    describe_comments,
    describe_file,
    sample_values,
)
from assistant.ledger.service import FETCHED, fetch_published, tell_imported
from assistant.settings import load_settings
from ingestion.ledger.columns import Columns, field_named, french_name
from ingestion.ledger.importing import FileReport, FileVerdict, ImportOrder, import_files
from ingestion.ledger.rows import FileKind
from ingestion.opendata.fetching import FetchedFile, PublicDataCriteria, contracts_where
from ingestion.opendata.portal import OpenDataset

OK, BROKEN = 0, 1

_STYLES = {
    FileVerdict.ACCEPTED: "green",
    FileVerdict.WARNED: "yellow",
    FileVerdict.REFUSED: "red",
    FileVerdict.KNOWN: "",
}


def add_action(actions: Actions, kind: FileKind) -> None:
    """Add the action for invoices or for purchases."""

    def run(
        ctx: Context,
        paths: list[Path] = argument("CHEMIN", "fichiers, dossiers", Path),
        is_preview: bool = flag("--preview", "montre ce qui serait enregistré, sans le faire"),
        corrections: list[Any] | None = option(
            "--map TITRE=COLONNE",
            'corrige une colonne ("Montant TTC=gross", "Titre=" pour la laisser) ; retenu pour les '
            "fichiers aux mêmes titres (peut être répété)",
            partial(_correction, kind),
        ),
        as_json: bool = AS_JSON,
    ) -> int:
        order = ImportOrder(kind, tuple(paths), dict(corrections or ()))
        return import_order(ctx.obj, order, is_preview=is_preview, as_json=as_json)

    actions.action("import")(run)


def _correction(kind: FileKind, text: str) -> tuple[str, str]:
    """A title and the column of the ledger that a person gives it."""
    title, sign, name = text.rpartition("=")
    field = field_named(kind, name) if name.strip() else ""
    if not sign or field is None:
        raise BadParameter(
            f"« {text} » n'est pas de la forme TITRE=COLONNE avec une colonne connue, par exemple "
            '"Montant TTC=gross"'
        )
    return title, field


def import_order(home: Path, order: ImportOrder, *, is_preview: bool, as_json: bool) -> int:
    """Import what is ordered, tell it, and put it on record; the exit code."""
    console, kind = Terminal(), order.kind
    tell = (lambda _: None) if as_json else partial(_show, console, kind)
    reports = import_files(home, order, today=date.today(), is_preview=is_preview, tell=tell)
    if not is_preview:
        tell_imported(journal_of(home), kind, reports, ALONE.user)
    if as_json:
        print_json([_fields(kind, report) for report in reports])
    else:
        _conclude(console, kind, reports, is_preview=is_preview)
    return BROKEN if all(each.verdict is FileVerdict.REFUSED for each in reports) else OK


def _show(console: Console, kind: FileKind, report: FileReport) -> None:
    """One file: its verdict, its columns, what is said of it."""
    verdict = (VERDICTS[report.verdict], _STYLES[report.verdict])
    held = describe_file(report, kind)
    console.print(Text.assemble(f"{report.name} : ", verdict, f" ({held})" if held else ""))
    for columns in report.columns:
        console.print(f"  colonnes : {_said(kind, columns)}", style="dim")
    for refuses, line in describe_comments(report.comments, " (--json dit tout)"):
        console.print(f"  {line}", style="red" if refuses else "yellow")


def _said(kind: FileKind, columns: Columns) -> str:
    """Each title with the name of the column that it fills."""
    used = [f"{c.title} → {french_name(kind, c.field)}" for c in columns.columns if c.field]
    left = [c.title for c in columns.columns if not c.field]
    return ", ".join(used) + (f" ; laissées : {', '.join(left)}" if left else "")


def _conclude(
    console: Console, kind: FileKind, reports: tuple[FileReport, ...], *, is_preview: bool
) -> None:
    if is_preview:
        console.print(_samples(reports))
    stored = sum(each.stored for each in reports)
    refused = sum(each.verdict is FileVerdict.REFUSED for each in reports)
    what = "À enregistrer, rien ne l'étant encore" if is_preview else "Enregistré"
    console.print(
        f"Fichiers : {len(reports)}, dont refusés : {refused}. {what} : {count_rows(stored, kind)}."
    )


def _samples(reports: tuple[FileReport, ...]) -> Table:
    table = Table(title="Premières lignes de chaque fichier", title_justify="left")
    for title in SAMPLE_HEADS:
        table.add_column(title, justify="right" if title == "Montant" else "left")
    for report in reports:
        for row in report.sample:
            number, who, day, amount, currency = sample_values(row)
            table.add_row(number, who, str(day or ""), f"{amount or ''} {currency}")
    return table


def _fields(kind: FileKind, report: FileReport) -> dict[str, object]:
    """A report for programs: amounts and days as text."""
    sample = [{name: _text(v) for name, v in asdict(each).items()} for each in report.sample]
    columns = [
        {"title": c.title, "column": c.field, "name": c.field and french_name(kind, c.field)}
        for each in report.columns
        for c in each.columns
    ]
    return {
        "name": report.name,
        "verdict": report.verdict,
        "format": report.format,
        "stored": report.stored,
        "left_out": report.left_out,
        "columns": columns,
        "sample": sample,
        "comments": [asdict(each) for each in report.comments],
    }


def _text(value: object) -> str | None:
    return None if value is None else str(value)


# `purchases fetch`: published contracts, asked of their portal and imported.


NONE = 3


BUYER = option(
    "--buyer SIRET", "l'acheteur : SIRET (14 chiffres) ou SIREN (9 chiffres)", default=""
)


def add_fetching(actions: Actions) -> None:
    """Add the action to those on purchases."""
    actions.action("fetch")(_fetch)


def _fetch(
    ctx: Context,
    buyer: str = BUYER,
    cpv: str = CPV,
    since: date | None = SINCE,
    until: date | None = UNTIL,
    is_preview: bool = flag("--preview", "montre ce qui serait enregistré, sans le faire"),
    as_json: bool = AS_JSON,
) -> int:
    where = contracts_where(PublicDataCriteria(buyer, cpv, since, until))
    with _folder(ctx.obj, is_preview=is_preview) as folder:
        fetched = _fetched(ctx.obj, where, folder)
        if fetched is None:
            Terminal(is_stderr=True).print("Aucun marché publié ne correspond.")
            return NONE
        order = ImportOrder(FileKind.PURCHASES, (fetched.path,), {})
        return import_order(ctx.obj, order, is_preview=is_preview, as_json=as_json)


@contextmanager
def _folder(home: Path, *, is_preview: bool) -> Iterator[Path]:
    """Where the file stays, or is until the end of a preview."""
    if not is_preview:
        yield home / FETCHED
        return
    with TemporaryDirectory() as folder:
        yield Path(folder)


def _fetched(home: Path, where: str, folder: Path) -> FetchedFile | None:
    """The file, with a bar while it comes; what it says of itself goes to standard error."""
    dataset = OpenDataset(load_settings(home).purchases_source, "purchases_source")
    console = Terminal(is_stderr=True)
    with one_bar(console, f"Marchés de {dataset.host}", in_bytes=True) as told:
        fetched = fetch_published(dataset, where, folder, journal_of(home), ALONE.user, told)
    if fetched:
        console.print(
            f"Reçu : {fetched.lines} lignes, {fetched.path.name}, sha256 {fetched.sha256}\n"
            f"De : {fetched.address}\n"
            "Lecture et contrôle des lignes…",
            soft_wrap=True,
        )
    return fetched
