"""Files that would keep others from being searched, and changes of a dossier that are cut short."""

import io
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from assistant.answering.answer import TurnResult
from assistant.journal.journal import Journal
from assistant.tenders.service import DossierService
from ingestion.durable import lock_for_writing
from ingestion.errors import IngestionError, UnknownSnapshot
from ingestion.index.publication import current_manifest
from ingestion.index.search import Vectors
from ingestion.index.vectors import write_vectors
from ingestion.library.library import Library
from ingestion.tenders.dossiers import Dossier
from ingestion.tenders.intake import Fate, Parcel, Receipt, index_waiting
from tests.support.fakes import WordEmbedder
from tests.support.index_home import answers, published, with_articles
from tests.support.small_index import assistant_over, result_of

DOSSIER = "ecole"
PENALTY = "La pénalité de retard est de 137 euros."
QUESTION = "Quelle pénalité de retard ?"


class HidingEmbedder(WordEmbedder):
    """What is about fog has a vector that is no number."""

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        rows = super().embed_passages(texts)
        for row, text in enumerate(texts):
            if "brouillard" in text:
                rows[row] = np.float32("nan")
        return rows


class KilledEmbedder(WordEmbedder):
    """Ends the program as soon as it is asked for vectors."""

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        raise KeyboardInterrupt


def parcel(name: str, text: str) -> Parcel:
    return Parcel(name, io.BytesIO(text.encode()))


def piece(name: str, said: str) -> Parcel:
    return parcel(name, f"# {name}\n\n## Article 12 - Objet\n\n{said}\n")


def filing(home: Path, embedder: type[WordEmbedder] = WordEmbedder) -> DossierService:
    return DossierService(home, Journal(home / "journal.jsonl"), embedder)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    home = with_articles(tmp_path, {"R2192-10": "Le délai de paiement est fixé à trente jours."})
    filing(home).create(Dossier(DOSSIER))
    return home


def folder(home: Path) -> Path:
    return home / "dossiers" / DOSSIER


def asked(home: Path) -> str:
    return result(home).answer.markdown


def evidence(home: Path) -> str:
    return "\n".join(item.passage.text for item in result(home).evidence)


def result(home: Path) -> TurnResult:
    assistant = assistant_over(home, embedder=WordEmbedder())
    return result_of(assistant.ask(QUESTION, dossier=DOSSIER))


# One file and the others ------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["a" * 500_000, "Sans objet. " * 21_000])
def test_a_text_that_says_the_same_hundreds_of_times_blocks_nothing(home: Path, text: str) -> None:
    files = filing(home)
    files.add(DOSSIER, [piece("CCAP.md", PENALTY), parcel("repete.txt", text)])
    [receipt] = files.add(DOSSIER, [piece("RC.md", "Les offres sont remises en ligne.")])
    assert receipt.fate is Fate.ACCEPTED
    generation = published(folder(home))
    passages = list(generation.store.all_passages())
    assert len(passages) < 10
    [many] = [each for each in passages if len(each.also_at) > 100]
    document = generation.store.document(many.document_id)
    for start, end in ((many.start, many.end), *many.also_at):
        assert document.text[start:end] == many.text
    assert many.locator.endswith(f"et à {len(many.also_at)} autres endroits")
    assert "137 euros" in evidence(home)


def test_a_file_that_cannot_be_searched_is_named_and_the_others_are_searched(home: Path) -> None:
    files = filing(home, HidingEmbedder)
    sent = [piece("CCAP.md", PENALTY), piece("BPU.md", "Du brouillard."), piece("RC.md", "Lots.")]
    fates = {each.name: each.fate for each in files.add(DOSSIER, sent)}
    assert fates == {
        "CCAP.md": Fate.ACCEPTED,
        "BPU.md": Fate.SET_ASIDE,
        "RC.md": Fate.ACCEPTED,
    }
    assert {each.entry.source: bool(each.aside) for each in files.pieces(DOSSIER)} == {
        "CCAP.md": False,
        "BPU.md": True,
        "RC.md": False,
    }
    assert not files.awaits_index(DOSSIER)
    manifest = current_manifest(folder(home))
    assert manifest is not None
    assert manifest.documents == 2
    assert manifest.warnings[0].startswith("BPU.md n'est pas interrogé")
    assert files.add(DOSSIER, [piece("AE.md", "Signature.")])[0].fate is Fate.ACCEPTED


