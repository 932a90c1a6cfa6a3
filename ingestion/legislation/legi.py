"""LEGI archives: one XML file, one version of an article, and the list of those suppressed."""

import gzip
import json
import re
import tarfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import BinaryIO
from zlib import error as ZlibError  # noqa: N812 - the library's own name says nothing

from ingestion.errors import UnreadableFile
from ingestion.legislation.articles import (
    ARTICLE_ID,
    TEXT_ID,
    ArticleVersion,
    SourceRefusal,
    plain_lines,
    to_line,
)
from ingestion.legislation.general_clauses import general_text_of
from ingestion.readers.content import refuse_entities
from ingestion.readers.documents import State, is_citable
from ingestion.readers.markup import Element, as_html, local_name, parse_xml

# The articles of a LEGI archive, and its list of those suppressed, one file at a time.
#
# An archive is a `.tar.gz` as published, read as a stream and never unpacked on disk, a folder into
# which one was unpacked, or one article's file.

_ARTICLE = re.compile(rf"{ARTICLE_ID.pattern}\.xml")
_SUPPRESSIONS = re.compile(r"liste_suppression\w*\.dat")
_NEIGHBOUR = re.compile(r"LEGI(?:TEXT|SCTA)\d{12}\.xml")
_ARCHIVE = ".tar.gz"
_SUPPRESSED = re.compile(rf"({ARTICLE_ID.pattern})(?:\.xml)?\s*$", re.MULTILINE)
_STAMP = re.compile(r"\d{8}-\d{6}")
_IDENTIFIER = re.compile(r"(?:LEGI|JORF)TEXT\d{12}")
_TEXT_FOLDER = re.compile(rf"{_IDENTIFIER.pattern}(?=/)")

# The whole of French law is about three million files and thirty gigabytes.
_MOST_FILES = 10_000_000
_MOST_BYTES = 100_000_000_000
_MOST_BYTES_A_FILE = 20_000_000


class DilaFund(StrEnum):
    """What DILA publishes as archives of the same kind, each in a folder of this name."""

    LEGI = "LEGI"
    JADE = "JADE"


@dataclass(frozen=True, slots=True)
class LegiMember:
    """A file of an archive, and the bytes of the archive read when it was (compressed ones)."""

    name: str
    data: bytes
    position: int

    @property
    def is_article(self) -> bool:
        """Whether it is a version of an article, and not a list of those suppressed."""
        return _ARTICLE.fullmatch(_last_name(self.name)) is not None


def sources_at(path: Path) -> tuple[Path, ...]:
    """The archives at or below a path: published ones, then the folder or file that is one."""
    if not path.is_dir():
        known = path.name.endswith(_ARCHIVE) or _is_read(path.name)
        return (path,) if known and path.is_file() else ()
    files = _below(path)
    published = tuple(file for file in files if file.name.endswith(_ARCHIVE))
    return (*published, path) if any(_is_read(file.name) for file in files) else published


def is_official(path: Path) -> bool:
    """Whether a file's name is that of an archive or of a file of one, articles or not."""
    return (
        path.name.endswith(_ARCHIVE) or _is_read(path.name) or bool(_NEIGHBOUR.fullmatch(path.name))
    )


def in_order(paths: Sequence[Path]) -> list[Path]:
    """By the moment that archives have in their name; those without, first and as given."""
    stamps = {path: _STAMP.search(path.name) for path in paths}
    return sorted(paths, key=lambda path: found[0] if (found := stamps[path]) else "")


def moment_of(name: str) -> datetime | None:
    """The moment that the name of an archive tells, None for another name."""
    stamp = _STAMP.search(name)
    return datetime.strptime(stamp[0], "%Y%m%d-%H%M%S") if stamp else None


def is_complete(name: str, fund: DilaFund = DilaFund.LEGI) -> bool:
    """Whether an archive of this name holds all of a fund, and not what changed in a day."""
    return name.startswith(f"Freemium_{fund.lower()}_global")


def is_incremental(name: str, fund: DilaFund = DilaFund.LEGI) -> bool:
    """Whether an archive of this name holds what changed in a day."""
    return re.match(rf"{fund}_\d{{8}}", name) is not None


def size_of(path: Path) -> int:
    """Bytes that reading it takes, as `Member.position` counts them."""
    files = _below(path) if path.is_dir() else [path]
    return sum(file.stat().st_size for file in files if _is_read(file.name) or file == path)


def members(path: Path) -> Iterator[LegiMember | SourceRefusal]:
    """The articles and lists of suppressions, in the order of the archive.

    Raises UnreadableFile when the archive is damaged, cut short, or larger than the bounds.
    """
    if path.name.endswith(_ARCHIVE) and path.is_file():
        with path.open("rb") as file:
            yield from archive_members(path.name, file, file.tell)
    elif path.is_dir():
        yield from _of_folder(path)
    else:
        yield _from_disk(path, path.name, 0)


def suppressed(data: bytes) -> tuple[str, ...]:
    """The articles in a list of suppressions, which has a path a line. Pure."""
    return tuple(_SUPPRESSED.findall(data.decode("utf-8", errors="replace")))


def _is_read(name: str) -> bool:
    return bool(_ARTICLE.fullmatch(name) or _SUPPRESSIONS.fullmatch(name))


