"""A calculation with its citations, and as plain JSON: the contract of `calc` for programs."""

from collections.abc import Mapping
from hashlib import sha256
from typing import Any

from assistant.answers import Answer, Citation, Outcome, cite
from assistant.calculators.calculation import Calculation, Ground, Line
from assistant.evidence import Evidence
from assistant.record import answer_fields
from ingestion.store import PassageStore


def citations(calculation: Calculation, store: PassageStore) -> dict[Ground, Citation]:
    """The citation of each ground, numbered from 1 in the order of the lines."""
    return {
        ground: _citation(number, ground, store)
        for number, ground in enumerate(calculation.grounds, 1)
    }


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


def _line_fields(line: Line, cited: Mapping[Ground, Citation]) -> dict[str, Any]:
    numbers = sorted({cited[ground].n for ground in line.grounds})
    return {"text": line.text, "citations": numbers}


def _citation(number: int, ground: Ground, store: PassageStore) -> Citation:
    text = store.document(ground.passage.document_id).text
    digest = sha256(text.encode()).hexdigest()
    return cite(Evidence(number, ground.passage, 1.0, digest), ground.start, ground.end)
