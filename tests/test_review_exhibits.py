"""A document is the one that was shown or not, and an answer differs from its replay or not."""

from dataclasses import replace
from hashlib import sha256

import pytest

from assistant.answering.answer import Answer, Citation, Outcome, Sentence, cite
from assistant.citations.checker import Support
from assistant.retrieval.evidence import Evidence
from assistant.review.replay import ReviewExhibit, Seal, comparison, exhibit
from ingestion.chunking.passages import Passage, passages_of
from ingestion.legislation.versions import WordChange
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


# What differs between an answer and its replay


def answer(*said: str, quotes: tuple[tuple[str, str], ...] = (), notice: str = "") -> Answer:
    return Answer(
        Outcome.ANSWERED,
        tuple(Sentence(text, (1,), Support.VERBATIM) for text in said),
        tuple(
            Citation(1, "d", "Code", locator, quote, "p", 0, len(quote), "s")
            for locator, quote in quotes
        ),
        notice=notice,
    )


def test_the_same_answer_differs_in_nothing() -> None:
    one = answer("Trente jours.", quotes=(("art. R2192-10", "trente jours"),), notice="À jour.")
    compared = comparison(one, one)
    assert compared.is_same
    assert [each.before for each in compared.sentences] == ["Trente jours.", "À jour."]


def test_a_sentence_that_changed_stands_beside_the_one_it_was() -> None:
    before = answer("Oui.", "Le seuil est de 40 000 euros.", "Il faut un écrit.")
    after = answer("Oui.", "Le seuil est de 60 000 euros.")
    same, changed, gone = comparison(before, after).sentences
    assert same.is_same
    assert (changed.before, changed.after) == (
        "Le seuil est de 40 000 euros.",
        "Le seuil est de 60 000 euros.",
    )
    told = {segment.change: segment.text.strip() for segment in changed.segments}
    assert (told[WordChange.REMOVED], told[WordChange.ADDED]) == ("40 000", "60 000")
    assert (gone.before, gone.after, gone.is_same) == ("Il faut un écrit.", "", False)


def test_citations_are_compared_place_by_place() -> None:
    before = answer("A.", quotes=(("art. 1", "dix jours"), ("art. 2", "un mois")))
    after = answer("A.", quotes=(("art. 1", "vingt jours"), ("art. 3", "un an")))
    found = {each.place: (each.before, each.after) for each in comparison(before, after).citations}
    assert found == {
        "Code, art. 1": ("dix jours", "vingt jours"),
        "Code, art. 2": ("un mois", ""),
        "Code, art. 3": ("", "un an"),
    }
    assert not comparison(before, after).is_same
