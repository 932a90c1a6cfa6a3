"""Bytes to text, saying when the encoding had to be guessed. Pure."""

import codecs

from ingestion.reading.content import UnreadableFile

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)


def decoded(data: bytes) -> tuple[str, tuple[str, ...]]:
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
