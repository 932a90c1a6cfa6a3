"""A review as plain JSON: the contract of `dossier check` for programs. Pure.

Offsets are half-open characters of the document's text.
"""

from typing import Any

from assistant.calculators.calculation import Ground
from assistant.conformity.filed import FiledReview
from assistant.conformity.finding import Finding
from ingestion.passages import Passage


def review_fields(dossier: str, found: FiledReview) -> dict[str, Any]:
    """What the review of a dossier found."""
    return {
        "dossier": dossier,
        "as_of": found.law_day.isoformat(),
        "findings": [_finding_fields(finding) for finding in found.findings],
    }


def _finding_fields(finding: Finding) -> dict[str, Any]:
    return {
        "rule": finding.rule,
        "label": finding.label,
        "severity": finding.severity.value,
        "sentence": finding.sentence,
        "comparison": finding.comparison,
        "to_check": list(finding.to_check),
        "places": [_passage_fields(place) for place in finding.places],
        "grounds": [_ground_fields(ground) for ground in finding.grounds],
    }


def _passage_fields(passage: Passage) -> dict[str, Any]:
    return {
        "locator": passage.locator,
        "source": passage.source,
        "document": passage.document_id,
        "page": passage.first_page,
        "start": passage.start,
        "end": passage.end,
        "text": passage.text,
    }


def _ground_fields(ground: Ground) -> dict[str, Any]:
    start = ground.passage.start
    return _passage_fields(ground.passage) | {
        "article": ground.article,
        "start": start + ground.start,
        "end": start + ground.end,
        "text": ground.quote,
    }
