import os
from hashlib import sha256
from pathlib import Path

import pytest

from ingestion.errors import ModelUnavailable
from ingestion.models.catalogue import (
    BUILT_IN,
    SITE,
    Digests,
    ModelRole,
    WeightsState,
    load_catalogue,
    locate,
    models_folder,
    read_models,
    record,
    state,
)
from tests.weights_fakes import fake_model

ENTRY = """
[[model]]
name = "site"
title = "Un modèle du site"
role = "llm"
licence = "MIT"
file = "site.gguf"
size = 10
memory = 20
chat_template = "mistral"
"""


def test_the_built_in_catalogue_names_the_two_defaults(tmp_path: Path) -> None:
    catalogue = load_catalogue(tmp_path)
    assert catalogue.default(ModelRole.LLM).name == "qwen2.5-coder-1.5b"
    assert catalogue.default(ModelRole.EMBEDDER).name == "multilingual-e5-small"
    assert {model.name for model in catalogue.defaults()} == {
        "qwen2.5-coder-1.5b",
        "multilingual-e5-small",
    }


def test_every_default_is_pinned_and_free(tmp_path: Path) -> None:
    for model in load_catalogue(tmp_path).models:
        assert model.licence in {"Apache-2.0", "MIT"} or not model.default
        assert model.sha256 is None or len(bytes.fromhex(model.sha256)) == 32
        assert model.sha256 is not None or not model.default


def test_the_catalogue_names_no_host() -> None:
    assert "://" not in BUILT_IN.read_text()


def test_a_model_is_found_by_name_and_by_file(tmp_path: Path) -> None:
    catalogue = load_catalogue(tmp_path)
    model = catalogue.get("smollm2-135m")
    assert catalogue.get(model.file) is model


def test_an_unknown_name_is_answered_with_those_that_exist(tmp_path: Path) -> None:
    with pytest.raises(ModelUnavailable, match=r"« gpt » n'est pas au catalogue .*smollm2-135m"):
        load_catalogue(tmp_path).get("gpt")


def test_the_site_adds_and_replaces(tmp_path: Path) -> None:
    (tmp_path / SITE).write_text(ENTRY + "default = true\n" + ENTRY.replace('"site"', '"lucie-7b"'))
    catalogue = load_catalogue(tmp_path)
    assert catalogue.default(ModelRole.LLM).name == "site"
    assert catalogue.get("lucie-7b").file == "site.gguf"


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (ENTRY + 'sha265 = "ab"\n', "clé inconnue « sha265 »"),
        (ENTRY + "[model.hub]\nurl = 'x'\n", "clé inconnue « url »"),
        (ENTRY.replace("memory = 20\n", ""), "clé « memory » absente"),
        (ENTRY.replace("10", '"10"'), "valeur de « size »"),
        (ENTRY.replace("10", "true"), "valeur de « size »"),
        (ENTRY.replace('"llm"', '"oracle"'), "« oracle » n'est pas parmi"),
        (ENTRY.replace('"mistral"', '"vicuna"'), "« vicuna » n'est pas parmi"),
        (ENTRY.replace('chat_template = "mistral"\n', ""), "chat_template va avec"),
        (ENTRY.replace("site.gguf", "../site.gguf"), "sans dossier"),
        ("[modele]\n", "clé inconnue « modele »"),
        ("[[model]\n", "Catalogue de modèles"),
    ],
)
def test_a_wrong_catalogue_is_refused(tmp_path: Path, wrong: str, said: str) -> None:
    path = tmp_path / SITE
    path.write_text(wrong)
    with pytest.raises(ModelUnavailable, match=said):
        read_models(path)


# From a name to weights that are here


FAKE = """
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
    (folder / "catalogue.toml").write_text(FAKE + pinned)
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
    (folder / "catalogue.toml").write_text(FAKE)
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
