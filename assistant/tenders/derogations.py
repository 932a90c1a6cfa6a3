"""Derogations from a CCAG as the last article of a CCAP lists them: clause by clause. Pure."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from assistant.tenders.canonical import bare
from assistant.tenders.clauses import DossierClause, clauses_of
from ingestion.chunking.passages import Passage
from ingestion.chunking.sentences import SentenceSpan
from ingestion.documents.document import Document
from ingestion.documents.general_clauses import CCAG, general_texts_named
from ingestion.documents.pieces import PieceKind

NUMBER = r"\d+(?:\.\d+)*"
"""The number of a clause, as it is written."""

_NUMBERS = rf"(?P<general>{NUMBER}(?:(?:, | et ){NUMBER})*)"
_PIECE = r" d[ue] (?:present |ce )?(?:ccap|ccp|ccatp|marche)"
_OF_PIECE = rf"(?:{_PIECE})?"
_OF_CCAG = r"(?: du ccag\S*)?"
_ARTICLE = r"(?:(?:l'|les )?art(?:icle)?s?\.? )?"
_TITLE = r"(?: ?[-–:] ?[^|\n]*)?"
_CELL = r"(?:[^|\n]*\| )??"
_ROW = rf"^{_ARTICLE}(?P<own>{NUMBER}){_OF_PIECE}{_TITLE} \| {_CELL}{_ARTICLE}{_NUMBERS}\b"
_ROW_TURNED = rf"^{_ARTICLE}{_NUMBERS}{_OF_CCAG}{_TITLE} \| {_CELL}{_ARTICLE}(?P<own>{NUMBER})\b"
_CLAUSE = rf"{NUMBER}(?!\.?\d| du ccag)"
# A character before the verb: the clause nearest to it derogates.
_GAP = rf"(?:(?!\barticles? {_CLAUSE})[^\n])"
_SENTENCE = (
    rf"\barticles? (?P<own>{_CLAUSE}){_GAP}{{0,150}}? (?:deroge(?:nt)?|derogation) "
    rf"(?:a l'|aux? )articles? {_NUMBERS}"
)
_OF_ANOTHER = re.compile(
    rf"\barticles? (?P<own>{_CLAUSE})(?:(?!\barticles? {_CLAUSE})[^.\n]){{0,80}}? deroge(?:nt)? "
    rf"(?:a l'|aux? )articles? {_NUMBERS}"
)
_SENTENCE_TURNED = (
    rf"\barticles? {_NUMBERS} du ccag(?:(?!\|){_GAP}){{0,80}}? (?:par|dans|a) "
    rf"(?:l')?article (?P<own>{_CLAUSE})"
)
_PAIR = (
    rf"\barticles? (?P<own>{_CLAUSE}){_OF_PIECE} ?: (?:l'|les )?articles? {_NUMBERS}"
    rf"(?![.\d]|{_PIECE})"
)
_PATTERNS = tuple(
    re.compile(pattern, re.MULTILINE) for pattern in (_ROW, _SENTENCE, _SENTENCE_TURNED, _PAIR)
)
_TURNED = tuple(re.compile(pattern, re.MULTILINE) for pattern in (_ROW_TURNED, _SENTENCE))
_HEAD_TURNED = re.compile(
    r"^[^|\n]*\bccag\b[^|\n]*\|(?:[^|\n]*\|)?[^|\n]*\b(?:ccap|ccp|marche)\b", re.MULTILINE
)
_RANGE = re.compile(r"\b((?:\d+\.)*)(\d+) a (?:l'article )?\1(\d+)\b(?!\.\d)")
_OWN = (
    rf"\W*(?:l'|les? )?(?:art(?:icle)?s?\.? )?(?P<own>{NUMBER}(?:(?:, | et ){NUMBER})*)"
    r"(?: d[ue] (?:present |ce )?\w+)? (?:y )?"
)
_UNNAMED = re.compile(rf"{_OWN}(?:deroge(?:nt)? )?(?:aux?|a) [^\d|]+")
_UNNAMED_TOO = re.compile(rf"{_OWN}(?:deroge(?:nt)? )?(?:aux?|a|pour|sur|quant a|en ce) [^\d|]+")
"""After one that names no article, another one may not repeat what it derogates from."""
_SEGMENT = re.compile(r"(?:[^.;\n]|\.(?=\d))+")
DENIES = re.compile(r"\b(?:aucune?|pas|sans) (?:\w+ ){0,2}derog|\bderog\w+ pas\b")
"""Words that say that nothing is derogated from."""


@dataclass(frozen=True, slots=True)
class Derogation:
    """The clause that derogates, the articles of the CCAG, and the words that say so.

    `family` is the CCAG that they name ("CCAG-FCS"), empty where it is not told.
    """

    piece: PieceKind
    own: str
    general: tuple[str, ...]
    place: Passage
    family: str = ""

    def concerns(self, number: str) -> bool:
        """Whether a clause of the CCAG is one that is derogated from, or a part of one."""
        return any(is_in(number, each) for each in self.general)


def is_in(number: str, clause: str) -> bool:
    """Whether a clause is another one, or a part of it: 14.1.2 of 14.1."""
    return number == clause or number.startswith(f"{clause}.")


def overlap(one: str, other: str) -> bool:
    """Whether one of two clauses is the other, or a part of it."""
    return is_in(one, other) or is_in(other, one)


def listed_derogations(documents: Iterable[Document]) -> tuple[Derogation, ...]:
    """Those that the clauses list whose heading announces derogations, in order."""
    lists = (clause for clause in clauses_of(documents) if "derog" in clause.title)
    return tuple(each for clause in lists for each in listed_in(clause))


def listed_in(clause: DossierClause) -> Iterator[Derogation]:
    """What a clause lists, by rows or by sentences; a table may have the CCAG's column first."""
    text = "\n".join(map(bare, clause.passage.text.split("\n")))
    for pattern in _TURNED if _HEAD_TURNED.search(text) else _PATTERNS:
        for match in pattern.finditer(text):
            numbers = tuple(re.findall(NUMBER, match["general"]))
            place = clause.sentences_of(SentenceSpan(*match.span()))
            if not DENIES.search(bare(place.text)):
                family = _family(place.text) or _family(f"{clause.title}\n{clause.passage.text}")
                yield Derogation(clause.piece, match["own"], numbers, place, family)


