"""Answers opened again, and questions about a dossier that its review answers."""

import json
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from hashlib import sha256
from itertools import product
from pathlib import Path
from shutil import copytree
from unittest import mock

import pytest

from assistant.review.recorded import CitedPlace
from assistant.review.replay import (
    ReviewExhibit,
    Seal,
    Touched,
    TouchedLook,
    VersionChange,
    changes_of,
    outdated,
    touched,
)
from assistant.web.pdf_page import drawing
from assistant.web.reviewer.pages import view_of
from assistant.web.viewer import order_for
from ingestion.documents.document import Document, Heading, Kind
from ingestion.documents.versions import Difference, difference
from ingestion.durable import lock_for_writing
from ingestion.errors import DamagedArchive
from ingestion.index.build import build
from ingestion.index.publication import discard, finished, publish
from ingestion.library.library import Library
from ingestion.tenders.dossiers import Dossier, Dossiers
from tests.support.answer_items import item
from tests.support.pdf_maker import pdf_of
from tests.support.review_home import ANNE, BRUNO, House, house
from tests.support.small_index import answering_embedder

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
    shown = known.review.open(ANNE, record_id)
    exhibits = known.review.exhibits(ANNE, shown)
    return shown, exhibits, [picture for each in exhibits for picture in pictures(known, each)]


def pictures(known: House, shown: ReviewExhibit) -> Iterator[bytes]:
    document = shown.document
    original = known.review.original(ANNE, document) if document else None
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
    shown = known.review.open(ANNE, record_id)
    sealed = {
        bool(each.evidence.passage.dossier): (each.seal, each.document is None)
        for each in known.review.exhibits(ANNE, shown)
    }
    assert sealed == {True: (Seal.ALTERED, True), False: (Seal.INTACT, False)}
    document = next(each.document for each in before if each.evidence.passage.dossier)
    assert document is not None
    (kept / document.id).write_bytes(b"%PDF-1.4 other")
    with pytest.raises(DamagedArchive):
        known.review.original(ANNE, document)


def test_what_was_shown_of_a_dossier_goes_with_it(first_round: Path, tmp_path: Path) -> None:
    home = copytree(first_round, tmp_path / "home")
    known = house(home)
    shown = known.ask("Quelle pénalité pour le retard du pavage ?", DOSSIER)
    assert known.review.open(BRUNO, shown.record_id).result == shown
    Dossiers(home).delete(DOSSIER)
    left = [path for path in home.rglob("*") if path.is_file() and b"pavage" in path.read_bytes()]
    assert left == []


CODE = "Code de la commande publique"
OLD, MIDDLE, NOW = "20260101-000000-000", "20260301-000000-000", "20260601-000000-000"
DAY = date(2026, 2, 1)


def _article(reference: str, text: str, valid_to: date | None = None) -> Document:
    return Document(
        f"{reference}-{len(text)}",
        CODE,
        "code.jsonl",
        Kind.RULES,
        text,
        reference=reference,
        valid_from=date(2020, 1, 1),
        valid_to=valid_to,
    )


PAYMENT, PAYMENT_NOW = _article("R2192-10", "trente jours"), _article("R2192-10", "vingt jours")
ADVANCE, ADVANCE_NOW = _article("R2191-3", "une avance"), _article("R2191-3", "deux avances")
GONE = _article("R2122-8", "un seuil")
ENDED = _article("R2112-1", "un écrit", date(2026, 5, 1))

FROM_OLD = difference(
    [PAYMENT, ADVANCE, GONE, _article("R2112-1", "un écrit")], [PAYMENT_NOW, ADVANCE_NOW, ENDED]
)

FROM_MIDDLE = difference([PAYMENT_NOW, ADVANCE], [PAYMENT_NOW, ADVANCE_NOW])


def _since(generation: str) -> Difference:
    return {OLD: FROM_OLD, MIDDLE: FROM_MIDDLE, NOW: Difference()}[generation]


def _found(*locators: str, looks: Mapping[str, TouchedLook] | None = None) -> tuple[Touched, ...]:
    cited = tuple((CODE, locator) for locator in locators)
    return touched([item("r1", DAY, cited=cited, generation=OLD)], _since, looks or {})


def _look(generation: str) -> Mapping[str, TouchedLook]:
    return {"r1": TouchedLook("u9", datetime(2026, 6, 2, 9), generation)}


def test_changed_ended_and_removed_articles_are_changes() -> None:
    found = {each.reference: each for each in changes_of(FROM_OLD)}
    assert found.keys() == {"R2192-10", "R2191-3", "R2122-8", "R2112-1"}
    changed = found["R2192-10"].after
    assert changed is not None
    before = found["R2192-10"].before
    assert before is not None
    assert (before.text, changed.text) == ("trente jours", "vingt jours")
    assert found["R2122-8"].after is None
    ended = found["R2112-1"].after
    assert ended is not None
    assert ended.valid_to == date(2026, 5, 1)


def test_an_answer_is_touched_by_what_it_cites_only() -> None:
    [found] = _found("art. R2192-10", "art. R2192-10", "art. L2113-10")
    assert [change.reference for change in found.changes] == ["R2192-10"]
    assert found.look is None
    assert _found("art. L2113-10") == ()
    assert _found() == ()


