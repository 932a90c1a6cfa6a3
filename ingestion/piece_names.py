"""Names of files of a dossier: what they say of a piece, and of its version. Pure."""

import re
import unicodedata
from pathlib import PurePosixPath

_DOTTED = re.compile(r"\b(?:[a-z]\.){1,4}[a-z]\b")
_HUMP = re.compile(r"(?<=[a-zà-ÿ])(?=[A-ZÀ-Þ])")
_BEFORE_VERSION = re.compile(r"(?<=[a-z])(?=v\d)")


def stem(name: str) -> str:
    """The name without folders and format."""
    return PurePosixPath(name).stem


def plain(text: str) -> str:
    """Lower case without accents, words and numbers set apart by one space."""
    letters = unicodedata.normalize("NFD", _HUMP.sub(" ", unicodedata.normalize("NFC", text)))
    bare = "".join(letter for letter in letters if not unicodedata.combining(letter)).lower()
    whole = _DOTTED.sub(lambda found: found[0].replace(".", ""), bare)
    return " ".join(re.findall(r"[a-z]+|\d+", _BEFORE_VERSION.sub(" ", whole)))
