"""A question after others: the words by which it leans on them, and both as one text. Pure.

Whether it does lean on them is told by its vector as well (retrieval/conversation.py).
"""

import re
from collections.abc import Sequence

from assistant.question.language import find_stems
from assistant.question.quantities import Quantity, find_quantities, fold_same_length

_LEANING = re.compile(
    r"^\W*(et|mais|ou|donc|alors|sinon|pourquoi|and|but|what about|how about|why)\b"
    r"|\b(ce|cet|cette|ces) (cas|seuil|délai|montant|règle|taux|durée)\b"
    r"|\b(celui|celle|ceux|celles)(-ci|-là)\b|\bdans ce cas\b"
    r"|\b(ça|cela)\b|^\W*(il|elle|ils|elles|it|they)\b",
    re.IGNORECASE,
)
SHORT = 4
"""Words up to which a question cannot name its subject by itself."""

_NATURE = re.compile(r"\b(?:fournitures|services|travaux)\b", re.IGNORECASE)
"""What is bought: of three nouns of one gender and number, one may stand in another's place."""

_BESIDE = find_stems(
    "non pardon plutôt parle parlais voulais veux dire disais c'est marché marchés montant achat "
    "achats besoin lot hors taxes ht ttc euros partir"
)
"""Beginnings of words that stand beside what is said anew, and ask nothing."""

BARE = 1000
"""From which a number without unit is an amount, where one was said before."""


def leans_by_words(question: str) -> bool:
    """Whether the words of a question say that it goes on from the one before."""
    return bool(_LEANING.search(question)) or len(question.split()) <= SHORT


def in_one_text(previous: str, question: str) -> str:
    """A question with what was asked before it, as it is read where it goes on from that.

    An amount, or what is bought, that is all it says takes the place of the one that was said:
    "et à 250 000 ?" asks the question before, of 250,000 euros and no longer of 90,000.
    """
    renewed = _renewed(previous, question)
    return f"{previous} {question}" if renewed == previous else renewed


def _renewed(previous: str, question: str) -> str:
    """What was asked before, of the amount or the nature that is asked now."""
    amount, natures = _amount(question), _NATURE.findall(question)
    rest = question.replace(amount, " ") if amount else question
    if not find_stems(_NATURE.sub(" ", rest)) <= _BESIDE:
        return previous
    said = [each for each in _quantities(previous) if each.unit == "euro"]
    if amount and len(said) == 1:
        written = amount if _quantities(amount)[0].unit == "euro" else f"{amount} €"
        previous = f"{previous[: said[0].start]}{written}{previous[said[0].end :]}"
    if len(natures) == 1 and len({each.lower() for each in _NATURE.findall(previous)}) == 1:
        previous = _NATURE.sub(natures[0].lower(), previous)
    return previous


def _amount(question: str) -> str:
    """The only amount that a question says, as it is written, "" where it says none or several."""
    found = [each for each in _quantities(question) if _is_amount(each)]
    return question[found[0].start : found[0].end] if len(found) == 1 else ""


def _is_amount(quantity: Quantity) -> bool:
    is_bare = quantity.unit == "count" and quantity.value.isdigit()
    return quantity.unit == "euro" or (is_bare and int(quantity.value) >= BARE)


def _quantities(text: str) -> Sequence[Quantity]:
    return find_quantities(fold_same_length(text))
