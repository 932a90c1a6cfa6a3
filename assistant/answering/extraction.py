"""Extraction: which sentences of the evidence answer the question."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from itertools import islice
from math import log

from assistant.answering.answer import Prominence
from assistant.answering.quotable import Draft, Unit, joined, quotable
from assistant.answering.quoted_passages import LEAST_SCORE, UNASKED, odds_beside, worth_reading
from assistant.law.contradictions import Conflict
from assistant.retrieval.evidence import NAMED, Evidence
from assistant.retrieval.hierarchy import Rank, rank_of
from ingestion.chunking.sentences import sentences
from ingestion.documents.document import Kind
from ingestion.index.search import Embedder, Vectors

NEAR = 0.3
"""Share of the first passage's score under which what is quoted stands aside, unless it is likelier
than not to answer: it may complete the answer, not be it."""

UNITS = 3
"""Sentences or lists quoted from one passage: a third one answers more for few more words."""

WHOLE = 600
"""Characters up to which a passage of the rules is quoted whole: its conditions stand together."""

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

_DEFINES = re.compile(r"(?P<words>[A-Z]{2,}(?: et [A-Z]{2,})*) désign(?:e|ent)\b")


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
    return _quotes_of_rules(question, evidence, as_of, embedder, shares)


def _quotes_of_rules(
    question: str,
    evidence: Sequence[Evidence],
    as_of: date,
    embedder: Embedder,
    shares: Mapping[str, float],
) -> list[Draft]:
    [asked] = embedder.embed_questions([question])
    of_passages = [quotable(item, as_of) for item in worth_reading(evidence, shares)]
    chosen: list[Draft] = []
    first: Evidence | None = None
    for found in filter(None, of_passages):
        item = found[0].evidence
        first = first or item
        is_aside = item.score < NEAR * first.score and odds_beside(item, first, shares) < 0
        place = Prominence.ASIDE if is_aside else Prominence.BODY
        chosen += [_quote(unit, place) for unit in _answering(question, asked, found, embedder)]
    return _told_once(sorted(chosen, key=lambda draft: (draft.evidence[0].number, draft.start)))


def _answering(
    question: str, asked: Vectors, found: Sequence[Unit], embedder: Embedder
) -> list[Unit]:
    """All units of a short passage, of a longer one the nearest to the question."""
    if len(found[0].evidence.passage.text) <= WHOLE:
        return joined(_of_named_words(question, found))
    likeness = embedder.embed_passages([unit.text for unit in found]) @ asked
    ranked = sorted(range(len(found)), key=lambda place: -likeness[place])
    return _nearest([found[place] for place in ranked])


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
    named = [unit for unit, said in defined if said and not asked.isdisjoint(said["words"].split())]
    return [unit for unit, said in defined if not said or unit in named] if named else found


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
    return replace(unit.draft, place=place, spoken_by=lead.rstrip(": \u00a0"))


def statements(evidence: Sequence[Evidence], conflict: Conflict, as_of: date) -> list[Draft]:
    """The sentences by which the two passages contradict each other, one of each. Pure."""
    found = []
    for passage, says in zip(conflict.passages, conflict.contradiction.says, strict=True):
        [item] = (item for item in evidence if item.passage.id == passage.id)
        opposed = (unit for unit in quotable(item, as_of) if says.search(unit.text))
        found += [unit.draft for unit in islice(opposed, 1)]
    return found