def _below(folder: Path) -> list[Path]:
    return [
        path
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not any(p.startswith(".") for p in path.relative_to(folder).parts)
    ]


def _of_folder(folder: Path) -> Iterator[LegiMember | SourceRefusal]:
    position = 0
    for path in _below(folder):
        if _is_read(path.name):
            position += path.stat().st_size
            yield _from_disk(path, path.relative_to(folder).as_posix(), position)


def _from_disk(path: Path, name: str, position: int) -> LegiMember | SourceRefusal:
    if path.is_symlink():
        return SourceRefusal(name, "lien refusé")
    if path.stat().st_size > _MOST_BYTES_A_FILE:
        return SourceRefusal(name, _too_big())
    return LegiMember(name, path.read_bytes(), position)


def archive_members(
    name: str,
    file: BinaryIO,
    position: Callable[[], int],
    is_read: Callable[[str], bool] = _is_read,
) -> Iterator[LegiMember | SourceRefusal]:
    """The files of an archive that are read, by their own name; raises UnreadableFile."""
    # gzip and not tarfile's own stream, which takes an archive cut short for a complete one.
    try:
        with gzip.open(file) as unpacked:
            with tarfile.open(fileobj=unpacked, mode="r|") as archive:
                for entry in _entries(archive):
                    _refuse_other_day(name, entry.name)
                    if found := _of_entry(archive, entry, position(), is_read):
                        yield found
            while unpacked.read(1 << 20):
                pass  # to the end, where its checksum is
    except (tarfile.TarError, gzip.BadGzipFile, EOFError, ZlibError) as error:
        raise UnreadableFile(f"archive abîmée ou incomplète ({type(error).__name__})") from error


def _refuse_other_day(archive: str, name: str) -> None:
    """What changed in a day is in a folder named by the moment that the archive is named by."""
    folder, outside = _STAMP.match(name), _STAMP.search(archive)
    if folder and outside and folder[0][:8] != outside[0][:8]:
        inside = moment_of(folder[0])
        raise UnreadableFile(
            f"archive d'un autre jour : elle contient ce qui a changé le {inside:%d/%m/%Y}"
        )


def _entries(archive: tarfile.TarFile) -> Iterator[tarfile.TarInfo]:
    count = total = 0
    while (entry := archive.next()) is not None:
        archive.members.clear()  # type: ignore[attr-defined] # it would remember millions of them
        count += 1
        total += entry.size
        if count > _MOST_FILES or total > _MOST_BYTES:
            raise UnreadableFile("archive refusée : contenu démesuré")
        yield entry


def _of_entry(
    archive: tarfile.TarFile,
    entry: tarfile.TarInfo,
    position: int,
    is_read: Callable[[str], bool],
) -> LegiMember | SourceRefusal | None:
    """The file of an entry, None for folders and for files that are not read."""
    # Millions of names: cut as text, a path object costs more than the rest of the reading.
    if entry.name.startswith("/") or ".." in entry.name.split("/"):
        return SourceRefusal(entry.name, "chemin refusé : il sort de l'archive")
    if not (entry.isfile() or entry.isdir()):
        return SourceRefusal(entry.name, "lien ou fichier spécial refusé")
    if entry.isdir() or not is_read(_last_name(entry.name)):
        return None
    if entry.size > _MOST_BYTES_A_FILE:
        return SourceRefusal(entry.name, _too_big())
    content = archive.extractfile(entry)
    return LegiMember(entry.name, content.read() if content else b"", position)


def _last_name(path: str) -> str:
    return path.rpartition("/")[2]


def _too_big() -> str:
    return f"fichier trop gros (plus de {_MOST_BYTES_A_FILE // 1_000_000} Mo)"


_OPEN = {date(2999, 1, 1), date(2222, 2, 22)}
"""How LEGI writes an end that is not known; the second one is "a day still to be fixed"."""


def read_article(data: bytes) -> ArticleVersion:
    """Read the bytes of one LEGIARTI….xml.

    Raises:
        UnreadableFile: when it is no article, or lacks what a version of an article must have.
    """
    refuse_entities(data)
    root = parse_xml(data)
    if local_name(root) != "article":
        raise UnreadableFile("ce n'est pas un article de LEGI")
    lines = _lines(root, "BLOC_TEXTUEL/CONTENU")
    if not lines:
        raise UnreadableFile("texte absent")
    state = state_of(_text(root, "META//META_ARTICLE/ETAT"))
    first_day = _day(root, "META//META_ARTICLE/DATE_DEBUT")
    last = _day(root, "META//META_ARTICLE/DATE_FIN")
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
        ended=end_of(state, first_day, last),
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


# What the child process that reads archives tells of them: events, each a line of JSON.

_EVERY = 200
"""Files between two reports of progress."""


def tell(texts: str, *paths: str) -> Iterator[bytes]:
    """In the child: what is in the archives, in the order given; `texts` are joined by commas."""
    read = partial(_read, wanted=_wanted(texts))
    archives = [Path(path) for path in paths]
    total, before = sum(map(size_of, archives)), 0
    for path in archives:
        yield event("source", path.name, is_complete(path.name))
        for number, found in enumerate(members(path), start=1):
            yield from tell_member(found, read)
            if isinstance(found, LegiMember) and number % _EVERY == 0:
                yield event("progress", before + found.position, total)
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
