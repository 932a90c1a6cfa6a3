"""Files sent to a dossier: streamed to the disk within bounds, never held whole in memory."""

from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager

from fastapi import Request
from starlette.datastructures import FormData, UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser

from ingestion.intake import Parcel

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
