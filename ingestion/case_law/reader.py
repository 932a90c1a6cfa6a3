"""Decisions of courts: in JADE archives, where one XML file is one, then a JSON object a line each.

Of a file of such lines one document is a decision, marked by its numbered paragraphs:

| paragraph                                   | mark                                             |
|---------------------------------------------|--------------------------------------------------|
| "7. Il résulte…", the next number in order  | point 7                                          |
| "Considérant que…", of older decisions      | considérant 3, counted here                      |
| after "DECIDE :"                            | dispositif                                       |
| what comes before the reasons               | visas, which tell what the parties ask           |
| all but the dispositif, where none is found | motifs                                           |
"""

import json
import re
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any
from unicodedata import normalize

from ingestion.case_law.ruling import (
    CITED,
    COUNCIL,
    DISPOSITIF,
    PUBLISHED,
    VISAS,
    Ruling,
    RulingRank,
    applied_articles,
)
from ingestion.errors import UnreadableFile
from ingestion.legislation.articles import SourceRefusal
from ingestion.legislation.legi import LegiMember, archive_members, required
from ingestion.readers.content import (
    FileContent,
    ReaderContent,
    clean_text,
    listed,
    refuse_entities,
)
from ingestion.readers.documents import Block
from ingestion.readers.markup import Element, local_name, parse_xml

# The archives, and their list of decisions suppressed.
#
# A decision that does not cite procurement law is known by its bytes, and is not parsed.

RULING_ID = re.compile(r"CETATEXT\d{12}")
_FILE = re.compile(rf"{RULING_ID.pattern}\.xml")
_SUPPRESSIONS = re.compile(r"liste_suppression\w*\.dat")
_SUPPRESSED = re.compile(rf"({RULING_ID.pattern})(?:\.xml)?\s*$", re.MULTILINE)
_MAY_CITE = re.compile(
    rb"commande\s+publique|march.{1,8}s\s+publics|2015\s*-\s*899|2016\s*-\s*360"
    rb"|23\s+juillet\s+2015",
    re.IGNORECASE | re.DOTALL,
)
_APPEAL = re.compile(r"(?:CAA|cour administrative d['’]appel)\s+(?:de\s+)?(?P<town>.+)", re.I)
_MOST_TITLES = 2


def is_kept(name: str) -> bool:
    """Whether a file of an archive, by its own name, is read."""
    return bool(_FILE.fullmatch(name) or _SUPPRESSIONS.fullmatch(name))


def tell_rulings(name: str, descriptor: str) -> Iterator[bytes]:
    """In the child: what is in the archive that comes through an inherited descriptor."""
    yield _event(("source", name))
    with open(int(descriptor), "rb") as file:  # noqa: PTH123 - a descriptor has no path
        for found in archive_members(name, file, lambda: 0, is_kept):
            yield from map(_event, _told(found))


def _event(words: tuple[str, ...]) -> bytes:
    return json.dumps(words).encode()


def _told(found: LegiMember | SourceRefusal) -> Iterator[tuple[str, ...]]:
    if isinstance(found, SourceRefusal):
        yield "refused", found.name, found.reason
    elif not _FILE.fullmatch(found.name.rpartition("/")[2]):
        listed = found.data.decode("utf-8", errors="replace")
        yield from (("suppressed", each) for each in _SUPPRESSED.findall(listed))
    elif _MAY_CITE.search(found.data):
        try:
            line = read_decision(found.data)
        except UnreadableFile as error:
            yield "refused", found.name, str(error)
        except RecursionError:
            yield "refused", found.name, "fichier corrompu (imbrication sans fin)"
        else:
            if line is not None:
                yield "ruling", file_of(line), line


def read_decision(data: bytes) -> str | None:
    """The decision of a CETATEXT….xml as a line of JSON; None for one that is not kept.

    Kept are those of the Conseil d'État and of the cours administratives d'appel that cite
    procurement law. Raises UnreadableFile when it is no decision, or lacks what one must have.
    """
    refuse_entities(data)
    root = parse_xml(data)
    if local_name(root) != "texte_juri_admin":
        raise UnreadableFile("ce n'est pas une décision de JADE")
    court = court_of(_text(root, "META/META_SPEC/META_JURI/JURIDICTION"))
    lines = _lines(root)
    if court is None or not CITED.search("\n".join(lines)):
        return None
    fields = {
        "id": required(_text(root, "META/META_COMMUN/ID"), "identifiant"),
        "juridiction": court,
        "numero": required(_text(root, "META/META_SPEC/META_JURI/NUMERO"), "numéro"),
        "date": _day(_text(root, "META/META_SPEC/META_JURI/DATE_DEC")).isoformat(),
        "publication": _rank(_text(root, "META/META_SPEC/META_JURI_ADMIN/PUBLI_RECUEIL")),
        "chemin": [_all_text(each) for each in root.findall("TEXTE/SOMMAIRE/SCT")][:_MOST_TITLES],
        "texte": "\n".join(lines),
    }
    return json.dumps(fields, ensure_ascii=False)


