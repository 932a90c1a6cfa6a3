"""An article as a page: its versions in time, each compared with the one before. Pure."""

from collections.abc import Iterable, Sequence
from datetime import date
from urllib.parse import quote, urlencode

from assistant.page.form import hidden
from assistant.page.markup import NOTHING, Html, element, joined
from assistant.page.version_line import days, remarks
from assistant.page.words import Words, written
from ingestion.documents import Document
from ingestion.versions import History
from ingestion.wording import Change, Segment, compare


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
    none = said["law_none"].format(date=written(said, as_of))
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
        element("p", said["law_applies"].format(date=written(said, in_force_on)), class_="applies")
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
    return joined([element("p", told, class_="told"), compared_html(segments, said)])


def compared_html(segments: Iterable[Segment], said: Words) -> Html:
    """Segments with <del> and <ins>, which are said as well for those who cannot see them."""
    pieces: list[str] = []
    for segment in segments:
        match segment.change:
            case Change.KEPT:
                pieces.append(segment.text)
            case Change.REMOVED:
                pieces.append(element("del", unseen(said["word_removed"]), segment.text))
            case Change.ADDED:
                pieces.append(element("ins", unseen(said["word_added"]), segment.text))
    return element("div", *pieces, class_="wording", lang="fr")


def unseen(text: str) -> Html:
    """Words for those who listen to the page."""
    return element("span", f" ({text}) ", class_="unseen")
