"""What is said of a version of an article in one line: its days, and remarks. Pure."""

from datetime import timedelta

from assistant.reports.markup import Words, format_date
from ingestion.legislation.versions import has_own_title
from ingestion.readers.documents import Document, State, is_citable

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


def version_line(version: Document, said: Words) -> str:
    """The days of a version and its remarks, as one line that begins with a capital."""
    line = " · ".join((days(version, said), *remarks(version, said)))
    return line[:1].upper() + line[1:]
