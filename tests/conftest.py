"""What every test gets: no network but the machine itself, and the weights where they are."""

import ipaddress
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from assistant.settings import default_home

CONNECTING = ("connect", "connect_ex", "sendto")


@pytest.fixture(autouse=True)
def no_network(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A connection to any other machine fails, and so does the test that asked for it."""
    refused: list[object] = []

    def guarded(name: str) -> Any:
        real = getattr(socket.socket, name)

        def call(self: socket.socket, *arguments: Any) -> Any:
            if not _is_local(self, arguments[-1]):
                refused.append(arguments[-1])
                raise OSError(f"connection refused by the tests: {arguments[-1]}")
            return real(self, *arguments)

        return call

    for name in CONNECTING:
        monkeypatch.setattr(socket.socket, name, guarded(name))
    yield
    assert not refused, f"connections to other machines: {refused}"


@pytest.fixture(scope="session")
def weights_home() -> Path:
    """The data folder whose `models` hold the weights."""
    home = default_home()
    if not (home / "models").is_dir():
        pytest.skip(f"no weights in {home}: run `sourcier models pull`")
    return home


def _is_local(using: socket.socket, address: Any) -> bool:
    if using.family not in (socket.AF_INET, socket.AF_INET6):
        return True
    host = str(address[0])
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
