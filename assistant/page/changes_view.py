"""What changed between two indexes as a page: texts first, then what should be read again. Pure."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, fields
from datetime import date

from assistant.impact import Impact
from assistant.index_changes import IndexChanges
from assistant.page.law_view import compared_html, law_link
from assistant.page.markup import NOTHING, Html, element, joined
from assistant.page.version_line import days, remarks
from assistant.page.words import Words, written
from ingestion.difference import Difference, Revision
from ingestion.documents import Document
from ingestion.wording import compare


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
                    date=written(self.said, each.asked_on),
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
        return joined([self._redated(revision), compared_html(segments, self.said)])

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
