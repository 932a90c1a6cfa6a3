"""Forms of the dossiers: the list, a new one, and files sent, streamed to the disk."""

from collections.abc import AsyncGenerator, AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import date
from typing import Annotated
from urllib.parse import quote

from fastapi import Request
from pydantic import BaseModel, StringConstraints
from starlette.datastructures import FormData, UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser

from assistant.reports.markup import (
    NOTHING,
    Html,
    Words,
    action,
    button,
    element,
    format_date,
    hidden,
    join_html,
    labelled,
    table,
)
from ingestion.tenders.dossiers import Dossier, DossierStage
from ingestion.tenders.intake import Parcel, Receipt

# Files sent to a dossier: streamed to the disk within bounds, never held whole in memory.

MOST_FILES = 200
MOST_BYTES = 1_000_000_000
"""Files of one sending, and bytes of all of them."""

FIELD = "files"


class TooMuch(Exception):
    """More was sent than is taken at once, or what was sent are not files of a form."""


@asynccontextmanager
async def parcels_of(request: Request) -> AsyncIterator[list[Parcel]]:
    """The files of a form, gone when this is left; raises TooMuch like `form_of`."""
    async with form_of(request) as form:
        yield parcels_in(form)


def parcels_in(form: FormData) -> list[Parcel]:
    """The files among the fields of a form."""
    sent = (each for each in form.getlist(FIELD) if isinstance(each, UploadFile))
    return [Parcel(each.filename, each.file) for each in sent if each.filename]


@asynccontextmanager
async def form_of(request: Request) -> AsyncIterator[FormData]:
    """A form with files, which are gone when this is left.

    Raises:
        TooMuch: the bounds are exceeded; the rest is read and thrown away, so that a browser that
            is still sending hears the reply.
    """
    stream = request.stream()
    parser = MultiPartParser(
        request.headers, _counted(stream), max_files=MOST_FILES, max_fields=MOST_FILES
    )
    try:
        form = await parser.parse()
    except (MultiPartException, ValueError, KeyError) as error:
        async for _ in stream:
            pass
        raise TooMuch from error
    try:
        yield form
    finally:
        await form.close()


async def _counted(stream: AsyncIterator[bytes]) -> AsyncGenerator[bytes, None]:
    left = MOST_BYTES
    async for chunk in stream:
        left -= len(chunk)
        if left < 0:
            raise MultiPartException("more bytes than are taken at once")
        yield chunk


# What is said of a dossier, as a form: its fields, and what comes back from them.

SHORT, LONG = 100, 500
"""Characters of a field."""

Short = Annotated[str, StringConstraints(max_length=SHORT, strip_whitespace=True)]
Long = Annotated[str, StringConstraints(max_length=LONG, strip_whitespace=True)]


class Description(BaseModel):
    """The fields of `description_fields` as a browser sends them."""

    reference: Short = ""
    subject: Long = ""
    buyer: Long = ""
    team: Short = ""
    stage: DossierStage = DossierStage.PREPARATION
    sent: date | None = None
    deadline: date | None = None
    notified: date | None = None

    def of(self, dossier_id: str) -> Dossier:
        """The dossier that it describes."""
        return Dossier(**self.model_dump() | {"id": dossier_id})


def description_fields(dossier: Dossier, said: Words) -> Html:
    """The fields, filled with what is known."""
    texts = (("reference", SHORT), ("subject", LONG), ("buyer", LONG), ("team", SHORT))
    days = ("sent", "deadline", "notified")
    return join_html(
        [
            *(text_field(name, getattr(dossier, name), most, said) for name, most in texts),
            labelled(said["dossier_stage"], stage_choice(dossier.stage, said)),
            *(day_field(name, getattr(dossier, name), said) for name in days),
        ]
    )


def text_field(name: str, value: str, most: int, said: Words, **rules: str | bool) -> Html:
    """A line of text with its label."""
    field = element("input", type="text", name=name, value=value, maxlength=most, **rules)
    return labelled(said[f"dossier_{name}"], field)


def day_field(name: str, value: date | None, said: Words) -> Html:
    """A day with its label."""
    day = value.isoformat() if value else None
    return labelled(
        said[f"dossier_{name}"],
        element("input", type="date", name=name, value=day, max="9999-12-31"),
    )


