"""A consistent copy of a SQLite database that others may be writing."""

import sqlite3
from contextlib import closing
from pathlib import Path

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
