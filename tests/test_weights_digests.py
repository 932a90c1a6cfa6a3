import os
from hashlib import sha256
from pathlib import Path

from ingestion.models.catalogue import Digests


def test_a_hash_follows_the_file(tmp_path: Path) -> None:
    file = tmp_path / "weights"
    for content in (b"one", b"other"):
        file.write_bytes(content)
        assert Digests(tmp_path).of(file) == sha256(content).hexdigest()


def test_an_unchanged_file_is_not_read_again_unless_asked(tmp_path: Path) -> None:
    file = tmp_path / "weights"
    file.write_bytes(b"one")
    before, stat = Digests(tmp_path).of(file), file.stat()
    file.write_bytes(b"two")
    os.utime(file, ns=(stat.st_atime_ns, stat.st_mtime_ns))
    assert Digests(tmp_path).of(file) == before
    assert Digests(tmp_path).of(file, fresh=True) == sha256(b"two").hexdigest()
    assert Digests(tmp_path).of(file) == sha256(b"two").hexdigest()


def test_a_folder_is_hashed_with_its_names(tmp_path: Path) -> None:
    digests = set()
    for name in ("a", "b"):
        folder = tmp_path / f"folder-{name}"
        folder.mkdir()
        (folder / name).write_bytes(b"same")
        digests.add(Digests(tmp_path).of(folder))
    (folder / "more").write_bytes(b"")
    digests.add(Digests(tmp_path).of(folder))
    assert len(digests) == 3


def test_a_spoilt_memory_is_forgotten(tmp_path: Path) -> None:
    file = tmp_path / "weights"
    file.write_bytes(b"one")
    (tmp_path / ".digests.json").write_text("[1, 2")
    assert Digests(tmp_path).of(file) == sha256(b"one").hexdigest()
