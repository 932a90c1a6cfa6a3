"""Archives applied to the official texts of the library, none of them older than the last one.

```
applied.json     the newest archive that changed each text, by its identifier
```
What an installation applied is told by its own record. An archive whose name tells no moment is
applied as it comes.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from pydantic import TypeAdapter

from ingestion.blobs import blobs_of
from ingestion.legislation.archive_files import is_incremental, moment_of
from ingestion.legislation.articles import (
    TEXT_ID,
    ArticleVersion,
    Changes,
    Merged,
    known_versions,
    merge,
)
from ingestion.legislation.official_copy import OfficialCopy
from ingestion.library.library import Library

NAME = "applied.json"

_names = TypeAdapter(dict[str, str])


def updates(home: Path, changes: Sequence[Changes], texts: Collection[str]) -> tuple[Merged, ...]:
    """Every text read, and those that the library has of which versions were suppressed.

    All texts when `texts` is empty. Raises IngestionError when the library has a file of the
    name of such a text that was not made from an official source.
    """
    library, newest = Library(home), _newest(home)
    read = {version.text_id for change in changes for version in change.versions}
    stems = (entry.source.removesuffix(".jsonl") for entry in library.entries)
    known = {stem for stem in stems if TEXT_ID.fullmatch(stem)}
    chosen = (read | known) & set(texts) if texts else read | known
    merged = (
        _merged(text, known_versions(library, text), changes, newest.get(text, ""))
        for text in sorted(chosen)
    )
    return tuple(each for each in merged if each.older or not each.is_untouched)


def note_applied(home: Path, texts: Iterable[Merged]) -> None:
    """Remember what changed texts last, once the library has them; under the writer's lock."""
    noted = _noted(home) | {text.text_id: text.newest for text in texts if text.newest}
    blobs_of(home).put(NAME, _names.dump_json(noted))


def left_out(text: Merged) -> tuple[str, ...]:
    """Why archives were not applied to a text, in French sentences. Pure."""
    return tuple(
        f"{text.title} : {name} est du {_moment(name):%d/%m/%Y}, avant {text.newest}, du "
        f"{_moment(text.newest):%d/%m/%Y}, déjà appliquée : elle remettrait le droit d'avant. "
        "Pour repartir d'une archive complète, retirez d'abord le texte : "
        f"sourcier index remove {text.source}"
        for name in text.older
    )


def told_of(text: Merged, changes: Sequence[Changes]) -> tuple[str, ...]:
    """What archives brought of a text, and what may lack of it, in French sentences. Pure."""
    counts = (
        f"{text.title} ({text.text_id}) : {text.read} versions lues, {text.added} ajoutées, "
        f"{text.changed} modifiées, {text.suppressed} supprimées"
    )
    if text.is_new and all(is_incremental(change.source) for change in changes):
        return counts, (
            "Une archive quotidienne ne contient que ce qui a changé : ajoutez d'abord "
            "une archive complète pour avoir tout le texte."
        )
    return (counts,)


def _merged(
    text_id: str, known: Sequence[ArticleVersion], changes: Sequence[Changes], newest: str
) -> Merged:
    read = [each for change in changes for each in change.versions if each.text_id == text_id]
    ids = {version.id for version in (*known, *read)}
    touching = [change for change in changes if _touches(change, ids)]
    older = [each for each in touching if known and _is_older(each.source, newest)]
    kept = [each for each in touching if each not in older]
    names = [newest if known else "", *(each.source for each in kept)]
    return replace(
        merge(text_id, known, kept),
        newest=max(names, key=_moment),
        older=tuple(each.source for each in older),
    )


def _touches(change: Changes, ids: Collection[str]) -> bool:
    """Whether a source has or suppresses one of these versions."""
    return any(each.id in ids for each in change.versions) or any(
        each in ids for each in change.suppressed
    )


def _is_older(name: str, newest: str) -> bool:
    made = moment_of(name)
    return made is not None and made < _moment(newest)


def _moment(name: str) -> datetime:
    return moment_of(name) or datetime.min


def _newest(home: Path) -> dict[str, str]:
    """The newest archive applied to each text, by either way."""
    newest = _noted(home)
    if installed := OfficialCopy(home).installed:
        for text in installed.texts:
            newest[text] = max(newest.get(text, ""), installed.last, key=_moment)
    return newest


def _noted(home: Path) -> dict[str, str]:
    written = blobs_of(home).get(NAME)
    return _names.validate_json(written) if written is not None else {}
