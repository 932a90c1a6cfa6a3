"""Sections of a dossier's page: its fiche and its conformity, each text beside its piece. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from assistant.question.language import Language
from assistant.reports.markup import Html, Words, count, load_words, render
from assistant.tenders.conformity.review import FiledReview
from assistant.tenders.conformity.rules import FindingSeverity
from assistant.tenders.fiche import Fiche, FicheEntry, FicheLine, FicheState
from assistant.tenders.service import FileFormat
from assistant.tenders.statements import Priority
from assistant.web.buyer.evidence_panel import document_link
from ingestion.chunking.passages import Passage

CHIPS = {FicheState.ABSENT: "fiche_absent", FicheState.DIFFERS: "fiche_check"}
FILES = {FileFormat.DOCX: "fiche_docx", FileFormat.CSV: "fiche_csv"}

IN_SIGHT = 4
"""Quotes of a finding that are not folded."""


@dataclass(frozen=True, slots=True)
class PlacedQuote:
    """Words, the locator and the address of each place where they stand, and whether it hides."""

    text: str
    links: tuple[tuple[str, str], ...]
    is_hidden: bool


def fiche_section(fiche: Fiche, dossier_id: str, language: Language) -> Html:
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
    if not priority.pieces:
        return said["fiche_usual_order"]
    pieces = ", ".join(priority.pieces)
    return said["fiche_priority"].format(locator=priority.locator, pieces=pieces)


def _stated(text: str, entries: Sequence[FicheEntry], language: Language) -> PlacedQuote:
    links = tuple((each.passage.locator, _place(each, language)) for each in entries)
    return PlacedQuote(text, links, any(each.is_hidden for each in entries))


def _place(entry: FicheEntry, language: Language) -> str:
    """The address of the entry in its document, its words marked."""
    first = entry.passage.start
    return document_link(entry.passage, [(entry.start - first, entry.end - first)], language)


def review_section(review: FiledReview, language: Language) -> Html:
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
    return PlacedQuote(text, (link,), passage.hides(passage.start, passage.end))
