"""The record of a turn: everything needed to open the answer again as it was, as plain JSON."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from pydantic import TypeAdapter

from assistant.answers import Answer
from assistant.evidence import Evidence
from assistant.turn import Result

REPLAYED = "replayed"
"""The act of an entry of kind "review" that holds a turn which repeats an earlier one."""


@dataclass(frozen=True, slots=True)
class Purpose:
    """Why a turn was taken: the kind of its entry in the journal, and what that says besides."""

    kind: str = "answer"
    told: Mapping[str, str] = field(default_factory=dict)


ASKED = Purpose()
"""Somebody wants to know."""

EXAMINED = Purpose("evaluation", {"act": "asked"})
"""The answer is to be measured."""


def replay_of(record_id: str, by: str) -> Purpose:
    """The answer is to be compared with an earlier one; `by` is the pseudonym of who compares."""
    return Purpose("review", {"act": REPLAYED, "record_id": record_id, "by": by})


_evidence = TypeAdapter(tuple[Evidence, ...])


def contract(result: Result) -> dict[str, Any]:
    """A result as the object that `ask --json` and `eval` write: the contract for programs."""
    return {
        "question": result.question,
        "as_of": result.as_of.isoformat(),
        "as_of_source": result.day_source.value,
        **answer_fields(result.answer),
        "route": result.route,
        "model": result.model,
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


def journal_body(result: Result) -> dict[str, Any]:
    """A result as it is written in the journal: the contract and the evidence that was shown.

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


def answer_fields(answer: Answer) -> dict[str, Any]:
    """The part of the contract that the answer fills. Pure."""
    return {
        "outcome": answer.outcome.value,
        "answer": answer.markdown,
        "sentences": [
            {
                "text": sentence.text,
                "citations": list(sentence.citations),
                "support": sentence.support.value,
            }
            for sentence in answer.sentences
        ],
        "citations": [
            {
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
                **({"hidden": True} if citation.hidden else {}),
            }
            for citation in answer.citations
        ],
        "removed": [{"text": removed.text, "reason": removed.reason} for removed in answer.removed],
    }
