"""Full stops: which of them end a sentence, and which belong to "art. R. 2122-8". Pure."""

import re
from collections.abc import Iterator

_STOP = re.compile(r"[.!?…]+(?:[ \u00a0]?[»”)\]]|[ \u00a0]?\"(?=\s*(?:\n|$)))*")
_GLUED_STOP = re.compile(r"(?<=[a-zà-ÿ]{3})\.(?=[A-ZÀ-Ý][a-zà-ÿ'’]+[ \u00a0'’])")
_OPENING = re.compile(r"[ \u00a0\t]+(?:[\"“«(\[][ \u00a0]?)?(?=[A-ZÀ-ÝŒ0-9-])")
_ABBREVIATION = re.compile(
    r"(?:^|[\s(\"“«'’])(?:art|arts|al|p|pp|n|no|cf|ex|chap|sect|ann|éd|vol|tél|réf|env|max|min"
    r"|st|ste|dr|mm?|mmes?|mlle|me|pr|lég|rég|c|v|s|etc|hab|nb|obs|qté|vs)$",
    re.IGNORECASE,
)
_CODE_LETTER = re.compile(r"(?:^|[\s(\"“«'’-])(?:[LRDA]|LO)$")
_INITIAL = re.compile(r"(?:^|[\s(\"“«'’.-])[A-ZÀ-Ý]$")
_NUMBERING = re.compile(
    r"(?:^|\n)[ \u00a0\t#]*(?:[Aa]rt(?:icle|\.)[ \u00a0])?(?:\d{1,3}(?:\.\d+)*|[IVX]+|[A-Z])$"
)
_SENTENCE_OPENER = re.compile(
    r"(?:Les?|La|L['’]|Ils?|Elles?|Une?|En|Ces?|Cette|Cet|Dans|Si|S['’]|Pour|Lorsqu|Toutefois|Sauf"
    r"|Aucune?|Tout|Aux?|Par)\b"
)
_WINDOW = 24


def sentence_stops(text: str) -> Iterator[int]:
    """Yield the positions just after the full stops (and closing quotes) that end a sentence."""
    yield from (match.end() for match in _GLUED_STOP.finditer(text))
    for match in _STOP.finditer(text):
        opening = _OPENING.match(text, match.end())
        if opening and not _protected(text, match.start(), opening.end()):
            yield match.end()


def _protected(text: str, stop: int, following: int) -> bool:
    """Say whether the full stop at `stop` belongs to an abbreviation, a number or an initial."""
    if text[stop] != ".":
        return False
    before = text[max(0, stop - _WINDOW) : stop]
    if _NUMBERING.search(before if stop > _WINDOW else "\n" + before):
        return True
    if _CODE_LETTER.search(before):
        return text[following].isdigit()
    if _INITIAL.search(before):
        return not _SENTENCE_OPENER.match(text, following)
    if before.lower().endswith("etc"):
        return not text[following].isupper()
    return text[following] == "-" or _ABBREVIATION.search(before) is not None
