"""`sourcier dossier`: open, describe, check, sum up and remove a dossier. Door of rich."""

import sys
from collections.abc import Callable
from dataclasses import asdict, replace
from datetime import date
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.padding import Padding
from rich.table import Column, Table
from rich.text import Text
from typer import Context

from assistant.cli import dossier_pieces
from assistant.cli.actions import Actions
from assistant.cli.dossier_pieces import filing_of, piece_fields, show_pieces
from assistant.cli.options import (
    AS_DOCX,
    AS_JSON,
    AS_JSON_LIST,
    Terminal,
    argument,
    called,
    day_of_law,
    flag,
    iso_date,
    one_of,
    option,
    print_json,
)
from assistant.tenders.conformity.review import FiledReview, quotes, review_fields, review_of
from assistant.tenders.conformity.rules import FindingSeverity
from assistant.tenders.fiche import Fiche, FicheState, fiche_fields
from assistant.tenders.fiche_export import FileFormat
from assistant.tenders.service import DossierService
from ingestion.index.publication import current_name, open_snapshot
from ingestion.tenders.dossiers import Dossier, Dossiers, DossierStage

OK, BROKEN = 0, 1


_STYLES = {
    FindingSeverity.GRAVE: "bold red",
    FindingSeverity.CORRECT: "yellow",
    FindingSeverity.CHECK: "cyan",
}
_ABOVE = (1, 0, 0, 0)


actions = Actions("dossier")
ID = argument("ID", "l'identifiant du dossier")


@actions.action("check")
def _check(
    ctx: Context,
    dossier: str = ID,
    as_of: date | None = day_of_law("--date --as-of", "celui du dossier"),
    as_json: bool = AS_JSON,
) -> int:
    rules = open_snapshot(ctx.obj, current_name(ctx.obj))
    found = review_of(dossier, Dossiers(ctx.obj), rules, date.today(), as_of)
    if as_json:
        print_json(review_fields(dossier, found))
    else:
        _show(Terminal(), found)
    return OK


def _show(console: Console, found: FiledReview) -> None:
    console.print(Text(found.headline, style="bold"))
    for finding in found.findings:
        # Texts are shown as Text: rich reads brackets in a plain string as its own marks.
        is_unchecked = finding.severity is FindingSeverity.UNCHECKED
        style = _STYLES.get(finding.severity, "dim")
        head = Text("" if is_unchecked else f"{finding.severity} : ", style=style)
        console.print(Padding(head.append(finding.sentence, style="dim" * is_unchecked), _ABOVE))
        for locator, text in quotes(finding):
            console.print(Padding(Text.assemble((locator, "bold"), f" : {text}"), (0, 4)))


_DOSSIER_FICHE_STYLES = {
    FicheState.FOUND: "green",
    FicheState.ABSENT: "dim",
    FicheState.DIFFERS: "yellow",
}


@actions.action("fiche")
def _fiche(
    ctx: Context,
    dossier: str = ID,
    docx: Path | None = AS_DOCX,
    csv: Path | None = option("--csv FICHIER", "l'écrit dans un fichier pour un tableur", Path),
    as_json: bool = AS_JSON,
) -> int:
    filing = filing_of(ctx.obj)
    named = {FileFormat.DOCX: docx, FileFormat.CSV: csv}
    files = {each: path for each, path in named.items() if path}
    for file_format, path in files.items():
        path.write_bytes(filing.export(dossier, file_format))
    if as_json:
        print_json({"dossier": dossier} | fiche_fields(filing.fiche(dossier)))
    elif files:
        for path in files.values():
            Terminal().print(Text(f"Fiche écrite : {path}"), soft_wrap=True)
    else:
        _show_dossier_fiche(filing.fiche(dossier))
    return OK


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
            (Text(text), "\n".join(entry.located for entry in entries))
            for text, entries in line.texts.items()
        ]
        for text, locators in told or [(Text(), "")]:
            table.add_row(head, text, Text(locators))
            head = Text()
        table.add_section()
    Terminal().print(table)


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


dossiers = Actions("dossier")