def test_a_file_that_is_not_found_once_written_is_set_aside_too(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def turned(folder: Path, ids: Sequence[str], vectors: Vectors) -> None:
        away = vectors.copy()
        if len(ids) == 3:
            away[1] = -away[1]
        write_vectors(folder, ids, away)

    monkeypatch.setattr("ingestion.index.folder.write_vectors", turned)
    sent = [piece("CCAP.md", PENALTY), piece("BPU.md", "Prix."), piece("RC.md", "Lots.")]
    fates = [each.fate for each in filing(home).add(DOSSIER, sent)]
    assert fates == [Fate.ACCEPTED, Fate.SET_ASIDE, Fate.ACCEPTED]


def test_a_dossier_of_which_nothing_can_be_searched_says_which_file(home: Path) -> None:
    files = filing(home, HidingEmbedder)
    with pytest.raises(IngestionError, match=r"BPU\.md"):
        files.add(DOSSIER, [piece("BPU.md", "Du brouillard.")])
    assert files.awaits_index(DOSSIER)
    assert files.add(DOSSIER, [piece("AE.md", "Signature.")])[0].fate is Fate.ACCEPTED


def test_a_file_that_can_be_read_no_longer_keeps_no_other_back(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = filing(home)
    files.add(DOSSIER, [piece("CCAP.md", PENALTY), piece("BPU.md", "Prix.")])
    [entry] = [each for each in Library(folder(home)).entries if each.source == "BPU.md"]
    monkeypatch.setattr("ingestion.library.readings.readers_digest", lambda: "another version")
    (folder(home) / "originals" / entry.sha256).write_bytes(b"")
    files.add(DOSSIER, [piece("RC.md", "Lots.")])
    told = {each.entry.source: each for each in files.pieces(DOSSIER)}
    assert "ne se lit plus" in told["BPU.md"].aside
    assert not told["CCAP.md"].aside
    assert "137 euros" in evidence(home)


# A change cut short -----------------------------------------------------------------------------


def test_an_addition_cut_short_is_known_shown_and_taken_up_again(home: Path) -> None:
    filing(home).add(DOSSIER, [piece("CCAP.md", "Rien de la pénalité.")])
    with pytest.raises(KeyboardInterrupt):
        filing(home, KilledEmbedder).add(DOSSIER, [piece("RC.md", PENALTY)])
    files = filing(home)
    assert files.awaits_index(DOSSIER)
    assert "ont changé depuis leur indexation" in asked(home)
    index_waiting(home, WordEmbedder, told)
    assert not files.awaits_index(DOSSIER)
    assert "137 euros" in evidence(home)
    assert "ont changé depuis" not in asked(home)


def test_that_pieces_change_is_on_disk_before_the_first_of_them_does(home: Path) -> None:
    seen = []

    def watch(receipt: Receipt) -> None:
        seen.append(filing(home).awaits_index(DOSSIER))

    filing(home).add(DOSSIER, [parcel("plan.dwg", "x"), piece("CCAP.md", PENALTY)], watch)
    assert seen == [True, True]
    assert not filing(home).awaits_index(DOSSIER)


def test_a_removal_cut_short_is_known_and_taken_up_again(home: Path) -> None:
    filing(home).add(DOSSIER, [piece("CCAP.md", PENALTY), piece("RC.md", "Lots.")])

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        filing(home).remove(DOSSIER, ["CCAP.md"], killed)
    assert filing(home).awaits_index(DOSSIER)
    assert "ont changé depuis leur indexation" in asked(home)
    filing(home).index(DOSSIER)
    assert "137 euros" not in evidence(home)


def test_what_changes_nothing_leaves_nothing_to_index(home: Path) -> None:
    files = filing(home, KilledEmbedder)
    assert files.add(DOSSIER, [parcel("plan.dwg", "x")])[0].fate is Fate.REFUSED
    with pytest.raises(IngestionError):
        files.remove(DOSSIER, ["absent.md"])
    assert not files.awaits_index(DOSSIER)


def test_a_change_made_by_an_earlier_version_is_known_by_what_is_held(home: Path) -> None:
    filing(home).add(DOSSIER, [piece("CCAP.md", PENALTY), piece("RC.md", "Lots.")])
    with lock_for_writing(folder(home)):
        Library(folder(home)).remove(["RC.md"])
    assert filing(home).awaits_index(DOSSIER)
    filing(home).index(DOSSIER)
    assert not filing(home).awaits_index(DOSSIER)
    assert answers(published(folder(home)), "pénalité")


def test_the_last_piece_removed_and_cut_short_is_taken_up_again(home: Path) -> None:
    filing(home).add(DOSSIER, [piece("CCAP.md", PENALTY)])
    with lock_for_writing(folder(home)):
        Library(folder(home)).remove(["CCAP.md"])
    assert filing(home).awaits_index(DOSSIER)
    index_waiting(home, KilledEmbedder, told)
    assert not filing(home).awaits_index(DOSSIER)
    with pytest.raises(UnknownSnapshot, match="dossier add"):
        asked(home)


def test_a_dossier_never_indexed_says_how(home: Path) -> None:
    with pytest.raises(KeyboardInterrupt):
        filing(home, KilledEmbedder).add(DOSSIER, [piece("CCAP.md", PENALTY)])
    with pytest.raises(UnknownSnapshot, match=f"sourcier dossier index {DOSSIER}"):
        asked(home)


def told(step: str, done: int, total: int) -> None:
    assert step
