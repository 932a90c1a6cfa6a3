"""What a format's reader hands back; bytes to text, archives and characters within bounds."""

import codecs
import io
import re
import unicodedata
import zipfile
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from zlib import error as ZlibError  # noqa: N812 - the library's own name says nothing

from ingestion.documents.document import Block, State
from ingestion.documents.ruling import Ruling
from ingestion.errors import UnreadableFile

# What a format's reader hands back, and how it says that it cannot.


@dataclass(frozen=True, slots=True)
class ReaderContent:
    """One document as read. `data` are the bytes it is made from, None for those of the file."""

    blocks: tuple[Block, ...]
    title: str | None = None
    data: bytes | None = None
    path: tuple[str, ...] = ()
    reference: str | None = None
    valid_from: date | None = None
    valid_to: date | None = None
    state_date: date | None = None
    state: State | None = None
    address: str | None = None
    not_before: date | None = None
    state_until: date | None = None
    ruling: Ruling | None = None


@dataclass(frozen=True, slots=True)
class FileContent:
    """All that a file holds, with what was lost or guessed, and what is not searched, in French."""

    contents: tuple[ReaderContent, ...]
    warnings: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()

    def warned(self, warnings: Iterable[str]) -> "FileContent":
        """The same with more to say."""
        return replace(self, warnings=(*self.warnings, *warnings))


FormatReader = Callable[[bytes], FileContent]
"""Reads the bytes of a file.

Raises:
    UnreadableFile: when no text can be had from them.
"""


CELL_MARK = " | "
"""What stands between the cells of a row."""

_HEADER_WITHIN = 1024


def is_pdf(data: bytes) -> bool:
    """Whether a file begins as a PDF does, wherever in its first bytes."""
    return b"%PDF-" in data[:_HEADER_WITHIN]


def listed(things: Iterable[object], *, limit: int = 20) -> str:
    """Numbers or names for a message: "3, 7", "1, 2 … et 40 autres" beyond `limit`."""
    ordered = list(things)
    shown = ", ".join(str(thing) for thing in ordered[:limit])
    left = len(ordered) - limit
    return f"{shown} … et {left} autres" if left > 0 else shown


# Text that nobody sees: it is read, since it may bind, and said.

_LONGEST_SHOWN = 60
_MOST_SHOWN = 3


def masked(texts: Iterable[str]) -> tuple[str, ...]:
    """The warning that some texts do not show, none when there is none."""
    return quoted("texte masqué, lu quand même", texts)


def struck(texts: Iterable[str]) -> tuple[str, ...]:
    """The warning that some texts are struck out, none when there is none."""
    return quoted("texte barré, non lu", texts)


def quoted(what: str, texts: Iterable[str]) -> tuple[str, ...]:
    """The warning that says this of some texts, none when there is none."""
    tidy = (" ".join(text.split()) for text in texts)
    shown = [f"« {_shortened(text)} »" for text in tidy if text]
    return (f"{what} : {listed(shown, limit=_MOST_SHOWN)}",) if shown else ()


def _shortened(text: str) -> str:
    return text if len(text) <= _LONGEST_SHOWN else f"{text[:_LONGEST_SHOWN].rstrip()}…"


# Characters that would mislead a search, a terminal or a reader, replaced or left out. Pure.

_LIGATURES = {"ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "ﬅ": "st", "ﬆ": "st"}
_LINE_ENDS = re.compile(r"\r\n?|[\v\f\x1c-\x1e\u2028\u2029]")
_WINDOWS = {code: bytes([code]).decode("cp1252", errors="ignore") for code in range(0x80, 0xA0)}
_BOXES = {
    "\uf06f": "☐",
    "\uf0a8": "☐",
    **dict.fromkeys("\uf052\uf054\uf0fd\uf0fe", "☒"),
    "\uf0fc": "✓",
}
_REPLACEMENTS = {**_WINDOWS, **str.maketrans(_LIGATURES | _BOXES)}
_ESCAPES = re.compile(r"\x1b\[[0-?]*[ -/]*[@-~]")
_UNSEEN = re.compile(
    r"[\0-\x08\x0e-\x1b\x1f\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff"
    r"\ud800-\udfff\U000e0000-\U000e007f]"
)


def clean_text(text: str) -> str:
    r"""Composed accents, plain ligatures, "\n" between lines; no control or unseen characters.

    C1 controls are what badly declared fonts make of Windows-1252 punctuation, and read as such;
    private characters are those of Wingdings where they are boxes and ticks.
    """
    text = _LINE_ENDS.sub("\n", _ESCAPES.sub("", text)).replace("\x7f", "•")
    return unicodedata.normalize("NFC", _UNSEEN.sub("", text).translate(_REPLACEMENTS))


# Bytes to text, saying when the encoding had to be guessed. Pure.

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)


def decode_text(data: bytes) -> tuple[str, tuple[str, ...]]:
    r"""The text of `data`, lines ended by "\n", and a French warning when it was guessed.

    Raises:
        UnreadableFile: when the bytes are no text.
    """
    text, warnings = _decoded(data)
    if text.count("\0") > len(text) // 1000:
        raise UnreadableFile("le contenu n'est pas du texte")
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\0", ""), warnings


