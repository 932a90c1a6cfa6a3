"""Official texts put into the library, held against what the calculators rest on."""

from collections.abc import Iterable
from datetime import date
from pathlib import Path

from assistant.calculators.constants import IndexedLaw, constants, ungrounded
from assistant.publishing.decisions import Decisions
from ingestion.documents.document import is_citable
from ingestion.documents.references import normalise
from ingestion.errors import IngestionError
from ingestion.index.publication import current_name, open_snapshot
from ingestion.legislation.articles import ArticleVersion
from ingestion.legislation.official_copy import OfficialCopy
from ingestion.library.library import Library

MOST_LACKING = 0.1
"""A change of law touches few of what calculators rest on; what lacks more is no such change."""

_NAMED = 5


def is_law_indexed(home: Path) -> bool:
    """Whether the index in service has any article, and not sheets about them only."""
    return open_snapshot(home, current_name(home)).store.has_articles


def expected_articles() -> frozenset[str]:
    """The articles of the code whose words state a constant."""
    articles = (normalise(each.article) for each in constants().values())
    return frozenset(each for each in articles if not each.startswith("CCAG"))


def lacking(versions: Iterable[ArticleVersion], day: date) -> tuple[str, ...]:
    """The articles that calculators rest on and that no version of the day is. Pure."""
    there = {normalise(each.number) for each in versions if _applies(each, day)}
    return tuple(sorted(expected_articles() - there))


def require_articles(copy: OfficialCopy, text_id: str, day: date) -> tuple[str, ...]:
    """The articles lacking of the code, when it is among what changed.

    Raises IngestionError, and forgets what was read, when they are too many for a change of law.
    """
    changed = copy.versions()
    if text_id not in changed:
        return ()
    absent = lacking(changed[text_id], day)
    if len(absent) > MOST_LACKING * len(expected_articles()):
        copy.abandon()
        raise IngestionError(
            f"Le code lu n'a pas en vigueur {len(absent)} des {len(expected_articles())} articles "
            f"que les calculs relisent ({', '.join(absent[:_NAMED])}…) : rien n'a été installé. "
            "Relancez plus tard, avec une archive plus récente."
        )
    return absent


def keep(home: Path, copy: OfficialCopy, decisions: Decisions) -> tuple[str, ...]:
    """Put the texts that changed into the library; the caller holds the writer's lock.

    Returns the names of those kept. Raises IngestionError for one that cannot be read.
    """
    library, names = Library(home), []
    with decisions.adding() as entries:
        for addition in copy.additions():
            added = library.add(addition.path, addition.source, addition.kind)
            if added.entry is None:
                raise IngestionError(f"{addition.source} : {added.reading.problem}.")
            names.append(addition.source)
            if not added.known:
                entries.append(added.entry)
    if emptied := copy.emptied():
        decisions.removed(library.remove(emptied))
    copy.finish()
    return tuple(names)


def doubts(home: Path, name: str, day: date) -> tuple[str, ...]:
    """Why an index of official texts should wait for someone, in French sentences."""
    law = IndexedLaw(open_snapshot(home, name), day)
    unsaid = [each for each in ungrounded(law) if law.holds(each.article)]
    if len(unsaid) <= MOST_LACKING * len(constants()):
        return ()
    return (
        f"{len(unsaid)} des {len(constants())} nombres des calculs ne sont plus dits par les "
        "textes de cet index (sourcier calc constantes).",
    )


def _applies(version: ArticleVersion, day: date) -> bool:
    ended = version.ended is not None and version.ended <= day
    return version.first_day <= day and not ended and is_citable(version.state, version.ended)
