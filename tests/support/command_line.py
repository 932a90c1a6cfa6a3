"""The command line with small models, called as from a shell, or by `python -m` this module."""

import os
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from unittest import mock

import pytest

from assistant.cli.command import main
from ingestion.index.search import Embedder
from tests.support.fakes import ScriptedModel, WordEmbedder
from tests.support.small_index import answering_embedder
from tests.support.words_tuning import by_words, without_bank


def slowed(seconds: float) -> object:
    """`run_turn`, after a pause."""
    from assistant.evaluation.runs import run_turn

    def run(*arguments: object, **named: object) -> object:
        time.sleep(seconds)
        return run_turn(*arguments, **named)  # type: ignore[arg-type]

    return run


Command = Callable[..., tuple[int, str]]


def command_of(home: Path, capsys: pytest.CaptureFixture[str], *group: str) -> Command:
    """`sourcier --data HOME GROUP …`; what it says for programs is its standard output alone.

    Its lines are long.
    """

    def run(*arguments: object) -> tuple[int, str]:
        with mock.patch.dict(os.environ, COLUMNS="300"):
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


def run(words: Sequence[str] | None = None) -> int:
    """Run these words, or those of this process, with small models."""
    with (
        by_words(),
        without_bank(),
        mock.patch("assistant.container.load_embedder", return_value=answering_embedder()),
        mock.patch("assistant.container.load_reader", return_value=None),
        mock.patch("assistant.container.load_model", return_value=ScriptedModel()),
        mock.patch("assistant.container.model_writes", return_value=False),
        mock.patch("assistant.web.workers.PROGRAM", (sys.executable, "-m", __spec__.name)),
        mock.patch(
            "assistant.evaluation.runs.run_turn", slowed(float(os.environ.get("PAUSE", "0")))
        ),
    ):
        return main(words)


if __name__ == "__main__":
    sys.exit(run())
