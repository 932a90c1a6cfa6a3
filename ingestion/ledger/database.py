"""The ledger of a data folder: a file of it, or a server where its settings name one."""

import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ingestion.durable import refusals_of_disk, writing
from ingestion.errors import IngestionError
from ingestion.ledger.embedded import open_file, rewriting_file
from ingestion.ledger.seam import Ledger, LedgerDraft, Row

__all__ = ["Ledger", "LedgerDraft", "Row", "ledger_path", "open_ledger", "rewriting"]


@contextmanager
def open_ledger(home: Path) -> Iterator[Ledger]:
    """The ledger of a data folder, as it is now.

    Raises:
        NothingImported: when there is none yet.
        DamagedLedger: when its file cannot be read.
        UnreachableLedger: when its server cannot be asked.
    """
    if address := ledger_server(home):
        from ingestion.ledger.server import open_server  # loads a library that few need

        with open_server(address) as ledger:
            yield ledger
    else:
        with open_file(ledger_path(home)) as ledger:
            yield ledger


@contextmanager
def rewriting(home: Path) -> Iterator[LedgerDraft]:
    """Be the only writer; what was written is in use once this ends, and lost if it raises.

    It is also lost when the draft is abandoned.

    Raises:
        BusyIndex: when someone else writes in this folder or to this server.
        DamagedLedger: when the file in use cannot be read.
        UnreachableLedger: when the server cannot be written to.
    """
    path = ledger_path(home)
    with writing(path.parent), refusals_of_disk(home):
        if address := ledger_server(home):
            from ingestion.ledger.server import rewriting_server

            with rewriting_server(address) as draft:
                yield draft
        else:
            with rewriting_file(path) as draft:
                yield draft


def ledger_path(home: Path) -> Path:
    """The file of the ledger in a data folder."""
    return home / "ledger" / "ledger.duckdb"


def ledger_server(home: Path) -> str:
    """The address of a PostgreSQL server that the settings of a data folder name, else ""."""
    path = home / "settings.toml"
    try:
        settings = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return ""
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise IngestionError(f"{path} n'est pas un fichier TOML valide : {error}") from error
    return str(settings.get("ledger", ""))