def _add_description(name: str, keep: Callable[[str, Path, dict[str, Any]], None]) -> None:
    """Add the action that keeps what is said of a dossier."""

    def run(
        ctx: Context,
        dossier: str = argument("ID", "lettres sans accent, chiffres, . _ -"),
        reference: str | None = option("--reference RÉFÉRENCE", FIELDS["reference"]),
        subject: str | None = option("--subject OBJET", FIELDS["subject"]),
        buyer: str | None = option("--buyer ACHETEUR", FIELDS["buyer"]),
        team: str | None = option("--team ÉQUIPE", FIELDS["team"]),
        sent: date | None = option("--sent AAAA-MM-JJ", FIELDS["sent"], iso_date),
        deadline: date | None = option("--deadline AAAA-MM-JJ", FIELDS["deadline"], iso_date),
        notified: date | None = option("--notified AAAA-MM-JJ", FIELDS["notified"], iso_date),
        stage: DossierStage | None = option(
            "--stage ÉTAPE", f"étape : {', '.join(DossierStage)}", one_of(DossierStage)
        ),
    ) -> int:
        said = {name: ctx.params[name] for name in (*FIELDS, "stage")}
        keep(dossier, ctx.obj, {name: value for name, value in said.items() if value is not None})
        return OK

    dossiers.action(name)(run)


def _create(dossier: str, home: Path, said: dict[str, Any]) -> None:
    filing_of(home).create(Dossier(dossier, **said))
    Terminal().print(
        f"Dossier {dossier} ouvert. Ajoutez-y des pièces : sourcier dossier add {dossier} FICHIER…"
    )


def _describe(dossier: str, home: Path, said: dict[str, Any]) -> None:
    """Change what is said, the rest being left as it is."""
    filing = filing_of(home)
    filing.describe(replace(filing.get(dossier), **said))
    _show_one(filing, dossier)


_add_description("create", _create)
_add_description("describe", _describe)


@dossiers.action("list")
def _list_dossiers(ctx: Context, as_json: bool = AS_JSON_LIST) -> int:
    filing = filing_of(ctx.obj)
    counted = [(dossier, filing.count(dossier.id)) for dossier in filing.all()]
    if as_json:
        print_json([_fields(dossier) | {"pieces": number} for dossier, number in counted])
        return OK
    table = Table("identifiant", "référence", "objet", "acheteur", "étape", "offres le", "pièces")
    for dossier, number in counted:
        about = (called(dossier), dossier.reference, dossier.subject, dossier.buyer)
        deadline = f"{dossier.deadline:%d/%m/%Y}" if dossier.deadline else ""
        table.add_row(*about, dossier.stage, deadline, str(number))
    none = "Aucun dossier. Ouvrez-en un : sourcier dossier create ID"
    Terminal().print(table if counted else none)
    return OK


@dossiers.action("show")
def _show_dossier(ctx: Context, dossier: str = argument("ID"), as_json: bool = AS_JSON_LIST) -> int:
    filing = filing_of(ctx.obj)
    if not as_json:
        _show_one(filing, dossier)
        return OK
    pieces = [piece_fields(piece) for piece in filing.pieces(dossier)]
    waiting = {"to_index": filing.awaits_index(dossier)}
    print_json(_fields(filing.get(dossier)) | waiting | {"pieces": pieces})
    return OK


def _show_one(filing: DossierService, dossier_id: str) -> None:
    console, dossier = Terminal(), filing.get(dossier_id)
    console.print(Text.assemble((called(dossier), "bold"), f" · {dossier.stage}"))
    for name, told in FIELDS.items():
        if value := getattr(dossier, name):
            console.print(f"  {told.partition(' (')[0]} : {value}")
    show_pieces(console, filing, dossier_id)


def _fields(dossier: Dossier) -> dict[str, Any]:
    return asdict(dossier) | {"demonstration": dossier.is_demonstration}


@actions.action("delete")
def _delete(
    ctx: Context,
    dossier: str = argument("ID"),
    is_sure: bool = flag("--yes", "sans redemander l'identifiant"),
) -> int:
    filing = filing_of(ctx.obj)
    filing.get(dossier)
    if not is_sure and not _is_confirmed(dossier):
        sys.stderr.write("L'identifiant n'est pas le même : rien n'a été effacé.\n")
        return BROKEN
    filing.delete(dossier)
    Terminal().print(f"Dossier {dossier} effacé.")
    return OK


def _is_confirmed(dossier_id: str) -> bool:
    sys.stdout.write(
        f"Les pièces de {dossier_id}, leur index et les réponses données seront effacés, sans "
        "retour.\nTapez de nouveau l'identifiant : "
    )
    sys.stdout.flush()
    return sys.stdin.readline().strip() == dossier_id


for each in (dossier_pieces.app, actions):
    dossiers.add_typer(each)

app = Actions()
app.add_typer(dossiers, name="dossier")
app.add_typer(dossier_pieces.notices, name="notices")
