"""Which weights there are, and what the commands say of them."""

import json
import os
from hashlib import sha256
from pathlib import Path

import pytest

from assistant.cli import models
from assistant.cli.command import main
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
from tests.support.weights_fakes import fake_model

MODEL = """
[[model]]
name = "{name}"
title = "Un modèle du site"
role = "{role}"
licence = "MIT"
file = "{name}.bin"
size = 5
memory = 20
"""
CHAT = 'chat_template = "chatml"\n'
ENTRY, FAKE = (MODEL.format(name=name, role="llm") + CHAT for name in ("site", "fake"))
PINNED = f'sha256 = "{sha256(b"right").hexdigest()}"\n'


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
    assert catalogue.get("lucie-7b").file == "site.bin"


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (ENTRY + 'sha265 = "ab"\n', "clé inconnue « sha265 »"),
        (ENTRY + "[model.hub]\nurl = 'x'\n", "clé inconnue « url »"),
        (ENTRY.replace("memory = 20\n", ""), "clé « memory » absente"),
        (ENTRY.replace("5", '"5"'), "valeur de « size »"),
        (ENTRY.replace("5", "true"), "valeur de « size »"),
        (ENTRY.replace('"llm"', '"oracle"'), "« oracle » n'est pas parmi"),
        (ENTRY.replace('"chatml"', '"vicuna"'), "« vicuna » n'est pas parmi"),
        (ENTRY.replace(CHAT, ""), "chat_template va avec"),
        (ENTRY.replace("site.bin", "../site.bin"), "sans dossier"),
        ("[modele]\n", "clé inconnue « modele »"),
        ("[[model]\n", "Catalogue de modèles"),
    ],
)
def test_a_wrong_catalogue_is_refused(tmp_path: Path, wrong: str, said: str) -> None:
    path = tmp_path / SITE
    path.write_text(wrong)
    with pytest.raises(ModelUnavailable, match=said):
        read_models(path)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    folder = models_folder(tmp_path)
    folder.mkdir()
    (folder / "catalogue.toml").write_text(FAKE + PINNED)
    return tmp_path


def test_weights_are_found_by_name(home: Path) -> None:
    path = models_folder(home) / "fake.bin"
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
    (models_folder(home) / "fake.bin").write_bytes(b"wrong")
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
    (folder / "fake.bin").write_bytes(b"later")
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


@pytest.fixture
def two_weights(tmp_path: Path) -> Path:
    """A data folder whose own catalogue has two small defaults."""
    folder = tmp_path / "home" / "models"
    folder.mkdir(parents=True)
    entries = (
        MODEL.format(name="words", role="llm") + CHAT,
        MODEL.format(name="vectors", role="embedder"),
    )
    text = "".join(f"{each}default = true\n{PINNED}" for each in entries)
    (folder / "catalogue.toml").write_text(text)
    return tmp_path / "home"


@pytest.fixture
def brought(tmp_path: Path) -> Path:
    """A folder that holds both files."""
    folder = tmp_path / "brought"
    folder.mkdir()
    for name in ("words.bin", "vectors.bin"):
        (folder / name).write_bytes(b"right")
    return folder


def run(two_weights: Path, *words: str | Path) -> int:
    return main(["--data", str(two_weights), "models", *map(str, words)])


def test_list_tells_what_is_here(two_weights: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (two_weights / "models" / "words.bin").write_bytes(b"right")
    assert run(two_weights, "list") == models.OK
    printed = capsys.readouterr().out
    [line] = [line for line in printed.splitlines() if "words" in line]
    assert "intact" in line
    assert "ministral-3-3b" in printed


def test_list_tells_where_a_hub_has_what_is_had_nowhere_else(
    two_weights: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    assert run(two_weights, "list") == models.OK
    _, told, addresses = capsys.readouterr().out.partition("Pris sur https://huggingface.co/… :\n")
    assert told
    pairs = dict(line.split() for line in addresses.splitlines())
    assert pairs["ministral-3-3b"] == "mistralai/Ministral-3-3B-Instruct-2512-GGUF"
    assert "qwen2.5-coder-1.5b" not in pairs  # which the package index has
    assert max(map(len, addresses.splitlines())) <= 80
    assert run(two_weights, "list", "--json") == models.OK
    found = {each["name"]: each for each in json.loads(capsys.readouterr().out)}
    assert found["words"]["hub"] is None
    assert found["ministral-3-3b"]["hub"] == f"https://huggingface.co/{pairs['ministral-3-3b']}"
    assert len(found["ministral-3-3b"]["revision"]) == 40
    assert found["words"]["state"] == "absent"


def test_pull_brings_the_defaults(
    two_weights: Path, brought: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(two_weights, "pull", "--from", brought) == models.OK
    assert (two_weights / "models" / "words.bin").read_bytes() == b"right"
    assert (two_weights / "models" / "vectors.bin").read_bytes() == b"right"
    printed = capsys.readouterr().out
    assert "words : vérifié" in printed
    assert "Copie" in printed


def test_pull_fails_when_the_content_is_wrong(
    two_weights: Path, brought: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (brought / "words.bin").write_bytes(b"wrong")
    assert run(two_weights, "pull", "words", "--from", brought) == models.BROKEN
    assert "refusé" in capsys.readouterr().err


def test_usage_is_said_apart_from_failure(two_weights: Path, tmp_path: Path) -> None:
    assert run(two_weights, "pull", "unknown") == models.USAGE
    assert run(two_weights, "verify", "unknown") == models.USAGE
    assert run(two_weights, "pull", "--from", tmp_path / "nowhere") == models.USAGE


def test_verify_reads_every_byte(
    two_weights: Path, brought: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(two_weights, "verify") == models.BROKEN
    run(two_weights, "pull", "--from", brought)
    assert run(two_weights, "verify") == models.OK
    (two_weights / "models" / "words.bin").write_bytes(b"wrong")
    assert run(two_weights, "verify") == models.BROKEN
    assert "words : altéré (remède : sourcier models pull words)" in capsys.readouterr().out


def test_a_machine_with_little_memory_is_warned(
    two_weights: Path, brought: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = two_weights / "models" / "catalogue.toml"
    path.write_text(path.read_text().replace("memory = 20\n", "memory = 900_000_000_000_000\n", 1))
    assert run(two_weights, "pull", "words", "--from", brought) == models.OK
    assert "Attention : words demande" in capsys.readouterr().err
