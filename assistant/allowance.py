"""Allowance: how many bytes of pieces one person may keep, in all the dossiers together."""

from assistant.journal import Journal
from ingestion.errors import IngestionError
from ingestion.library import Library

GIGABYTE = 1_000_000_000


def kept_by(journal: Journal, user: str) -> int:
    """Bytes of the pieces that someone sent to dossiers which are still there.

    A piece taken out of a dossier is kept with it, since answers point into it. One sent longer ago
    than the journal keeps its words is no longer anybody's.
    """
    sent = set()
    for entry in journal.entries():
        if entry["kind"] == "upload" and entry["user"] == user and (body := journal.body(entry)):
            records = journal.apart(entry)
            if records is not None:
                sent.add((records.parent, str(body["sha256"])))
    return sum(Library(home).size(digest) for home, digest in sent)


def require_allowed(journal: Journal, user: str, most: int) -> None:
    """Raise IngestionError when someone keeps as many bytes as they may."""
    kept = kept_by(journal, user)
    if kept >= most:
        raise IngestionError(
            f"Les pièces que vous avez déposées occupent {_gigabytes(kept)}, et chacun a droit à "
            f"{_gigabytes(most)}. Effacez un dossier devenu inutile, ou demandez à "
            "l'administrateur d'augmenter « personal_gigabytes » dans settings.toml."
        )


def _gigabytes(size: int) -> str:
    return f"{size / GIGABYTE:.1f} Go".replace(".", ",")
