"""Contracts and notices of portals: how they are asked for, and fetched whole or not at all."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any

from ingestion.durable import file_sha256, replace_bytes
from ingestion.errors import IngestionError
from ingestion.opendata.portal import EXPORT, PAGE, REACH, OpenDataset, RecordQuery

# What is looked for in public data, in the query language of their portals. Pure.
#
# Consolidated contracts (DECP of 2022) have a column for the SIRET of the buyer and none for the
# name; notices of the BOAMP have one for the name, and the SIRET and CPV codes in their text only.

_SIREN, _SIRET, _CPV = 9, 14, 8
_SPACES = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class PublicDataCriteria:
    """A buyer (SIRET, SIREN or name), a CPV code or its beginning, and days, both included."""

    buyer: str = ""
    cpv: str = ""
    since: date | None = None
    until: date | None = None


def contracts_where(criteria: PublicDataCriteria) -> str:
    """The condition on consolidated contracts; the days are those of notification.

    Raises IngestionError when nothing is looked for, or in a way that these data do not know.
    """
    return _joined(_of_contracts(criteria))


def _of_contracts(criteria: PublicDataCriteria) -> Iterator[str]:
    if criteria.buyer:
        number = _number(criteria.buyer)
        if number is None:
            raise IngestionError(
                "Les marchés publiés ne donnent pas le nom de l'acheteur : donnez son SIRET "
                "(14 chiffres) ou son SIREN (9 chiffres)."
            )
        whole = len(number) == _SIRET
        yield f'acheteur_id="{number}"' if whole else f'startswith(acheteur_id,"{number}")'
    if criteria.cpv:
        yield f'startswith(codecpv,"{_cpv(criteria.cpv)}")'
    yield from _days("datenotification", criteria)


def notices_where(criteria: PublicDataCriteria) -> str:
    """The condition on notices of the BOAMP; the days are those of publication.

    Raises IngestionError when nothing is looked for, or in a way that these data do not know.
    """
    return _joined(_of_notices(criteria))


def _of_notices(criteria: PublicDataCriteria) -> Iterator[str]:
    if criteria.buyer:
        number = _number(criteria.buyer)
        name = _quoted(criteria.buyer)
        yield f'search(donnees,"{number}")' if number else f"search(nomacheteur,{name})"
    if criteria.cpv:
        code = _cpv(criteria.cpv)
        if len(code) < _CPV:
            raise IngestionError(
                f"Le BOAMP n'a pas de colonne CPV : donnez un code entier, par exemple "
                f"{code.ljust(_CPV, '0')}."
            )
        yield f'search(donnees,"{code}")'
    yield from _days("dateparution", criteria)


def _joined(conditions: Iterator[str]) -> str:
    found = " and ".join(conditions)
    if not found:
        raise IngestionError(
            "Dites ce qui est cherché : --buyer (acheteur), --cpv, --since ou --until."
        )
    return found


def _days(field: str, criteria: PublicDataCriteria) -> Iterator[str]:
    if criteria.since and criteria.until and criteria.until < criteria.since:
        raise IngestionError("Le dernier jour (--until) précède le premier (--since).")
    if criteria.since:
        yield f"{field}>=date'{criteria.since}'"
    if criteria.until:
        yield f"{field}<=date'{criteria.until}'"


def _number(buyer: str) -> str | None:
    """The SIREN or SIRET that a buyer is given by, None for a name."""
    bare = _SPACES.sub("", buyer)
    is_number = bare.isascii() and bare.isdecimal() and len(bare) in (_SIREN, _SIRET)
    return bare if is_number else None


def _cpv(code: str) -> str:
    """The digits of a code, or of its beginning, without the one that checks them."""
    bare = _SPACES.sub("", code).partition("-")[0]
    if not (bare.isascii() and bare.isdecimal() and 2 <= len(bare) <= _CPV):
        raise IngestionError(
            f"« {code[:20]} » n'est ni un code CPV ni son début ; par exemple 45210000 ou 45."
        )
    return bare


def _quoted(text: str) -> str:
    """A text of the query language, whatever stands in it."""
    bare = " ".join("".join(each if each.isprintable() else " " for each in text).split())
    return '"' + bare.replace("\\", " ").replace('"', " ") + '"'


# What is fetched: all that was asked for, or nothing.

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
