"""Where a text may be cut: French prose into sentences, long texts into overlapping spans. Pure.

`sentences` cuts at ends of sentences and at list items; `units` joins a list to its lead, because
a condition quoted without its sisters says something else; `split` cuts by characters, never inside
a number or a reference.
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from ingestion.documents.references import find_references
from ingestion.french import month_names

# Full stops: which of them end a sentence, and which belong to "art. R. 2122-8". Pure.

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
    r"(?:^|\n)[ \u00a0\t#]*(?:[Aa]rt(?:icle|\.)[ \u00a0])?"
    r"(?:\d{1,3}(?:\.\d+)*|[IVX]+|[ivx]+|[A-Za-z])$"
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


LONGEST_LIST = 2000
"""Characters above which a list is cut at its items."""

_MARKER = r"(?:\d{1,3}°+(?:[ ]?(?:bis|ter|quater))?|\d{1,2}\)|[a-z]\)|[-–—•*][ \u00a0\t])"
_ITEM = re.compile(rf"(?:[\"“«][ \u00a0]?)?({_MARKER})")
_DOTTED = re.compile(r"((?:\d{1,2}|[a-z]|[A-Z]|[ivx]{1,4}|[IVX]{1,4})[.)])[ \u00a0\t]")
_ROMAN = ("i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x")
_INLINE_ITEM = re.compile(r"[:;][ \u00a0]?(?=(?:\d{1,3}°+|[a-z]\))[ \u00a0]?\S)")
_HANGING = re.compile(
    r"(?:[,(]|\b(?:de|du|des|d['’]|la|les?|l['’]|à|au|aux|et|ou|par|pour|en|dans|sur|sous|avec|sans"
    r"|que|qui|un|une|ce|cette|ces|son|sa|ses|leurs?|est|sont|articles?))[ \u00a0]*$",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True, order=True)
class SentenceSpan:
    """Half-open characters of a text, without spaces at either end."""

    start: int
    end: int


def sentences(text: str) -> tuple[SentenceSpan, ...]:
    """Cut a text into sentences and list items, in order; no visible character is left out."""
    inline_items = (match.end() for match in _INLINE_ITEM.finditer(text))
    return _spans(text, {*sentence_stops(text), *_line_ends(text), *inline_items})


def units(text: str, longest: int = LONGEST_LIST) -> tuple[SentenceSpan, ...]:
    """Cut a text into quotable units: a sentence, or a lead sentence with its whole list.

    A list of more than `longest` characters becomes its lead, then its items one by one, an item
    keeping the items under it. No visible character is left out.
    """
    parts = sentences(text)
    markers = _markers(text, parts)
    found: list[SentenceSpan] = []
    position = 0
    while position < len(parts):
        end = _list_end(text, parts, markers, position)
        found.extend(_cut_list(text, parts[position:end], longest))
        position = end
    return tuple(found)


def marker(text: str) -> str | None:
    """Return the marker of a list item that starts this text ("1°", "a)", "-"), or None."""
    match = _ITEM.match(text.lstrip())
    return match.group(1).strip() if match else None


def begins_list(text: str) -> bool:
    """Whether what stands below a lead is its list."""
    dotted = _DOTTED.match(text.lstrip())
    return marker(text) is not None or (dotted is not None and _is_first(dotted[1]))


def _spans(text: str, cuts: set[int]) -> tuple[SentenceSpan, ...]:
    edges = sorted(cuts | {0, len(text)})
    found: list[SentenceSpan] = []
    for start, end in pairwise(edges):
        piece = text[start:end]
        if bare := piece.strip():
            start += piece.index(bare[0])
            found.append(SentenceSpan(start, start + len(bare)))
    return tuple(found)


def _line_ends(text: str) -> Iterator[int]:
    """Yield the line breaks that end a sentence: not those in the middle of one."""
    for match in re.finditer(r"(?<![ \t])[ \t]*\n\s*", text):
        before, after = (
            text[max(0, match.start() - 40) : match.start()].rstrip(),
            text[match.end() : match.end() + 40],
        )
        paragraph = match.group().count("\n") > 1
        hanging = after[:1].islower() or after[:1] in ",;)" or _HANGING.search(before)
        if paragraph or _ITEM.match(after) or not hanging or before[-1:] in ".!?;:":
            yield match.start()


def _markers(text: str, parts: Sequence[SentenceSpan]) -> list[str | None]:
    """The marker of each sentence that is an item.

    "1." and its like, which may be the number of a clause, are markers below a lead, and then one
    after the other.
    """
    markers: list[str | None] = []
    seen: set[str | None] = set()
    for index, part in enumerate(parts):
        number = marker(text[part.start : part.end])
        found = None if number else _DOTTED.match(text, part.start, part.end)
        if found:
            is_led = index > 0 and text[parts[index - 1].end - 1] == ":" and _is_first(found[1])
            goes_on = not _predecessors(found[1]).isdisjoint(seen)
            number = found[1] if is_led or goes_on else None
        markers.append(number)
        seen.add(number)
    return markers


def _list_end(
    text: str, parts: Sequence[SentenceSpan], markers: Sequence[str | None], position: int
) -> int:
    """Return the index after the last sentence of the list, or of the sentence, at `position`."""
    end = position + 1
    is_item = markers[position] is not None
    has_lead = text[parts[position].end - 1] == ":"
    inline = False
    while end < len(parts):
        if markers[end]:
            if not (is_item or has_lead):
                break
            inline = "\n" not in text[parts[end - 1].end : parts[end].start]
            is_item = True
        elif not (is_item and _inside_item(text, parts, markers, position, end, inline=inline)):
            break
        end += 1
    return end


def _inside_item(
    text: str,
    parts: Sequence[SentenceSpan],
    markers: Sequence[str | None],
    first: int,
    index: int,
    *,
    inline: bool,
) -> bool:
    """Say whether a sentence without marker still belongs to the item before it."""
    same_line = "\n" not in text[parts[index - 1].end : parts[index].start]
    if same_line and not inline:
        return True
    following = next(filter(None, markers[index + 1 : index + 5]), None)
    return following is not None and not _predecessors(following).isdisjoint(markers[first:index])


def _predecessors(number: str) -> set[str]:
    """The markers that may come just before this one: "b." before "c.", "iv." too before "v."."""
    if digits := re.match(r"\d+", number):
        return {f"{int(digits.group()) - 1}{number[digits.end() :]}"}
    letters, end = number[:-1], number[-1]
    before = {chr(ord(letters) - 1)} if re.fullmatch("[b-zB-Z]", letters) else set()
    if (lower := letters.lower()) in _ROMAN[1:]:
        roman = _ROMAN[_ROMAN.index(lower) - 1]
        before.add(roman if letters.islower() else roman.upper())
    return {f"{each}{end}" for each in before} if end in ".)" else set()


def _is_first(number: str) -> bool:
    return number[:-1] in ("1", "a", "A", "i", "I")


def _cut_list(text: str, parts: Sequence[SentenceSpan], longest: int) -> Iterator[SentenceSpan]:
    """Yield the list as one span, or its lead then each outermost item when it is too long."""
    whole = SentenceSpan(parts[0].start, parts[-1].end)
    starts = _outermost_items(text, parts)
    if whole.end - whole.start <= longest or not starts:
        yield whole
        return
    if starts[0] > 0:
        yield SentenceSpan(parts[0].start, parts[starts[0] - 1].end)
    for start in starts:
        end = starts[bisect_right(starts, start)] if start != starts[-1] else len(parts)
        yield SentenceSpan(parts[start].start, parts[end - 1].end)


def _outermost_items(text: str, parts: Sequence[SentenceSpan]) -> list[int]:
    markers = _markers(text, parts)
    first = next((found for found in markers[1:] if found), None)
    if first is None:
        return []
    return [
        index for index, found in enumerate(markers) if found and _style(found) == _style(first)
    ]


def _style(number: str) -> str:
    """What the markers of one list have in common."""
    return re.sub(r"\d+|[A-Za-z]+(?=[.)])", "", number).split(" ")[0]


def list_parts(text: str) -> tuple[SentenceSpan, tuple[SentenceSpan, ...]] | None:
    """Return the lead of a list and its outermost items, or None when the text is no list.

    Items include their marker and what stands under them.
    """
    parts = sentences(text)
    starts = _outermost_items(text, parts)
    if not starts or starts[0] == 0:
        return None
    ends = [*starts[1:], len(parts)]
    items = tuple(
        SentenceSpan(parts[start].start, parts[end - 1].end)
        for start, end in zip(starts, ends, strict=True)
    )
    return SentenceSpan(parts[0].start, parts[starts[0] - 1].end), items


# Long texts cut into overlapping spans.
#
# The library chooses where to cut; the cuts are then moved out of what must stay whole, and each
# span but the first is begun earlier, so that neighbours share some text.

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
