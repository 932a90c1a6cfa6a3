"""An import as a page: the form, what was found in each file, its columns, and what to do next."""

from assistant.language import Language
from assistant.ledger.addresses import ROOTS
from assistant.ledger.batches import Batch
from assistant.ledger.fields import Population
from assistant.page.dossier_sending import BOUNDS, upload_form
from assistant.page.dossier_upload import FIELD
from assistant.page.form import action, button
from assistant.page.ledger.frame import choice
from assistant.page.ledger.import_file import THINGS, fate, item
from assistant.page.markup import NOTHING, Html, element, unbroken
from assistant.page.words import words
from ingestion.ledger.columns import Columns, field_names, french_name
from ingestion.ledger.reports import Verdict
from ingestion.ledger.rows import FileKind

TITLE, COLUMN, BEFORE = "titre", "colonne", "avant"
"""Fields of the form of columns: a title, the field it is given, and the one it had."""

_FORMATS = {
    Population.INVOICES: "Factur-X (PDF), CII ou UBL (XML), exports CSV ou XLSX, ZIP de ceux-ci.",
    Population.PURCHASES: "Données essentielles (DECP) en JSON, XML, CSV ou XLSX, ZIP de ceux-ci.",
}
_ACCEPT = {
    Population.INVOICES: ".pdf,.xml,.csv,.xlsx,.zip",
    Population.PURCHASES: ".json,.xml,.csv,.xlsx,.zip",
}
_SAID = words(Language.FRENCH)


def too_much() -> str:
    """What is said of more files or bytes than are taken at once."""
    return _SAID["upload_too_much"].format(**BOUNDS)


def sending(over: Population) -> Html:
    """The form that sends files."""
    chosen = element(
        "input", type="file", name=FIELD, accept=_ACCEPT[over], multiple=True, required=True
    )
    limits = f"Au plus {BOUNDS['files']} fichiers et {BOUNDS['size']} Go à la fois."
    form = upload_form(
        _SAID,
        f"{ROOTS[over]}/import",
        element(
            "label",
            element("span", "Déposez ici les fichiers, ou choisissez-les"),
            chosen,
            class_="drop",
        ),
        element("p", unbroken(f"{_FORMATS[over]} {limits}"), class_="hint"),
        element("p", "Rien n'est enregistré avant que vous ayez vu ce qui a été compris."),
        button("Lire les fichiers", class_="main"),
        reading="Lecture des fichiers…",
    )
    return element("section", element("h2", "Importer des fichiers"), form)


def progress(batch: Batch) -> Html:
    """How far the reading has come; the page is asked for again until it is over."""
    what = "Enregistrement" if batch.is_stored else "Lecture"
    told = (
        f"Depuis {batch.seconds:.0f} s. Fichiers reçus : {len(batch.paths)} ; déjà lus, ceux des "
        f"archives compris : {len(batch.reports)}."
    )
    return element(
        "section", element("h2", f"{what}…"), element("p", unbroken(told), role="status")
    )


def report(batch: Batch) -> Html:
    """What was found in each file, the refused ones first, and what can be done with it."""
    failed = batch.failure or not batch.reports
    ordered = sorted(batch.reports, key=lambda each: each.verdict is not Verdict.REFUSED)
    refused = (
        element("li", element("strong", name), " ", fate(Verdict.REFUSED), element("p", why))
        for name, why in batch.refusals.items()
    )
    title = "Enregistré" if batch.is_stored else "Aperçu : rien n'est encore enregistré"
    return element(
        "section",
        element("h2", title, id="report", tabindex=-1),
        element("p", _summary(batch), class_="lead"),
        element("ul", *refused, *(item(each, batch.kind) for each in ordered), class_="report"),
        NOTHING if batch.is_stored else _decision(batch, is_possible=not failed),
    )


def _summary(batch: Batch) -> str:
    stored = sum(each.stored for each in batch.reports)
    refused = sum(each.verdict is Verdict.REFUSED for each in batch.reports) + len(batch.refusals)
    what = "Enregistré" if batch.is_stored else "À enregistrer"
    plural = "s" if stored > 1 else ""
    files = len(batch.reports) + len(batch.refusals)
    return unbroken(
        f"{what} : {stored} {THINGS[batch.kind]}{plural}. Fichiers lus : {files}, "
        f"dont refusés : {refused}."
    )


def _decision(batch: Batch, *, is_possible: bool) -> Html:
    """The columns of the tables, and what may be done: read again, store, give up."""
    can_store = is_possible and any(each.stored for each in batch.reports)
    address = f"{ROOTS[Population(batch.kind)]}/import/{batch.token}"
    columns = list(dict.fromkeys(each for file in batch.reports for each in file.columns))
    buttons = [
        button("Enregistrer", class_="main", name="act", value="store") if can_store else NOTHING,
        button("Relire avec ces colonnes", name="act", value="read") if columns else NOTHING,
        button("Abandonner", class_="danger", name="act", value="drop"),
    ]
    return action(
        address, *(_columns(each, batch.kind) for each in columns), *buttons, class_="decision"
    )


def _columns(columns: Columns, kind: FileKind) -> Html:
    """Each title with the field that it fills, to be changed."""
    fields = [
        ("", "laissée de côté"),
        *((name, french_name(kind, name)) for name in field_names(kind)),
    ]
    lines = []
    for column in columns.columns:
        chosen = column.field or ""
        lines.append(
            element(
                "label",
                element("span", column.title),
                element("input", type="hidden", name=TITLE, value=column.title),
                element("input", type="hidden", name=BEFORE, value=chosen),
                choice(COLUMN, fields, chosen),
            )
        )
    summary = element("summary", f"Colonnes comprises ({len(lines)}), à corriger au besoin")
    return element("details", summary, element("div", *lines, class_="fields"), open=True)
