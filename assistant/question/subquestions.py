"""Subquestions: a question about several things, cut into questions that each stand alone. Pure.

Only certain cuts are made: every part names a subject of its own (`subquestions.toml`), none the
same as another, none leaning on another. What is not certain stays whole; of it only the points
are told, which are read beside the whole.
"""

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import combinations
from pathlib import Path

from assistant.question.language import fold_text
from ingestion.chunking.sentences import sentences

MOST = 4
"""Questions, or points, that one question is cut into at most; what asks for more is left whole."""

SHORTEST = 3
"""Words of a question that can stand alone: "Faut-il allotir ?"."""

_ASKS = (
    r"(?:(?:dans|sous|[àa]|avec|sur|pour|pendant|jusqu'[àa]|au bout|[àa] partir|au-del[àa]|en)\s+"
    r"(?:de\s+|d')?(?:quel(?:le)?s?|combien|qui|quoi)\b|quel(?:le)?s?\b|comment\b|combien\b|quand\b"
    r"|o[ùu]\b|qui\b|que (?:faut|doi[st]|devons|peu[tx]|pouvons|risqu|fai[st]|se passe|dit|devient"
    r"|(?:d|f|écr|inscr)ire\b|faire\b|mettre\b|répondre\b|prévoir\b|v[ée]rifier\b)"
    r"|qu'est-ce|est-ce qu|est-il\b|(?:faut|doit|y a-t)[- ]il\b"
    r"|(?:doit|peut|est|a-t)[- ]on\b|(?:dois|puis|suis)[- ]je\b|(?:devons|pouvons)[- ]nous\b)"
)
_OPENING = re.compile(rf"(?P<lead>[^?]*?[,:]\s+)?(?={_ASKS})", re.IGNORECASE)
_NEXT = re.compile(rf"\s*(?:[,;]\s*(?:et\s+|puis\s+)?|\bet\s+)(?={_ASKS})", re.IGNORECASE)
_AT_THE_END = r"[^,;?]*\b(?:quand|combien|comment|quoi|qui|o[ùu])\b[\s?]*$"
_POINT = re.compile(
    rf"\s*[?!]+\s*(?=\w)|\s*[,;]\s*(?:(?:et|puis)\s+|(?!ou\b)(?={_ASKS}))"
    rf"|\s+(?:et|puis)\s+(?={_ASKS}|{_AT_THE_END})",
    re.IGNORECASE,
)
_ASKED = re.compile(
    rf"(?:^|[:,.] ?){_ASKS}|\w-(?:t-)?(?:ils?|elles?|on|je|nous|vous)\b|{_AT_THE_END}"
    r"|\b(?:peut|doit|faut|est|a) (?:t )?(?:ils?|elles?|on)\b|\bon (?:peut|doit|est oblig)",
    re.IGNORECASE,
)
_LISTING = re.compile(
    r"(?P<verb>(?:faut|y a-t)[- ]il|il faut|est-ce qu'il faut"
    r"|est-il (?:obligatoire|n[ée]cessaire) de|(?:doit|peut)[- ]on|(?:dois|puis)[- ]je"
    r"|(?:devons|pouvons)[- ]nous|quel(?:le)?s? (?:est|sont))\s+(?P<items>.+)",
    re.IGNORECASE | re.DOTALL,
)
_AND = re.compile(r"\s*,\s*(?:et\s+)?|\s+(?:et|ainsi que)\s+")
_ITEM = re.compile(r"(?:une?|des|les?|la|l'|\w+(?:er|ir|re)\b)\s*", re.IGNORECASE)
_INFINITIVE = re.compile(r"\w+(?:er|ir|re)\b(?=\s)", re.IGNORECASE)
_SINGULAR = {"le": "quel est", "la": "quelle est"}
_CIRCUMSTANCE = re.compile(
    r"\s(?:pour|dans|en|sur|à partir de|au-dessus de|en dessous de|sous|à)\s"
    r"(?:(?:une?|mon|notre|mes|nos|le|les|des|cet?)\s)?(?:(?:petit|gros)s?\s)?"
    r"(?:achats?|marchés?|contrats?|mapa|procédure|appel d'offres|accord-cadre|travaux|fournitures"
    r"|services|\d)[^,;?]*$",
    re.IGNORECASE,
)
_LEANS = re.compile(
    r"\b(?:ca|cela|celui|celle|ceux|celles|leurs?|lui|y(?! a-t-il)|dernier|derniere|autre)\b"
    r"|(?<!est-)\b(?:cet?|cette|ces)\b(?! marche)|\bl'\w+(?:er|ir)\b|^et\b"
)


