"""The lead: the line that answers, what kind of answer it is, and what made it."""

import re
from enum import StrEnum
from typing import Any

from assistant.answering.answer import Sentence
from assistant.citations.checker import Support
from assistant.question.language import fold_text
from assistant.question.quantities import find_quantities, fold_same_length


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
    Support.SUPPORTED: LeadMaker.SPAN,
}

_SAYS = (
    (LeadForm.YES_IF, re.compile(r"(oui|yes)\b.*\b(si|s'il|sous|a condition|if|provided)\b")),
    (LeadForm.YES, re.compile(r"(oui|yes)\b")),
    (
        LeadForm.NO_UNLESS,
        re.compile(r"(non(?= ?[,:;.]|$)|no[,:]).*\b(sauf|hors|a moins|unless|except)\b"),
    ),
    (LeadForm.NO, re.compile(r"non(?= ?[,:;.]|$)|no[,:]")),
    (LeadForm.DEPENDS, re.compile(r"(cela|ca|tout|it) (depend|depends)\b")),
    (LeadForm.LIST, re.compile(r".*(:$|\n- )", re.DOTALL)),
)


def form_of(text: str) -> LeadForm:
    """The kind of answer that a line is."""
    said = fold_text(text)
    told = (form for form, words in _SAYS if words.match(said))
    return next(told, LeadForm.VALUE if find_quantities(fold_same_length(text)) else LeadForm.OTHER)


def lead_fields(lead: Sentence) -> dict[str, Any]:
    """The lead as the contract of an answer has it."""
    return {
        "text": lead.text,
        "form": form_of(lead.text).value,
        "made_by": MAKERS[lead.support].value,
        "citations": list(lead.citations),
    }