def numbers_of(text: str) -> Iterator[str]:
    """The numbers of clauses in a bare text; "14.1.1 a 14.1.3" has those between, too."""
    yield from re.findall(NUMBER, text)
    for prefix, first, last in _RANGE.findall(text):
        yield from (f"{prefix}{number}" for number in range(int(first), int(last) + 1))


def unnamed_in(clause: DossierClause) -> Iterator[Derogation]:
    """What a list tells of clauses that derogate, without the article that they derogate from."""
    begins = 0
    for line in clause.passage.text.split("\n"):
        segments = _SEGMENT.finditer(bare(line)) if "derog" in bare(line) else ()
        pattern = _UNNAMED
        for segment in segments:
            if said := pattern.fullmatch(segment[0]):
                pattern = _UNNAMED_TOO
                start, end = begins + segment.start(), begins + segment.end()
                place = clause.sentences_of(SentenceSpan(start, end))
                for own in re.findall(NUMBER, said["own"]):
                    yield Derogation(clause.piece, own, (), place)
        begins += len(line) + 1


def told_of_others(clause: DossierClause) -> Iterator[Derogation]:
    """What a clause that is no list tells of the derogations that other clauses make."""
    for match in _OF_ANOTHER.finditer(bare(clause.passage.text)):
        if not (clause.number and overlap(match["own"], clause.number)):
            numbers = tuple(re.findall(NUMBER, match["general"]))
            place = clause.words(SentenceSpan(*match.span()))
            yield Derogation(clause.piece, match["own"], numbers, place)


def _family(written: str) -> str:
    """The only CCAG that a text names by its family, empty where it names none or several."""
    named = {each.text.family for each in general_texts_named(written)} - {CCAG}
    return named.pop() if len(named) == 1 else ""
