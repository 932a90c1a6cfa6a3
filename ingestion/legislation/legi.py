"""LEGI: the XML of one version of an article, and what a child process tells of archives of it.

What is told are events, each a line of JSON.
"""

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path

from ingestion.documents.document import State, is_citable
from ingestion.documents.general_clauses import general_text_of
from ingestion.errors import UnreadableFile
from ingestion.legislation.archive_files import (
    LegiMember,
    archive_members,
    is_complete,
    is_incremental,
    members,
    size_of,
    suppressed,
)
from ingestion.legislation.articles import (
    ARTICLE_ID,
    TEXT_ID,
    ArticleVersion,
    SourceRefusal,
    plain_lines,
    to_line,
)
from ingestion.readers.content import refuse_entities
from ingestion.readers.markup import Element, as_html, local_name, parse_xml

_IDENTIFIER = re.compile(r"(?:LEGI|JORF)TEXT\d{12}")
_TEXT_FOLDER = re.compile(rf"{_IDENTIFIER.pattern}(?=/)")

_OPEN = {date(2999, 1, 1), date(2222, 2, 22)}
"""How LEGI writes an end that is not known; the second one is "a day still to be fixed"."""


def read_article(data: bytes) -> ArticleVersion:
    """Read the bytes of one LEGIARTI….xml; raises UnreadableFile for any other XML."""
    refuse_entities(data)
    root = parse_xml(data)
    if local_name(root) != "article":
        raise UnreadableFile("ce n'est pas un article de LEGI")
    lines = _lines(root, "BLOC_TEXTUEL/CONTENU")
    if not lines:
        raise UnreadableFile("texte absent")
    state = state_of(_text(root, "META//META_ARTICLE/ETAT"))
    first_day = _day(root, "META//META_ARTICLE/DATE_DEBUT")
    title = required(_newest(root.findall("CONTEXTE/TEXTE/TITRE_TXT")), "titre du texte")
    number = _text(root, "META//META_ARTICLE/NUM") or _unnumbered(title)
    return ArticleVersion(
        id=identifier(_text(root, "META/META_COMMUN/ID")),
        text_id=_text_id(root),
        code=title,
        number=required(number, "numéro"),
        path=_path(root),
        state=state,
        first_day=first_day,
        ended=end_of(state, first_day, _day(root, "META//META_ARTICLE/DATE_FIN")),
        lines=lines,
        nota=_lines(root, "NOTA/CONTENU"),
    )


def identifier(written: str) -> str:
    """The identifier of a version; raises UnreadableFile when it is none."""
    if not ARTICLE_ID.fullmatch(written):
        raise UnreadableFile(f"identifiant « {written} » qui n'est pas celui d'un article")
    return written


def state_of(written: str) -> State:
    """The state as LEGI writes it; raises UnreadableFile when it is not one of LEGI's."""
    try:
        return State(written)
    except ValueError:
        raise UnreadableFile(f"état « {written} » inconnu") from None


def is_fixed(day: date) -> bool:
    """Whether a first day is known, and not "to be fixed" by a text that is still to come."""
    return day not in _OPEN


def end_of(state: State, first_day: date, last: date) -> date | None:
    """The first day on which a version no longer applies, from DATE_FIN; None when it is open.

    Raises UnreadableFile when a version that was the law ends before it begins. A first day "to
    be fixed" is kept as the far day that it is: without one the version would apply already.
    """
    if last in _OPEN:
        return None
    if last <= first_day and is_citable(state, last):
        raise UnreadableFile(f"dates impossibles (du {first_day} au {last})")
    return last


def _text_id(root: Element) -> str:
    """The text's identifier: `cid` for a code, `id_txt` for a law, whose `cid` is JORFTEXT…."""
    text = root.find("CONTEXTE/TEXTE")
    titles = root.findall("CONTEXTE/TEXTE/TITRE_TXT")
    written = [] if text is None else [text.get("cid", "")]
    for candidate in (*written, *(title.get("id_txt", "") for title in titles)):
        if TEXT_ID.fullmatch(candidate):
            return candidate
    raise UnreadableFile("texte d'appartenance absent")


def _path(root: Element) -> tuple[str, ...]:
    headings = []
    place = root.find("CONTEXTE/TEXTE/TM")
    while place is not None:
        headings.append(_newest(place.findall("TITRE_TM")))
        place = place.find("TM")
    return tuple(heading for heading in headings if heading)


def _newest(titles: list[Element]) -> str:
    """The text of the title that began last: a heading keeps those it had before."""
    return _all_text(max(titles, key=lambda title: title.get("debut", ""))) if titles else ""


def _lines(root: Element, path: str) -> tuple[str, ...]:
    found = root.find(path)
    return () if found is None else plain_lines(as_html(found))


