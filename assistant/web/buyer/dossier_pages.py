"""The pages of the dossiers: all of them, one, or why there is nothing to see."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import NoReturn

from fastapi import HTTPException
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from assistant.question.language import Language
from assistant.reports.markup import Html, Words, format_date, load_words, render
from assistant.web.buyer.dossier_forms import (
    ACCEPT,
    BOUNDS,
    FIELDS,
    alert,
    dossier_link,
    name_of,
    refused_first,
)
from assistant.web.buyer.service import BuyerService
from assistant.web.routes import FORGET, page
from ingestion.errors import IngestionError, UnknownDossier
from ingestion.tenders.dossiers import Dossier
from ingestion.tenders.intake import Receipt
from ingestion.tenders.pieces import PieceKind

SEEN, UNKNOWN, REFUSED, BROKEN = 200, 404, 409, 503


@dataclass(frozen=True, slots=True)
class DossierPages:
    """What a reader sees in a language; what they may not see does not exist for them."""

    desk: BuyerService
    lang: Language

    def all(self, problem: str = "") -> HTMLResponse:
        """The dossiers of the reader; `problem` is why one was not created."""
        filing = self.desk.filing
        try:
            pieces = {dossier: filing.count(dossier.id) for dossier in filing.all()}
        except IngestionError as failure:
            self.failed(failure)
        content = list_html(pieces, self.lang, problem)
        return HTMLResponse(content, REFUSED if problem else SEEN, FORGET)

    def one(
        self,
        dossier_id: str,
        receipts: Sequence[Receipt] = (),
        problem: str = "",
        status: int = SEEN,
    ) -> HTMLResponse:
        """A dossier, with the report on what was just sent and why what was asked was not done."""
        said, filing = load_words(self.lang), self.desk.filing
        try:
            dossier = filing.get(dossier_id)
            pieces, waiting = filing.pieces(dossier_id), filing.awaits_index(dossier_id)
        except IngestionError as failure:
            self.failed(failure)
        waits = said["dossier_to_index"] if waiting else ""
        return page(
            "buyer/dossier.html",
            self.lang,
            status,
            title=dossier.reference or dossier_id,
            dossier=dossier,
            name_of=name_of,
            facts=facts_of(dossier, said),
            problem=" ".join(filter(None, (problem, waits))),
            receipts=refused_first(receipts),
            pieces=pieces,
            kinds=tuple(PieceKind),
            limits=BOUNDS,
            accept=ACCEPT,
            sections=self._sections(dossier_id),
            form=FIELDS,
        )

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


def list_html(pieces: Mapping[Dossier, int], lang: Language, problem: str = "") -> Html:
    """The dossiers with how many pieces each has, and why one was not created. Pure."""
    return render(
        "buyer/dossiers.html",
        said=load_words(lang),
        lang=lang,
        pieces=pieces,
        problem=problem,
        name_of=name_of,
        form=FIELDS,
    )


def facts_of(dossier: Dossier, said: Words) -> list[tuple[str, str]]:
    """What is known of a dossier, by the names of its fields. Pure."""
    facts = [("id", dossier.id), ("stage", said[f"stage_{dossier.stage.name}"])]
    days = ((name, getattr(dossier, name)) for name in ("sent", "deadline", "notified"))
    facts += [(name, format_date(said, day)) for name, day in days if day]
    return facts + ([("team", dossier.team)] if dossier.team else [])
