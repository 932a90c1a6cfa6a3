"""Rewriting: follow-ups made standalone, English put in French, several subjects cut apart."""

import re
import tomllib
from collections.abc import Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import combinations
from pathlib import Path

from assistant.llm.language_model import LanguageModel, Prompt, fill_prompt
from assistant.question.language import find_stems, fold_text
from assistant.question.quantities import Quantity, find_quantities, fold_same_length
from ingestion.chunking.sentences import sentences

LONGEST_REWRITE = 80
"""Tokens; a standalone question is one sentence."""

_DEPENDENT = re.compile(
    r"^\W*(et|mais|ou|donc|alors|sinon|pourquoi|and|but|what about|how about|why)\b"
    r"|\b(ce|cet|cette|ces) (cas|seuil|délai|montant|règle|taux|durée)\b"
    r"|\b(celui|celle|ceux|celles)(-ci|-là)\b|\bdans ce cas\b"
    r"|\b(ça|cela)\b|^\W*(il|elle|ils|elles|it|they)\b",
    re.IGNORECASE,
)
SHORT = 4
"""Words up to which a question cannot name its subject by itself."""


def is_dependent(question: str) -> bool:
    """Whether a question seems to need the one before it. Pure."""
    return bool(_DEPENDENT.search(question)) or len(question.split()) <= SHORT


def standalone(question: str, previous: str, model: LanguageModel) -> Generator[None, None, str]:
    """The question as it would be asked first in a conversation; pauses while the model writes.

    What the model writes is only kept when all its words come from the two questions; otherwise
    the two are put side by side, which the search reads as well.
    """
    instruction = fill_prompt("standalone", previous=previous, question=question)
    rewritten = yield from _write(model, instruction)
    is_kept = is_faithful(rewritten, previous, question)
    return rewritten if is_kept else side_by_side(previous, question)


def side_by_side(previous: str, question: str) -> str:
    """A question that needs the one before it, as it is searched when no model rewrote it. Pure."""
    return f"{previous} {question}"


def in_french(question: str, model: LanguageModel) -> Generator[None, None, str]:
    """An English question as it is searched in French texts; pauses while the model writes.

    The question itself where the model writes nothing. A bad translation mostly finds nothing;
    `is_translation` tells of those that are no question, or of other figures.
    """
    translated = yield from _write(model, fill_prompt("translate", question=question))
    return translated or question


def is_faithful(rewritten: str, previous: str, question: str) -> bool:
    """Whether a rewriting is a question that keeps what is new and invents nothing. Pure."""
    kept, given = find_stems(rewritten), find_stems(previous) | find_stems(question)
    is_question = rewritten.endswith("?") and find_stems(question) <= kept <= given
    return is_question and keeps_figures(rewritten, previous, question)


def is_translation(written: str, question: str) -> bool:
    """Whether it asks where the question does, no amount, rate, day or days being its own. Pure.

    Other figures may only be said in French: "both parties", "les deux parties".
    """
    asks = written.endswith("?") or not question.strip().endswith("?")
    return asks and _are_asked(
        [each for each in _figures(written) if each.unit in _NAMED], question
    )


def keeps_figures(rewritten: str, *asked: str) -> bool:
    """Whether every figure of a rewriting was asked, be its unit said there alone. Pure."""
    return _are_asked(_figures(rewritten), *asked)


def keeps_all_figures(rewritten: str, question: str) -> bool:
    """Whether its figures are those of the question, none lost. Pure."""
    values = {each.value for each in _figures(rewritten)}
    return keeps_figures(rewritten, question) and all(
        each.value in values for each in _figures(question)
    )


_NAMED = {"euro", "ratio", "date", "day"}
_ORDINAL_DAY = re.compile(r"\b(\d{1,2})(?:st|nd|rd|th)\b(?: of\b)?")


def _figures(text: str) -> tuple[Quantity, ...]:
    return find_quantities(_ORDINAL_DAY.sub(r"\1", fold_same_length(text)))


def _are_asked(figures: Sequence[Quantity], *asked: str) -> bool:
    given = [each for text in asked for each in _figures(text)]
    keys = {each.key for each in given}
    bare = {each.value for each in given if each.unit == "count"}
    return all(each.key in keys or each.value in bare for each in figures)


def _write(model: LanguageModel, instruction: str) -> Generator[None, None, str]:
    """The first line that the model writes, up to its question mark."""
    system = fill_prompt("rewriter")
    text = ""
    for piece in model.stream(Prompt(system, (instruction,)), LONGEST_REWRITE):
        text += piece or ""
        yield
        if "?" in text or "\n" in text.strip():
            break
    asked, mark, _ = text.strip().partition("\n")[0].partition("?")
    return f"{asked}{mark}".removeprefix("Question :").strip(' "«»')


# Subjects: a question about several things, cut into questions that each stand alone. Pure.
#
# Only certain cuts are made: every part names a subject of its own (`subjects.toml`), none the same
# as another, none leaning on another. What is not certain stays whole.

MOST = 4
"""Questions that one question is cut into at most; what asks for more is left whole."""

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
    table = tomllib.loads(Path(__file__).with_name("subjects.toml").read_text(encoding="utf-8"))
    known = {name: re.compile(says) for name, says in table["subjects"].items()}
    return re.compile(table["relates"]), known