def court_of(written: str) -> str | None:
    """A court as it is called here; None for a court that is not kept, a tribunal for instance."""
    if re.fullmatch(r"conseil d['’][ée]tat", written, re.I):
        return COUNCIL
    found = _APPEAL.fullmatch(written)
    return f"CAA de {found['town'].title()}" if found else None


def file_of(line: str) -> str:
    """The name of the file where a decision is kept: one for each court and year."""
    fields = json.loads(line)
    plain = normalize("NFKD", fields["juridiction"].casefold()).encode("ascii", "ignore").decode()
    court = re.sub(r"\W+", "-", plain)
    return f"{court}-{fields['date'][:4]}.jsonl"


def _lines(root: Element) -> list[str]:
    """The lines of a decision: what stands between two breaks, spaces made one."""
    content = root.find("TEXTE/BLOC_TEXTUEL/CONTENU")
    if content is None:
        return []
    written = re.sub(r"<br\s*/?>", "\n", clean_text(_broken(content)))  # escaped in some files
    return [" ".join(line.split()) for line in written.split("\n") if line.strip()]


def _broken(element: Element) -> str:
    """The text of an element, its line breaks those that a browser would show."""
    parts = [" ".join(str(element.text or "").split("\n"))]
    for child in element:
        is_break = local_name(child) in {"br", "p", "div", "li"}
        parts += ["\n" if is_break else "", _broken(child), "\n" if is_break else ""]
        parts.append(" ".join(str(child.tail or "").split("\n")))
    return "".join(parts)


def _text(root: Element, path: str) -> str:
    found = root.find(path)
    return "" if found is None else _all_text(found)


def _all_text(element: Element) -> str:
    return " ".join(clean_text("".join(map(str, element.itertext()))).split())


def _day(written: str) -> date:
    try:
        return date.fromisoformat(written)
    except ValueError:
        raise UnreadableFile(f"DATE_DEC « {written} » n'est pas une date") from None


def _rank(written: str) -> RulingRank:
    """Anything but A and B is not published."""
    return RulingRank(written) if written in set(RulingRank) else RulingRank.UNREPORTED


# The lines of a file.

RULING_PAGE = "https://www.legifrance.gouv.fr/ceta/id/{}"
"""The public page of a decision, by its identifier in JADE."""

_POINT = re.compile(r"(\d{1,3})\s?\.\s+\S")
_RECITAL = re.compile(r"considérant\s+qu|considérant,\s", re.IGNORECASE)
_DECIDES = re.compile(r"(?:d[ée]cide|arr[êe]te)\s*:?", re.IGNORECASE)


def read_rulings(data: bytes) -> FileContent:
    """Read the decisions; lines that are none are named in the warnings."""
    contents, bad = [], list[int]()
    for number, line in enumerate(data.splitlines(), start=1):
        try:
            contents.append(_ruling(line))
        except (ValueError, KeyError, TypeError, RecursionError):
            bad.append(number)
    if not contents:
        raise UnreadableFile("aucune décision lisible")
    warnings = (f"lignes ignorées, pas une décision : {listed(bad)}",) if bad else ()
    return FileContent(tuple(contents), warnings)


def _ruling(line: bytes) -> ReaderContent:
    fields = json.loads(line)
    ruling = _described(fields)
    lines = [clean_text(each) for each in fields["texte"].split("\n") if each.strip()]
    if not lines:
        raise ValueError("no text")
    blocks = tuple(Block(text, mark=mark) for text, mark in zip(lines, _marks(lines), strict=True))
    return ReaderContent(
        blocks=blocks,
        title=f"{ruling.name}, {PUBLISHED[ruling.rank]}",
        data=line,
        path=tuple(fields["chemin"]),
        not_before=ruling.day,
        address=RULING_PAGE.format(fields["id"]),
        ruling=ruling.applying(applied_articles("\n".join(lines))),
    )


def _described(fields: dict[str, Any]) -> Ruling:
    """The decision of a line, without what it applies; raises KeyError or ValueError."""
    return Ruling(
        fields["juridiction"],
        fields["numero"],
        date.fromisoformat(fields["date"]),
        RulingRank(fields["publication"]),
    )


def _marks(lines: Sequence[str]) -> list[str]:
    """The paragraph that each line belongs to."""
    found = list(_numbered(lines))
    is_plain = not set(found) - {VISAS, DISPOSITIF}
    return ["motifs" if is_plain and mark == VISAS else mark for mark in found]


def _numbered(lines: Sequence[str]) -> Iterator[str]:
    mark, point, recitals = VISAS, 0, 0
    for line in lines:
        numbered = _POINT.match(line)
        if _DECIDES.fullmatch(line.replace(" ", "")):
            mark = DISPOSITIF
        elif mark != DISPOSITIF and numbered and int(numbered[1]) in _next(point):
            point = int(numbered[1])
            mark = f"point {point}"
        elif mark != DISPOSITIF and not point and _RECITAL.match(line):
            recitals += 1
            mark = f"considérant {recitals}"
        yield mark


def _next(point: int) -> range:
    """The numbers that a paragraph after this one may have: an extract begins anywhere."""
    return range(point + 1, point + 2) if point else range(1, 1000)
