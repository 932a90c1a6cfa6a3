import os
import shutil
from collections.abc import Sequence
from pathlib import Path

import pytest

from ingestion.durable import lock_for_writing
from ingestion.errors import (
    DamagedSnapshot,
    EmbedderMismatch,
    IngestionError,
    StorageFull,
    UnknownSnapshot,
)
from ingestion.index import build, folder
from ingestion.index.publication import (
    KEPT,
    current_manifest,
    current_name,
    discard,
    finished,
    open_snapshot,
    publish,
    repository_of,
    rollback,
)
from ingestion.index.search import Vectors
from ingestion.index.store import MANIFEST, snapshots_folder
from ingestion.index.vectors import write_vectors
from ingestion.library.library import Library
from tests.support.fakes import WordEmbedder
from tests.support.index_home import (
    ARTICLES,
    add,
    answers,
    build_and_publish,
    build_only,
    published,
    with_articles,
    write_articles,
)

NEWER = ARTICLES | {"R2193-1": "Le titulaire peut sous-traiter une partie de ses prestations."}


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return with_articles(tmp_path_factory.mktemp("first"), ARTICLES)


@pytest.fixture
def home(first: Path, tmp_path: Path) -> Path:
    return shutil.copytree(first, tmp_path / "home")


@pytest.fixture(scope="module")
def second(first: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("second")
    home = shutil.copytree(first, folder / "home")
    add(home, write_articles(folder / "code.jsonl", NEWER))
    build_and_publish(home)
    return home


@pytest.fixture
def updated(second: Path, tmp_path: Path) -> Path:
    """A home with a newer snapshot in use than the first."""
    return shutil.copytree(second, tmp_path / "updated")


def pretend(home: Path, *names: str) -> None:
    """Finished snapshots that nobody opens."""
    for name in names:
        shutil.copytree(snapshots_folder(home) / finished(home)[-1], snapshots_folder(home) / name)


def damage(home: Path, name: str) -> None:
    with (snapshots_folder(home) / name / "vectors.npy").open("ab") as file:
        file.write(b"x")


def test_nothing_is_published_at_first(tmp_path: Path) -> None:
    assert current_manifest(tmp_path) is None
    assert finished(tmp_path) == []
    with pytest.raises(UnknownSnapshot, match="sourcier index build"):
        current_name(tmp_path)
    with pytest.raises(IngestionError, match="sourcier index add"):
        build_only(tmp_path)


def test_the_same_content_is_not_built_again(home: Path, tmp_path: Path) -> None:
    name = current_name(home)
    add(home, write_articles(tmp_path / "code.jsonl", ARTICLES))
    assert build_and_publish(home) == name
    assert finished(home) == [name]


def test_another_embedder_is_another_content(home: Path) -> None:
    assert build_only(home, WordEmbedder("words@2")) != current_name(home)


def test_passages_keep_their_identifiers_from_one_generation_to_the_next(updated: Path) -> None:
    older, newer = (
        {passage.id: passage for passage in open_snapshot(updated, name).store.all_passages()}
        for name in finished(updated)
    )
    assert len(newer) == len(older) + 1
    assert older.items() <= newer.items()


def test_a_removed_file_is_not_in_the_next_generation(updated: Path, tmp_path: Path) -> None:
    only = write_articles(tmp_path / "other.jsonl", {"R1-1": "Un texte qui reste."})
    add(updated, only)
    with lock_for_writing(updated):
        Library(updated).remove(["code.jsonl"])
    build_and_publish(updated)
    assert [passage.text for passage in published(updated).store.all_passages()] == [
        "Un texte qui reste."
    ]


def test_rolling_back_and_building_again_reuses_what_was_built(updated: Path) -> None:
    older, newer = finished(updated)
    with lock_for_writing(updated):
        assert rollback(updated) == older
    assert current_name(updated) == older
    assert answers(published(updated), "avance") == ["R2191-3", "R2191-3"]
    assert build_and_publish(updated) == newer
    assert current_name(updated) == newer
    assert finished(updated) == [older, newer]


def test_rolling_back_passes_over_what_is_damaged(updated: Path) -> None:
    (older, _) = finished(updated)
    pretend(updated, f"{older}x")  # its manifest bears another name, its files are sound
    damage(updated, f"{older}x")
    with lock_for_writing(updated):
        assert rollback(updated) == older


def test_rolling_back_to_an_index_of_another_embedder_is_refused(home: Path) -> None:
    name = build_and_publish(home, WordEmbedder("words@2"))
    with (
        lock_for_writing(home),
        pytest.raises(EmbedderMismatch, match=r"words@1.*words@2.*settings\.toml"),
    ):
        rollback(home)
    assert current_name(home) == name


def test_what_is_too_damaged_to_name_its_embedder_is_left(home: Path) -> None:
    older = current_name(home)
    newer = build_and_publish(home, WordEmbedder("words@2"))
    (snapshots_folder(home) / newer / MANIFEST).write_bytes(b"{}")
    with lock_for_writing(home):
        assert rollback(home) == older


def test_there_is_nothing_before_the_first(home: Path) -> None:
    name = current_name(home)
    with pytest.raises(UnknownSnapshot, match="sourcier index build"):
        rollback(home)
    assert current_name(home) == name


def test_only_a_generation_of_this_folder_is_published(updated: Path) -> None:
    older, newer = finished(updated)
    dossier = updated / "dossiers" / "ecole" / "generations" / older
    shutil.copytree(snapshots_folder(updated) / older, dossier)
    for name in (f"../dossiers/ecole/generations/{older}", str(dossier), f"../generations/{older}"):
        with pytest.raises(UnknownSnapshot), lock_for_writing(updated):
            publish(updated, name)
    assert current_name(updated) == newer


def test_a_damaged_generation_is_not_published(updated: Path) -> None:
    older, newer = finished(updated)
    damage(updated, older)
    with pytest.raises(DamagedSnapshot, match=r"vectors\.npy"):
        publish(updated, older)
    assert current_name(updated) == newer
    with pytest.raises(UnknownSnapshot):
        publish(updated, "absent")


def test_a_damaged_generation_in_use_is_built_anew_from_the_same_content(home: Path) -> None:
    damaged = current_name(home)
    damage(home, damaged)
    assert build_and_publish(home) != damaged
    assert answers(published(home), "avance") == ["R2191-3", "R2191-3"]


def test_a_pointer_to_nowhere_does_not_prevent_building(home: Path) -> None:
    shutil.rmtree(snapshots_folder(home) / current_name(home))
    build_and_publish(home)
    assert answers(published(home), "avance") == ["R2191-3", "R2191-3"]


def test_publishing_an_old_generation_removes_no_newer_one(home: Path) -> None:
    first = current_name(home)
    pretend(home, *(f"20990101-00000{number}-000" for number in range(KEPT + 2)))
    before = finished(home)
    publish(home, first)
    assert finished(home) == before


def test_a_removal_cut_short_looks_unfinished(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def killed(folder: Path) -> None:
        raise KeyboardInterrupt

    name = current_name(home)
    with monkeypatch.context() as patched:
        patched.setattr("shutil.rmtree", killed)
        with pytest.raises(KeyboardInterrupt):
            discard(home, name)
    assert (snapshots_folder(home) / name).exists()
    assert finished(home) == []
    repository_of(home).clear_unfinished()
    assert list(snapshots_folder(home).iterdir()) == []


def test_what_does_not_verify_is_not_kept(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    add(home, write_articles(tmp_path / "code.jsonl", NEWER))
    before = finished(home)
    monkeypatch.setattr(
        folder,
        "write_vectors",
        lambda written, ids, vectors: write_vectors(written, ids[1:], vectors[1:]),
    )
    with pytest.raises(DamagedSnapshot, match="dont 5 cherchables"):
        build_only(home)
    assert finished(home) == before
    assert current_name(home) == before[-1]


def test_room_is_checked_before_the_vectors_are_computed(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class NeverEmbedder(WordEmbedder):
        def embed_passages(self, texts: Sequence[str]) -> Vectors:
            pytest.fail("the long work began")

    add(home, write_articles(tmp_path / "code.jsonl", NEWER))
    monkeypatch.setattr(build, "TEXT_COPIES", 1 << 50)
    with pytest.raises(StorageFull, match="Libérez de la place"):
        build_only(home, NeverEmbedder())


def test_everything_is_on_disk_before_the_manifest_and_the_manifest_before_the_pointer(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    add(home, write_articles(tmp_path / "code.jsonl", NEWER))
    synced: list[Path] = []
    real = os.fsync

    def fsync(descriptor: int) -> None:
        synced.append(Path(f"/proc/self/fd/{descriptor}").readlink())
        real(descriptor)

    monkeypatch.setattr("os.fsync", fsync)
    name = build_and_publish(home)
    folder = snapshots_folder(home) / name
    manifest = synced.index(folder / "manifest.json.partial")
    files = {path for path in folder.rglob("*") if not path.name.startswith("manifest.")}
    assert {*files, folder.parent} <= set(synced[:manifest])
    pointer = synced.index(home / "current.partial")
    assert manifest < synced.index(folder, manifest) < pointer
    assert synced[pointer + 1] == home


def test_a_file_sent_again_with_other_bytes_and_the_same_texts_comes_into_service(
    home: Path, tmp_path: Path
) -> None:
    before = current_manifest(home)
    code = write_articles(tmp_path / "code.jsonl", ARTICLES)
    code.write_bytes(code.read_bytes() + b"\n\n")
    add(home, code)
    build_and_publish(home)
    after, [entry] = current_manifest(home), Library(home).entries
    assert before is not None
    assert after is not None
    assert after.origins == {"code.jsonl": entry.sha256} != before.origins
    assert after.content != before.content
    assert open_snapshot(home, before.name).manifest.content == before.content, "it answers still"
