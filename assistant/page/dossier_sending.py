"""What is sent to a dossier: the form for it, and the report on what became of it. Pure."""

from collections.abc import Sequence

from assistant.page.dossier_list import dossier_link
from assistant.page.dossier_upload import FIELD, MOST_BYTES, MOST_FILES
from assistant.page.form import action, button
from assistant.page.markup import Html, element
from assistant.page.words import Words
from ingestion.intake import Receipt

ACCEPT = ".pdf,.docx,.odt,.xlsx,.ods,.md,.txt,.csv,.html,.xml,.json,.zip"
"""What a browser offers to choose."""

BOUNDS = {"files": MOST_FILES, "size": MOST_BYTES // 1_000_000_000}
"""The bounds of one sending as words.toml tells them; the size is in GB."""


def sending_html(dossier_id: str, said: Words, language: str) -> Html:
    """The form."""
    chosen = element("input", type="file", name=FIELD, accept=ACCEPT, multiple=True, required=True)
    form = upload_form(
        said,
        dossier_link(dossier_id, language, "/pieces"),
        element("label", element("span", said["upload_drop"]), chosen, class_="drop"),
        element("p", said["upload_limits"].format(**BOUNDS), class_="hint"),
        button(said["upload_send"], class_="main"),
        reading=said["upload_reading"],
    )
    return element("section", element("h2", said["upload_title"]), form)


def upload_form(said: Words, address: str, *fields: Html, reading: str) -> Html:
    """A form that sends files; upload.js says below it how far each is, and `reading` at last."""
    return action(
        address,
        *fields,
        element("ul", class_="sending"),
        element("p", class_="outcome", role="status"),
        class_="upload",
        enctype="multipart/form-data",
        data_most_files=str(MOST_FILES),
        data_most_bytes=str(MOST_BYTES),
        data_too_much=said["upload_too_much"].format(**BOUNDS),
        data_reading=reading,
        data_failed=said["upload_failed"],
    )


def report_html(receipts: Sequence[Receipt], said: Words) -> Html:
    """What became of each file, the refused ones first."""
    ordered = sorted(receipts, key=lambda receipt: receipt.refusal is None)
    title = f"{said['report_title']} ({len(receipts)})"
    return element(
        "section",
        element("h2", title, id="report", tabindex=-1),
        element("ul", *(_item(receipt, said) for receipt in ordered), class_="report"),
    )


def _item(receipt: Receipt, said: Words) -> Html:
    return element(
        "li",
        element("strong", receipt.name, lang="fr"),
        " ",
        element("span", said[f"fate_{receipt.fate.name}"], class_="fate"),
        *(element("p", each, lang="fr") for each in receipt.told),
        class_=receipt.fate.name.lower(),
    )
