"""The import of files: sent, shown as they are understood, corrected, then stored."""

from collections.abc import Sequence
from datetime import date

from fastapi import Request
from fastapi.responses import RedirectResponse, Response
from starlette.concurrency import run_in_threadpool

from assistant.identity import Identity
from assistant.ledger.addresses import ROOTS
from assistant.ledger.batches import Batch, Batches
from assistant.ledger.fields import Population
from assistant.page.dossier_upload import TooMuch, parcels_of
from assistant.page.ledger import import_view
from assistant.page.ledger.pages import REFUSED, SEEN, UNKNOWN, answered
from assistant.page.ledger.place import Place
from ingestion.intake import Parcel
from ingestion.ledger.rows import FileKind

TOO_LARGE = 413
_PATIENCE = 1.5
"""Seconds within which most files are read, so that no progress need be shown."""

_GONE = "Cet envoi n'est plus là : il a été enregistré, abandonné, ou date de plus d'un jour."


class ImportPages:
    """What is sent belongs to who sent it; nobody else can see or store it."""

    def __init__(self, batches: Batches, over: Population) -> None:
        self._batches = batches
        self._kind = FileKind(over)
        self._place = Place(over, "import")

    def opened(self) -> Response:
        """The form."""
        return answered(self._place, import_view.sending(self._place.over))

    async def receive(self, request: Request, identity: Identity) -> Response:
        """Take in the files of a form, and go to what is found in them."""
        try:
            async with parcels_of(request) as parcels:
                return await run_in_threadpool(self._received, parcels, identity)
        except TooMuch:
            form = import_view.sending(self._place.over)
            return answered(self._place, form, alert=import_view.too_much(), status=TOO_LARGE)

    def shown(self, token: str, identity: Identity) -> Response:
        """What is found in a batch, or how far its reading has come."""
        batch = self._batch(token, identity)
        if batch is None:
            return self._gone()
        if not batch.is_read:
            page = answered(self._place, import_view.progress(batch))
            page.headers["Refresh"] = "1"
            return page
        status = REFUSED if batch.failure else SEEN
        return answered(self._place, import_view.report(batch), alert=batch.failure, status=status)

    def decide(
        self, token: str, act: str, columns: Sequence[tuple[str, str, str]], identity: Identity
    ) -> Response:
        """Store a batch, read it again with other columns, or give it up.

        A column is a title, the field it is given, and the one that it had when it was shown: what
        was changed is shown again before it is stored.
        """
        batch = self._batch(token, identity)
        if batch is None:
            return self._gone()
        changed = {title: field for title, field, before in columns if field != before}
        if act == "drop":
            self._batches.drop(batch)
            return RedirectResponse(f"{ROOTS[self._place.over]}/import", 303)
        if changed or act == "read":
            self._batches.correct(batch, {**batch.corrections, **changed}, date.today())
        elif act == "store":
            self._batches.store(batch, date.today())
        return self._awaited(batch)

    def _received(self, parcels: Sequence[Parcel], identity: Identity) -> Response:
        return self._awaited(self._batches.send(self._kind, parcels, identity.user, date.today()))

    def _awaited(self, batch: Batch) -> Response:
        batch.wait(_PATIENCE)
        return RedirectResponse(f"{ROOTS[self._place.over]}/import/{batch.token}", 303)

    def _batch(self, token: str, identity: Identity) -> Batch | None:
        return self._batches.get(token, self._kind, identity.user)

    def _gone(self) -> Response:
        form = import_view.sending(self._place.over)
        return answered(self._place, form, alert=_GONE, status=UNKNOWN)
