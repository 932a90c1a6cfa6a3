"""Works by the words of their subject, where neither code nor nature says what a contract is."""

import re
import tomllib
from functools import cache

from assistant.words import plain
from ingestion.builtin import CORPUS


def is_worded_as_works(subject: str) -> bool:
    """Whether a subject names a trade of building, and nothing that is done without building."""
    says, unless, even_so = _patterns()
    words = plain(subject)
    if even_so.search(words):
        return True
    return says.search(words) is not None and unless.search(words) is None


@cache
def _patterns() -> tuple[re.Pattern[str], re.Pattern[str], re.Pattern[str]]:
    table = tomllib.loads((CORPUS / "registre" / "travaux.toml").read_text(encoding="utf-8"))
    says, unless, even_so = (
        re.compile(rf"(?<!\w)(?:{'|'.join(table[name])})(?!\w)")
        for name in ("says", "unless", "even_so")
    )
    return says, unless, even_so
