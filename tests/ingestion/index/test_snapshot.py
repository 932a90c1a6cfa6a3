import gc
import os
import shutil
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import pytest

from ingestion.errors import DamagedSnapshot, UnknownSnapshot
from ingestion.index.publication import (
    current_name,
    find_faults,
    read_manifest,
    verify_snapshot,
)
from ingestion.index.store import hash_files, snapshots_folder
from tests.support.index_home import ARTICLES, answers, published, with_articles

Damage = Callable[[Path], None]


@pytest.fixture(autouse=True, scope="module")
def verified_here() -> None:
    """Not here: the child that verifies is what these tests are about."""


def flip_first(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[0] ^= 1
    path.write_bytes(content)


def flip_last(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(content)


def truncate(path: Path) -> None:
    os.truncate(path, path.stat().st_size - 1)


def delete(path: Path) -> None:
    path.unlink()


def lengthen(path: Path) -> None:
    path.write_bytes(path.read_bytes() + b"\n")


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return with_articles(tmp_path_factory.mktemp("built"), ARTICLES)


@pytest.fixture
def home(built: Path, tmp_path: Path) -> Path:
    """A copy of one's own."""
    return shutil.copytree(built, tmp_path / "home")


def files_of(home: Path) -> list[Path]:
    folder = snapshots_folder(home) / current_name(home)
    return sorted(path for path in folder.rglob("*") if path.is_file())


def test_opening_and_asking_change_no_file_of_it(built: Path) -> None:
    folder = snapshots_folder(built) / current_name(built)
    before = hash_files(folder)
    for _ in range(2):
        answers(published(built), "avance")
    assert hash_files(folder) == before == read_manifest(built, folder.name).files


@pytest.mark.parametrize("damage", [flip_first, flip_last, truncate, delete, lengthen])
def test_any_altered_file_is_noticed_before_anything_is_opened(
    home: Path, damage: Damage, monkeypatch: pytest.MonkeyPatch
) -> None:
    def opened(*_: object) -> None:
        pytest.fail("a damaged generation was opened")

    for reader in ("ChromaIndex", "TantivyIndex", "SqlitePassages", "WorkingCopy"):
        monkeypatch.setattr(f"ingestion.index.folder.{reader}", opened)
    files = files_of(home)
    assert len(files) > 10
    for path in files:
        if path.stat().st_size == 0 and damage not in (delete, lengthen):
            continue
        content = path.read_bytes()
        damage(path)
        expected = (
            UnknownSnapshot
            if not path.exists() and path.name == "manifest.json"
            else (DamagedSnapshot)
        )
        with pytest.raises(expected, match="sourcier index") as noticed:
            published(home)
        if expected is DamagedSnapshot:
            named = "manifest.json" if path.name.startswith("manifest.") else path.name
            assert named in str(noticed.value)
        path.write_bytes(content)


def test_a_file_too_many_is_noticed(home: Path) -> None:
    (files_of(home)[0].parent / "manifest.json").write_bytes(b"{}")
    with pytest.raises(DamagedSnapshot, match=r"manifest\.json"):
        published(home)


def test_every_bit_of_the_manifest_counts(home: Path) -> None:
    path = snapshots_folder(home) / current_name(home) / "manifest.json"
    content = path.read_bytes()
    for position in range(0, len(content), 7):
        altered = bytearray(content)
        altered[position] ^= 1 << position % 8
        path.write_bytes(altered)
        with pytest.raises(DamagedSnapshot):
            read_manifest(home, current_name(home))


def test_a_manifest_of_another_version_asks_for_a_build(home: Path) -> None:
    folder = snapshots_folder(home) / current_name(home)
    other = b'{"name": "of another time"}'
    (folder / "manifest.json").write_bytes(other)
    (folder / "manifest.sha256").write_text(f"{sha256(other).hexdigest()}  manifest.json\n")
    with pytest.raises(DamagedSnapshot, match=r"autre version .* sourcier index build"):
        read_manifest(home, folder.name)


def test_the_seal_is_the_one_of_a_common_tool(built: Path) -> None:
    folder = snapshots_folder(built) / current_name(built)
    assert not os.system(f"cd '{folder}' && sha256sum --check --status manifest.sha256")


def test_a_sound_generation_verifies_in_a_child_process(built: Path) -> None:
    verify_snapshot(built, current_name(built))


def test_the_child_is_not_led_astray_by_the_folder_it_is_run_from(
    built: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "ingestion").mkdir()
    (tmp_path / "ingestion" / "__init__.py").write_text("raise SystemExit('not this one')")
    monkeypatch.chdir(tmp_path)
    verify_snapshot(Path(os.path.relpath(built)), current_name(built))


def test_the_child_tells_what_it_found(home: Path) -> None:
    flip_last(files_of(home)[-1])
    with pytest.raises(DamagedSnapshot, match=r"ne se vérifie pas : .*vectors\.npy"):
        verify_snapshot(home, current_name(home))


def test_a_child_that_dies_without_a_word_is_a_fault(
    built: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.executable", "/bin/false")
    with pytest.raises(DamagedSnapshot, match=r"arrêt brutal \(1\)"):
        verify_snapshot(built, current_name(built))


def test_passages_that_do_not_find_themselves_are_faults(home: Path) -> None:
    import numpy as np

    generation = published(home)
    path = snapshots_folder(home) / current_name(home) / "vectors.npy"
    vectors = np.load(path)
    assert find_faults(generation, vectors) == []
    [few] = find_faults(generation, vectors[:-1])
    assert "5 passages annoncés, 5 présents, 4 vecteurs" in few.told
    faults = find_faults(generation, -vectors)
    assert [fault.document_id for fault in faults] == [None] * len(ARTICLES)
    [fault] = find_faults(generation, np.concatenate([-vectors[:1], vectors[1:]]))
    [first, *_] = generation.store.all_passages()
    assert fault.document_id == first.document_id
    assert fault.told.startswith(f"code.jsonl, {first.id},")


def test_two_openings_do_not_disturb_each_other(home: Path) -> None:
    first, second = published(home), published(home)
    del first
    gc.collect()
    assert answers(second, "délai de paiement") == ["R2192-10", "R2192-10"]


def test_a_working_copy_goes_with_its_generation(home: Path) -> None:
    def copies() -> int:
        return sum(path.is_dir() for path in (home / "working").iterdir())

    shutil.rmtree(home / "working")
    generation = published(home)
    assert copies() == 1
    answers(generation, "avance")
    del generation
    gc.collect()
    assert copies() == 0


def test_copies_left_by_killed_processes_are_removed_and_those_in_use_stay(home: Path) -> None:
    generation = published(home)
    for name in ("killed", "killed while it began"):
        (home / "working" / name / "copy").mkdir(parents=True)
    (home / "working" / "killed" / "owner").touch()
    other = published(home)
    assert sum(path.is_dir() for path in (home / "working").iterdir()) == 2
    for each in (generation, other):
        assert answers(each, "avance") == ["R2191-3", "R2191-3"]
