"""The evidence of a turn: numbered passages, the cited words marked in their context. Pure."""

from collections.abc import Sequence
from datetime import date, timedelta
from urllib.parse import quote, urlencode

from assistant.answering.notices import addressed_in
from assistant.law.hierarchy import LABELS, rank_of
from assistant.question.language import Language
from assistant.reports.markup import (
    NOTHING,
    Html,
    Words,
    count,
    element,
    format_date,
    join_html,
    prose,
    set_no_break_spaces,
)
from assistant.retrieval.evidence import Evidence
from assistant.web.buyer.conversation import Turn, TurnStage
from assistant.web.buyer.law_pages import law_link, official_link
from assistant.web.viewer import Span, cited_spans, excerpt, hidden_spans, paragraphs, shortened
from ingestion.chunking.passages import Passage
from ingestion.readers.documents import Kind

LEDGER = frozenset({Kind.INVOICES, Kind.PURCHASES})


def document_link(passage: Passage, spans: Sequence[Span], language: str) -> str:
    """The address of the passage in its document, its cited words marked.

    A row of the ledger has a page of its own, which says where each of its values was read.
    """
    if passage.kind in LEDGER and passage.address:
        return passage.address
    query = [("start", passage.start), ("end", passage.end), ("lang", language)]
    query += [("dossier", passage.dossier)] if passage.dossier else []
    query += [("quote", f"{passage.start + a}-{passage.start + b}") for a, b in spans]
    return f"/document/{quote(passage.document_id, safe='')}?{urlencode(query)}"


def dates(passage: Passage, said: Words) -> str:
    """Since when and until when the text holds, and the day it was checked, as far as known."""
    start, end = passage.valid_from, passage.valid_to
    parts = []
    if end:
        last = format_date(said, end - timedelta(days=1))
        key = "in_force" if start else "in_force_until"
        parts.append(said[key].format(start=format_date(said, start) if start else "", end=last))
    elif start:
        parts.append(said["in_force_since"].format(start=format_date(said, start)))
    if passage.state_date:
        parts.append(said["state_date"].format(date=format_date(said, passage.state_date)))
    line = " · ".join(parts)
    return line[:1].upper() + line[1:]


def card(evidence: Evidence, turn: Turn, turn_id: str, said: Words, language: str) -> Html:
    """One passage, with what is cited of it."""
    passage, number = evidence.passage, evidence.number
    spans = cited_spans(evidence, turn.answer.citations)
    struck = hidden_spans(passage, passage.start)
    identity = f"{turn_id}-p{number}"
    compared = turn.stage is TurnStage.FINISHED and bool(turn.answer.citations)
    faded = compared and not spans
    body = [
        element("p", line, class_="dates") if (line := dates(passage, said)) else NOTHING,
        NOTHING if faded else excerpt(passage.text, spans, struck),
        reserves(passage, language),
        element(
            "a",
            said["open_document"],
            class_="open-document",
            href=document_link(passage, spans, language),
            target="_blank",
            aria_label=f"{said['open_document']} : {passage.title}, {passage.locator}",
        ),
        law_links(passage, turn.as_of, said, language),
        whole(passage.text, spans, said, struck)
        if faded or shortened(passage.text, spans)
        else NOTHING,
    ]
    return element(
        "article",
        element("span", str(number), class_="number", aria_hidden="true"),
        element("h4", set_no_break_spaces(passage.title), id=f"{identity}-title"),
        element(
            "p",
            passage.locator,
            f" · {said['cited' if spans else 'uncited']}" if compared else "",
            rank(passage, language),
            concealment(passage, said),
        ),
        *body,
        element("a", said["to_answer"], class_="back", href=f"#{turn_id}-answer"),
        id=identity,
        class_=f"passage{' cited' if spans else ''}{' faded' if faded else ''}",
        tabindex=-1,
        aria_label=said["mark"].format(n=number, title=passage.title, locator=passage.locator),
    )


def law_links(passage: Passage, as_of: date | None, said: Words, language: str) -> Html:
    """For an article of the law: its versions, and its public page where it is known."""
    number = passage.locator.removeprefix("art. ")
    if number not in passage.references:
        return NOTHING
    versions = element(
        "a",
        said["law_versions"],
        href=law_link(number, as_of, language),
        target="_blank",
        aria_label=f"{said['law_versions']} : {number}",
    )
    return element("div", versions, official_link(passage.address, said), class_="law-links")


def reserves(passage: Passage, language: str) -> Html:
    """How sure the passage is, where its author says so, and what of it speaks to a machine."""
    lines = [element("li", note, lang="fr") for note in passage.notes]
    lines += [element("li", said) for said in addressed_in(passage, Language(language))]
    return element("ul", *lines, class_="reserves") if lines else NOTHING


def rank(passage: Passage, language: str) -> Html:
    """What kind of text the passage is, where that is known."""
    found = rank_of(passage)
    label = LABELS[Language(language)][found] if found else ""
    return element("span", label, class_="rank") if label else NOTHING


def concealment(passage: Passage, said: Words) -> Html:
    """That some of the passage is not shown by the page that it stands on."""
    kinds = dict.fromkeys(each.is_under_picture for each in passage.hidden)
    labels = [said["of_pictured_text" if kind else "of_hidden_text"] for kind in kinds]
    return join_html(element("span", label, class_="rank concealed") for label in labels)


def hidden_label(said: Words) -> Html:
    """That words quoted beside it are not shown by their page."""
    return element("span", said["of_hidden_text"], class_="rank concealed")


def whole(text: str, spans: Sequence[Span], said: Words, struck: Sequence[Span] = ()) -> Html:
    """The whole passage, folded."""
    body = element("div", *paragraphs(text, spans, struck), class_="whole", lang="fr")
    return element("details", element("summary", said["whole_passage"]), body)


def panel(turn: Turn, turn_id: str, said: Words, language: str) -> Html:
    """The evidence column of a turn."""
    if not turn.evidence:
        empty = said["evidence_none"] if turn.settled and not turn.problem else ""
        return element("aside", prose(empty), class_="evidence", aria_label=said["evidence"])
    heading = count(said, "evidence_count", len(turn.evidence))
    cards = [card(each, turn, turn_id, said, language) for each in turn.evidence]
    return element(
        "aside",
        element("h3", heading, id=f"{turn_id}-evidence"),
        *cards,
        class_="evidence",
        aria_labelledby=f"{turn_id}-evidence",
    )
