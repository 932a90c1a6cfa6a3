"""Long texts cut into overlapping spans, by characters, never inside a number or a reference.

The library chooses where to cut; the cuts are then moved out of what must stay whole, and each
span but the first is begun earlier, so that neighbours share some text.
"""

import re
from bisect import bisect_left
from collections.abc import Iterable, Sequence

from ingestion.french import month_names
from ingestion.legislation.references import find_references

Span = tuple[int, int]
"""Start and end of a piece of text, in characters, half-open."""

_SEPARATORS = ["\n\n", "\n", ". ", " ; ", " : ", ", ", " ", ""]
_LONGEST_WHOLE = 80
_GAP = r"[^\S\n]?"
_MONTH = f"(?:{'|'.join(month_names('fr'))})"
_NUMBER = re.compile(
    rf"(?:n{_GAP}°{_GAP})?\d+(?:[.,/:-]\d+|[^\S\n]\d{{3}}(?!\d))*(?:{_GAP}er\b)?"
    rf"(?:{_GAP}(?:€|%|‰|(?:euros?|jours?|mois|ans?|années?|heures?|h)\b|{_MONTH}\b"
    rf"(?:{_GAP}\d{{4}}\b)?))?(?:{_GAP}(?:HT|TTC|ouvrés|ouvrables|calendaires)\b)?",
    re.IGNORECASE,
)
_SENTENCE_END = re.compile(r"\n\s*|[.;:!?]\s+")


def split(text: str, *, size: int, overlap: int) -> tuple[Span, ...]:
    """Spans of about `size` characters at most that together cover `text`, blank ends aside.

    A span exceeds `size` only by the numbers and references that it keeps whole. Starts and ends
    strictly increase.
    """
    whole = whole_spans(text)
    cuts = moved_cuts(_library_cuts(text, size, overlap), whole)
    starts = [0, *(_earlier(text, cut - overlap, cut, whole) for cut in cuts)]
    return _distinct(
        _stripped(text, *span) for span in zip(starts, [*cuts, len(text)], strict=True)
    )


def split_lines(text: str, *, size: int) -> tuple[Span, ...]:
    """Spans of whole lines of at most `size` characters, or of one longer line; blank ones aside.

    Pure.
    """
    spans: list[Span] = []
    start = end = 0
    for line in text.splitlines(keepends=True):
        if end > start and end + len(line) - start > size:
            spans.append((start, end))
            start = end
        end += len(line)
    return _distinct(_stripped(text, *span) for span in [*spans, (start, end)])


def whole_spans(text: str) -> tuple[Span, ...]:
    """Numbers with their unit, amounts, dates and references: what no cut may divide. Pure.

    In order and apart. Anything of more than 80 characters is no number that a reader would miss.
    """
    found = [match.span() for match in _NUMBER.finditer(text)]
    found += [(reference.start, reference.end) for reference in find_references(text)]
    merged: list[Span] = []
    for start, end in sorted(span for span in found if span[1] - span[0] <= _LONGEST_WHOLE):
        if merged and start < merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return tuple(merged)


def moved_cuts(cuts: Iterable[int], whole: Sequence[Span]) -> list[int]:
    """Cuts moved to the start of what they would divide, or to its end. Pure.

    `cuts` increase; so does the result, which may be shorter.
    """
    moved: list[int] = []
    previous = 0
    for cut in cuts:
        start, end = _around(cut, whole)
        cut = start if start > previous else end
        if cut > previous:
            moved.append(cut)
            previous = cut
    return moved


def _around(cut: int, whole: Sequence[Span]) -> Span:
    """The span that `cut` would divide, or (cut, cut)."""
    index = bisect_left(whole, (cut, cut)) - 1
    if index >= 0 and whole[index][0] < cut < whole[index][1]:
        return whole[index]
    return cut, cut


def _library_cuts(text: str, size: int, overlap: int) -> list[int]:
    if len(text) <= size:
        return []
    # Imported here: it takes 0.4 s, and whoever only shows passages never cuts any.
    from langchain_text_splitters import RecursiveCharacterTextSplitter

    splitter = RecursiveCharacterTextSplitter(
        separators=_SEPARATORS,
        chunk_size=size - overlap,
        chunk_overlap=0,
        keep_separator="end",
        strip_whitespace=False,
        add_start_index=True,
    )
    starts = []
    for piece in splitter.create_documents([text]):
        start = piece.metadata["start_index"]
        assert text.startswith(piece.page_content, start), f"piece not found at {start}"
        starts.append(start)
    return starts[1:]


def _earlier(text: str, earliest: int, cut: int, whole: Sequence[Span]) -> int:
    """The first start of a sentence, else of a word, between `earliest` and `cut`."""
    window = text[max(earliest, 0) : cut]
    opening = _SENTENCE_END.search(window) or re.search(r"\s+", window)
    if opening is None or opening.end() == len(window):
        return cut
    return _around(max(earliest, 0) + opening.end(), whole)[0]


def _stripped(text: str, start: int, end: int) -> Span:
    piece = text[start:end]
    blank = len(piece) - len(piece.lstrip())
    return start + blank, start + blank + len(piece.strip())


def _distinct(spans: Iterable[Span]) -> tuple[Span, ...]:
    """Spans without the empty ones and those contained in a neighbour."""
    kept: list[Span] = []
    for start, end in spans:
        if start >= end or (kept and end <= kept[-1][1]):
            continue
        while kept and start <= kept[-1][0]:
            kept.pop()
        kept.append((start, end))
    return tuple(kept)
