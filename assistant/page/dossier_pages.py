"""The pages of the dossiers as answers: all of them, one, or why there is nothing to see."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NoReturn

from fastapi import HTTPException
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from assistant.language import Language
from assistant.page.desk import Desk
from assistant.page.dossier_list import alert, dossier_link, list_html
from assistant.page.dossier_view import DossierView
from assistant.page.markup import Html
from assistant.page.routes import standing_alone
from assistant.page.words import words
from ingestion.errors import IngestionError, UnknownDossier
from ingestion.intake import Receipt

SEEN, UNKNOWN, REFUSED, BROKEN = 200, 404, 409, 503


@dataclass(frozen=True, slots=True)
class DossierPages:
    """What a reader sees in a language; what they may not see does not exist for them."""

    desk: Desk
    lang: Language

    def all(self, problem: str = "") -> HTMLResponse:
        """The dossiers of the reader; `problem` is why one was not created."""
        said, filing = words(self.lang), self.desk.filing
        try:
            pieces = {dossier: filing.count(dossier.id) for dossier in filing.all()}
        except IngestionError as failure:
            self.failed(failure)
        content = list_html(pieces, said, self.lang.value, problem)
        status = REFUSED if problem else SEEN
        return standing_alone(content, said, self.lang, status, title=said["dossiers_title"])

    def one(
        self,
        dossier_id: str,
        receipts: Sequence[Receipt] = (),
        problem: str = "",
        status: int = SEEN,
    ) -> HTMLResponse:
        """A dossier, with the report on what was just sent and why what was asked was not done."""
        said, filing = words(self.lang), self.desk.filing
        try:
            view = DossierView(said, self.lang.value, filing.get(dossier_id))
            pieces, waiting = filing.pieces(dossier_id), filing.awaits_index(dossier_id)
        except IngestionError as failure:
            self.failed(failure)
        waits = said["dossier_to_index"] if waiting else ""
        told = " ".join(filter(None, (problem, waits)))
        content = view.page(pieces, self._sections(dossier_id), receipts, told)
        name = view.dossier.reference or dossier_id
        return standing_alone(content, said, self.lang, status, title=name, script="upload.js")

    def done(self, dossier_id: str, act: Callable[[], object], path: str = "") -> Response:
        """Do what was asked, then go to a path, else to the dossier; or say why it was not done."""
        try:
            act()
        except IngestionError as refusal:
            return self.one(dossier_id, problem=str(refusal), status=REFUSED)
        return RedirectResponse(path or dossier_link(dossier_id, self.lang), 303)

    def failed(self, failure: IngestionError) -> NoReturn:
        """Raise what becomes a page that says only why there is nothing to see."""
        status = UNKNOWN if isinstance(failure, UnknownDossier) else BROKEN
        raise HTTPException(status, str(failure)) from failure

    def _sections(self, dossier_id: str) -> Sequence[Html]:
        """What is known of the pieces; a dossier can be filled before there are rules."""
        try:
            return self.desk.sections(dossier_id, self.lang)
        except IngestionError as failure:
            return (alert(str(failure)),)
