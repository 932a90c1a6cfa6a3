"""An import as a page: the form, what was found in each file, its columns, what to do next."""

from collections.abc import Iterator, Sequence
from itertools import groupby

from assistant.ledger.query.plan import Population
from assistant.ledger.replies import ROOTS
from assistant.ledger.service import Batch
from assistant.question.language import Language
from assistant.reports.markup import (
    NOTHING,
    Html,
    action,
    button,
    element,
    load_words,
    set_no_break_spaces,
)
from assistant.web.buyer.dossier_forms import BOUNDS, FIELD, upload_form
from assistant.web.ledger.frame import choice
from ingestion.ledger.columns import Columns, field_names, french_name
from ingestion.ledger.importing import FileReport, FileVerdict
from ingestion.ledger.records import Comment, shown
from ingestion.ledger.rows import FileKind, Invoice, Level, Purchase

# A file of an import as a page shows it: its verdict, what is said of it, its first rows. Pure.

THINGS = {FileKind.INVOICES: "facture", FileKind.PURCHASES: "marché"}

_TOLD = 3
_VERDICTS = {
    FileVerdict.ACCEPTED: ("accepté", "accepted"),
    FileVerdict.WARNED: ("accepté avec réserves", "warned"),
    FileVerdict.REFUSED: ("refusé", "refused"),
    FileVerdict.KNOWN: ("déjà connu", "known-before"),
}


def item(each: FileReport, kind: FileKind) -> Html:
    """A file that was judged."""
    plural = "s" if each.stored > 1 else ""
    left = f", {each.left_out} de côté" if each.left_out else ""
    told = f"{each.format}, {each.stored} {THINGS[kind]}{plural}{left}" if each.format else ""
    return element(
        "li",
        element("strong", each.name),
        " ",
        fate(each.verdict),
        element("p", told) if told else NOTHING,
        *(element("p", set_no_break_spaces(line)) for line in _comments(each.comments)),
        _sample(each.sample),
        class_=_VERDICTS[each.verdict][1],
    )


def fate(verdict: FileVerdict) -> Html:
    """What became of a file."""
    said, class_ = _VERDICTS[verdict]
    return element("span", said, class_=f"fate {class_}")


def _comments(comments: Sequence[Comment]) -> Iterator[str]:
    """What refuses first, a few sentences of each rule."""

    def order(comment: Comment) -> tuple[bool, str]:
        return comment.level is not Level.REFUSED, comment.code

    for (_, code), group in groupby(sorted(comments, key=order), key=order):
        same = list(group)
        yield from (f"{code} : {comment.sentence}" for comment in same[:_TOLD])
        if len(same) > _TOLD:
            rest = len(same) - _TOLD
            yield f"{code} : … et {rest} autre{'s' if rest > 1 else ''}."


def _sample(rows: Sequence[Invoice | Purchase]) -> Html:
    if not rows:
        return NOTHING
    heads = ("Numéro", "Tiers", "Jour", "Montant")
    body = (
        element(
            "tr",
            *(
                element("td", cell, data_label=head)
                for cell, head in zip(_cells(row), heads, strict=True)
            ),
        )
        for row in rows
    )
    head = element("tr", *(element("th", name, scope="col") for name in heads))
    table = element("table", element("thead", head), element("tbody", *body))
    return element("details", element("summary", "Premières lignes"), table)


def _cells(row: Invoice | Purchase) -> tuple[str, str, str, str]:
    if isinstance(row, Purchase):
        buyer = row.buyer_name or row.buyer_siret or ""
        amount = "–" if row.amount is None else f"{shown(row.amount)} €"
        return row.contract_id, buyer, shown(row.notified), amount
    found = next((each for each in (row.gross, row.payable, row.net) if each is not None), None)
    supplier = row.supplier_name or row.supplier_siren or ""
    return row.number, supplier, shown(row.issued), f"{shown(found)} {row.currency}"


# An import as a page: the form, what was found in each file, its columns, and what to do next.

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
_SAID = load_words(Language.FRENCH)


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
        element("p", set_no_break_spaces(f"{_FORMATS[over]} {limits}"), class_="hint"),
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
        "section", element("h2", f"{what}…"), element("p", set_no_break_spaces(told), role="status")
    )


def report(batch: Batch) -> Html:
    """What was found in each file, the refused ones first, and what can be done with it."""
    failed = batch.failure or not batch.reports
    ordered = sorted(batch.reports, key=lambda each: each.verdict is not FileVerdict.REFUSED)
    refused = (
        element("li", element("strong", name), " ", fate(FileVerdict.REFUSED), element("p", why))
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
    refused = sum(each.verdict is FileVerdict.REFUSED for each in batch.reports) + len(
        batch.refusals
    )
    what = "Enregistré" if batch.is_stored else "À enregistrer"
    plural = "s" if stored > 1 else ""
    files = len(batch.reports) + len(batch.refusals)
    return set_no_break_spaces(
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
