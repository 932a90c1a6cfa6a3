"""The lead: the line that answers, what kind of answer it is, and what made it."""

import re
from collections.abc import Sequence
from datetime import date
from enum import StrEnum
from typing import Any

from assistant.answering.answer import Prominence, Sentence
from assistant.answering.extraction import Draft, Unit, quotable
from assistant.citations.checker import Support
from assistant.law.hierarchy import Rank, rank_of
from assistant.question.language import fold_text
from assistant.question.quantities import find_quantities
from assistant.retrieval.evidence import Evidence
from assistant.retrieval.ranking import LineBounds
from ingestion.index.search import Embedder, Vectors


class LeadForm(StrEnum):
    """What kind of answer a lead is, by its own words."""

    YES = "yes"
    NO = "no"
    YES_IF = "yes_if"
    NO_UNLESS = "no_unless"
    DEPENDS = "depends"
    VALUE = "value"
    LIST = "list"
    OTHER = "other"


class LeadMaker(StrEnum):
    """What a lead comes from: a calculation, an answer prepared beforehand, words of the texts."""

    CALCULATION = "calculation"
    PREPARED = "prepared"
    SPAN = "span"


MAKERS = {
    Support.COMPUTED: LeadMaker.CALCULATION,
    Support.PREPARED: LeadMaker.PREPARED,
    Support.VERBATIM: LeadMaker.SPAN,
}

_SAYS = (
    (LeadForm.YES_IF, re.compile(r"(oui|yes)\b.*\b(si|s'il|sous|a condition|if|provided)\b")),
    (LeadForm.YES, re.compile(r"(oui|yes)\b")),
    (LeadForm.NO_UNLESS, re.compile(r"(non|no)\b.*\b(sauf|hors|a moins|unless|except)\b")),
    (LeadForm.NO, re.compile(r"(non|no)\b")),
    (LeadForm.DEPENDS, re.compile(r"(cela|ca|tout|it) (depend|depends)\b")),
    (LeadForm.LIST, re.compile(r".*(:$|\n- )", re.DOTALL)),
)


def form_of(text: str) -> LeadForm:
    """The kind of answer that a line is."""
    said = fold_text(text)
    told = (form for form, words in _SAYS if words.match(said))
    return next(told, LeadForm.VALUE if find_quantities(text) else LeadForm.OTHER)


def lead_fields(lead: Sentence) -> dict[str, Any]:
    """The lead as the contract of an answer has it."""
    return {
        "text": lead.text,
        "form": form_of(lead.text).value,
        "made_by": MAKERS[lead.support].value,
        "citations": list(lead.citations),
    }


# The line of a sheet that answers, where the first passage is of one, or has one that explains it.

WORDS = 45
"""Words of a line at most: more is to be read, not to be told."""


def line_of_sheet(
    asked: Vectors,
    evidence: Sequence[Evidence],
    as_of: date,
    embedder: Embedder,
    bounds: LineBounds,
) -> Draft | None:
    """The first sentence of our sheet on the first passage, where its heading asks the same.

    It is a quote of the sheet, and cites the article that it explains as well. None where no sheet
    says anything of it, or where the heading may ask something else. `asked` is the vector of the
    question.
    """
    sheet = _sheet(evidence)
    told = quotable(sheet, as_of) if sheet is not None else []
    if sheet is None or not told or not _is_line(told[0]) or _share(evidence) < bounds.share:
        return None
    [heading] = embedder.embed_questions([sheet.passage.headings[-1].partition(" (")[0]])
    if float(heading @ asked) < bounds.heading:
        return None
    cited = (sheet,) if sheet == evidence[0] else (sheet, evidence[0])
    return Draft(told[0].text, cited, told[0].start, told[0].end, Prominence.LEAD)


def _sheet(evidence: Sequence[Evidence]) -> Evidence | None:
    """The first passage where it is of a sheet, else the section that explains it."""
    first, last = evidence[0].passage, evidence[-1].passage
    if rank_of(first) is Rank.SHEET:
        return evidence[0]
    explains = rank_of(last) is Rank.SHEET and not set(first.references).isdisjoint(last.references)
    return evidence[-1] if explains and not evidence[-1].disputed else None


def _share(evidence: Sequence[Evidence]) -> float:
    """How likely what is about the first passage's articles is to be the best of what was found."""
    about = set(evidence[0].passage.references)
    return sum(each.score for each in evidence if not about.isdisjoint(each.passage.references))


def _is_line(unit: Unit) -> bool:
    return "\n" not in unit.text and len(unit.text.split()) <= WORDS
