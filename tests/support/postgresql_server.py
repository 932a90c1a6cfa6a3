"""A PostgreSQL server of Debian's binaries, in a temporary folder, on a Unix socket only."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from pwd import getpwall

import psycopg

_BINARIES = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: path.parent.name)
_USER = "essai"
_CONNECTIONS = 400
"""Each test has a database of its own, whose connections outlive it by a minute."""


class Server:
    """Gives each ledger a database of its own."""

    def __init__(self, folder: Path, restart: Callable[[], None]) -> None:
        """`restart` kills the server as a fault would, and starts it again."""
        self._folder = folder
        self.restart = restart
        self._numbers = count(1)

    def address(self, database: str = "postgres") -> str:
        """That of a database."""
        return f"postgresql://{_USER}@/{database}?host={self._folder}"

    def fresh(self, encoding: str = "UTF8") -> str:
        """The address of an empty database."""
        name = f"essai_{next(self._numbers)}"
        asked = f"CREATE DATABASE {name} TEMPLATE template0 ENCODING '{encoding}'"
        with psycopg.connect(self.address(), autocommit=True) as connection:
            connection.execute(asked.encode())
        return self.address(name)


def on_server(home: Path, server: Server) -> Path:
    """A data folder whose settings put its ledger in a new database."""
    home.mkdir(parents=True, exist_ok=True)
    (home / "settings.toml").write_text(f'ledger = "{server.fresh()}"\n', encoding="utf-8")
    return home


def with_store(home: Path, server: Server) -> Path:
    """A data folder whose settings put its index and its journal in a new database."""
    home.mkdir(parents=True, exist_ok=True)
    (home / "settings.toml").write_text(f'store = "{server.fresh()}"\n', encoding="utf-8")
    return home


def lacking() -> str:
    """Why no server can be started here, "" where one can."""
    extension = "/usr/share/postgresql/{}/extension/vector.control"
    versions = [each.parent.name for each in _BINARIES[-1:]]
    is_there = any(Path(extension.format(version)).exists() for version in versions)
    return "" if is_there else "no PostgreSQL with pgvector: apt-get install postgresql-17-pgvector"


@contextmanager
def started() -> Iterator[Server]:
    """A server that runs until this ends, as another user when this one is root."""
    folder = Path(tempfile.mkdtemp(prefix="sourcier-pg-"))
    user = _servant() if os.geteuid() == 0 else None
    if user:
        shutil.chown(folder, user)
    data = folder / "data"

    def run(program: str, *arguments: str) -> None:
        command = [str(_BINARIES[-1] / program), "-D", str(data), *arguments]
        log = folder / f"{program}.log"
        with log.open("a") as output:
            done = subprocess.run(
                command, user=user, cwd=folder, stdout=output, stderr=output, check=False
            )
        assert done.returncode == 0, log.read_text()

    try:
        run("initdb", "-U", _USER, "--auth=trust", "-E", "UTF8", "--locale=C", "--no-sync")
        options = f"-F -c listen_addresses= -c max_connections={_CONNECTIONS} -k {folder}"
        run("pg_ctl", "-w", "-o", options, "start")
        try:
            yield Server(folder, lambda: run("pg_ctl", "-w", "-m", "immediate", "restart"))
        finally:
            run("pg_ctl", "-w", "-m", "immediate", "stop")
    finally:
        shutil.rmtree(folder)


def _servant() -> str:
    """A user who may do nothing else."""
    return next((user.pw_name for user in getpwall() if user.pw_name == "postgres"), "nobody")
