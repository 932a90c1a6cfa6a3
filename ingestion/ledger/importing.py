"""Files into the ledger: each judged, told, and stored in a transaction of its own."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path

from ingestion.durable import file_sha256
from ingestion.errors import IngestionError
from ingestion.ledger.columns import Columns, Corrections, keep, normal, read_kept, understood
from ingestion.ledger.database import LedgerDraft, rewriting
from ingestion.ledger.entries import Entry
from ingestion.ledger.invoices import invoice_entry
from ingestion.ledger.purchases import purchase_entries
from ingestion.ledger.records import Comment, Contents, Record, refused
from ingestion.ledger.reports import FileReport, Verdict, is_stored, judged
from ingestion.ledger.resending import resent
from ingestion.ledger.rows import File, FileKind, Level, Remark
from ingestion.ledger.sandbox import FileReader
from ingestion.ledger.sources import Source, sources
from ingestion.ledger.tabulated import tabulated


@dataclass(frozen=True, slots=True)
class Order:
    """What is imported: files, folders or archives of one kind, with the columns corrected."""

    kind: FileKind
    paths: tuple[Path, ...]
    corrections: Corrections


def import_files(
    home: Path,
    order: Order,
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
        desk = _Desk(draft, reader, order, today, read_kept(home))
        for source in found:
            reports.append(report := desk.report(source))
            tell(report)
        _refuse_unknown_titles(order.corrections, reports)
        stored = [each for each in reports if each.stored]
        draft.is_abandoned = is_preview or not stored
        if not is_preview:
            keep(home, [columns for each in stored for columns in each.columns])
    return tuple(reports)


@dataclass(frozen=True, slots=True)
class _Desk:
    """Judges files against what the ledger holds, those before them included."""

    draft: LedgerDraft
    reader: FileReader
    order: Order
    today: date
    kept: dict[str, dict[str, str]]

    def report(self, source: Source) -> FileReport:
        """Judge a file and store it."""
        if source.path is None:
            comment = refused("FICHIER", source.refusal)
            return FileReport(source.name, Verdict.REFUSED, comments=(comment,))
        digest = file_sha256(source.path)
        if self.draft.rows("SELECT 1 FROM file WHERE sha256 = $1", [digest]):
            return FileReport(source.name, Verdict.KNOWN)
        contents = self.reader.read(source.path, source.name, self.order.kind)
        contents, columns = self._tabulated(contents)
        entries = tuple(self._entries(contents, digest))
        told = resent(self.draft, entries)
        report = judged(source.name, contents, told, columns)
        if report.verdict in (Verdict.ACCEPTED, Verdict.WARNED):
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
                read = tabulated(sheet, columns, self.order.kind)
                records += read.records
                comments += read.comments
        if not records and not any(each.level is Level.REFUSED for each in comments):
            said = 'Aucune ligne de titres reconnue : dites-les avec --map "Titre=colonne".'
            comments.append(refused("COLONNES", said))
        whole = replace(contents, records=tuple(records), comments=tuple(comments))
        return whole, tuple(found)

    def _entries(self, contents: Contents, digest: str) -> Iterator[Entry]:
        """The invoices or contracts of a file, each with what was said about its place."""
        said: dict[str, tuple[Comment, ...]] = {}
        for comment in contents.comments:
            if comment.place:
                said[comment.place] = (*said.get(comment.place, ()), comment)
        refusals = {c.place for c in contents.comments if c.level is Level.REFUSED and c.place}
        for entry in self._typed(contents.records, digest, refusals):
            yield replace(entry, comments=(*said.get(entry.place, ()), *entry.comments))

    def _typed(self, records: Sequence[Record], digest: str, refusals: set[str]) -> Iterator[Entry]:
        """The records that are not refused as typed rows, the others without any."""
        readable = [each for each in records if each.place not in refusals]
        if self.order.kind is FileKind.PURCHASES:
            yield from purchase_entries(readable, digest, self.today)
        else:
            yield from (invoice_entry(record, digest) for record in readable)
        yield from (Entry(each.place) for each in records if each.place in refusals)

    def _store(self, report: FileReport, digest: str, entries: Sequence[Entry]) -> None:
        """Store a file, what is said of it, and the entries that are not left out."""
        now = datetime.now(UTC).replace(tzinfo=None)
        file = File(digest, report.name, self.order.kind, now, report.verdict, report.format)
        ids = {each.place: each.main.id for each in entries if each.main}
        remarks = (
            Remark(digest, ids.get(c.place, c.place or None), c.code, c.level, c.sentence)
            for c in report.comments
        )
        new = [each for each in entries if is_stored(each)]
        with self.draft.transaction():
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
