"""`sourcier law disagreements`: what sheets say and the articles in force do not."""

import sys
from datetime import date

from rich.table import Column, Table
from rich.text import Text
from typer import Context

from assistant.cli.options import AS_JSON, Terminal, day_of_law, flag, print_json
from assistant.cli.usage import Actions
from assistant.law.sheets import (
    CAUSES,
    SheetFault,
    SheetsComparison,
    compared_sheets,
    sheets_fields,
)

AGREED, DISAGREED, NO_ARTICLE = 0, 1, 3

EPILOG = """\
exemples :
  sourcier law disagreements
  sourcier law disagreements --explained
  sourcier law disagreements --as-of 2027-01-01 --json | jq '.disagreements[].sheet'

Chaque montant, délai, taux ou part que dit une section doit se lire dans les articles que sa phrase
nomme (à défaut, ceux du titre de la section) ou dans ceux auxquels ils renvoient ; un mois et
trente jours diffèrent. Sont dites aussi les sections dont l'article a été récrit depuis, ou n'est
plus en vigueur. Un chiffre que l'article dit d'autre chose passe inaperçu.
Codes de sortie : 0 aucun désaccord, 1 au moins un, 3 aucun article dans l'index en service.
"""

app = Actions()


@app.action(
    "law disagreements",
    "compare les fiches aux articles en vigueur",
    "Compare, section par section, les chiffres des fiches de l'index en service avec les articles "
    "en vigueur qu'elles expliquent, et montre chaque désaccord.",
    EPILOG,
)
def _disagreements(
    ctx: Context,
    shows_explained: bool = flag("--explained", "montre aussi ceux qui sont expliqués"),
    as_of: date | None = day_of_law("--as-of"),
    as_json: bool = AS_JSON,
) -> int:
    """Compare the sheets in service; the exit code says whether all agree."""
    from ingestion.index.publication import current_name, open_snapshot

    name, console = current_name(ctx.obj), Terminal()
    if not open_snapshot(ctx.obj, name).store.has_articles:
        sys.stderr.write(
            "L'index en service n'a aucun article auquel comparer les fiches. Installez les textes "
            "officiels : sourcier law install\n"
        )
        return NO_ARTICLE
    with console.status("Comparaison des fiches et des articles…"):
        found = compared_sheets(ctx.obj, name, as_of or date.today())
    if as_json:
        print_json(sheets_fields(found))
    else:
        _show(console, found, shows_explained=shows_explained)
    return DISAGREED if found.faults else AGREED


def _show(console: Terminal, found: SheetsComparison, *, shows_explained: bool) -> None:
    shown = (*found.faults, *(found.explained if shows_explained else ()))
    table = Table(
        Column("fiche", overflow="fold"),
        "section",
        "désaccord",
        "article",
        "ce que dit l'article",
        show_lines=True,
    )
    for fault in shown:
        table.add_row(*map(Text, _cells(fault)))
    if shown:
        console.print(table)
    console.print(
        f"Au {found.day:%d/%m/%Y}, sections comparées : {found.sections}, chiffres comparés : "
        f"{found.figures}. Désaccords : {len(found.faults)}, expliqués : {len(found.explained)}. "
        f"Sections sans article dans l'index : {found.unread}."
    )


def _cells(fault: SheetFault) -> tuple[str, ...]:
    said = f"{fault.figure} : {CAUSES[fault.cause]}" if fault.figure else CAUSES[fault.cause]
    return (
        fault.section.source,
        fault.section.headings[-1],
        f"{said} ({fault.reason})" if fault.reason else said,
        "\n".join(each.reference for each in fault.articles),
        "\n".join(", ".join(each.figures) or "aucun chiffre" for each in fault.articles)
        if fault.figure
        else "",
    )
