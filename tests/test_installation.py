import io
import re
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from ingestion.setup import installation
from ingestion.setup.installation import COMPILATION, CONSTRAINTS, PipStep, commands, main

OUTPUT = """\
Collecting torch>=2.9
  Downloading gradio-6.31.0-py3-none-any.whl (43.1 MB)
  Running command Building wheel for llama-cpp-python (pyproject.toml)
  [57/193] /usr/bin/g++ -O3 -c something.cpp
  -- Something else
Installing collected packages: torch, gradio
"""


@pytest.mark.parametrize(
    ("lines", "step"),
    [
        (0, "préparation"),
        (1, "recherche de torch"),
        (2, "téléchargement de gradio (43.1 MB)"),
        (3, COMPILATION),
        (4, COMPILATION + ", étape 57 sur 193"),
        (5, COMPILATION + ", étape 57 sur 193"),
        (6, "installation des paquets"),
    ],
)
def test_the_step_is_read_from_what_pip_says(lines: int, step: str) -> None:
    output = "".join(OUTPUT.splitlines(keepends=True)[:lines])
    log = io.StringIO()
    reader = PipStep()
    reader.follow(io.StringIO(output), log)
    assert reader.text == step
    assert log.getvalue() == output


def test_pip_is_brought_to_a_known_version_before_it_installs_anything(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(Path(__file__).parent.parent)
    first, second = commands(("--editable", ".[test]"))
    assert first[-2:] == ["--upgrade", "pip"]
    assert second[-1] == ".[test]"
    assert str(CONSTRAINTS) in first
    assert re.search(r"^pip==\d", CONSTRAINTS.read_text(encoding="utf-8"), re.MULTILINE)


@pytest.mark.parametrize(
    ("arguments", "installed"),
    [
        ([".[test]"], ("--editable", ".[test]")),
        # The wheel that pip keeps was compiled for the processor of another day.
        (["--engine"], ("--force-reinstall", "--no-deps", "--no-cache-dir", "llama-cpp-python")),
    ],
)
def test_packages_are_installed_or_the_engine_compiled_again(
    arguments: list[str], installed: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[Sequence[str]] = []

    def install(what: Sequence[str]) -> int:
        asked.append(what)
        return 0

    monkeypatch.setattr(installation, "install", install)
    monkeypatch.setattr(sys, "argv", ["installation.py", *arguments])
    assert main() == 0
    assert asked == [installed]
