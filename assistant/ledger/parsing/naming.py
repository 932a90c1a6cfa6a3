"""Names and subjects that a question has in part: "brasero", "le gaz des bâtiments".

A run of words that stand together in a name of the ledger, or in the subject of its rows, and of
which no rule reads one. The plan tells what was taken for it.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from itertools import pairwise

from assistant.ledger.parsing.runs import (
    SHORTEST,
    SMALL,
    TOKEN,
    Holders,
    WordRun,
    stem,
    stems_of,
    widest,
)
from assistant.ledger.parsing.vocabulary import Remainder, load_vocabulary, words_of_rules
from assistant.ledger.query.names import LEGAL_FORMS, Name, Names, made_of, spoken
from assistant.ledger.query.plan import Operator, PlanFilter
from assistant.question.language import fold_text

_NAMED = {"supplier", "buyer", "service"}
_OWN = {"buyer", "service"}
"""Who asks: a subject that has their name as well says no more."""

_SUBJECT = "subject"
_SEVERAL_LABELS = "line"
_TELLING = 4
"""Letters from which a word may be that of a name."""

_LONG = 10
"""Letters of a word that looks like no other."""

_MOST_ALIKE = 5
_MOST_SUBJECTS = 60
"""Names, and subjects, above which the words are too common to mean those that have them."""

_TOLD = 3
"""Subjects that a plan tells in full."""

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
            stems = stems_of(spoken(each.name))
            for one in stems:
                found.setdefault(one, []).append((each, stems))
    return found


def _subjects(names: Sequence[Name], field: str) -> Callable[[str], Holders]:
    """The same of the subjects of a field, which are looked up in their text."""
    texts = made_of(names, _folded, field)

    def holders(word: str) -> Holders:
        one = stem(word)
        alike = [
            (Name(_SUBJECT, value, value), stems_of(text))
            for value, text in texts
            if one in text and len(word) >= SHORTEST
        ]
        return lambda stems: [each for each, own in alike if stems <= own]

    return holders


def _folded(names: Sequence[Name], field: str) -> list[tuple[str, str]]:
    """The values of a field as they are written, and as they may be said."""
    values = names.values(field) if isinstance(names, Names) else []
    return [(each, fold_text(each)) for each in values]


def words_of_names(names: Sequence[Name]) -> frozenset[str]:
    """The words of every name, and of a subject the long ones and those of a trade.

    Another word of a subject is as common as one that it looks like: "portes", "postes".
    """
    known = load_vocabulary()
    said = {word for each in names for word in TOKEN.findall(spoken(each.name))}
    subjects = fold_text(names.texts.get(_SUBJECT, "")) if isinstance(names, Names) else ""
    of_subjects = TOKEN.findall(subjects)
    kept = {each for each in of_subjects if each in known.trades or len(each) >= _LONG}
    return frozenset((said | kept) - known.places)


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
    while place < len(words := list(TOKEN.finditer(left.text))):
        word = words[place][0]
        place += 1
        if word not in left.unread or len(word) < SHORTEST:
            continue
        around = partial(widest, left, words, place - 1)
        found = _chosen(left, around(bearing(word)), around(having(word)), around(several(word)))
        if found:
            yield found
            place = 0


def _chosen(
    left: Remainder, bearer: WordRun, subject: WordRun, several: WordRun
) -> tuple[PlanFilter, int] | None:
    """The names or the subjects, whichever has more of the words; doubt where neither has."""
    cued, subject = _cue(left, bearer), _as_written(left, subject)
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


def _is_of_others(left: Remainder, run: WordRun) -> bool:
    """Whether one contract is meant, and several subjects have its words."""
    return len(run.found) > 1 and _OF_ONE.search(left.whole[: run.start]) is not None


def _cue(left: Remainder, run: WordRun) -> str | None:
    """The field that the word before a name says, "" for "chez", None where there is none."""
    before = left.text[: run.start]
    for field, says in _BEARERS:
        if re.search(rf"\b{says}s? {_ARTICLE}$", before):
            return field
    return "" if _AT.search(before) else None


def _told_apart(left: Remainder, run: WordRun, cued: str | None) -> WordRun:
    """The run with the names that it tells from all others, with none where it tells none."""
    whole = [each for each in run.found if stems_of(spoken(each.name)) == run.stems]
    found = [each for each in whole or run.found if not cued or each.field == cued]
    keys = {(each.field, each.key) for each in found}
    is_one_field = len({field for field, _ in keys}) == 1
    begins = all(_begins(each, run.stems) for each in found)
    is_told = len(keys) == 1 or (is_one_field and len(keys) <= _MOST_ALIKE and begins)
    is_told &= cued is not None or not _is_common(left, run, found)
    if len({field for field, _ in keys}) > 1:
        left.doubts.append(run.said)
    if not is_told or not (_tells(run) or cued is not None):
        found = []
    return WordRun(run.start, run.end, run.stems, run.said, tuple(found))


_OF_THE = re.compile(r"\b(?:du|le|la|l'|les|des|aux?|ce|cet|cette|ces|nos|notre|mon|ma|mes) ?$")


def _is_common(left: Remainder, run: WordRun, found: Sequence[Name]) -> bool:
    """Whether one word is rather common than of the names: its adjective, "le port", "de jardins".

    A town has an article by its first word only; what a name has many of may be bought.
    """
    if run.weight != 1:
        return False
    before = left.whole[: run.start]
    is_buyer = any(each.field == "buyer" and not _begins(each, run.stems) for each in found)
    if is_buyer and _OF_THE.search(before):
        return True
    if run.said in left.capitals:
        return False
    if any(_is_adjective(each, run.stems) for each in found):
        return True
    is_many = re.search(r"\bd(?:e |')$", before) and any(
        _has_many(each, run.said) for each in found
    )
    left.doubts += [run.said] if is_many else []
    return False


def _begins(name: Name, stems: frozenset[str]) -> bool:
    return stem(spoken(name.name).partition(" ")[0]) in stems


def _is_adjective(name: Name, stems: frozenset[str]) -> bool:
    """Whether the word stands in a service behind another, which no small word joins it to."""
    words = list(TOKEN.findall(fold_text(name.name)))
    pairs = pairwise(words) if name.field == "service" else ()
    return any(stem(word) in stems and before not in SMALL for before, word in pairs)


def _has_many(name: Name, said: str) -> bool:
    """Whether a name has a plural noun: "Les Jardins de X", "Aires de Jeux"."""
    many = rf"\b(?:(?:l|d|m)es {said}|{said} (?:d[eu]s?|d|a|aux?|en))\b"
    return said[-1] in "sx" and re.search(many, spoken(name.name)) is not None


def _tells(run: WordRun) -> bool:
    """Whether one of the words is of no rule, and no trade or place but one of who asks.

    A place is that of a service, or of the buyer that it begins: "la ville".
    """
    is_service = any(each.field == "service" for each in run.found)
    is_ours = is_service or all(
        each.field == "buyer" and _begins(each, run.stems) for each in run.found
    )
    known = load_vocabulary()
    common = {*words_of_rules(), *(() if is_service else known.trades)}
    stems = {stem(word) for word in common | (frozenset() if is_ours else known.places)}
    return bool({each for each in run.stems if len(each) >= SHORTEST} - stems)


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


_ROWS = r"(?:factures?|avoirs?|marches?|contrats?)"
_DONE_TO_ROWS = re.compile(
    rf" (?:(?:de )?(?:l[ae]s?|ces?|cette|nos|mes|toutes les) |des ){_ROWS}\b"
)
"""After what is done with the rows, and is not bought: "contrôle des factures"."""

_TOLD_ROWS = re.compile(rf" ?: ?(?:les |des |mes |nos )?{_ROWS}\b")
"""After an order about them, "recherche : factures de X"."""

_STATE_OF_ROWS = re.compile(rf"\b{_ROWS} en $")
"""Before how the rows are: "factures en conformité"."""

_MEASURED = re.compile(rf"\b(?:total|montant|nombre|somme|{_ROWS}) (?:deja |bien )?$")
"""Before a participle, which is then no noun: "total livré"."""


def _is_no_subject(left: Remainder, run: WordRun) -> bool:
    """Whether no subject has the words, or what stands beside them says that none is meant."""
    before = left.whole[: run.start]
    says_other = any(each.search(before) for each in (_QUANTITY, _OF_ANY, _OF_VERB))
    is_place = run.stems <= set(map(stem, load_vocabulary().places))
    is_no_thing = says_other or is_place or (run.weight == 1 and _is_of_rows(left, run))
    return is_no_thing or not 0 < len(run.found) <= _MOST_SUBJECTS


def _is_of_rows(left: Remainder, run: WordRun) -> bool:
    """Whether one word says what is done with the rows, or how they are."""
    before = left.whole[: run.start]
    is_asked = not before.strip() and _TOLD_ROWS.match(left.whole, run.end) is not None
    is_done = _DONE_TO_ROWS.match(left.whole, run.end) is not None
    is_participle = _MEASURED.search(before) is not None and _as_participle(left, run.said)
    return is_asked or is_done or is_participle or _STATE_OF_ROWS.search(before) is not None


def _as_participle(left: Remainder, word: str) -> bool:
    """Whether the question writes a word as a participle: "livrés" is no "livres"."""
    return any(fold_text(each) == word and _DONE.fullmatch(each) for each in left.accented)


_DONE = re.compile(r"\w+[^t]ée?s?")
"""A participle, by its accent; what ends in "té" may be a noun."""

_DONE_IN = re.compile(r"(?<!\w)[^\W\d_]{4,} (\w+[^t]ée?s?)(?!\w)")
"""The participle of a noun in a subject: "Repas livrés"."""


def _as_written(left: Remainder, run: WordRun) -> WordRun:
    """The run with the subjects that have its word as it is written, "livres" or "livrés"."""
    if run.weight != 1 or len(run.found) < 2:
        return run
    done = [each for each in run.found if run.stems & _participles(each.key)]
    others = [each for each in run.found if each not in done]
    if not (done and others):
        return run
    kept = done if _as_participle(left, run.said) else others
    return replace(run, found=tuple(kept))


def _participles(subject: str) -> frozenset[str]:
    return stems_of(fold_text(" ".join(_DONE_IN.findall(subject.lower()))))


def _of_names(left: Remainder, run: WordRun) -> tuple[PlanFilter, int]:
    """The condition that names make, their legal form taken out with them."""
    form = _FORM.match(left.text, run.end)
    before = _FORM_BEFORE.search(left.text[: run.start])
    start = before.start() if before else run.start
    left.erase(start, form.end() if form else run.end)
    keys = tuple(dict.fromkeys(each.key for each in run.found))
    known = list(dict.fromkeys(each.name for each in run.found))
    said = known[0] if len(keys) == 1 else " ou ".join(known)
    return PlanFilter(run.found[0].field, Operator.IS, keys, said), start


def _of_subjects(left: Remainder, run: WordRun) -> tuple[PlanFilter, int]:
    """The condition that subjects make; a few of them are told, of more what they have in them."""
    values = tuple(each.key for each in run.found)
    told = " ou ".join(f"« {each} »" for each in values)
    said = told if len(values) <= _TOLD else f"contenant « {run.said} »"
    left.doubts += [run.said] if any(";" in each for each in values) else []  # forms join by it
    left.erase(run.start, run.end)
    return PlanFilter(_SUBJECT, Operator.IS, values, said), run.start
