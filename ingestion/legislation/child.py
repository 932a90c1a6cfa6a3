"""What the child process of `sandbox` does: read LEGI archives, write JSON lines of them."""

import json
import re
from collections.abc import Collection, Iterator
from pathlib import Path

from ingestion.legislation.articles import TEXT_ID, SourceRefusal, to_line
from ingestion.legislation.legi import (
    LegiMember,
    is_complete,
    members,
    read_article,
    size_of,
    suppressed,
)
from ingestion.readers.content import UnreadableFile

_EVERY = 200
"""Files between two reports of progress."""


def read(texts: str, *paths: str) -> None:
    """Read the archives in the order given; sandbox.py reads the events that are written.

    `texts` are joined by commas.
    """
    wanted = frozenset(texts.split(",")) if texts else frozenset()
    for event in _events([Path(path) for path in paths], wanted):
        print(json.dumps(event), flush=event[0] == "progress")  # noqa: T201 - the parent reads it


def _events(paths: Collection[Path], texts: frozenset[str]) -> Iterator[tuple[object, ...]]:
    total, before = sum(size_of(path) for path in paths), 0
    for path in paths:
        yield "source", path.name, is_complete(path.name)
        try:
            for number, found in enumerate(members(path), start=1):
                yield from _read(found, texts)
                if isinstance(found, LegiMember) and number % _EVERY == 0:
                    yield "progress", before + found.position, total
        except UnreadableFile as error:
            yield "failed", str(error)
            return
        except MemoryError:
            yield "failed", "lecture trop gourmande en mémoire"
            return
        except Exception as error:  # noqa: BLE001 - parsers raise anything on hostile files
            yield "failed", f"archive abîmée ou non conforme ({type(error).__name__})"
            return
        before += size_of(path)
        yield "progress", before, total
    yield ("finished",)


def _read(found: LegiMember | SourceRefusal, texts: frozenset[str]) -> Iterator[tuple[object, ...]]:
    if isinstance(found, SourceRefusal):
        yield "refused", found.name, found.reason
    elif not found.is_article:
        yield from (("suppressed", article) for article in suppressed(found.data))
    elif not texts or _may_belong(found, texts):
        try:
            version = read_article(found.data)
        except UnreadableFile as error:
            yield "refused", found.name, str(error)
        except RecursionError:
            yield "refused", found.name, "fichier corrompu (imbrication sans fin)"
        else:
            if not texts or version.text_id in texts:
                yield "version", to_line(version).decode()


def _may_belong(member: LegiMember, texts: frozenset[str]) -> bool:
    """Without parsing: by the folders above it, which name the text unless it is a law."""
    if named := re.search(TEXT_ID.pattern, member.name):
        return named[0] in texts
    return any(text.encode() in member.data for text in texts)
