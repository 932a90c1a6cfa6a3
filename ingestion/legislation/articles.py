"""Versions of articles as official sources describe them, applied to the library."""

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from ingestion.documents.document import State
from ingestion.errors import IngestionError, UnreadableFile
from ingestion.library.library import Library
from ingestion.readers import markup

TEXT_ID = re.compile(r"LEGITEXT\d{12}")
ARTICLE_ID = re.compile(r"LEGIARTI\d{12}")


@dataclass(frozen=True, slots=True)
class ArticleVersion:
    """One version of one article of a code or another text.

    `ended` is the first day on which it no longer applies, None while no such day is known.
    `path` holds the headings above, highest first. The nota is the editor's, not the law's.
    """

    id: str
    text_id: str
    code: str
    number: str
    path: tuple[str, ...]
    state: State
    first_day: date
    ended: date | None
    lines: tuple[str, ...]
    nota: tuple[str, ...] = ()


def to_line(version: ArticleVersion) -> bytes:
    """The version as a JSON line, without its end: equal versions, equal bytes."""
    last_day = version.ended - timedelta(days=1) if version.ended else None
    fields = {
        "id": version.id,
        "texte_id": version.text_id,
        "code": version.code,
        "num": version.number,
        "chemin": version.path,
        "etat": version.state,
        "valide_du": version.first_day.isoformat(),
        "valide_au": last_day.isoformat() if last_day else None,
        "texte": "\n".join(version.lines),
        "nota": "\n".join(version.nota),
    }
    return json.dumps(fields, ensure_ascii=False).encode(errors="replace")


def from_line(line: bytes) -> ArticleVersion:
    """The version that `to_line` wrote; raises ValueError when the line is not such a version."""
    try:
        fields = json.loads(line)
        last_day = fields["valide_au"]
        return ArticleVersion(
            id=fields["id"],
            text_id=fields["texte_id"],
            code=fields["code"],
            number=fields["num"],
            path=tuple(fields["chemin"]),
            state=State(fields["etat"]),
            first_day=date.fromisoformat(fields["valide_du"]),
            ended=date.fromisoformat(last_day) + timedelta(days=1) if last_day else None,
            lines=tuple(fields["texte"].split("\n")),
            nota=tuple(line for line in fields["nota"].split("\n") if line),
        )
    except (KeyError, TypeError, AttributeError, RecursionError) as error:
        raise ValueError(f"not a version of an article: {error!r}") from error


def in_order(version: ArticleVersion) -> tuple[list[str | int], date, str]:
    """Sort key: number ("L2" before "L10"), then first day."""
    parts = re.split(r"(\d+)", version.number)
    # Odd parts are the digits: numbers only ever meet numbers.
    number: list[str | int] = [int(part) if index % 2 else part for index, part in enumerate(parts)]
    return number, version.first_day, version.id


# What one official source says of the law: versions, suppressions, and what was refused.


@dataclass(frozen=True, slots=True)
class SourceRefusal:
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
    refused: tuple[SourceRefusal, ...] = ()
    is_complete: bool = False


def plain_lines(page: bytes) -> tuple[str, ...]:
    """The lines that a browser would show, cells between " | "; none when there is no text.

    The bytes are HTML in UTF-8.
    """
    try:
        (content,) = markup.read_html(page).contents
    except UnreadableFile:
        return ()
    return tuple(block.text for block in content.blocks)


# What official sources say of a text, applied to what the library has of it. Pure.


@dataclass(frozen=True, slots=True)
class Merged:
    """A text after its changes: all versions in order, and how many differ from before.

    `read` counts the versions read in all sources, `is_new` says that nothing was known before.
    `newest` is the source that changed it last, `older` those left out for being older than that.
    """

    text_id: str
    versions: tuple[ArticleVersion, ...]
    read: int
    added: int
    changed: int
    suppressed: int
    is_new: bool
    newest: str = ""
    older: tuple[str, ...] = ()

    @property
    def is_untouched(self) -> bool:
        """Whether no source was applied."""
        return not self.read and not self.suppressed

    @property
    def source(self) -> str:
        """The name of its file in the library."""
        return source_of(self.text_id)

    @property
    def content(self) -> bytes:
        """The bytes of its file in the library."""
        return b"".join(to_line(version) + b"\n" for version in self.versions)

    @property
    def title(self) -> str:
        """The name of the code, or the identifier once every version is suppressed."""
        return self.versions[-1].code if self.versions else self.text_id


def source_of(text_id: str) -> str:
    """The name under which a text is in the library."""
    return f"{text_id}.jsonl"


def merge(text_id: str, previous: Iterable[ArticleVersion], changes: Sequence[Changes]) -> Merged:
    """Apply changes, oldest first, to the versions already known of one text."""
    before = {version.id: version for version in previous}
    after, read = dict(before), 0
    for change in changes:
        found = {version.id: version for version in change.versions if version.text_id == text_id}
        for article in _left_out(change, after, found):
            after.pop(article, None)
        after |= found  # then: a version moved to another folder is suppressed and found
        read += len(found)
    return Merged(
        text_id,
        versions=tuple(sorted(after.values(), key=in_order)),
        read=read,
        added=len(after.keys() - before.keys()),
        changed=sum(after[each] != before[each] for each in after.keys() & before.keys()),
        suppressed=len(before.keys() - after.keys()),
        is_new=not before,
    )


def _left_out(
    change: Changes, known: dict[str, ArticleVersion], found: dict[str, ArticleVersion]
) -> set[str]:
    """What no longer exists; a version whose file was refused still does."""
    left_out = set(change.suppressed)
    if change.is_complete and found:
        refused = " ".join(refusal.name for refusal in change.refused)
        left_out |= {article for article in known if article not in refused}
    return left_out


# What the library has of a text.


def known_versions(library: Library, text_id: str) -> tuple[ArticleVersion, ...]:
    """What the library has of a text; raises IngestionError for a file that is not of this kind."""
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