def test_an_article_of_another_text_is_not_touched() -> None:
    asked = item("r1", DAY, cited=(("Autre code", "art. R2192-10"),), generation=OLD)
    assert touched([asked], _since, {}) == ()


def test_a_sheet_is_touched_by_the_articles_that_its_section_names() -> None:
    asked = item("r1", DAY, cited=(("Payer", "Quel délai ? (art. R2192-10)"),), generation=OLD)
    assert touched([asked], _since, {})


def test_an_answer_looked_at_comes_back_when_it_changes_again() -> None:
    [seen] = _found("art. R2192-10", looks=_look(MIDDLE))
    assert seen.look is not None
    assert [change.reference for change in seen.changes] == ["R2192-10"]
    [back] = _found("art. R2192-10", "art. R2191-3", looks=_look(MIDDLE))
    assert back.look is None
    assert [change.reference for change in back.changes] == ["R2191-3"]
    assert _found("art. R2191-3", looks=_look(NOW))[0].look is not None


def test_what_is_to_be_looked_at_comes_first() -> None:
    cited = ((CODE, "art. R2192-10"),)
    items = [item(name, DAY, cited=cited, generation=OLD) for name in ("r3", "r1", "r2")]
    found = touched(items, _since, _look(NOW))
    assert [each.item.line.record_id for each in found] == ["r3", "r2", "r1"]


@pytest.mark.parametrize("generation", [OLD, MIDDLE, NOW])
def test_every_touched_answer_says_what_changed(generation: str) -> None:
    asked = item("r1", DAY, cited=((CODE, "art. R2191-3"),), generation=generation)
    found = touched([asked], _since, {})
    assert all(each.changes for each in found)
    assert bool(found) is (generation != NOW)


def test_the_queue_and_the_board_agree_on_what_the_law_has_touched() -> None:
    titles = (CODE, "Autre code", "Une fiche")
    locators = (
        *("art. R2192-10", "art. R2191-3", "art. R2122-8", "art. R2112-1", "art. L2113-10"),
        *("Quel délai ? (art. R2192-10)", "Annexe 1", "p. 3"),
    )
    items = [
        item(f"r{number}", DAY, cited=((title, locator),), generation=generation)
        for number, (generation, title, locator) in enumerate(
            product((OLD, MIDDLE, NOW), titles, locators)
        )
    ]
    with mock.patch("assistant.review.replay.changes_since", return_value=_since):
        queued = outdated(Path(), [each.line for each in items])
    assert queued
    assert queued == {each.item.line.record_id for each in touched(items, _since, {})}


def _sheet(source: str, text: str, title: str = "Payer") -> Document:
    """A sheet whose sections begin with "# "."""
    headings, start = [], 0
    for line in text.splitlines(keepends=True):
        if line.startswith("# "):
            headings.append(Heading(1, line.strip(), start, start + len(line.rstrip())))
        start += len(line)
    name = sha256(text.encode()).hexdigest()
    return Document(name, title, source, Kind.RULES, text, headings=tuple(headings))


WAS = _sheet(
    "payer.md", "# Quel délai ? (art. R2192-10)\nTrente jours.\n# Quels frais ?\nUn taux.\n"
)


def _cites(words: str, changed: Difference, locator: str = "fiche « Payer »") -> tuple[str, ...]:
    """What is told of an answer that quotes some words of the sheet as it was."""
    cited = CitedPlace("Payer", locator, WAS.id, WAS.text.index(words))
    asked = item("r1", DAY, cited=(cited,), generation=OLD)
    found = touched([asked], lambda _: changed, {})
    return tuple(_told(each) for one in found for each in one.changes)


def _told(change: VersionChange) -> str:
    texts = (each.text if each else "-" for each in (change.before, change.after))
    return " > ".join(" ".join(text.split()) for text in texts)


def test_an_answer_is_touched_by_the_section_of_a_sheet_that_it_cites() -> None:
    now = _sheet("payer.md", WAS.text.replace("Un taux", "Deux taux"))
    changed = difference([WAS], [now])
    assert _cites("Un taux", changed) == ("# Quels frais ? Un taux. > # Quels frais ? Deux taux.",)
    assert _cites("Trente", changed) == ()


def test_an_answer_is_touched_by_a_sheet_that_went() -> None:
    assert _cites("Un taux", difference([WAS], [])) == ("# Quels frais ? Un taux. > -",)


def test_an_answer_is_touched_by_a_text_added_beside_the_one_it_cites() -> None:
    rival = _sheet("autre.md", "# Payer quand ? (art. R2192-10)\nVingt jours.\n", "Délais")
    changed = difference([WAS], [WAS, rival])
    assert _cites("Trente", changed, "art. R2192-10, fiche « Payer »") == (
        "- > # Payer quand ? (art. R2192-10) Vingt jours.",
    )
    assert _cites("Un taux", changed, "art. L1111-1, fiche « Payer »") == ()
    article = difference([WAS], [WAS, PAYMENT])
    assert _cites("Trente", article, "art. R2192-10, fiche « Payer »") == ("- > trente jours",)
    namesake = difference([WAS], [WAS, _sheet("copie.md", "Vingt jours.")])
    assert _cites("Un taux", namesake) == ("- > Vingt jours.",)
