"""The pages of the dossiers: all of them, one with what is known of it, or why there is none."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from itertools import chain
from typing import NoReturn

from fastapi import HTTPException
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from assistant.identity import ALONE
from assistant.question.language import Language
from assistant.reports.answers import reading_labels
from assistant.reports.markup import (
    Html,
    Words,
    count,
    format_date,
    load_words,
    render,
    render_macro,
)
from assistant.tenders.conformity.review import FiledReview
from assistant.tenders.conformity.rules import FindingSeverity
from assistant.tenders.fiche import Fiche, FicheEntry, FicheLine, FicheState
from assistant.tenders.fiche_export import FileFormat
from assistant.tenders.priority import Priority
from assistant.web.buyer.dossier_forms import (
    ACCEPT,
    BOUNDS,
    FIELDS,
    dossier_link,
    name_of,
    refused_first,
)
from assistant.web.buyer.evidence_panel import document_link
from assistant.web.responses import page
from assistant.web.service import BuyerService
from ingestion.chunking.passages import Passage
from ingestion.documents.pieces import PieceKind
from ingestion.errors import IngestionError, UnknownDossier
from ingestion.tenders.dossiers import Dossier
from ingestion.tenders.intake import Receipt


@dataclass(frozen=True, slots=True)
class DossierPages:
    """What a reader sees in a language; what they may not see does not exist for them."""

    service: BuyerService
    lang: Language

    def all(self, problem: str = "") -> HTMLResponse:
        """The dossiers of the reader; `problem` is why one was not created."""
        filing = self.service.filing
        try:
            pieces = {dossier: filing.count(dossier.id) for dossier in filing.all()}
        except IngestionError as failure:
            self.failed(failure)
        status = HTTPStatus.CONFLICT if problem else HTTPStatus.OK
        return self._page("dossiers", status, pieces=pieces, problem=problem)

    def one(
        self,
        dossier_id: str,
        receipts: Sequence[Receipt] = (),
        problem: str = "",
        status: int = HTTPStatus.OK,
    ) -> HTMLResponse:
        """A dossier, with the report on what was just sent and why what was asked was not done."""
        said, filing = load_words(self.lang), self.service.filing
        try:
            dossier = filing.get(dossier_id)
            pieces, waiting = filing.pieces(dossier_id), filing.awaits_index(dossier_id)
        except IngestionError as failure:
            self.failed(failure)
        waits = said["dossier_to_index"] if waiting else ""
        return self._page(
            "dossier",
            status,
            title=dossier.reference or dossier_id,
            dossier=dossier,
            facts=facts_of(dossier, said, is_alone=self.service.reader is ALONE),
            problem=" ".join(filter(None, (problem, waits))),
            receipts=refused_first(receipts),
            pieces=pieces,
            kinds=tuple(PieceKind),
            limits=BOUNDS,
            accept=ACCEPT,
            sections=self._sections(dossier_id),
        )

    def _page(self, template: str, status: int, **values: object) -> HTMLResponse:
        stores_there = "store" in self.service.servers
        own = {"name_of": name_of, "form": FIELDS, "stores_there": stores_there}
        return page(f"buyer/{template}.html", self.lang, status, **own, **values)

    def done(self, dossier_id: str, act: Callable[[], object], path: str = "") -> Response:
        """Do what was asked, then go to a path, else to the dossier; or say why it was not done."""
        try:
            act()
        except IngestionError as refusal:
            return self.one(dossier_id, problem=str(refusal), status=HTTPStatus.CONFLICT)
        return RedirectResponse(path or dossier_link(dossier_id, self.lang), HTTPStatus.SEE_OTHER)

    def failed(self, failure: IngestionError) -> NoReturn:
        """Raise what becomes a page that says only why there is nothing to see."""
        status = (
            HTTPStatus.NOT_FOUND
            if isinstance(failure, UnknownDossier)
            else HTTPStatus.SERVICE_UNAVAILABLE
        )
        raise HTTPException(status, str(failure)) from failure

    def _sections(self, dossier_id: str) -> Sequence[Html]:
        """What is known of the pieces; a dossier can be filled before there are rules."""
        try:
            return self.service.sections(dossier_id, self.lang)
        except IngestionError as failure:
            return (render_macro("macros.html", "alert", str(failure)),)


def facts_of(dossier: Dossier, said: Words, *, is_alone: bool) -> list[tuple[str, str]]:
    """What is known of a dossier, by the names of its fields. Pure."""
    facts = [("id", dossier.id), ("stage", said[f"stage_{dossier.stage.name}"])]
    days = ((name, getattr(dossier, name)) for name in ("sent", "deadline", "notified"))
    facts += [(name, format_date(said, day)) for name, day in days if day]
    seen_by = dossier.team or ("" if is_alone else said["dossier_everybody"])
    return facts + ([("seen", seen_by)] if seen_by else [])


# What is known of a dossier beyond its pieces, each text beside its place: fiche and conformity.

CHIPS = {FicheState.ABSENT: "fiche_absent", FicheState.DIFFERS: "fiche_check"}
FILES = {FileFormat.DOCX: "fiche_docx", FileFormat.CSV: "fiche_csv"}

IN_SIGHT = 4
"""Quotes of a finding that are not folded."""


@dataclass(frozen=True, slots=True)
class PlacedQuote:
    """Words, the locator and the address of each place where they stand, and what to say of them.

    `readings` are the keys of what is said of words that no page simply writes.
    """

    text: str
    links: tuple[tuple[str, str], ...]
    readings: Sequence[str]


def fiche_section(
    fiche: Fiche, dossier_id: str, language: Language, *, unfolded: bool = False
) -> Html:
    """A row a subject; a text that several places repeat is shown once, with the way to each."""
    said = load_words(language)
    rows = [
        (line, [_stated(text, entries, language) for text, entries in line.texts.items()])
        for line in fiche.lines
    ]
    return render(
        "buyer/fiche.html",
        said=said,
        lang=language,
        dossier_id=dossier_id,
        unfolded=unfolded,
        told=_counted(fiche.lines, said),
        ranking=_ranking(fiche.priority, said),
        files=FILES,
        chips=CHIPS,
        rows=rows,
    )


def _counted(lines: Sequence[FicheLine], said: Words) -> str:
    """How many lines ask for something; the subjects when none does."""
    states = [line.state for line in lines]
    told = [
        count(said, key, states.count(state)) for state, key in CHIPS.items() if state in states
    ]
    return " · ".join(told[::-1]) or count(said, "fiche_subjects", len(lines))


def _ranking(priority: Priority, said: Words) -> str:
    if not priority.locator:
        return said["fiche_usual_order"]
    told = "fiche_priority" if priority.pieces else "fiche_unread_order"
    return said[told].format(locator=priority.locator, pieces=", ".join(priority.pieces))


def _stated(text: str, entries: Sequence[FicheEntry], language: Language) -> PlacedQuote:
    links = tuple((each.passage.locator, _place(each, language)) for each in entries)
    told = (readings(each.passage, each.start, each.end) for each in entries)
    return PlacedQuote(text, links, tuple(dict.fromkeys(chain.from_iterable(told))))


def readings(passage: Passage, start: int, end: int) -> tuple[str, ...]:
    """What is to be said of these characters of a document, by key."""
    return reading_labels(
        hidden=passage.hides(start, end),
        recognised=passage.is_recognised(start, end),
        doubtful=bool(passage.doubts(start, end)),
    )


def _place(entry: FicheEntry, language: Language) -> str:
    """The address of the entry in its document, its words marked."""
    first = entry.passage.start
    return document_link(entry.passage, [(entry.start - first, entry.end - first)], language)


def review_section(review: FiledReview, language: Language, *, unfolded: bool = False) -> Html:
    """What was found, most severe first, with the words of both, then what is unchecked."""
    said, unchecked = load_words(language), FindingSeverity.UNCHECKED
    found = [
        (
            each,
            [_quoted(place, place.text, (), language) for place in each.places],
            [
                _quoted(ground.passage, ground.quote, [(ground.start, ground.end)], language)
                for ground in each.grounds
            ],
        )
        for each in review.findings
        if each.severity is not unchecked
    ]
    return render(
        "buyer/review.html",
        said=said,
        unfolded=unfolded,
        told=count(said, "review", len(found)) if found else said["review_none"],
        law_day=review.law_day,
        in_sight=IN_SIGHT,
        found=found,
        unchecked=[each for each in review.findings if each.severity is unchecked],
    )


def _quoted(
    passage: Passage, text: str, spans: Sequence[tuple[int, int]], language: Language
) -> PlacedQuote:
    link = passage.locator, document_link(passage, spans, language)
    return PlacedQuote(text, (link,), readings(passage, passage.start, passage.end))
