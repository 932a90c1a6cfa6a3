"""Where a quote stands on a page, whatever its line breaks and hyphens. Pure."""

from collections.abc import Sequence

from ingestion.reading.folding import folded, folded_with_origins, nearest

SHORTEST_PIECE = 12  # letters and digits; a shorter line alone could stand anywhere


def find(characters: Sequence[str], quote: str, near: float = 0.0) -> list[int]:
    """The positions of the characters that carry the quote, in order; empty when it is not there.

    Only letters and digits are compared, without accents or case, so that spaces, line breaks,
    hyphenation and quotation marks do not matter. Among equal texts the one nearest to `near`
    (0 for the beginning of the page, 1 for its end) is taken. A quote that is not there in one
    piece, because a header or another column cuts it, is looked for line by line.
    """
    text, origins = folded_with_origins(characters)
    whole = nearest(text, folded(quote), near)
    spans = [whole] if whole else pieces(text, quote, near)
    found = {origins[n] for start, end in spans for n in range(start, end)}
    return sorted(found)


def pieces(text: str, quote: str, near: float) -> list[tuple[int, int]]:
    """The lines of the quote that are found on their own."""
    lines = [folded(line) for line in quote.splitlines()]
    found = [nearest(text, line, near) for line in lines if len(line) >= SHORTEST_PIECE]
    return [span for span in found if span]
