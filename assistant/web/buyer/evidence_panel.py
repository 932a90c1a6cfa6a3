"""The evidence of a turn, the cited words marked; articles, and what changed of them. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from urllib.parse import quote, urlencode

from assistant.answering.notices import addressed_in, disputed_by
from assistant.law.impact import Impact, IndexChanges
from assistant.question.language import Language
from assistant.reports.answers import reading_labels
from assistant.reports.markup import (
    LEDGER,
    NOTHING,
    Html,
    Words,
    days,
    format_date,
    load_words,
    remarks,
    render,
    render_macro,
)
from assistant.retrieval.evidence import Evidence
from assistant.retrieval.hierarchy import RANK_LABELS, rank_of
from assistant.web.buyer.conversation import Turn, TurnStage
from assistant.web.viewer import Flag, Span, cited_spans, excerpt, flags, lines, shortened
from ingestion.chunking.passages import Passage
from ingestion.documents.versions import Difference, compare


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


def law_link(reference: str, as_of: date | None, language: str) -> str:
    """The address of the page of an article; without a day, it is that of its opening."""
    day = {"as_of": as_of.isoformat()} if as_of else {}
    return f"/law/{quote(reference, safe='')}?{urlencode(day | {'lang': language})}"


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
    if passage.state_date and passage.state_until:
        first, last = (
            format_date(said, each) for each in (passage.state_date, passage.state_until)
        )
        parts.append(said["state_between"].format(first=first, last=last))
    elif passage.state_date:
        parts.append(said["state_date"].format(date=format_date(said, passage.state_date)))
    line = " · ".join(parts)
    return line[:1].upper() + line[1:]


@dataclass(frozen=True, slots=True)
class EvidenceCard:
    """One passage as evidence.html shows it, with what is cited of it.

    `is_compared` once it is known what the answer cites; its words stand folded in `whole` then,
    where none of them is cited.
    """

    number: int
    passage: Passage
    spans: Sequence[Span]
    is_compared: bool
    dates: str
    rank: Html
    concealment: Html
    excerpt: Html
    reserves: Html
    address: str
    law_links: Html
    whole: Html


def evidence_card(evidence: Evidence, turn: Turn, said: Words, language: str) -> EvidenceCard:
    """One passage, with what is cited of it."""
    passage, spans = evidence.passage, cited_spans(evidence, turn.answer.citations)
    flagged = flags(passage, passage.start)
    is_compared = turn.stage is TurnStage.FINISHED and bool(turn.answer.citations)
    is_faded = is_compared and not spans
    is_folded = is_faded or shortened(passage.text, spans)
    return EvidenceCard(
        number=evidence.number,
        passage=passage,
        spans=spans,
        is_compared=is_compared,
        dates=dates(passage, said),
        rank=rank(passage, language),
        concealment=concealment(passage, said),
        excerpt=NOTHING if is_faded else excerpt(passage.text, spans, flagged),
        reserves=reserves(evidence, language),
        address=document_link(passage, spans, language),
        law_links=law_links(passage, turn.as_of, said, language),
        whole=whole(passage.text, spans, said, flagged) if is_folded else NOTHING,
    )


PARTS = "buyer/passage_parts.html"


def law_links(passage: Passage, as_of: date | None, said: Words, language: str) -> Html:
    """For an article of the law: its versions, and its public page where it is known.

    For a decision, its public page.
    """
    if passage.ruling:
        return render_macro("buyer/law_parts.html", "official", passage.address, said)
    number = passage.locator.removeprefix("art. ")
    if number not in passage.references:
        return NOTHING
    versions = law_link(number, as_of, language)
    return render_macro(PARTS, "law_links", number, versions, passage.address, said)


def reserves(evidence: Evidence, language: str) -> Html:
    """How sure a passage is, what its articles do not say, and what speaks to a machine."""
    passage, spoken = evidence.passage, Language(language)
    told = (*disputed_by(evidence, spoken), *addressed_in(passage, spoken))
    return render_macro(PARTS, "reserves", passage.notes, told)


def rank(passage: Passage, language: str) -> Html:
    """What kind of text the passage is, where that is known."""
    found = rank_of(passage)
    return render_macro(PARTS, "label", RANK_LABELS[Language(language)][found] if found else "")


def concealment(passage: Passage, said: Words) -> Html:
    """That the page does not show some of the passage, or shows it as a picture."""
    kinds = dict.fromkeys(each.is_under_picture for each in passage.hidden)
    labels = [said["of_pictured_text" if kind else "of_hidden_text"] for kind in kinds]
    is_doubtful = any(each.is_doubtful for each in passage.recognised)
    read = reading_labels(hidden=False, recognised=bool(passage.recognised), doubtful=is_doubtful)
    labels += [said[key] for key in read]
    return render_macro(PARTS, "concealment", labels)


def whole(text: str, spans: Sequence[Span], said: Words, flagged: Sequence[Flag] = ()) -> Html:
    """The whole passage, folded."""
    return render_macro(PARTS, "whole", lines(text, spans, flagged), said)


def panel(turn: Turn, turn_id: str, said: Words, language: str) -> Html:
    """The evidence column of a turn."""
    return render(
        "buyer/evidence.html",
        said=said,
        turn_id=turn_id,
        cards=[evidence_card(each, turn, said, language) for each in turn.evidence],
        none_told=said["evidence_none"] if turn.settled and not turn.problem else "",
    )


ASKED = {"days": days, "remarks": remarks, "compare": compare, "law_link": law_link}
"""What the templates ask about the versions of an article."""


def changes_html(changes: IndexChanges, as_of: date, lang: Language, opened: str = "") -> Html:
    """What changed, each article linked to its versions of a day. Pure.

    Where the newer index is not in service, `opened` is the address below which its texts are.
    """
    return render(
        "buyer/changes.html",
        said=load_words(lang),
        lang=lang,
        changes=changes,
        is_same=changes.difference == Difference(),
        is_untouched=changes.impact == Impact(),
        as_of=as_of,
        opened=opened,
        **ASKED,
    )
