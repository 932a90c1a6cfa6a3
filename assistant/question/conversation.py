"""A question after others: the words by which it leans on them, and both as one text. Pure.

Whether it does lean on them is told by its vector as well (retrieval/conversation.py).
"""

import re

from assistant.question.language import fold_text
from assistant.question.quantities import Quantity, find_quantities, fold_same_length
from ingestion.chunking.sentences import sentences

_LEANING = re.compile(
    r"^\W*(et|mais|ou|donc|alors|sinon|pourquoi|and|but|what about|how about|why)\b"
    r"|\b(ce|cet|cette|ces) (cas|seuil|délai|montant|règle|taux|durée)\b"
    r"|\b(celui|celle|ceux|celles)(-ci|-là)\b|\bdans ce cas\b"
    r"|\b(ça|cela)\b|^\W*(il|elle|ils|elles|it|they)\b",
    re.IGNORECASE,
)
SHORT = 4
"""Words up to which a question cannot name its subject by itself."""

_LATEST = 2
"""Sentences kept of what was asked, besides the first: what a conversation began with, and where
it has come to."""

_NATURE = r"(?:fournitures|services|travaux)"
"""What is bought: of three nouns of one gender and number, one may stand in another's place."""

_BOUGHT = re.compile(
    rf"(?<=\bde )(?<!ccag de ){_NATURE}\b(?=\W*$|[ ,]+(?:de|d'|a|en|pour|sans|sous|dont|et)\b)"
    rf"|(?<=\bdes ){_NATURE}\b(?=\W*$|[ ,]+(?:de|d'|a|en|pour|sans|sous|dont|et)\b)"
    rf"|(?<=\ben ){_NATURE}\b",
    re.IGNORECASE,
)
"""The same where a contract or an amount is of it: not "les services techniques"."""

_ANEW = re.compile(
    r"\W*(?:(?:et|mais|non|pardon|plutot|oui|alors|donc|si|c'est|ce sont|ce serait|je parle|"
    r"je parlais|je voulais dire|je veux dire|pour|a|en|de|d'|du|des|la|le|les|une?|marche|achat|"
    rf"besoin|montant)\b\W*)*(?P<amount>\x00)?(?: ?(?:ht|hors taxes?)\b)?[ ,]*"
    rf"(?:(?:et |mais )?(?:en|de|pour(?: des| les)?|des|les) )?(?P<nature>{_NATURE})?\W*"
)
"""A question that says an amount, what is bought, or both, and nothing besides."""

_BARE, _YEARS = 1000, range(1900, 2101)
"""From which a number without unit is an amount, where one was said before; but for years."""


def leans_by_words(question: str) -> bool:
    """Whether the words of a question say that it goes on from the one before."""
    return bool(_LEANING.search(question)) or len(question.split()) <= SHORT


def in_one_text(previous: str, question: str) -> str:
    """A question with what was asked before it, as it is read where it goes on from that.

    An amount, or what is bought, that is all it says takes the place of the one that was said:
    "et à 250 000 ?" asks the question before, of 250,000 euros and no longer of 90,000.
    """
    return _renewed(previous, question) or side_by_side(previous, question)


def side_by_side(previous: str, question: str) -> str:
    """Both questions, of what was asked before the first sentence and the latest ones."""
    spans = sentences(previous)
    kept = [spans[0], *spans[-_LATEST:]] if len(spans) > _LATEST + 1 else spans
    return " ".join([*(previous[each.start : each.end] for each in kept), question])


def asked_before(standalone: str, question: str) -> str:
    """What a question went on from, of the text of both; "" where it stood alone."""
    return standalone.removesuffix(question).strip() if standalone.endswith(question) else ""


def brings_its_amounts(question: str, standalone: str) -> bool:
    """Whether a question that goes on says an amount, and what it goes on from says none."""
    return 0 < _count_amounts(question) == _count_amounts(standalone)


def is_of_another_amount(question: str, previous: str) -> bool:
    """Whether a question says an amount and more, and so does what was asked before it.

    Both as one text would be of two amounts: nobody could tell which is asked about.
    """
    both_say = _count_amounts(question) > 0 and _count_amounts(previous) > 0
    return both_say and not _renewed(previous, question)


def _count_amounts(text: str) -> int:
    return sum(each.unit == "euro" for each in _quantities(text))


def _renewed(previous: str, question: str) -> str:
    """What was asked before, of the amount or the nature that is asked now; "" if it is neither."""
    amount = _amount(question)
    written = question[amount.start : amount.end] if amount else ""
    anew = _ANEW.fullmatch(fold_text(question.replace(written, "\x00") if written else question))
    if anew is None or not (written or anew["nature"]):
        return ""
    renewed = previous
    if amount and (said := [each for each in _quantities(previous) if each.unit == "euro"]):
        unit = "" if amount.unit == "euro" else " €"
        renewed = f"{previous[: said[0].start]}{written}{unit}{previous[said[0].end :]}"
        if len(said) > 1:
            return ""
    if anew["nature"] and len({each.lower() for each in _BOUGHT.findall(previous)}) == 1:
        renewed = _BOUGHT.sub(anew["nature"], renewed)
    says_all = _has(renewed, written) and _has(renewed, anew["nature"] or "")
    return renewed if renewed != previous and says_all else ""


def _has(text: str, part: str) -> bool:
    return part.lower() in text.lower()


def _amount(question: str) -> Quantity | None:
    """The only amount that a question says, None where it says none or several."""
    found = [each for each in _quantities(question) if _is_amount(each)]
    return found[0] if len(found) == 1 else None


def _is_amount(quantity: Quantity) -> bool:
    is_bare = quantity.unit == "count" and quantity.value.isdigit()
    value = int(quantity.value) if is_bare else 0
    return quantity.unit == "euro" or (value >= _BARE and value not in _YEARS)


def _quantities(text: str) -> tuple[Quantity, ...]:
    return find_quantities(fold_same_length(text))
