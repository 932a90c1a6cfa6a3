"""JADE archives: one XML file, one decision, and the list of those suppressed.

A decision that does not cite procurement law is known by its bytes, and is not parsed.
"""

import json
import re
from collections.abc import Iterator
from datetime import date
from unicodedata import normalize

from ingestion.documents.ruling import CITED, COUNCIL, RulingRank
from ingestion.errors import UnreadableFile
from ingestion.legislation.archive_files import LegiMember, archive_members
from ingestion.legislation.legi import event, required, tell_member
from ingestion.readers.content import clean_text, refuse_entities
from ingestion.readers.markup import Element, local_name, parse_xml

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
    yield event("source", name)
    with open(int(descriptor), "rb") as file:  # noqa: PTH123 - a descriptor has no path
        for found in archive_members(name, file, lambda: 0, is_kept):
            yield from tell_member(found, _read)


def _read(found: LegiMember) -> Iterator[tuple[str, ...]]:
    if not _FILE.fullmatch(found.name.rpartition("/")[2]):
        listed = found.data.decode("utf-8", errors="replace")
        yield from (("suppressed", each) for each in _SUPPRESSED.findall(listed))
    elif _MAY_CITE.search(found.data) and (line := read_decision(found.data)):
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
