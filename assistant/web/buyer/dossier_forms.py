"""What comes from the forms of the dossiers: files, streamed to the disk, told of line by line."""

import json
import logging
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager
from contextvars import copy_context
from datetime import date, datetime
from functools import partial
from queue import Queue
from threading import Thread
from time import monotonic
from typing import Annotated
from urllib.parse import quote

from fastapi import Request
from pydantic import BaseModel, StringConstraints
from starlette.datastructures import FormData, UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser

from assistant.reports.markup import Html, Words, render_macro
from ingestion.durable import in_words
from ingestion.errors import IngestionError
from ingestion.progress import StepProgress
from ingestion.tenders.dossiers import Dossier, DossierStage
from ingestion.tenders.intake import Fate, Parcel, Receipt

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
    form = await read_form(request)
    try:
        yield form
    finally:
        await form.close()


async def read_form(request: Request) -> FormData:
    """A form with files, which its reader closes; raises TooMuch like `form_of`."""
    stream = request.stream()
    parser = MultiPartParser(
        request.headers, _counted(stream), max_files=MOST_FILES, max_fields=MOST_FILES
    )
    try:
        return await parser.parse()
    except (MultiPartException, ValueError, KeyError) as error:
        async for _ in stream:
            pass
        raise TooMuch from error


async def _counted(stream: AsyncIterator[bytes]) -> AsyncGenerator[bytes, None]:
    left = MOST_BYTES
    async for chunk in stream:
        left -= len(chunk)
        if left < 0:
            raise MultiPartException("more bytes than are taken at once")
        yield chunk


# What is said of a dossier, as it comes back from the fields of its form.

SHORT, LONG = 100, 500
"""Characters of a field."""

Short = Annotated[str, StringConstraints(max_length=SHORT, strip_whitespace=True)]
Long = Annotated[str, StringConstraints(max_length=LONG, strip_whitespace=True)]


class Description(BaseModel):
    """What is said of a dossier as a browser sends it."""

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


FIELDS = {
    "texts": {"reference": SHORT, "subject": LONG, "buyer": LONG, "team": SHORT}.items(),
    "stages": tuple(DossierStage),
    "days": ("sent", "deadline", "notified"),
    "identifier": r"[A-Za-z0-9][A-Za-z0-9._\-]*",
    "blank": Dossier(""),
}
"""What the form shows: texts with the most characters of each, and what a browser lets a new
dossier be called; the dossiers themselves judge."""


def dossier_link(dossier_id: str, language: str) -> str:
    """The address of the page of a dossier."""
    return f"/dossiers/{quote(dossier_id, safe='')}?lang={language}"


def name_of(dossier: Dossier, said: Words) -> str:
    """What a dossier is called: its reference, else its identifier; the demonstration says so."""
    name = dossier.reference or dossier.id
    return said["demonstration_name"].format(name=name) if dossier.is_demonstration else name


# What is sent to a dossier: the form for it, and the report on what became of it. Pure.

ACCEPT = ".pdf,.png,.jpg,.jpeg,.tif,.tiff,.docx,.odt,.xlsx,.ods,.md,.txt,.csv,.html,.xml,.json,.zip"
"""What a browser offers to choose."""

BOUNDS = {"files": MOST_FILES, "size": MOST_BYTES // 1_000_000_000, "bytes": MOST_BYTES}
"""The bounds of one sending as words.toml tells them; the size is in GB."""


def upload_form(said: Words, address: str, *fields: Html, reading: str) -> Html:
    """A form that sends files; upload.js says below it how far each is, and `reading` at last."""
    form = (address, reading, BOUNDS, said, Html("").join(fields))
    return render_macro("uploads.html", "upload_form", *form)


def report_html(receipts: Sequence[Receipt], said: Words) -> Html:
    """What became of each file, the refused ones first."""
    return render_macro("uploads.html", "report", refused_first(receipts), said)


def refused_first(receipts: Sequence[Receipt]) -> list[Receipt]:
    """The receipts in the order of the report."""
    return sorted(receipts, key=lambda receipt: receipt.refusal is None)


# Files taken in by a thread, which tells of each in a line.

Intake = Callable[[Callable[[Receipt], None], StepProgress], dict[str, object]]
"""Takes files in, telling of each and of every step; what it returns is told last."""

logger = logging.getLogger(__name__)


class TimeLeft:
    """How long a step still takes, by the pace since it began."""

    def __init__(self) -> None:
        self._step = ""
        self._began = self._first = 0.0

    def after(self, step: str, done: int, total: int, now: float) -> int | None:
        """Whole seconds left once this much of a step is done, None before that can be told."""
        if step != self._step:
            self._step, self._began, self._first = step, now, done
        if done <= self._first or now <= self._began:
            return None
        return round((now - self._began) / (done - self._first) * (total - done))


class IntakeReport:
    """The lines that a page hears while its files are taken in; the work outlives the page."""

    def __init__(self, said: Words) -> None:
        self._said = said
        self._lines: Queue[dict[str, object] | None] = Queue()
        self._left = TimeLeft()

    def lines(self, parcels: Sequence[Parcel], intake: Intake) -> Iterator[bytes]:
        """One JSON object a line: a file, a step, then what the intake returns or the problem."""
        work = partial(copy_context().run, self._work, parcels, intake)
        Thread(target=work, daemon=True).start()
        while (line := self._lines.get()) is not None:
            yield json.dumps(line, ensure_ascii=False).encode() + b"\n"

    def _work(self, parcels: Sequence[Parcel], intake: Intake) -> None:
        try:
            self._lines.put(intake(self._received, self._advanced))
        except IngestionError as refusal:
            self._lines.put({"problem": str(refusal)})
        except OSError as failure:
            self._lines.put(
                {"problem": self._said["disk_refused"].format(reason=in_words(failure))}
            )
        except Exception:
            logger.exception("Files of a dossier could not be taken in")
            time = datetime.now().strftime("%H:%M")
            self._lines.put({"problem": self._said["error_internal"].format(time=time)})
        finally:
            for parcel in parcels:
                parcel.content.close()
            self._lines.put(None)

    def _received(self, receipt: Receipt) -> None:
        fate = self._said[f"fate_{receipt.fate.name}"]
        told = [] if receipt.fate is Fate.ACCEPTED else list(receipt.told)
        is_kept = receipt.refusal is None
        self._lines.put({"file": receipt.name, "fate": fate, "told": told, "kept": is_kept})

    def _advanced(self, step: str, done: int, total: int) -> None:
        left = self._left.after(step, done, total, monotonic())
        self._lines.put({"step": step, "done": done, "total": total, "left": left})
