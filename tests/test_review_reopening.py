"""Old answers, opened after the index was built again three times with other texts."""

import json
from collections.abc import Iterator
from pathlib import Path
from shutil import copytree

import pytest

from assistant.review.replay import ReviewExhibit, Seal
from assistant.web.pdf_page import drawing
from assistant.web.reviewer.pages import view_of
from assistant.web.viewer import order_for
from ingestion.durable import lock_for_writing
from ingestion.errors import DamagedArchive
from ingestion.index.build import build
from ingestion.index.publication import discard, finished, publish
from ingestion.library.library import Library
from ingestion.readers.documents import Kind
from ingestion.tenders.dossiers import Dossier, Dossiers
from tests.pdf_maker import pdf_of
from tests.review_room import ANNE, BRUNO, House, house
from tests.small_index import answering_embedder

SUBJECTS = (
    "acompte", "allotissement", "attestation", "avenant", "candidature", "capacité", "catalogue",
    "concours", "cotraitance", "dématérialisation", "garantie", "interruption", "invitation",
    "litige", "nantissement", "négociation", "pénalité", "publicité", "reconduction", "réception",
    "référence", "résiliation", "sanction", "signature", "tranche",
)  # fmt: skip
"""Twenty-five, each an article, asked about in four ways: a hundred answers."""

WAYS = (
    "Quel est le délai de la {} ?",
    "Combien de jours pour une {} ?",
    "La {} : quel délai ?",
    "Quel délai faut-il pour la {} d’un marché ?",
)
ROUNDS = 3
DOSSIER = "voirie-2026"


def publish_round(home: Path, texts: Path, number: int) -> None:
    """Build and publish the texts of a round: everything says another number of days."""
    days = 10 + number
    lines = (
        {
            "code": "Code de la commande publique",
            "num": f"R21{row:02d}-1",
            "chemin": ["Délais", subject],
            "texte": f"Version {number}. Le délai de la {subject} est fixé à {days + row} jours.",
        }
        for row, subject in enumerate(SUBJECTS)
    )
    (texts / "code.jsonl").write_text("\n".join(json.dumps(line) for line in lines))
    clause = f"Le retard du pavage donne lieu a une penalite de {days} euros par jour."
    (texts / "CCAP.pdf").write_bytes(pdf_of([["CCAP"], ["Article 12 - Penalites", clause]]))
    pieces = Dossiers(home).home(DOSSIER)
    rounds = ((home, "code.jsonl", Kind.RULES, None), (pieces, "CCAP.pdf", Kind.TENDER, DOSSIER))
    for folder, name, kind, dossier in rounds:
        with lock_for_writing(folder):
            added = Library(folder).add(texts / name, name, kind, dossier)
            assert added.reading.problem is None
            publish(folder, build(folder, answering_embedder(), lambda *_: None).name)


@pytest.fixture(scope="module")
def first_round(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder in which the texts of the first round are published."""
    home = tmp_path_factory.mktemp("first") / "home"
    Dossiers(home).create(Dossier(DOSSIER, team="voirie"))
    publish_round(home, tmp_path_factory.mktemp("texts"), 0)
    return home


def opened(known: House, record_id: str) -> tuple[object, tuple[ReviewExhibit, ...], list[bytes]]:
    """An answer with its exhibits, and the pages of those that are drawn."""
    shown = known.room.open(ANNE, record_id)
    exhibits = known.room.exhibits(ANNE, shown)
    return shown, exhibits, [picture for each in exhibits for picture in pictures(known, each)]


def pictures(known: House, shown: ReviewExhibit) -> Iterator[bytes]:
    document = shown.document
    original = known.room.original(ANNE, document) if document else None
    if document and original and document.pages:
        order = order_for(document, view_of(shown), 2)
        assert order
        yield drawing(original, order)


def test_a_hundred_answers_open_as_they_were_after_three_indexings(
    first_round: Path, tmp_path: Path
) -> None:
    home = copytree(first_round, tmp_path / "home")
    known = house(home)
    asked = [known.ask(way.format(subject)) for subject in SUBJECTS for way in WAYS]
    asked.append(known.ask("Quelle pénalité pour le retard du pavage ?", DOSSIER))
    ids = [each.record_id for each in asked]
    first = {each: opened(known, each) for each in ids}
    assert sum(bool(each.answer.citations) for each in asked) > 90
    assert first[ids[-1]][2], "the page of the PDF is drawn"

    for number in range(1, ROUNDS + 1):
        publish_round(home, tmp_path, number)
    again = known.ask(WAYS[0].format(SUBJECTS[0]))
    assert "Version 3" in again.evidence[0].passage.text
    for folder in (home, Dossiers(home).home(DOSSIER)):
        current = (folder / "current").read_text()
        for name in finished(folder):
            if name != current:
                discard(folder, name)
        for original in (folder / "originals").iterdir():
            original.unlink()

    reopened = house(home)  # as after a restart: nothing of before is in memory
    for record_id in ids:
        shown = opened(reopened, record_id)
        assert shown == first[record_id]
        assert {each.seal for each in shown[1]} <= {Seal.INTACT}
        for exhibit in shown[1]:
            document, passage = exhibit.document, exhibit.evidence.passage
            assert document is not None
            assert document.text[passage.start : passage.end] == passage.text
            for _, each in exhibit.citations:
                assert document.text[each.start : each.end] == each.quote


def test_an_altered_or_lost_document_is_never_shown_as_the_evidence(
    first_round: Path, tmp_path: Path
) -> None:
    home = copytree(first_round, tmp_path / "home")
    known = house(home)
    record_id = known.ask("Quelle pénalité pour le retard du pavage ?", DOSSIER).record_id
    _, before, _ = opened(known, record_id)
    assert {each.seal for each in before} == {Seal.INTACT}
    kept = Dossiers(home).home(DOSSIER) / "archive"
    for path in kept.glob("*.json"):
        path.write_bytes(path.read_bytes().replace(b"10 euros", b"90 euros"))
    shown = known.room.open(ANNE, record_id)
    sealed = {
        bool(each.evidence.passage.dossier): (each.seal, each.document is None)
        for each in known.room.exhibits(ANNE, shown)
    }
    assert sealed == {True: (Seal.ALTERED, True), False: (Seal.INTACT, False)}
    document = next(each.document for each in before if each.evidence.passage.dossier)
    assert document is not None
    (kept / document.id).write_bytes(b"%PDF-1.4 other")
    with pytest.raises(DamagedArchive):
        known.room.original(ANNE, document)


def test_what_was_shown_of_a_dossier_goes_with_it(first_round: Path, tmp_path: Path) -> None:
    home = copytree(first_round, tmp_path / "home")
    known = house(home)
    shown = known.ask("Quelle pénalité pour le retard du pavage ?", DOSSIER)
    assert known.room.open(BRUNO, shown.record_id).result == shown
    Dossiers(home).delete(DOSSIER)
    left = [path for path in home.rglob("*") if path.is_file() and b"pavage" in path.read_bytes()]
    assert left == []
