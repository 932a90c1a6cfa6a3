"""An article and its versions in time, and what changed between two indexes, as pages."""

from collections.abc import Iterable
from datetime import date, timedelta
from urllib.parse import quote, urlencode

from assistant.law.impact import Impact, IndexChanges
from assistant.question.language import Language
from assistant.reports.markup import Html, Words, format_date, load_words, render, render_macro
from ingestion.legislation.versions import (
    Difference,
    TextStretch,
    compare,
    has_own_title,
)
from ingestion.readers.documents import Document, State, is_citable

# What is said of a version of an article in one line: its days, and remarks. Pure.

STATES = {
    State.IN_FORCE: "state_in_force",
    State.IN_FORCE_LATER: "state_in_force_later",
    State.CHANGED: "state_changed",
    State.REPEALED: "state_repealed",
    State.REPEALED_LATER: "state_repealed_later",
    State.ANNULLED: "state_annulled",
    State.EXPIRED: "state_expired",
    State.TRANSFERRED: "state_transferred",
    State.MOVED: "state_moved",
    State.STILLBORN: "state_stillborn",
}


def days(version: Document, said: Words) -> str:
    """The days of a version, both included; what is unknown is said to be."""
    start = format_date(said, version.valid_from) if version.valid_from else ""
    end = format_date(said, version.valid_to - timedelta(days=1)) if version.valid_to else ""
    if start and end:
        return said["version_days"].format(start=start, end=end)
    is_open = is_citable(version.state, None)
    if start:
        return said["version_since" if is_open else "version_end_unknown"].format(start=start)
    if end:
        return said["version_until"].format(end=end)
    return said["version_undated" if is_open else "version_unknown"]


def remarks(version: Document, said: Words) -> tuple[str, ...]:
    """The state of a version, and why it is never cited or has no code."""
    found = [said[STATES[version.state]]] if version.state else []
    if not is_citable(version.state, version.valid_to):
        is_law = version.state not in (State.ANNULLED, State.STILLBORN)
        found.append(said["version_never_cited" if is_law else "version_never_law"])
    if not has_own_title(version):
        found.append(said["version_without_code"].format(file=version.source))
    return tuple(found)


# An article as a page, and what changed between two indexes.


def law_link(reference: str, as_of: date | None, language: str) -> str:
    """The address of the page of an article; without a day, it is that of its opening."""
    day = {"as_of": as_of.isoformat()} if as_of else {}
    return f"/law/{quote(reference, safe='')}?{urlencode(day | {'lang': language})}"


ASKED = {"days": days, "remarks": remarks, "compare": compare, "law_link": law_link}
"""What the templates ask about the versions of an article."""


def changes_html(changes: IndexChanges, as_of: date, lang: Language, opened: str = "") -> Html:
    """What changed, each article linked to its versions of a day. Pure.

    Where the newer index is not in service, `opened` is the address below which its texts are.
    """
    return render(
        "buyer/changes.html",
        said=load_words(lang),
        lang=lang,
        changes=changes,
        is_same=changes.difference == Difference(),
        is_untouched=changes.impact == Impact(),
        as_of=as_of,
        opened=opened,
        **ASKED,
    )


def compared_html(stretches: Iterable[TextStretch], said: Words) -> Html:
    """Stretches of text with <del> and <ins>. Pure."""
    return render_macro("buyer/law_parts.html", "compared", stretches, said)
