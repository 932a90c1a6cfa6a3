"""Context: what a quote needs of the text around it to say what it says there, and no more."""

import re
from collections.abc import Generator, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date
from itertools import groupby

from assistant.answering.answer import Found, Prominence
from assistant.answering.first_line import PreparedAnswer, answering
from assistant.answering.quotable import Draft, Unit, joined, leans_back, quotable
from assistant.answering.state import TurnState
from assistant.citations.quotations import is_verbatim
from assistant.retrieval.evidence import Evidence
from assistant.retrieval.headings import limiting_headings
from assistant.retrieval.hierarchy import ARTICLES, rank_of
from assistant.retrieval.standing import in_force, standing
from ingestion.chunking.passages import Passage
from ingestion.chunking.sentences import SentenceSpan, Span, list_parts, marker, sentences, units
from ingestion.index.questions import RuleGround

_POINTS_BACK = re.compile(r"\b(ce|cet|cette|ces|tels?|telles?|il|elle|ils|elles)\b", re.IGNORECASE)


def in_context(turn: TurnState, found: Sequence[Draft]) -> tuple[Draft, ...]:
    """Words of one passage as the whole sentences and items of lists that they stand in.

    With what these lean on and what excepts from them.
    """
    told = []
    for draft in found:
        [item] = draft.evidence
        text, first = turn.document(item.passage).text, item.passage.start
        length = len(item.passage.text)
        told += [
            _leaning(Unit(item, max(start - first, 0), min(end - first, length)), turn.scope.as_of)
            for start, end in _whole(text, first + draft.start, first + draft.end)
        ]
    return tuple(each.draft for each in joined(told))


def with_other_articles(
    turn: TurnState, rule: PreparedAnswer
) -> Generator[Found, None, PreparedAnswer]:
    """A rule with what it rests on, in other articles too, which is added to the evidence."""
    yield from turn.show([rule.evidence.passage])
    own = turn.shown(rule.evidence.passage)
    quotes_own = tuple(replace(draft, evidence=(own,)) for draft in rule.quotes)
    rule = replace(rule, evidence=own, quotes=quotes_own)
    items: dict[int, Evidence] = {}
    quotes = list(rule.quotes)
    for ground in rule.also:
        found = _of_ground(turn, ground)
        yield from turn.show(found)
        shown = [turn.shown(passage) for passage in found]
        items |= {item.number: item for item in shown if item != rule.evidence}
        if rule.is_sure:
            words = (draft for item in shown for draft in answering(item, ground.spans))
            quotes += in_context(turn, [*words])
    return replace(rule, quotes=tuple(quotes), besides=tuple(items.values()))


def _of_ground(turn: TurnState, ground: RuleGround) -> list[Passage]:
    """The passages that a rule rests on; of sheets, whose words that say it none knows, one."""
    found = standing(turn.generation, ground.passage_ids, turn.scope)
    known = {item.passage.id for item in turn.evidence}
    return found if ground.spans else sorted(found, key=lambda each: each.id not in known)[:1]


def besides(found: Sequence[Draft], said: Sequence[Draft]) -> list[Draft]:
    """What leans on the quotes that are said, then those that share no words with them. Pure.

    "Ce délai est porté à seize jours" goes on from a sentence that is said, and is not folded.
    """
    others = [draft for draft in found if not draft.meets(said)]
    return [*_leaning_on(said, [draft for draft in found if draft.meets(said)]), *others]


def unsaid(found: Sequence[Draft], said: Sequence[Draft]) -> list[Draft]:
    """The quotes without the sentences and lists that share words with what is said. Pure."""
    left = []
    for draft in found:
        parts = [draft]
        if draft.meets(said):
            parts = [_part_of(draft, unit) for unit in units(draft.text, len(draft.text))]
        left += [each for each in parts if not each.meets(said)]
    return left


def _part_of(draft: Draft, unit: SentenceSpan) -> Draft:
    start, end = draft.start + unit.start, draft.start + unit.end
    return replace(draft, text=draft.text[unit.start : unit.end], start=start, end=end)


def _leaning_on(said: Sequence[Draft], found: Iterable[Draft]) -> Iterator[Draft]:
    for draft in found:
        is_said = False
        for unit in units(draft.text, longest=len(draft.text)):
            one = _part_of(draft, unit)
            if one.meets(said):
                is_said = True
            elif is_said := is_said and leans_back(one.text):
                yield replace(one, place=Prominence.BODY)


def in_their_lists(turn: TurnState, found: Sequence[Draft]) -> Generator[Found, None, list[Draft]]:
    """The quotes, of a list of an article that is cut between passages with what the cut took.

    An item stands after what leads to it, which is added to the evidence where it is not there;
    a list that is quoted from its lead goes on in the next passage, where that was found as well.
    """
    told: list[Draft] = []
    for draft in found:
        above: list[Draft] = []
        for passage, lead in _above(turn, draft):
            yield from turn.show([passage])
            above.append(replace(_at(turn, draft, passage, lead), spoken_by=""))
        told += [*above, replace(draft, spoken_by="") if above else draft]
        told += _rest(turn, draft, found)
    return [*dict.fromkeys(told)]


