"""Names and subjects that a question has in part: "brasero", "le gaz des bâtiments".

A run of words that stand together in a name of the ledger, or in the subject of its rows, and of
which no rule reads one. The plan tells what was taken for it.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial

from assistant.ledger.parsing.vocabulary import Remainder, load_vocabulary, words_of_rules
from assistant.ledger.query.names import LEGAL_FORMS, Name, Names, made_of, spoken
from assistant.ledger.query.plan import Operator, PlanFilter
from assistant.question.language import fold_text

_NAMED = {"supplier", "buyer", "service"}
_OWN = {"buyer", "service"}
"""Who asks: a subject that has their name as well says no more."""

_SUBJECT = "subject"
_SEVERAL_LABELS = "line"
_TELLING, _SHORTEST = 4, 3
"""Letters from which a word may be that of a name, or of a subject: "gaz"."""

_MOST_ALIKE = 5
_MOST_SUBJECTS = 60
"""Names, and subjects, above which the words are too common to mean those that have them."""

_TOLD = 3
"""Subjects that a plan tells in full."""

# The words of a question, and how far those of a name stand together in it. Pure.

_TOKEN = re.compile(r"[a-z0-9]+")
_TOGETHER = re.compile(r"[ '\"-]*")
_SMALL = frozenset(
    ("a", "au", "aux", "d", "de", "des", "du", "en", "l", "la", "le", "les", "par", "pour", "sur")
)
_MOST_SMALL = 3
"""Words that may stand between two of a name, and how many: "gaz de l'école"."""


@dataclass(frozen=True, slots=True)
class _Run:
    """Words of a question that stand together, half-open places, and what has all of them."""

    start: int
    end: int
    stems: frozenset[str]
    said: str
    found: tuple[Name, ...]

    @property
    def weight(self) -> int:
        """How many words it has."""
        return len(self.stems)


Holders = Callable[[frozenset[str]], Sequence[Name]]
"""What has all of some stems."""


def stem(word: str) -> str:
    """A word without the mark of its plural."""
    return word.rstrip("sx") if len(word) > _SHORTEST else word


def _stems(text: str) -> frozenset[str]:
    return frozenset(map(stem, _TOKEN.findall(text)))


def _widest(left: Remainder, words: Sequence[re.Match[str]], at: int, having: Holders) -> _Run:
    """The words around one that stand together in one of those that have it."""
    first = last = at
    stems = frozenset({stem(words[at][0])})
    for step in (1, -1):
        place = at
        while (beside := _beyond(left, words, place, step)) is not None:
            place = beside
            wider = stems | {stem(words[place][0])}
            if not having(wider):
                break
            stems = wider
            first, last = min(first, place), max(last, place)
    start, end = words[first].start(), words[last].end()
    return _Run(start, end, stems, left.whole[start:end], tuple(having(stems)))


def _beyond(left: Remainder, words: Sequence[re.Match[str]], place: int, step: int) -> int | None:
    """The next word that says something, where only small ones stand between."""
    for _ in range(_MOST_SMALL + 1):
        beside = place + step
        if not 0 <= beside < len(words):
            return None
        one, other = sorted((words[place], words[beside]), key=re.Match.start)
        if not _TOGETHER.fullmatch(left.whole, one.end(), other.start()):
            return None
        if words[beside][0] not in _SMALL:
            return beside
        place = beside
    return None


# Who and what has some words. Pure.


def _bearing(names: Sequence[Name]) -> Callable[[str], Holders]:
    """Of the word that a run begins with, the names that have more of its words."""
    by_stem = made_of(names, _by_stem)

    def holders(word: str) -> Holders:
        alike = by_stem.get(stem(word), ()) if len(word) >= _TELLING else ()
        return lambda stems: [each for each, own in alike if stems <= own]

    return holders


def _by_stem(names: Sequence[Name]) -> dict[str, list[tuple[Name, frozenset[str]]]]:
    """The names that a question may have in part, each by every word that it has."""
    found: dict[str, list[tuple[Name, frozenset[str]]]] = {}
    for each in names:
        if each.field in _NAMED:
            stems = _stems(spoken(each.name))
            for one in stems:
                found.setdefault(one, []).append((each, stems))
    return found


def _subjects(names: Sequence[Name], field: str) -> Callable[[str], Holders]:
    """The same of the subjects of a field, which are looked up in their text."""
    texts = made_of(names, _folded, field)

    def holders(word: str) -> Holders:
        one = stem(word)
        alike = [
            (Name(_SUBJECT, value, value), _stems(text))
            for value, text in texts
            if one in text and len(word) >= _SHORTEST
        ]
        return lambda stems: [each for each, own in alike if stems <= own]

    return holders


def _folded(names: Sequence[Name], field: str) -> list[tuple[str, str]]:
    """The values of a field as they are written, and as they may be said."""
    values = names.values(field) if isinstance(names, Names) else []
    return [(each, fold_text(each)) for each in values]


def words_of_names(names: Sequence[Name]) -> frozenset[str]:
    """The words of every name and subject, as they may be said."""
    texts = [spoken(each.name) for each in names]
    if isinstance(names, Names):
        texts.append(fold_text(names.texts.get(_SUBJECT, "")))
    return frozenset(word for text in texts for word in _TOKEN.findall(text))


# What a question names so.

_BEARERS = (
    ("supplier", r"(?:fournisseur|titulaire|prestataire|societe|entreprise)"),
    ("buyer", "acheteur"),
    ("service", "(?:service|direction)"),
)
_ARTICLE = r"(?:(?:d[eu]s? |d'|d |les? |la |l'|l )*)"
_AT = re.compile(rf"\bchez {_ARTICLE}$")
_FORM = re.compile(rf" (?:{LEGAL_FORMS})\b")
_FORM_BEFORE = re.compile(rf"\b(?:{LEGAL_FORMS}) {_ARTICLE}$")


def named_in_part(left: Remainder, names: Sequence[Name]) -> Iterator[tuple[PlanFilter, int]]:
    """The conditions that words make of which no rule has read one, taken out."""
    if not left.unread:
        return
    bearing, having = _bearing(names), _subjects(names, _SUBJECT)
    several = _subjects(names, _SEVERAL_LABELS)
    place = 0
    while place < len(words := list(_TOKEN.finditer(left.text))):
        word = words[place][0]
        place += 1
        if word not in left.unread or len(word) < _SHORTEST:
            continue
        widest = partial(_widest, left, words, place - 1)
        found = _chosen(left, widest(bearing(word)), widest(having(word)), widest(several(word)))
        if found:
            yield found
            place = 0


def _chosen(
    left: Remainder, bearer: _Run, subject: _Run, several: _Run
) -> tuple[PlanFilter, int] | None:
    """The names or the subjects, whichever has more of the words; doubt where neither has."""
    cued = _cue(left, bearer)
    told = _told_apart(left, bearer, cued)
    if _is_no_subject(left, subject):
        return _of_names(left, told) if told.found else None
    is_said = cued is not None or told.said in left.capitals
    is_alike = bearer.weight == subject.weight
    is_own = is_alike and any(each.field in _OWN for each in told.found)
    if told.found and (is_said or is_own or told.weight > subject.weight):
        return _of_names(left, told)
    is_kind = _OF_KIND.search(left.text[: bearer.start]) is not None
    is_either = is_alike and bool(told.found or (bearer.found and not is_kind))
    is_of_more = bool(several.found) and several.weight >= subject.weight
    if is_either or is_of_more or _is_of_others(left, subject):
        left.doubts.append(subject.said)
    return _of_subjects(left, subject)


def _is_of_others(left: Remainder, run: _Run) -> bool:
    """Whether one contract is meant, and several subjects have its words."""
    return len(run.found) > 1 and _OF_ONE.search(left.whole[: run.start]) is not None


def _cue(left: Remainder, run: _Run) -> str | None:
    """The field that the word before a name says, "" for "chez", None where there is none."""
    before = left.text[: run.start]
    for field, says in _BEARERS:
        if re.search(rf"\b{says}s? {_ARTICLE}$", before):
            return field
    return "" if _AT.search(before) else None


def _told_apart(left: Remainder, run: _Run, cued: str | None) -> _Run:
    """The run with the names that it tells from all others, with none where it tells none."""
    whole = [each for each in run.found if _stems(spoken(each.name)) == run.stems]
    found = [each for each in whole or run.found if not cued or each.field == cued]
    keys = {(each.field, each.key) for each in found}
    is_one_field = len({field for field, _ in keys}) == 1
    begins = all(stem(spoken(each.name).partition(" ")[0]) in run.stems for each in found)
    is_told = len(keys) == 1 or (is_one_field and len(keys) <= _MOST_ALIKE and begins)
    if len({field for field, _ in keys}) > 1:
        left.doubts.append(run.said)
    if not is_told or not (_tells(run) or cued is not None):
        found = []
    return _Run(run.start, run.end, run.stems, run.said, tuple(found))


def _tells(run: _Run) -> bool:
    """Whether one of the words is of no rule, and of no trade but that of a service."""
    is_service = any(each.field == "service" for each in run.found)
    trades = frozenset() if is_service else load_vocabulary().trades
    common = {stem(word) for word in trades | words_of_rules()}
    return bool({each for each in run.stems if len(each) >= _SHORTEST} - common)


_QUANTITY = re.compile(
    r"\b(?:(?:combien|nombre|quantites?|prix|tarif|cout unitaire) (?:y a-t-il )?"
    rf"(?:d(?:e |'| )){_ARTICLE}|une? |chaque )$"
)
"""Before what is bought, and not what it costs: "combien de repas", "prix d'une ramette"."""

_OF_ANY = re.compile(
    rf"\b(?:une?|tout) (?:marche|contrat|facture|achat)s?(?: publics?)? {_ARTICLE}$"
)
"""Before the subject of any contract, which is rather a question of law."""

_OF_KIND = re.compile(r"\b(?:d[eu]s? |d'|d |en |pour )(?:les? |la |l'|l )?$")
"""Before what is bought, and not who sells it: "dépenses d'électricité"."""

_OF_ONE = re.compile(rf"\b(?:le|du|au|ce|notre) (?:marche|contrat)(?: public)? {_ARTICLE}$")
"""Before the subject of one contract, which may be that of several."""

_OF_VERB = re.compile(r"\b(?:a|ont|est|sont|ete|avons|il|elle|on|ne|pas|se|nous|qui|je|tu) $")
"""What makes a word a verb: "a livrés" is no "livres"."""


def _is_no_subject(left: Remainder, run: _Run) -> bool:
    """Whether no subject has the words, or what stands before them says that none is meant."""
    before = left.whole[: run.start]
    says_other = any(each.search(before) for each in (_QUANTITY, _OF_ANY, _OF_VERB))
    is_place = run.stems <= set(map(stem, load_vocabulary().places))
    return says_other or is_place or not 0 < len(run.found) <= _MOST_SUBJECTS


def _of_names(left: Remainder, run: _Run) -> tuple[PlanFilter, int]:
    """The condition that names make, their legal form taken out with them."""
    form = _FORM.match(left.text, run.end)
    before = _FORM_BEFORE.search(left.text[: run.start])
    start = before.start() if before else run.start
    left.erase(start, form.end() if form else run.end)
    keys = tuple(dict.fromkeys(each.key for each in run.found))
    known = list(dict.fromkeys(each.name for each in run.found))
    said = known[0] if len(keys) == 1 else " ou ".join(known)
    return PlanFilter(run.found[0].field, Operator.IS, keys, said), start


def _of_subjects(left: Remainder, run: _Run) -> tuple[PlanFilter, int]:
    """The condition that subjects make; a few of them are told, of more what they have in them."""
    values = tuple(each.key for each in run.found)
    told = " ou ".join(f"« {each} »" for each in values)
    said = told if len(values) <= _TOLD else f"contenant « {run.said} »"
    left.doubts += [run.said] if any(";" in each for each in values) else []  # forms join by it
    left.erase(run.start, run.end)
    return PlanFilter(_SUBJECT, Operator.IS, values, said), run.start
