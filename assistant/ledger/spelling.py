"""Slips of the hand: a word that no rule reads, one letter away from one that rules know. Pure.

Only words of five letters and more that begin alike; one that exists ("fracture") is no slip, and
one that may be two others is left as it is.
"""

from collections.abc import Iterable, Mapping, Sequence

from assistant.ledger.vocabulary import Name, spoken, vocabulary

_LETTERS = 5
_ENOUGH = {"rules": 8, "names": 6}
"""Letters from which one taken for another is a slip: "défense" is a word and no "dépense"."""


def slips(words: Sequence[str], names: Iterable[Name]) -> Mapping[str, str] | None:
    """What each of these words is meant to be, None where one of them is no slip."""
    named = {part for each in names for part in spoken(each.name).split() if len(part) >= _LETTERS}
    known = dict.fromkeys(vocabulary().spelled, _ENOUGH["rules"])
    known |= dict.fromkeys(named, _ENOUGH["names"])
    meant = {word: found for word in words if (found := _meant(word, known))}
    return meant if len(meant) == len({*words}) else None


def _meant(word: str, known: Mapping[str, int]) -> str | None:
    """The word that is meant; of its singular and plural, the one that ends as it does."""
    if word in known:
        return word
    if len(word) < _LETTERS or not word.isalpha() or word in vocabulary().other_words:
        return None
    near = sorted(
        each
        for each, enough in known.items()
        if each[0] == word[0] and is_one_slip(word, each, may_be_taken=len(word) >= enough)
    )
    if len({each.rstrip("s") for each in near}) != 1:
        return None
    return next((each for each in near if each.endswith("s") == word.endswith("s")), near[0])


def is_one_slip(one: str, other: str, *, may_be_taken: bool) -> bool:
    """Whether a letter was left out or put in, or two exchanged, or one taken for another. Pure."""
    if abs(len(one) - len(other)) > 1 or one == other:
        return False
    pairs = enumerate(zip(one, other, strict=False))
    start = next((place for place, (a, b) in pairs if a != b), min(len(one), len(other)))
    if len(one) > len(other):
        return one[start + 1 :] == other[start:]
    if len(one) < len(other):
        return one[start:] == other[start + 1 :]
    if one[start : start + 2] == other[start : start + 2][::-1]:
        return one[start + 2 :] == other[start + 2 :]
    return may_be_taken and one[start + 1 :] == other[start + 1 :]
