"""What every test gets: no network but the machine itself, and the weights where they are."""

import ipaddress
import socket
from collections.abc import Callable, Iterator
from pathlib import Path
from subprocess import CompletedProcess

import hypothesis
import pytest

from assistant.settings import default_home
from ingestion.index import publication
from tests.postgresql_server import Server, lacking, on_server, started
from tests.small_index import answering_embedder, build_small_index

# Speed is measured by the benchmarks; here it would only tell how busy the machine is.
hypothesis.settings.register_profile("untimed", deadline=None)
hypothesis.settings.load_profile("untimed")


@pytest.fixture(autouse=True)
def no_network(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A connection to any other machine fails, and so does the test that asked for it."""
    refused: list[object] = []

    def guard(connect: Callable[..., object]) -> Callable[..., object]:
        def guarded(self: socket.socket, *arguments: object) -> object:
            address = arguments[-1]
            if self.family in (socket.AF_INET, socket.AF_INET6) and not _is_loopback(address):
                refused.append(address)
                raise ConnectionRefusedError(f"refused by the tests: {address}")
            return connect(self, *arguments)

        return guarded

    for name in ("connect", "connect_ex", "sendto"):
        monkeypatch.setattr(socket.socket, name, guard(getattr(socket.socket, name)))
    yield
    assert not refused, f"connections to other machines: {refused}"


@pytest.fixture(autouse=True, scope="module")
def verified_here() -> Iterator[None]:
    """An index is verified in this process, which has loaded all it takes to.

    The modules whose subject is the verification have a fixture of this name that does nothing.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(publication, "examined_apart", _examined_here)
        yield


def _examined_here(home: Path, name: str) -> CompletedProcess[str]:
    return CompletedProcess([], *publication.examined(home, name))


@pytest.fixture(scope="session")
def weights_home() -> Path:
    """The data folder whose `models` hold the weights."""
    home = default_home()
    if not (home / "models").is_dir():
        pytest.skip(f"no weights in {home}: run `sourcier models pull`")
    return home


@pytest.fixture(scope="session")
def small_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with a published index of the small corpus, to be read only."""
    home = tmp_path_factory.mktemp("small") / "home"
    build_small_index(home, tmp_path_factory.mktemp("texts"), answering_embedder())
    return home


@pytest.fixture(scope="session")
def postgresql() -> Iterator[Server]:
    """A PostgreSQL server; skips where there is none."""
    if why := lacking():
        pytest.skip(why)
    with started() as server:
        yield server


Engine = Callable[[Path], Path]


@pytest.fixture(
    scope="session", params=["duckdb", pytest.param("postgresql", marks=pytest.mark.slow)]
)
def engine(request: pytest.FixtureRequest) -> Engine:
    """Makes a data folder one whose ledger is in a file, and again one where it is on a server."""
    if request.param == "duckdb":
        return lambda home: home
    server: Server = request.getfixturevalue("postgresql")
    return lambda home: on_server(home, server)


@pytest.fixture
def both_engines(engine: Engine, tmp_path: Path) -> None:
    """The folder of the test is a data folder of either engine."""
    engine(tmp_path)


def _is_loopback(address: object) -> bool:
    host = str(address[0]) if isinstance(address, tuple) else ""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:  # a name, which only a resolver could tell
        return host == "localhost"