def under_headings(found: Sequence[Draft], question: str) -> Iterator[Draft]:
    """The quotes, the first of a passage below the headings that limit it, if any do. Pure.

    What an item of a list is led by stays before it: the next quote has the headings then.
    """
    headed: set[str] = set()
    for draft in found:
        passage = draft.evidence[0].passage
        heading = ""
        if passage.id not in headed and not draft.spoken_by:
            quoted = [each.text for each in found if each.evidence[0].passage.id == passage.id]
            heading = limiting_headings(passage, "\n".join([question, *quoted]))
            headed.add(passage.id)
        yield replace(draft, spoken_by=heading) if heading else draft


def _above(turn: TurnState, draft: Draft) -> Iterator[tuple[Passage, Span]]:
    """The leads of the list of an article in which a quote stands, and where each is quotable."""
    passage = draft.evidence[0].passage
    if rank_of(passage) not in ARTICLES:
        return
    text = turn.document(passage).text
    others = in_force(turn.generation, passage.references[0], turn.scope)
    same = [passage, *(each for each in others if _is_of(each, passage))]
    for start, end in leads(text, passage.start + draft.start):
        holding = (each for each in same if each.start <= start and end <= each.end)
        for each in [each for each in holding if is_verbatim(text[start:end], each.text)][:1]:
            yield each, (start, end)


def _rest(turn: TurnState, draft: Draft, found: Sequence[Draft]) -> Iterator[Draft]:
    """The items of a list after the end of its passage, unless they are quoted already."""
    passage = draft.evidence[0].passage
    if rank_of(passage) not in ARTICLES or draft.end < len(passage.text):
        return
    text, start, end = turn.document(passage).text, passage.start + draft.start, passage.end
    for unit in units(text, longest=len(text)):
        if start <= unit.start < end < unit.end:
            begin = unit.end - len(text[end : unit.end].lstrip())
            of_article = (item.passage for item in turn.evidence if _is_of(item.passage, passage))
            rest = next((each for each in of_article if each.start <= begin < each.end), None)
            if rest and all(rest != each.evidence[0].passage for each in found):
                yield _at(turn, draft, rest, (begin, min(unit.end, rest.end)))


def _is_of(other: Passage, passage: Passage) -> bool:
    return other.document_id == passage.document_id


def _at(turn: TurnState, draft: Draft, passage: Passage, span: Span) -> Draft:
    """A span of the article of a draft, as it stands in this passage."""
    start, end = span[0] - passage.start, span[1] - passage.start
    shown = turn.shown(passage)
    return replace(draft, text=passage.text[start:end], evidence=(shown,), start=start, end=end)


def leads(text: str, place: int) -> tuple[Span, ...]:
    """The leads of the lists of which an item begins here, outermost first. Pure."""
    return next((above for (start, _), above in _statements(text) if start == place), ())


def _leaning(unit: Unit, as_of: date) -> Unit:
    """A sentence with its neighbours, where it says little or something else without them."""
    holding = [
        each
        for each in quotable(unit.evidence, as_of)
        if each.start <= unit.start and unit.end <= each.end and not _is_list(each.text)
    ]
    return min(holding, key=lambda each: each.end - each.start, default=unit)


def _is_list(text: str) -> bool:
    return marker(text) is not None or list_parts(text) is not None


def _whole(text: str, start: int, end: int) -> Iterator[Span]:
    """A list where a span holds all of it, else the sentences and items that it touches.

    An item is taken from its marker, unless the sentence touched says all by itself, to the last
    of its sentences that is touched.
    """
    touched: list[Statement] = []
    for unit in units(text, longest=len(text)):
        is_held = start <= unit.start and not text[end : unit.end].strip(" .;")
        whole: Statement = ((unit.start, unit.end), ())
        said = [whole] if is_held else _parts(text[unit.start : unit.end], unit.start)
        touched += [each for each in said if each[0][0] < end and start < each[0][1]]
    for _, run in groupby(touched, lambda each: each[1]):
        spans = [span for span, _ in run]
        first, last = spans[-1]
        closes = [first + part.end for part in sentences(text[first:last])]
        yield _opening(text, spans[0], start), next((each for each in closes if end <= each), last)


def _opening(text: str, span: Span, start: int) -> int:
    """Where the first sentence that is touched begins, or the item of which it is a part."""
    first, last = span
    spans = [(first + each.start, first + each.end) for each in sentences(text[first:last])]
    touched = next((each for each in spans if start < each[1]), span)
    return first if _POINTS_BACK.search(text[slice(*touched)]) else touched[0]


Statement = tuple[Span, tuple[Span, ...]]
"""A sentence, a lead or an item of a list, and the leads that it stands below, outermost first."""


def _statements(text: str) -> Iterator[Statement]:
    for unit in units(text, longest=len(text)):
        yield from _parts(text[unit.start : unit.end], unit.start)


def _parts(text: str, start: int, above: tuple[Span, ...] = ()) -> Iterator[Statement]:
    """The statements of a sentence or a list that begins at this place."""
    listed = list_parts(text)
    if listed is None:
        yield (start, start + len(text)), above
        return
    lead, items = listed
    head = (start + lead.start, start + lead.end)
    yield head, above
    for item in items:
        yield from _parts(text[item.start : item.end], start + item.start, (*above, head))
