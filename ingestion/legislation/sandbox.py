"""LEGI archives read in one child process, whose processor time and memory are bounded.

All or nothing: what comes after an archive that cannot be read must not be applied without it.
"""

import json
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from ingestion.errors import IngestionError
from ingestion.legislation.articles import ArticleVersion, Changes, SourceRefusal, from_line
from ingestion.sandbox import Limits, started

Progress = Callable[[int, int], None]
"""Told what is done and what there is, in a unit of the teller."""

ARCHIVE_LIMITS = Limits(seconds=3600)
"""Enough for one text in the archive of all French law, which has millions of files."""

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
    arguments = (",".join(sorted(texts)), *(str(path.absolute()) for path in paths))
    with started("ingestion.legislation.child:read", arguments, limits) as child:
        assert child.stdout is not None
        try:
            return _collected(child.stdout, progress)
        finally:
            child.kill()


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


def _collected(lines: Iterator[bytes], progress: Progress) -> tuple[Changes, ...]:
    sources = [_Source("", is_complete=False)]
    size = refusals = 0
    for event in map(_event, lines):
        source = sources[-1]
        match event:
            case ["source", str(name), bool(complete)]:
                sources.append(_Source(name, complete))
            case ["version", str(line)]:
                source.versions.append(from_line(line.encode()))
                size += len(line)
            case ["suppressed", str(article)]:
                source.suppressed.append(article)
            case ["refused", str(name), str(reason)]:
                source.refused.append(SourceRefusal(name, reason))
                refusals += 1
            case ["progress", int(done), int(total)]:
                progress(done, total)
            case ["finished"]:
                return tuple(each.changes() for each in sources[1:])
            case ["failed", str(reason)]:
                raise _unread(source.name, reason)
        _refuse_too_much(source.name, size, refusals)
    raise _unread(sources[-1].name, "lecture interrompue (temps, mémoire ou contenu)")


def _event(line: bytes) -> object:
    try:
        return json.loads(line)
    except ValueError:
        return None  # cut short with the child: the next one will be missed


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
