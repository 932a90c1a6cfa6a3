"""Records: everything needed to open a turn or a calculation again, as plain JSON."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

from pydantic import TypeAdapter

from assistant.answering.answer import (
    Answer,
    Citation,
    Ending,
    Outcome,
    Prominence,
    Sentence,
    TurnResult,
    cite,
)
from assistant.calculators.calculation import Calculation, CalculationLine, Ground
from assistant.citations.checker import Support
from assistant.identity import Identity
from assistant.llm.language_model import EngineUse
from assistant.question.language import fold_text
from assistant.question.quantities import find_quantities, fold_same_length
from assistant.retrieval.evidence import Evidence
from assistant.retrieval.rulings import ApplyingRulings
from ingestion.index.store import PassageStore

REPLAYED = "replayed"
"""The act of an entry of kind "review" that holds a turn which repeats an earlier one."""


@dataclass(frozen=True, slots=True)
class Purpose:
    """Why a turn was taken: the kind of its entry in the journal, and what that says besides.

    `lacks` are the keys of the contract that it has not.
    """

    kind: str = "answer"
    told: Mapping[str, str] = field(default_factory=dict)
    lacks: frozenset[str] = frozenset()


ASKED = Purpose()
"""Somebody wants to know."""

SEARCHED = Purpose(
    "search",
    lacks=frozenset({"outcome", "answer", "lead", "sentences", "citations", "removed", "model"}),
)
"""Somebody wants to read what there is: nothing is answered."""

EXAMINED = Purpose("evaluation", {"act": "asked"})
"""The answer is to be measured."""


def asked_by(reader: Identity) -> Purpose:
    """Somebody wants to know; by which token, where a program of theirs asks."""
    return Purpose(told={"token": reader.token}) if reader.token else ASKED


def searched_by(reader: Identity) -> Purpose:
    """Somebody, or a program of theirs, wants to read what there is."""
    return replace(SEARCHED, told=asked_by(reader).told)


def replay_of(record_id: str, by: str) -> Purpose:
    """The answer is to be compared with an earlier one; `by` is the pseudonym of who compares."""
    return Purpose("review", {"act": REPLAYED, "record_id": record_id, "by": by})


_evidence = TypeAdapter(tuple[Evidence, ...])


def contract(result: TurnResult) -> dict[str, Any]:
    """A result as the object that `ask --json` and `eval` write: the contract for programs."""
    return {
        "question": result.question,
        "as_of": result.as_of.isoformat(),
        "as_of_source": result.day_source.value,
        **answer_fields(result.answer),
        "evidence": [_evidence_fields(item) for item in result.evidence],
        "route": result.route,
        "decisions": _applying_fields(result.case_law) if result.case_law else None,
        "model": result.model,
        "engine": _engine_fields(result.engine) if result.engine else None,
        "embedder": result.embedder,
        "generation": result.generation,
        "dossier": result.dossier,
        "dossier_generation": result.dossier_generation,
        "proposed_dossiers": [dossier.id for dossier in result.proposed],
        "seconds": {
            "evidence": result.seconds.evidence,
            "first_token": result.seconds.first_token,
            "total": result.seconds.total,
        },
        "record_id": result.record_id,
    }


def _evidence_fields(item: Evidence) -> dict[str, Any]:
    return {
        "n": item.number,
        "locator": item.passage.locator,
        "passage_id": item.passage.id,
        "score": round(item.score, 6),
        **_told(
            recognised=bool(item.passage.recognised),
            disputed=[each.figure for each in item.disputed],
        ),
    }


def _applying_fields(found: ApplyingRulings) -> dict[str, Any]:
    """The decisions that apply an article, which are no part of an answer on the law. Pure."""
    return {
        "article": found.article,
        "count": found.count,
        "first": [
            {
                "name": ruling.name,
                "court": ruling.court,
                "number": ruling.number,
                "date": ruling.day.isoformat(),
                "publication": ruling.rank.value,
                "locator": passage.locator,
                "document": passage.document_id,
            }
            for passage in found.first
            if (ruling := passage.ruling)
        ],
    }


def search_fields(result: TurnResult) -> dict[str, Any]:
    """A search as programs read it: the contract without an answer, each passage cited whole."""
    whole = tuple(cite(item, 0, len(item.passage.text)) for item in result.evidence)
    answer = Answer(Outcome.ABSTAINED, citations=whole)
    told = contract(replace(result, answer=answer))
    return {key: told[key] for key in told if key == "citations" or key not in SEARCHED.lacks}


def journal_body(result: TurnResult) -> dict[str, Any]:
    """A result as it is written in the journal: the contract, with all of the evidence shown.

    Which dossiers were proposed stays out of it: nothing of them is written outside their folders.
    """
    body = contract(result)
    del body["record_id"], body["proposed_dossiers"]
    return body | {
        "standalone": result.standalone,
        "evidence": _evidence.dump_python(result.evidence, mode="json"),
    }


def read_evidence(rows: object) -> tuple[Evidence, ...]:
    """The evidence of a record, as `journal_body` wrote it; raises ValueError for anything else."""
    return _evidence.validate_python(rows)


def _engine_fields(use: EngineUse) -> dict[str, Any]:
    """What the server of the language model had to do with a turn. Pure."""
    return {
        "host": use.host,
        "model": use.model,
        "version": dict(use.version),
        "sent": use.sent,
        "problem": use.problem,
    }


def answer_fields(answer: Answer) -> dict[str, Any]:
    """The part of the contract that the answer fills. Pure."""
    return {
        "outcome": answer.outcome.value,
        "answer": answer.markdown,
        "lead": _lead_fields(answer.lead) if answer.lead else None,
        "sentences": [_sentence_fields(sentence) for sentence in answer.sentences],
        "citations": [_citation_fields(citation) for citation in answer.citations],
        "removed": [{"text": removed.text, "reason": removed.reason} for removed in answer.removed],
        "choices": [{"label": each.label, "question": each.question} for each in answer.choices],
    }


def _sentence_fields(sentence: Sentence) -> dict[str, Any]:
    return {
        "text": sentence.text,
        "citations": list(sentence.citations),
        "support": sentence.support.value,
        **_told(
            aside=sentence.place is Prominence.ASIDE,
            spoken_by=sentence.spoken_by,
            role=sentence.role and sentence.role.value,
            label=sentence.label,
        ),
    }


def _citation_fields(citation: Citation) -> dict[str, Any]:
    return {
        "n": citation.n,
        "document": citation.document,
        "title": citation.title,
        "locator": citation.locator,
        "quote": citation.quote,
        "passage_id": citation.passage_id,
        "start": citation.start,
        "end": citation.end,
        "sha256": citation.sha256,
        "valid_from": citation.valid_from and citation.valid_from.isoformat(),
        "valid_to": citation.valid_to and citation.valid_to.isoformat(),
        **_told(
            hidden=citation.hidden,
            recognised=citation.recognised,
            doubts=list(citation.doubts),
        ),
    }


def _told(**fields: object) -> dict[str, Any]:
    """The fields that say something: what is usual is left out."""
    return {name: value for name, value in fields.items() if value}


# The lead of an answer: what kind of answer it is by its own words, and what made it.


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


def _lead_fields(lead: Sentence) -> dict[str, Any]:
    return {
        "text": lead.text,
        "form": form_of(lead.text).value,
        "made_by": MAKERS[lead.support].value,
        "citations": list(lead.citations),
    }


# A calculation with its citations, and as plain JSON: the contract of `calc` for programs.


def citations(calculation: Calculation, store: PassageStore) -> dict[Ground, Citation]:
    """The citation of each ground, numbered from 1 in the order of the lines."""
    return {
        ground: _citation(number, ground, store)
        for number, ground in enumerate(calculation.grounds, 1)
    }


def mark_line(line: CalculationLine, cited: Mapping[Ground, Citation]) -> str:
    """A line and the marks of what it is computed by: "… [1] [2]"."""
    return " ".join([line.text, *(f"[{number}]" for number in _numbers(line, cited))])


def _numbers(line: CalculationLine, cited: Mapping[Ground, Citation]) -> list[int]:
    return sorted({cited[ground].n for ground in line.grounds})


def calculation_fields(
    calculation: Calculation, cited: Mapping[Ground, Citation]
) -> dict[str, Any]:
    """A calculation as the object that `calc --json` writes. Pure."""
    answer = Answer(Outcome.ANSWERED, citations=tuple(cited.values()))
    return {
        "name": calculation.name,
        "title": calculation.title,
        "as_of": calculation.day.isoformat(),
        "inputs": [{"label": label, "value": value} for label, value in calculation.inputs],
        "steps": [_line_fields(line, cited) for line in calculation.steps],
        "result": [_line_fields(line, cited) for line in calculation.result],
        "cautions": list(calculation.cautions),
        "citations": answer_fields(answer)["citations"],
    }


def _line_fields(line: CalculationLine, cited: Mapping[Ground, Citation]) -> dict[str, Any]:
    return {"text": line.text, "citations": _numbers(line, cited)}


def _citation(number: int, ground: Ground, store: PassageStore) -> Citation:
    digest = store.document(ground.passage.document_id).text_sha256
    return cite(Evidence(number, ground.passage, 1.0, digest), ground.start, ground.end)


def turn_facts(result: TurnResult, ending: Ending) -> dict[str, str]:
    """What may be said of a turn outside the journal, which has the rest under its name. Pure."""
    return {
        "ended": ending.value,
        "outcome": result.answer.outcome.value,
        "route": result.route,
        "record_id": result.record_id,
        "generation": result.generation,
    }
