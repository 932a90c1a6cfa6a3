"""Where a quote stands on a page, whatever its line breaks and hyphens. Pure."""

import unicodedata
from collections.abc import Sequence

SHORTEST_PIECE = 12  # letters and digits; a shorter line alone could stand anywhere


def find(characters: Sequence[str], quote: str, near: float = 0.0) -> list[int]:
    """The positions of the characters that carry the quote, in order; empty when it is not there.

    Only letters and digits are compared, without accents or case, so that spaces, line breaks,
    hyphenation and quotation marks do not matter. Among equal texts the one nearest to `near`
    (0 for the beginning of the page, 1 for its end) is taken. A quote that is not there in one
    piece, because a header or another column cuts it, is looked for line by line.
    """
    letters, origins = [], []
    for position, character in enumerate(characters):
        for letter in folded(character):
            letters.append(letter)
            origins.append(position)
    text = "".join(letters)
    whole = nearest(text, folded(quote), near)
    spans = [whole] if whole else pieces(text, quote, near)
    found = {origins[n] for start, end in spans for n in range(start, end)}
    return sorted(found)


def folded(text: str) -> str:
    """Letters and digits only, without accents, case or ligatures."""
    decomposed = unicodedata.normalize("NFKD", text).casefold()
    return "".join(character for character in decomposed if character.isalnum())


def nearest(text: str, wanted: str, near: float) -> tuple[int, int] | None:
    """The occurrence of `wanted` that begins closest to the fraction `near` of the text."""
    if not wanted:
        return None
    starts = []
    start = text.find(wanted)
    while start >= 0:
        starts.append(start)
        start = text.find(wanted, start + 1)
    if not starts:
        return None
    best = min(starts, key=lambda start: abs(start - near * len(text)))
    return best, best + len(wanted)


def pieces(text: str, quote: str, near: float) -> list[tuple[int, int]]:
    """The lines of the quote that are found on their own."""
    lines = [folded(line) for line in quote.splitlines()]
    found = [nearest(text, line, near) for line in lines if len(line) >= SHORTEST_PIECE]
    return [span for span in found if span]
