"""What official sources say of a text, applied to what the library has of it. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ingestion.official.article import ArticleVersion, in_order, to_line
from ingestion.official.changes import Changes


@dataclass(frozen=True, slots=True)
class Merged:
    """A text after its changes: all versions in order, and how many differ from before.

    `read` counts the versions read in all sources, `is_new` says that nothing was known before.
    """

    text_id: str
    versions: tuple[ArticleVersion, ...]
    read: int
    added: int
    changed: int
    suppressed: int
    is_new: bool

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
