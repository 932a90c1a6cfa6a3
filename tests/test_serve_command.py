"""`sourcier serve`: how what it writes is kept."""

import os
import socket
import stat
from pathlib import Path

import pytest

from assistant.cli import main
from assistant.errors import WrongSettings
from assistant.settings import Settings


def test_what_is_written_while_serving_is_for_its_account_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def asked(home: Path, settings: Settings) -> None:
        (home / "asked").write_text("Une question")
        raise WrongSettings("Rien à servir.")

    monkeypatch.setattr("assistant.serving.load_site", asked)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    before = os.umask(0o022)
    try:
        assert main(["--data", str(tmp_path), "serve", "--port", str(port)]) == 1
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "asked").stat().st_mode) == 0o600
