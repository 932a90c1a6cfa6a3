"""Snapshots held open, while dossiers come and go."""

import shutil
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from assistant.retrieval.snapshots import SnapshotHolder
from ingestion.errors import DamagedSnapshot, EmbedderMismatch, UnknownDossier
from ingestion.index.snapshot import IndexSnapshot
from ingestion.tenders.dossiers import Dossiers
from ingestion.tenders.intake import index
from tests.support.fakes import WordEmbedder
from tests.support.index_home import damage
from tests.support.small_index import DOSSIER, answering_embedder

OTHERS = ("gymnase-2026", "voirie-2026", "mairie-2026", "stade-2026")
PATIENCE = 60


@pytest.fixture
def home(small_home: Path, tmp_path: Path) -> Path:
    """The small corpus with five dossiers, all alike."""
    copied = Path(shutil.copytree(small_home, tmp_path / "home"))
    for other in OTHERS:
        shutil.copytree(copied / "dossiers" / DOSSIER, copied / "dossiers" / other)
    return copied


def test_dossiers_are_opened_while_another_reader_looks_for_removed_ones(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Four threads: one is held in the middle of its look until the others have opened theirs."""
    holder, exists = SnapshotHolder(home, answering_embedder()), Path.exists
    holder.dossier(DOSSIER, None)
    looking, opened = threading.Event(), threading.Event()
    known = Dossiers(home).home(DOSSIER)

    def held(path: Path) -> bool:
        if path == known and not looking.is_set():
            looking.set()
            assert opened.wait(PATIENCE)
        return exists(path)

    monkeypatch.setattr(Path, "exists", held)
    first, *others = OTHERS
    with ThreadPoolExecutor(max_workers=4) as threads:
        slow = threads.submit(holder.dossier, first, None)
        assert looking.wait(PATIENCE)
        quick = [threads.submit(holder.dossier, other, None) for other in others]
        try:
            generations = [each.result(PATIENCE) for each in quick]
        finally:
            opened.set()
        generations.append(slow.result(PATIENCE))
    assert all(isinstance(each, IndexSnapshot) for each in generations)


def test_two_readers_may_find_the_same_dossier_removed(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    holder, exists = SnapshotHolder(home, answering_embedder()), Path.exists
    holder.dossier(DOSSIER, None)
    known = Dossiers(home).home(DOSSIER)
    Dossiers(home).delete(DOSSIER)
    both = threading.Barrier(2)

    def together(path: Path) -> bool:
        found = exists(path)
        if path == known and not both.broken:
            both.wait(PATIENCE)
        return found

    monkeypatch.setattr(Path, "exists", together)
    with ThreadPoolExecutor(max_workers=2) as threads:
        readers = [threads.submit(holder.dossier, other, None) for other in OTHERS[:2]]
        assert all(each.result(PATIENCE) for each in readers)
    both.abort()
    with pytest.raises(UnknownDossier):
        holder.dossier(DOSSIER, None)


def test_what_mends_the_index_of_a_dossier_is_not_what_mends_that_of_the_rules(home: Path) -> None:
    mends = rf"sourcier dossier index {DOSSIER}$"
    with pytest.raises(EmbedderMismatch, match=mends):
        SnapshotHolder(home, WordEmbedder("autres@1")).dossier(DOSSIER, None)
    dossiers = Dossiers(home)
    damage(dossiers.home(DOSSIER))
    holder = SnapshotHolder(home, answering_embedder())
    with pytest.raises(DamagedSnapshot, match=mends):
        holder.dossier(DOSSIER, None)
    with dossiers.writing(DOSSIER) as folder:
        index(folder, answering_embedder(), lambda step, done, total: None)
    assert holder.dossier(DOSSIER, None)
    damage(home)
    with pytest.raises(DamagedSnapshot, match=r"sourcier index rollback"):
        holder.current()
