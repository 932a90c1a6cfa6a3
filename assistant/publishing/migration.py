"""Index, journal, archive, library, accounts, dossiers moved to a server or back, by hashes."""

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from itertools import islice, zip_longest
from pathlib import Path

from assistant.accounts.store import (
    accounts_at,
    contents_digest,
    has_accounts,
    replace_all,
)
from assistant.accounts.store import (
    contents_of as accounts_of,
)
from assistant.errors import WrongMigration
from assistant.journal.bodies import JournalParts
from assistant.journal.chain import read_lines
from assistant.journal.journal import parts_at
from ingestion.blobs import BlobStore, blobs_at, library_names
from ingestion.durable import (
    lock_for_writing,
)
from ingestion.index.publication import repository_at
from ingestion.index.snapshot import (
    SnapshotContents,
    SnapshotRepository,
    contents_of,
)
from ingestion.library.archive import archive_at
from ingestion.library.readings import ORIGINALS
from ingestion.progress import StepProgress
from ingestion.tenders.dossiers import DossierFolder
from ingestion.tenders.server import DossierServer


@dataclass(frozen=True, slots=True)
class Migration:
    """What stands at both places now; `sha256` is that of the lines of the journal."""

    snapshots: tuple[str, ...]
    lines: int
    sha256: str
    archived: int
    accounts: int
    dossiers: int
    files: int


def migrate(home: Path, source: str, target: str, progress: StepProgress) -> Migration:
    """Copy all that machines share; "" is the data folder, else a server's address.

    What is there already is kept, and must be the beginning of what comes: a migration that was cut
    short goes on, and what was moved may be moved back. The accounts there, whose past the journal
    tells, become those that come, with their sessions, and so do dossiers and the library. Nothing
    is removed at the source.

    Raises:
        WrongMigration: when the target has another journal, or another snapshot of a name.
        DamagedSnapshot: when a snapshot is damaged at either place.
        UnreachableStore: when the server cannot be asked.
        BusyIndex: when someone writes in this folder.
    """
    with lock_for_writing(home):
        before, after = parts_at(home, source), parts_at(home, target)
        lines = tuple(before.chain.lines())
        _require_beginning(tuple(after.chain.lines()), lines)
        dossiers = _move_dossiers(home, source, target, progress)
        _move_journal(lines, before, after, progress)
        kept = _move_archive(archive_at(home, source), archive_at(home, target), progress)
        accounts = _move_accounts(home, source, target)
        files = _move_library(blobs_at(home, source), blobs_at(home, target), progress)
        names = _move_snapshots(repository_at(home, source), repository_at(home, target), progress)
    digest = sha256(b"".join(lines)).hexdigest()
    return Migration(names, len(lines), digest, kept, accounts, dossiers, files)


def _require_beginning(there: Sequence[bytes], lines: Sequence[bytes]) -> None:
    if there != lines[: len(there)]:
        raise WrongMigration(
            "Il y a déjà un autre journal à cet endroit : deux chaînes ne se fondent pas en une. "
            "Choisissez une base ou un dossier vide."
        )


def _move_dossiers(home: Path, source: str, target: str, progress: StepProgress) -> int:
    """How many dossiers both have now, with what the journal keeps in them."""
    server = DossierServer(home, source or target)
    names = (server if source else DossierFolder(home)).descriptions()
    for done, name in enumerate(names, 1):
        if source:
            server.bring_back(name)
        else:
            server.adopt(name, replaces=True)
        if not server.is_equal(name):
            raise WrongMigration(f"Le dossier {name} n'est pas le même aux deux endroits.")
        progress("Dossiers", done, len(names))
    return len(names)


def _move_journal(
    lines: Sequence[bytes], source: JournalParts, target: JournalParts, progress: StepProgress
) -> None:
    """Both have the same lines then; bodies come before their lines."""
    there = tuple(target.chain.lines())
    with target.chain.held() as chain:
        for done, (_, entry) in enumerate(read_lines(lines, 0), 1):
            path = source.bodies.path(entry)
            if path and source.bodies.is_own(path) and (body := source.bodies.content(path)):
                target.bodies.copy(path, body)
            progress("Journal", done, len(lines))
        chain.copy(islice(lines, len(there), None))
        known = set(target.anchors.all())
        for anchor in source.anchors.all():
            if anchor not in known:
                target.anchors.add(anchor)
    if any(one != other for one, other in zip_longest(lines, target.chain.lines())):
        raise WrongMigration("Le journal copié n'est pas celui d'origine. Recommencez.")


def _move_archive(source: BlobStore, target: BlobStore, progress: StepProgress) -> int:
    """How many documents and files both have now, each still what its name says."""
    names = source.names()
    for done, name in enumerate(names, 1):
        if target.size(name) is None:
            with target.writing():
                target.put(name, source.get(name) or b"")
        if sha256(target.get(name) or b"").hexdigest() != name.removesuffix(".json"):
            raise WrongMigration(f"Le document archivé {name[:16]} a été modifié ou manque.")
        progress("Documents archivés", done, len(names))
    return len(names)


def _move_library(source: BlobStore, target: BlobStore, progress: StepProgress) -> int:
    """How many added files both have now; what only the target had stays, and is in no list."""
    names = library_names(source)
    for done, name in enumerate(names, 1):
        content = source.get(name) or b""
        target.put(name, content)
        if target.get(name) != content:
            raise WrongMigration(f"{name} n'est pas le même aux deux endroits. Recommencez.")
        progress("Fichiers ajoutés", done, len(names))
    return len([name for name in names if name.startswith(ORIGINALS)])


def _move_accounts(home: Path, source: str, target: str) -> int:
    """How many accounts both have now; a place that never had any leaves the other as it is."""
    if not (source or has_accounts(home)):
        return 0
    coming = accounts_of(accounts_at(home, source))
    if not coming["accounts"]:
        return 0
    kept = accounts_at(home, target)
    replace_all(kept, coming)
    if contents_digest(accounts_of(kept)) != contents_digest(coming):
        raise WrongMigration("Les comptes copiés ne sont pas ceux d'origine. Recommencez.")
    return len(coming["accounts"])


def _move_snapshots(
    source: SnapshotRepository, target: SnapshotRepository, progress: StepProgress
) -> tuple[str, ...]:
    """The names of those that both have now, the one in use put in use."""
    names, there = source.finished(), target.finished()
    for done, name in enumerate(names):
        progress("Index", done, len(names))
        contents = _contents(source, name)
        if name not in there:
            target.write(contents, source.manifest(name), lambda _: None)
        if _contents(target, name).digest != contents.digest:
            raise WrongMigration(f"L'index {name} n'est pas le même aux deux endroits.")
    progress("Index", len(names), len(names))
    target.serve(source.served())
    return tuple(names)


def _contents(repository: SnapshotRepository, name: str) -> SnapshotContents:
    return contents_of(repository.open(name), repository.vectors(name))
