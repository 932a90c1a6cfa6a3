"""LEGI archives read in one child process, whose processor time and memory are bounded.

All or nothing: what comes after an archive that cannot be read must not be applied without it.
"""

import json
import os
from collections.abc import Callable, Collection, Generator, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path
from typing import BinaryIO

from ingestion.errors import IngestionError, UnreadableFile
from ingestion.legislation.articles import ArticleVersion, Changes, SourceRefusal, from_line
from ingestion.legislation.mirror import ArchivePlan, ArchiveSource, ListedArchive
from ingestion.progress import Progress
from ingestion.sandbox import INTERRUPTED, Limits, Sandbox

ARCHIVE_LIMITS = Limits(seconds=3600)
"""Enough for one text in the archive of all French law, which has millions of files."""

STREAM_LIMITS = Limits(seconds=24 * 3600)
"""Enough for the same archive while a slow line brings it."""

MOST_CHARACTERS = 20_000_000
"""What the library reads in one file."""

_MOST_REFUSALS = 10_000


def read_archives(
    paths: Sequence[Path],
    texts: Collection[str],
    progress: Progress,
    *,
    limits: Limits = ARCHIVE_LIMITS,
) -> tuple[Changes, ...]:
    """Read archives in the order given, all texts when `texts` is empty; progress is in bytes.

    Raises IngestionError when one cannot be read, or when more is found than the library reads.
    """
    found = [_Source("", is_complete=False)]
    asked = (",".join(sorted(texts)), *(str(path.absolute()) for path in paths))
    with (
        _refusals_of(lambda: found[-1].name),
        Sandbox("ingestion.legislation.legi:tell", limits) as child,
    ):
        _collect(child.ask(*asked), found, progress)
    return tuple(each.changes() for each in found[1:])


def read_stream(name: str, pieces: Iterable[bytes], texts: Collection[str]) -> Changes:
    """Read an archive as its bytes come, without keeping any.

    Texts are named by their identifiers, LEGITEXT… or that of their publication, JORFTEXT…, or by
    how their titles begin, without a comma.
    Raises IngestionError when it cannot be read, and what `pieces` raises.
    """
    found = [_Source(name, is_complete=False)]
    asked = (",".join(sorted(texts)), name)
    pour(
        name,
        pieces,
        ("ingestion.legislation.legi:tell_stream", *asked),
        lambda told: _collect(told, found, lambda *_: None),
    )
    return found[-1].changes()


def pour(
    name: str,
    pieces: Iterable[bytes],
    asked: Sequence[str],
    collect: Callable[[Iterator[bytes]], None],
) -> None:
    """Pour the bytes of an archive into a child, and collect what it tells as it tells it.

    `asked` is the child's function and its arguments before the descriptor that the bytes come by.
    Raises IngestionError when the archive cannot be read, and what `pieces` raises.
    """
    function, *words = asked
    reader, writer = os.pipe()
    with (
        os.fdopen(writer, "wb") as pipe,
        Sandbox(function, STREAM_LIMITS, (reader,)) as child,
        ThreadPoolExecutor(1) as beside,
    ):
        told = child.ask(*words, str(reader))
        with _refusals_of(lambda: name), os.fdopen(reader):
            first = next(told)  # the child is there: from here on it alone holds this end
        collected = beside.submit(_collect_whole, first, told, collect)
        _write(pieces, pipe)
        with _refusals_of(lambda: name):
            collected.result()


def _write(pieces: Iterable[bytes], pipe: BinaryIO) -> None:
    """Write the bytes as they come, and close the pipe whatever happens."""
    with suppress(BrokenPipeError), pipe:  # the child has stopped, and says why
        for piece in pieces:
            pipe.write(piece)


@contextmanager
def _refusals_of(name: Callable[[], str]) -> Iterator[None]:
    """Say which archive cannot be read and why, and that nothing was added."""
    try:
        yield
    except UnreadableFile as error:
        raise _unread(name(), str(error)) from error
    except ValueError as error:  # the child was cut off in the middle of a line
        raise _unread(name(), INTERRUPTED) from error


@dataclass(slots=True)
class _Source:
    """A source while it is read."""

    name: str
    is_complete: bool
    versions: list[ArticleVersion] = field(default_factory=list)
    suppressed: list[str] = field(default_factory=list)
    refused: list[SourceRefusal] = field(default_factory=list)

    def changes(self) -> Changes:
        """What was read."""
        found = (tuple(self.versions), tuple(self.suppressed), tuple(self.refused))
        return Changes(self.name, *found, self.is_complete)


def _collect_whole(
    first: bytes,
    told: Generator[bytes, None, None],
    collect: Callable[[Iterator[bytes]], None],
) -> None:
    """Collect to the end; what is refused ends the child, else its writer would wait for it."""
    with closing(told):
        collect(chain([first], told))


def _collect(events: Iterator[bytes], found: list[_Source], progress: Progress) -> None:
    size = refusals = 0
    for event in map(json.loads, events):
        match event:
            case ["source", str(name), bool(complete)]:
                found.append(_Source(name, complete))
            case ["version", str(line)]:
                found[-1].versions.append(from_line(line.encode()))
                size += len(line)
            case ["suppressed", str(article)]:
                found[-1].suppressed.append(article)
            case ["refused", str(name), str(reason)]:
                found[-1].refused.append(SourceRefusal(name, reason))
                refusals += 1
            case ["progress", int(done), int(total)]:
                progress(done, total)
        _refuse_too_much(found[-1].name, size, refusals)


def _refuse_too_much(name: str, size: int, refusals: int) -> None:
    if size > MOST_CHARACTERS:
        raise IngestionError(
            f"{name} : plus de {MOST_CHARACTERS // 1_000_000} millions de caractères. Ajoutez un "
            "texte à la fois : sourcier index add ARCHIVE… --text LEGITEXT000037701019"
        )
    if refusals > _MOST_REFUSALS:
        raise _unread(name, f"plus de {_MOST_REFUSALS} fichiers refusés")


def _unread(name: str, reason: str) -> IngestionError:
    return IngestionError(
        f"{name} : {reason}. Rien n'a été ajouté. Téléchargez de nouveau cette archive, puis "
        "relancez la même commande."
    )


def counted(
    source: ArchiveSource, plan: ArchivePlan, progress: Progress
) -> Iterator[tuple[ListedArchive, Iterator[bytes]]]:
    """The archives of a plan, each with its bytes; progress is in those of all of them.

    What an archive has more or less than its list told changes the total.
    """
    done, total = 0, plan.size

    def pieces_of(archive: ListedArchive) -> Iterator[bytes]:
        nonlocal done
        for piece in source.pieces(archive):
            yield piece
            done += len(piece)
            progress(done, max(total, done))

    for archive in plan.archives:
        begun = done
        yield archive, pieces_of(archive)
        total += done - begun - archive.size
