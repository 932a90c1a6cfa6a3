"""The contents of a backup: the files of a data folder that cannot be made again, in order."""

from collections.abc import Iterator
from contextlib import ExitStack
from itertools import chain
from pathlib import Path

from assistant.administration.decisions import served_name
from ingestion.durable import hold
from ingestion.errors import UnknownGeneration
from ingestion.manifest import MANIFEST, generations_folder

_FIRST = ("current", "anchors", "journal.jsonl", "library.json")
"""What names other files is copied before them: they are then there."""

_LEFT_OUT = frozenset(
    (
        *("models", "vectors.sqlite", "generations", "working", "backups", "incoming"),
        *("lock", "build.jsonl", "build.log", "build.stop", "candidate.json"),
    )
)
_PASSING = (".partial", "-wal", "-shm", "-journal", ".lock")
_COMING = ("incoming-", ".removed-")


def contents(root: Path, leases: ExitStack) -> Iterator[Path]:
    """The files of one data folder without its dossiers; its generation stays as long as leases do.

    One after the other: what a name leads to is looked for once the caller has copied the name.
    """
    return chain(_names(root), _generation(root, leases), _others(root))


def _names(root: Path) -> Iterator[Path]:
    return (root / name for name in _FIRST if (root / name).exists())


def _generation(root: Path, leases: ExitStack) -> Iterator[Path]:
    """The files of the generation in service, which stays for as long as the leases do."""
    name = served_name(root)
    if name is None:
        return
    folder = generations_folder(root) / name
    lease = hold(folder / MANIFEST, alone=False) if (folder / MANIFEST).exists() else None
    if lease is None:
        raise UnknownGeneration(
            f"L'index en service {name} n'est plus là : revenez au précédent (sourcier index "
            "rollback) ou reconstruisez-le (sourcier index build), puis sauvegardez."
        )
    leases.enter_context(lease)
    yield from (path for path in sorted(folder.rglob("*")) if path.is_file())


def _others(root: Path) -> Iterator[Path]:
    """Every file below a data folder but those above, those left out and those of dossiers."""
    apart = _LEFT_OUT | {"dossiers", *_FIRST}
    for path in sorted(root.iterdir()):
        if path.name in apart or path.is_symlink() or path.name.startswith(_COMING):
            continue
        found = sorted(path.rglob("*")) if path.is_dir() else [path]
        yield from (each for each in found if each.is_file() and not each.name.endswith(_PASSING))
