"""Quotations: where one stands in a text, character by character. Pure."""

import re

from ingestion.chunking.sentences import SentenceSpan, list_parts, marker, sentences, units

_SAME = str.maketrans(
    {"’": "'", "‘": "'", "ʼ": "'", "“": '"', "”": '"', "«": '"', "»": '"', "„": '"'}
    | dict.fromkeys("\u00a0\u202f\u2009\u2007\u2002\u2003\t\n\r\f\v", " ")
)
_ENDING = re.compile(r"[ .;,:!?\"]*")
_WORDS = re.compile(r"\w+")
_FEWEST_WORDS = 4
_REVERSING = (
    r"\b(?i:ne|n['’]|non|pas|aucune?|sauf|exceptée?s?|hors|hormis|sans|interdi\w+|si|lorsqu\w*"
    r"|conditions?|seul\w*|uniquement|exclusivement|dispens\w+|sous réserve|dans la mesure|à moins"
    r"|à l['’](?:exception|exclusion)|jusqu['’]|à (?:compter|partir))\b"
)
ASIDE = rf"\((?![^()]*{_REVERSING})[^()]*\)"
"""A parenthesis that adds without limiting: what is said without it is said as well."""

_CLOSING = re.compile(rf"[ ]?(?:{ASIDE})?[ .;:!?\"]*")


def find_quote(quote: str, text: str) -> tuple[int, int] | None:
    """Return the half-open characters of `text` that a quotation copies, or None.

    Only spaces (their kind and number) and quotation marks or apostrophes (their kind) may
    differ. A quotation starts and ends at the edges of words and numbers.
    """
    wanted, _ = _tidy(quote)
    held, places = _tidy(text)
    wanted = wanted.strip()
    position = held.find(wanted) if wanted else -1
    while position >= 0:
        end = position + len(wanted)
        if not (_inside_word(held, position) or _inside_word(held, end)):
            return places[position], places[end - 1] + 1
        position = held.find(wanted, position + 1)
    return None


def is_verbatim(sentence: str, passage: str) -> bool:
    """Say whether a sentence copies whole sentences of the passage, nothing being cut away.

    It starts where a sentence or an item starts and stops where one stops, up to punctuation and
    a parenthesis. A list is copied whole, or its lead alone with its colon, or items under their
    markers; an item without its marker does not count when its lead denies or limits it.
    """
    body = _ENDING.sub("", sentence[::-1], count=1)[::-1].strip()
    found = find_quote(body, passage)
    if found is None or len(_WORDS.findall(body)) < _FEWEST_WORDS:
        return False
    parts = [part for part in sentences(passage) if part.end > found[0] and part.start < found[1]]
    first, last = parts[0], parts[-1]
    after_marker = _after_marker(passage, first, found[0])
    if not (found[0] == first.start or after_marker) or not _ends_at(passage, found[1], last):
        return False
    if _is_question(passage[first.start : first.end]) or _cuts_list(sentence, passage, found):
        return False
    return not (after_marker and _is_limited(passage, found[0]))


def _is_question(text: str) -> bool:
    return text.startswith("#") or text.rstrip().endswith("?")


def _ends_at(passage: str, end: int, part: SentenceSpan) -> bool:
    return _CLOSING.fullmatch(_tidy(passage[end : part.end])[0]) is not None


def _cuts_list(sentence: str, passage: str, found: tuple[int, int]) -> bool:
    """Say whether the quotation takes a lead, with some of its items only or without its colon."""
    for unit in units(passage, longest=len(passage)):
        parts = list_parts(passage[unit.start : unit.end])
        if parts is None or not unit.start <= found[0] < unit.start + parts[0].end:
            continue
        if found[1] <= unit.start + parts[0].end:
            return not sentence.rstrip().endswith(":")
        return found[1] < unit.end and not _ends_at(passage, found[1], unit)
    return False


def _is_limited(passage: str, start: int) -> bool:
    """Say whether the item that starts here stands under a lead that denies or limits it."""
    for unit in units(passage, longest=len(passage)):
        parts = list_parts(passage[unit.start : unit.end])
        if parts and unit.start <= start < unit.end:
            lead = passage[unit.start : unit.start + parts[0].end]
            return re.search(_REVERSING, lead) is not None
    return False


def _tidy(text: str) -> tuple[str, list[int]]:
    """Return the text with single spaces, plain quotes, and where each character comes from.

    Spaces around a quotation mark are left out: "« mot »" is '"mot"'.
    """
    letters: list[str] = []
    places: list[int] = []
    for place, letter in enumerate(text.translate(_SAME)):
        if letter == " " and letters and letters[-1] in ' "':
            continue
        if letter == '"' and letters and letters[-1] == " ":
            letters.pop()
            places.pop()
        letters.append(letter)
        places.append(place)
    return "".join(letters), places


def _inside_word(text: str, edge: int) -> bool:
    """Say whether the edge falls inside a word, or inside a number such as "40 000" or "2,5"."""
    if not 0 < edge < len(text):
        return False
    before, after = text[edge - 1], text[edge]
    if before.isalnum() and after.isalnum():
        return True
    number = re.search(r"\d[ .,]?$", text[max(0, edge - 2) : edge])
    return number is not None and re.match(r"[ .,]?\d", text[edge : edge + 2]) is not None


def _after_marker(passage: str, part: SentenceSpan, start: int) -> bool:
    sign = marker(passage[part.start : part.end])
    return sign is not None and passage[part.start : start].strip() == sign