def _decoded(data: bytes) -> tuple[str, tuple[str, ...]]:
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return _replaced(data[len(mark) :], encoding)
    if guess := _bare_utf16(data):
        text, warnings = _replaced(data, guess)
        return text, ("encodage non indiqué : lu comme UTF-16", *warnings)
    try:
        return data.decode(), ()
    except UnicodeDecodeError:
        text, warnings = _replaced(data, "cp1252")
        return text, ("encodage non indiqué : lu comme Windows-1252", *warnings)


def _replaced(data: bytes, encoding: str) -> tuple[str, tuple[str, ...]]:
    text = data.decode(encoding, errors="replace")
    lost = text.count("\N{REPLACEMENT CHARACTER}")
    return text, (f"caractères illisibles : {lost}",) if lost else ()


def _bare_utf16(data: bytes) -> str | None:
    """UTF-16 without a mark shows as a zero in every other byte of western text."""
    sample = data[:2000]
    half = len(sample) // 2
    if half and sample[1::2].count(0) > 0.7 * half:
        return "utf-16-le"
    if half and sample[::2].count(0) > 0.7 * half:
        return "utf-16-be"
    return None


# What separates the cells of a text that is a table. Pure.

_DELIMITERS = ";\t,|"
_SAMPLE = 20_000
_QUOTED_CELL = re.compile(r'"[^"]*"')


def delimiter_of(text: str) -> str:
    """The mark that most lines have, and as many of, outside quotes: a title may have another.

    Of equals the first of _DELIMITERS: decimals may have as many commas.
    """
    lines = _QUOTED_CELL.sub("", text[:_SAMPLE]).split("\n")

    def most_alike(mark: str) -> tuple[int, int]:
        counts = Counter(line.count(mark) for line in lines if mark in line)
        return counts.total(), max(counts.values(), default=0)

    return max(_DELIMITERS, key=most_alike)


# The parts of a zipped document, unpacked within bounds.
#
# Sizes are judged as declared, then counted while unpacking: what is declared may lie.

DAMAGES = (zipfile.BadZipFile, ZlibError, NotImplementedError, EOFError)
"""What the library raises on an archive that is damaged or not a usual ZIP."""

_OLE = bytes.fromhex("d0cf11e0a1b11ae1")
_MOST_PARTS = 5_000
_MOST_BYTES = 200_000_000
_MOST_BYTES_A_PART = 60_000_000
_HIGHEST_RATIO = 200
_RATIO_COUNTS_FROM = 1_000_000
_PIECE = 1 << 16
_ENTITY_MARKS = (b"<!DOCTYPE", b"<!ENTITY")


def unpack(data: bytes) -> dict[str, bytes]:
    """The parts by name.

    Raises UnreadableFile for what is no archive, protected, damaged, or larger than the bounds.
    """
    if data.startswith(_OLE):
        raise UnreadableFile("protégé par mot de passe, ou ancien format Office")
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            if len(archive.infolist()) > _MOST_PARTS:
                raise UnreadableFile(f"fichier refusé : plus de {_MOST_PARTS} éléments")
            return _read(archive)
    except (*DAMAGES, ValueError) as error:
        raise UnreadableFile(f"fichier corrompu ({type(error).__name__})") from error


def unpack_office(data: bytes) -> dict[str, bytes]:
    """The same of an Office document, whose XML declares no entity; raises UnreadableFile."""
    parts = unpack(data)
    for name, part in parts.items():
        if name.endswith((".xml", ".rels")):
            refuse_entities(part)
    return parts


def refuse_entities(part: bytes) -> None:
    """Refuse XML that declares entities: no office program writes any.

    Raises UnreadableFile when there is such a declaration.
    """
    plain = part.replace(b"\0", b"")
    if any(mark in plain for mark in _ENTITY_MARKS):
        raise UnreadableFile("fichier refusé : il déclare des entités XML")


def content_of(
    archive: zipfile.ZipFile, entry: zipfile.ZipInfo, *, most_bytes: int
) -> Iterator[bytes]:
    """The content of an entry, in pieces of bounded size.

    Raises UnreadableFile for one that is protected, longer than `most_bytes`, or compressed more
    than any text, and one of DAMAGES for one that is damaged, or of no usual ZIP.
    """
    if entry.flag_bits & 1:
        raise UnreadableFile("protégé par mot de passe")
    if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise UnreadableFile("compression inhabituelle")  # others may claim gigabytes of memory
    _judge(entry.file_size, entry, most_bytes)
    length = 0
    with archive.open(entry) as part:
        while piece := part.read(_PIECE):
            length += len(piece)
            _judge(length, entry, most_bytes)
            yield piece


def _judge(length: int, entry: zipfile.ZipInfo, most_bytes: int) -> None:
    if length > most_bytes:
        raise UnreadableFile("fichier refusé : contenu décompressé démesuré")
    if length > max(_RATIO_COUNTS_FROM, _HIGHEST_RATIO * entry.compress_size):
        raise UnreadableFile(f"fichier refusé : contenu compressé plus de {_HIGHEST_RATIO} fois")


def _read(archive: zipfile.ZipFile) -> dict[str, bytes]:
    parts: dict[str, bytes] = {}
    left = _MOST_BYTES
    for entry in archive.infolist():
        most = min(left, _MOST_BYTES_A_PART)
        parts[entry.filename] = b"".join(content_of(archive, entry, most_bytes=most))
        left -= len(parts[entry.filename])
    return parts
