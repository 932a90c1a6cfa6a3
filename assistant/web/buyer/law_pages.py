"""An article and its versions in time, and what changed between two indexes, as pages. Pure."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, fields
from datetime import date, timedelta
from urllib.parse import quote, urlencode

from assistant.law.impact import Impact, IndexChanges
from assistant.reports.markup import NOTHING, Html, Words, element, format_date, hidden, join_html
from ingestion.legislation.versions import (
    Difference,
    History,
    Revision,
    TextStretch,
    WordChange,
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


# An article as a page: its versions in time, each compared with the one before. Pure.


def law_link(reference: str, as_of: date | None, language: str) -> str:
    """The address of the page of an article; without a day, it is that of its opening."""
    day = {"as_of": as_of.isoformat()} if as_of else {}
    return f"/law/{quote(reference, safe='')}?{urlencode(day | {'lang': language})}"


def law_html(
    found: Sequence[History], reference: str, as_of: date, said: Words, language: str
) -> Html:
    """The histories of an article, one for each code that has this number."""
    return element(
        "main",
        element("h1", said["law_title"].format(reference=reference)),
        day_form(as_of, said, language),
        *(history_html(history, as_of, said) for history in found),
        class_="document law",
        id="document",
    )


def unknown_html(
    reference: str, near: Iterable[str], as_of: date, said: Words, language: str
) -> Html:
    """What is said of an article that is not stored, with those that are written alike."""
    links = [
        element("li", element("a", each, href=law_link(each, as_of, language))) for each in near
    ]
    return element(
        "main",
        element("h1", said["law_unknown"].format(reference=reference)),
        element("p", said["law_near"]) if links else NOTHING,
        element("ul", *links) if links else NOTHING,
        class_="document law",
    )


def day_form(as_of: date, said: Words, language: str) -> Html:
    """The day of the law, and how to choose another one."""
    chosen = element("input", type="date", name="as_of", value=as_of.isoformat(), required=True)
    return element(
        "form",
        element("label", said["law_day"], " ", chosen),
        hidden("lang", language),
        element("button", said["law_show"], type="submit"),
        method="get",
        class_="day",
    )


def history_html(history: History, as_of: date, said: Words) -> Html:
    """The versions of an article of one code, oldest first; that of the day is marked."""
    current = history.on(as_of)
    before: Document | None = None
    items: list[Html] = []
    for version in history.versions:
        items.append(version_html(version, before, as_of if version is current else None, said))
        before = version
    none = said["law_none"].format(date=format_date(said, as_of))
    return element(
        "section",
        element("h2", history.title),
        element("p", none, class_="none") if current is None else NOTHING,
        element("ol", *items, class_="versions"),
    )


def version_html(
    version: Document, before: Document | None, in_force_on: date | None, said: Words
) -> Html:
    """A version: its days, what is to be known of it, and its text compared with the one before."""
    line, told = days(version, said), remarks(version, said)
    return element(
        "li",
        element("h3", line[:1].upper() + line[1:]),
        element(
            "p", said["law_applies"].format(date=format_date(said, in_force_on)), class_="applies"
        )
        if in_force_on
        else NOTHING,
        element("p", " · ".join(told)) if told else NOTHING,
        element("p", " › ".join(version.path), lang="fr") if version.path else NOTHING,
        element("p", official_link(version.address, said)) if version.address else NOTHING,
        wording_html(version, before, said),
        class_="in-force" if in_force_on else None,
        aria_current="true" if in_force_on else None,
    )


def official_link(address: str | None, said: Words) -> Html:
    """The public page of a text; nothing is asked of it before the reader follows the link."""
    if address is None:
        return NOTHING
    return element("a", said["law_official"], href=address, target="_blank", rel="noreferrer")


def wording_html(version: Document, before: Document | None, said: Words) -> Html:
    """The text of a version, with what it removed from the one before and added to it."""
    if before is not None and before.text == version.text:
        return element("p", said["law_same"], class_="told")
    told = said["law_compared"] if before else said["law_first"]
    segments = compare((before or version).text, version.text)
    return join_html([element("p", told, class_="told"), compared_html(segments, said)])


def compared_html(segments: Iterable[TextStretch], said: Words) -> Html:
    """Segments with <del> and <ins>, which are said as well for those who cannot see them."""
    pieces: list[str] = []
    for segment in segments:
        match segment.change:
            case WordChange.KEPT:
                pieces.append(segment.text)
            case WordChange.REMOVED:
                pieces.append(element("del", unseen(said["word_removed"]), segment.text))
            case WordChange.ADDED:
                pieces.append(element("ins", unseen(said["word_added"]), segment.text))
    return element("div", *pieces, class_="wording", lang="fr")


def unseen(text: str) -> Html:
    """Words for those who listen to the page."""
    return element("span", f" ({text}) ", class_="unseen")


# What changed between two indexes as a page: texts first, then what should be read again. Pure.


@dataclass(frozen=True, slots=True)
class ChangesView:
    """The changes in the words of a language; articles are linked to their versions of a day."""

    said: Words
    language: str
    as_of: date

    def page(self, changes: IndexChanges) -> Html:
        """The whole page."""
        between = self.said["changes_between"].format(old=changes.old, new=changes.new)
        return element(
            "main",
            element("h1", self.said["changes_title"]),
            element("p", between, class_="source"),
            *self._texts(changes.difference),
            *self._impact(changes),
            class_="document law",
            id="document",
        )

    def _texts(self, found: Difference) -> Iterator[Html]:
        if not any(getattr(found, field.name) for field in fields(found)):
            yield element("p", self.said["changes_none"])
        yield self._section("changes_changed", map(self._changed, found.changed))
        yield self._section("changes_ended", map(self._dated, found.ended))
        yield self._section("changes_redated", map(self._redated, found.redated))
        yield self._section("changes_removed", map(self._dated, found.removed))
        yield self._section("changes_added", map(self._dated, found.added))
        others = [revision.after for revision in found.others_changed]
        yield self._section("changes_others_changed", map(_file, others))
        yield self._section("changes_others_added", map(_file, found.others_added))
        yield self._section("changes_others_removed", map(_file, found.others_removed))

    def _impact(self, changes: IndexChanges) -> Iterator[Html]:
        impact, told = changes.impact, self.said["changes_for"]
        if changes.difference.touched:
            yield element("h2", self.said["changes_touched"])
        if changes.difference.touched and impact == Impact():
            yield element("p", self.said["changes_untouched"])
        sheets = (
            told.format(touched=f"{each.title} ({each.source})", articles=_listed(each.articles))
            for each in impact.sheets
        )
        terms = (
            told.format(touched=_listed(each.words), articles=_listed(each.articles))
            for each in impact.terms
        )
        answers = (
            told.format(
                touched=self.said["changes_answer"].format(
                    question=each.question,
                    number=each.number,
                    date=format_date(self.said, each.asked_on),
                    record=each.record_id,
                ),
                articles=_listed(each.articles),
            )
            for each in impact.answers
        )
        yield self._section("changes_sheets", sheets, "h3")
        yield self._section("changes_terms", terms, "h3")
        yield self._section("changes_answers", answers, "h3")

    def _section(self, key: str, items: Iterable[str], heading: str = "h2") -> Html:
        listed = [element("li", item) for item in items]
        if not listed:
            return NOTHING
        title = element(heading, f"{self.said[key]} ({len(listed)})")
        return element("section", title, element("ul", *listed, class_="changes"))

    def _changed(self, revision: Revision) -> Html:
        segments = compare(revision.before.text, revision.after.text)
        return join_html([self._redated(revision), compared_html(segments, self.said)])

    def _redated(self, revision: Revision) -> Html:
        before, after = days(revision.before, self.said), days(revision.after, self.said)
        told = self.said["changes_dates"].format(before=before, after=after)
        return element("p", self._link(revision.after), " : ", told)

    def _dated(self, version: Document) -> Html:
        told = (days(version, self.said), *remarks(version, self.said))
        return element("p", self._link(version), " : ", " · ".join(told))

    def _link(self, version: Document) -> Html:
        address = law_link(version.reference or "", self.as_of, self.language)
        return element("a", f"{version.title}, {version.reference}", href=address)


def _file(document: Document) -> str:
    return f"{document.title} ({document.source})"


def _listed(names: Sequence[str]) -> str:
    return ", ".join(names)
