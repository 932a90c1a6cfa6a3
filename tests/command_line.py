"""The command line in this process: its exit code, and what it says."""

from collections.abc import Callable
from pathlib import Path

import pytest

from assistant.cli.command import main

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
