from hashlib import sha256
from pathlib import Path

import pytest

from assistant.cli import models
from assistant.cli.command import main

CATALOGUE = """
[[model]]
name = "{name}"
title = "Essai"
role = "{role}"
default = true
licence = "MIT"
file = "{name}.bin"
size = 5
memory = {memory}
sha256 = "{sha256}"
"""


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A data folder whose own catalogue has two small defaults."""
    folder = tmp_path / "home" / "models"
    folder.mkdir(parents=True)
    values = {"memory": 1, "sha256": sha256(b"right").hexdigest()}
    text = CATALOGUE.format(name="words", role="llm", **values) + 'chat_template = "chatml"\n'
    text += CATALOGUE.format(name="vectors", role="embedder", **values)
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


def run(home: Path, *words: str | Path) -> int:
    return main(["--data", str(home), "models", *map(str, words)])


def test_list_tells_what_is_here(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (home / "models" / "words.bin").write_bytes(b"right")
    assert run(home, "list") == models.OK
    printed = capsys.readouterr().out
    [line] = [line for line in printed.splitlines() if "words" in line]
    assert "intact" in line
    assert "ministral-3-3b" in printed


def test_pull_brings_the_defaults(
    home: Path, brought: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(home, "pull", "--from", brought) == models.OK
    assert (home / "models" / "words.bin").read_bytes() == b"right"
    assert (home / "models" / "vectors.bin").read_bytes() == b"right"
    printed = capsys.readouterr().out
    assert "words : vérifié" in printed
    assert "Copie" in printed


def test_pull_fails_when_the_content_is_wrong(
    home: Path, brought: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (brought / "words.bin").write_bytes(b"wrong")
    assert run(home, "pull", "words", "--from", brought) == models.BROKEN
    assert "refusé" in capsys.readouterr().err


def test_usage_is_said_apart_from_failure(home: Path, tmp_path: Path) -> None:
    assert run(home, "pull", "unknown") == models.USAGE
    assert run(home, "verify", "unknown") == models.USAGE
    assert run(home, "pull", "--from", tmp_path / "nowhere") == models.USAGE


def test_verify_reads_every_byte(
    home: Path, brought: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(home, "verify") == models.BROKEN
    run(home, "pull", "--from", brought)
    assert run(home, "verify") == models.OK
    (home / "models" / "words.bin").write_bytes(b"wrong")
    assert run(home, "verify") == models.BROKEN
    assert "words : altéré (remède : sourcier models pull words)" in capsys.readouterr().out


def test_a_machine_with_little_memory_is_warned(
    home: Path, brought: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = home / "models" / "catalogue.toml"
    path.write_text(path.read_text().replace("memory = 1\n", "memory = 900_000_000_000_000\n", 1))
    assert run(home, "pull", "words", "--from", brought) == models.OK
    assert "Attention : words demande" in capsys.readouterr().err