def stage_choice(chosen: DossierStage, said: Words) -> Html:
    """How far the dossier has come."""
    options = (
        element("option", said[f"stage_{stage.name}"], value=stage, selected=stage is chosen)
        for stage in DossierStage
    )
    return element("select", *options, name="stage")


# The dossiers of a reader as a page: what each is about, and a form for a new one. Pure HTML.

IDENTIFIER = r"[A-Za-z0-9][A-Za-z0-9._\-]*"
"""What a browser lets a new dossier be called; the dossiers themselves judge."""


def dossier_link(dossier_id: str, language: str, below: str = "") -> str:
    """The address of the page of a dossier, or of what is `below` it."""
    return f"/dossiers/{quote(dossier_id, safe='')}{below}?lang={language}"


def list_html(pieces: Mapping[Dossier, int], said: Words, language: str, problem: str = "") -> Html:
    """The page; `pieces` counts those of each dossier, `problem` is why one was not created."""
    return element(
        "main",
        navigation(said, language),
        element("h1", said["dossiers_title"]),
        element("p", said["dossiers_lead"], class_="lead"),
        alert(problem),
        dossier_table(pieces, said, language) if pieces else element("p", said["dossiers_none"]),
        *(removal(each, said, language) for each in pieces if each.is_demonstration),
        creation(said, language, is_open=bool(problem) or not pieces),
        class_="document dossiers",
        id="document",
    )


def dossier_table(pieces: Mapping[Dossier, int], said: Words, language: str) -> Html:
    """One row a dossier."""
    heads = ("reference", "subject", "buyer", "stage", "deadline", "pieces")
    names = [said[f"dossier_{name}"] for name in heads]
    rows = []
    for dossier, number in pieces.items():
        link = element("a", name_of(dossier, said), href=dossier_link(dossier.id, language))
        reference = join_html(
            [link, element("small", dossier.id) if dossier.reference else NOTHING]
        )
        deadline = format_date(said, dossier.deadline) if dossier.deadline else ""
        stage = said[f"stage_{dossier.stage.name}"]
        rows.append((reference, dossier.subject, dossier.buyer, stage, deadline, str(number)))
    return table(names, rows, said["dossiers_title"])


def removal(demonstration: Dossier, said: Words, language: str) -> Html:
    """What takes the demonstration away: a click, and another that confirms it."""
    form = action(
        dossier_link(demonstration.id, language, "/delete"),
        hidden("confirmation", demonstration.id),
        button(said["demonstration_confirm"], class_="danger"),
    )
    return element(
        "details",
        element("summary", said["demonstration_remove"]),
        element("p", said["demonstration_warning"]),
        form,
        class_="deletion",
        id="demonstration",
    )


def creation(said: Words, language: str, *, is_open: bool) -> Html:
    """The form for a new dossier."""
    identifier = text_field("id", "", 64, said, required=True, pattern=IDENTIFIER)
    form = action(
        f"/dossiers?lang={language}",
        identifier,
        element("p", said["dossier_id_rule"], class_="hint"),
        description_fields(Dossier(""), said),
        button(said["dossier_create"], class_="main"),
        class_="fields",
    )
    return element("details", element("summary", said["dossier_new"]), form, open=is_open)


def navigation(said: Words, language: str) -> Html:
    """The way back to the conversation, and to all dossiers."""
    return element(
        "nav",
        element("a", f"Sourcier : {said['home_link']}", href="/"),
        element("a", said["dossiers_title"], href=f"/dossiers?lang={language}"),
    )


def name_of(dossier: Dossier, said: Words) -> str:
    """What a dossier is called: its reference, else its identifier; the demonstration says so."""
    name = dossier.reference or dossier.id
    return said["demonstration_name"].format(name=name) if dossier.is_demonstration else name


def alert(problem: str) -> Html:
    """Why what was asked was not done."""
    if not problem:
        return NOTHING
    return element("p", problem, class_="alert", role="alert", tabindex=-1)


# What is sent to a dossier: the form for it, and the report on what became of it. Pure.

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
        data_over=said["upload_over"],
        data_over_link=said["over_link"],
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
