"""What no calculator reads: words by which a question is left to the texts. Pure.

They are data, kept by hand: unread.toml.
"""

import re
import tomllib
from functools import cache
from pathlib import Path
from typing import Any

_EVERY = ""


def is_left_to_texts(calculator: str, words: str) -> bool:
    """Whether a question has words that this calculator would pass over, and that may change it.

    `words` are those of the question, in lower case and without accents.
    """
    unread = _unread()
    return any(
        unread[name].search(words) is not None for name in (_EVERY, calculator) if name in unread
    )


@cache
def _unread() -> dict[str, re.Pattern[str]]:
    """The words of each calculator, and those of all under no name."""
    said: dict[str, list[str]] = {}
    for row in _rows():
        for name in row.get("of", (_EVERY,)):
            said.setdefault(name, []).extend(row["words"])
    return {name: re.compile(rf"\b(?:{'|'.join(words)})") for name, words in said.items()}


def _rows() -> list[dict[str, Any]]:
    table = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))
    return list(table["unread"])
