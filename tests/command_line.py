"""The command line in this process: its exit code, and what it says."""

from collections.abc import Callable
from pathlib import Path

import pytest

from assistant.cli.command import main
from ingestion.index.search import Embedder
from tests.fakes import ScriptedModel, WordEmbedder

Command = Callable[..., tuple[int, str]]


def command_of(home: Path, capsys: pytest.CaptureFixture[str], *group: str) -> Command:
    """`sourcier --data HOME GROUP …`; what it says for programs is its standard output alone."""

    def run(*arguments: object) -> tuple[int, str]:
        code = main(["--data", str(home), *group, *map(str, arguments)])
        said = capsys.readouterr()
        return code, said.out if "--json" in arguments else said.out + said.err

    return run


def on_one_line(command: Command) -> Command:
    """The same, without its lines and columns."""

    def run(*arguments: object) -> tuple[int, str]:
        code, said = command(*arguments)
        return code, " ".join(said.split())

    return run


def use_small_models(
    monkeypatch: pytest.MonkeyPatch, embedder: Callable[[], Embedder] = WordEmbedder
) -> None:
    """Let commands load these models, which need no weights, and write on long lines."""
    monkeypatch.setattr("assistant.container.load_embedder", lambda *_: embedder())
    monkeypatch.setattr("assistant.container.load_reader", lambda *_: None)
    monkeypatch.setattr("assistant.container.load_model", lambda *_: ScriptedModel())
    monkeypatch.setattr("assistant.container.model_writes", lambda *_: False)
    monkeypatch.setenv("COLUMNS", "200")
