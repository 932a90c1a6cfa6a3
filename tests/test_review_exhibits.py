"""Whether a document is the one that was shown."""

from dataclasses import replace
from hashlib import sha256

import pytest

from assistant.answering.answer import Citation, cite
from assistant.retrieval.evidence import Evidence
from assistant.review.replay import ReviewExhibit, Seal, exhibit
from ingestion.chunking.passages import Passage, passages_of
from ingestion.readers.documents import Document, Kind

DOCUMENT = Document("d" * 64, "Délais", "delais.md", Kind.RULES, "Trente jours.\nPuis rien.")
[PASSAGE] = passages_of(DOCUMENT)
EVIDENCE = Evidence(1, PASSAGE, 0.9, sha256(DOCUMENT.text.encode()).hexdigest())
QUOTED = cite(EVIDENCE, 0, 12)


def sealed(
    document: Document | None = DOCUMENT, evidence: Evidence = EVIDENCE, cited: Citation = QUOTED
) -> ReviewExhibit:
    return exhibit(evidence, [(1, cited)], document)


def test_the_document_that_was_shown_is_shown_again() -> None:
    assert sealed() == ReviewExhibit(EVIDENCE, ((1, QUOTED),), DOCUMENT, Seal.INTACT)


def test_a_citation_of_another_passage_is_not_of_this_one() -> None:
    for other in (replace(QUOTED, n=2), replace(QUOTED, document="e" * 64)):
        assert sealed(cited=other).citations == ()


def test_without_a_document_the_passage_alone_was_kept() -> None:
    assert sealed(None).seal is Seal.ABSENT


def _moved(passage: Passage) -> Passage:
    return replace(passage, text="Soixante jours.")


@pytest.mark.parametrize(
    ("document", "evidence", "cited"),
    [
        (replace(DOCUMENT, text=DOCUMENT.text + "."), EVIDENCE, QUOTED),
        (replace(DOCUMENT, id="e" * 64), EVIDENCE, QUOTED),
        (DOCUMENT, replace(EVIDENCE, passage=_moved(PASSAGE)), QUOTED),
        (DOCUMENT, replace(EVIDENCE, document_sha256="0" * 64), QUOTED),
        (DOCUMENT, EVIDENCE, replace(QUOTED, sha256="0" * 64)),
        (DOCUMENT, EVIDENCE, replace(QUOTED, start=1)),
        (DOCUMENT, EVIDENCE, replace(QUOTED, quote="Trente mois.")),
    ],
)
def test_whatever_differs_is_never_shown_as_the_evidence(
    document: Document, evidence: Evidence, cited: Citation
) -> None:
    found = sealed(document, evidence, cited)
    assert (found.seal, found.document) == (Seal.ALTERED, None)
