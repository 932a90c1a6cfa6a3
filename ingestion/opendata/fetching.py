"""Contracts and notices fetched from their portals: all that was asked for, or nothing."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any

from ingestion.durable import file_sha256, replace_bytes
from ingestion.errors import IngestionError
from ingestion.opendata.portal import EXPORT, PAGE, REACH, OpenDataset, RecordQuery

Told = Callable[[int], None]
"""Hears how far it has come: bytes of contracts, notices."""

MOST_LINES = 30_000
"""Lines of contracts that are fetched at once: as many take half a gigabyte to read."""

# Contracts: the export of the portal, kept byte for byte, as a file that the ledger imports.


@dataclass(frozen=True, slots=True)
class FetchedFile:
    """A file as it came: from where, at what moment, its sha256, and how many lines it has."""

    path: Path
    address: str
    at: datetime
    sha256: str
    lines: int


def count_contracts(dataset: OpenDataset, where: str) -> int:
    """How many lines there are; raises IngestionError for more than may be fetched at once."""
    total = dataset.page(RecordQuery(where), limit=1).total
    if total > MOST_LINES:
        raise IngestionError(
            f"{total} lignes correspondent, {MOST_LINES} au plus sont prises en une fois. "
            "Restreignez la demande (--buyer, --cpv, --since, --until)."
        )
    return total


def fetch_contracts(
    dataset: OpenDataset, where: str, expected: int, folder: Path, told: Told
) -> FetchedFile:
    """Fetch the lines, of which there are so many, into a folder.

    Raises IngestionError when they do not all come; nothing is then left in the folder.
    """
    query = RecordQuery(where)
    with TemporaryFile() as file:
        lines = dataset.export(query, file, told)
        if lines != expected:
            raise IngestionError(
                f"{dataset.host} annonçait {expected} lignes et en a envoyé {lines} : rien n'est "
                "gardé. Les données changent peut-être en ce moment : relancez la même commande."
            )
        file.seek(0)
        content = file.read()
    now = datetime.now(UTC)
    path = folder / f"decp-{now:%Y-%m-%d-%H%M%S}.json"
    folder.mkdir(parents=True, exist_ok=True)
    replace_bytes(path, content)
    return FetchedFile(path, dataset.address_of(query, EXPORT), now, file_sha256(path), lines)


# Notices: listed page by page, or one of them whole, as it came.

NUMBER = re.compile(r"\d{2}-\d{1,8}")
"""The number of a notice of the BOAMP."""

_SHOWN = "idweb,objet,nomacheteur,dateparution,datelimitereponse,nature_libelle,etat,url_avis"
_NEWEST_FIRST = "dateparution desc,idweb desc"


@dataclass(frozen=True, slots=True)
class PublishedNotice:
    """A notice as a list shows it; days are written YYYY-MM-DD, "" for what is not said."""

    number: str
    subject: str
    buyer: str
    published: str
    deadline: str
    nature: str
    state: str
    address: str


@dataclass(frozen=True, slots=True)
class FoundNotices:
    """The newest notices, and how many there are in all; `address` is what was asked."""

    notices: tuple[PublishedNotice, ...]
    total: int
    address: str


def find_notices(dataset: OpenDataset, where: str, most: int, told: Told) -> FoundNotices:
    """The newest notices, at most so many.

    Raises IngestionError when the portal does not give all of them.
    """
    query = RecordQuery(where, _NEWEST_FIRST, _SHOWN)
    notices: dict[str, PublishedNotice] = {}
    offset, total = 0, 1
    while offset < min(total, most, REACH):
        page = dataset.page(query, offset, min(PAGE, most - offset))
        total = page.total
        if not page.records and offset < total:
            raise IngestionError(
                f"{dataset.host} annonce {total} avis et s'arrête à {offset}. Relancez la même "
                "commande plus tard."
            )
        notices |= {each.number: each for each in _notices(page.records)}
        offset += len(page.records)
        told(offset)
    return FoundNotices(tuple(notices.values()), total, dataset.address_of(query))


def _notices(records: tuple[Mapping[str, Any], ...]) -> Iterator[PublishedNotice]:
    for record in records:
        names = _SHOWN.split(",")
        number, subject, buyer, published, deadline, nature, state, address = (
            _text(record.get(name)) for name in names
        )
        yield PublishedNotice(
            number, subject, buyer, published[:10], deadline[:10], nature, state, address
        )


def _text(value: object) -> str:
    values = value if isinstance(value, list) else [value]
    return ", ".join(" ".join(str(each).split()) for each in values if each is not None)


@dataclass(frozen=True, slots=True)
class NoticeAnswer:
    """What the portal answered of one notice, byte for byte."""

    name: str
    content: bytes
    address: str


def fetch_notice(dataset: OpenDataset, number: str) -> NoticeAnswer | None:
    """All that the portal has of a notice, None when it has none of this number.

    Raises IngestionError when it is no number of a notice, or the portal fails.
    """
    if not NUMBER.fullmatch(number):
        raise IngestionError(
            f"« {number[:20]} » n'est pas un numéro d'avis du BOAMP ; par exemple 25-127510."
        )
    query = RecordQuery(f'idweb="{number}"')
    page = dataset.page(query, limit=1)
    if not page.records:
        return None
    return NoticeAnswer(f"avis-boamp-{number}.json", page.body, dataset.address_of(query))
