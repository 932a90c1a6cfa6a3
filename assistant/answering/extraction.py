"""Extraction: which sentences of the evidence answer the question."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import groupby, islice
from math import log

from assistant.answering.answer import LineRole, Prominence
from assistant.answering.quoted_passages import LEAST_SCORE, UNASKED, odds_beside, worth_reading
from assistant.law.contradictions import Conflict
from assistant.law.validity import speaks_for
from assistant.retrieval.evidence import Evidence
from assistant.retrieval.hierarchy import Rank, rank_of
from assistant.retrieval.injections import addressed
from assistant.retrieval.retriever import NAMED
from ingestion.chunking.sentences import list_parts, sentences, units
from ingestion.documents.document import Kind
from ingestion.index.search import Embedder

NEAR = 0.3
"""Share of the first passage's score under which what is quoted stands aside, unless it is likelier
than not to answer: it may complete the answer, not be it."""

UNITS = 3
"""Sentences or lists quoted from one passage: a third one answers more for few more words."""

WHOLE = 600
"""Characters up to which a passage of the rules is quoted whole: its conditions stand together."""

TABLE = 300
"""Characters up to which the rows of a table are quoted together: on our 85 questions about a
dossier two answers more are right than row by row, in 119 words instead of 103; with 600 one."""

CLAUSES = 6
"""Sentences or lists quoted from the pieces of a dossier, however they are spread over them. On 570
questions about three dossiers of the bank, six of six passages hold the whole answer for 0.67 in
102 words; three from each of the nearest passages held it for 0.58 in 118."""

OF_PASSAGE, OF_SCORE = 0.5, 0.02
"""What the cosine of a passage and the logarithm of its score, down to the least, count beside the
cosine of a sentence: on 551 questions about four dossiers held out the whole answer is there for
0.740 of them in 111 words; with the two cosines alone, as much each, for 0.728 in 123."""

BESIDE, ASTRAY = 0.1, 0.2
"""How much less near than the nearest a passage of a piece stands aside by its best sentence, and a
sentence is left out: chosen on the 570, by the sum of both cosines. With 0.3 the whole answer was
there for 0.004 more of them, in a tenth more words; with 0.15 for 0.017 fewer, in a tenth fewer."""

SHORTEST = 25
"""Characters under which a unit is a label, not a statement."""

LONGEST = 1200
"""Characters above which a unit is not widened by its neighbours."""

_REFERS_BACK = re.compile(
    r"(Il|Elle|Ils|Elles|Celui-ci|Celle-ci|Ceux-ci|Celles-ci|Dans ce cas|À ce titre|A ce titre|"
    r"Cette|Cet|Ce|Ces)\b"
)
_OPPOSES = re.compile(r"(Toutefois|Cependant|Néanmoins|Par exception|Par dérogation)\b")
_ENDS = ".;:!?"
_DEFINES = re.compile(r"(?P<words>[A-Z]{2,}(?: et [A-Z]{2,})*) désign(?:e|ent)\b")
_RESTRICTS = re.compile(
    r"(Toutefois|Cependant|Néanmoins|Par exception|Par dérogation|Sauf)\b"
    r"|Cette (règle|disposition|obligation|interdiction|exclusion) n(e\b|['’])"
    r"|(Cette|Cet|Ce|Ces)\b[^.;:]*\b(n['’]est|ne sont) pas applicables?\b"
    r"|[^,.;:]*\btoutefois\b"
)


@dataclass(frozen=True, slots=True)
class Draft:
    """A sentence proposed as part of the answer, with the evidence it cites.

    `start` and `end` are the place of the quote in the first cited passage (characters, half-open).
    `place` is aside for what is of a passage much less near than the first, `spoken_by`, `role` and
    `label` as in `Sentence`. `nearness` is known of sentences of pieces: the cosine of the
    question with the sentence, and what its passage adds.
    """

    text: str
    evidence: tuple[Evidence, ...]
    start: int
    end: int
    place: Prominence = Prominence.BODY
    spoken_by: str = ""
    role: LineRole | None = None
    label: str = ""
    nearness: float = 0.0

    @property
    def doubts(self) -> tuple[str, ...]:
        """Figures of the quote that were read from a picture with little confidence."""
        passage = self.evidence[0].passage
        return passage.doubts(passage.start + self.start, passage.start + self.end)

    def meets(self, others: Iterable["Draft"]) -> bool:
        """Whether it shares words of a passage with one of these."""
        own = self.evidence[0].passage.id
        return any(
            own == each.evidence[0].passage.id and self.start < each.end and each.start < self.end
            for each in others
        )


@dataclass(frozen=True, slots=True)
class Unit:
    """A quotable unit of a passage: half-open characters in it."""

    evidence: Evidence
    start: int
    end: int

    @property
    def text(self) -> str:
        """The characters of the unit."""
        return self.evidence.passage.text[self.start : self.end]


def quotable(evidence: Evidence, as_of: date) -> list[Unit]:
    """The units of a passage that may be quoted for that day, in order. Pure.

    What speaks to a machine that reads it answers nobody.
    """
    spans = units(evidence.passage.text)
    found = _tables(_labelled([Unit(evidence, span.start, span.end) for span in spans]))
    runs = groupby(found, lambda unit: bool(addressed(unit.text)))
    return [
        unit
        for is_addressed, run in runs
        if not is_addressed
        for unit in _self_contained([*run], as_of)
        if len(unit.text) >= SHORTEST
    ]


def _labelled(found: Sequence[Unit]) -> list[Unit]:
    """The units, of a rule each with the labels and bare figures on the lines below it. Pure.

    A table whose cells are lines says "Travaux", then "5 404 000 € HT".
    """
    told: list[Unit] = []
    for unit in found:
        above = told[-1] if told and unit.evidence.passage.dossier is None else None
        if above and _is_label(unit) and above.text[-1] not in _ENDS:
            told[-1] = Unit(unit.evidence, above.start, unit.end)
        else:
            told.append(unit)
    return told


def _tables(found: Sequence[Unit]) -> list[Unit]:
    """The units, the rows of a short table as one: a row says little without its header. Pure."""
    told: list[Unit] = []
    for is_row, run in groupby(found, lambda unit: " | " in unit.text):
        rows = [*run]
        whole = Unit(rows[0].evidence, rows[0].start, rows[-1].end)
        told += [whole] if is_row and len(whole.text) <= TABLE else rows
    return told


def _self_contained(found: Sequence[Unit], as_of: date) -> list[Unit]:
    """The units of that day, with their neighbours where they say little without them. Pure.

    Before one, what "il" or "dans ce cas" refers to; after it, what "suivante :" announces, below
    its label, and the exception that "toutefois" brings, where it is of that day too.
    """
    speaks = [_speaks(unit, as_of) for unit in found]
    widened = []
    for place, unit in enumerate(found):
        first = last = place
        while first and leans_back(found[first].text):
            if unit.end - found[first - 1].start > LONGEST:
                break
            first -= 1
        if place + 1 < len(found):
            restricted = speaks[place + 1] and _RESTRICTS.match(found[place + 1].text)
            announces = unit.text.endswith(":")
            last += announces or bool(restricted)
            last += announces and last + 1 < len(found) and _is_label(found[last])
        if all(speaks[first : last + 1]):
            whole = Unit(unit.evidence, found[first].start, found[last].end)
            widened.append(whole if len(whole.text) <= LONGEST else unit)
    return widened


def _is_label(unit: Unit) -> bool:
    return len(unit.text) < SHORTEST and unit.text[-1] not in _ENDS


def refers_back(sentence: str) -> bool:
    """Whether a sentence begins by what only the one before it tells: "il", "dans ce cas"."""
    return _REFERS_BACK.match(sentence) is not None


def leans_back(sentence: str) -> bool:
    """Whether a sentence refers to the one before it, or is opposed to it."""
    return refers_back(sentence) or _OPPOSES.match(sentence) is not None


def _speaks(unit: Unit, as_of: date) -> bool:
    """Whether a unit may answer for that day: of a list or a table, its lead and one item."""
    text, passage = unit.text, unit.evidence.passage
    lead, items = "", [text]
    if listed := list_parts(text):
        lead = text[listed[0].start : listed[0].end]
        items = [text[each.start : each.end] for each in listed[1]]
    elif " | " in text:
        items = text.splitlines()
    return speaks_for(passage, lead, as_of) and any(
        speaks_for(passage, each, as_of) for each in items
    )


def quotes(
    question: str,
    evidence: Sequence[Evidence],
    as_of: date,
    embedder: Embedder,
    shares: Mapping[str, float] = UNASKED,
) -> list[Draft]:
    """The units nearest in meaning to the question, all of a short passage, in the text's order.

    `shares` are those of `worth_reading`. Those of passages that are less near than the first
    quoted, and not likelier than not to answer as well, stand aside. Of pieces and invoices, which
    anyone may have written, and of the CCAG that they refer to, the nearest of all come first,
    unless the clause is named.
    """
    official = (Kind.RULES, Kind.RULINGS)
    pieces = [item for item in evidence if item.passage.kind not in official]
    if pieces and evidence[0].score < NAMED:
        pieces += [item for item in evidence if rank_of(item.passage) is Rank.GENERAL_CLAUSE]
        return _quotes_of_pieces(question, pieces, as_of, embedder)
    chosen: list[Draft] = []
    first: Evidence | None = None
    [asked] = embedder.embed_questions([question])
    for item in worth_reading(evidence, shares):
        found = quotable(item, as_of)
        if not found:
            continue
        if len(item.passage.text) <= WHOLE:
            kept = joined(_of_named_words(question, found))
        else:
            likeness = embedder.embed_passages([unit.text for unit in found]) @ asked
            ranked = sorted(range(len(found)), key=lambda i: -likeness[i])
            kept = _nearest([found[i] for i in ranked])
        first = first or item
        is_aside = item.score < NEAR * first.score and odds_beside(item, first, shares) < 0
        chosen += [_quote(unit, Prominence.ASIDE if is_aside else Prominence.BODY) for unit in kept]
    return _told_once(sorted(chosen, key=lambda draft: (draft.evidence[0].number, draft.start)))


def _told_once(chosen: Sequence[Draft]) -> list[Draft]:
    """The quotes, those of one article in its order, without what two passages of it share. Pure.

    They stand together: none is folded where the first of them is not.
    """
    told: list[Draft] = []
    for article in dict.fromkeys(map(_article, chosen)):
        same = [draft for draft in chosen if _article(draft) == article]
        end = 0
        for draft in sorted(same, key=_place):
            if rest := _from(draft, end):
                told.append(replace(rest, place=same[0].place))
                end = _place(rest)[0] + len(rest.text)
    return told


def _article(draft: Draft) -> tuple[str, str]:
    passage = draft.evidence[0].passage
    return passage.document_id, passage.locator


def _place(draft: Draft) -> tuple[int, int]:
    """Where a quote begins in its document, and where its passage does."""
    start = draft.evidence[0].passage.start
    return start + draft.start, start


def _from(draft: Draft, place: int) -> Draft | None:
    """What a quote says from this place of its document on, in whole sentences."""
    starts = (part.start for part in sentences(draft.text))
    cut = next((each for each in starts if _place(draft)[0] + each >= place), None)
    if cut is None:
        return None
    return replace(draft, text=draft.text[cut:], start=draft.start + cut)


def _of_named_words(question: str, found: Sequence[Unit]) -> Sequence[Unit]:
    """The units without definitions of other words, where one is of a word of the question. Pure.

    A list of sigles is no answer to who asks about one of them.
    """
    asked = set(re.findall(r"\w+", question.upper()))
    defined = [(unit, _DEFINES.match(unit.text)) for unit in found]
    is_named = [
        said is not None and not asked.isdisjoint(said["words"].split()) for _, said in defined
    ]
    if not any(is_named):
        return found
    return [
        unit for (unit, said), named in zip(defined, is_named, strict=True) if named or not said
    ]


def _quotes_of_pieces(
    question: str, pieces: Sequence[Evidence], as_of: date, embedder: Embedder
) -> list[Draft]:
    """The units nearest by themselves and with their passage, and the likelier this is to answer.

    The nearest of all comes first, then the others passage by passage, the nearest passage first.
    """
    found = [unit for item in pieces for unit in quotable(item, as_of)]
    if not found:
        return []
    [asked] = embedder.embed_questions([question])
    headed = ["\n".join([*unit.evidence.passage.headings[-1:], unit.text]) for unit in found]
    alone = embedder.embed_passages(headed) @ asked
    nearness = {
        unit: float(cosine) + _nearness_of_passage(unit.evidence)
        for unit, cosine in zip(found, alone, strict=True)
    }
    ranked = sorted(found, key=lambda unit: -nearness[unit])
    best = nearness[ranked[0]]
    kept = [unit for unit in _apart(ranked)[:CLAUSES] if nearness[unit] >= best - ASTRAY]
    return _passage_by_passage(kept, nearness)


def _passage_by_passage(kept: Sequence[Unit], nearness: Mapping[Unit, float]) -> list[Draft]:
    """The units, best first, as quotes in their order: the first, the others by passage. Pure.

    A passage is folded whole or not at all: a rule and its special case are read together.
    """
    nearest: dict[int, float] = {}
    for unit in kept:
        nearest.setdefault(unit.evidence.number, nearness[unit])
    first, *others = kept
    places = list(nearest)
    others.sort(key=lambda unit: (places.index(unit.evidence.number), unit.start))
    near = {number for number in places if nearest[number] >= nearness[first] - BESIDE}
    return [
        replace(
            _quote(unit, Prominence.BODY if unit.evidence.number in near else Prominence.ASIDE),
            nearness=nearness[unit],
        )
        for unit in (first, *others)
    ]


def _nearness_of_passage(item: Evidence) -> float:
    """What a passage adds to the cosine of each of its sentences, by its own and its score."""
    likely = log(max(item.score, LEAST_SCORE) / LEAST_SCORE)
    return OF_PASSAGE * item.similarity + OF_SCORE * likely


def _nearest(ranked: Sequence[Unit]) -> list[Unit]:
    """The first quotes that a passage has room for, those that share characters as one. Pure."""
    kept: list[Unit] = []
    for unit in ranked:
        if len(kept) < UNITS:
            kept = joined([*kept, unit])
    return kept


def joined(found: Sequence[Unit]) -> list[Unit]:
    """The units of a passage in its order, those that share characters as one. Pure."""
    joined: list[Unit] = []
    for unit in sorted(found, key=lambda unit: unit.start):
        last = joined[-1] if joined else None
        if last and unit.start < last.end:
            joined[-1] = replace(last, end=max(last.end, unit.end))
        else:
            joined.append(unit)
    return joined


def _apart(ranked: Sequence[Unit]) -> list[Unit]:
    """The units that share no character with a better one, best first. Pure."""
    kept: list[Unit] = []
    for unit in ranked:
        if not any(_overlap(unit, other) for other in kept):
            kept.append(unit)
    return kept


def _overlap(unit: Unit, other: Unit) -> bool:
    is_same = unit.evidence.number == other.evidence.number
    return is_same and unit.start < other.end and other.start < unit.end


def _quote(unit: Unit, place: Prominence) -> Draft:
    passage = unit.evidence.passage
    lead = passage.lead if passage.start + unit.start < passage.led_to else ""
    told = lead.rstrip(": \u00a0")
    return Draft(unit.text, (unit.evidence,), unit.start, unit.end, place, spoken_by=told)


def statements(evidence: Sequence[Evidence], conflict: Conflict, as_of: date) -> list[Draft]:
    """The sentences by which the two passages contradict each other, one of each. Pure."""
    found = []
    for passage, says in zip(conflict.passages, conflict.contradiction.says, strict=True):
        [item] = (item for item in evidence if item.passage.id == passage.id)
        opposed = (unit for unit in quotable(item, as_of) if says.search(unit.text))
        found += [Draft(unit.text, (item,), unit.start, unit.end) for unit in islice(opposed, 1)]
    return found
