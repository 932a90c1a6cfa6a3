"""The administration's service: everything that the administrator's page asks for."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import date, datetime
from pathlib import Path

from assistant.journal.journal import Journal
from assistant.law.impact import Impact, IndexChanges, difference_between
from assistant.law.sheets import SheetsComparison, compared_sheets
from assistant.publishing.backup import Backup, Saved, back_up, backup_name, is_backup_name, saved
from assistant.publishing.build_queue import BuildOrder
from assistant.publishing.build_record import Build
from assistant.publishing.decisions import CandidateIndex, Decisions, read_candidate
from assistant.publishing.history import IndexEvent, TextAct, index_events, restorable, text_acts
from assistant.publishing.processes import BuildProcesses
from assistant.publishing.schedule import (
    PlannedUpdate,
    Recurrence,
    Schedule,
    UpdateKind,
    UpdateSchedule,
    schedule_of,
)
from assistant.publishing.sources import IndexSource, sources, take_in
from assistant.publishing.storage import Kept, Usage, kept_generations, manifest_of, usage
from assistant.publishing.texts import PreviewedText, days_said, previewed, texts_of
from assistant.publishing.withheld import WithheldText, WithheldTexts
from assistant.settings import load_settings
from ingestion.blobs import is_shared
from ingestion.documents.document import Document, Kind
from ingestion.durable import lock_for_writing
from ingestion.errors import BusyIndex, IngestionError, UnknownSnapshot
from ingestion.index.publication import open_snapshot, served_name
from ingestion.index.store import Manifest
from ingestion.legislation.official_copy import InstalledArchives, OfficialCopy
from ingestion.library.library import Library
from ingestion.tenders.intake import Parcel, Receipt

KEPT_BACKUPS = 3
"""Backups that stay in the data folder; who wants more carries them elsewhere."""


class AdministrationService:
    """The index of one data folder and its upkeep; `user` is the pseudonym of who acts.

    What cannot be done raises AssistantError or IngestionError with a French sentence, BusyIndex at
    once while another process writes.
    """

    def __init__(self, home: Path, journal: Journal, command: Sequence[str]) -> None:
        """`command` is `sourcier` for this data folder, which builds in a process of its own."""
        self._home = home
        self._journal = journal
        self._command = command
        self._processes = BuildProcesses(home, command)
        self._schedule = UpdateSchedule(home, journal)

    @property
    def served(self) -> Manifest | None:
        """What the index in service holds, None when there is none or it is damaged."""
        return manifest_of(self._home, served_name(self._home))

    @property
    def candidate(self) -> CandidateIndex | None:
        """The snapshot that waits for a decision."""
        return read_candidate(self._home)

    @property
    def build(self) -> Build | None:
        """The build that runs, else the one that is waited for, else the last one."""
        return self._processes.build

    @property
    def log(self) -> str:
        """The end of what the last build said, where it was begun from here."""
        return self._processes.log

    def manifest(self, name: str) -> Manifest | None:
        """What a snapshot holds."""
        return manifest_of(self._home, name)

    def sources(self) -> tuple[IndexSource, ...]:
        """The files of the next index, and those removed since the last."""
        return sources(self._home, self.served)

    def generations(self) -> tuple[Kept, ...]:
        """Every snapshot kept, the newest first."""
        return kept_generations(self._home)

    def usage(self) -> Usage:
        """What takes room."""
        return usage(self._home)

    def backups(self) -> tuple[Saved, ...]:
        """The backups of the data folder, the newest first."""
        return saved(self._home)

    def backup(self, name: str, user: str) -> Path | None:
        """The file of one of them, which leaves; None when there is none of this name."""
        if name not in {each.name for each in self.backups()}:
            return None
        self._journal.append("export", {"what": "backup", "file": name}, user=user)
        return self._home / "backups" / name

    def schedule(self) -> Schedule | None:
        """When the machine's own timer updates texts, None for never; raises WrongSettings."""
        return schedule_of(load_settings(self._home))

    def units(self) -> str:
        """The units of systemd that update the texts."""
        schedule = self.schedule()
        return schedule.units(self._command) if schedule else ""

    @property
    def watched(self) -> str:
        """The folder of new texts, "" where the settings name none; raises WrongSettings."""
        return load_settings(self._home).update_from

    def planned(self) -> Mapping[UpdateKind, PlannedUpdate]:
        """The updates that begin by themselves; raises WrongSettings."""
        return self._schedule.planned()

    def plan(self, kind: UpdateKind, recurrence: Recurrence | None, user: str) -> None:
        """Let an update begin by itself from now on, None for never again."""
        with lock_for_writing(self._home):
            self._schedule.set(kind, recurrence, user, datetime.now().astimezone())

    def start_due(self, now: datetime) -> UpdateKind | None:
        """Begin the update that is due, and return it; one at a time, and nothing beside another.

        What cannot begin now is due still at the next look.
        """
        if self._processes.is_at_work:
            return None
        with suppress(BusyIndex), lock_for_writing(self._home):
            # Of a server's build the lock tells, which is ours now.
            is_at_work = not is_shared(self._home) and self._processes.is_at_work
            due = () if is_at_work else self._schedule.due(now)
            for kind in due[:1]:
                self._processes.update(kind)
                self._schedule.begun(kind, now)
                return kind
        return None

    def changes(self) -> IndexChanges:
        """The texts that differ from the index in service to the candidate.

        What buyers asked is none of the administrator's business: past answers are not looked at.
        """
        candidate, served = read_candidate(self._home), served_name(self._home)
        if candidate is None or served is None:
            raise UnknownSnapshot("Aucun candidat n'attend : il n'y a rien à comparer.")
        found = difference_between(self._home, served, candidate.generation)
        return IndexChanges(served, candidate.generation, found, Impact())

    def sheets(self, day: date) -> SheetsComparison | None:
        """The sheets in service against the articles of a day; None where no article is.

        Raises UnknownSnapshot or DamagedSnapshot.
        """
        served = served_name(self._home)
        if served is None or not open_snapshot(self._home, served).store.has_articles:
            return None
        return compared_sheets(self._home, served, day)

    def text(self, document_id: str) -> PreviewedText:
        """A text as the candidate has it, with what it is compared with.

        Raises UnknownDocument or UnknownSnapshot.
        """
        candidate = read_candidate(self._home)
        if candidate is None:
            raise UnknownSnapshot("Aucun candidat n'attend : il n'y a rien à lire.")
        return previewed(self._home, served_name(self._home), candidate.generation, document_id)

    def events(self) -> tuple[IndexEvent, ...]:
        """Everything that was done to the index, the latest first."""
        return tuple(reversed(tuple(index_events(self._journal))))

    def restorable(self) -> tuple[str, ...]:
        """The indexes that may be put back in service, the newest first."""
        return restorable(self._home, self._journal, served_name(self._home))

    def restore(self, name: str, reason: str, user: str) -> None:
        """Put an index that has been in service back."""
        with lock_for_writing(self._home):
            self._decisions(user).restore(name, reason)

    def add(
        self, parcels: Sequence[Parcel], texts: Sequence[str], user: str
    ) -> tuple[Receipt, ...]:
        """Keep files, ZIPs and LEGI archives for the next index; of archives only `texts`."""
        receipts: list[Receipt] = []
        decisions = self._decisions(user)
        with lock_for_writing(self._home), decisions.adding() as entries:
            for receipt in take_in(self._home, parcels, texts, decisions):
                receipts.append(receipt)
                if receipt.entry and not receipt.known:
                    entries.append(receipt.entry)
        return tuple(receipts)

    def remove(self, source: str, user: str) -> None:
        """Leave a file out of the next index."""
        with lock_for_writing(self._home):
            removed = Library(self._home).remove([source])
            self._decisions(user).removed(removed)
        if not removed:
            raise IngestionError(f"Aucun fichier ajouté ne se nomme {source}.")

    def undo_removal(self, source: str, user: str) -> None:
        """Take a file that was removed back into the next index, as the one in service has it.

        Raises IngestionError when it is in no index in service, or its bytes are gone.
        """
        served, library = self.served, Library(self._home)
        digest = served.origins.get(source) if served else None
        with lock_for_writing(self._home):
            added = library.add_again(digest, source, Kind.RULES) if digest else None
            entry = added.entry if added else None
            self._decisions(user).added([entry] if entry else [])
        if entry is None:
            raise IngestionError(f"{source} ne peut plus être repris : ajoutez-le de nouveau.")

    def additions(self) -> dict[str, TextAct]:
        """When and by whom each file was last added, by its source."""
        return text_acts(self._journal, "added", "taken_again")

    def datings(self) -> dict[str, TextAct]:
        """When and by whom each file was last given a date, by its source."""
        return text_acts(self._journal, "dated")

    def texts(self, source: str) -> tuple[Document, ...]:
        """The texts of a file as it is kept, else as served; raises IngestionError without one."""
        return texts_of(self._home, source)

    def withheld(self) -> tuple[WithheldText, ...]:
        """What refused candidates brought and nobody has taken again."""
        return WithheldTexts(self._home).all()

    def withheld_texts(self, digest: str) -> tuple[Document, ...]:
        """The texts of a file that is set aside, by the sha256 of its bytes."""
        return WithheldTexts(self._home).texts(digest)

    def take_again(self, digest: str, user: str) -> None:
        """Take a file that was set aside into the next index."""
        with lock_for_writing(self._home):
            self._decisions(user).took_again(WithheldTexts(self._home).take_again(digest))

    def set_date(self, source: str, written: str, user: str) -> None:
        """Say as of which day, or part of a year, the texts of a file without date were right."""
        days = days_said(written)
        with lock_for_writing(self._home):
            self._decisions(user).dated(Library(self._home).set_state_date(source, days))

    def start_build(self, user: str) -> None:
        """Build a candidate in a process that outlives the page, or have the queue's build it."""
        self._processes.start(BuildOrder(user), "build", "--no-publish")

    def start_gate(self, user: str) -> None:
        """Ask the gate again about the candidate."""
        candidate = read_candidate(self._home)
        if candidate is None:
            raise UnknownSnapshot("Aucun candidat n'attend.")
        name = candidate.generation
        self._processes.start(BuildOrder(user, name), "gate", name)

    @property
    def law(self) -> InstalledArchives | None:
        """The official texts that are installed."""
        return OfficialCopy(self._home).installed

    @property
    def law_reading(self) -> Build | None:
        """The reading of archives that runs, else the last one."""
        return self._processes.law_reading

    def install_law(self, user: str) -> None:
        """Install the official texts in a process that outlives the page; raises BusyIndex."""
        self._processes.read_law(("law", "install"), user)

    def stop_law(self) -> None:
        """Ask the reading of archives to stop: what was applied stays."""
        self._processes.stop_law()

    def stop_build(self) -> None:
        """Ask the build that runs to stop, or wait for none any more."""
        self._processes.stop_build()

    def publish(self, name: str, reason: str, user: str, *, force: bool) -> None:
        """Put the candidate in service; raises GateRefused unless it may, or it is forced."""
        with lock_for_writing(self._home):
            self._decisions(user).publish(name, reason, force=force)

    def refuse(self, name: str, reason: str, user: str) -> None:
        """Throw the candidate away, with a reason."""
        with lock_for_writing(self._home):
            self._decisions(user).refuse(name, reason)

    def roll_back(self, reason: str, user: str) -> str:
        """Put the index before back in service; its name."""
        with lock_for_writing(self._home):
            return self._decisions(user).rollback(reason)

    def discard(self, name: str, user: str) -> None:
        """Free the disk of a snapshot."""
        with lock_for_writing(self._home):
            self._decisions(user).discard(name)

    def back_up(self, moment: datetime, user: str) -> Backup:
        """Make a backup in the data folder, and keep the last ones only that were made so."""
        path = self._home / "backups" / backup_name(moment)
        made = back_up(self._home, path, self._journal, user)
        ours = [each for each in self.backups() if is_backup_name(each.name)]
        for old in ours[KEPT_BACKUPS:]:
            (self._home / "backups" / old.name).unlink()
        return made

    def _decisions(self, user: str) -> Decisions:
        return Decisions(self._home, self._journal, user)
