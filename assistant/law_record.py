"""Articles and changes as plain JSON: the contract of `law` and `index diff` for programs. Pure.

`valid_to` is the first day that a version no longer covers.
"""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import date
from typing import Any

from assistant.index_changes import IndexChanges
from ingestion.difference import Revision
from ingestion.documents import Document, is_citable
from ingestion.versions import History
from ingestion.wording import compare


def law_fields(
    found: Sequence[History], reference: str, day: date, *, whole: bool
) -> dict[str, Any]:
    """An article in each code: its version of a day, or its whole history with comparisons."""
    articles = [
        {
            "title": history.title,
            "versions": [
                _text_fields(version)
                | {"in_force": version is history.on(day)}
                | (_wording_fields(history.versions[n - 1], version) if whole and n else {})
                for n, version in enumerate(history.versions)
                if whole or version is history.on(day)
            ],
        }
        for history in found
    ]
    return {"reference": reference, "as_of": day.isoformat(), "articles": articles}


def changes_fields(changes: IndexChanges) -> dict[str, Any]:
    """The changes between two generations, and what they touch."""
    found, impact = changes.difference, changes.impact
    return {
        "old": changes.old,
        "new": changes.new,
        "articles": {
            "added": list(map(_text_fields, found.added)),
            "changed": list(map(_change_fields, found.changed)),
            "ended": list(map(_text_fields, found.ended)),
            "redated": list(map(_revision_fields, found.redated)),
            "removed": list(map(_text_fields, found.removed)),
        },
        "documents": {
            "added": list(map(_document_fields, found.others_added)),
            "changed": list(map(_revision_fields, found.others_changed)),
            "removed": list(map(_document_fields, found.others_removed)),
        },
        "touched": {
            "sheets": list(map(asdict, impact.sheets)),
            "terms": list(map(asdict, impact.terms)),
            "answers": [
                asdict(answer) | {"asked_on": answer.asked_on.isoformat()}
                for answer in impact.answers
            ],
        },
    }


def _document_fields(document: Document) -> dict[str, Any]:
    return {
        "title": document.title,
        "reference": document.reference,
        "path": list(document.path),
        "valid_from": document.valid_from and document.valid_from.isoformat(),
        "valid_to": document.valid_to and document.valid_to.isoformat(),
        "state": document.state and document.state.value,
        "citable": is_citable(document.state, document.valid_to),
        "address": document.address,
        "document": document.id,
        "source": document.source,
        "dossier": document.dossier,
    }


def _text_fields(document: Document) -> dict[str, Any]:
    return _document_fields(document) | {"text": document.text}


def _revision_fields(revision: Revision) -> dict[str, Any]:
    return {"before": _document_fields(revision.before), "after": _document_fields(revision.after)}


def _change_fields(revision: Revision) -> dict[str, Any]:
    return _revision_fields(revision) | _wording_fields(revision.before, revision.after)


def _wording_fields(before: Document, after: Document) -> dict[str, Any]:
    segments = compare(before.text, after.text)
    return {"changes": [{"change": each.change.value, "text": each.text} for each in segments]}
