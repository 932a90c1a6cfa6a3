"""The texts of the library that changes concern, merged with what it has of them."""

from collections.abc import Collection, Sequence

from ingestion.errors import IngestionError
from ingestion.library import Library
from ingestion.official.article import TEXT_ID, ArticleVersion, from_line
from ingestion.official.changes import Changes
from ingestion.official.merge import Merged, merge, source_of


def updates(
    library: Library, changes: Sequence[Changes], texts: Collection[str]
) -> tuple[Merged, ...]:
    """Every text read, and those that the library has of which versions were suppressed.

    All texts when `texts` is empty. Raises IngestionError when the library has a file of the
    name of such a text that was not made from an official source.
    """
    read = {version.text_id for change in changes for version in change.versions}
    known = {
        entry.source.removesuffix(".jsonl")
        for entry in library.entries
        if TEXT_ID.fullmatch(entry.source.removesuffix(".jsonl"))
    }
    chosen = (read | known) & set(texts) if texts else read | known
    merged = (merge(text, _known_versions(library, text), changes) for text in sorted(chosen))
    return tuple(each for each in merged if each.read or each.suppressed)


def _known_versions(library: Library, text_id: str) -> tuple[ArticleVersion, ...]:
    source = source_of(text_id)
    for entry in library.entries:
        if entry.source == source:
            content = library.original(entry.sha256) or b""
            try:
                return tuple(map(from_line, content.splitlines()))
            except ValueError as error:
                raise IngestionError(
                    f"{source} n'a pas été fait à partir d'une source officielle. Retirez-le "
                    f"d'abord : sourcier index remove '{source}'"
                ) from error
    return ()
