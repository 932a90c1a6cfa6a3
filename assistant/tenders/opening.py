"""Opening: a dossier made of files that arrive together, and named from what they say.

Its identifier is made of the name under which they arrive; its reference, subject and buyer are
read in the pieces, as far as these tell them. Where nothing is kept, nothing is opened.
"""

import re
import textwrap
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date
from pathlib import PurePosixPath

from assistant.question.language import fold_text
from assistant.tenders.fiche import LINES, Fiche, FicheLine
from assistant.tenders.service import DossierService
from ingestion.documents.document import Document
from ingestion.documents.pieces import PIECE
from ingestion.errors import IngestionError
from ingestion.progress import StepProgress, untold
from ingestion.tenders.dossiers import Dossier
from ingestion.tenders.intake import Parcel, Receipt

LONGEST_NAME = 40
LONGEST_SUBJECT = 160
"""Characters of what a dossier is called, and of what it is said to be about."""

MOST_TRIES = 50
"""Identifiers that are tried when those before are taken."""

FIRST_PAGE = 3000
"""Characters of a piece in which its reference is looked for."""

_REFERENCE = re.compile(
    r"(?i:consultation|march[ée]|accord-cadre|affaire|dossier|proc[ée]dure|r[ée]f[ée]rence)"
    r"[^\S\n]*(?:\|[^\S\n]*|:[^\S\n]*)?n[°o][^\S\n]*(?P<number>[A-Z0-9][\w./-]{2,29})",
)


@dataclass(frozen=True, slots=True)
class OpenedDossier:
    """What became of files that were to make a dossier; there is none when all were refused."""

    dossier: Dossier | None
    receipts: tuple[Receipt, ...]


def open_with(
    filing: DossierService,
    parcels: Sequence[Parcel],
    team: str,
    day: date,
    told: Callable[[Receipt], None] = untold,
    progress: StepProgress = untold,
) -> OpenedDossier:
    """Open a dossier for a team with these files; `told` hears of each, `progress` of the index.

    Raises IngestionError when it cannot be opened or nothing more may be kept; no dossier is left
    then, unless its pieces are kept and only wait to be indexed.
    """
    sending = name_of_sending([parcel.name for parcel in parcels])
    dossier = _created(filing, Dossier(identifier(sending, day), sending, team=team))
    try:
        receipts = filing.add(dossier.id, parcels, told, progress)
    finally:
        if not filing.count(dossier.id):
            filing.delete(dossier.id)
    if all(receipt.refusal for receipt in receipts):
        return OpenedDossier(None, receipts)
    named = described(dossier, filing.documents(dossier.id), filing.fiche(dossier.id))
    filing.describe(named)
    return OpenedDossier(named, receipts)


def _created(filing: DossierService, dossier: Dossier) -> Dossier:
    """The dossier as it was created, under the first identifier that is free."""
    for number in range(2, MOST_TRIES):
        with suppress(IngestionError):
            filing.create(dossier)
            return dossier
        base = dossier.id if number == 2 else dossier.id.rpartition("-")[0]
        dossier = replace(dossier, id=f"{base}-{number}")
    filing.create(dossier)  # says why not
    return dossier


def name_of_sending(names: Sequence[str]) -> str:
    """What files that arrive together are called: their archive, their folder, or the first. Pure.

    "" where that only says which piece it is.

    >>> name_of_sending(["DCE_cantines.zip"])
    'DCE cantines'
    """
    paths = [PurePosixPath(name.replace("\\", "/")) for name in names]
    archives = [path for path in paths if path.suffix.lower() == ".zip"]
    folders = {path.parts[0] if len(path.parts) > 1 else "" for path in paths}
    folder = folders.pop() if len(folders) == 1 else ""
    chosen = archives[0].stem if archives else folder or (paths[0].stem if paths else "")
    words = " ".join(re.sub(r"[\W_]+", " ", chosen).split())
    if re.fullmatch(PIECE, words):
        return ""
    return textwrap.shorten(words, LONGEST_NAME, placeholder="") or words[:LONGEST_NAME]


def identifier(sending: str, day: date) -> str:
    """An identifier made of what was sent, and when. Pure."""
    plain = re.sub(r"[^a-z0-9]+", "-", fold_text(sending)).strip("-")
    return f"{plain or 'dossier'}-{day:%Y%m%d}"


def described(dossier: Dossier, documents: Sequence[Document], made: Fiche) -> Dossier:
    """The dossier with the reference, subject and buyer that its pieces state. Pure."""
    lines = dict(zip(LINES, made.lines, strict=True))
    return replace(
        dossier,
        reference=reference_in(documents) or dossier.reference,
        subject=_stated(lines["subject"]),
        buyer=_stated(lines["buyer"]),
    )


def reference_in(documents: Sequence[Document]) -> str:
    """The number that most pieces name on their first page, "" when none does. Pure."""
    numbers = Counter(
        number
        for document in documents
        for number in {each["number"] for each in _REFERENCE.finditer(document.text[:FIRST_PAGE])}
    )
    return next((number.rstrip(".-/") for number, _ in numbers.most_common(1)), "")


def _stated(line: FicheLine) -> str:
    """What most pieces say of a line, without its label; the shortest where they say it once."""
    said = Counter({text: len(entries) for text, entries in line.texts.items()})
    if not said:
        return ""
    text = min(said, key=lambda each: (-said[each], len(each)))
    value = " ".join(text.splitlines()[0].rpartition("|")[2].split())
    return textwrap.shorten(value, LONGEST_SUBJECT, placeholder="…")
