"""What one official source says of the law: versions, suppressions, and what was refused."""

from dataclasses import dataclass

from ingestion.official.article import ArticleVersion


@dataclass(frozen=True, slots=True)
class Refusal:
    """A file or an article of a source that was left out, and why, in French."""

    name: str
    reason: str


@dataclass(frozen=True, slots=True)
class Changes:
    """Everything found in one source.

    `suppressed` are identifiers of versions. `is_complete` when a version of a text of the source
    that the source does not have no longer exists.
    """

    source: str
    versions: tuple[ArticleVersion, ...] = ()
    suppressed: tuple[str, ...] = ()
    refused: tuple[Refusal, ...] = ()
    is_complete: bool = False
