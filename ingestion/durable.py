"""Writing to disk so that a crash leaves either the old or the new; copies of SQLite files."""

import errno
import fcntl
import os
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from hashlib import file_digest
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from ingestion.errors import BusyIndex, IngestionError, StorageFull

if TYPE_CHECKING:
    from ingestion.postgresql import PostgresServer

BUSY = "Une autre indexation est en cours dans ce dossier. Réessayez quand elle est finie."

_FULL = ("no space left", "disk is full", "disk quota exceeded")
"""What Python, SQLite and the lexical engine say, each in an exception of its own."""

_REFUSALS = {
    errno.EACCES: "accès refusé",
    errno.EPERM: "accès refusé",
    errno.EROFS: "disque ouvert en lecture seule",
    errno.ENOENT: "introuvable",
    errno.EISDIR: "c'est un dossier",
    errno.EIO: "le disque ne répond pas",
    errno.ENOMEM: "la mémoire manque",
    errno.EADDRNOTAVAIL: "cette adresse n'est pas de cette machine",
    errno.EAGAIN: "le système n'en accepte pas plus pour le moment",
    errno.EMFILE: "trop de fichiers sont ouverts",
    errno.ENFILE: "trop de fichiers sont ouverts",
}

_NEARLY_FULL = 4_000_000
"""Free bytes below which a failure without such words, as of the vector engine, is the disk's."""


def replace_bytes(path: Path, content: bytes) -> None:
    """Write a file whole or not at all, durable once this returns; a failure leaves nothing."""
    partial = path.with_name(path.name + ".partial")
    try:
        with partial.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
    except OSError:
        partial.unlink(missing_ok=True)
        raise
    partial.replace(path)
    sync(path.parent)


def sync(path: Path) -> None:
    """Force a file, or the names in a folder, to disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def file_sha256(path: Path) -> str:
    """Hexadecimal sha256 of a file's bytes."""
    with path.open("rb") as file:
        return file_digest(file, "sha256").hexdigest()


def hold(path: Path, *, alone: bool) -> BinaryIO | None:
    """Lock a file until what is returned is closed or the process is gone.

    Returns None at once when others hold it: anyone if `alone`, else one who is alone.
    """
    file = path.open("r+b" if alone else "rb")
    try:
        fcntl.flock(file, (fcntl.LOCK_EX if alone else fcntl.LOCK_SH) | fcntl.LOCK_NB)
    except BlockingIOError:
        file.close()
        return None
    return file


CHANGES = "changes"
"""What the one machine holds that changes the library, or an index, on a server."""


@contextmanager
def lock_for_writing(home: Path) -> Iterator[Callable[[], None]]:
    """Be the only process that writes the index of this folder, or of the server of its settings.

    What is given raises IngestionError once that no longer holds. Raises BusyIndex at once when
    another is, StorageFull when the disk fills up meanwhile, and IngestionError when writing is not
    allowed.
    """
    with refusals_of_disk(home), alone_with(home / "lock", BUSY):
        server = _server_of(home)
        if server is None:
            yield lambda: None
            return
        with server.alone(CHANGES) as assure:
            if assure is None:
                raise BusyIndex(BUSY)
            yield assure


def is_written(home: Path) -> bool:
    """Whether somebody writes the index of this folder, or of the server of its settings."""
    if server := _server_of(home):
        return server.is_held(CHANGES)
    if not (home / "lock").exists():
        return False
    lock = hold(home / "lock", alone=False)
    if lock:
        lock.close()
    return lock is None


def _server_of(home: Path) -> "PostgresServer | None":
    from ingestion.postgresql import named_server, server_at  # who only reads files does without

    address = named_server(home, "store")
    return server_at(address) if address else None


@contextmanager
def alone_with(path: Path, busy: str) -> Iterator[None]:
    """Hold a file, made where it is missing; raises BusyIndex with these words when others do."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch()
    lock = hold(path, alone=True)
    if lock is None:
        raise BusyIndex(busy)
    with lock:
        yield


@contextmanager
def refusals_of_disk(home: Path) -> Iterator[None]:
    """Say in French that the disk of `home` is full or closed to writing."""
    try:
        with fullness_of_disk(home):
            yield
    except OSError as error:
        if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
            raise IngestionError(
                f"Écriture refusée dans {error.filename or home}. Corrigez les droits de ce "
                "dossier, ou choisissez-en un autre : sourcier --data DOSSIER"
            ) from error
        raise


@contextmanager
def fullness_of_disk(home: Path) -> Iterator[None]:
    """Say in French that the disk of `home` is full, whichever library says so."""
    try:
        yield
    except Exception as error:
        if says_full(error) or _is_nearly_full(home, error):
            raise StorageFull(
                f"Le disque de {home} est plein. Libérez de la place, puis recommencez."
            ) from error
        raise


def says_full(error: Exception) -> bool:
    """Whether an error of any library says in its own words that the disk is full. Pure."""
    return any(words in str(error).lower() for words in _FULL)


def in_words(error: Exception) -> str:
    """Why the disk or the system refused, in French, without the number of the error. Pure."""
    if says_full(error):
        return "le disque est plein"
    if isinstance(error, OSError) and error.strerror:
        told = _REFUSALS.get(error.errno or 0, error.strerror)
        return f"{told} ({error.filename})" if error.filename else told
    return str(error)


def require_space(home: Path, needed: int) -> None:
    """Raise StorageFull when the disk of `home` has fewer free bytes than needed."""
    free = free_bytes(home)
    if free < needed:
        raise StorageFull(
            f"Il faut environ {_megabytes(needed)} libres sur le disque de {home} et il en reste "
            f"{_megabytes(free)}. Libérez de la place, ou choisissez un autre dossier : "
            "sourcier --data DOSSIER"
        )


def _is_nearly_full(home: Path, error: Exception) -> bool:
    return not isinstance(error, IngestionError) and free_bytes(home) < _NEARLY_FULL


def free_bytes(home: Path) -> int:
    """Free space where a folder is, or will be."""
    return shutil.disk_usage(next(path for path in (home, *home.parents) if path.exists())).free


def _megabytes(size: int) -> str:
    return f"{-(-size // 1_000_000)} Mo"


# A consistent copy of a SQLite database that others may be writing.

_HEADER = b"SQLite format 3\0"


def is_database(path: Path) -> bool:
    """Whether a file is one, by its first bytes."""
    with path.open("rb") as file:
        return file.read(len(_HEADER)) == _HEADER


def snapshot(database: Path, copy: Path) -> None:
    """Copy a database as it stands between two transactions."""
    address = f"{database.absolute().as_uri()}?mode=ro"
    with (
        closing(sqlite3.connect(address, uri=True)) as opened,
        closing(sqlite3.connect(copy)) as written,
    ):
        opened.backup(written)
