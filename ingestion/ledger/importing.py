"""Files into the ledger: each judged, told, and stored in a transaction of its own."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from enum import StrEnum
from pathlib import Path
from tempfile import TemporaryDirectory

from ingestion.durable import file_sha256
from ingestion.errors import IngestionError
from ingestion.ledger.columns import (
    Columns,
    Corrections,
    keep,
    normal,
    read_kept,
    understood,
)
from ingestion.ledger.database import rewriting
from ingestion.ledger.embedded import LedgerDraft
from ingestion.ledger.entries import invoice_entry, purchase_entries
from ingestion.ledger.opening import FileReader
from ingestion.ledger.records import (
    Comment,
    Contents,
    LedgerEntry,
    Record,
    refused,
)
from ingestion.ledger.resending import resent
from ingestion.ledger.rows import File, FileKind, Invoice, Level, Lineage, Purchase, Remark
from ingestion.ledger.tables import tabulated
from ingestion.tenders.archives import unpack

# The files to import behind what a person names: files, folders, ZIP archives of them.

_ARCHIVE = ".zip"


@dataclass(frozen=True, slots=True)
class ImportSource:
    """A file and the name it is known by; `refusal` says in French why there is no file."""

    name: str
    path: Path | None
    refusal: str = ""


@contextmanager
def sources(paths: Iterable[Path]) -> Iterator[Iterator[ImportSource]]:
    """The files at the paths, one after the other; those of archives are gone once this ends."""
    with TemporaryDirectory() as folder:
        yield _sources(paths, Path(folder))


def _sources(paths: Iterable[Path], folder: Path) -> Iterator[ImportSource]:
    for path in paths:
        for source in _files(path):
            if source.path and source.path.suffix.lower() == _ARCHIVE:
                yield from _members(source.path, source.name, folder)
            else:
                yield source


def _files(path: Path) -> Iterator[ImportSource]:
    """The files of a folder, hidden ones left out, or the file itself."""
    if not path.is_dir():
        refusal = "" if path.is_file() else "Ce fichier n'existe pas."
        yield ImportSource(_told(path.name), path if path.is_file() else None, refusal)
        return
    for file in sorted(path.rglob("*")):
        below = file.relative_to(path)
        if file.is_file() and not any(part.startswith(".") for part in below.parts):
            yield ImportSource(_told(f"{path.name}/{below.as_posix()}"), file)


def _told(name: str) -> str:
    """A name that can be written: on the disk it is bytes, which may be no text."""
    return name.encode("utf-8", "replace").decode("utf-8")


def _members(archive: Path, name: str, folder: Path) -> Iterator[ImportSource]:
    with TemporaryDirectory(dir=folder) as place:
        for member in unpack(archive, Path(place)):
            reason = member.refusal or ""
            refusal = f"{reason[:1].upper()}{reason[1:]}." if reason else ""
            yield ImportSource(f"{name}/{member.name}", member.path, refusal)


# What is said of each file: its verdict, what it stores, what is doubted. Pure.

_SAMPLE = 5


class FileVerdict(StrEnum):
    """What becomes of a file; `KNOWN` when the ledger has its bytes, or all that it says."""

    ACCEPTED = "accepted"
    WARNED = "warned"
    REFUSED = "refused"
    KNOWN = "known"


@dataclass(frozen=True, slots=True)
class FileReport:
    """What was found in a file: how many invoices or contracts are stored, and all that is said.

    `sample` are the first of those that are stored, or that were read when none is; `columns` are
    those of its tables.
    """

    name: str
    verdict: FileVerdict
    format: str = ""
    stored: int = 0
    left_out: int = 0
    sample: tuple[Invoice | Purchase, ...] = ()
    columns: tuple[Columns, ...] = ()
    comments: tuple[Comment, ...] = ()


def judged(
    name: str, contents: Contents, entries: Sequence[LedgerEntry], columns: tuple[Columns, ...]
) -> FileReport:
    """What becomes of a file with these entries: one that is refused as a whole stores none."""
    told = (comment for entry in entries for comment in entry.comments)
    comments = tuple(dict.fromkeys((*contents.comments, *told)))
    stored = [each for each in entries if is_stored(each)]
    if any(each.level is Level.REFUSED and not each.place for each in contents.comments):
        verdict, stored = FileVerdict.REFUSED, []
    elif stored:
        verdict = FileVerdict.WARNED if comments else FileVerdict.ACCEPTED
    else:
        is_known = bool(entries) and all(each.is_known for each in entries)
        verdict = FileVerdict.KNOWN if is_known else FileVerdict.REFUSED
    return FileReport(
        name,
        verdict,
        contents.format,
        len(stored),
        len(entries) - len(stored),
        tuple(each.main for each in (stored or entries)[:_SAMPLE] if each.main),
        columns,
        comments,
    )


def is_stored(entry: LedgerEntry) -> bool:
    """Whether an entry is new, or says more than the ledger, and has nothing against it."""
    return not entry.is_known and not entry.is_refused


@dataclass(frozen=True, slots=True)
class ImportOrder:
    """What is imported: files, folders or archives of one kind, with the columns corrected."""

    kind: FileKind
    paths: tuple[Path, ...]
    corrections: Corrections


def import_files(
    home: Path,
    order: ImportOrder,
    *,
    today: date,
    is_preview: bool = False,
    tell: Callable[[FileReport], None] = lambda _: None,
) -> tuple[FileReport, ...]:
    """Judge every file and store those that are not refused; a preview stores nothing.

    Each report is told as soon as its file is judged. Contracts of a day after `today` are doubted.

    Raises:
        BusyIndex: when someone else writes to this ledger.
        DamagedLedger: when it cannot be read.
        IngestionError: when a correction is about a title that no file has; nothing is stored.
    """
    reports: list[FileReport] = []
    with rewriting(home) as draft, FileReader() as reader, sources(order.paths) as found:
        service = _Service(draft, reader, order, today, read_kept(home))
        for source in found:
            reports.append(report := service.report(source))
            tell(report)
        _refuse_unknown_titles(order.corrections, reports)
        stored = [each for each in reports if each.stored]
        draft.is_abandoned = is_preview or not stored
        if not is_preview:
            keep(home, order.kind, [columns for each in stored for columns in each.columns])
    return tuple(reports)


@dataclass(frozen=True, slots=True)
class _Service:
    """Judges files against what the ledger holds, those before them included."""

    draft: LedgerDraft
    reader: FileReader
    order: ImportOrder
    today: date
    kept: dict[str, dict[str, str]]

    def report(self, source: ImportSource) -> FileReport:
        """Judge a file and store it."""
        if source.path is None:
            comment = refused("FICHIER", source.refusal)
            return FileReport(source.name, FileVerdict.REFUSED, comments=(comment,))
        digest = file_sha256(source.path)
        if self.draft.rows("SELECT 1 FROM file WHERE sha256 = $1", [digest]):
            return FileReport(source.name, FileVerdict.KNOWN)
        contents = self.reader.read(source.path, source.name, self.order.kind)
        contents, columns = self._tabulated(contents)
        entries = tuple(self._entries(contents, digest))
        told = resent(self.draft, entries)
        report = judged(source.name, contents, told, columns)
        if report.verdict in (FileVerdict.ACCEPTED, FileVerdict.WARNED):
            self._store(report, digest, told)
        return report

    def _tabulated(self, contents: Contents) -> tuple[Contents, tuple[Columns, ...]]:
        """The contents with the records of their sheets, and the columns of these."""
        records, comments = list(contents.records), list(contents.comments)
        found = []
        for sheet in contents.sheets:
            columns = understood(sheet, self.order.kind, self.order.corrections, self.kept)
            if columns is not None:
                found.append(columns)
                read, said = tabulated(sheet, columns, self.order.kind)
                records += read
                comments += said
        if not records and not any(each.level is Level.REFUSED for each in comments):
            unknown = 'Aucune ligne de titres reconnue : dites-les avec --map "Titre=colonne".'
            comments.append(refused("COLONNES", unknown))
        whole = replace(contents, records=tuple(records), comments=tuple(comments))
        return whole, tuple(found)

    def _entries(self, contents: Contents, digest: str) -> Iterator[LedgerEntry]:
        """The invoices or contracts of a file, each with what was said about its place."""
        said: dict[str, tuple[Comment, ...]] = {}
        for comment in contents.comments:
            if comment.place:
                said[comment.place] = (*said.get(comment.place, ()), comment)
        refusals = {c.place for c in contents.comments if c.level is Level.REFUSED and c.place}
        for entry in self._typed(contents.records, digest, refusals):
            yield replace(entry, comments=(*said.get(entry.place, ()), *entry.comments))

    def _typed(
        self, records: Sequence[Record], digest: str, refusals: set[str]
    ) -> Iterator[LedgerEntry]:
        """The records that are not refused as typed rows, the others without any."""
        readable = [each for each in records if each.place not in refusals]
        if self.order.kind is FileKind.PURCHASES:
            yield from purchase_entries(readable, digest, self.today)
        else:
            yield from (invoice_entry(record, digest) for record in readable)
        yield from (LedgerEntry(each.place) for each in records if each.place in refusals)

    def _store(self, report: FileReport, digest: str, entries: Sequence[LedgerEntry]) -> None:
        """Store a file, what is said of it, and the entries that are not left out."""
        now = datetime.now(UTC).replace(tzinfo=None)
        file = File(digest, report.name, self.order.kind, now, report.verdict, report.format)
        ids = {each.place: each.main.id for each in entries if each.main}
        remarks = (
            Remark(digest, ids.get(c.place, c.place or None), c.code, c.level, c.sentence)
            for c in report.comments
        )
        new = [each for each in entries if is_stored(each)]
        moved = [each.main.id for each in new if each.is_moved and each.main]
        with self.draft.transaction():
            if moved:
                self.draft.remove(Invoice, "id", moved)
                self.draft.remove(Lineage, "row", moved)
            self.draft.append((file, *remarks))
            self.draft.append(row for entry in new for row in entry.rows)
            self.draft.append(line for entry in new for line in entry.lineage)


def _refuse_unknown_titles(corrections: Corrections, reports: Sequence[FileReport]) -> None:
    titles = [column.title for each in reports for c in each.columns for column in c.columns]
    unknown = set(map(normal, corrections)) - set(map(normal, titles))
    for title in corrections:
        if normal(title) in unknown:
            raise IngestionError(
                f"Aucun fichier n'a de colonne « {title} » : rien n'est enregistré. Titres lus : "
                f"{', '.join(dict.fromkeys(titles)) or 'aucun'}."
            )
