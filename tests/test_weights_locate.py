import os
from hashlib import sha256
from pathlib import Path

import pytest

from ingestion.errors import ModelUnavailable
from ingestion.models.catalogue import Digests, WeightsState, locate, models_folder, record, state
from tests.weights_fakes import fake_model

CATALOGUE = """
[[model]]
name = "fake"
title = "Fake"
role = "llm"
licence = "MIT"
file = "fake.gguf"
size = 5
memory = 1
chat_template = "chatml"
"""


@pytest.fixture
def home(tmp_path: Path) -> Path:
    folder = models_folder(tmp_path)
    folder.mkdir()
    pinned = f'sha256 = "{sha256(b"right").hexdigest()}"\n'
    (folder / "catalogue.toml").write_text(CATALOGUE + pinned)
    return tmp_path


def test_weights_are_found_by_name(home: Path) -> None:
    path = models_folder(home) / "fake.gguf"
    path.write_bytes(b"right")
    weights = locate("fake", home)
    assert weights.path == path
    assert weights.model is not None
    assert weights.model.chat_template == "chatml"
    assert weights.sha256 == sha256(b"right").hexdigest()


def test_absent_weights_say_what_to_run(home: Path) -> None:
    with pytest.raises(ModelUnavailable, match="sourcier models pull fake"):
        locate("fake", home)


def test_altered_weights_are_refused(home: Path) -> None:
    (models_folder(home) / "fake.gguf").write_bytes(b"wrong")
    with pytest.raises(ModelUnavailable, match="altéré"):
        locate("fake", home)


def test_a_path_outside_the_catalogue_is_taken_as_it_is(home: Path) -> None:
    path = home / "mine.gguf"
    path.write_bytes(b"mine")
    weights = locate(str(path), home)
    assert (weights.path, weights.model) == (path, None)
    assert weights.sha256 == sha256(b"mine").hexdigest()


def test_a_path_to_known_weights_is_recognised_by_its_hash(home: Path) -> None:
    path = home / "renamed.gguf"
    path.write_bytes(b"right")
    weights = locate(str(path), home)
    assert weights.model is not None
    assert weights.model.name == "fake"


def test_neither_a_name_nor_a_path(home: Path) -> None:
    with pytest.raises(ModelUnavailable, match="n'est pas au catalogue"):
        locate("nowhere.gguf", home)


def test_an_unpinned_model_is_held_to_its_first_hash(home: Path) -> None:
    folder = models_folder(home)
    (folder / "catalogue.toml").write_text(CATALOGUE)
    (folder / "fake.gguf").write_bytes(b"later")
    record(folder, "fake", sha256(b"first").hexdigest())
    with pytest.raises(ModelUnavailable, match="altéré"):
        locate("fake", home)


def test_states(home: Path) -> None:
    folder = models_folder(home)
    model = fake_model(sha256(b"right").hexdigest())
    assert state(model, folder) is WeightsState.ABSENT
    (folder / model.file).write_bytes(b"right")
    assert state(model, folder) is WeightsState.INTACT
    (folder / model.file).write_bytes(b"wrong!")
    assert state(model, folder, fresh=True) is WeightsState.ALTERED


# Weights digests


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