@dataclass(frozen=True, slots=True)
class _Part:
    """A question about one subject: what leads to it, what it asks, and in what circumstance."""

    lead: str
    asks: str
    circumstance: str

    @property
    def text(self) -> str:
        """The part as a question of its own."""
        whole = f"{self.lead}{self.asks}{self.circumstance}".strip()
        return f"{whole[:1].upper()}{whole[1:]} ?"


def subjects(question: str) -> tuple[str, ...]:
    """The questions that a question in French is made of: itself, or two to four in its order.

    What is said besides ("Nous sommes une commune.") stands before each.
    """
    context, parts = _asked(question)
    if not 2 <= len(parts) <= MOST or not _stand_alone(parts):
        return (question,)
    return tuple(" ".join([*context, part.text]) for part in parts)


def points_of(question: str) -> tuple[str, ...]:
    """What a question in French may ask one after another, in its words; none where it is one.

    Whether each is asked is not told here: "les plans et les devis" has two points as well.
    """
    found, start, begun = [], 0, 0
    for cut in _POINT.finditer(question):
        piece = question[begun : cut.start()]
        begun = cut.end()
        if "?" in cut[0] or _ASKED.search(piece):
            found.append(question[start : cut.start()])
            start = cut.end()
    if "?" not in question or "?" in question[start:]:
        found.append(question[start:])
    return tuple(found) if 2 <= len(found) <= MOST else ()


def asks_several(question: str) -> bool:
    """Whether a question in French asks more than one thing, be it cut or not."""
    _, parts = _asked(question)
    return len(parts) > 1


def _asked(question: str) -> tuple[list[str], list[_Part]]:
    """What a question says besides, and all that it asks."""
    said = [question[span.start : span.end] for span in sentences(question)]
    asked = [each for each in said if each.endswith("?")] or said[-1:]
    context = [each for each in said if each not in asked]
    return context, [part for each in asked for part in _parts(each)]


def _stand_alone(parts: Sequence[_Part]) -> bool:
    """Whether each names a subject, none the same, and none leans on another or on their tie."""
    relates, known = _table()
    texts = [fold_text(part.asks) for part in parts]
    named = [{name for name, says in known.items() if says.search(text)} for text in texts]
    return (
        all(named)
        and all(len(part.text.split()) >= SHORTEST for part in parts)
        and all(one.isdisjoint(other) for one, other in combinations(named, 2))
        and not any(relates.search(text) or _LEANS.search(text) for text in texts)
    )


def _parts(sentence: str) -> Iterator[_Part]:
    """The questions that a sentence coordinates, and those that each lists."""
    body = sentence.rstrip(" \u00a0\u202f?.!")
    opening = _OPENING.match(body)
    lead = (opening["lead"] or "") if opening else "".join(body.rpartition(": ")[:2])
    asked = _NEXT.split(body[len(lead) :])
    shared = _CIRCUMSTANCE.search(asked[-1])
    for each in asked:
        own = _CIRCUMSTANCE.search(each)
        circumstance = (own or shared or [""])[0]
        for asks in _listed(each[: own.start()] if own else each):
            yield _Part(lead, asks, circumstance)


def _listed(asks: str) -> Sequence[str]:
    """The questions that one verb, or none, asks of the things that it lists."""
    listing = _LISTING.fullmatch(asks)
    items = _AND.split(listing["items"] if listing else asks)
    if listing is None:
        return items if all(map(_is_subject, items)) else [asks]
    verbs = [_verb(listing["verb"], item) for item in items]
    shared = _INFINITIVE.match(items[0])
    if shared and not any(map(_INFINITIVE.match, items[1:])):
        items[1:] = [f"{shared[0]} {item}" for item in items[1:]]
    whole = [f"{verb} {item}" for verb, item in zip(verbs, items, strict=True)]
    return whole if all(verbs) else [asks]


def _is_subject(item: str) -> bool:
    _, known = _table()
    return any(says.fullmatch(fold_text(item)) for says in known.values())


def _verb(verb: str, item: str) -> str:
    """The verb as it is said of this thing alone, empty when that is not known."""
    if verb.lower().startswith("quel"):
        return _SINGULAR.get(item.partition(" ")[0].lower(), "")
    return verb if _ITEM.match(item) else ""


@cache
def _table() -> tuple[re.Pattern[str], Mapping[str, re.Pattern[str]]]:
    """The words that tie subjects together, and the subjects."""
    table = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))
    known = {name: re.compile(says) for name, says in table["subjects"].items()}
    return re.compile(table["relates"]), known
