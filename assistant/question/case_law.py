"""Questions that ask what courts decided, and what they ask it about. Pure."""

import re
import tomllib
from functools import cache
from pathlib import Path


def subject_of(question: str) -> str:
    """A question without its words that ask for case law, which decisions do not have."""
    rest = _asking().sub(" ", question.replace("’", "'"))
    return " ".join(rest.split()).strip(" ?!.:,;") or question


@cache
def _asking() -> re.Pattern[str]:
    table = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))
    begun, asked, about = ("|".join(table[key]) for key in ("begun", "asked", "about"))
    return re.compile(rf"\b(?:(?:{begun})\s*)?(?:{asked})\b\s*(?:{about})?", re.IGNORECASE)