def _text(root: Element, path: str) -> str:
    found = root.find(path)
    return "" if found is None else _all_text(found)


def _all_text(element: Element) -> str:
    return " ".join("".join(map(str, element.itertext())).split())


def _unnumbered(title: str) -> str:
    """What an article without a number is: of a CCAG, the clauses annexed to its order."""
    return "Annexe" if general_text_of(title) else ""


def required(value: str, name: str) -> str:
    """The value; raises UnreadableFile, with this French name, when it is empty."""
    if not value:
        raise UnreadableFile(f"{name} absent")
    return value


def _day(root: Element, path: str) -> date:
    written = _text(root, path)
    try:
        return date.fromisoformat(written)
    except ValueError:
        name = path.rpartition("/")[2]
        raise UnreadableFile(f"{name} « {written} » n'est pas une date") from None


_OTHERS = (
    "ni article de LEGI ni liste de suppressions ; décompressez-la pour ajouter ce qu'elle contient"
)
"""Why an archive is refused that has neither; a day may have none."""

_EVERY = 200
"""Files between two reports of progress."""


def tell(texts: str, *paths: str) -> Iterator[bytes]:
    """In the child: what is in the archives, in the order given; `texts` are joined by commas."""
    read = partial(_read, wanted=_wanted(texts))
    archives = [Path(path) for path in paths]
    total, before = sum(map(size_of, archives)), 0
    for path in archives:
        yield event("source", path.name, is_complete(path.name))
        number = 0
        for number, found in enumerate(members(path), start=1):
            yield from tell_member(found, read)
            if isinstance(found, LegiMember) and number % _EVERY == 0:
                yield event("progress", before + found.position, total)
        if not number and not is_incremental(path.name):
            yield event("refused", "tous ses fichiers", _OTHERS)
        before += size_of(path)
        yield event("progress", before, total)


def tell_stream(texts: str, name: str, descriptor: str) -> Iterator[bytes]:
    """In the child: what is in the archive that comes through an inherited descriptor."""
    read = partial(_read, wanted=_wanted(texts))
    yield event("source", name, is_complete(name))
    with open(int(descriptor), "rb") as file:  # noqa: PTH123 - a descriptor has no path
        for found in archive_members(name, file, lambda: 0):
            yield from tell_member(found, read)


def event(*words: object) -> bytes:
    """What a child tells, as a line of JSON."""
    return json.dumps(words).encode()


def tell_member(
    found: LegiMember | SourceRefusal, read: Callable[[LegiMember], Iterator[tuple[str, ...]]]
) -> Iterator[bytes]:
    """The events that are read of a member, or that it is refused and why."""
    if isinstance(found, SourceRefusal):
        yield event("refused", found.name, found.reason)
        return
    try:
        yield from (event(*words) for words in read(found))
    except UnreadableFile as error:
        yield event("refused", found.name, str(error))
    except RecursionError:
        yield event("refused", found.name, "fichier corrompu (imbrication sans fin)")


@dataclass(frozen=True, slots=True)
class _WantedTexts:
    """The texts that are kept, by their identifiers and by how their titles begin."""

    ids: frozenset[str]
    beginnings: tuple[str, ...]

    def may_have(self, member: LegiMember) -> bool:
        """Without parsing: by the folders above it, which name the text unless it is a law."""
        named = _folder_of(member)
        if named in self.ids or any(each.encode() in member.data for each in self.beginnings):
            return True
        if TEXT_ID.fullmatch(named):
            return False
        return any(each.encode() in member.data for each in self.ids if TEXT_ID.fullmatch(each))

    def has(self, version: ArticleVersion, member: LegiMember) -> bool:
        """Whether a version is of one of them; an order that amends another has its title too."""
        is_named = version.text_id in self.ids or _folder_of(member) in self.ids
        return is_named or version.code.startswith(self.beginnings)


def _wanted(texts: str) -> _WantedTexts | None:
    """What is asked for by identifiers and beginnings of titles, all texts where nothing is."""
    if not texts:
        return None
    asked = texts.split(",")
    ids = frozenset(each for each in asked if _IDENTIFIER.fullmatch(each))
    return _WantedTexts(ids, tuple(each for each in asked if each not in ids))


def _read(found: LegiMember, wanted: _WantedTexts | None) -> Iterator[tuple[str, ...]]:
    if not found.is_article:
        yield from (("suppressed", article) for article in suppressed(found.data))
    elif wanted is None or wanted.may_have(found):
        version = read_article(found.data)
        if wanted is None or wanted.has(version, found):
            yield "version", to_line(version).decode()


def _folder_of(member: LegiMember) -> str:
    """The text that its folders name: of a code its own identifier, of a law its publication's."""
    named = _TEXT_FOLDER.search(member.name)
    return named[0] if named else ""
