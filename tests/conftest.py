"""What every test gets: no network but the machine itself, and the weights where they are."""

import ipaddress
import os
import socket
from collections import defaultdict
from collections.abc import Callable, Iterator
from itertools import chain
from pathlib import Path
from subprocess import Popen

import hypothesis
import pytest

from assistant.answering.pipeline import Assistant
from assistant.journal.journal import Journal
from assistant.settings import default_home
from ingestion.sandbox import Limits, Sandbox
from tests.support.accounts_home import clear_accounts
from tests.support.index_home import ARTICLES, add, build_and_publish, verified_here, write_articles
from tests.support.postgresql_server import Server, lacking, on_server, started, with_store
from tests.support.small_index import answering_embedder, assistant_over, build_small_index
from tests.support.words_tuning import by_words, without_bank

# Speed is measured by the benchmarks; here it would only tell how busy the machine is.
hypothesis.settings.register_profile("untimed", deadline=None)
hypothesis.settings.load_profile("untimed")


@pytest.hookimpl(trylast=True)  # once each test has its marks
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Files with slow tests first, so that no process is left alone with one of them."""
    slow = {item.path for item in items if item.get_closest_marker("slow")}
    items.sort(key=lambda item: item.path not in slow)


Idle = dict[tuple[str, Limits], list[Popen[bytes]]]

WHOLE = frozenset(
    {
        "assistant.web.pdf_page:tell",
        "ingestion.ledger.opening:tell",
        "ingestion.readers.formats:tell",
        "ingestion.readers.scans:tell",
        "ingestion.readers.scans:tell_pages",
        "ingestion.readers.visibility:tell",
    }
)
"""What is always listened to until its last word, or stopped."""


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


@pytest.fixture(autouse=True, scope="session")
def no_waiting_for_the_disk() -> Iterator[None]:
    """The machine does not lose its power during the tests."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "fsync", lambda descriptor: None)
        yield


@pytest.fixture(autouse=True, scope="module", name="verified_here")
def verifying_here() -> Iterator[None]:
    """No process is started to verify an index.

    The modules whose subject is the verification have a fixture of this name that does nothing.
    """
    with verified_here():
        yield


@pytest.fixture(autouse=True, scope="session")
def no_bank() -> Iterator[None]:
    """To the embedder of the tests the questions of the bank are noise."""
    with without_bank():
        yield


@pytest.fixture(autouse=True, scope="module")
def words_only() -> Iterator[None]:
    """And so are the fitted weights.

    The modules whose subject they are have a fixture of this name that does nothing.
    """
    with by_words():
        yield


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """Where a data folder is to be."""
    return tmp_path / "home"


@pytest.fixture(scope="session")
def _idle() -> Iterator[Idle]:
    idle: Idle = defaultdict(list)
    yield idle
    for child in chain.from_iterable(idle.values()):
        child.kill()
        child.communicate()


@pytest.fixture(autouse=True, scope="module")
def kept_children(_idle: Idle) -> Iterator[None]:
    """A child that has answered reads the files of later tests too, under the same limits.

    The modules whose subject is the child have a fixture of this name that does nothing.
    """
    start = Sandbox._started

    def taken(self: Sandbox) -> Popen[bytes]:
        if self._child is None and (left := _idle[self._function, self._limits]):
            self._child = left.pop()
        return start(self)

    def leave(self: Sandbox, *_: object) -> None:
        if self._function in WHOLE and self._child is not None:
            _idle[self._function, self._limits].append(self._child)
            self._child = None
        self._end()

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Sandbox, "_started", taken)
        patch.setattr(Sandbox, "__exit__", leave)
        yield


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


@pytest.fixture
def journal(tmp_path: Path) -> Journal:
    """An empty one."""
    return Journal(tmp_path / "journal.jsonl")


@pytest.fixture
def assistant(small_home: Path, journal: Journal) -> Assistant:
    """One that answers over the small corpus and writes into `journal`."""
    return assistant_over(small_home, journal)


@pytest.fixture(scope="session")
def postgresql() -> Iterator[Server]:
    """A PostgreSQL server; skips where there is none."""
    if why := lacking():
        pytest.skip(why)
    with started() as server:
        yield server


@pytest.fixture(scope="session")
def pgvector_store(postgresql: Server) -> str:
    """The address of a database for index snapshots, each under a name of its own."""
    return postgresql.fresh()


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


@pytest.fixture(params=["folder", pytest.param("postgresql", marks=pytest.mark.slow)])
def published_home(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """A data folder with a published index, in it or on a server."""
    home = tmp_path / "home"
    if request.param == "postgresql":
        with_store(home, request.getfixturevalue("postgresql"))
    add(home, write_articles(tmp_path / "code.jsonl", ARTICLES))
    build_and_publish(home)
    return home


@pytest.fixture(params=["file", pytest.param("postgresql", marks=pytest.mark.slow)])
def accounts_home(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """A data folder without accounts yet: they will be kept in it, or on a server."""
    home = tmp_path / "home"
    if request.param == "postgresql":
        home.mkdir()
        address = request.getfixturevalue("pgvector_store")
        (home / "settings.toml").write_text(f'store = "{address}"\n', encoding="utf-8")
        clear_accounts(address)
    return home


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
