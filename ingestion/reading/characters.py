"""Characters that would mislead a search, a terminal or a reader, replaced or left out. Pure."""

import re
import unicodedata

_LIGATURES = {"ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "ﬅ": "st", "ﬆ": "st"}
_LINE_ENDS = re.compile(r"\r\n?|[\v\f\x1c-\x1e\u2028\u2029]")
_WINDOWS = {code: bytes([code]).decode("cp1252", errors="ignore") for code in range(0x80, 0xA0)}
_REPLACEMENTS = {**_WINDOWS, **str.maketrans(_LIGATURES)}
_ESCAPES = re.compile(r"\x1b\[[0-?]*[ -/]*[@-~]")
_UNSEEN = re.compile(
    r"[\0-\x08\x0e-\x1b\x1f\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff"
    r"\ud800-\udfff\U000e0000-\U000e007f]"
)


def cleaned(text: str) -> str:
    r"""Composed accents, plain ligatures, "\n" between lines; no control or unseen characters.

    C1 controls are what badly declared fonts make of Windows-1252 punctuation, and read as such.
    """
    text = _LINE_ENDS.sub("\n", _ESCAPES.sub("", text)).replace("\x7f", "•")
    return unicodedata.normalize("NFC", _UNSEEN.sub("", text).translate(_REPLACEMENTS))
