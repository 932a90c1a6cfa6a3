"""The fictional dossier: everything planted is found, and nothing else; a real one has its own."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from assistant.tenders.conformity.review import day_of, review
from assistant.tenders.conformity.rules import ConformityFinding, FindingSeverity
from ingestion.documents.document import Document, Kind
from ingestion.readers.formats import read_bytes
from ingestion.tenders.dossiers import Dossier
from tests.support.conformity_dossier import (
    SENT,
    TODAY,
    FakeCode,
    builtin_documents,
    corrected_documents,
    piece,
)
from tests.support.question_lists import read_rows
from tests.support.shared_texts import SHARED

DESCRIPTION = Dossier("montelyre-2026")
PLANTED = read_rows("planted_findings.jsonl")
"""The six rows of corpus/dossier/README.md."""
AQUAREEL = SHARED / "data" / "tender" / "aquareel_2025"


@pytest.fixture(scope="module")
def found() -> dict[str, ConformityFinding]:
    findings = review(builtin_documents(), FakeCode(SENT), TODAY, DESCRIPTION)
    return {finding.rule: finding for finding in findings}


@pytest.mark.parametrize("planted", PLANTED)
def test_what_is_planted_is_found_where_it_stands(
    found: dict[str, ConformityFinding], planted: dict[str, Any]
) -> None:
    finding = found[planted["rule"]]
    assert finding.severity == planted["severity"]
    assert finding.comparison == planted["comparison"]
    assert {*planted["places"]} <= {place.locator for place in finding.places}
    assert "à vérifier" in finding.sentence


def test_nothing_else_is_found(found: dict[str, ConformityFinding]) -> None:
    assert set(found) == {planted["rule"] for planted in PLANTED}


def test_each_place_is_the_very_words_of_its_document(found: dict[str, ConformityFinding]) -> None:
    documents = {document.id: document for document in builtin_documents()}
    places = [place for finding in found.values() for place in finding.places]
    assert places
    for place in places:
        assert documents[place.document_id].text[place.start : place.end] == place.text


def test_the_order_of_priority_says_which_piece_prevails(
    found: dict[str, ConformityFinding],
) -> None:
    assert "AE prévaut sur CCAP (CCAP, art. 2.1, p. 2)" in found["différence-durée"].sentence
    assert "CCAP prévaut sur CCTP" in found["différence-pénalité"].sentence
    assert "ne range pas RC" in found["différence-date-limite"].sentence


def test_a_corrected_copy_raises_no_alarm() -> None:
    assert review(corrected_documents(), FakeCode(SENT), TODAY, DESCRIPTION) == ()


def test_the_most_severe_comes_first_and_then_the_pieces_in_order() -> None:
    findings = review(builtin_documents(), FakeCode(SENT), TODAY, DESCRIPTION)
    severities = list(FindingSeverity)
    ranks = [severities.index(finding.severity) for finding in findings]
    assert ranks == sorted(ranks)
    assert [each.rule for each in findings[:2]] == ["différence-date-limite", "différence-durée"]


def test_the_law_is_that_of_the_day_on_which_the_notice_is_sent() -> None:
    documents = builtin_documents()
    assert day_of(documents, DESCRIPTION) == SENT
    described = Dossier("montelyre-2026", sent=date(2026, 10, 9))
    assert day_of(documents, described) == date(2026, 10, 9)
    assert day_of((), DESCRIPTION) is None


@pytest.mark.parametrize(
    "other",
    [
        "Un avis de préinformation a été envoyé à la publication le 12 janvier 2026.",
        "L'avis d'attribution du marché précédent a été transmis le 4 mars 2022.",
        "L'avis a été envoyé le 4 mars 2022 pour le marché précédent.",
        "L'avis rectificatif a été envoyé le 4 octobre 2026, après les questions des candidats.",
        "Date d'envoi de l'avis périodique indicatif : 12 janvier 2026.",
        "Date d'envoi de l'avis d'intention de conclure : 12 janvier 2026.",
    ],
)
def test_the_day_of_another_notice_is_not_that_of_the_contract(other: str) -> None:
    sent = "L'avis de marché a été envoyé le 8 octobre 2026."
    assert day_of([piece("RC", f"{other}\n\n{sent}")], DESCRIPTION) == SENT
    assert day_of([piece("RC", other)], DESCRIPTION) is None


@pytest.mark.skipif(not AQUAREEL.is_dir(), reason="../shared/data/tender is not here")
def test_a_real_dossier_has_the_findings_that_were_read_one_by_one() -> None:
    documents = [each for path in sorted(AQUAREEL.glob("*.md")) for each in _read(path)]
    code = FakeCode(date(2025, 11, 10))
    code.other = {"R21113-4": ()}
    findings = review(documents, code, TODAY, Dossier("aquareel"))
    found = {finding.rule: finding for finding in findings}
    assert {
        name for name, each in found.items() if each.severity is not FindingSeverity.UNCHECKED
    } == {
        "article-inconnu",
        "avance-délai",
    }
    assert found["avance-délai"].comparison == "3 mois > 2 mois"


def _read(path: Path) -> tuple[Document, ...]:
    return read_bytes(path.read_bytes(), path.name, Kind.TENDER).documents
